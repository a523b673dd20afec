package app_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestLogInAs(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, old := t.Context(), w.Tokens[w.Reseller.Login]
		inside, token := logInAs(t, w, w.Reseller, w.Partner.Login, plaza.Look)
		dead(t, w, "the token from before", old)

		via := inside.Via
		if inside.Login != w.Partner.Login || inside.Profile != w.Partner.Profile || inside.ProfileName != "Partner" || inside.Role != plaza.Owner || inside.Kind != plaza.Partner {
			t.Errorf("inside as %+v", inside)
		}
		if via.Login != w.Reseller.Login || via.Name != "Reseller owner" || via.Mode != plaza.Look || via.Reason != reason || via.Ticket != "T-1" ||
			!via.Expires.Equal(w.Clock.Now().Add(time.Hour)) || via.Kind != plaza.Reseller || via.Role != plaza.Owner {
			t.Errorf("via %+v", via)
		}
		if letter := mails(t, w, "partner@example.com")[0]; letter.Kind != plaza.MailActingStarted {
			t.Errorf("the owner got %s", letter.Kind)
		}
		equal(t, "notice", notices(t, w, w.Partner)[0], plaza.NoticeActingStarted)
		if len(notices(t, w, inside)) != 0 {
			t.Error("the partner's notices show inside")
		}
		f := must1[plaza.Frame](t)(w.Frame(ctx, inside))
		if f.Notices != 0 || f.Profiles != nil {
			t.Errorf("frame inside: %+v", f)
		}
		before := w.Clock.Now()
		w.Clock.Advance(time.Minute)
		must(t, w.ReadNotices(ctx, inside))
		if f := must1[plaza.Frame](t)(w.Frame(ctx, w.Partner)); f.Notices == 0 {
			t.Error("the partner's notices were read for it")
		}
		w.Clock.Set(before)

		// In Look one sees what the login sees, and changes nothing.
		if list := must1[plaza.List[plaza.License]](t)(w.Licenses(ctx, inside, plaza.LicenseFilter{}, plaza.Page{})); list.Total != 1 {
			t.Errorf("inside there are %d licenses", list.Total)
		}
		want(t, "the enterprise from inside", errOf(w.Profile(ctx, inside, w.Enterprise.Profile)), plaza.NotFound)
		want(t, "the reseller's own from inside", errOf(w.Profile(ctx, inside, w.Reseller.Profile)), plaza.NotFound)
		in := plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID}
		wantKey(t, "to issue while looking", errOf(w.IssueLicense(ctx, inside, in)), plaza.Forbidden, "error.looking_only")

		must(t, w.RaiseActing(ctx, inside, plaza.Manage))
		inside = identify(t, w, token)
		lic := must1[plaza.License](t)(w.IssueLicense(ctx, inside, in)) // which the partner itself could not
		e := log(t, w)[slices.IndexFunc(log(t, w), func(e plaza.AuditLine) bool { return e.Object == lic.ID })]
		if e.Actor.Login != w.Partner.Login || e.Actor.Via == nil || e.Actor.Via.Login != w.Reseller.Login || e.Actor.Via.ID != via.ID || e.Reason != reason || e.Actor.Via.Ticket != "T-1" {
			t.Errorf("on record %+v, via %+v", e, e.Actor.Via)
		}
		for name, err := range deniedInside(t, w, inside) {
			wantKey(t, name+" inside", err, plaza.Forbidden, "error.not_while_acting")
		}
		want(t, "to another's profile from inside", errOf(w.IssueLicense(ctx, inside, plaza.NewLicense{Profile: w.Enterprise.Profile, Plan: in.Plan})), plaza.NotFound)
		want(t, "another mode", w.RaiseActing(ctx, inside, "root"), plaza.Invalid)
		_, err := w.Gate.ChooseProfile(ctx, token, w.Reseller.Login, plaza.Origin{})
		want(t, "to switch from inside", err, plaza.Conflict)

		must(t, w.RaiseActing(ctx, inside, plaza.Look))
		want(t, "to issue after looking again", errOf(w.IssueLicense(ctx, identify(t, w, token), in)), plaza.Forbidden)

		back := must1[string](t)(w.StopActing(ctx, identify(t, w, token)))
		dead(t, w, "the token from inside", token)
		home := identify(t, w, back)
		home.Session, home.From = w.Reseller.Session, w.Reseller.From
		equal(t, "back", home, w.Reseller)
		wantKey(t, "to stop again", errOf(w.StopActing(ctx, identify(t, w, back))), plaza.Conflict, "acting.not")
		wantKey(t, "to raise outside", w.RaiseActing(ctx, identify(t, w, back), plaza.Manage), plaza.Conflict, "acting.not")

		// The whole session is one bracket in the partner's own log, with the name of who was inside.
		list := must1[plaza.List[plaza.AuditLine]](t)(w.AuditEvents(ctx, w.Partner, plaza.AuditFilter{Acting: via.ID, Results: []plaza.Result{plaza.Done}}, plaza.Page{}))
		var verbs []plaza.Verb
		for _, e := range list.Rows {
			verbs = append(verbs, e.Verb)
			if e.ViaName != "Reseller owner" || e.ActorName != "Partner owner" || e.ActorAbove || e.Reason != reason {
				t.Errorf("the partner reads %+v", e)
			}
		}
		slices.Reverse(verbs)
		equal(t, "bracket", verbs, []plaza.Verb{plaza.ActingStart, plaza.ActingRaise, plaza.LicenseIssue, plaza.ActingRaise, plaza.ActingStop})
	})
}

