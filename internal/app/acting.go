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
// vendor may, below their own profile, as far as the profile lets them in; owners
// and administrators of the vendor may break the glass where it does not. Kinds:
// Invalid, NotFound, Conflict if that login cannot be acted as, or not like this.
func (a *App) LogInAs(ctx context.Context, actor plaza.Actor, in plaza.NewActing) (token string, err error) {
	event := plaza.AuditEvent{Verb: plaza.ActingStart, ObjectKind: "login", Object: in.Login}
	if in.BreakGlass {
		event.Verb = plaza.ActingBreak
	}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		in = in.Clean()
		if err := in.Validate(); err != nil {
			return err
		}
		target, p, err := a.actingTarget(ctx, tx, actor, in)
		if err != nil {
			return err
		}
		acting, consent, err := a.letIn(ctx, tx, actor, p, in)
		if err != nil {
			return err
		}
		e.About(target.Profile, "login", target.ID, target.Name)
		e.Reason = in.Reason
		e.Actor = actingAs(actor, store.ActingTarget{Acting: acting, Login: target, Kind: p.Kind})
		if err := a.cease(ctx, tx, store.EndingOf(actor.Session), plaza.EndLeft); err != nil {
			return err
		}
		if err := tx.InsertActing(ctx, actor.Session, acting, target, consent); err != nil {
			return err
		}
		if token, err = a.rotate(ctx, tx, actor.Session, acting.ID); err != nil {
			return err
		}
		return a.tellOfActing(ctx, tx, actor, target, acting)
	})
	return token, err
}

// letIn returns the acting session that the actor may begin in p, and the consent
// that it rests on, which may be none. Conflict if p lets nobody in, or if it does
// and the glass is to be broken.
func (a *App) letIn(ctx context.Context, tx *store.Tx, actor plaza.Actor, p plaza.Profile, in plaza.NewActing) (acting plaza.Acting, consent string, err error) {
	now := a.now()
	acting = plaza.Acting{
		ID: newID(), Login: actor.Login, Person: actor.Person, Name: actor.Name, Profile: actor.Profile, ProfileName: actor.ProfileName,
		Kind: actor.Kind, Role: actor.Role, Mode: plaza.Look, Reason: in.Reason, Ticket: in.Ticket, BreakGlass: in.BreakGlass,
		Started: now, Expires: now.Add(plaza.ActingFor),
	}
	e, err := entrance(ctx, tx, actor, p, now)
	switch {
	case err != nil:
		return acting, "", err
	case in.BreakGlass && e.Free(now): // it would go on when the profile lets nobody in any more
		return acting, "", plaza.Errorf(plaza.Conflict, "acting.break_in_vain", "Name", p.Name)
	case in.BreakGlass:
		acting.Expires = now.Add(plaza.BreakGlassFor)
		return acting, "", nil
	case e.Off:
		return acting, "", plaza.Errorf(plaza.Conflict, "acting.off")
	case e.Free(now) && p.Access == plaza.AccessAllowed:
		return acting, "", nil
	case e.Free(now):
		if e.Consent.Until.Before(acting.Expires) {
			acting.Expires = e.Consent.Until
		}
		return acting, e.Consent.ID, tx.UseConsent(ctx, e.Consent.ID, now)
	}
	return acting, "", plaza.Errorf(plaza.Conflict, "acting.barred."+string(p.Access), "Name", p.Name)
}

// entrance returns how actor stands before the door of p.
func entrance(ctx context.Context, tx *store.Tx, actor plaza.Actor, p plaza.Profile, now time.Time) (e plaza.Entrance, err error) {
	e.Profile = p
	if e.Off, err = tx.LoginAsOff(ctx); err != nil {
		return e, err
	}
	e.Consent, err = tx.ConsentOf(ctx, actor.Scope(), actor.Login, p.ID, now)
	if plaza.KindOf(err) == plaza.NotFound {
		err = nil
	}
	return e, err
}

