package app

import (
	"context"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// DeleteLicense removes a license that was made by mistake, with its ConnectAgent, as if
// it had never been: it is in no statement. Only the log tells of it. Owners,
// administrators and managers of resellers and the vendor may, of their own profile's and
// those below. Kinds: Invalid, NotFound, Conflict if something rests on it, or a statement
// that is closed may hold it, Stale.
func (a *App) DeleteLicense(ctx context.Context, actor plaza.Actor, id, why string, version int) error {
	event := plaza.AuditEvent{Verb: plaza.LicenseDelete, ObjectKind: "license", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if err := tx.HoldLicense(ctx, actor.Scope(), id); err != nil { // nobody activates meanwhile
			return err
		}
		l, err := tx.License(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		e.About(l.Profile, "license", l.ID, licenseName(l))
		e.Reason = strings.TrimSpace(why)
		e.Changed("plan", l.PlanName, "")
		if err := plaza.CheckReason("reason", why, plaza.MinReason); err != nil {
			return err
		}
		if err := a.deletable(ctx, tx, actor, l); err != nil {
			return err
		}
		l.Version = version
		if err := tx.DeleteLicense(ctx, actor.Scope(), l, a.now()); err != nil {
			return err
		}
		return a.withinAllowances(ctx, tx, actor, l)
	})
}

// Deletion returns a license, and why it cannot be deleted; nothing if it can. The same
// people may. Kinds: NotFound.
func (a *App) Deletion(ctx context.Context, actor plaza.Actor, id string) (l plaza.License, clash plaza.Text, err error) {
	err = a.see(ctx, actor, plaza.LicenseDelete, id, func(tx *store.Tx) error {
		if l, err = tx.License(ctx, actor.Scope(), id); err != nil {
			return err
		}
		err := a.deletable(ctx, tx, actor, l)
		if plaza.KindOf(err) == plaza.Conflict {
			clash, err = plaza.AsError(err).Msg, nil
		}
		return err
	})
	return l, clash, err
}

// deletable returns a Conflict if something rests on l, or if the month in which it was
// made may be over for somebody who is billed for it.
func (a *App) deletable(ctx context.Context, tx *store.Tx, actor plaza.Actor, l plaza.License) error {
	if !l.Alone() {
		return plaza.Errorf(plaza.Conflict, "license.delete_base")
	}
	if !l.Young(a.now()) {
		return plaza.Errorf(plaza.Conflict, "license.delete_late")
	}
	machines, err := tx.Activations(ctx, actor.Scope(), l.ID, true)
	if err != nil {
		return err
	}
	if len(machines) > 0 || !l.CheckedOut.IsZero() {
		return plaza.Errorf(plaza.Conflict, "license.delete_used")
	}
	waits, err := a.askedFor(ctx, tx, actor, l.ID)
	if err != nil {
		return err
	}
	if waits {
		return plaza.Errorf(plaza.Conflict, "license.asked_for")
	}
	billed, err := tx.BilledFor(ctx, l)
	if err != nil {
		return err
	}
	for _, profile := range billed {
		terms, err := a.billing(ctx, tx, plaza.Everyone("whoever is billed for it, of whom nothing is told"), plaza.Profile{ID: profile})
		if err != nil {
			return err
		}
		for _, t := range terms {
			zone, err := t.Zone()
			if err != nil {
				return err
			}
			if plaza.MonthOf(l.Created.In(zone)) != plaza.MonthOf(a.now().In(zone)) {
				return plaza.Errorf(plaza.Conflict, "license.delete_late")
			}
		}
	}
	return nil
}