// deniedInside tries, in Manage, what nobody does for another.
func deniedInside(t *testing.T, w *apptest.World, inside plaza.Actor) map[string]error {
	t.Helper()
	ctx, p := t.Context(), w.Partner
	return map[string]error{
		"create login":    errOf(w.CreateLogin(ctx, inside, newLogin(w, "x@example.com", plaza.Support))),
		"edit login":      w.EditLogin(ctx, inside, p.Login, plaza.LoginEdit{Name: "N", Role: plaza.Owner, Dashboard: true, Version: 2}),
		"disable login":   w.DisableLogin(ctx, inside, p.Login, 2),
		"enable login":    w.EnableLogin(ctx, inside, p.Login, 2),
		"reinvite":        w.ReinviteLogin(ctx, inside, p.Login),
		"account":         errOf(w.Account(ctx, inside)),
		"edit account":    w.EditAccount(ctx, inside, plaza.PersonEdit{Name: "N", Version: 1}),
		"change password": w.ChangePassword(ctx, inside, apptest.Password, "another phrase then"),
		"log in as":       errOf(w.LogInAs(ctx, inside, plaza.NewActing{Login: p.Login, Reason: reason})),
		"create profile":  errOf(w.CreateProfile(ctx, inside, plaza.NewProfile{Parent: p.Profile, Kind: plaza.Reseller, Name: "N"})),
		"close profile":   w.CloseProfile(ctx, inside, p.Profile, "Partner", reason, 1),
		"approve":         errOf(w.ApproveRequest(ctx, inside, "x", 1)),
		"make request":    errOf(w.MakeRequest(ctx, inside, wishes(w)[plaza.RequestDevelopment], "")),
	}
}

func TestWhoCannotBeActedAs(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		try := func(a plaza.Actor, id string) error {
			return errOf(w.LogInAs(ctx, a, plaza.NewActing{Login: id, Reason: reason}))
		}
		for name, why := range map[string]string{"seven": "1234567", "blank": "          ", "control": "because\x00of"} {
			want(t, "a reason that is "+name, errOf(w.LogInAs(ctx, w.Reseller, plaza.NewActing{Login: w.Partner.Login, Reason: why})), plaza.Invalid)
		}
		want(t, "stranger", try(w.Stranger, w.Partner.Login), plaza.NotFound)
		want(t, "sibling", try(w.Enterprise, w.Partner.Login), plaza.Forbidden)
		want(t, "the partner", try(w.Partner, w.Partner.Login), plaza.Forbidden)
		want(t, "upwards", try(w.Reseller, w.Vendor.Login), plaza.NotFound)
		want(t, "nobody", try(w.Reseller, "never"), plaza.NotFound)
		colleague := w.Invite(t, w.Reseller, w.Reseller.Profile, "Colleague", plaza.Manager)
		wantKey(t, "a colleague", try(w.Reseller, colleague.Login), plaza.Conflict, "acting.own_profile")
		want(t, "by a manager", try(colleague, w.Partner.Login), plaza.Forbidden)
		invited := must1[plaza.Login](t)(w.CreateLogin(ctx, w.Reseller, newLogin(w, "invited@example.com", plaza.Manager)))
		wantKey(t, "an invited one", try(w.Reseller, invited.ID), plaza.Conflict, "acting.unfit.invited")
		member := must1[plaza.Login](t)(w.CreateLogin(ctx, w.Reseller, newLogin(w, "m@example.com", plaza.Member)))
		_ = errOf(w.Gate.AcceptInvitation(ctx, w.Link(t, "m@example.com", "/invitation/"), apptest.Password, plaza.Origin{}))
		wantKey(t, "a member", try(w.Reseller, member.ID), plaza.Conflict, "acting.unfit.dashboard")
		disable(t, w, w.Reseller, member.ID)
		wantKey(t, "a disabled one", try(w.Reseller, member.ID), plaza.Conflict, "acting.unfit.disabled")
		elsewhere := plaza.NewActing{Login: w.Partner.Login, Profile: w.Enterprise.Profile, Reason: reason}
		want(t, "in another profile than was said", errOf(w.LogInAs(ctx, w.Reseller, elsewhere)), plaza.NotFound)
		suspend(t, w, w.Reseller, w.Partner.Profile)
		wantKey(t, "in a suspended profile", try(w.Reseller, w.Partner.Login), plaza.Conflict, "profile.halted")
		if n := len(mails(t, w, "partner@example.com")); n != 1 {
			t.Errorf("the partner got %d mails, want its invitation alone", n)
		}
	})
}

