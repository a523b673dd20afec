package app

import (
	"context"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// RenewLicense adds one term to a license: to its end, or to now if it has lapsed
// past its grace. Its key and what it is activated on stay. Why may be left out.
// Owners, administrators and managers of resellers and the vendor may, of their own
// profile's and those below. Kinds: Invalid, NotFound, Conflict, Stale.
func (a *App) RenewLicense(ctx context.Context, actor plaza.Actor, id, why string, version int) error {
	return a.setTerm(ctx, actor, plaza.LicenseRenew, id, why, version, func(_ *store.Tx, l plaza.License) (plaza.License, error) {
		if err := plaza.CheckNote("reason", why); err != nil {
			return l, err
		}
		return l.Renewed(a.now(), a.zone)
	})
}

// ChangePlan puts a license under another plan of its kind: a trial under one that is
// paid for, too. Its key and what it is activated on stay. The same people may. Kinds:
// Invalid, NotFound, Conflict if it is under that plan, is activated on more machines
// than that allows, or an allowance is full, Stale.
func (a *App) ChangePlan(ctx context.Context, actor plaza.Actor, id, plan, why string, version int) error {
	return a.setTerm(ctx, actor, plaza.LicensePlan, id, why, version, func(tx *store.Tx, l plaza.License) (plaza.License, error) {
		if err := plaza.CheckReason("reason", why, plaza.MinReason); err != nil {
			return l, err
		}
		return a.replanned(ctx, tx, actor, l, plan)
	})
}

// replanned returns l under the plan with the given ID.
func (a *App) replanned(ctx context.Context, tx *store.Tx, actor plaza.Actor, l plaza.License, plan string) (plaza.License, error) {
	p, err := planFor(ctx, tx, l.Profile, plan, l.Kind)
	switch {
	case err != nil:
		return l, err
	case p.ID == l.Plan && p.Edition == l.Edition:
		return l, plaza.Errorf(plaza.Conflict, "license.plan_already", "Name", p.Name)
	}
	if err := tx.HoldLicense(ctx, actor.Scope(), l.ID); err != nil { // nobody activates meanwhile
		return l, err
	}
	machines, err := tx.Activations(ctx, actor.Scope(), l.ID, false)
	if err != nil {
		return l, err
	}
	if !p.Terms.Overage.Allows(len(machines), p.Machines) {
		return l, plaza.Errorf(plaza.Conflict, "license.too_many_machines", "Count", len(machines), "Most", p.Machines)
	}
	return l.Replanned(&p, a.now(), a.zone)
}

// setTerm does v to the license with the given ID: change says what becomes of it.
func (a *App) setTerm(ctx context.Context, actor plaza.Actor, v plaza.Verb, id, why string, version int, change func(*store.Tx, plaza.License) (plaza.License, error)) error {
	event := plaza.AuditEvent{Verb: v, ObjectKind: "license", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		before, err := tx.License(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		e.About(before.Profile, "license", before.ID, licenseName(before))
		l, err := change(tx, before)
		if err != nil {
			return err
		}
		l.Starts, l.Ends = exact(l.Starts), exactOrNever(l.Ends)
		e.Reason = strings.TrimSpace(why)
		a.termChanged(e, before, l)
		l.Version, l.Updated = version, a.now()
		if err := tx.SetLicenseTerm(ctx, actor.Scope(), l); err != nil {
			return err
		}
		return a.withinAllowances(ctx, tx, actor, l)
	})
}

// termChanged notes what is another in after than in before.
func (a *App) termChanged(e *plaza.AuditEvent, before, after plaza.License) {
	now := a.now()
	e.Changed("state", string(before.State(now)), string(after.State(now)))
	e.Changed("plan", before.PlanName, after.PlanName)
	e.Changed("edition", number(before.Edition), number(after.Edition))
	e.Changed("starts", date(before.Starts), date(after.Starts))
	e.Changed("ends", date(before.Ends), date(after.Ends))
	e.Changed("grace_days", number(before.GraceDays), number(after.GraceDays))
	e.Changed("machines", number(before.Machines), number(after.Machines))
}
