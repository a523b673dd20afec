package app

import (
	"context"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

// SignIn returns the token of a new session for whoever has the password of the
// account with the given address. An account that is not there, one that was
// never taken up and a wrong password get the same answer after the same time.
// Kinds: Unauthenticated, Forbidden if no login opens the dashboard, Limited.
func (g *Gate) SignIn(ctx context.Context, email, password string, from plaza.Origin) (token string, err error) {
	email = strings.TrimSpace(email)
	if err := g.brake(ctx, email, from); err != nil {
		return "", err
	}
	var person plaza.Person
	var hash string
	err = g.app.db.Read(ctx, func(tx *store.Tx) (err error) {
		person, hash, err = account(ctx, tx, email)
		return err
	})
	if err != nil {
		return "", err
	}
	ok, old, err := g.app.hashes.matches(ctx, password, hash)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", g.failed(ctx, person, email, from)
	}
	fresh := ""
	if old {
		if fresh, err = g.app.hashes.hash(ctx, password); err != nil {
			return "", err
		}
	}
	return g.open(ctx, person, email, hash, fresh, from)
}

// account returns the person with an address and the hash of the password; both
// empty if there is none.
func account(ctx context.Context, tx *store.Tx, email string) (p plaza.Person, hash string, err error) {
	p, err = tx.PersonByEmail(ctx, email)
	switch {
	case err == nil:
		hash, err = tx.PasswordHash(ctx, p.ID)
	case plaza.KindOf(err) == plaza.NotFound:
		err = nil
	}
	return p, hash, err
}

// still returns an Unauthenticated error unless hash, which a password was found
// to match, is that of the person even now. To look takes long; whoever resets a
// password meanwhile must not find somebody inside with the old one.
func still(ctx context.Context, tx *store.Tx, person, hash string) error {
	same, err := tx.PasswordIs(ctx, person, hash)
	if err == nil && !same {
		err = plaza.Errorf(plaza.Unauthenticated, "signin.wrong")
	}
	return err
}

