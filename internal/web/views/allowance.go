package views

import (
	"net/url"
	"strconv"

	"github.com/connectplaza/plaza"
)

// allowanceDot returns the dot of an allowance's state.
func allowanceDot(s plaza.AllowanceState) string {
	switch s {
	case plaza.AllowanceNear:
		return "dot-amber"
	case plaza.AllowanceFull, plaza.AllowanceOver:
		return "dot-red"
	case plaza.AllowanceFree:
	}
	return "dot-green"
}

// allowanceBar returns the class of the bar of an allowance in a state.
func allowanceBar(s plaza.AllowanceState) string {
	switch s {
	case plaza.AllowanceNear:
		return "share share-amber"
	case plaza.AllowanceFull, plaza.AllowanceOver:
		return "share share-red"
	case plaza.AllowanceFree:
	}
	return "share"
}

// allowanceFor returns what an allowance is for, by itself.
func (f Frame) allowanceFor(a plaza.Allowance) string {
	if a.Plan != "" {
		return f.T("allowance.for_plan", "Name", a.PlanName)
	}
	return f.T("allowance.for_kind", "Kind", a.Kind.Text())
}

// allowanceLicenses returns the address of the licenses that an allowance counts:
// of one's own profile and all below it, or those of the profile below that has it.
func (f Frame) allowanceLicenses(a plaza.Allowance) string {
	q := url.Values{}
	if a.Plan != "" {
		q.Set("plan", a.Plan)
	} else {
		q.Set("kind", string(a.Kind))
	}
	if a.Profile != f.Actor.Profile {
		q.Set("profile", a.Profile)
	}
	return "/licenses?" + q.Encode()
}

// filters returns what the allowances of profiles below can be filtered by.
func (p Allowances) filters() []filter {
	state := filter{Name: "state", Label: p.Frame.T("allowance.state"), Value: say(p.Frame, p.Filter.States)}
	for _, s := range plaza.AllowanceStates() {
		state.Choices = append(state.Choices, choice{Value: string(s), Label: p.Frame.Say(s.Text())})
	}
	return []filter{state}
}

// ofs returns what an allowance can be for: a kind of license, or a plan.
func (p AllowanceNew) ofs() (all []choice) {
	for _, k := range plaza.LicenseKinds() {
		all = append(all, choice{Value: "kind:" + string(k), Label: p.Frame.T("allowance.all_of", "Of", plaza.Allowance{Kind: k}.Of())})
	}
	for _, plan := range p.Choices.Plans {
		if plan.Withdrawn.IsZero() {
			all = append(all, choice{Value: "plan:" + plan.ID, Label: p.Frame.T("allowance.for_plan", "Name", plan.Name)})
		}
	}
	return all
}

// AllowanceValues returns what the form of an allowance begins with.
func AllowanceValues(a plaza.Allowance) url.Values {
	return url.Values{"most": {strconv.Itoa(a.Most)}, "overage": {strconv.Itoa(a.Overage)}}
}

// differences returns both versions of an allowance.
func (p AllowanceEdit) differences() []difference {
	now := AllowanceValues(p.Allowance)
	return []difference{
		{p.Frame.T("allowance.most"), now.Get("most"), p.Form.Value("most")},
		{p.Frame.T("allowance.overage"), now.Get("overage"), p.Form.Value("overage")},
	}
}
