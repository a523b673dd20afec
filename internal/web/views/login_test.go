package views

import (
	"testing"
	"time"

	"github.com/connectplaza/plaza"
)

func loginPages(f Frame) [][2]Page {
	l := hostileLogin()
	invited, disabled := l, l
	invited.Accepted = time.Time{}
	disabled.Disabled, disabled.Dashboard = noon(), false
	history := plaza.List[plaza.AuditLine]{Rows: []plaza.AuditLine{hostileLine()}, Total: 1}
	list := Logins{
		Frame: f, Listing: hostileListing("/logins"), Profile: plaza.Profile{ID: hostile, Name: hostile},
		Filter: plaza.LoginFilter{Text: hostile, Roles: plaza.Roles(), States: plaza.LoginStates()},
		List:   plaza.List[plaza.Login]{Rows: []plaza.Login{l, invited, disabled, {}}, Total: 1000, Prev: hostile, Next: hostile},
	}
	asking := f
	asking.Actor.Kind = plaza.Partner
	return [][2]Page{
		{Logins{Frame: f}, list},
		{Login{Frame: f}, Login{Frame: f, Login: l, Kind: plaza.Partner, Form: Form{Message: plaza.T(hostile)}, History: history}},
		{Login{Frame: f}, Login{Frame: f, Login: invited, Kind: plaza.Partner, Fresh: true, History: history}},
		{Login{Frame: f}, Login{Frame: f, Login: disabled, Kind: plaza.Vendor, History: history}},
		{LoginNew{Frame: f}, LoginNew{Frame: f, Form: hostileForm("profile", "name", "email", "role", "dashboard"), Choices: hostileChoices()}},
		{LoginNew{Frame: asking}, LoginNew{Frame: asking, Form: hostileForm("name", "note")}},
		{LoginEdit{Frame: f}, LoginEdit{Frame: f, Login: l, Kind: plaza.Partner, Form: hostileForm("name", "role", "dashboard")}},
		{LoginEdit{Frame: f}, LoginEdit{Frame: f, Login: l, Kind: plaza.Partner, Form: staleForm("name", "role", "dashboard")}},
	}
}

func hostileLogin() plaza.Login {
	return plaza.Login{
		ID: hostile, Profile: hostile, ProfileName: hostile, Person: hostile, Name: hostile, Email: hostile, Role: plaza.Manager,
		Dashboard: true, Created: noon(), Accepted: noon(), SignedIn: noon(), Version: 4,
	}
}

func TestRolesBeyondOnesOwnAreOff(t *testing.T) {
	t.Parallel()
	administrator := testFrame(t, "en")
	administrator.Actor.Role = plaza.Administrator
	asker := testFrame(t, "en")
	asker.Actor.Kind, asker.Actor.Role = plaza.Partner, plaza.Manager
	for name, tt := range map[string]struct {
		frame Frame
		off   bool // for an owner
	}{
		"an owner makes another one":              {testFrame(t, "en"), false},
		"an administrator makes no owner":         {administrator, true},
		"whoever asks may ask for what it is not": {asker, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range tt.frame.roles(tt.frame.Actor.Kind) {
				if off := c.Off != ""; off != (tt.off && c.Value == string(plaza.Owner)) {
					t.Errorf("%s: off %v", c.Value, off)
				}
				if c.Help == "" {
					t.Errorf("%s: nobody learns what it may", c.Value)
				}
			}
		})
	}
}
