package views

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/connectplaza/plaza"
)

// PlanUse is a plan, and how many licenses in reach are under it.
type PlanUse struct {
	Plan     plaza.Plan
	Licenses int // that did not end
	Older    int // of these, under an edition before
}

// path returns the address of a page of the plan.
func (u PlanUse) path(page string) string { return "/plans/" + u.Plan.ID + page }

func (u PlanUse) withdrawn() bool { return !u.Plan.Withdrawn.IsZero() }

// licenses returns the address of the licenses that are under the plan.
func (u PlanUse) licenses() string { return "/licenses?" + url.Values{"plan": {u.Plan.ID}}.Encode() }

// byKind returns plans in the order of their kinds.
func byKind(all []plaza.Plan) []plaza.Plan {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b plaza.Plan) int {
		return slices.Index(plaza.LicenseKinds(), a.Kind) - slices.Index(plaza.LicenseKinds(), b.Kind)
	})
	return sorted
}

// offered returns the plans that can be chosen, or those that were withdrawn.
func (p Plans) offered(withdrawn bool) []plaza.Plan {
	return slices.DeleteFunc(byKind(p.All), func(plan plaza.Plan) bool { return plan.Withdrawn.IsZero() == withdrawn })
}

// NewPlanForm returns the form for a plan as it begins.
func NewPlanForm() Form {
	all := url.Values{"term_months": {"12"}, "grace_days": {"14"}, "machines": {"1"}, "starts_activated": {no}}
	for _, m := range plaza.Modules() {
		all.Add("modules", string(m))
	}
	return Form{Values: all}
}

const (
	yes = "yes"
	no  = "no"
)

// PriceField returns the name of the field for a price in a currency.
func PriceField(c plaza.Currency) string { return "price_" + string(c) }

// PlanValues returns what the form of a plan begins with.
func (f Frame) PlanValues(p plaza.Plan) url.Values {
	all := url.Values{
		"name": {p.Name}, "term_months": {unlessZero(p.TermMonths)}, "grace_days": {unlessZero(p.GraceDays)},
		"machines": {intText(p.Machines)}, "processes": {unlessZero(p.Terms.Processes)}, "starts_activated": {no},
	}
	if p.StartsActivated {
		all.Set("starts_activated", yes)
	}
	for name, on := range map[string]bool{"trial": p.Trial, "renews": p.Renews, "bills_suspended": p.BillsSuspended} {
		if on {
			all.Set(name, yes)
		}
	}
	for _, m := range p.Terms.Modules {
		all.Add("modules", string(m))
	}
	maps.Copy(all, f.PriceValues(p.Prices))
	return all
}

// PriceValues returns what the fields for prices begin with.
func (f Frame) PriceValues(prices []plaza.Money) url.Values {
	all := url.Values{}
	for _, m := range prices {
		all.Set(PriceField(m.Currency), f.Amount(m))
	}
	return all
}

func unlessZero(n int) string {
	if n == 0 {
		return ""
	}
	return intText(n)
}

// planDifferences returns both versions of a plan.
func (f Frame) planDifferences(form Form, p plaza.Plan) (all []difference) {
	now := f.PlanValues(p)
	for _, field := range []string{
		"name", "term_months", "starts_activated", "trial", "renews", "grace_days", "machines", "processes", "modules", "bills_suspended",
	} {
		all = append(all, difference{f.T("field." + field), f.planValue(field, now), f.planValue(field, form.Values)})
	}
	for _, c := range plaza.Currencies() {
		field := PriceField(c)
		all = append(all, difference{f.T("plan.price_in", "Currency", string(c)), now.Get(field), form.Value(field)})
	}
	return all
}

// planValue returns what stands in a field of the form of a plan, as people read it.
func (f Frame) planValue(field string, values url.Values) string {
	switch field {
	case "modules":
		return f.List(values[field])
	case "trial", "renews", "bills_suspended", "starts_activated":
		return f.ticked(values.Get(field) == yes)
	}
	return values.Get(field)
}

