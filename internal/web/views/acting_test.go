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
	return [][2]Page{
		{LogInAs{Frame: f}, LogInAs{Frame: f, Profile: hostileProfile(), Logins: []plaza.Login{able, off}, Form: hostileForm("login", "reason", "ticket")}},
		{LogInAs{Frame: f, Logins: []plaza.Login{off}}, LogInAs{Frame: f, Profile: suspended, Logins: []plaza.Login{able}}},
		{ActingEnded{Frame: bare}, ActingEnded{Frame: bare}},
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
			p := LogInAs{Logins: tt.logins, Form: tt.form}
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
