package app

import (
	"context"
	"slices"
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
		return g.start(ctx, tx, token, person, from)
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// start adds a session of a person: in the profile of the one login it has, or
// in none if there are several to choose from.
func (g *Gate) start(ctx context.Context, tx *store.Tx, token string, person plaza.Person, from plaza.Origin) error {
	logins, err := tx.PersonLogins(ctx, person.ID)
	if err != nil {
		return err
	}
	switch len(logins) {
	case 0:
		return plaza.Errorf(plaza.Forbidden, "signin.no_dashboard")
	case 1:
		err := g.app.entered(ctx, tx, plaza.SessionSignIn, logins[0], from)
		if plaza.KindOf(err) == plaza.NotFound && err != nil {
			err = plaza.Errorf(plaza.Forbidden, "signin.no_dashboard") // as of a moment ago
		}
		if err != nil {
			return err
		}
		return tx.InsertSession(ctx, newID(), secret.HashToken(token), person.ID, logins[0].ID, harmlessOrigin(from), g.app.now())
	}
	return tx.InsertSession(ctx, newID(), secret.HashToken(token), person.ID, "", harmlessOrigin(from), g.app.now())
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
		return &plaza.Error{Kind: plaza.Limited, Msg: plaza.T("error.limited", "Wait", wait), Wait: wait}
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
		return g.recordFailure(ctx, tx, person, from)
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
// person has a login.
func (g *Gate) recordFailure(ctx context.Context, tx *store.Tx, person plaza.Person, from plaza.Origin) error {
	logins, err := tx.PersonLogins(ctx, person.ID)
	if err != nil {
		return err
	}
	for _, l := range logins {
		event := plaza.AuditEvent{Verb: plaza.SessionSignIn, Result: plaza.Refused, Refusal: plaza.Unauthenticated}
		event.About(l.Profile, "login", l.ID, l.Name)
		if err := g.app.record(ctx, tx, plaza.Actor{Profile: l.Profile, From: from}, event); err != nil {
			return err
		}
	}
	return nil
}

// ForgotPassword mails the link with which a person chooses a new password, if
// there is an account with that address. The answer does not tell. Kinds:
// Limited.
func (g *Gate) ForgotPassword(ctx context.Context, email string, from plaza.Origin) error {
	email = strings.TrimSpace(email)
	subject := "forgot:" + addressSubject(from)
	return g.app.db.Tx(ctx, func(tx *store.Tx) error {
		if err := g.waits(ctx, tx, subject, addressLongest); err != nil {
			return err
		}
		if err := g.count(ctx, tx, subject, freeAttempts, addressLongest); err != nil {
			return err
		}
		person, hash, err := account(ctx, tx, email)
		if err != nil || hash == "" {
			return err
		}
		return g.sendReset(ctx, tx, person, email, from)
	})
}

// sendReset mails the link, unless several were sent just now: nobody can fill
// somebody's mailbox.
func (g *Gate) sendReset(ctx context.Context, tx *store.Tx, person plaza.Person, email string, from plaza.Origin) error {
	subject := "forgot:" + accountSubject(email)
	if err := g.waits(ctx, tx, subject, addressLongest); err != nil {
		if plaza.KindOf(err) == plaza.Limited {
			err = nil // nor does the answer tell that
		}
		return err
	}
	if err := g.count(ctx, tx, subject, 3, addressLongest); err != nil {
		return err
	}
	logins, err := tx.PersonLogins(ctx, person.ID)
	if err != nil || len(logins) == 0 {
		return err
	}
	token, now := secret.Token(), g.app.now()
	if err := tx.InsertPasswordReset(ctx, secret.HashToken(token), person.ID, now.Add(plaza.PasswordResetValid)); err != nil {
		return err
	}
	event := plaza.AuditEvent{Verb: plaza.PasswordReset, Result: plaza.Done}
	event.About(logins[0].Profile, "person", person.ID, person.Name)
	event.Changed("link", "", "sent")
	if err := g.app.record(ctx, tx, plaza.Actor{Profile: logins[0].Profile, From: from}, event); err != nil {
		return err
	}
	return g.app.post(ctx, tx, plaza.MailPasswordReset, logins[0].Profile, to(person, person.Name), letter{
		subject: plaza.T("mail.password_reset.subject"),
		lines:   []plaza.Text{plaza.T("mail.password_reset.body"), plaza.T("mail.password_reset.not_you")},
		button:  plaza.T("mail.password_reset.button"), path: "/reset-password/" + token,
		from: "Plaza",
	})
}

// CheckReset returns NotFound unless a link to choose a new password can be used.
func (g *Gate) CheckReset(ctx context.Context, token string) error {
	return g.app.db.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.PasswordReset(ctx, secret.HashToken(token), g.app.now())
		return err
	})
}

