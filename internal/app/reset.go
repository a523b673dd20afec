package app

import (
	"context"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

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
	})
}

// CheckReset returns NotFound unless a link to choose a new password can be used.
func (g *Gate) CheckReset(ctx context.Context, token string) error {
	return g.app.db.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.PasswordReset(ctx, secret.HashToken(token), g.app.now())
		return err
	})
}

// resets returns what whoever chooses a new password by a link is called, and their
// organisations. Kinds: NotFound.
func (g *Gate) resets(ctx context.Context, token string) (about []string, err error) {
	err = g.app.db.Read(ctx, func(tx *store.Tx) error {
		person, err := tx.PasswordReset(ctx, secret.HashToken(token), g.app.now())
		if err != nil {
			return err
		}
		logins, err := tx.PersonLogins(ctx, person.ID)
		about = append(about, person.Name, person.Email)
		for _, l := range logins {
			about = append(about, l.Name, l.ProfileName)
		}
		return err
	})
	return about, err
}

// ResetPassword uses the link up, writes the new password and ends every session
// of the person, and its own tokens. Kinds: Invalid, NotFound.
func (g *Gate) ResetPassword(ctx context.Context, token, password string, from plaza.Origin) error {
	about, err := g.resets(ctx, token)
	if err != nil {
		return err
	}
	hash, err := g.app.hashes.hashChoice(ctx, choice{"password", password, about})
	if err != nil {
		return err
	}
	return g.app.db.Tx(ctx, func(tx *store.Tx) error {
		now, link := g.app.now(), secret.HashToken(token)
		person, err := tx.PasswordReset(ctx, link, now)
		if err != nil {
			return err
		}
		if err := tx.HoldLoginsOf(ctx, person.ID); err != nil { // whoever comes in meanwhile is found, and put out
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
		for _, subject := range []string{accountSubject(person.Email), factorSubject(person.ID)} {
			if err := tx.DropAttempt(ctx, subject); err != nil {
				return err
			}
		}
		if err := g.app.setPassword(ctx, tx, person, logins[0].Profile, hash, ""); err != nil {
			return err
		}
		return tx.RevokeTokensOfPerson(ctx, person.ID, now) // somebody else may have made them
	})
}
