package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

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
	if err != nil {
		return l, err
	}
	if err := tx.HoldLicense(ctx, actor.Scope(), l.ID); err != nil { // nobody activates meanwhile
		return l, err
	}
	return a.under(ctx, tx, actor, l, &p)
}

// under returns l under p, or a Conflict.
func (a *App) under(ctx context.Context, tx *store.Tx, actor plaza.Actor, l plaza.License, p *plaza.Plan) (plaza.License, error) {
	if err := fitsPlan(ctx, tx, actor, l, p); err != nil {
		return l, err
	}
	return l.Replanned(p, a.now(), a.zone)
}

// fitsPlan returns a Conflict if l is under p as it is now, or is activated on more
// machines than p allows.
func fitsPlan(ctx context.Context, tx *store.Tx, actor plaza.Actor, l plaza.License, p *plaza.Plan) error {
	if p.ID == l.Plan && p.Edition == l.Edition {
		return plaza.Errorf(plaza.Conflict, "license.plan_already", "Name", p.Name)
	}
	machines, err := tx.Activations(ctx, actor.Scope(), l.ID, false)
	if err == nil && !p.Terms.Overage.Allows(len(machines), p.Machines) {
		err = plaza.Errorf(plaza.Conflict, "license.too_many_machines", "Count", len(machines), "Most", p.Machines)
	}
	return err
}

// orAsk returns v, or that one asks for it if that is all one may: both look at what it
// would do beforehand.
func orAsk(actor plaza.Actor, v plaza.Verb) plaza.Verb {
	if !actor.Can(v) && actor.Can(plaza.RequestMake) {
		return plaza.RequestMake
	}
	return v
}

// RenewalOf returns a license as it is, and as [App.RenewLicense] would make it, or
// why it would not. The same people may, and whoever may ask for it. Kinds: NotFound.
func (a *App) RenewalOf(ctx context.Context, actor plaza.Actor, id string) (o plaza.Outlook, err error) {
	err = a.see(ctx, actor, orAsk(actor, plaza.LicenseRenew), id, func(tx *store.Tx) error {
		if o.Before, err = deal(ctx, tx, actor, id); err != nil {
			return err
		}
		o.After = o.Before
		o.After.License, err = o.Before.License.Renewed(a.now(), a.zone)
		return clash(&o, err)
	})
	return o, err
}

// PlanChangeOf returns a license as it is, which plans it can be put under, and, if
// one is named, how [App.ChangePlan] would make it or why it would not. The same
// people may, and whoever may ask for it. Kinds: NotFound.
func (a *App) PlanChangeOf(ctx context.Context, actor plaza.Actor, id, plan string) (o plaza.Outlook, err error) {
	err = a.see(ctx, actor, orAsk(actor, plaza.LicensePlan), id, func(tx *store.Tx) error {
		if o.Before, err = deal(ctx, tx, actor, id); err != nil {
			return err
		}
		l := o.Before.License
		if o.Plans, err = tx.Plans(ctx, l.Profile); err != nil {
			return err
		}
		o.Plans = slices.DeleteFunc(o.Plans, func(p plaza.Plan) bool {
			return p.Kind != l.Kind || !p.Withdrawn.IsZero() || p.ID == l.Plan && p.Edition == l.Edition || p.Trial && !l.Trial
		})
		if plan == "" {
			return nil
		}
		i := slices.IndexFunc(o.Plans, func(p plaza.Plan) bool { return p.ID == plan })
		if i < 0 {
			o.Clash = plaza.T("problem.plan")
			return nil
		}
		o.After = plaza.Deal{Terms: o.Plans[i].Terms, Prices: o.Plans[i].Prices}
		o.After.License, err = a.under(ctx, tx, actor, l, &o.Plans[i])
		return clash(&o, err)
	})
	return o, err
}

// deal returns the license with the given ID, with what it has of its plan.
func deal(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string) (d plaza.Deal, err error) {
	if d.License, err = tx.License(ctx, actor.Scope(), id); err != nil {
		return d, err
	}
	if d.Terms, err = tx.LicenseTerms(ctx, actor.Scope(), id); err != nil {
		return d, err
	}
	d.Prices, err = tx.EditionPrices(ctx, d.License.Plan, d.License.Edition)
	return d, err
}

// clash notes a Conflict as the reason why o cannot be; another error is returned.
func clash(o *plaza.Outlook, err error) error {
	if plaza.KindOf(err) == plaza.Conflict {
		e := plaza.AsError(err)
		o.Clash, o.Full, err = e.Msg, e.Full, nil
	}
	return err
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
		e.Reason = strings.TrimSpace(why)
		l.Version = version
		if err := a.writeTerm(ctx, tx, actor.Scope(), before, l, e); err != nil {
			return err
		}
		return a.withinAllowances(ctx, tx, actor, l)
	})
}

// writeTerm writes the term and plan of after, which was before until now, if it still
// has its version.
func (a *App) writeTerm(ctx context.Context, tx *store.Tx, scope plaza.Scope, before, after plaza.License, e *plaza.AuditEvent) error {
	now := a.now()
	after.Starts, after.Ends, after.Updated = exact(after.Starts), exactOrNever(after.Ends), now
	e.Changed("state", string(before.State(now)), string(after.State(now)))
	e.Changed("plan", before.PlanName, after.PlanName)
	e.Changed("edition", number(before.Edition), number(after.Edition))
	e.Changed("starts", date(before.Starts), date(after.Starts))
	e.Changed("ends", date(before.Ends), date(after.Ends))
	e.Changed("grace_days", number(before.GraceDays), number(after.GraceDays))
	e.Changed("machines", number(before.Machines), number(after.Machines))
	return tx.SetLicenseTerm(ctx, scope, after)
}

const (
	renewedAhead = time.Hour // before a license ends that renews by itself
	dueAtOnce    = 100
)

// RenewDue adds a term to the licenses that renew by themselves and end within the hour,
// or have ended while nobody did: as many terms as it takes, each from the end of the one
// before. Nothing waits for it: such a license is valid all the time. How many it does at
// once is limited. Only the clerk may.
func (a *App) RenewDue(ctx context.Context, actor plaza.Actor) error {
	if err := a.may(ctx, actor, plaza.LicenseRenew); err != nil {
		return err
	}
	due := a.now().Add(renewedAhead)
	everything := plaza.Everyone("each license says by itself that it renews")
	var ids []string
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		ids, err = tx.DueRenewals(ctx, everything, due, dueAtOnce)
		return err
	})
	for _, id := range ids {
		err = errors.Join(err, a.renewDue(ctx, actor, everything, id, due))
	}
	return err
}

// renewDue renews one license, unless somebody did meanwhile.
func (a *App) renewDue(ctx context.Context, actor plaza.Actor, scope plaza.Scope, id string, due time.Time) error {
	return a.db.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.HoldLicense(ctx, scope, id); err != nil {
			return err
		}
		l, err := tx.License(ctx, scope, id)
		if err != nil || !l.Renews || !l.Ended.IsZero() || !l.Suspended.IsZero() || !l.Ends.Before(due) {
			return err
		}
		next := l
		for next.Ends.Before(due) {
			if next, err = next.Renewed(next.Ends, a.zone); err != nil {
				return err
			}
		}
		event := plaza.AuditEvent{Verb: plaza.LicenseRenew}
		return a.perform(ctx, tx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
			e.About(l.Profile, "license", l.ID, licenseName(l))
			return a.writeTerm(ctx, tx, scope, l, next, e)
		})
	})
}
