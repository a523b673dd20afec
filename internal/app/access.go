package app

import (
	"context"
	"slices"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Access returns who may enter the actor's own profile, who is inside and who
// asks to be let in. Owners, administrators and auditors may.
func (a *App) Access(ctx context.Context, actor plaza.Actor) (x plaza.Access, err error) {
	err = a.see(ctx, actor, plaza.AccessRead, "", func(tx *store.Tx) error {
		p, err := tx.Profile(ctx, actor.Scope(), actor.Profile)
		if err != nil {
			return err
		}
		x.Setting, x.Version = p.Access, p.Version
		if p.Kind == plaza.Vendor {
			if x.Off, err = tx.LoginAsOff(ctx); err != nil {
				return err
			}
		}
		inside, err := tx.Actings(ctx, actor.Scope(), p.ID, plaza.ActingFilter{Open: true}, plaza.Page{Size: plaza.MaxPageSize}, a.now())
		if err != nil {
			return err
		}
		x.Inside = inside.Rows
		x.Consents, err = tx.Consents(ctx, actor.Scope(), p.ID, a.now())
		return err
	})
	return x, err
}

// Visits returns who was inside the actor's own profile before, the newest first.
// Owners, administrators and auditors may. Kinds: Invalid.
func (a *App) Visits(ctx context.Context, actor plaza.Actor, p plaza.Page) (list plaza.List[plaza.ActingLine], err error) {
	err = a.see(ctx, actor, plaza.AccessRead, "", func(tx *store.Tx) error {
		list, err = tx.Actings(ctx, actor.Scope(), actor.Profile, plaza.ActingFilter{Ended: true}, p, a.now())
		return err
	})
	return list, err
}

// SetSupportAccess says whether those above may enter the actor's own profile.
// Whoever is inside and would not be let in any more is out at once. Owners and
// administrators may. Kinds: Invalid, Conflict for the vendor, which has nobody
// above, Stale.
func (a *App) SetSupportAccess(ctx context.Context, actor plaza.Actor, s plaza.SupportAccess, version int) error {
	event := plaza.AuditEvent{Verb: plaza.AccessSet}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if !slices.Contains(plaza.SupportAccesses(), s) {
			return plaza.Errorf(plaza.Invalid, "error.invalid")
		}
		if actor.Kind == plaza.Vendor {
			return plaza.Errorf(plaza.Conflict, "access.nobody_above")
		}
		p, err := tx.Profile(ctx, actor.Scope(), actor.Profile)
		if err != nil {
			return err
		}
		e.About(p.ID, "profile", p.ID, p.Name)
		e.Changed("support_access", string(p.Access), string(s))
		p.Access, p.Version = s, version
		if err := tx.SetSupportAccess(ctx, actor.Scope(), p); err != nil {
			return err
		}
		return a.cease(ctx, tx, store.EndingShutOut(p.ID), plaza.EndAccess)
	})
}

// EndActing puts whoever acts in the actor's own profile out of it. Owners and
// administrators may. Kinds: NotFound, Conflict if it was over already.
func (a *App) EndActing(ctx context.Context, actor plaza.Actor, id string) error {
	event := plaza.AuditEvent{Verb: plaza.ActingEnd, ObjectKind: "acting", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		t, err := tx.ActingIn(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		if t.Login.Profile != actor.Profile {
			return plaza.Errorf(plaza.NotFound, "error.not_found") // it is theirs, not ours
		}
		if !t.Acting.Open(a.now()) {
			return plaza.Errorf(plaza.Conflict, "access.over_already", "Name", t.Acting.Name)
		}
		e.About(actor.Profile, "acting", t.Acting.ID, t.Acting.Name)
		return a.cease(ctx, tx, store.EndingOne(id), plaza.EndProfile)
	})
}

// SwitchLoginAs switches Login as off in the whole installation, or on again: off,
// only the vendor can enter, which breaks the glass. Owners and administrators of
// the vendor may.
func (a *App) SwitchLoginAs(ctx context.Context, actor plaza.Actor, on bool) error {
	event := plaza.AuditEvent{Verb: plaza.ActingSet}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		wasOff, err := tx.LoginAsOff(ctx)
		if err != nil {
			return err
		}
		e.About(actor.Profile, "profile", actor.Profile, actor.ProfileName)
		e.Changed("login_as", yes(!wasOff), yes(on))
		if err := tx.SetLoginAsOff(ctx, !on); err != nil || on {
			return err
		}
		return a.cease(ctx, tx, store.EndingEverywhere(), plaza.EndOff)
	})
}
