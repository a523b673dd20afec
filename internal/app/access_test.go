package app_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

func enter(w *apptest.World, t testing.TB, by, as plaza.Actor) error {
	t.Helper()
	return errOf(w.LogInAs(t.Context(), by, plaza.NewActing{Login: as.Login, Reason: reason}))
}

// TestSupportAccess: a profile says who may enter, for itself alone, and whoever
// is inside and would not be let in any more is out.
func TestSupportAccess(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		for name, who := range strangers(w) {
			x := must1[plaza.Access](t)(w.Access(ctx, who))
			if x.Setting != plaza.AccessAllowed || len(x.Inside) != 0 {
				t.Errorf("%s: %+v", name, x)
			}
		}
		inside, token := logInAs(t, w, w.Reseller, w.Partner.Login, plaza.Look)
		x := must1[plaza.Access](t)(w.Access(ctx, w.Partner))
		if len(x.Inside) != 1 || x.Inside[0].Name != "Reseller owner" || x.Inside[0].AsName != "Partner owner" || x.Inside[0].ProfileName != "Reseller" {
			t.Fatalf("inside are %+v", x.Inside)
		}
		for name, who := range strangers(w) {
			if x := must1[plaza.Access](t)(w.Access(ctx, who)); len(x.Inside) != 0 {
				t.Errorf("%s sees %+v", name, x.Inside)
			}
		}
		want(t, "set by who is inside", w.SetSupportAccess(ctx, inside, plaza.AccessNever, x.Version), plaza.Forbidden)
		want(t, "an unknown setting", w.SetSupportAccess(ctx, w.Partner, "sometimes", x.Version), plaza.Invalid)
		want(t, "stale", w.SetSupportAccess(ctx, w.Partner, plaza.AccessNever, x.Version+1), plaza.Stale)
		wantKey(t, "of the vendor", w.SetSupportAccess(ctx, w.Vendor, plaza.AccessNever, 1), plaza.Conflict, "access.nobody_above")

		asks(t, w, w.Partner)
		v, err := w.Gate.Identify(ctx, token, plaza.Origin{})
		must(t, err)
		if v.Ended == nil || v.Ended.Why != plaza.EndAccess {
			t.Fatalf("still inside: %+v", v)
		}
		reseller := identify(t, w, v.Ended.Token)
		wantKey(t, "without consent", enter(w, t, reseller, w.Partner), plaza.Conflict, "acting.barred.ask")
		must(t, w.SetSupportAccess(ctx, w.Partner, plaza.AccessNever, profile(t, w, w.Partner.Profile).Version))
		wantKey(t, "never", enter(w, t, reseller, w.Partner), plaza.Conflict, "acting.barred.never")
		wantKey(t, "to ask in vain", errOf(w.AskConsent(ctx, reseller, plaza.NewConsent{Profile: w.Partner.Profile, Reason: reason, Until: w.Clock.Now().Add(day)})), plaza.Conflict, "acting.barred.never")
		must(t, enter(w, t, reseller, w.Enterprise)) // which was not asked
	})
}

// TestThePartnerEndsIt, and nobody else ends what happens in its profile.
func TestThePartnerEndsIt(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		inside, token := logInAs(t, w, w.Reseller, w.Partner.Login, plaza.Manage)
		for name, who := range strangers(w) {
			want(t, name, w.EndActing(ctx, who, inside.Via.ID), plaza.NotFound)
		}
		want(t, "the vendor, in whose profile it is not", w.EndActing(ctx, w.Vendor, inside.Via.ID), plaza.NotFound)
		want(t, "who never was", w.EndActing(ctx, w.Partner, "never"), plaza.NotFound)
		want(t, "a manager", w.EndActing(ctx, w.Invite(t, w.Vendor, w.Partner.Profile, "Manager", plaza.Manager), inside.Via.ID), plaza.Forbidden)
		must(t, w.EndActing(ctx, w.Partner, inside.Via.ID))
		wantKey(t, "twice", w.EndActing(ctx, w.Partner, inside.Via.ID), plaza.Conflict, "access.over_already")
		want(t, "a deed that was on its way", errOf(w.IssueLicense(ctx, inside, plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID})), plaza.Forbidden)
		v, err := w.Gate.Identify(ctx, token, plaza.Origin{})
		must(t, err)
		if v.Ended == nil || v.Ended.Why != plaza.EndProfile || v.Ended.In != "Partner" {
			t.Errorf("still inside: %+v", v)
		}
		visits := must1[plaza.List[plaza.ActingLine]](t)(w.Visits(ctx, w.Partner, plaza.Page{}))
		if visits.Total != 1 || visits.Rows[0].End != plaza.EndProfile {
			t.Errorf("visits are %+v", visits.Rows)
		}
		if n := w.Events(t, plaza.ActingStop, plaza.Done); n != 1 {
			t.Errorf("%d ends on record", n)
		}
		for name, who := range strangers(w) {
			if list := must1[plaza.List[plaza.ActingLine]](t)(w.Visits(ctx, who, plaza.Page{})); list.Total != 0 {
				t.Errorf("%s sees %+v", name, list.Rows)
			}
		}
	})
}

