package app_test

import (
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
)

func names(all []plaza.Plan) (names []string) {
	for _, p := range all {
		names = append(names, p.Name)
	}
	return names
}

// TestEditPlan: what a plan promises changes for what is issued from then on, and
// for nothing that was issued before.
func TestEditPlan(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		plan := w.Plans[plaza.Development]
		before := issued(t, w)
		in := plaza.NewPlan{
			Name: "A year, dearer", TermMonths: 24, GraceDays: 3, Machines: 2, Renews: true, BillsSuspended: true,
			Prices: []plaza.Money{{Currency: "USD", Minor: 1250}, {Currency: "EUR", Minor: 1000}},
		}
		in.Terms = plaza.DefaultTerms()
		in.Terms.Floating, in.Terms.Processes, in.Terms.Modules = true, 7, []plaza.Module{plaza.ModuleDevelop}
		must(t, w.EditPlan(ctx, w.Vendor, plan.ID, in, 1))

		got, use, err := w.Plan(ctx, w.Vendor, plan.ID)
		must(t, err)
		wanted := in.Clean().Plan(plan.ID)
		wanted.Kind, wanted.Edition, wanted.Version = plaza.Development, 2, 2
		equal(t, "plan", got, wanted)
		if use.Licenses != 1 || use.Older != 1 {
			t.Errorf("use: %+v", use)
		}
		if price, ok := got.Price("USD"); !ok || price.Minor != 1250 {
			t.Errorf("in dollars: %v", price)
		}
		after := issued(t, w)
		if after.GraceDays != 3 || after.Machines != 2 || after.Promise != (plaza.Promise{Edition: 2, TermMonths: 24, Renews: true, BillsSuspended: true}) {
			t.Errorf("issued after: %+v", after)
		}
		still := must1[plaza.License](t)(w.License(ctx, w.Partner, before.ID))
		before.PlanName = in.Name
		equal(t, "issued before", still, before)
		equal(t, "and as returned", must1[plaza.License](t)(w.License(ctx, w.Partner, after.ID)), after)

		in.Name = "A year, renamed"
		must(t, w.EditPlan(ctx, w.Vendor, plan.ID, in, 2))
		if p, _, _ := w.Plan(ctx, w.Vendor, plan.ID); p.Edition != 2 || p.Name != in.Name || len(p.Prices) != 2 {
			t.Errorf("another name is another edition: %+v", p)
		}
		stale := w.EditPlan(ctx, w.Vendor, plan.ID, in, 2)
		want(t, "as it was before", stale, plaza.Stale)
		in.Name = w.Plans[plaza.PartnerLicense].Name
		want(t, "the name of another", w.EditPlan(ctx, w.Vendor, plan.ID, in, 3), plaza.Conflict)
		want(t, "one that is not there", w.EditPlan(ctx, w.Vendor, "never", in, 3), plaza.NotFound)
		want(t, "by a reseller", w.EditPlan(ctx, w.Reseller, plan.ID, in, 3), plaza.Forbidden)
		for field, change := range map[string]func(*plaza.NewPlan){
			"name":             func(n *plaza.NewPlan) { n.Name = "" },
			"prices":           func(n *plaza.NewPlan) { n.Prices = []plaza.Money{{Currency: "XXX", Minor: 1}} },
			"starts_activated": func(n *plaza.NewPlan) { n.StartsActivated = true },
			"renews":           func(n *plaza.NewPlan) { n.TermMonths = 0 },
			"term_months":      func(n *plaza.NewPlan) { n.Trial, n.TermMonths = true, 0 },
			"processes":        func(n *plaza.NewPlan) { n.Terms.Processes = -1 },
		} {
			bad := in
			change(&bad)
			if e := plaza.AsError(w.EditPlan(ctx, w.Vendor, plan.ID, bad, 3)); e.Kind != plaza.Invalid || e.Fields[field].IsZero() {
				t.Errorf("%s: %v", field, e)
			}
		}
	})
}

