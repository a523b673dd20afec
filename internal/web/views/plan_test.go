package views

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
)

func hostilePlan() plaza.Plan {
	p := plaza.Plan{
		ID: hostile, Kind: plaza.ConnectAgentLicense, Name: hostile, TermMonths: 12, GraceDays: 14, Machines: 3, Terms: plaza.DefaultTerms(),
		StartsActivated: true, Renews: true, BillsSuspended: true, Edition: 3, Version: 4,
		Prices: []plaza.Money{{Currency: "EUR", Minor: 123450}, {Currency: "USD", Minor: 5}, {Currency: hostile, Minor: 0}},
	}
	p.Terms.Processes, p.Terms.Modules = 1000, []plaza.Module{hostile}
	return p
}

func hostileOffers() Offers {
	plan, withdrawn := hostilePlan(), hostilePlan()
	withdrawn.ID, withdrawn.Withdrawn = "withdrawn", noon()
	return Offers{Chosen: true, Plans: []string{hostile, "withdrawn", "elsewhere"}, From: []plaza.Plan{plan, withdrawn}}
}

func planPages(f Frame) [][2]Page {
	f.Actor.Kind = plaza.Vendor
	plan, withdrawn, trial := hostilePlan(), hostilePlan(), plaza.Plan{ID: "t", Kind: plaza.Development, Name: hostile, TermMonths: 1, Trial: true}
	withdrawn.Withdrawn = noon()
	use, gone := PlanUse{Plan: plan, Licenses: 1000, Older: 1}, PlanUse{Plan: withdrawn}
	history := plaza.List[plaza.AuditLine]{Rows: []plaza.AuditLine{hostileLine()}}
	fields := []string{
		"name", "kind", "term_months", "starts_activated", "trial", "renews", "grace_days", "machines", "processes", "terms", "prices", "price_EUR", "bills_suspended",
	}
	return [][2]Page{
		{Plans{Frame: f}, Plans{Frame: f, Listing: hostileListing("/plans"), All: []plaza.Plan{plan, withdrawn, trial}}},
		{PlanNew{Frame: f, Form: NewPlanForm()}, PlanNew{Frame: f, Form: planProblems(fields)}},
		{Plan{Frame: f}, Plan{Frame: f, PlanUse: use, History: history}},
		{Plan{Frame: f, PlanUse: PlanUse{Plan: trial}}, Plan{Frame: f, PlanUse: gone, History: history}},
		{PlanEdit{Frame: f}, PlanEdit{Frame: f, PlanUse: use, Form: staleForm(fields...)}},
		{PlanWithdraw{Frame: f}, PlanWithdraw{Frame: f, PlanUse: use, Form: Form{Stale: true}}},
		{PartnerPlans{Frame: f}, PartnerPlans{Frame: f, Offers: hostileOffers(), Form: staleForm("offer", "plans")}},
	}
}

// planProblems is a form with hostile text in every field, and what can be wrong
// with a plan.
func planProblems(fields []string) Form {
	f := hostileForm(fields...)
	for _, name := range []string{"price_EUR"} {
		delete(f.Problems, name) // prices have their problem together
	}
	return f
}

