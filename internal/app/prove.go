package app

import (
	"context"
	"errors"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

// factorLongest is how long somebody must wait at most who gave wrong codes: whoever does
// has the password already.
const factorLongest = 15 * time.Minute

// warnEvery is after how many wrong codes somebody is warned again.
const warnEvery = 20

func factorSubject(person string) string { return "factor:" + person }

// proved is how a person has proved who they are.
// It stands in the log as it is.
type proved string

const (
	byPassword proved = ""         // alone
	byFactor   proved = "factor"   // and by a code of a factor
	byRecovery proved = "recovery" // and by a recovery code
	byBrowser  proved = "browser"  // and by coming from one that is remembered
)

// try counts a try to give a code before it is looked at: of many at once no more are
// looked at than are free. Kinds: Limited.
func (g *Gate) try(ctx context.Context, person plaza.Person, from plaza.Origin) error {
	return g.app.db.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.HoldLoginsOf(ctx, person.ID); err != nil { // the first try has no row yet that another could wait for
			return err
		}
		if err := g.waits(ctx, tx, factorSubject(person.ID), factorLongest); err != nil {
			return err
		}
		if err := g.waits(ctx, tx, addressSubject(from), addressLongest); err != nil {
			return err
		}
		return g.count(ctx, tx, factorSubject(person.ID), freeAttempts, factorLongest)
	})
}

// wrong counts a wrong code for the address that it came from, and warns the person now and
// then: somebody has their password.
func (g *Gate) wrong(ctx context.Context, tx *store.Tx, person plaza.Person, from plaza.Origin) error {
	if err := g.count(ctx, tx, addressSubject(from), addressAttempts, addressLongest); err != nil {
		return err
	}
	tries, err := tx.Attempt(ctx, factorSubject(person.ID))
	if err != nil || tries.Failures%warnEvery != freeAttempts {
		return err
	}
	return g.warn(ctx, tx, person)
}

// warn mails a person that somebody who gives wrong codes has their password.
func (g *Gate) warn(ctx context.Context, tx *store.Tx, p plaza.Person) error {
	logins, err := tx.PersonLogins(ctx, p.ID)
	if err != nil || len(logins) == 0 {
		return err
	}
	return g.app.post(ctx, tx, plaza.MailFactor, logins[0].Profile, to(p, p.Name), letter{
		subject: plaza.T("mail.factor_failed.subject"),
		lines:   []plaza.Text{plaza.T("mail.factor_failed.body"), plaza.T("mail.factor_failed.do")},
		button:  plaza.T("mail.factor_failed.button"), path: "/forgot-password",
	})
}

var errWrongCode = plaza.Errorf(plaza.Unauthenticated, "signin.code_wrong")

// spend uses up a code of a person, forgets the tries before it, and returns what it was
// one of. Kinds: Unauthenticated if it is none.
func (g *Gate) spend(ctx context.Context, tx *store.Tx, p plaza.Person, code string) (proved, error) {
	how, err := g.app.takes(ctx, tx, p, plaza.PlainCode(code))
	if err != nil {
		return byPassword, err
	}
	if how == byPassword {
		return byPassword, errWrongCode
	}
	return how, tx.DropAttempt(ctx, factorSubject(p.ID))
}

// takes returns whether code is one of a factor of the person, or a recovery code, which
// nobody has used; byPassword if it is neither. From now on it is used.
func (a *App) takes(ctx context.Context, tx *store.Tx, p plaza.Person, code string) (proved, error) {
	now := a.now()
	all, err := tx.Factors(ctx, p.ID)
	if err != nil || len(all) == 0 {
		return byPassword, err
	}
	for _, f := range all {
		seed, err := a.box.Open(f.Sealed, factorContext(f.ID))
		if err != nil {
			return byPassword, err
		}
		at, err := step(seed, code, now)
		if err != nil {
			return byPassword, err
		}
		if at == 0 {
			continue
		}
		if used, err := tx.UseFactor(ctx, f.ID, at, now); err != nil || used {
			return byFactor, err
		}
	}
	used, err := tx.UseRecoveryCode(ctx, p.ID, a.recoveryDigest(p.ID, code), now)
	if err != nil || !used {
		return byPassword, err
	}
	return byRecovery, a.tellRecovery(ctx, tx, p)
}

// tellRecovery mails a person that one of their recovery codes was used.
func (a *App) tellRecovery(ctx context.Context, tx *store.Tx, p plaza.Person) error {
	left, err := tx.Recovery(ctx, p.ID)
	if err != nil {
		return err
	}
	logins, err := tx.PersonLogins(ctx, p.ID)
	if err != nil || len(logins) == 0 {
		return err
	}
	return a.tellOfFactor(ctx, tx, p, logins[0].Profile, plaza.T("mail.factor.recovered_subject"), plaza.T("mail.factor.recovered", "Count", left.Left))
}

