package app_test

import (
	"maps"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// TestWhoReadsWhatInTheLog: the partner sees what was done to it, but not who of
// those above did it, nor from where; except who was acting inside.
func TestWhoReadsWhatInTheLog(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		reseller := w.Reseller
		reseller.From = plaza.Origin{Address: "192.0.2.99", UserAgent: "Reseller's browser"}
		lic := must1[plaza.License](t)(w.IssueLicense(ctx, reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID}))
		read := func(a plaza.Actor) plaza.AuditLine {
			t.Helper()
			list := must1[plaza.List[plaza.AuditLine]](t)(w.History(ctx, a, lic.ID, plaza.Page{}))
			if list.Total != 1 {
				t.Fatalf("%s reads %d events", a.Name, list.Total)
			}
			return list.Rows[0]
		}
		e := read(w.Partner)
		if !e.ActorAbove || e.ActorName != "" || e.Address != "" || e.UserAgent != "" || e.Actor.Login != "" || e.Actor.Profile != "" || e.Actor.From.Address != "" {
			t.Errorf("the partner reads %+v", e)
		}
		if e := read(w.Reseller); e.ActorAbove || e.ActorName != "Reseller owner" || e.Address != "192.0.2.99" || e.UserAgent != "Reseller's browser" || e.ProfileName != "Partner" {
			t.Errorf("the reseller reads %+v", e)
		}
		for name, stranger := range strangers(w) {
			if n := must1[plaza.List[plaza.AuditLine]](t)(w.History(ctx, stranger, lic.ID, plaza.Page{})).Total; n != 0 {
				t.Errorf("%s reads %d events of it", name, n)
			}
			list := must1[plaza.List[plaza.AuditLine]](t)(w.AuditEvents(ctx, stranger, plaza.AuditFilter{Login: w.Reseller.Login}, plaza.Page{}))
			for _, e := range list.Rows {
				if e.Profile != stranger.Profile {
					t.Errorf("%s reads %+v", name, e)
				}
			}
		}
		// No event tells the partner a name or an address of somebody above.
		_, _ = logInAs(t, w, reseller, w.Partner.Login, plaza.Manage)
		all := must1[plaza.List[plaza.AuditLine]](t)(w.AuditEvents(ctx, w.Partner, plaza.AuditFilter{}, plaza.Page{Size: plaza.MaxPageSize}))
		for _, e := range all.Rows {
			if e.Profile != w.Partner.Profile {
				t.Errorf("of another profile: %+v", e)
			}
			if e.ActorName != "" && e.ActorName != "Partner owner" {
				t.Errorf("the partner reads the name %s", e.ActorName)
			}
			if e.ViaName != "" && e.Actor.Via == nil || e.Address == "192.0.2.99" || e.UserAgent == "Reseller's browser" {
				t.Errorf("the partner reads %+v", e)
			}
		}
		began := must1[plaza.List[plaza.AuditLine]](t)(w.AuditEvents(ctx, w.SignIn(t, "reseller@example.com"), plaza.AuditFilter{Verbs: []plaza.Verb{plaza.ActingStart}}, plaza.Page{}))
		if e := began.Rows[0]; e.Address != "192.0.2.99" {
			t.Errorf("the reseller itself reads %+v", e)
		}
		want(t, "a manager reads the log", errOf(w.AuditEvents(ctx, w.Invite(t, w.Vendor, w.Partner.Profile, "Manager", plaza.Manager), plaza.AuditFilter{}, plaza.Page{})), plaza.Forbidden)
		w.Invite(t, w.Vendor, w.Partner.Profile, "Auditor", plaza.Auditor)
	})
}