// ResetPassword uses the link up, writes the new password and ends every session
// of the person. Kinds: Invalid, NotFound.
func (g *Gate) ResetPassword(ctx context.Context, token, password string, from plaza.Origin) error {
	if err := g.CheckReset(ctx, token); err != nil {
		return err
	}
	if err := plaza.CheckPassword("password", password); err != nil {
		return err
	}
	hash, err := g.app.hashes.hash(ctx, password)
	if err != nil {
		return err
	}
	return g.app.db.Tx(ctx, func(tx *store.Tx) error {
		now, link := g.app.now(), secret.HashToken(token)
		person, err := tx.PasswordReset(ctx, link, now)
		if err != nil {
			return err
		}
		if err := tx.UsePasswordReset(ctx, link, now); err != nil {
			return err
		}
		logins, err := tx.PersonLogins(ctx, person.ID)
		if err != nil {
			return err
		}
		if len(logins) == 0 {
			return plaza.Errorf(plaza.NotFound, "error.not_found")
		}
		event := plaza.AuditEvent{Verb: plaza.PasswordReset, Result: plaza.Done}
		event.About(logins[0].Profile, "person", person.ID, person.Name)
		actor := plaza.Actor{Person: person.ID, Profile: logins[0].Profile, From: from}
		if err := g.app.record(ctx, tx, actor, event); err != nil {
			return err
		}
		if err := tx.DropAttempt(ctx, accountSubject(person.Email)); err != nil {
			return err
		}
		return g.app.setPassword(ctx, tx, person, logins[0].Profile, hash, "")
	})
}

// Invitation returns the login that a link opens, and whether its person has a
// password already. Kinds: NotFound.
func (g *Gate) Invitation(ctx context.Context, token string) (l plaza.Login, joined bool, err error) {
	err = g.app.db.Read(ctx, func(tx *store.Tx) error {
		if l, err = tx.Invitation(ctx, secret.HashToken(token), g.app.now()); err != nil {
			return err
		}
		p, err := tx.Person(ctx, l.Person)
		joined = p.Joined
		return err
	})
	return l, joined, err
}

// AcceptInvitation uses the link up and returns the token of a new session. Who
// has a password already gives that one; anybody else chooses one. Kinds:
// Invalid, NotFound, Forbidden if the login does not open the dashboard, Conflict if
// the person chose a password meanwhile, Limited.
func (g *Gate) AcceptInvitation(ctx context.Context, link, password string, from plaza.Origin) (token string, err error) {
	l, joined, err := g.Invitation(ctx, link)
	if err != nil {
		return "", err
	}
	hash, err := g.passwordFor(ctx, l, joined, password, from)
	if err != nil {
		return "", err
	}
	token = secret.Token()
	err = g.app.db.Tx(ctx, func(tx *store.Tx) error {
		person, err := g.accept(ctx, tx, secret.HashToken(link), from)
		if err != nil {
			return err
		}
		if !joined && person.Joined {
			return plaza.Errorf(plaza.Conflict, "error.conflict") // by another link, a moment ago
		}
		if joined {
			err = still(ctx, tx, person.ID, hash)
		} else {
			err = tx.SetPasswordHash(ctx, person.ID, hash)
		}
		if err != nil {
			return err
		}
		if !l.Dashboard {
			token = "" // accepted all the same
			return nil
		}
		return g.start(ctx, tx, token, person, from)
	})
	if err == nil && token == "" {
		err = plaza.Errorf(plaza.Forbidden, "signin.no_dashboard")
	}
	return token, err
}

// passwordFor checks the password of who has one, or hashes the one that
// somebody new chose; it returns the hash in either case.
func (g *Gate) passwordFor(ctx context.Context, l plaza.Login, joined bool, password string, from plaza.Origin) (hash string, err error) {
	if !joined {
		if err := plaza.CheckPassword("password", password); err != nil {
			return "", err
		}
		return g.app.hashes.hash(ctx, password)
	}
	return g.confirm(ctx, "password", l.Email, password, from)
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

// accept takes up the login that a link opens.
func (g *Gate) accept(ctx context.Context, tx *store.Tx, link []byte, from plaza.Origin) (person plaza.Person, err error) {
	now := g.app.now()
	l, err := tx.Invitation(ctx, link, now)
	if err != nil {
		return person, err
	}
	if err := tx.HoldLogin(ctx, l.ID); err != nil {
		return person, err
	}
	if l, err = tx.Invitation(ctx, link, now); err != nil { // as it is now
		return person, err
	}
	if err := tx.UseInvitation(ctx, link, now); err != nil {
		return person, err
	}
	if person, err = tx.Person(ctx, l.Person); err != nil {
		return person, err
	}
	l.Accepted = now
	everyone := plaza.Everyone("the link proves the right to this one login")
	if err := tx.UpdateLogin(ctx, everyone, l); err != nil {
		return person, err
	}
	event := plaza.AuditEvent{Verb: plaza.InvitationAccept, Result: plaza.Done}
	event.About(l.Profile, "login", l.ID, l.Name)
	actor := plaza.Actor{Login: l.ID, Person: l.Person, Name: l.Name, Profile: l.Profile, From: from}
	if err := g.app.record(ctx, tx, actor, event); err != nil {
		return person, err
	}
	colleagues, err := tx.LoginsWithRole(ctx, l.Profile, plaza.Owner, plaza.Administrator)
	colleagues = slices.DeleteFunc(colleagues, func(c plaza.Login) bool { return c.ID == l.ID })
	if err == nil {
		err = g.app.notify(ctx, tx, plaza.NoticeLoginAccepted, l.Name, l.ID, colleagues...)
	}
	return person, err
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
