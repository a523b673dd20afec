package views

import (
	"slices"
	"strings"

	"github.com/connectplaza/plaza"
)

// renewable reports whether to offer another term.
func (p License) renewable() bool {
	_, err := p.License.Renewed(p.Frame.Now, p.Frame.Zone())
	return err == nil && p.Frame.mayOrAsk(plaza.LicenseRenew)
}

// modules returns what the license includes, in words.
func (p License) modules() string {
	if len(p.Modules) == 0 {
		return p.Frame.T("license.modules_none")
	}
	return moduleNames(p.Modules)
}

// planChange returns the words of the button that puts l under another plan.
func (f Frame) planChange(l plaza.License) string {
	if l.Trial {
		return f.T("license.pay_trial")
	}
	return f.T("license.change_plan")
}

// months returns how long a term is, in words.
func (f Frame) months(n int) string {
	switch {
	case n == 0:
		return f.T("license.term_endless")
	case n%12 == 0:
		return f.T("license.years", "Count", n/12)
	}
	return f.T("license.months", "Count", n)
}

// termRenewal returns how much a renewal of l adds, and whether it comes by itself.
func (f Frame) termRenewal(l plaza.License) string {
	switch {
	case l.Trial:
		return f.T("license.renewal_trial")
	case l.Renews:
		return f.T("license.renewal_itself", "Term", f.months(l.TermMonths))
	}
	return f.T("license.renewal_adds", "Term", f.months(l.TermMonths))
}

// whileSuspended returns whether l is paid for while it is suspended.
func (f Frame) whileSuspended(l plaza.License) string {
	if l.BillsSuspended {
		return f.T("license.billed")
	}
	return f.T("license.not_billed")
}

// suspendBilling is whileSuspended as a sentence, before l is suspended.
func (f Frame) suspendBilling(l plaza.License) string {
	if l.BillsSuspended {
		return f.T("license.suspend_billed")
	}
	return f.T("license.suspend_not_billed")
}

// price returns what a month costs, in every currency that it is sold in.
func (f Frame) price(prices []plaza.Money) string {
	if len(prices) == 0 {
		return f.T("license.price_none")
	}
	words := make([]string, len(prices))
	for i, m := range prices {
		words[i] = f.Money(m)
	}
	return strings.Join(words, " · ")
}

// priceIn returns what a month costs who is billed on such terms, before their discount; in
// every currency, if it has none in theirs.
func (f Frame) priceIn(prices []plaza.Money, t plaza.BillingTerms) string {
	i := slices.IndexFunc(prices, func(m plaza.Money) bool { return m.Currency == t.Currency })
	switch {
	case i < 0:
		return f.price(prices)
	case t.Discount > 0:
		return f.T("request.price_discount", "Price", f.Money(prices[i]), "Discount", f.discount(t))
	}
	return f.Money(prices[i])
}

// end returns when l ends, in words.
func (f Frame) end(l plaza.License) string {
	switch {
	case l.Awaits:
		return f.T("license.ends_after", "Term", f.months(l.TermMonths))
	case l.Ends.IsZero():
		return f.T("time.without_end")
	}
	return f.Date(l.Ends)
}

// chosen reports whether a plan was chosen that the license can be put under, so
// that there is something to show.
func (p LicensePlan) chosen() bool { return p.Outlook.After.License.ID != "" }

// plans returns the plans to choose from, each with what it promises: those that are
// paid for first.
func (p LicensePlan) plans() (all []choice) {
	f, plans := p.Frame, slices.Clone(p.Outlook.Plans)
	slices.SortStableFunc(plans, func(a, b plaza.Plan) int {
		switch {
		case a.Trial == b.Trial:
			return 0
		case b.Trial:
			return -1
		}
		return 1
	})
	for _, plan := range plans {
		label := plan.Name
		if plan.ID == p.Outlook.Before.License.Plan {
			label = f.T("license.plan_newest", "Name", plan.Name)
		}
		help := f.T("license.plan_help", "Term", f.months(plan.TermMonths), "Price", f.price(plan.Prices))
		if plan.Trial {
			help = f.T("license.plan_help_trial", "Term", f.months(plan.TermMonths))
		}
		all = append(all, choice{Value: plan.ID, Label: label, Help: help})
	}
	return all
}

// differences returns what the license is now, and what it would be.
func (p LicensePlan) differences() []difference {
	f, a, b := p.Frame, p.Outlook.Before, p.Outlook.After
	return []difference{
		{f.T("license.plan"), a.License.PlanName, b.License.PlanName},
		{f.T("license.ends"), f.end(a.License), f.end(b.License)},
		{f.T("license.renewal"), f.termRenewal(a.License), f.termRenewal(b.License)},
		{f.T("license.grace"), f.days(a), f.days(b)},
		{f.T("license.machines"), f.Num(a.License.Machines), f.Num(b.License.Machines)},
		{f.T("field.modules"), moduleNames(a.Terms.Modules), moduleNames(b.Terms.Modules)},
		{f.T("field.prices"), f.price(a.Prices), f.price(b.Prices)},
		{f.T("license.while_suspended"), f.whileSuspended(a.License), f.whileSuspended(b.License)},
	}
}

func (f Frame) days(d plaza.Deal) string { return f.T("license.days", "Count", d.License.GraceDays) }

// title returns what the dialogue is called, and does what its button says.
func (p LicensePlan) title() string {
	name := p.Frame.licenseName(p.Outlook.Before.License)
	if p.Outlook.Before.License.Trial {
		return p.Frame.T("license.pay_title", "Name", name)
	}
	return p.Frame.T("license.plan_title", "Name", name)
}

func (p LicensePlan) does() string {
	if p.Frame.asks() {
		return p.Frame.T("request.send")
	}
	if p.Outlook.Before.License.Trial && !p.Outlook.After.License.Trial {
		return p.Frame.T("license.pay_do")
	}
	return p.Frame.T("license.plan_do")
}