// TestLookingIsNoChange: who was inside and read the log has changed nothing.
func TestLookingIsNoChange(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		inside, _ := logInAs(t, w, w.Reseller, w.Partner.Login, plaza.Manage)
		changes := func() int {
			t.Helper()
			return must1[plaza.Access](t)(w.Access(ctx, w.Partner)).Inside[0].Changes
		}
		filter := plaza.AuditFilter{Object: "something"}
		must(t, errOf(w.AuditEvents(ctx, inside, filter, plaza.Page{})))
		must(t, w.ExportAudit(ctx, inside, filter, plaza.AuditCSV, func(plaza.AuditLine) error { return nil }))
		if n := changes(); n != 0 {
			t.Errorf("looking counts as %d changes", n)
		}
		must(t, errOf(w.IssueLicense(ctx, inside, plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID})))
		if n := changes(); n != 1 {
			t.Errorf("a license counts as %d changes", n)
		}
		for name, stranger := range strangers(w) {
			if x := must1[plaza.Access](t)(w.Access(ctx, stranger)); len(x.Inside) != 0 {
				t.Errorf("%s sees %+v", name, x.Inside)
			}
		}
	})
}

// TestBreakingTheGlass: the vendor enters what lets nobody in, for half an hour,
// and both sides' owners are told.
func TestBreakingTheGlass(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		must(t, w.SetSupportAccess(ctx, w.Partner, plaza.AccessNever, profile(t, w, w.Partner.Profile).Version))
		in := plaza.NewActing{Login: w.Partner.Login, Reason: reason, BreakGlass: true}
		want(t, "a reseller", errOf(w.LogInAs(ctx, w.Reseller, in)), plaza.Forbidden)
		want(t, "the vendor's support", errOf(w.LogInAs(ctx, w.Invite(t, w.Vendor, w.Vendor.Profile, "Helper", plaza.Support), in)), plaza.Forbidden)
		before := len(mails(t, w, "vendor@example.com"))
		token := must1[string](t)(w.LogInAs(ctx, w.Vendor, in))
		inside := identify(t, w, token)
		if !inside.Via.BreakGlass || inside.Via.Expires.Sub(inside.Via.Started) != plaza.BreakGlassFor {
			t.Errorf("inside as %+v", inside.Via)
		}
		for _, to := range []string{"partner@example.com", "vendor@example.com"} {
			all := mails(t, w, to)
			if all[0].Kind != plaza.MailGlassBroken || !strings.Contains(all[0].Text, reason) {
				t.Errorf("%s got %+v", to, all[0])
			}
		}
		if n := len(mails(t, w, "vendor@example.com")) - before; n != 1 {
			t.Errorf("the vendor got %d mails", n)
		}
		if n := w.Events(t, plaza.ActingBreak, plaza.Done); n != 1 {
			t.Errorf("%d on record", n)
		}
		must(t, w.EndActing(ctx, w.Partner, inside.Via.ID)) // that, too, is up to the partner
	})
}

