package app

import (
	"context"
	"slices"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/store"
)

// Account returns the person behind the actor. Everybody may, about themselves.
func (a *App) Account(ctx context.Context, actor plaza.Actor) (p plaza.Person, err error) {
	err = a.see(ctx, actor, plaza.AccountRead, "", func(tx *store.Tx) error {
		p, err = tx.Person(ctx, actor.Person)
		return err
	})
	return p, err
}

// EditAccount changes what the person behind the actor says of itself. Everybody
// may, about themselves. Kinds: Invalid, Stale.
func (a *App) EditAccount(ctx context.Context, actor plaza.Actor, in plaza.PersonEdit) error {
	event := plaza.AuditEvent{Verb: plaza.AccountEdit}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		in = in.Clean()
		if err := in.Validate(); err != nil {
			return err
		}
		if in.Language != "" && !slices.ContainsFunc(a.texts.Languages(), func(l i18n.Language) bool { return l.Code == in.Language }) {
			return &plaza.Error{
				Kind: plaza.Invalid, Msg: plaza.T("error.invalid"),
				Fields: map[string]plaza.Text{"language": plaza.T("problem.language")},
			}
		}
		p, err := tx.Person(ctx, actor.Person)
		if err != nil {
			return err
		}
		e.About(actor.Profile, "person", p.ID, p.Name)
		e.Changed("name", p.Name, in.Name)
		e.Changed("language", p.Language, in.Language)
		e.Changed("time_zone", p.TimeZone, in.TimeZone)
		p.Name, p.Language, p.TimeZone, p.Version = in.Name, in.Language, in.TimeZone, in.Version
		return tx.UpdatePerson(ctx, p)
	})
}

// ChangePassword gives the person behind the actor another password and ends
// every other session of theirs. Everybody may, their own, who knows the old
// one. Kinds: Invalid.
func (a *App) ChangePassword(ctx context.Context, actor plaza.Actor, old, fresh string) error {
	if err := a.may(ctx, actor, plaza.AccountPassword); err != nil {
		return err
	}
	var person plaza.Person
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		person, err = tx.Person(ctx, actor.Person)
		return err
	})
	if err != nil {
		return err
	}
	// Both take long, so they happen outside the transaction.
	before, err := NewGate(a).confirm(ctx, "old", person.Email, old, actor.From)
	if err != nil {
		return err
	}
	hash, err := a.hashes.hashChoice(ctx, choice{"password", fresh, []string{person.Name, person.Email, actor.Name, actor.ProfileName}})
	if err != nil {
		return err
	}
	event := plaza.AuditEvent{Verb: plaza.AccountPassword}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		p, err := tx.Person(ctx, actor.Person)
		if err != nil {
			return err
		}
		e.About(actor.Profile, "person", p.ID, p.Name)
		if err := still(ctx, tx, p.ID, before); err != nil {
			return err
		}
		return a.setPassword(ctx, tx, p, actor.Profile, hash, actor.Session)
	})
}

// setPassword writes a new password, makes links to reset it useless, ends every
// session but the one to keep, and mails the person.
func (a *App) setPassword(ctx context.Context, tx *store.Tx, p plaza.Person, profile, hash, keep string) error {
	if err := tx.SetPasswordHash(ctx, p.ID, hash); err != nil {
		return err
	}
	if err := tx.DropPasswordResets(ctx, p.ID); err != nil {
		return err
	}
	if err := tx.DropBrowsersOf(ctx, p.ID); err != nil {
		return err
	}
	if err := a.endSessions(ctx, tx, p.ID, keep); err != nil {
		return err
	}
	return a.post(ctx, tx, plaza.MailPasswordChanged, profile, to(p, p.Name), letter{
		subject: plaza.T("mail.password_changed.subject"),
		lines:   []plaza.Text{plaza.T("mail.password_changed.body")},
		button:  plaza.T("mail.password_changed.button"), path: "/forgot-password",
	})
}

// endSessions ends every session of a person but the one to keep, and what they do in them
// by Login as.
func (a *App) endSessions(ctx context.Context, tx *store.Tx, person, keep string) error {
	if err := tx.DropSessionsOf(ctx, person, keep); err != nil {
		return err
	}
	return a.cease(ctx, tx, store.EndingOfPerson(person, keep), plaza.EndSession)
}

// SignOut ends the actor's session, and the acting session in it. Everybody may.
func (a *App) SignOut(ctx context.Context, actor plaza.Actor) error {
	event := plaza.AuditEvent{Verb: plaza.SessionSignOut}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		home := actor.Home() // nobody signs out in another's name
		e.Actor = home
		e.About(home.Profile, "login", home.Login, home.Name)
		if err := tx.DropSession(ctx, actor.Session); err != nil {
			return err
		}
		return a.cease(ctx, tx, store.EndingOf(actor.Session), plaza.EndSignedOut)
	})
}
