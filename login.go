package plaza

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Person is a human with credentials. One person may have logins in several
// profiles.
type Person struct {
	ID       string
	Email    string
	Name     string
	Language string // of the catalogues; empty: as the browser asks
	TimeZone string // an IANA name; empty: the vendor's default
	Joined   bool   // has a password, so can sign in
	Version  int
}

// PersonEdit changes what a person says of itself.
type PersonEdit struct {
	Name     string
	Language string
	TimeZone string
	Version  int // as it was read
}

// Clean returns e without the white space around what was typed.
func (e PersonEdit) Clean() PersonEdit {
	e.Name = strings.TrimSpace(e.Name)
	return e
}

// Validate reports every field that cannot be accepted as an Invalid error.
// Whether there is such a language is for the catalogues to say.
func (e PersonEdit) Validate() error {
	bad := problems{}
	bad.name("name", e.Name)
	if _, err := time.LoadLocation(e.TimeZone); err != nil || e.TimeZone == "Local" { // the server's own
		bad.add("time_zone", "problem.time_zone")
	}
	return bad.err()
}

// The lengths a password may have, in characters.
const (
	MinPassword = 10
	MaxPassword = 128
)

// CheckPassword returns an Invalid error about field unless password is one
// that may be chosen. It is taken as typed.
func CheckPassword(field, password string) error {
	bad := problems{}
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password) || n < MinPassword:
		bad.add(field, "problem.password_short", "Min", MinPassword)
	case n > MaxPassword:
		bad.add(field, "problem.too_long", "Max", MaxPassword)
	}
	return bad.err()
}

// Role is a preset of verbs.
type Role string

// The roles, as [policy] spells them out.
const (
	Owner         Role = "owner"
	Administrator Role = "administrator"
	Manager       Role = "manager"
	Support       Role = "support"
	Auditor       Role = "auditor"
	Member        Role = "member"
)

// Roles returns every role, the one that may most first.
func Roles() []Role { return []Role{Owner, Administrator, Manager, Support, Auditor, Member} }

// ManagingRoles returns the roles of those who manage what a profile has.
func ManagingRoles() []Role { return []Role{Owner, Administrator, Manager} }

// Text returns the name of r.
func (r Role) Text() Text { return T("role." + string(r)) }

// Login is a person's access to one profile.
type Login struct {
	ID          string
	Profile     string
	ProfileName string
	Person      string
	Name        string // as this profile knows the person
	Email       string
	Role        Role
	Dashboard   bool // the Dashboard right: may enter the dashboard at all
	Created     time.Time
	Accepted    time.Time // zero: the invitation is open
	Disabled    time.Time // zero unless it was disabled
	SignedIn    time.Time // last time; zero: never
	Version     int
}

// LoginState is where a login stands.
type LoginState string

// The states of a login.
const (
	LoginActive   LoginState = "active"
	LoginInvited  LoginState = "invited"
	LoginDisabled LoginState = "disabled"
)

// LoginStates returns every state of a login.
func LoginStates() []LoginState { return []LoginState{LoginActive, LoginInvited, LoginDisabled} }

// Text returns the name of s.
func (s LoginState) Text() Text { return T("login.state." + string(s)) }

// State returns the state of l.
func (l Login) State() LoginState {
	switch {
	case !l.Disabled.IsZero():
		return LoginDisabled
	case l.Accepted.IsZero():
		return LoginInvited
	}
	return LoginActive
}

// Unfit returns why nobody can log in as l, or the zero Text if somebody with
// the right to can.
func (l Login) Unfit() Text {
	switch {
	case !l.Disabled.IsZero():
		return T("acting.unfit.disabled")
	case l.Accepted.IsZero():
		return T("acting.unfit.invited")
	case !l.Dashboard:
		return T("acting.unfit.dashboard")
	}
	return Text{}
}

// NewLogin asks for a login: an invitation goes to the address.
type NewLogin struct {
	Profile   string `json:"profile,omitempty"`
	Name      string `json:"name"`
	Email     string `json:"email"`
	Role      Role   `json:"role"`
	Dashboard bool   `json:"dashboard"`
}

// Clean returns n without the white space around what was typed, and with the
// address in lower case: nobody learns how it is written in another profile.
func (n NewLogin) Clean() NewLogin {
	n.Name, n.Email = strings.TrimSpace(n.Name), strings.ToLower(strings.TrimSpace(n.Email))
	return n
}

// Validate reports every field that cannot be accepted as an Invalid error.
func (n NewLogin) Validate() error {
	bad := problems{}
	if n.Profile == "" {
		bad.add("profile", "problem.profile")
	}
	bad.name("name", n.Name)
	bad.email("email", n.Email)
	bad.role(n.Role, n.Dashboard)
	return bad.err()
}

func (p problems) role(r Role, dashboard bool) {
	if !slices.Contains(Roles(), r) {
		p.add("role", "problem.role")
	}
	if r == Member && dashboard {
		p.add("dashboard", "problem.member_dashboard")
	}
}

// LoginEdit changes a login.
type LoginEdit struct {
	Name      string
	Role      Role
	Dashboard bool
	Version   int // as it was read
}

// Clean returns e without the white space around what was typed.
func (e LoginEdit) Clean() LoginEdit {
	e.Name = strings.TrimSpace(e.Name)
	return e
}

// Validate reports every field that cannot be accepted as an Invalid error.
func (e LoginEdit) Validate() error {
	bad := problems{}
	bad.name("name", e.Name)
	bad.role(e.Role, e.Dashboard)
	return bad.err()
}

// LoginFilter chooses logins for a list. Zero values choose all.
type LoginFilter struct {
	Text    string // part of the name or of the address
	Profile string // this profile's own only
	Roles   []Role
	States  []LoginState
}

// LoginCount is how many logins there are in a state.
type LoginCount struct {
	State LoginState
	Count int
}