// TestTheGlassIsBrokenOnlyWhereSomethingBarsTheWay: who comes in like that would
// stay when the profile lets nobody in any more, which it said nothing against yet.
func TestTheGlassIsBrokenOnlyWhereSomethingBarsTheWay(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		glass := func(by plaza.Actor) error {
			return errOf(w.LogInAs(ctx, by, plaza.NewActing{Login: w.Partner.Login, Reason: reason, BreakGlass: true}))
		}
		second := w.Invite(t, w.Vendor, w.Vendor.Profile, "Second", plaza.Administrator)
		wantKey(t, "everybody is let in", glass(w.Vendor), plaza.Conflict, "acting.break_in_vain")
		asks(t, w, w.Partner)
		c := consent(t, w, w.Vendor, w.Partner)
		must(t, w.GrantConsent(ctx, w.Partner, c.ID, true, 1))
		wantKey(t, "it was let in", glass(w.Vendor), plaza.Conflict, "acting.break_in_vain")
		must(t, glass(second)) // who was not
		if n := w.Events(t, plaza.ActingBreak, plaza.Done); n != 1 {
			t.Errorf("%d on record", n)
		}
		inside, _ := logInAs(t, w, w.Vendor, w.Partner.Login, plaza.Look)
		must(t, errOf(w.StopActing(ctx, inside)))
		must(t, w.SwitchLoginAs(ctx, w.SignIn(t, "vendor@example.com"), false))
		must(t, w.SetSupportAccess(ctx, w.Partner, plaza.AccessAllowed, profile(t, w, w.Partner.Profile).Version))
		must(t, glass(w.SignIn(t, "vendor@example.com"))) // while it is off everywhere
	})
}

// TestLoginAsOff: the vendor switches it off for everybody.
func TestLoginAsOff(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		_, token := logInAs(t, w, w.Reseller, w.Partner.Login, plaza.Look)
		want(t, "by a reseller", w.SwitchLoginAs(ctx, w.Stranger, false), plaza.Forbidden)
		must(t, w.SwitchLoginAs(ctx, w.Vendor, false))
		v, err := w.Gate.Identify(ctx, token, plaza.Origin{})
		must(t, err)
		if v.Ended == nil || v.Ended.Why != plaza.EndOff {
			t.Fatalf("still inside: %+v", v)
		}
		reseller := identify(t, w, v.Ended.Token)
		wantKey(t, "while it is off", enter(w, t, reseller, w.Partner), plaza.Conflict, "acting.off")
		if x := must1[plaza.Access](t)(w.Access(ctx, w.Vendor)); !x.Off {
			t.Error("the vendor is not told")
		}
		must(t, w.SwitchLoginAs(ctx, w.Vendor, true))
		must(t, enter(w, t, reseller, w.Partner))
	})
}

// TestLookingShowsNoMoreThanBothMaySee: whoever acts as an owner does not gain
// what its own role may not see.
func TestLookingShowsNoMoreThanBothMaySee(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		helper := w.Invite(t, w.Reseller, w.Reseller.Profile, "Helper", plaza.Support)
		inside, _ := logInAs(t, w, helper, w.Partner.Login, plaza.Look)
		want(t, "the log", errOf(w.AuditEvents(t.Context(), inside, plaza.AuditFilter{}, plaza.Page{})), plaza.Forbidden)
		want(t, "who was inside", errOf(w.Access(t.Context(), inside)), plaza.Forbidden)
		must(t, errOf(w.Licenses(t.Context(), inside, plaza.LicenseFilter{}, plaza.Page{})))
	})
}

// TestNobodyIsThereToEndIt: a visit whose browser is gone, or whose time is up,
// ends on record all the same.
func TestNobodyIsThereToEndIt(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ends := func() (all []string) {
			for _, e := range log(t, w) {
				if e.Verb == plaza.ActingStop {
					all = append(all, e.Changes[0].New)
				}
			}
			return all
		}
		admin := w.Invite(t, w.Reseller, w.Reseller.Profile, "Admin", plaza.Administrator)
		_, _ = logInAs(t, w, admin, w.Partner.Login, plaza.Look)
		w.Clock.Advance(30 * time.Minute) // idle, not a microsecond longer
		must(t, w.Tidy(t.Context(), plaza.Janitor))
		equal(t, "idle", strings.Join(ends(), " "), "session")
		_, token := logInAs(t, w, w.SignIn(t, "reseller@example.com"), w.Partner.Login, plaza.Look)
		for range 3 {
			w.Clock.Advance(25 * time.Minute)
			_, err := w.Gate.Identify(t.Context(), token, plaza.Origin{})
			if plaza.KindOf(err) != plaza.Unauthenticated {
				must(t, err)
			}
		}
		if got := ends(); !slices.Contains(got, "time") || len(got) != 2 {
			t.Errorf("ends are %v", got)
		}
	})
}

