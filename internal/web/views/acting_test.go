package views

import (
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
)

func actingPages(f Frame) [][2]Page {
	bare := f
	bare.Framed = false
	able := plaza.Login{ID: "able", Name: hostile, Role: plaza.Owner, Dashboard: true, Accepted: noon(), SignedIn: noon()}
	off := plaza.Login{ID: hostile, Name: hostile, Role: plaza.Member}
	suspended := hostileProfile()
	suspended.Halted = true
	open := hostileProfile()
	open.Access = plaza.AccessAllowed
	asks := hostileProfile()
	asks.Access = plaza.AccessAsk
	shut := hostileProfile()
	shut.Access = plaza.AccessNever
	waits := hostileConsent()
	waits.Answer, waits.Answered = "", noon().Add(-1)
	logins := []plaza.Login{able, off}
	form, asking := hostileForm("login", "reason", "ticket"), hostileForm("reason", "ticket", "until")
	return [][2]Page{
		{LogInAs{Frame: f}, LogInAs{Frame: f, Entrance: plaza.Entrance{Profile: open, Logins: logins}, Form: form}},
		{LogInAs{Frame: f, Entrance: plaza.Entrance{Logins: []plaza.Login{off}}}, LogInAs{Frame: f, Entrance: plaza.Entrance{Profile: suspended, Logins: logins}}},
		{LogInAs{Frame: f, Entrance: plaza.Entrance{Off: true, Logins: logins}}, LogInAs{Frame: f, Entrance: plaza.Entrance{Profile: asks, Logins: logins}, Form: asking}},
		{LogInAs{Frame: f, Entrance: plaza.Entrance{Profile: shut, Logins: logins}}, LogInAs{Frame: f, Entrance: plaza.Entrance{Profile: asks, Logins: logins, Consent: waits}}},
		{LogInAs{Frame: f, Breaking: true}, LogInAs{Frame: f, Entrance: plaza.Entrance{Profile: shut, Logins: logins}, Breaking: true, Form: form}},
		{ActingEnded{Frame: bare, Why: plaza.EndTime}, ActingEnded{Frame: bare, In: hostile, Why: plaza.EndProfile}},
	}
}

func TestTheOnlyLoginThatFitsIsChosen(t *testing.T) {
	t.Parallel()
	a := plaza.Login{ID: "a", Accepted: noon(), Dashboard: true}
	b := plaza.Login{ID: "b", Accepted: noon(), Dashboard: true}
	off := plaza.Login{ID: "off", Accepted: noon()}
	for name, tt := range map[string]struct {
		logins []plaza.Login
		form   Form
		want   string
	}{
		"one of two":       {[]plaza.Login{a, off}, Form{}, "a"},
		"several":          {[]plaza.Login{a, b}, Form{}, ""},
		"none":             {[]plaza.Login{off}, Form{}, ""},
		"what was chosen":  {[]plaza.Login{a, b}, staleForm(), ""},
		"kept after error": {[]plaza.Login{a, b}, Form{Values: map[string][]string{"login": {"b"}}}, "b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			p := LogInAs{Entrance: plaza.Entrance{Logins: tt.logins}, Form: tt.form}
			for _, l := range tt.logins {
				if p.chosen(l) {
					got = append(got, l.ID)
				}
			}
			if got := strings.Join(got, " "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
