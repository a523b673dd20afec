package app_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestCreateProfile(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		for i, name := range []string{"O'Brien & Söhne", "<script>alert(1)</script>", "شركة 🦆", "株式会社"} {
			email := fmt.Sprintf("owner-%d@example.com", i)
			p, err := w.CreateProfile(ctx, w.Reseller, plaza.NewProfile{
				Parent: w.Reseller.Profile, Kind: plaza.Partner, Name: "  " + name + " ", Plan: w.Plans[plaza.PartnerLicense].ID, OwnerName: name, OwnerEmail: email,
			})
			must(t, err)
			got := profile(t, w, p.ID)
			if got.Name != name || got.State() != plaza.ProfileActive || got.ParentName != "Reseller" {
				t.Errorf("made %+v", got)
			}
			list := must1[plaza.List[plaza.License]](t)(w.Licenses(ctx, w.Reseller, plaza.LicenseFilter{Profile: p.ID}, plaza.Page{}))
			if list.Total != 1 || list.Rows[0].Kind != plaza.PartnerLicense || list.Rows[0].State(w.Clock.Now()) != plaza.LicenseActive {
				t.Errorf("base license: %+v", list.Rows)
			}
			owner := w.Join(t, email)
			if owner.Role != plaza.Owner || owner.Profile != p.ID || owner.Name != name {
				t.Errorf("owner: %+v", owner)
			}
		}
		good := plaza.NewProfile{Parent: w.Reseller.Profile, Kind: plaza.Partner, Name: "N", Plan: w.Plans[plaza.PartnerLicense].ID}
		with := func(change func(*plaza.NewProfile)) plaza.NewProfile {
			in := good
			change(&in)
			return in
		}
		try := func(a plaza.Actor, in plaza.NewProfile) error { _, err := w.CreateProfile(ctx, a, in); return err }
		for name, stranger := range strangers(w) {
			if stranger.Kind.Administers() {
				want(t, name, try(stranger, good), plaza.NotFound)
			} else {
				want(t, name, try(stranger, good), plaza.Forbidden)
			}
		}
		want(t, "a partner", try(w.Partner, with(func(n *plaza.NewProfile) { n.Parent = w.Partner.Profile })), plaza.Forbidden)
		want(t, "above oneself", try(w.Reseller, with(func(n *plaza.NewProfile) { n.Parent = w.Vendor.Profile })), plaza.NotFound)
		want(t, "below nothing", try(w.Reseller, with(func(n *plaza.NewProfile) { n.Parent = "" })), plaza.NotFound)
		wantKey(t, "below a partner", try(w.Reseller, with(func(n *plaza.NewProfile) { n.Parent = w.Partner.Profile })), plaza.Conflict, "profile.cannot_have_below")
		wantField(t, "plan of an enterprise", try(w.Reseller, with(func(n *plaza.NewProfile) { n.Plan = w.Plans[plaza.EnterpriseLicense].ID })), "plan", "problem.plan")
		wantField(t, "no such plan", try(w.Reseller, with(func(n *plaza.NewProfile) { n.Plan = "\x00" })), "plan", "problem.plan")
		want(t, "a support colleague", try(w.Invite(t, w.Reseller, w.Reseller.Profile, "Helper", plaza.Support), good), plaza.Forbidden)
		suspend(t, w, w.Vendor, w.Reseller.Profile)
		wantKey(t, "below one that stands still", try(w.Vendor, good), plaza.Conflict, "profile.halted")
	})
}

func TestTheTreeHasEightLevels(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		parent := w.Reseller.Profile // at level 1
		for level := 2; level <= plaza.MaxProfileDepth; level++ {
			p, err := w.CreateProfile(t.Context(), w.Vendor, plaza.NewProfile{Parent: parent, Kind: plaza.Reseller, Name: strconv.Itoa(level)})
			must(t, err)
			parent = p.ID
		}
		_, err := w.CreateProfile(t.Context(), w.Vendor, plaza.NewProfile{Parent: parent, Kind: plaza.Reseller, Name: "9"})
		wantKey(t, "level 9", err, plaza.Conflict, "profile.too_deep")
	})
}

