package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/licensekey"
)

func TestIssueLicense(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		in := plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID, Name: " Bouw & Zo "}
		lic, err := w.IssueLicense(ctx, w.Reseller, in)
		must(t, err)
		got, err := w.License(ctx, w.Partner, lic.ID)
		must(t, err)
		equal(t, "license", got, lic)
		if got.Name != "Bouw & Zo" || !got.Ends.Equal(apptest.Start().AddDate(1, 0, 0)) || got.State(w.Clock.Now()) != plaza.LicenseActive {
			t.Errorf("%+v", got)
		}
		for name, stranger := range strangers(w) {
			want(t, name+" reads", errOf(w.License(ctx, stranger, lic.ID)), plaza.NotFound)
		}
		try := func(a plaza.Actor, change func(*plaza.NewLicense)) error {
			in := in
			change(&in)
			return errOf(w.IssueLicense(ctx, a, in))
		}
		same := func(*plaza.NewLicense) {}
		want(t, "stranger", try(w.Stranger, same), plaza.NotFound)
		want(t, "the partner itself", try(w.Partner, same), plaza.Forbidden)
		want(t, "to the one above", try(w.Reseller, func(n *plaza.NewLicense) { n.Profile = w.Vendor.Profile }), plaza.NotFound)
		for _, kind := range []plaza.LicenseKind{plaza.PartnerLicense, plaza.EnterpriseLicense, plaza.ConnectAgentLicense} {
			wantField(t, "plan of kind "+string(kind), try(w.Reseller, func(n *plaza.NewLicense) { n.Plan = w.Plans[kind].ID }), "plan", "problem.plan")
		}
		wantField(t, "no such plan", try(w.Reseller, func(n *plaza.NewLicense) { n.Plan = "never" }), "plan", "problem.plan")
		wantField(t, "in the past", try(w.Reseller, func(n *plaza.NewLicense) { n.Starts = apptest.Start().Add(-2 * day) }), "starts", "problem.past")
		wantField(t, "control character", try(w.Reseller, func(n *plaza.NewLicense) { n.Name = "a\x00b" }), "name", "problem.control_characters")
		later := must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: w.Reseller.Profile, Plan: in.Plan, Starts: apptest.Start().Add(day)}))
		if got := later.State(w.Clock.Now()); got != plaza.LicenseScheduled {
			t.Errorf("tomorrow's is %s", got)
		}
	})
}

// TestWhatIsReturnedIsWhatIsKept, also under a clock that is more exact than the
// database and stands in a zone of its own.
func TestWhatIsReturnedIsWhatIsKept(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		amsterdam, err := time.LoadLocation("Europe/Amsterdam")
		must(t, err)
		now := time.Date(2026, 3, 1, 0, 30, 0, 123456789, amsterdam)
		w.Clock.Advance(now.Sub(w.Clock.Now()))
		w.Reseller, w.Partner = w.SignIn(t, "reseller@example.com"), w.SignIn(t, "partner@example.com")
		a := app.New(w.DB, app.Config{Now: func() time.Time { return now }, Texts: w.Texts, Box: w.Box, PublicURL: "http://plaza.test/", FastHash: true})
		lic, err := a.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID, Starts: now.Add(time.Hour)})
		must(t, err)
		equal(t, "license", must1[plaza.License](t)(a.License(ctx, w.Partner, lic.ID)), lic)
		made, err := a.CreateAgent(ctx, w.Reseller, plaza.NewAgent{Profile: w.Partner.Profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: "A"})
		must(t, err)
		got := must1[plaza.ConnectAgent](t)(a.Agent(ctx, w.Partner, made.ID))
		made.License.Agent, made.License.AgentName = got.ID, got.Name
		equal(t, "agent", got, made)
		r, err := a.MakeRequest(ctx, w.Partner, plaza.Wish{License: &plaza.NewLicense{Plan: w.Plans[plaza.Development].ID}}, "note")
		must(t, err)
		equal(t, "request", must1[plaza.Request](t)(a.Request(ctx, w.Partner, r.ID)), r)
		l, err := a.CreateLogin(ctx, w.Reseller, plaza.NewLogin{Profile: w.Partner.Profile, Name: "N", Email: "N@Example.com", Role: plaza.Support})
		must(t, err)
		equal(t, "login", must1[plaza.Login](t)(a.Login(ctx, w.Partner, l.ID)), l)
		// At half past midnight in Amsterdam UTC is in another month.
		_, err = a.Overview(ctx, w.Reseller)
		must(t, err)
	})
}

