package app

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

// LogInAs puts the actor's session into the profile of another login, to look.
// It returns the session's new token; the old one is dead. The owners of that
// profile are told. Owners, administrators and support staff of resellers and the
// vendor may, below their own profile. Kinds: Invalid, NotFound, Conflict if that
// login cannot be acted as.
func (a *App) LogInAs(ctx context.Context, actor plaza.Actor, in plaza.NewActing) (token string, err error) {
	event := plaza.AuditEvent{Verb: plaza.ActingStart, ObjectKind: "login", Object: in.Login}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		in = in.Clean()
		if err := in.Validate(); err != nil {
			return err
		}
		target, err := a.actingTarget(ctx, tx, actor, in)
		if err != nil {
			return err
		}
		now := a.now()
		acting := plaza.Acting{
			ID: newID(), Login: actor.Login, Person: actor.Person, Name: actor.Name, Profile: actor.Profile,
			Kind: actor.Kind, Role: actor.Role, Mode: plaza.Look, Reason: in.Reason, Ticket: in.Ticket,
			Started: now, Expires: now.Add(plaza.ActingFor),
		}
		e.About(target.Profile, "login", target.ID, target.Name)
		e.Reason = in.Reason
		if e.Actor, err = a.seatOf(ctx, tx, actor, target, acting); err != nil {
			return err
		}
		if err := tx.EndActingOf(ctx, actor.Session, now); err != nil {
			return err
		}
		if err := tx.InsertActing(ctx, actor.Session, acting, target); err != nil {
			return err
		}
		if token, err = a.rotate(ctx, tx, actor.Session, acting.ID); err != nil {
			return err
		}
		return a.tellOwners(ctx, tx, actor, target, acting)
	})
	return token, err
}

// seatOf returns who the actor is from now on: whoever reads the log in that
// profile learns from the first event on who is inside, and why.
func (a *App) seatOf(ctx context.Context, tx *store.Tx, actor plaza.Actor, target plaza.Login, acting plaza.Acting) (plaza.Actor, error) {
	p, err := tx.Profile(ctx, actor.Scope(), target.Profile)
	return actingAs(actor, store.ActingTarget{Acting: acting, Login: target, Kind: p.Kind}), err
}

// actingTarget returns the login that is asked for, if the actor can act as it.
func (a *App) actingTarget(ctx context.Context, tx *store.Tx, actor plaza.Actor, in plaza.NewActing) (plaza.Login, error) {
	target, err := tx.Login(ctx, actor.Scope(), in.Login)
	if err != nil {
		return target, err
	}
	if target.Profile == actor.Profile {
		return target, plaza.Errorf(plaza.Conflict, "acting.own_profile")
	}
	if in.Profile != "" && target.Profile != in.Profile {
		return target, plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	if why := target.Unfit(); !why.IsZero() {
		return target, &plaza.Error{Kind: plaza.Conflict, Msg: why}
	}
	p, err := tx.Profile(ctx, actor.Scope(), target.Profile)
	if err == nil && p.Halted {
		err = plaza.Errorf(plaza.Conflict, "profile.halted", "Name", p.Name)
	}
	return target, err
}

// rotate gives a session a new token and puts it into an acting session, or out
// of one if acting is empty.
func (a *App) rotate(ctx context.Context, tx *store.Tx, session, acting string) (token string, err error) {
	token = secret.Token()
	return token, tx.RotateSession(ctx, session, secret.HashToken(token), acting)
}

// tellOwners mails the owners of a profile that somebody entered it, and leaves
// a notice. It cannot be switched off.
func (a *App) tellOwners(ctx context.Context, tx *store.Tx, actor plaza.Actor, target plaza.Login, acting plaza.Acting) error {
	owners, err := tx.LoginsWithRole(ctx, target.Profile, plaza.Owner)
	if err != nil {
		return err
	}
	if err := a.notify(ctx, tx, plaza.NoticeActingStarted, actor.ProfileName, acting.ID, owners...); err != nil {
		return err
	}
	for _, owner := range owners {
		person, err := tx.Person(ctx, owner.Person)
		if err != nil {
			return err
		}
		err = a.post(ctx, tx, plaza.MailActingStarted, target.Profile, to(person, owner.Name), letter{
			subject: plaza.T("mail.acting_started.subject", "Above", actor.ProfileName, "Profile", target.ProfileName),
			lines: []plaza.Text{
				plaza.T("mail.acting_started.body", "Name", actor.Name, "Above", actor.ProfileName, "Login", target.Name),
				plaza.T("mail.acting_started.reason", "Reason", acting.Reason),
				plaza.T("mail.acting_started.until", "Minutes", int(plaza.ActingFor/time.Minute)),
			},
			button: plaza.T("mail.acting_started.button"), path: "/audit",
			from: actor.ProfileName,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// RaiseActing lets an acting session also change things, with the rights that
// the one at the keyboard holds over that profile anyway; or only look again.
// Whoever is acting may. Kinds: Conflict if nobody is.
func (a *App) RaiseActing(ctx context.Context, actor plaza.Actor, mode plaza.Mode) error {
	event := plaza.AuditEvent{Verb: plaza.ActingRaise}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if !actor.Acting() {
			return plaza.Errorf(plaza.Conflict, "acting.not")
		}
		if mode != plaza.Look && mode != plaza.Manage {
			return plaza.Errorf(plaza.Invalid, "error.invalid")
		}
		e.About(actor.Profile, "login", actor.Login, actor.Name)
		e.Changed("mode", string(actor.Via.Mode), string(mode))
		return tx.SetActingMode(ctx, actor.Via.ID, mode)
	})
}

// StopActing ends the acting session that the actor is in, and returns the
// session's new token; the old one is dead. Whoever is acting may. Kinds:
// Conflict if nobody is.
func (a *App) StopActing(ctx context.Context, actor plaza.Actor) (token string, err error) {
	event := plaza.AuditEvent{Verb: plaza.ActingStop}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if !actor.Acting() {
			return plaza.Errorf(plaza.Conflict, "acting.not")
		}
		e.About(actor.Profile, "login", actor.Login, actor.Name)
		if err := tx.EndActing(ctx, actor.Via.ID, a.now()); err != nil {
			return err
		}
		token, err = a.rotate(ctx, tx, actor.Session, "")
		return err
	})
	return token, err
}