// open starts a session of a person whose password was right: hash is its own,
// and fresh the one to keep instead, if any.
func (g *Gate) open(ctx context.Context, person plaza.Person, email, hash, fresh string, from plaza.Origin) (token string, err error) {
	token = secret.Token()
	err = g.app.db.Tx(ctx, func(tx *store.Tx) error {
		if err := g.braked(ctx, tx, email, from); err != nil {
			return err
		}
		if err := tx.DropAttempt(ctx, accountSubject(email)); err != nil {
			return err
		}
		// Before the person: who changes the password holds its own login by then.
		if err := tx.HoldLoginsOf(ctx, person.ID); err != nil {
			return err
		}
		if err := still(ctx, tx, person.ID, hash); err != nil {
			return err
		}
		if fresh != "" {
			if err := tx.SetPasswordHash(ctx, person.ID, fresh); err != nil {
				return err
			}
		}
		return g.start(ctx, tx, token, person, byPassword, from)
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// start adds a session of a person: in the profile of the one login it has, or
// in none if there are several to choose from. Who has a factor and has not proved it gets
// one that waits for that; who has none and comes to a profile that wants one, one that
// waits for them to add it.
func (g *Gate) start(ctx context.Context, tx *store.Tx, token string, person plaza.Person, how proved, from plaza.Origin) error {
	logins, err := tx.PersonLogins(ctx, person.ID)
	if err != nil {
		return err
	}
	factors, err := tx.Factors(ctx, person.ID)
	if err != nil {
		return err
	}
	insert := func(login string, stage plaza.SignInStage) error {
		s := store.Session{ID: newID(), Person: person, Login: plaza.Login{ID: login}, Stage: stage, Created: g.app.now()}
		if len(factors) == 0 || how == byFactor || how == byRecovery {
			s.Proved = s.Created
		}
		return tx.InsertSession(ctx, s, secret.HashToken(token), harmlessOrigin(from))
	}
	if len(logins) > 0 && len(factors) > 0 && how == byPassword {
		return insert("", plaza.StageFactor)
	}
	switch len(logins) {
	case 0:
		return plaza.Errorf(plaza.Forbidden, "signin.no_dashboard")
	case 1:
		enrols, err := mustEnrol(ctx, tx, logins[0])
		if err != nil {
			return err
		}
		if enrols {
			return insert("", plaza.StageEnrol)
		}
		err = g.app.entered(ctx, tx, plaza.SessionSignIn, logins[0], from, how)
		if plaza.KindOf(err) == plaza.NotFound && err != nil {
			err = plaza.Errorf(plaza.Forbidden, "signin.no_dashboard") // as of a moment ago
		}
		if err != nil {
			return err
		}
		return insert(logins[0].ID, plaza.StageOpen)
	}
	return insert("", plaza.StageOpen)
}

// How attempts are slowed down: a few are free, then each must wait twice as long
// as the one before. An account never waits so long that its owner is locked out
// by somebody else; an address may.
const (
	freeAttempts    = 5
	accountLongest  = time.Minute
	addressLongest  = 15 * time.Minute
	addressAttempts = 20
)

func accountSubject(email string) string {
	const longest = 254 // of any address; and PostgreSQL's indexes take no text of any length
	return "account:" + harmlessText(strings.ToLower(email[:min(len(email), longest)]))
}

func addressSubject(from plaza.Origin) string { return "address:" + harmless(from.Address) }

// brake returns a Limited error while an account or an address must wait.
func (g *Gate) brake(ctx context.Context, email string, from plaza.Origin) error {
	return g.app.db.Tx(ctx, func(tx *store.Tx) error { return g.braked(ctx, tx, email, from) })
}

// braked is brake inside a transaction. It is asked before a password is looked
// at, which takes long, and once more before anybody learns whether it was right:
// else many guesses at once would all have come before the first one failed.
func (g *Gate) braked(ctx context.Context, tx *store.Tx, email string, from plaza.Origin) error {
	if err := g.waits(ctx, tx, accountSubject(email), accountLongest); err != nil {
		return err
	}
	return g.waits(ctx, tx, addressSubject(from), addressLongest)
}

// waits returns a Limited error while subject must wait, which is longest at most:
// who must wait for longer than that was made to before the clock was put back,
// and is let in.
func (g *Gate) waits(ctx context.Context, tx *store.Tx, subject string, longest time.Duration) error {
	a, err := tx.Attempt(ctx, subject)
	if err != nil {
		return err
	}
	if wait := a.Blocked.Sub(g.app.now()); wait > 0 && wait <= longest {
		whole := (wait + time.Second - 1).Truncate(time.Second) // nobody is told to wait for none
		return &plaza.Error{Kind: plaza.Limited, Msg: plaza.T("error.limited", "Wait", whole), Wait: wait}
	}
	return nil
}

// failed counts and records a failed sign-in, and returns the one answer to it;
// a Limited error if others failed meanwhile, so that this one tells nothing.
func (g *Gate) failed(ctx context.Context, person plaza.Person, email string, from plaza.Origin) error {
	err := g.app.db.Tx(ctx, func(tx *store.Tx) error {
		if err := g.braked(ctx, tx, email, from); err != nil {
			return err
		}
		if err := g.count(ctx, tx, accountSubject(email), freeAttempts, accountLongest); err != nil {
			return err
		}
		if err := g.count(ctx, tx, addressSubject(from), addressAttempts, addressLongest); err != nil {
			return err
		}
		return g.recordFailure(ctx, tx, person, from, "")
	})
	if err != nil {
		return err
	}
	return plaza.Errorf(plaza.Unauthenticated, "signin.wrong")
}

// count counts one failure of subject, of which so many are free.
func (g *Gate) count(ctx context.Context, tx *store.Tx, subject string, free int, longest time.Duration) error {
	a, err := tx.Attempt(ctx, subject)
	if err != nil {
		return err
	}
	now := g.app.now()
	if now.Sub(a.Blocked) > time.Hour {
		a = store.Attempt{} // long enough ago
	}
	a.Failures++
	a.Blocked = now
	if over := a.Failures - free; over >= 0 {
		a.Blocked = now.Add(min(time.Second<<min(over, 20), longest))
	}
	return tx.PutAttempt(ctx, subject, a)
}

// recordFailure writes a failed sign-in to the log of each profile in which the
// person has a login, and what was wrong with the second step, if the password was right.
func (g *Gate) recordFailure(ctx context.Context, tx *store.Tx, person plaza.Person, from plaza.Origin, second string) error {
	logins, err := tx.PersonLogins(ctx, person.ID)
	if err != nil {
		return err
	}
	for _, l := range logins {
		event := plaza.AuditEvent{Verb: plaza.SessionSignIn, Result: plaza.Refused, Refusal: plaza.Unauthenticated}
		event.About(l.Profile, "login", l.ID, l.Name)
		event.Changed("second_step", "", second)
		if err := g.app.record(ctx, tx, plaza.Actor{Profile: l.Profile, From: from}, event); err != nil {
			return err
		}
	}
	return nil
}

// confirm returns the hash of password if that is the one of the account with the
// given address; otherwise it counts as a failed attempt, and is Invalid at field
// or Limited.
func (g *Gate) confirm(ctx context.Context, field, email, password string, from plaza.Origin) (hash string, err error) {
	if err := g.brake(ctx, email, from); err != nil {
		return "", err
	}
	var person plaza.Person
	err = g.app.db.Read(ctx, func(tx *store.Tx) (err error) {
		person, hash, err = account(ctx, tx, email)
		return err
	})
	if err != nil {
		return "", err
	}
	ok, _, err := g.app.hashes.matches(ctx, password, hash)
	if err != nil {
		return "", err
	}
	if ok {
		return hash, g.brake(ctx, email, from)
	}
	if err = g.failed(ctx, person, email, from); plaza.KindOf(err) != plaza.Unauthenticated {
		return "", err
	}
	return "", &plaza.Error{
		Kind: plaza.Invalid, Msg: plaza.T("error.invalid"),
		Fields: map[string]plaza.Text{field: plaza.T("problem.password_wrong")},
	}
}

// Mailbox returns every mail that was sent, newest first, with what it says: for
// a demo only, where nobody has a real mailbox. Kinds: NotFound elsewhere.
func (g *Gate) Mailbox(ctx context.Context, p plaza.Page) (list plaza.List[plaza.Mail], err error) {
	if !g.app.keep {
		return list, plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	err = g.app.db.Read(ctx, func(tx *store.Tx) error {
		list, err = tx.Mails(ctx, plaza.Everyone("a demo shows its mails to whoever tries it"), plaza.MailFilter{}, p)
		return err
	})
	return list, err
}

// Ready returns an Unavailable error unless the database answers.
func (g *Gate) Ready(ctx context.Context) error {
	return g.app.db.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Setting(ctx, madeBy)
		return err
	})
}
