package views

import (
	"net/url"

	"github.com/connectplaza/plaza"
)

// loginDot returns the dot of a login's state.
func loginDot(s plaza.LoginState) string {
	switch s {
	case plaza.LoginActive:
		return "dot-green"
	case plaza.LoginInvited:
		return "dot-blue"
	case plaza.LoginDisabled:
	}
	return "dot-grey"
}

// dashboardRight returns whether a login has the Dashboard right, as a word.
func (f Frame) dashboardRight(has bool) string {
	if has {
		return f.T("login.dashboard_yes")
	}
	return f.T("login.dashboard_no")
}

// roles returns the roles to choose from for a login in profiles of the given
// kinds, with what each may do. Those that may more than the actor in all of them
// are off; somebody who asks may ask for any.
func (f Frame) roles(kinds ...plaza.ProfileKind) (all []choice) {
	for _, r := range plaza.Roles() {
		c := choice{Value: string(r), Label: f.Say(r.Text()), Help: f.T("role.may." + string(r))}
		if !f.asks() && !f.mayGrant(r, kinds) {
			c.Off = f.T("login.role_beyond")
		}
		all = append(all, c)
	}
	return all
}

func (f Frame) mayGrant(r plaza.Role, kinds []plaza.ProfileKind) bool {
	for _, k := range kinds {
		if f.Actor.MayGrant(k, r) {
			return true
		}
	}
	return len(kinds) == 0
}

// kinds returns the kinds of the profiles that can be chosen, each once.
func (c Choices) kinds() (all []plaza.ProfileKind) {
	seen := map[plaza.ProfileKind]bool{}
	for _, p := range c.Profiles {
		if !seen[p.Kind] {
			seen[p.Kind] = true
			all = append(all, p.Kind)
		}
	}
	return all
}

// filters returns what the list of logins can be filtered by.
func (p Logins) filters() []filter {
	role := filter{Name: "role", Label: p.Frame.T("login.role"), Value: say(p.Frame, p.Filter.Roles)}
	for _, r := range plaza.Roles() {
		role.Choices = append(role.Choices, choice{Value: string(r), Label: p.Frame.Say(r.Text())})
	}
	state := filter{Name: "state", Label: p.Frame.T("login.state_head"), Value: say(p.Frame, p.Filter.States)}
	for _, s := range plaza.LoginStates() {
		state.Choices = append(state.Choices, choice{Value: string(s), Label: p.Frame.Say(s.Text())})
	}
	return append([]filter{role, state}, p.Frame.profileFilter(p.Profile)...)
}

// why returns why a login stands as it does, in a sentence.
func (p Login) why() string {
	switch p.Login.State() {
	case plaza.LoginInvited:
		return p.Frame.T("login.why.invited", "Email", p.Login.Email)
	case plaza.LoginDisabled:
		return p.Frame.T("login.why.disabled", "Date", p.Login.Disabled)
	case plaza.LoginActive:
	}
	if !p.Login.Dashboard {
		return p.Frame.T("login.why.no_dashboard")
	}
	return p.Frame.T("login.why.active")
}

// within reports whether the actor may change a login with this role at all.
func (p Login) within() bool { return p.Frame.Actor.MayGrant(p.Kind, p.Login.Role) }

// LoginValues returns what the form to edit a login begins with.
func LoginValues(l plaza.Login) url.Values {
	v := url.Values{"name": {l.Name}, "role": {string(l.Role)}}
	if l.Dashboard {
		v.Set("dashboard", "yes")
	}
	return v
}

// differences returns what two people made of a login.
func (p LoginEdit) differences() []difference {
	yours := plaza.Role(p.Form.Value("role"))
	return []difference{
		{p.Frame.T("login.name"), p.Login.Name, p.Form.Value("name")},
		{p.Frame.T("login.role"), p.Frame.Say(p.Login.Role.Text()), p.Frame.Say(yours.Text())},
		{p.Frame.T("login.dashboard"), p.Frame.dashboardRight(p.Login.Dashboard), p.Frame.dashboardRight(p.Form.Checked("dashboard") && yours != plaza.Member)},
	}
}