func TestSuspendingAProfileStopsAllBelow(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		lic, a := issued(t, w), agent(t, w)
		must(t, w.RecordHeartbeats(ctx, plaza.Simulator, []plaza.Heartbeat{{Agent: a.ID, At: w.Clock.Now(), Health: plaza.HealthOK}}))
		impact := must1[plaza.ProfileImpact](t)(w.ProfileImpact(ctx, w.Vendor, w.Reseller.Profile))
		equal(t, "impact", impact, plaza.ProfileImpact{Profiles: 3, Licenses: 4, Agents: 1, Logins: 3, Names: []string{"A"}})

		suspend(t, w, w.Vendor, w.Reseller.Profile)
		for _, id := range []string{w.Reseller.Profile, w.Partner.Profile, w.Enterprise.Profile} {
			if p := profile(t, w, id); p.State() != plaza.ProfileSuspended || p.SuspendedAbove() != (id != w.Reseller.Profile) {
				t.Errorf("%s: %s, above %t", p.Name, p.State(), p.SuspendedAbove())
			}
		}
		if got := license(t, w, lic.ID); got.State(w.Clock.Now()) != plaza.LicenseSuspended || !got.Suspended.IsZero() || got.Why(w.Clock.Now()).Key != "license.why.profile_suspended" {
			t.Errorf("license: %+v", got)
		}
		for _, who := range []plaza.Actor{w.Reseller, w.Partner, w.Enterprise} {
			dead(t, w, who.Name+" goes on", w.Tokens[who.Login])
		}
		for _, email := range []string{"reseller@example.com", "partner@example.com"} {
			_, err := w.Gate.SignIn(ctx, email, apptest.Password, plaza.Origin{})
			want(t, email+" signs in", err, plaza.Forbidden)
		}
		w.SignIn(t, "stranger@example.com") // who is none of it
		wantKey(t, "to resume what is suspended above", w.ResumeProfile(ctx, w.Vendor, w.Partner.Profile, 1), plaza.Conflict, "profile.not_suspended")
		impact = must1[plaza.ProfileImpact](t)(w.ProfileImpact(ctx, w.Vendor, w.Reseller.Profile))
		equal(t, "impact of what stands still already", impact, plaza.ProfileImpact{})

		// One of its own suspension stays when the one above is lifted.
		suspend(t, w, w.Vendor, w.Partner.Profile)
		resume(t, w, w.Vendor, w.Reseller.Profile)
		if profile(t, w, w.Partner.Profile).State() != plaza.ProfileSuspended || profile(t, w, w.Enterprise.Profile).State() != plaza.ProfileActive {
			t.Error("the partner's own suspension is gone, or the enterprise's borrowed one is not")
		}
		resume(t, w, w.Vendor, w.Partner.Profile)
		if got := license(t, w, lic.ID).State(w.Clock.Now()); got != plaza.LicenseActive {
			t.Errorf("license: %s", got)
		}
		dead(t, w, "a session from before the suspension", w.Tokens[w.Partner.Login])
		w.SignIn(t, "partner@example.com")
	})
}

func TestWhoHaltsWhat(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, id := t.Context(), w.Partner.Profile
		try := func(a plaza.Actor, id string) error { return w.SuspendProfile(ctx, a, id, reason, 1) }
		want(t, "stranger", try(w.Stranger, id), plaza.NotFound)
		want(t, "sibling", try(w.Enterprise, id), plaza.Forbidden)
		want(t, "itself", try(w.Partner, id), plaza.Forbidden)
		want(t, "what never was", try(w.Reseller, "never"), plaza.NotFound)
		want(t, "the one above", try(w.Reseller, w.Vendor.Profile), plaza.NotFound)
		wantKey(t, "one's own", try(w.Reseller, w.Reseller.Profile), plaza.Conflict, "profile.own")
		wantField(t, "no reason", w.SuspendProfile(ctx, w.Reseller, id, "       short       ", 1), "reason", "problem.reason")
		want(t, "stale", w.SuspendProfile(ctx, w.Reseller, id, reason, 2), plaza.Stale)
		suspend(t, w, w.Reseller, id)
		wantKey(t, "twice", w.SuspendProfile(ctx, w.Reseller, id, reason, 2), plaza.Conflict, "profile.suspended_already")
		want(t, "stranger resumes", w.ResumeProfile(ctx, w.Stranger, id, 2), plaza.NotFound)
		want(t, "stale resume", w.ResumeProfile(ctx, w.Reseller, id, 1), plaza.Stale)
		want(t, "stranger looks at the impact", errOf(w.ProfileImpact(ctx, w.Stranger, id)), plaza.NotFound)
	})
}

func errOf[T any](_ T, err error) error { return err }

