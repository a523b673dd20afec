package views

import (
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
)

func sessionPages(f Frame) [][2]Page {
	f.Framed = false
	demo, acting := f, f
	demo.Demo = true
	acting.Actor.Via = &plaza.Acting{ID: "acting", Mode: plaza.Look, Reason: hostile}
	login := plaza.Login{ID: hostile, ProfileName: hostile, Name: hostile, Email: hostile, Role: plaza.Owner}
	here := login
	here.ID = f.Actor.Login
	return [][2]Page{
		{SignIn{Frame: f}, SignIn{Frame: demo, Form: hostileForm("email", "password"), Next: hostile, Shown: SignInHint{[]string{hostile}, hostile}}},
		{ForgotPassword{Frame: f}, ForgotPassword{Frame: f, Form: hostileForm("email")}},
		{ForgotPassword{Frame: f}, ForgotPassword{Frame: demo, Sent: hostile}},
		{ResetPassword{Frame: f}, ResetPassword{Frame: f, Form: hostileForm("password", "again")}},
		{LinkGone{Frame: f}, LinkGone{Frame: f, Invitation: true}},
		{Invitation{Frame: f}, Invitation{Frame: f, Form: hostileForm("password", "again"), Login: login}},
		{Invitation{Frame: f, Joined: true}, Invitation{Frame: f, Form: hostileForm("password"), Login: login, Joined: true}},
		{Accepted{Frame: f}, Accepted{Frame: f, Login: login}},
		{Profiles{Frame: f}, Profiles{Frame: f, Logins: []plaza.Login{login, here}, Next: hostile}},
		{Profiles{Frame: f}, Profiles{Frame: acting, Logins: []plaza.Login{login}, Next: hostile}},
	}
}

func TestNoPasswordIsEverFilledIn(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	for _, p := range []Page{
		SignIn{Frame: f, Form: passwordForm()},
		ResetPassword{Frame: f, Form: passwordForm()},
		Invitation{Frame: f, Form: passwordForm()},
		Invitation{Frame: f, Form: passwordForm(), Joined: true},
		AccountPassword{Frame: f, Form: passwordForm()},
	} {
		if page := drawPage(t, p); strings.Contains(page, "hunter2") {
			t.Errorf("%T shows the password", p)
		}
	}
}

func passwordForm() Form {
	f := hostileForm("password", "again", "old")
	for name := range f.Values {
		f.Values.Set(name, "hunter2")
	}
	return f
}
