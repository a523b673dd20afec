package app

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Plans returns the plans that are offered to the actor's own profile, withdrawn
// ones too; to the vendor, the whole catalogue. Everybody with the dashboard may.
func (a *App) Plans(ctx context.Context, actor plaza.Actor) (all []plaza.Plan, err error) {
	err = a.see(ctx, actor, plaza.PlanRead, "", func(tx *store.Tx) error {
		all, err = tx.Plans(ctx, actor.Profile)
		return err
	})
	return all, err
}

// PlanUse is how many licenses there are under a plan that somebody sees.
type PlanUse struct {
	Licenses int // that did not end
	Older    int // of these, under an edition before
}

// Plan returns one of the plans that are offered to the actor's own profile, with
// how many licenses in reach are under it. Everybody with the dashboard may. Kinds:
// NotFound.
func (a *App) Plan(ctx context.Context, actor plaza.Actor, id string) (p plaza.Plan, use PlanUse, err error) {
	err = a.see(ctx, actor, plaza.PlanRead, id, func(tx *store.Tx) error {
		if p, err = offeredPlan(ctx, tx, actor, id); err != nil {
			return err
		}
		use.Licenses, use.Older, err = tx.PlanUse(ctx, actor.Scope(), id)
		return err
	})
	return p, use, err
}

// offeredPlan returns the plan with the given ID, or NotFound if it is not offered to the
// actor's own profile.
func offeredPlan(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string) (plaza.Plan, error) {
	all, err := tx.Plans(ctx, actor.Profile)
	if err != nil {
		return plaza.Plan{}, err
	}
	i := slices.IndexFunc(all, func(p plaza.Plan) bool { return p.ID == id })
	if i < 0 {
		return plaza.Plan{}, plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	return all[i], nil
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
		p = in.Plan(newID())
		e.About(actor.Profile, "plan", p.ID, p.Name)
		planChanged(e, &plaza.Plan{}, &p)
		return tx.InsertPlan(ctx, p, a.now())
	})
	return p, nameTaken(err)
}

// EditPlan changes what a plan is called and promises from now on. Licenses that
// were issued under it keep what it promised. The same people may. Kinds: Invalid,
// NotFound, Conflict if there is another of that name, Stale.
func (a *App) EditPlan(ctx context.Context, actor plaza.Actor, id string, in plaza.NewPlan, version int) error {
	err := a.setPlan(ctx, actor, plaza.PlanEdit, id, version, func(p *plaza.Plan) error {
		in.Kind = p.Kind // which makes it another plan
		in = in.Clean()
		if err := in.Validate(); err != nil {
			return err
		}
		next := in.Plan(p.ID)
		next.Edition, next.Withdrawn = p.Edition, p.Withdrawn
		if !next.Promises(p) {
			next.Edition++
		}
		*p = next
		return nil
	})
	return nameTaken(err)
}

// WithdrawPlan takes a plan out of the catalogue: nothing is issued under it any
// more, and what was goes on. The same people may. Kinds: NotFound, Conflict, Stale.
func (a *App) WithdrawPlan(ctx context.Context, actor plaza.Actor, id string, version int) error {
	return a.setPlan(ctx, actor, plaza.PlanWithdraw, id, version, func(p *plaza.Plan) error {
		if !p.Withdrawn.IsZero() {
			return plaza.Errorf(plaza.Conflict, "plan.withdrawn_already")
		}
		p.Withdrawn = a.now()
		return nil
	})
}

// RestorePlan undoes WithdrawPlan. The same people may. Kinds: NotFound, Conflict,
// Stale.
func (a *App) RestorePlan(ctx context.Context, actor plaza.Actor, id string, version int) error {
	return a.setPlan(ctx, actor, plaza.PlanRestore, id, version, func(p *plaza.Plan) error {
		if p.Withdrawn.IsZero() {
			return plaza.Errorf(plaza.Conflict, "plan.not_withdrawn")
		}
		p.Withdrawn = zeroTime
		return nil
	})
}

// setPlan does v to the plan with the given ID: change says what becomes of it.
func (a *App) setPlan(ctx context.Context, actor plaza.Actor, v plaza.Verb, id string, version int, change func(*plaza.Plan) error) error {
	event := plaza.AuditEvent{Verb: v, ObjectKind: "plan", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		before, err := tx.Plan(ctx, id)
		if err != nil {
			return err
		}
		p := before
		if err := change(&p); err != nil {
			return err
		}
		e.About(actor.Profile, "plan", p.ID, p.Name)
		planChanged(e, &before, &p)
		p.Version = version
		return tx.UpdatePlan(ctx, p)
	})
}

// nameTaken says of a Conflict that another plan has the name.
func nameTaken(err error) error {
	if err == nil || plaza.KindOf(err) != plaza.Conflict {
		return err
	}
	return &plaza.Error{Kind: plaza.Conflict, Msg: plaza.T("error.conflict"), Fields: map[string]plaza.Text{"name": plaza.T("problem.plan_name_taken")}}
}

