package views

import (
	"slices"
	"strings"

	"github.com/connectplaza/plaza"
)

// Choices is what the forms that make something let one choose from.
type Choices struct {
	Profiles []plaza.Profile
	More     bool // there are more profiles than these
	Plans    []plaza.Plan
}

// profileHelp says what to do about a profile that cannot be chosen, where there
// are so many.
func (f Frame) profileHelp(c Choices) string {
	if !c.More {
		return ""
	}
	return f.T("profile.more_than_listed", "Count", len(c.Profiles))
}

// Has reports whether the profile with the given ID can be chosen.
func (c Choices) Has(id string) bool {
	return slices.ContainsFunc(c.Profiles, func(p plaza.Profile) bool { return p.ID == id })
}

func (c Choices) profiles() (all []choice) {
	for _, p := range c.Profiles {
		all = append(all, choice{Value: p.ID, Label: p.Name})
	}
	return all
}

// plans returns the plans for a kind of license that can be chosen, each with what
// it costs.
func (c Choices) plans(f Frame, kind plaza.LicenseKind) (all []choice) {
	for _, p := range c.Plans {
		if p.Kind == kind && p.Withdrawn.IsZero() {
			all = append(all, choice{Value: p.ID, Label: f.planLabel(p)})
		}
	}
	return all
}

// licenseDot returns the dot of a license's state.
func licenseDot(s plaza.LicenseState) string {
	switch s {
	case plaza.LicenseActive:
		return "dot-green"
	case plaza.LicenseExpiring, plaza.LicenseGrace:
		return "dot-amber"
	case plaza.LicenseExpired:
		return "dot-red"
	case plaza.LicenseScheduled:
		return "dot-blue"
	case plaza.LicenseSuspended:
		return "dot-grey dot-ring"
	case plaza.LicenseEnded:
	}
	return "dot-grey"
}

// licenseName returns what a license is called: its own name, that of the
// ConnectAgent it runs, or what it is.
func (f Frame) licenseName(l plaza.License) string {
	switch {
	case l.AgentName != "":
		return l.AgentName
	case l.Name != "":
		return l.Name
	}
	return f.T("license.unnamed", "Kind", l.Kind.Text(), "Hint", l.KeyHint)
}

// longKey reports whether a key is one that proves by itself what it is for, and
// so has hundreds of characters.
func longKey(key string) bool {
	const random = 29
	return len(key) > random
}

// keyMask returns what can be seen of a key that is not shown.
func keyMask(l plaza.License) string {
	if l.Kind == plaza.ConnectAgentLicense {
		return "key/••••••••••••••••••••" + l.KeyHint
	}
	return "••••••••-•••••••••-••••" + l.KeyHint
}

// filters returns what the list of licenses can be filtered by.
func (p Licenses) filters() []filter {
	state := filter{Name: "state", Label: p.Frame.T("license.state"), Choices: []choice{{Value: "inactive", Label: p.Frame.T("license.inactive")}}}
	for _, s := range plaza.LicenseStates() {
		state.Choices = append(state.Choices, choice{Value: string(s), Label: p.Frame.Say(s.Text())})
	}
	kind := filter{Name: "kind", Label: p.Frame.T("license.kind")}
	for _, k := range plaza.LicenseKinds() {
		kind.Choices = append(kind.Choices, choice{Value: string(k), Label: p.Frame.Say(k.Text())})
	}
	if p.Query.Get("state") == "inactive" {
		state.Value = p.Frame.T("license.inactive")
	} else {
		state.Value = say(p.Frame, p.Filter.States)
	}
	kind.Value = say(p.Frame, p.Filter.Kinds)
	all := []filter{state, kind}
	if p.Filter.Profile != "" {
		all = append(all, filter{Name: "profile", Label: p.Frame.T("profile.one"), Value: p.Profile.Name})
	}
	if p.Filter.Plan != "" {
		all = append(all, filter{Name: "plan", Label: p.Frame.T("license.plan"), Value: p.planName()})
	}
	if !p.Filter.EndsFrom.IsZero() {
		all = append(all, filter{Name: "from", Label: p.Frame.T("license.ends_from"), Value: p.Frame.Date(p.Filter.EndsFrom)})
	}
	if !p.Filter.EndsTill.IsZero() {
		all = append(all, filter{Name: "till", Label: p.Frame.T("license.ends_till"), Value: p.Frame.Date(p.Filter.EndsTill)})
	}
	return all
}

// say returns the names of things that can name themselves, as one word each.
func say[T interface{ Text() plaza.Text }](f Frame, all []T) string {
	names := make([]string, 0, len(all))
	for _, v := range all {
		names = append(names, f.Say(v.Text()))
	}
	return strings.Join(names, ", ")
}

// planName returns the name of the plan that the list is filtered by, which
// stands in its rows if there are any.
func (p Licenses) planName() string {
	if len(p.List.Rows) == 0 {
		return p.Filter.Plan
	}
	return p.List.Rows[0].PlanName
}