// TestReasonOfVisitIsForWhoeverWasVisited: the reason to enter a reseller may name
// anything about it, and those below see only what was done to them, and why.
func TestReasonOfVisitIsForWhoeverWasVisited(t *testing.T) {
	t.Parallel()
	bareWorlds(t, func(t *testing.T, w bare) {
		ctx := t.Context()
		inside, _ := logInAs(t, w.World, w.Vendor, w.Reseller.Login, plaza.Manage)
		lic := must1[plaza.License](t)(w.IssueLicense(ctx, inside, plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID, Name: "L"}))
		must(t, w.SuspendLicense(ctx, inside, lic.ID, "it was not paid", lic.Version))
		vendor := w.SignIn(t, "vendor@example.com")
		reasons := func(who plaza.Actor) (all []string) {
			t.Helper()
			list := must1[plaza.List[plaza.AuditLine]](t)(w.AuditEvents(ctx, who, plaza.AuditFilter{Object: lic.ID}, plaza.Page{}))
			for _, e := range list.Rows {
				all = append(all, e.Reason)
				if e.ActorAbove && (e.Actor.Via != nil || e.ViaName != "") {
					t.Errorf("%s reads %+v", who.Name, e)
				}
			}
			return all
		}
		for range 2 {
			equal(t, "the partner reads", reasons(w.Partner), []string{"it was not paid", ""})
			equal(t, "the reseller reads", reasons(w.Reseller), []string{"it was not paid", reason})
			equal(t, "the vendor reads", reasons(vendor), []string{"it was not paid", reason})
			for name, stranger := range strangers(w.World) {
				equal(t, name+" reads", reasons(stranger), []string(nil))
			}
			// So it was kept once.
			w.exec(t, `UPDATE audit_events SET reason = '`+reason+`' WHERE reason = '' AND acting_id <> ''`)
		}
	})
}

// TestAuditFiltersFindNothingThatIsHidden: what a line does not tell cannot be
// found out by asking for it.
func TestAuditFiltersFindNothingThatIsHidden(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		w.Clock.Advance(time.Minute)
		began := w.Clock.Now()
		issued(t, w) // by the reseller
		inside, _ := logInAs(t, w, w.Vendor, w.Reseller.Login, plaza.Manage)
		lic := must1[plaza.License](t)(w.IssueLicense(ctx, inside, plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID, Name: "L"}))
		below, _ := logInAs(t, w, w.SignIn(t, "reseller@example.com"), w.Partner.Login, plaza.Manage)
		must(t, w.SuspendLicense(ctx, below, lic.ID, "it was not paid", lic.Version))
		n := func(who plaza.Actor, f plaza.AuditFilter) int {
			t.Helper()
			f.From, f.Verbs = began, []plaza.Verb{plaza.LicenseIssue, plaza.LicenseSuspend}
			return must1[plaza.List[plaza.AuditLine]](t)(w.AuditEvents(ctx, who, f, plaza.Page{})).Total
		}
		vendor := w.SignIn(t, "vendor@example.com")
		reseller := w.SignIn(t, "reseller@example.com")
		all := map[string]plaza.Actor{"vendor": vendor, "reseller": reseller, "partner": w.Partner}
		maps.Copy(all, strangers(w))
		for name, test := range map[string]struct {
			f    plaza.AuditFilter
			want map[string]int // of the others: 0
		}{
			"the vendor's owner":   {plaza.AuditFilter{Login: w.Vendor.Login}, map[string]int{"vendor": 1, "reseller": 1}},
			"the reseller's owner": {plaza.AuditFilter{Login: w.Reseller.Login}, map[string]int{"vendor": 3, "reseller": 3, "partner": 1}},
			"the partner's owner":  {plaza.AuditFilter{Login: w.Partner.Login}, map[string]int{"vendor": 1, "reseller": 1, "partner": 1}},
			"in the reseller":      {plaza.AuditFilter{Acting: inside.Via.ID}, map[string]int{"vendor": 1, "reseller": 1}},
			"in the partner":       {plaza.AuditFilter{Acting: below.Via.ID}, map[string]int{"vendor": 1, "reseller": 1, "partner": 1}},
		} {
			for who, a := range all {
				if got := n(a, test.f); got != test.want[who] {
					t.Errorf("by %s the %s finds %d, want %d", name, who, got, test.want[who])
				}
			}
		}
	})
}