func TestPlansStandByKindAndWithdrawnOnesApart(t *testing.T) {
	t.Parallel()
	p := Plans{All: []plaza.Plan{
		{ID: "a", Kind: plaza.ConnectAgentLicense},
		{ID: "b", Kind: plaza.Development, Withdrawn: noon()},
		{ID: "c", Kind: plaza.Development},
	}}
	ids := func(all []plaza.Plan) (ids []string) {
		for _, p := range all {
			ids = append(ids, p.ID)
		}
		return ids
	}
	if diff := cmp.Diff([][]string{{"c", "a"}, {"b"}}, [][]string{ids(p.offered(false)), ids(p.offered(true))}); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestPlanInWords(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "nl")
	year := plaza.Plan{TermMonths: 12, Prices: []plaza.Money{{Currency: "EUR", Minor: 1250}}}
	renewed := plaza.Plan{TermMonths: 1, Renews: true, StartsActivated: true, BillsSuspended: true, Prices: []plaza.Money{
		{Currency: "EUR", Minor: 100000}, {Currency: "USD", Minor: 0}, {Currency: "GBP", Minor: 1}, {Currency: "CHF", Minor: 1},
	}}
	renewed.Terms.Processes = 4
	for _, tt := range []struct {
		plan plaza.Plan
		want []string
	}{
		{year, []string{"12 maanden", "Als de licentie wordt gemaakt", "Eindigt, tenzij iemand haar verlengt", "geen grens", "Wordt niet gefactureerd", "P · 12,50\u00a0EUR per maand"}},
		{renewed, []string{"1 maand", "Bij de eerste activering", "Wordt vanzelf verlengd", "4", "Wordt gefactureerd", "P · 1.000,00\u00a0EUR · 0,00\u00a0USD en nog 2 per maand"}},
		{plaza.Plan{TermMonths: 1, Trial: true}, []string{"1 maand, proef", "Als de licentie wordt gemaakt", "Eindigt, tenzij ze een ander plan krijgt", "geen grens", "Wordt niet gefactureerd", "P"}},
		{plaza.Plan{}, []string{"zonder einde", "Als de licentie wordt gemaakt", "Die heeft ze niet", "geen grens", "Wordt niet gefactureerd", "P"}},
	} {
		p := tt.plan
		p.Name = "P"
		got := []string{f.planTerm(p), f.begins(p), f.afterwards(p), f.processes(p), f.suspended(p), f.planLabel(p)}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func TestNothingIsMadeUnderWithdrawnPlans(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	all := []plaza.Plan{
		{ID: "1", Kind: plaza.PartnerLicense, Name: "A"},
		{ID: "2", Kind: plaza.PartnerLicense, Name: "B", Withdrawn: noon()},
		{ID: "3", Kind: plaza.Development, Name: "C", Prices: []plaza.Money{{Currency: "EUR", Minor: 5}}},
		{ID: "4", Kind: plaza.Development, Name: "D", Withdrawn: noon()},
	}
	if diff := cmp.Diff([]choice{{Value: "3", Label: "C · 0.05\u00a0EUR a month"}}, (Choices{Plans: all}).plans(f, plaza.Development)); diff != "" {
		t.Errorf("licenses: -want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]choice{{Value: "1", Label: "Partner · A"}}, (PartnerNew{Frame: f, Plans: all}).plans()); diff != "" {
		t.Errorf("profiles: -want +got:\n%s", diff)
	}
}

func TestBothVersionsOfAPlan(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "nl")
	p := plaza.Plan{Name: "P", TermMonths: 12, Machines: 1, Renews: true, Prices: []plaza.Money{{Currency: "EUR", Minor: 123450}}}
	p.Terms.Modules = []plaza.Module{"A", "B"}
	form := Form{Values: f.PlanValues(p), Stale: true}
	for _, d := range f.planDifferences(form, p) {
		if d.Theirs != d.Yours {
			t.Errorf("%s differs without a change: %q, %q", d.Label, d.Theirs, d.Yours)
		}
	}
	form.Values = url.Values{"name": {"P"}, "term_months": {"12"}, "machines": {"1"}, "starts_activated": {no}, "modules": {"A"}, "price_EUR": {"9,99"}}
	want := []difference{{"Wordt vanzelf verlengd", "Ja", "Nee"}, {"Modules", "A en B", "A"}, {"Prijs in EUR", "1234,50", "9,99"}}
	if diff := cmp.Diff(want, differing(f.planDifferences(form, p))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestOnlyWhatIsNoPriceIsMarked(t *testing.T) {
	t.Parallel()
	form := Form{Values: url.Values{"price_EUR": {"12.50"}, "price_USD": {"a lot"}}}
	if badPrice(form, "USD") {
		t.Error("marked though nothing is wrong with the prices")
	}
	form.Problems = map[string]plaza.Text{"prices": plaza.T("problem.money")}
	if badPrice(form, "EUR") || !badPrice(form, "USD") || badPrice(form, "GBP") {
		t.Error("the wrong ones are marked")
	}
}

func TestOffersInWords(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	o := Offers{Chosen: true, Plans: []string{"2", "1", "9"}, From: []plaza.Plan{{ID: "1", Name: "A"}, {ID: "2", Name: "B"}}}
	for want, o := range map[string]Offers{
		"It has all plans that can be offered to it.":              {From: o.From},
		"It has these plans only: A and B.":                        o,
		"No plan is offered to it: no license can be made for it.": {Chosen: true, From: o.From},
	} {
		if got := f.offerWords(o, o.Values()); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if plan := (plaza.Plan{ID: "1"}); !offersPlan(Form{Values: Offers{From: o.From}.Values()}, plan) || offersPlan(Form{Values: Offers{Chosen: true}.Values()}, plan) {
		t.Error("where none were chosen, not all are ticked to take some away; or where none is offered, one is")
	}
}

func TestHistoryOfAPlanIsReadable(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	for want, c := range map[string]plaza.Change{
		"Terms set anew":              {Field: "terms", Old: `{"strict":true}`, New: `{"strict":false}`},
		"Renews by itself: No → Yes":  {Field: "renews", Old: "false", New: "true"},
		"Withdrawn: 1 Mar 2026":       {Field: "withdrawn", New: "2026-03-01T12:00:00Z"},
		"Billed while suspended: Yes": {Field: "bills_suspended", New: "true"},
	} {
		if got := f.change(c); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if page := drawPage(t, Plan{Frame: f, PlanUse: PlanUse{Plan: plaza.Plan{Name: "P"}}}); strings.Contains(page, "Nothing has happened yet") {
		t.Error("somebody who may not see its history is told that it has none")
	}
}