func TestWithdrawPlan(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		plan := w.Plans[plaza.Development].ID
		l := issued(t, w)
		must(t, w.WithdrawPlan(ctx, w.Vendor, plan, 1))
		in := plaza.NewLicense{Profile: w.Partner.Profile, Plan: plan}
		wantField(t, "issue", errOf(w.IssueLicense(ctx, w.Reseller, in)), "plan", "problem.plan")
		wantField(t, "wish", errOf(w.MakeRequest(ctx, w.Partner, plaza.Wish{License: &in}, "")), "plan", "problem.plan")
		must(t, w.RenewLicense(ctx, w.Reseller, l.ID, "", 1)) // what was issued goes on
		want(t, "again", w.WithdrawPlan(ctx, w.Vendor, plan, 2), plaza.Conflict)
		want(t, "by a reseller", w.RestorePlan(ctx, w.Reseller, plan, 2), plaza.Forbidden)
		must(t, w.RestorePlan(ctx, w.Vendor, plan, 2))
		want(t, "again", w.RestorePlan(ctx, w.Vendor, plan, 3), plaza.Conflict)
		must(t, errOf(w.IssueLicense(ctx, w.Reseller, in)))
	})
}

// TestOfferPlans: what a profile is offered narrows with every level, and never
// widens.
func TestOfferPlans(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		middle := w.Add(t, w.Reseller, plaza.Reseller, "Middle")
		low := w.Add(t, middle, plaza.Partner, "Low")
		dev, agent := w.Plans[plaza.Development].ID, w.Plans[plaza.ConnectAgentLicense].ID
		all := len(must1[[]plaza.Plan](t)(w.App.Plans(ctx, low)))
		if all != len(w.Plans) {
			t.Fatalf("%d plans before anything is chosen", all)
		}
		v := profile(t, w, w.Reseller.Profile).Version
		must(t, w.OfferPlans(ctx, w.Vendor, w.Reseller.Profile, true, []string{dev, agent, dev}, v))
		must(t, w.OfferPlans(ctx, w.Reseller, middle.Profile, true, []string{agent}, 1))
		for _, at := range []struct {
			who  plaza.Actor
			want []string
		}{
			{w.Vendor, names(must1[[]plaza.Plan](t)(w.App.Plans(ctx, w.Vendor)))},
			{w.Reseller, []string{"A year of connectagent", "A year of development"}},
			{w.Partner, []string{"A year of connectagent", "A year of development"}},
			{middle, []string{"A year of connectagent"}},
			{low, []string{"A year of connectagent"}},
			{w.Stranger, names(must1[[]plaza.Plan](t)(w.App.Plans(ctx, w.Vendor)))},
		} {
			equal(t, "offered to "+at.who.ProfileName, names(must1[[]plaza.Plan](t)(w.App.Plans(ctx, at.who))), at.want)
		}
		o := must1[app.Offers](t)(w.Offers(ctx, w.Reseller, middle.Profile))
		if !o.Chosen || len(o.Plans) != 1 || len(o.From) != 2 {
			t.Errorf("%+v", o)
		}

		// The holder's offers count, not those of whoever issues.
		wantField(t, "below", errOf(w.IssueLicense(ctx, w.Vendor, plaza.NewLicense{Profile: low.Profile, Plan: dev})), "plan", "problem.plan")
		must(t, errOf(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: dev})))
		base := w.Plans[plaza.PartnerLicense].ID
		wantField(t, "what is not had is not offered", w.OfferPlans(ctx, w.Reseller, middle.Profile, true, []string{base}, 2), "plans", "problem.offer")
		wantField(t, "what is not there", w.OfferPlans(ctx, w.Reseller, middle.Profile, true, []string{"never"}, 2), "plans", "problem.offer")
		want(t, "to oneself", w.OfferPlans(ctx, w.Reseller, w.Reseller.Profile, false, nil, v+1), plaza.NotFound)
		want(t, "as it was before", w.OfferPlans(ctx, w.Vendor, w.Reseller.Profile, false, nil, v), plaza.Stale)
		for name, stranger := range map[string]plaza.Actor{"another reseller": w.Stranger, "the one below": low} {
			err := w.OfferPlans(ctx, stranger, middle.Profile, false, nil, 2)
			if k := plaza.KindOf(err); err == nil || k != plaza.NotFound && k != plaza.Forbidden {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := w.Offers(ctx, stranger, middle.Profile); err == nil {
				t.Errorf("%s sees what is offered", name)
			}
		}
		if _, _, err := w.Plan(ctx, middle, dev); plaza.KindOf(err) != plaza.NotFound {
			t.Errorf("a plan that is not offered: %v", err)
		}
		must(t, w.OfferPlans(ctx, w.Vendor, w.Reseller.Profile, false, nil, v+1))
		if got := len(must1[[]plaza.Plan](t)(w.App.Plans(ctx, w.Reseller))); got != all {
			t.Errorf("%d plans after all are offered again", got)
		}
	})
}