// ticked says whether something is so.
func (f Frame) ticked(on bool) string {
	if on {
		return f.T("value.yes")
	}
	return f.T("value.no")
}

// licenseKinds returns the kinds of license to choose from.
func (f Frame) licenseKinds() (all []choice) {
	for _, k := range plaza.LicenseKinds() {
		all = append(all, choice{Value: string(k), Label: f.Say(k.Text())})
	}
	return all
}

// termStarts returns when the term of a license can begin.
func (f Frame) termStarts() []choice {
	return []choice{
		{Value: no, Label: f.T("plan.starts_created"), Help: f.T("plan.starts_created_help")},
		{Value: yes, Label: f.T("plan.starts_activated"), Help: f.T("plan.starts_activated_help")},
	}
}

// planTerm returns how long a license under a plan lasts.
func (f Frame) planTerm(p plaza.Plan) string {
	term := f.T("plan.endless")
	if p.TermMonths > 0 {
		term = f.T("plan.months", "Count", p.TermMonths)
	}
	if p.Trial {
		return f.T("plan.trial_of", "Term", term)
	}
	return term
}

// begins returns when the term of a license under a plan begins.
func (f Frame) begins(p plaza.Plan) string {
	if p.StartsActivated {
		return f.T("plan.starts_activated")
	}
	return f.T("plan.starts_created")
}

// afterwards returns what follows the end of a term.
func (f Frame) afterwards(p plaza.Plan) string {
	switch {
	case p.TermMonths == 0:
		return f.T("plan.after_endless")
	case p.Renews:
		return f.T("plan.after_renews")
	case p.Trial:
		return f.T("plan.after_trial")
	}
	return f.T("plan.after_ends")
}

// processes returns how many processes may run at once.
func (f Frame) processes(p plaza.Plan) string {
	if p.Terms.Processes == 0 {
		return f.T("plan.no_limit")
	}
	return f.Num(p.Terms.Processes)
}

// suspended returns whether a license is paid for while it is suspended.
func (f Frame) suspended(p plaza.Plan) string {
	if p.BillsSuspended {
		return f.T("plan.suspended_billed")
	}
	return f.T("plan.suspended_free")
}

// amounts returns what a license under a plan costs in each currency.
func (f Frame) amounts(p plaza.Plan) (all []string) {
	for _, m := range p.Prices {
		all = append(all, f.Money(m))
	}
	return all
}

// shownPrices is how many prices stand where there is room for a few.
const shownPrices = 2

// planPrice returns what a license under a plan costs, in the first currencies; empty if
// nothing is said of it.
func (f Frame) planPrice(p plaza.Plan) string {
	all := f.amounts(p)
	if more := len(all) - shownPrices; more > 0 {
		return f.T("plan.price_more", "Prices", strings.Join(all[:shownPrices], " · "), "Count", more)
	}
	return strings.Join(all, " · ")
}

// planLabel returns the name of a plan where one is chosen, with what it costs.
func (f Frame) planLabel(p plaza.Plan) string {
	if price := f.planPrice(p); price != "" {
		return f.T("plan.priced", "Name", p.Name, "Price", price)
	}
	return p.Name
}

// keeps returns how many licenses keep what a plan promised them.
func (f Frame) keeps(u PlanUse) string {
	if u.Licenses == 0 {
		return f.T("plan.keeps_none")
	}
	return f.T("plan.keeps", "Count", u.Licenses)
}

// goOn returns how many licenses go on under a plan that is withdrawn.
func (f Frame) goOn(u PlanUse) string {
	if u.Licenses == 0 {
		return f.T("plan.withdraw_unused")
	}
	return f.T("plan.withdraw_goes_on", "Count", u.Licenses)
}

// badPrice reports whether what was typed as a price is none.
func badPrice(form Form, c plaza.Currency) bool {
	text := form.Value(PriceField(c))
	_, ok := plaza.ParseMinor(text)
	return form.bad("prices") && text != "" && !ok
}

// priceInvalid returns "true" for a price that is none, as ARIA says it.
func priceInvalid(form Form, c plaza.Currency) string { return strconv.FormatBool(badPrice(form, c)) }