// halfway returns the session of a token at a stage. Kinds: Unauthenticated.
func (g *Gate) halfway(ctx context.Context, tx *store.Tx, token string, stage plaza.SignInStage) (store.Session, error) {
	s, err := tx.Session(ctx, secret.HashToken(token))
	if err != nil && plaza.KindOf(err) == plaza.NotFound || err == nil && (!alive(s, g.app.now()) || s.Stage != stage) {
		err = plaza.Errorf(plaza.Unauthenticated, "signin.too_late")
	}
	return s, err
}

// person returns whose session a token at a stage is.
func (g *Gate) person(ctx context.Context, token string, stage plaza.SignInStage) (p plaza.Person, err error) {
	err = g.app.db.Read(ctx, func(tx *store.Tx) error {
		s, err := g.halfway(ctx, tx, token, stage)
		p = s.Person
		return err
	})
	return p, err
}

// SecondStep lets in who has given the password and now gives a code: it returns the token
// of the session, and, if the browser is to be remembered, a token for that. Kinds:
// Unauthenticated, Forbidden if no login opens the dashboard, Limited.
func (g *Gate) SecondStep(ctx context.Context, token, code string, remember bool, from plaza.Origin) (fresh, browser string, err error) {
	p, err := g.person(ctx, token, plaza.StageFactor)
	if err != nil {
		return "", "", err
	}
	if err := g.try(ctx, p, from); err != nil {
		return "", "", err
	}
	fresh = secret.Token()
	err = g.app.db.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.HoldLoginsOf(ctx, p.ID); err != nil {
			return err
		}
		s, err := g.halfway(ctx, tx, token, plaza.StageFactor)
		if err != nil {
			return err
		}
		how, err := g.spend(ctx, tx, p, code)
		if err != nil {
			return err
		}
		if remember {
			browser = secret.Token()
			now, from := g.app.now(), harmlessOrigin(from)
			b := plaza.Browser{ID: newID(), Created: now, Expires: now.Add(plaza.BrowserKept), Address: from.Address, UserAgent: from.UserAgent}
			if err := tx.InsertBrowser(ctx, b, p.ID, secret.HashToken(browser)); err != nil {
				return err
			}
		}
		return g.instead(ctx, tx, s, fresh, how, from)
	})
	if errors.Is(err, errWrongCode) {
		err = g.noted(ctx, p, from, err)
	}
	if err != nil {
		return "", "", err
	}
	return fresh, browser, nil
}

// wrongCode is what the log says of a sign-in whose password was right, and whose code was
// not.
const wrongCode = "wrong"

// noted records a failed sign-in of a person. It returns why.
func (g *Gate) noted(ctx context.Context, p plaza.Person, from plaza.Origin, why error) error {
	ctx = context.WithoutCancel(ctx) // hanging up does not keep a caller out of the log
	err := g.app.db.Tx(ctx, func(tx *store.Tx) error {
		if err := g.wrong(ctx, tx, p, from); err != nil {
			return err
		}
		return g.recordFailure(ctx, tx, p, from, wrongCode)
	})
	if err != nil {
		return err
	}
	return why
}

// instead opens a session in the place of one that was halfway.
func (g *Gate) instead(ctx context.Context, tx *store.Tx, s store.Session, token string, how proved, from plaza.Origin) error {
	if err := tx.TakeSession(ctx, s.ID); err != nil {
		return err
	}
	return g.start(ctx, tx, token, s.Person, how, from)
}

// Recognized lets in who has given the password in a browser that is remembered: it returns
// the token of the session. That of one that waits for nothing, or comes from another
// browser, stays what it is. Kinds: Forbidden if no login opens the dashboard.
func (g *Gate) Recognized(ctx context.Context, token, browser string, from plaza.Origin) (fresh string, err error) {
	if browser == "" {
		return token, nil
	}
	p, err := g.person(ctx, token, plaza.StageFactor)
	if err != nil {
		if plaza.KindOf(err) == plaza.Unauthenticated {
			return token, nil
		}
		return "", err
	}
	err = g.app.db.Tx(ctx, func(tx *store.Tx) error {
		fresh = token
		if err := tx.HoldLoginsOf(ctx, p.ID); err != nil {
			return err
		}
		s, err := g.halfway(ctx, tx, token, plaza.StageFactor)
		if err != nil {
			return err
		}
		known, err := tx.BrowserIs(ctx, p.ID, secret.HashToken(browser), g.app.now())
		if err != nil || !known {
			return err
		}
		fresh = secret.Token()
		return g.instead(ctx, tx, s, fresh, byBrowser, from)
	})
	return fresh, err
}

// Seed is [App.Seed] for who must add a factor before they are let in. Kinds:
// Unauthenticated, Invalid.
func (g *Gate) Seed(ctx context.Context, token, before string) (Seed, error) {
	p, err := g.person(ctx, token, plaza.StageEnrol)
	if err != nil {
		return Seed{}, err
	}
	return g.app.seedAgain(p, before)
}

