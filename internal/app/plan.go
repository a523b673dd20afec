package app

import (
	"context"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Plans returns the catalogue. Everybody with the dashboard may.
func (a *App) Plans(ctx context.Context, actor plaza.Actor) (all []plaza.Plan, err error) {
	err = a.see(ctx, actor, plaza.PlanRead, "", func(tx *store.Tx) error {
		all, err = tx.Plans(ctx)
		return err
	})
	return all, err
}

// CreatePlan adds an entry to the catalogue. Owners and administrators of the
// vendor may. Kinds: Invalid, Conflict if there is one of that name.
func (a *App) CreatePlan(ctx context.Context, actor plaza.Actor, in plaza.NewPlan) (p plaza.Plan, err error) {
	event := plaza.AuditEvent{Verb: plaza.PlanCreate}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		in = in.Clean()
		if err := in.Validate(); err != nil {
			return err
		}
		p = plaza.Plan{
			ID: newID(), Kind: in.Kind, Name: in.Name, TermMonths: in.TermMonths,
			GraceDays: in.GraceDays, Trial: in.Trial, Machines: in.Machines, Terms: in.Terms,
		}
		if in.Terms.IsZero() {
			p.Terms = plaza.DefaultTerms()
		}
		e.About(actor.Profile, "plan", p.ID, p.Name)
		return tx.InsertPlan(ctx, p, a.now())
	})
	return p, err
}