// TestSupportLooksAndNoMore: raising to Manage gives nobody what they do not hold.
func TestSupportLooksAndNoMore(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		helper := w.Invite(t, w.Reseller, w.Reseller.Profile, "Helper", plaza.Support)
		inside, _ := logInAs(t, w, helper, w.Partner.Login, plaza.Manage)
		want(t, "issue", errOf(w.IssueLicense(t.Context(), inside, plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID})), plaza.Forbidden)
		want(t, "edit the profile", w.EditProfile(t.Context(), inside, w.Partner.Profile, plaza.ProfileEdit{Name: "N", Version: 1}), plaza.Forbidden)
		want(t, "see a key", errOf(w.RevealLicenseKey(t.Context(), inside, "x")), plaza.Forbidden)
		must(t, errOf(w.Overview(t.Context(), inside)))
	})
}

// TestActingEnds by itself as soon as what it rests on is gone, and leaves whoever
// was inside at home if there still is one.
func TestActingEnds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		end  func(t *testing.T, w *apptest.World, who plaza.Actor)
		out  bool // signed out altogether
		back func(t *testing.T, w *apptest.World, who plaza.Actor)
	}{
		"the login is disabled": {
			end:  func(t *testing.T, w *apptest.World, _ plaza.Actor) { disable(t, w, w.Reseller, second(t, w)) },
			back: func(t *testing.T, w *apptest.World, _ plaza.Actor) { enable(t, w, w.Reseller, second(t, w)) },
		},
		"the login loses the dashboard": {
			end:  func(t *testing.T, w *apptest.World, _ plaza.Actor) { dashboard(t, w, second(t, w), false) },
			back: func(t *testing.T, w *apptest.World, _ plaza.Actor) { dashboard(t, w, second(t, w), true) },
		},
		"the profile is suspended": {
			end:  func(t *testing.T, w *apptest.World, _ plaza.Actor) { suspend(t, w, w.Reseller, w.Partner.Profile) },
			back: func(t *testing.T, w *apptest.World, _ plaza.Actor) { resume(t, w, w.Reseller, w.Partner.Profile) },
		},
		"the actor is disabled": {
			out:  true,
			end:  func(t *testing.T, w *apptest.World, who plaza.Actor) { disable(t, w, w.Reseller, who.Login) },
			back: func(t *testing.T, w *apptest.World, who plaza.Actor) { enable(t, w, w.Reseller, who.Login) },
		},
		"the actor's profile is suspended": {
			out: true,
			end: func(t *testing.T, w *apptest.World, _ plaza.Actor) { suspend(t, w, w.Vendor, w.Reseller.Profile) },
		},
		"the actor may no longer": {end: func(t *testing.T, w *apptest.World, who plaza.Actor) {
			l := login(t, w, who.Login)
			must(t, w.EditLogin(t.Context(), w.Reseller, l.ID, plaza.LoginEdit{Name: l.Name, Role: plaza.Auditor, Dashboard: true, Version: l.Version}))
		}},
		"the actor changes the password": {out: true, end: func(t *testing.T, w *apptest.World, _ plaza.Actor) {
			must(t, w.Gate.ForgotPassword(t.Context(), "admin@example.com", plaza.Origin{}))
			must(t, w.Gate.ResetPassword(t.Context(), w.Link(t, "admin@example.com", "/reset-password/"), "another phrase then", plaza.Origin{}))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			worlds(t, func(t *testing.T, w *apptest.World) {
				admin := w.Invite(t, w.Reseller, w.Reseller.Profile, "Admin", plaza.Administrator)
				as := w.Invite(t, w.Reseller, w.Partner.Profile, "Second", plaza.Administrator)
				_, token := logInAs(t, w, admin, as.Login, plaza.Manage)
				test.end(t, w, admin)
				if test.back != nil { // it does not come back to life
					test.back(t, w, admin)
				}
				if test.out {
					dead(t, w, name, token)
					return
				}
				v, err := w.Gate.Identify(t.Context(), token, plaza.Origin{})
				must(t, err)
				if v.Ended == nil || v.Actor.Login != "" {
					t.Fatalf("still inside: %+v", v)
				}
				dead(t, w, "the old token", token)
				home := identify(t, w, v.Ended.Token)
				if home.Login != admin.Login || home.Acting() {
					t.Errorf("at home as %+v", home)
				}
				if n := w.Events(t, plaza.ActingStop, plaza.Done); n != 1 {
					t.Errorf("%d ends on record", n)
				}
				end := log(t, w)[slices.IndexFunc(log(t, w), func(e plaza.AuditLine) bool { return e.Verb == plaza.ActingStop })]
				if end.Actor.Via == nil || end.Profile != w.Partner.Profile || len(end.Changes) != 1 || end.Changes[0].New != string(v.Ended.Why) {
					t.Errorf("the end is on record as %+v", end)
				}
			})
		})
	}
}