// TestWhatFindsItOverDidNotEndIt: the time was up before anybody looked, so that
// is why, whatever happens to come across it then.
func TestWhatFindsItOverDidNotEndIt(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		_, _ = logInAs(t, w, w.Reseller, w.Partner.Login, plaza.Look)
		ends := w.Clock.Now().Add(plaza.ActingFor)
		w.Clock.Advance(plaza.ActingFor)
		w.Vendor = w.SignIn(t, "vendor@example.com")
		suspend(t, w, w.Vendor, w.Partner.Profile)
		e := log(t, w)[slices.IndexFunc(log(t, w), func(e plaza.AuditLine) bool { return e.Verb == plaza.ActingStop })]
		equal(t, "on record", e.Changes, []plaza.Change{{Field: "end", New: string(plaza.EndTime)}})
		resume(t, w, w.Vendor, w.Partner.Profile)
		partner := w.SignIn(t, "partner@example.com")
		visit := must1[plaza.List[plaza.ActingLine]](t)(w.Visits(t.Context(), partner, plaza.Page{})).Rows[0]
		if visit.End != plaza.EndTime || !visit.Ended.Equal(ends) {
			t.Errorf("it ended because of %s at %s", visit.End, visit.Ended)
		}
	})
}

// TestAPageThatAsksByItselfKeepsNobodyIn: what is drawn anew every few seconds is
// no sign of life.
func TestAPageThatAsksByItselfKeepsNobodyIn(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		token := w.Tokens[w.Partner.Login]
		for range 2 {
			w.Clock.Advance(14 * time.Minute)
			must(t, errOf(w.Gate.Identify(t.Context(), token, plaza.Origin{ByItself: true})))
		}
		w.Clock.Advance(3 * time.Minute)
		dead(t, w, "idle", token)
	})
}

// TestRightsAreLookedAtInTheDeed: whoever was let in and lost the right since does
// nothing any more, however far the request had come.
func TestRightsAreLookedAtInTheDeed(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		in := plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID}
		for name, test := range map[string]struct {
			revoke func(admin plaza.Actor)
			kind   plaza.Kind
		}{
			"signed out":           {func(a plaza.Actor) { must(t, w.SignOut(ctx, a)) }, plaza.Unauthenticated},
			"disabled":             {func(a plaza.Actor) { disable(t, w, w.Reseller, a.Login) }, plaza.Unauthenticated},
			"with another role":    {func(a plaza.Actor) { role(t, w, a.Login, plaza.Auditor) }, plaza.Forbidden},
			"acting in the window": {func(a plaza.Actor) { _, _ = logInAs(t, w, a, w.Partner.Login, plaza.Look) }, plaza.Forbidden},
		} {
			admin := w.Invite(t, w.Reseller, w.Reseller.Profile, "Admin "+name, plaza.Administrator)
			must(t, errOf(w.IssueLicense(ctx, admin, in)))
			test.revoke(admin)
			want(t, name, errOf(w.IssueLicense(ctx, admin, in)), test.kind)
		}
		inside, _ := logInAs(t, w, w.Invite(t, w.Reseller, w.Reseller.Profile, "Visitor", plaza.Administrator), w.Partner.Login, plaza.Manage)
		must(t, errOf(w.IssueLicense(ctx, inside, in)))
		must(t, w.RaiseActing(ctx, inside, plaza.Look))
		want(t, "only looking by now", errOf(w.IssueLicense(ctx, inside, in)), plaza.Forbidden)
	})
}

func role(t testing.TB, w *apptest.World, id string, r plaza.Role) {
	t.Helper()
	l := login(t, w, id)
	must(t, w.EditLogin(t.Context(), w.Vendor, id, plaza.LoginEdit{Name: l.Name, Role: r, Dashboard: true, Version: l.Version}))
}