// TestWhoAsksIsNamedToWhoIsAsked: and to those above the one who asks, but not to
// the reseller between.
func TestWhoAsksIsNamedToWhoIsAsked(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		version := must1[plaza.Profile](t)(w.Profile(ctx, w.Partner, w.Partner.Profile)).Version
		must(t, w.SetSupportAccess(ctx, w.Partner, plaza.AccessAsk, version))
		ask := func(by plaza.Actor) string {
			t.Helper()
			c := must1[plaza.Consent](t)(w.AskConsent(ctx, by, plaza.NewConsent{Profile: w.Partner.Profile, Reason: reason, Until: w.Clock.Now().Add(day)}))
			must(t, w.GrantConsent(ctx, w.Partner, c.ID, false, c.Version))
			return c.ID
		}
		vendors, resellers := ask(w.Vendor), ask(w.Reseller)
		all := map[string]plaza.Actor{"vendor": w.Vendor, "reseller": w.Reseller, "partner": w.Partner}
		maps.Copy(all, strangers(w))
		for id, sees := range map[string]map[string][]string{
			vendors:   {"vendor": {"Vendor owner", "Vendor owner"}, "reseller": {"", ""}, "partner": {"Vendor owner", "Vendor owner"}},
			resellers: {"vendor": {"Reseller owner", "Reseller owner"}, "reseller": {"Reseller owner", "Reseller owner"}, "partner": {"Reseller owner", "Reseller owner"}},
		} {
			for who, a := range all {
				var names []string
				for _, e := range must1[plaza.List[plaza.AuditLine]](t)(w.AuditEvents(ctx, a, plaza.AuditFilter{Object: id}, plaza.Page{})).Rows {
					names = append(names, e.ObjectName)
				}
				equal(t, "to the "+who, names, sees[who])
			}
		}
	})
}

func TestAuditFilters(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		const later = 10 * time.Minute // less than what ends a session that nobody uses
		w.Clock.Advance(later)
		id := issued(t, w).ID
		w.Clock.Advance(later)
		want(t, "stranger", errOf(w.RevealLicenseKey(ctx, w.Stranger, id)), plaza.NotFound)
		now := w.Clock.Now()
		for name, test := range map[string]struct {
			f plaza.AuditFilter
			n int
		}{
			"of the object, reached for in vain": {plaza.AuditFilter{Object: id}, 2},
			"done":                               {plaza.AuditFilter{Object: id, Results: []plaza.Result{plaza.Done}}, 1},
			"of a verb":                          {plaza.AuditFilter{Object: id, Verbs: []plaza.Verb{plaza.LicenseReveal}}, 1},
			"of the stranger":                    {plaza.AuditFilter{Login: w.Stranger.Login, Object: id}, 1},
			"of the partner's":                   {plaza.AuditFilter{Profile: w.Partner.Profile, Object: id}, 1},
			"from now":                           {plaza.AuditFilter{From: now}, 1},
			"till now":                           {plaza.AuditFilter{From: now.Add(-later), Till: now}, 1},
			"of nothing":                         {plaza.AuditFilter{Acting: "never"}, 0},
		} {
			if got := w.Log(t, test.f, plaza.Page{}); got.Total != test.n {
				t.Errorf("%s: %d, want %d", name, got.Total, test.n)
			}
		}
	})
}

func TestNotices(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		manager := w.Invite(t, w.Reseller, w.Reseller.Profile, "Manager", plaza.Manager)
		support := w.Invite(t, w.Reseller, w.Reseller.Profile, "Helper", plaza.Support)
		must(t, errOf(w.MakeRequest(ctx, w.Partner, wishes(w)[plaza.RequestAgent], "")))
		unread := func(a plaza.Actor) int { return must1[plaza.Frame](t)(w.Frame(ctx, a)).Notices }
		for _, test := range []struct {
			who  plaza.Actor
			want int
		}{{w.Reseller, 3}, {manager, 1}, {support, 0}, {w.Vendor, 0}, {w.Partner, 0}, {w.Stranger, 0}, {w.Enterprise, 0}} {
			if got := unread(test.who); got != test.want {
				t.Errorf("%s has %d, want %d", test.who.Name, got, test.want)
			}
		}
		must(t, w.ReadNotices(ctx, w.Stranger))
		must(t, w.ReadNotices(ctx, w.Reseller))
		if unread(w.Reseller) != 0 || unread(manager) != 1 {
			t.Error("who read it has read it, and nobody else")
		}
		if list := must1[plaza.List[plaza.Notice]](t)(w.Notices(ctx, w.Reseller, plaza.Page{})); list.Total != 3 || list.Rows[0].Kind != plaza.NoticeRequestMade || list.Rows[1].Kind != plaza.NoticeLoginAccepted || list.Rows[0].Read.IsZero() {
			t.Errorf("%+v", list)
		}
	})
}

func TestSetup(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		if by := must1[string](t)(w.MadeBy(ctx, plaza.Installer)); by != "setup" {
			t.Errorf("made by %q", by)
		}
		want(t, "by the vendor", errOf(w.MadeBy(ctx, w.Vendor)), plaza.Forbidden)
		want(t, "tidied by the vendor", w.Tidy(ctx, w.Vendor), plaza.Forbidden)
	})
}