func TestCloseAndReopen(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, id := t.Context(), w.Partner.Profile
		version := func() int { return profile(t, w, id).Version }
		wantKey(t, "before suspending", w.CloseProfile(ctx, w.Reseller, id, "Partner", reason, 1), plaza.Conflict, "profile.suspend_first")
		suspend(t, w, w.Reseller, id)
		for _, name := range []string{"", "partner", "Partner ", "Enterprise"} {
			wantField(t, "named "+name, w.CloseProfile(ctx, w.Reseller, id, name, reason, version()), "name", "problem.name_again")
		}
		wantField(t, "no reason", w.CloseProfile(ctx, w.Reseller, id, "Partner", "", version()), "reason", "problem.reason")
		want(t, "stranger", w.CloseProfile(ctx, w.Stranger, id, "Partner", reason, version()), plaza.NotFound)
		want(t, "a manager", w.CloseProfile(ctx, w.Invite(t, w.Reseller, w.Reseller.Profile, "Manager", plaza.Manager), id, "Partner", reason, version()), plaza.Forbidden)
		wantKey(t, "to reopen what is open", w.ReopenProfile(ctx, w.Reseller, id, version()), plaza.Conflict, "profile.not_closed")
		must(t, w.CloseProfile(ctx, w.Reseller, id, "Partner", reason, version()))
		if p := profile(t, w, id); p.State() != plaza.ProfileClosed {
			t.Errorf("it is %s", p.State())
		}
		wantKey(t, "twice", w.CloseProfile(ctx, w.Reseller, id, "Partner", reason, version()), plaza.Conflict, "profile.closed_already")
		want(t, "to resume what is closed", w.ResumeProfile(ctx, w.Reseller, id, version()), plaza.Conflict)
		want(t, "to suspend what is closed", w.SuspendProfile(ctx, w.Reseller, id, reason, version()), plaza.Conflict)
		want(t, "to issue a license to it", errOf(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: id, Plan: w.Plans[plaza.Development].ID})), plaza.Conflict)
		list := must1[plaza.List[plaza.Profile]](t)(w.Profiles(ctx, w.Reseller, plaza.ProfileFilter{}, plaza.Page{}))
		if list.Total != 1 {
			t.Errorf("%d listed, want the enterprise alone", list.Total)
		}
		w.Clock.Advance(30 * day)
		w.Reseller = w.SignIn(t, "reseller@example.com")
		must(t, w.ReopenProfile(ctx, w.Reseller, id, version()))
		if p := profile(t, w, id); p.State() != plaza.ProfileSuspended || p.SuspendedAbove() {
			t.Errorf("reopened it is %s", p.State())
		}
		must(t, w.CloseProfile(ctx, w.Reseller, id, "Partner", reason, version()))
		w.Clock.Advance(30*day + time.Microsecond)
		w.Reseller = w.SignIn(t, "reseller@example.com")
		wantKey(t, "too late", w.ReopenProfile(ctx, w.Reseller, id, version()), plaza.Conflict, "profile.closed_for_good")
	})
}

func TestEditProfile(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, id := t.Context(), w.Partner.Profile
		must(t, w.EditProfile(ctx, w.Partner, id, plaza.ProfileEdit{Name: "  New  ", SupportEmail: " help@example.com ", WarningDays: 365, Version: 1}))
		if p := profile(t, w, id); p.Name != "New" || p.SupportEmail != "help@example.com" || p.WarningDays != 365 || p.Version != 2 {
			t.Errorf("%+v", p)
		}
		want(t, "stale", w.EditProfile(ctx, w.Reseller, id, plaza.ProfileEdit{Name: "Late", Version: 1}), plaza.Stale)
		if p := profile(t, w, id); p.Name != "New" {
			t.Error("the late one won")
		}
		wantField(t, "blank", w.EditProfile(ctx, w.Partner, id, plaza.ProfileEdit{Name: "   ", Version: 2}), "name", "problem.required")
		for name, stranger := range strangers(w) {
			want(t, name, w.EditProfile(ctx, stranger, id, plaza.ProfileEdit{Name: "Mine", Version: 2}), plaza.NotFound)
		}
		want(t, "the one above", w.EditProfile(ctx, w.Partner, w.Reseller.Profile, plaza.ProfileEdit{Name: "Mine", Version: 1}), plaza.NotFound)
		// The wider window shows at once: 365 days before its end a year's license is expiring.
		if got := license(t, w, issued(t, w).ID).State(w.Clock.Now()); got != plaza.LicenseExpiring {
			t.Errorf("license is %s", got)
		}
	})
}

// TestNobodyLooksUp: what is above or beside shows in no field, list or count.
func TestNobodyLooksUp(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		own := must1[plaza.Profile](t)(w.Profile(ctx, w.Partner, w.Partner.Profile))
		if own.Parent != "" || own.ParentName != "" {
			t.Errorf("the partner sees above itself: %+v", own)
		}
		for _, id := range []string{w.Vendor.Profile, w.Reseller.Profile, w.Enterprise.Profile, w.Stranger.Profile, "never", ""} {
			_, err := w.Profile(ctx, w.Partner, id)
			wantKey(t, "partner looks at "+id, err, plaza.NotFound, "error.not_found")
		}
		list := must1[plaza.List[plaza.Profile]](t)(w.Profiles(ctx, w.Reseller, plaza.ProfileFilter{}, plaza.Page{}))
		if list.Total != 2 || list.Rows[0].Name != "Enterprise" || list.Rows[1].Name != "Partner" || list.Rows[0].ParentName != "Reseller" {
			t.Errorf("the reseller sees %+v", list)
		}
		if row := list.Rows[1]; row.Licenses != 1 || row.Agents != 0 || row.Logins != 1 {
			t.Errorf("the partner has %d, %d, %d", row.Licenses, row.Agents, row.Logins)
		}
	})
}