// TestActingLastsAnHour, for somebody who keeps clicking.
func TestActingLastsAnHour(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		_, token := logInAs(t, w, w.Reseller, w.Partner.Login, plaza.Look)
		for range 2 {
			w.Clock.Advance(29 * time.Minute)
			identify(t, w, token)
		}
		w.Clock.Advance(2*time.Minute - time.Microsecond)
		identify(t, w, token)
		w.Clock.Advance(time.Microsecond)
		v, err := w.Gate.Identify(t.Context(), token, plaza.Origin{})
		must(t, err)
		if v.Ended == nil || v.Ended.Why != plaza.EndTime || v.Ended.In != "Partner" {
			t.Fatalf("still inside: %+v", v.Ended)
		}
		dead(t, w, "the old token", token)
		token = v.Ended.Token
		if a := identify(t, w, token); a.Acting() || a.Login != w.Reseller.Login {
			t.Errorf("at home as %+v", a)
		}
		w.Clock.Advance(-time.Hour) // a clock put back opens nothing again
		if a := identify(t, w, token); a.Acting() {
			t.Error("inside again")
		}
	})
}

// TestNobodyIsLeftOutsideUnseen: a page that asks by itself does not use up that
// somebody has to be told where they are.
func TestNobodyIsLeftOutsideUnseen(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		_, token := logInAs(t, w, w.Reseller, w.Partner.Login, plaza.Look)
		must(t, w.SuspendProfile(t.Context(), w.Vendor, w.Partner.Profile, "no longer pays", 1))
		for range 2 {
			wantKey(t, "by itself", errOf(w.Gate.Identify(t.Context(), token, plaza.Origin{ByItself: true})), plaza.Conflict, "error.meanwhile")
		}
		v, err := w.Gate.Identify(t.Context(), token, plaza.Origin{})
		must(t, err)
		if v.Ended == nil || v.Ended.Why != plaza.EndHalted || v.Ended.Token == "" {
			t.Errorf("nobody is told: %+v", v.Ended)
		}
	})
}

func second(t *testing.T, w *apptest.World) string {
	t.Helper()
	list := must1[plaza.List[plaza.Login]](t)(w.Logins(t.Context(), w.Vendor, plaza.LoginFilter{Text: "second"}, plaza.Page{}))
	return list.Rows[0].ID
}

func dashboard(t *testing.T, w *apptest.World, id string, on bool) {
	t.Helper()
	l := login(t, w, id)
	must(t, w.EditLogin(t.Context(), w.Reseller, id, plaza.LoginEdit{Name: l.Name, Role: l.Role, Dashboard: on, Version: l.Version}))
}

// TestSigningOutInside ends both.
func TestSigningOutInside(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		inside, token := logInAs(t, w, w.Reseller, w.Partner.Login, plaza.Look)
		must(t, w.SignOut(t.Context(), inside))
		dead(t, w, "signed out", token)
		again := w.SignIn(t, "reseller@example.com")
		if again.Acting() {
			t.Error("still inside after signing in anew")
		}
		if got := strings.TrimSpace(again.ProfileName); got != "Reseller" {
			t.Errorf("in %s", got)
		}
	})
}

// TestTheEndIsOnRecordOnce, though a browser asks for several things at once.
func TestTheEndIsOnRecordOnce(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		_, token := logInAs(t, w, w.Reseller, w.Partner.Login, plaza.Look)
		suspend(t, w, w.Vendor, w.Partner.Profile)
		fresh := make(chan string, 4)
		ask := func() error {
			v, err := w.Gate.Identify(t.Context(), token, plaza.Origin{})
			if err == nil && v.Ended.Token != "" {
				fresh <- v.Ended.Token
			}
			return err
		}
		for _, err := range together(ask, ask, ask, ask) {
			if plaza.KindOf(err) != plaza.Unauthenticated { // who came when another had the token
				must(t, err)
			}
		}
		if n := w.Events(t, plaza.ActingStop, plaza.Done); n != 1 {
			t.Errorf("%d ends on record", n)
		}
		if len(fresh) != 1 {
			t.Fatalf("%d tokens were given out", len(fresh))
		}
		if a := identify(t, w, <-fresh); a.Acting() || a.Login != w.Reseller.Login {
			t.Errorf("at home as %+v", a)
		}
	})
}