// Entrance returns as whom the actor can enter a profile below its own with Login
// as, and what it takes. Owners, administrators and support staff of resellers
// and the vendor may. Kinds: NotFound.
func (a *App) Entrance(ctx context.Context, actor plaza.Actor, profile string) (e plaza.Entrance, err error) {
	err = a.see(ctx, actor, plaza.ActingStart, profile, func(tx *store.Tx) error {
		p, err := tx.Profile(ctx, actor.Scope(), profile)
		if err != nil {
			return err
		}
		if p.ID == actor.Profile {
			return plaza.Errorf(plaza.NotFound, "error.not_found")
		}
		if e, err = entrance(ctx, tx, actor, p, a.now()); err != nil {
			return err
		}
		logins, err := tx.Logins(ctx, actor.Scope(), plaza.LoginFilter{Profile: p.ID}, plaza.Page{Sort: "name", Size: plaza.MaxPageSize})
		e.Logins = logins.Rows
		return err
	})
	return e, err
}

// actingTarget returns the login that is asked for and its profile, if it can be
// acted as. Whoever takes that away meanwhile waits until the acting session is
// there to be ended. (Two may wait for each other if somebody suspends the actor's
// own profile at that moment, or the login acted as suspends another: PostgreSQL has
// one of them begin anew.)
func (a *App) actingTarget(ctx context.Context, tx *store.Tx, actor plaza.Actor, in plaza.NewActing) (target plaza.Login, p plaza.Profile, err error) {
	if err = tx.HoldLoginAs(ctx); err != nil {
		return target, p, err
	}
	if target, err = a.held(ctx, tx, actor, in.Login); err != nil {
		return target, p, err
	}
	if in.Profile != "" && target.Profile != in.Profile {
		return target, p, plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	if target.Profile == actor.Profile {
		return target, p, plaza.Errorf(plaza.Conflict, "acting.own_profile")
	}
	if why := target.Unfit(); !why.IsZero() {
		return target, p, &plaza.Error{Kind: plaza.Conflict, Msg: why}
	}
	p, err = tx.Profile(ctx, actor.Scope(), target.Profile)
	if err == nil && p.Halted {
		err = plaza.Errorf(plaza.Conflict, "profile.halted", "Name", p.Name)
	}
	return target, p, err
}

// rotate gives a session a new token and puts it into an acting session, or out
// of one if acting is empty.
func (a *App) rotate(ctx context.Context, tx *store.Tx, session, acting string) (token string, err error) {
	token = secret.Token()
	return token, tx.RotateSession(ctx, session, secret.HashToken(token), acting)
}

// tellOfActing mails the owners of a profile that somebody entered it, and leaves
// a notice. It cannot be switched off. If the glass was broken, the owners of the
// vendor hear of it too.
func (a *App) tellOfActing(ctx context.Context, tx *store.Tx, actor plaza.Actor, target plaza.Login, acting plaza.Acting) error {
	kind, minutes := plaza.MailActingStarted, int(acting.Expires.Sub(acting.Started)/time.Minute)
	said := []plaza.Text{
		plaza.T("mail.acting_started.body", "Name", actor.Name, "Above", actor.ProfileName, "Login", target.Name),
		plaza.T("mail.acting_started.reason", "Reason", acting.Reason),
		plaza.T("mail.acting_started.until", "Minutes", minutes),
	}
	subject := plaza.T("mail.acting_started.subject", "Above", actor.ProfileName, "Profile", target.ProfileName)
	if acting.BreakGlass {
		kind, subject = plaza.MailGlassBroken, plaza.T("mail.glass_broken.subject", "Profile", target.ProfileName)
		said = append(said, plaza.T("mail.glass_broken.body", "Profile", target.ProfileName))
	}
	l := letter{subject: subject, lines: said, button: plaza.T("mail.acting_started.button"), path: "/access", from: actor.ProfileName}
	if err := a.tellOwners(ctx, tx, target.Profile, plaza.NoticeActingStarted, actor.ProfileName, acting.ID, kind, l); err != nil || !acting.BreakGlass {
		return err
	}
	l.button, l.path = plaza.T("mail.glass_broken.button"), "/audit?acting="+acting.ID
	l.lines = []plaza.Text{ // to the vendor's own, for whom it is another profile
		plaza.T("mail.glass_broken.entered", "Name", actor.Name, "Profile", target.ProfileName, "Login", target.Name),
		plaza.T("mail.acting_started.reason", "Reason", acting.Reason),
		plaza.T("mail.glass_broken.until", "Minutes", minutes),
		plaza.T("mail.glass_broken.body", "Profile", target.ProfileName),
	}
	return a.tellOwners(ctx, tx, actor.Profile, plaza.NoticeGlassBroken, target.ProfileName, acting.ID, kind, l)
}

// tellOwners leaves a notice to the owners of a profile, and mails them l.
func (a *App) tellOwners(ctx context.Context, tx *store.Tx, profile string, notice plaza.NoticeKind, about, object string, kind plaza.MailKind, l letter) error {
	owners, err := tx.LoginsWithRole(ctx, profile, plaza.Owner)
	if err != nil {
		return err
	}
	if err := a.notify(ctx, tx, notice, about, object, owners...); err != nil {
		return err
	}
	for _, owner := range owners {
		person, err := tx.Person(ctx, owner.Person)
		if err != nil {
			return err
		}
		if err := a.post(ctx, tx, kind, profile, to(person, owner.Name), l); err != nil {
			return err
		}
	}
	return nil
}

// RaiseActing lets an acting session also change things, with the rights that
// the one at the keyboard holds over that profile anyway; or only look again.
// Whoever is acting may. Kinds: Conflict if nobody is, Unproved.
func (a *App) RaiseActing(ctx context.Context, actor plaza.Actor, mode plaza.Mode) error {
	event := plaza.AuditEvent{Verb: plaza.ActingRaise}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if !actor.Acting() {
			return plaza.Errorf(plaza.Conflict, "acting.not")
		}
		if mode != plaza.Look && mode != plaza.Manage {
			return plaza.Errorf(plaza.Invalid, "error.invalid")
		}
		if mode == plaza.Manage { // to give that up asks for nothing
			if err := actor.Recent(a.now()); err != nil {
				return err
			}
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
		ended, err := tx.EndActings(ctx, store.EndingOne(actor.Via.ID), plaza.EndLeft, a.now())
		if err != nil {
			return err
		}
		for _, t := range ended { // this one
			e.Changed("end", "", string(t.Acting.End))
		}
		token, err = a.rotate(ctx, tx, actor.Session, "")
		return err
	})
	return token, err
}

// cease ends the acting sessions that e chooses, and leaves an event of the end of
// each in the profile that was acted in: each that has its beginning on record has
// its end there too, and only one. Whoever drops browser sessions as well does that
// before: who was about to begin acting in one of them has begun by then.
func (a *App) cease(ctx context.Context, tx *store.Tx, e store.Ending, why plaza.EndReason) error {
	ended, err := tx.EndActings(ctx, e, why, a.now())
	if err != nil {
		return err
	}
	for _, t := range ended {
		event := plaza.AuditEvent{Verb: plaza.ActingStop, Result: plaza.Done}
		event.About(t.Login.Profile, "login", t.Login.ID, t.Login.Name)
		event.Changed("end", "", string(t.Acting.End))
		if err := a.record(ctx, tx, actingAs(plaza.Actor{}, t), event); err != nil {
			return err
		}
	}
	return nil
}

// ceaseLapsed ends the acting sessions whose time is up, and those whose browser
// session is gone.
func (a *App) ceaseLapsed(ctx context.Context, tx *store.Tx) error {
	if err := a.cease(ctx, tx, store.EndingLapsed(), plaza.EndTime); err != nil {
		return err
	}
	return a.cease(ctx, tx, store.EndingOrphaned(), plaza.EndSession)
}