// planChanged notes what is another in after than in before.
func planChanged(e *plaza.AuditEvent, before, after *plaza.Plan) {
	for _, one := range []struct {
		field string
		of    func(*plaza.Plan) string
	}{
		{"kind", func(p *plaza.Plan) string { return string(p.Kind) }},
		{"name", func(p *plaza.Plan) string { return p.Name }},
		{"term_months", func(p *plaza.Plan) string { return number(p.TermMonths) }},
		{"grace_days", func(p *plaza.Plan) string { return number(p.GraceDays) }},
		{"machines", func(p *plaza.Plan) string { return number(p.Machines) }},
		{"processes", func(p *plaza.Plan) string { return number(p.Terms.Processes) }},
		{"modules", func(p *plaza.Plan) string { return modules(p.Terms.Modules) }},
		{"terms", func(p *plaza.Plan) string { return p.Terms.String() }},
		{"trial", func(p *plaza.Plan) string { return strconv.FormatBool(p.Trial) }},
		{"starts_activated", func(p *plaza.Plan) string { return strconv.FormatBool(p.StartsActivated) }},
		{"renews", func(p *plaza.Plan) string { return strconv.FormatBool(p.Renews) }},
		{"bills_suspended", func(p *plaza.Plan) string { return strconv.FormatBool(p.BillsSuspended) }},
		{"prices", func(p *plaza.Plan) string { return prices(p.Prices) }},
		{"withdrawn", func(p *plaza.Plan) string { return date(p.Withdrawn) }},
	} {
		was, is := one.of(before), one.of(after)
		if before.ID == "" && was != is {
			was = "" // there was none
		}
		e.Changed(one.field, was, is)
	}
}

func modules(all []plaza.Module) string {
	words := make([]string, len(all))
	for i, m := range all {
		words[i] = string(m)
	}
	return strings.Join(words, " ")
}

func prices(all []plaza.Money) string {
	words := make([]string, len(all))
	for i, m := range all {
		words[i] = m.Decimal() + " " + string(m.Currency)
	}
	return strings.Join(words, ", ")
}

// Offers is which plans a profile has.
type Offers struct {
	Profile plaza.Profile
	Chosen  bool         // some were chosen for it; otherwise it has all that can be
	Plans   []string     // IDs of those
	From    []plaza.Plan // that can be chosen: what the profile above it has
}

// Offers returns which plans a profile below the actor's own has. Owners,
// administrators and managers of resellers and the vendor may. Kinds: NotFound.
func (a *App) Offers(ctx context.Context, actor plaza.Actor, profile string) (o Offers, err error) {
	err = a.see(ctx, actor, plaza.PlanOffer, profile, func(tx *store.Tx) error {
		if o.Profile, err = below(ctx, tx, actor, profile); err != nil {
			return err
		}
		if o.Plans, o.Chosen, err = tx.Offers(ctx, actor.Scope(), profile); err != nil {
			return err
		}
		o.From, err = tx.Plans(ctx, o.Profile.Parent)
		return err
	})
	return o, err
}

// OfferPlans chooses which plans a profile below the actor's own has, and with it
// all below that: all that the profile above it has, or some of them. Licenses that
// were issued go on. The same people may. Kinds: Invalid, NotFound, Stale.
func (a *App) OfferPlans(ctx context.Context, actor plaza.Actor, profile string, chosen bool, plans []string, version int) error {
	event := plaza.AuditEvent{Verb: plaza.PlanOffer, ObjectKind: "profile", Object: profile}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		p, err := below(ctx, tx, actor, profile)
		if err != nil {
			return err
		}
		before, was, err := tx.Offers(ctx, actor.Scope(), profile)
		if err != nil {
			return err
		}
		from, err := tx.Plans(ctx, p.Parent)
		if err != nil {
			return err
		}
		if plans, err = choose(from, chosen, plans); err != nil {
			return err
		}
		e.About(p.ID, "profile", p.ID, p.Name)
		e.Changed("plans", offerNames(from, was, before), offerNames(from, chosen, plans))
		p.Version = version
		return tx.SetOffers(ctx, actor.Scope(), p, chosen, plans)
	})
}

// choose returns those of the plans that were chosen, once each. One that is not
// among them is Invalid: an offer never widens.
func choose(from []plaza.Plan, chosen bool, plans []string) ([]string, error) {
	if !chosen {
		return nil, nil
	}
	plans = slices.Clone(plans)
	slices.Sort(plans)
	plans = slices.Compact(plans)
	for _, id := range plans {
		if !slices.ContainsFunc(from, func(p plaza.Plan) bool { return p.ID == id }) {
			return nil, &plaza.Error{
				Kind: plaza.Invalid, Msg: plaza.T("error.invalid"),
				Fields: map[string]plaza.Text{"plans": plaza.T("problem.offer")},
			}
		}
	}
	return plans, nil
}

// offerNames returns the names of the plans that were chosen as they stand in the
// log.
func offerNames(from []plaza.Plan, chosen bool, plans []string) string {
	if !chosen {
		return "all"
	}
	var names []string
	for _, p := range from {
		if slices.Contains(plans, p.ID) {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, ", ")
}

// below returns the profile with the given ID, or NotFound unless it is strictly
// below the actor's own: what one is allowed, whoever is above decides.
func below(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string) (plaza.Profile, error) {
	p, err := tx.Profile(ctx, actor.Scope(), id)
	if err == nil && p.ID == actor.Profile {
		err = plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	return p, err
}