func TestLicenseLife(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, id := t.Context(), issued(t, w).ID
		state := func(s plaza.LicenseState) {
			t.Helper()
			if got := license(t, w, id).State(w.Clock.Now()); got != s {
				t.Errorf("it is %s, want %s", got, s)
			}
		}
		for name, stranger := range strangers(w) {
			kind := plaza.Forbidden
			if stranger.Kind.Administers() {
				kind = plaza.NotFound
			}
			want(t, name+" suspends", w.SuspendLicense(ctx, stranger, id, reason, 1), kind)
			want(t, name+" resumes", w.ResumeLicense(ctx, stranger, id, 1), kind)
			want(t, name+" ends", w.EndLicense(ctx, stranger, id, reason, 1), kind)
		}
		want(t, "the partner itself suspends", w.SuspendLicense(ctx, w.Partner, id, reason, 1), plaza.Forbidden)
		wantKey(t, "to resume what runs", w.ResumeLicense(ctx, w.Reseller, id, 1), plaza.Conflict, "license.not_suspended")
		wantField(t, "no reason", w.SuspendLicense(ctx, w.Reseller, id, "        ", 1), "reason", "problem.reason")
		want(t, "stale", w.SuspendLicense(ctx, w.Reseller, id, reason, 9), plaza.Stale)
		state(plaza.LicenseActive)

		must(t, w.SuspendLicense(ctx, w.Reseller, id, "  "+reason+"\n", 1))
		state(plaza.LicenseSuspended)
		if got := license(t, w, id); got.SuspendReason != reason || got.Why(w.Clock.Now()).Args["Reason"] != reason {
			t.Errorf("%+v", got)
		}
		wantKey(t, "twice", w.SuspendLicense(ctx, w.Reseller, id, reason, 2), plaza.Conflict, "license.suspended_already")
		want(t, "stale resume", w.ResumeLicense(ctx, w.Reseller, id, 1), plaza.Stale)
		must(t, w.ResumeLicense(ctx, w.Reseller, id, 2))
		state(plaza.LicenseActive)

		wantField(t, "to end for no reason", w.EndLicense(ctx, w.Reseller, id, "", 3), "reason", "problem.reason")
		want(t, "stale end", w.EndLicense(ctx, w.Reseller, id, reason, 1), plaza.Stale)
		must(t, w.EndLicense(ctx, w.Reseller, id, reason, 3))
		state(plaza.LicenseEnded)
		for _, err := range []error{
			w.EndLicense(ctx, w.Reseller, id, reason, 4), w.SuspendLicense(ctx, w.Reseller, id, reason, 4), w.ResumeLicense(ctx, w.Reseller, id, 4),
		} {
			wantKey(t, "after its end", err, plaza.Conflict, "license.ended_already")
		}
	})
}

func TestRevealLicenseKey(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, lic, other := t.Context(), issued(t, w), issued(t, w)
		key := must1[string](t)(w.RevealLicenseKey(ctx, w.Partner, lic.ID))
		if _, ok := licensekey.Normal(key); !ok || licensekey.Hint(key) != lic.KeyHint {
			t.Errorf("key %q, hint %q", key, lic.KeyHint)
		}
		if again := must1[string](t)(w.RevealLicenseKey(ctx, w.Reseller, lic.ID)); again != key {
			t.Error("another key the second time")
		}
		if must1[string](t)(w.RevealLicenseKey(ctx, w.Partner, other.ID)) == key {
			t.Error("two licenses with one key")
		}
		if got := w.Events(t, plaza.LicenseReveal, plaza.Done); got != 3 {
			t.Errorf("%d on record, want 3", got)
		}
		for name, stranger := range strangers(w) {
			want(t, name, errOf(w.RevealLicenseKey(ctx, stranger, lic.ID)), plaza.NotFound)
		}
		want(t, "an auditor", errOf(w.RevealLicenseKey(ctx, w.Invite(t, w.Reseller, w.Partner.Profile, "Auditor", plaza.Auditor), lic.ID)), plaza.Forbidden)
		for _, e := range log(t, w) {
			for _, c := range e.Changes {
				if strings.Contains(c.Old+c.New+e.ObjectName, key) {
					t.Error("the key stands in the log")
				}
			}
		}
	})
}

func TestPlans(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		in := plaza.NewPlan{Kind: plaza.Development, Name: " New ", Machines: 1}
		p := must1[plaza.Plan](t)(w.CreatePlan(ctx, w.Vendor, in))
		if p.Name != "New" {
			t.Errorf("called %q", p.Name)
		}
		want(t, "the same name", errOf(w.CreatePlan(ctx, w.Vendor, in)), plaza.Conflict)
		want(t, "a reseller", errOf(w.CreatePlan(ctx, w.Reseller, in)), plaza.Forbidden)
		if all := must1[[]plaza.Plan](t)(w.App.Plans(ctx, w.Partner)); len(all) != 5 {
			t.Errorf("%d plans", len(all))
		}
		// Without a term it never ends.
		lic := must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: p.ID}))
		w.Clock.Advance(9999 * day)
		if got := license(t, w, lic.ID); !got.Ends.IsZero() || got.State(w.Clock.Now()) != plaza.LicenseActive {
			t.Errorf("%+v", got)
		}
	})
}
