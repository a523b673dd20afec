package app

import (
	"context"
	"slices"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

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
		return g.start(ctx, tx, token, person, byPassword, from)
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
		return g.app.hashes.hashChoice(ctx, choice{"password", password, []string{l.Name, l.Email, l.ProfileName}})
	}
	return g.confirm(ctx, "password", l.Email, password, from)
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