// Enrol is [App.AddFactor] for who must add one before they are let in: it returns the
// token of the session, too. Kinds: Unauthenticated, Invalid, Conflict, Forbidden if no
// login opens the dashboard.
func (g *Gate) Enrol(ctx context.Context, token string, in plaza.NewFactor, from plaza.Origin) (fresh string, codes []string, err error) {
	in = in.Clean()
	if err := in.Validate(); err != nil {
		return "", nil, err
	}
	p, err := g.person(ctx, token, plaza.StageEnrol)
	if err != nil {
		return "", nil, err
	}
	fresh = secret.Token()
	err = g.app.db.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.HoldLoginsOf(ctx, p.ID); err != nil {
			return err
		}
		s, err := g.halfway(ctx, tx, token, plaza.StageEnrol)
		if err != nil {
			return err
		}
		logins, err := tx.PersonLogins(ctx, s.Person.ID)
		if err != nil {
			return err
		}
		if len(logins) == 0 {
			return plaza.Errorf(plaza.Forbidden, "signin.no_dashboard")
		}
		l := logins[0]
		if codes, err = g.app.addFactor(ctx, tx, s.Person, l.Profile, in); err != nil {
			return err
		}
		event := plaza.AuditEvent{Verb: plaza.FactorAdd, Result: plaza.Done}
		event.About(l.Profile, "person", s.Person.ID, s.Person.Name)
		event.Changed("factor", "", in.Name)
		who := plaza.Actor{Login: l.ID, Person: l.Person, Name: l.Name, Profile: l.Profile, From: from}
		if err := g.app.record(ctx, tx, who, event); err != nil {
			return err
		}
		if err := g.app.endSessions(ctx, tx, s.Person.ID, s.ID); err != nil {
			return err
		}
		return g.instead(ctx, tx, s, fresh, byFactor, from)
	})
	if err != nil {
		return "", nil, err
	}
	return fresh, codes, nil
}

// Prove notes that whoever holds a session has just proved who they are, and returns its
// new token: by a code, if they have a factor, otherwise by the password. Kinds:
// Unauthenticated, Invalid if the proof is none, Limited.
func (g *Gate) Prove(ctx context.Context, token string, proof plaza.Proof, from plaza.Origin) (fresh string, err error) {
	v, err := g.Identify(ctx, token, from)
	if err != nil {
		return "", err
	}
	if v.Wants != WantsNothing || v.Ended != nil {
		return "", plaza.Errorf(plaza.Unauthenticated, "error.unauthenticated")
	}
	actor, hash := v.Actor, ""
	asked, err := g.asksForCode(ctx, v.Person)
	if err != nil {
		return "", err
	}
	if asked {
		err = g.try(ctx, v.Person, from)
	} else {
		hash, err = g.confirm(ctx, "proof_password", v.Person.Email, proof.Password, from)
	}
	if err != nil {
		return "", err
	}
	fresh = secret.Token()
	home := actor.Home() // nobody proves who somebody else is
	event := plaza.AuditEvent{Verb: plaza.SessionProve, Actor: home}
	event.About(home.Profile, "login", home.Login, home.Name)
	err = g.app.do(ctx, actor, event, func(tx *store.Tx, _ *plaza.AuditEvent) error {
		if err := g.proof(ctx, tx, v.Person, asked, hash, proof); err != nil {
			return err
		}
		return tx.ProveSession(ctx, actor.Session, secret.HashToken(token), secret.HashToken(fresh), g.app.now())
	})
	if errors.Is(err, errWrongCode) { // which is on record
		if err = g.app.db.Tx(ctx, func(tx *store.Tx) error { return g.wrong(ctx, tx, v.Person, from) }); err == nil {
			err = invalid("proof_code", "problem.code_wrong")
		}
	}
	if err != nil {
		return "", err
	}
	return fresh, nil
}

// proof returns an error unless a person has proved who they are.
func (g *Gate) proof(ctx context.Context, tx *store.Tx, p plaza.Person, asked bool, hash string, given plaza.Proof) error {
	factors, err := tx.Factors(ctx, p.ID)
	if err != nil {
		return err
	}
	if asked != (len(factors) > 0) { // since a moment ago
		return plaza.Errorf(plaza.Conflict, "error.meanwhile")
	}
	if !asked {
		return still(ctx, tx, p.ID, hash)
	}
	_, err = g.spend(ctx, tx, p, given.Code)
	return err
}

// asksForCode reports whether a person proves who they are by a code.
func (g *Gate) asksForCode(ctx context.Context, p plaza.Person) (asks bool, err error) {
	err = g.app.db.Read(ctx, func(tx *store.Tx) error {
		all, err := tx.Factors(ctx, p.ID)
		asks = len(all) > 0
		return err
	})
	return asks, err
}

// AsksForCode reports whether whoever the actor really is proves that by a code, and not by
// the password.
func (g *Gate) AsksForCode(ctx context.Context, actor plaza.Actor) (bool, error) {
	return g.asksForCode(ctx, plaza.Person{ID: actor.Home().Person})
}
