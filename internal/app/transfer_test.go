package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
)

// transfer gives a license to a profile, as the reseller.
func transfer(t testing.TB, w *apptest.World, license, to string) error {
	t.Helper()
	return w.TransferLicense(t.Context(), w.Reseller, license, to, reason, read(t, w, license).Version)
}

// TestTransferLicense: a license goes to another profile of the reseller's while its agent
// runs on two nodes, which notices nothing; who had it sees it no more, and each is billed
// for its days.
func TestTransferLicense(t *testing.T) {
	t.Parallel()
	nodes(t, func(t *testing.T, w *apptest.World, second *app.Fleet) {
		ctx := t.Context()
		patient(w)
		w.Enterprise.Session = ""
		run := priced(t, w, plaza.ConnectAgentLicense, "Run", 31_00)
		s := sellPlan(t, w, w.Reseller, w.Partner.Profile, run.ID, apptest.Start())
		id := s.License.ID
		machine := activate(t, w.Fleet, s, "fp")
		must(t, errOf(ping(t, second, s, machine.ID)))
		must(t, w.SetAlarm(ctx, w.Partner, s.ID, plaza.AlarmEdit{On: true, Minutes: 5, Address: "a@example.com"}))
		must(t, w.RecordHeartbeats(ctx, plaza.Simulator, []plaza.Heartbeat{{
			Agent: s.ID, At: w.Clock.Now(), Health: plaza.HealthOK, Notifications: []plaza.NewNotification{{Level: string(plaza.LevelInfo), Message: "Up", At: w.Clock.Now()}},
		}}))
		w.Clock.Advance(10 * day)
		for _, f := range []*app.Fleet{w.Fleet, second} {
			must(t, errOf(ping(t, f, s, machine.ID)))
		}

		preview := must1[plaza.Transfer](t)(w.TransferOf(ctx, w.Reseller, id, w.Enterprise.Profile))
		if preview.Keeps || preview.Revives || !preview.Alarm || !preview.Clash.IsZero() || preview.To.ID != w.Enterprise.Profile {
			t.Errorf("%+v", preview)
		}
		must(t, transfer(t, w, id, w.Enterprise.Profile))

		equal(t, "the key", must1[string](t)(w.RevealLicenseKey(ctx, w.Enterprise, id)), s.key)
		for name, f := range map[string]*app.Fleet{"here": w.Fleet, "on the other node": second} {
			must(t, errOf(ping(t, f, s, machine.ID)))
			wantVerdict(t, name, check(t, f, s, "fp"), plaza.CheckValid, true)
			must(t, f.Follow(ctx))
			if got := come(t, f, s).Standing.License; got.Profile != w.Enterprise.Profile || got.ProfileName != "Enterprise" {
				t.Errorf("%s it is of %s", name, got.ProfileName)
			}
		}
		want(t, "the license, for who had it", errOf(w.License(ctx, w.Partner, id)), plaza.NotFound)
		want(t, "its agent", errOf(w.Agent(ctx, w.Partner, s.ID)), plaza.NotFound)
		want(t, "its key", errOf(w.RevealLicenseKey(ctx, w.Partner, id)), plaza.NotFound)
		if got := must1[plaza.ConnectAgent](t)(w.Agent(ctx, w.Enterprise, s.ID)); got.License.ID != id || got.Name != "Agent" {
			t.Errorf("the agent is %+v", got)
		}
		if got := must1[plaza.AgentAlarm](t)(w.Alarm(ctx, w.Enterprise, s.ID)); got.After != 0 {
			t.Errorf("the alarm goes on, to %s", got.Address)
		}
		told := plaza.NotificationFilter{Agent: s.ID}
		equal(t, "what it told, for who has it", must1[plaza.List[plaza.AgentNotification]](t)(w.Notifications(ctx, w.Enterprise, told, plaza.Page{})).Total, 1)
		equal(t, "for who had it", must1[plaza.List[plaza.AgentNotification]](t)(w.Notifications(ctx, w.Partner, told, plaza.Page{})).Total, 0)
		equal(t, "who had it is told", notices(t, w, w.Partner)[0], plaza.NoticeLicenseGone)
		equal(t, "who has it is told", notices(t, w, w.Enterprise)[0], plaza.NoticeLicenseCame)
		for name, who := range map[string]plaza.Actor{"giver": w.Partner, "taker": w.Enterprise} {
			all := must1[plaza.List[plaza.AuditLine]](t)(w.AuditEvents(ctx, who, plaza.AuditFilter{Verbs: []plaza.Verb{plaza.LicenseTransfer}}, plaza.Page{}))
			if all.Total != 1 || len(all.Rows[0].Changes) != 1 {
				t.Fatalf("in the log of the %s: %+v", name, all.Rows)
			}
			for _, value := range []string{all.Rows[0].Changes[0].Old, all.Rows[0].Changes[0].New} {
				if value != "" && value != who.ProfileName {
					t.Errorf("in the log of the %s stands %s", name, value)
				}
			}
		}
		both := must1[plaza.List[plaza.AuditLine]](t)(w.AuditEvents(ctx, w.Reseller, plaza.AuditFilter{Profile: w.Reseller.Profile, Verbs: []plaza.Verb{plaza.LicenseTransfer}}, plaza.Page{}))
		if both.Total != 1 || both.Rows[0].Reason != reason || both.Rows[0].Changes[0] != (plaza.Change{Field: "profile", Old: "Partner", New: "Enterprise"}) {
			t.Errorf("in the reseller's log: %+v", both.Rows)
		}

		w.Clock.Advance(30 * day)
		for who, wants := range map[*plaza.Actor]int{&w.Partner: 10, &w.Enterprise: 20, &w.Reseller: 30} {
			of := statement(t, w, w.Vendor, who.Profile, january)
			i := len(of.Lines) - 1
			if l := of.Lines[i]; l.Name != "Run" || l.Days != wants || l.Active != 1 || l.Licenses != 1 {
				t.Errorf("%s pays for %v, active %d", who.ProfileName, lines(of), l.Active)
			}
		}
	})
}

// TestWhoTransfersWhat: among what one can see, while nothing speaks against it.
func TestWhoTransfersWhat(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		l := issued(t, w)
		for name, stranger := range strangers(w) {
			if stranger.Kind.Administers() {
				want(t, name, w.TransferLicense(ctx, stranger, l.ID, stranger.Profile, reason, 1), plaza.NotFound)
				want(t, name, errOf(w.TransferOf(ctx, stranger, l.ID, stranger.Profile)), plaza.NotFound)
			}
		}
		want(t, "by the partner", w.TransferLicense(ctx, w.Partner, l.ID, w.Partner.Profile, reason, 1), plaza.Forbidden)
		want(t, "to whom one cannot see", transfer(t, w, l.ID, w.StrangerPartner.Profile), plaza.NotFound)
		want(t, "to whom one cannot see", errOf(w.TransferOf(ctx, w.Reseller, l.ID, w.StrangerPartner.Profile)), plaza.NotFound)
		wantField(t, "without a reason", w.TransferLicense(ctx, w.Reseller, l.ID, w.Enterprise.Profile, "so", 1), "reason", "problem.reason")
		want(t, "of before", w.TransferLicense(ctx, w.Reseller, l.ID, w.Enterprise.Profile, reason, 2), plaza.Stale)

		clash := func(what, license, to, key string) {
			t.Helper()
			wantKey(t, what, transfer(t, w, license, to), plaza.Conflict, key)
			if got := must1[plaza.Transfer](t)(w.TransferOf(ctx, w.Reseller, license, to)); got.Clash.Key != key {
				t.Errorf("%s: the preview says %q", what, got.Clash.Key)
			}
		}
		clash("to who has it", l.ID, w.Partner.Profile, "license.transfer_there")
		base := must1[plaza.List[plaza.License]](t)(w.Licenses(ctx, w.Partner, plaza.LicenseFilter{Kinds: []plaza.LicenseKind{plaza.PartnerLicense}}, plaza.Page{})).Rows[0]
		clash("what came with the profile", base.ID, w.Enterprise.Profile, "license.transfer_base")
		asked := issued(t, w)
		r := must1[plaza.Request](t)(w.MakeRequest(ctx, w.Partner, plaza.Wish{Renewal: &plaza.LicenseWish{License: asked.ID}}, ""))
		clash("of which something is asked", asked.ID, w.Enterprise.Profile, "license.asked_for")
		must(t, w.DeclineRequest(ctx, w.Reseller, r.ID, reason, r.Version))
		must(t, transfer(t, w, asked.ID, w.Enterprise.Profile))
		other := must1[plaza.Plan](t)(w.CreatePlan(ctx, w.Vendor, plaza.NewPlan{Kind: plaza.Development, Name: "Theirs", TermMonths: 1, Machines: 1}))
		theirs := must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: other.ID}))
		must(t, w.OfferPlans(ctx, w.Reseller, w.Enterprise.Profile, true, []string{w.Plans[plaza.Development].ID}, profile(t, w, w.Enterprise.Profile).Version))
		clash("under a plan that is not offered", theirs.ID, w.Enterprise.Profile, "license.transfer_plan")
		gone := issued(t, w)
		must(t, w.EndLicense(ctx, w.Reseller, gone.ID, reason, 1))
		clash("that has ended", gone.ID, w.Enterprise.Profile, "license.ended_already")

		bound := allow(t, w, w.Reseller, plaza.NewAllowance{Profile: w.Enterprise.Profile, Kind: plaza.Development, Most: 2})
		must(t, transfer(t, w, issued(t, w).ID, w.Enterprise.Profile))
		equal(t, "used", must1[plaza.Allowance](t)(w.Allowance(ctx, w.Reseller, bound.ID)).Used, 2)
		clash("of which there are enough", l.ID, w.Enterprise.Profile, "allowance.full_below")
		must(t, transfer(t, w, asked.ID, w.Reseller.Profile))
		equal(t, "used, once one went", must1[plaza.Allowance](t)(w.Allowance(ctx, w.Reseller, bound.ID)).Used, 1)
		suspend(t, w, w.Reseller, w.Enterprise.Profile)
		clash("to who stands still", l.ID, w.Enterprise.Profile, "profile.halted")
		if got := read(t, w, l.ID); got.Profile != w.Partner.Profile {
			t.Errorf("it is of %s", got.ProfileName)
		}
	})
}

// TestTransfersAtTheSameTime: between two profiles, both ways, while others count towards
// the same allowances: nobody waits for ever, and no more than one is moved at once.
func TestTransfersAtTheSameTime(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		var deeds []func() error
		one := issued(t, w)
		for range 2 {
			deeds = append(deeds, func() error {
				return w.TransferLicense(t.Context(), w.Reseller, one.ID, w.Enterprise.Profile, reason, 1)
			})
		}
		for range 4 {
			there, back := issued(t, w), issued(t, w)
			must(t, transfer(t, w, back.ID, w.Enterprise.Profile))
			deeds = append(deeds,
				func() error { return transfer(t, w, there.ID, w.Enterprise.Profile) },
				func() error { return transfer(t, w, back.ID, w.Partner.Profile) },
				func() error {
					return errOf(w.IssueLicense(t.Context(), w.Reseller, plaza.NewLicense{Profile: w.Enterprise.Profile, Plan: w.Plans[plaza.Development].ID}))
				})
		}
		for _, p := range []plaza.Actor{w.Partner, w.Enterprise} {
			allow(t, w, w.Reseller, plaza.NewAllowance{Profile: p.Profile, Kind: plaza.Development, Most: 50})
		}
		stale := 0
		for _, err := range together(deeds...) {
			if kind := plaza.KindOf(err); kind == plaza.Stale || kind == plaza.Conflict {
				stale++
			} else {
				must(t, err)
			}
		}
		equal(t, "how often somebody else was faster", stale, 1)
		for _, a := range must1[plaza.List[plaza.Allowance]](t)(w.AllowancesBelow(t.Context(), w.Reseller, plaza.AllowanceFilter{}, plaza.Page{})).Rows {
			held := must1[plaza.List[plaza.License]](t)(w.Licenses(t.Context(), w.Reseller, plaza.LicenseFilter{Profile: a.Profile, Kinds: []plaza.LicenseKind{plaza.Development}}, plaza.Page{}))
			equal(t, a.ProfileName, a.Used, held.Total)
		}
	})
}

// TestABillingIDDoesNotGoAlong: the vendor transfers a license to the partner of another reseller.
func TestABillingIDDoesNotGoAlong(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		l := issued(t, w)
		must(t, w.BillLicense(ctx, w.Reseller, l.ID, plaza.LicenseBilling{BillingID: "L-OF-RESELLER", Version: l.Version}))
		must(t, w.TransferLicense(ctx, w.Vendor, l.ID, w.StrangerPartner.Profile, reason, l.Version+1))
		got := must1[plaza.License](t)(w.License(ctx, w.Stranger, l.ID))
		if got.BillingID != "" {
			t.Errorf("the other reseller sees %s", got.BillingID)
		}
		got = must1[plaza.License](t)(w.License(ctx, w.StrangerPartner, l.ID))
		if got.BillingID != "" {
			t.Errorf("its partner sees %s", got.BillingID)
		}
	})
}

// TestNothingIsAskedOfWhatIsTransferred: at the same time, one of the two is too late.
func TestNothingIsAskedOfWhatIsTransferred(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		for range 40 {
			l := issued(t, w)
			errs := together(
				func() error { return w.TransferLicense(ctx, w.Reseller, l.ID, w.Enterprise.Profile, reason, l.Version) },
				func() error {
					return errOf(w.MakeRequest(ctx, w.Partner, plaza.Wish{End: &plaza.LicenseWish{License: l.ID}}, ""))
				},
			)
			if errs[0] != nil {
				continue
			}
			open := must1[plaza.List[plaza.Request]](t)(w.Requests(ctx, w.Partner, plaza.RequestFilter{Subject: l.ID, States: []plaza.RequestState{plaza.RequestOpen}}, plaza.Page{}))
			if open.Total == 0 {
				continue
			}
			t.Errorf("the license is the enterprise's, and the partner's request about it is open")
		}
	})
}

// TestWhoTakesALicenseIsToldOfItsEnd: whatever the one before was told.
func TestWhoTakesALicenseIsToldOfItsEnd(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		p := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "Short", TermMonths: 1, Machines: 1})
		l := must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: p.ID}))
		w.Clock.Advance(25 * day)
		must(t, w.TellEnds(ctx, plaza.Clerk))
		must(t, w.TransferLicense(ctx, back(t, w, "reseller"), l.ID, w.Enterprise.Profile, reason, read(t, w, l.ID).Version))
		w.Clock.Advance(time.Hour)
		must(t, w.TellEnds(ctx, plaza.Clerk))
		if toldOfEnds(t, w, back(t, w, "enterprise")) == 0 {
			t.Error("who holds it now was told nothing of an end in a few days")
		}
	})
}

// TestALicenseWorksAgainElsewhere: one that stood still with its profile, which is said before.
func TestALicenseWorksAgainElsewhere(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		l := issued(t, w)
		suspend(t, w, w.Vendor, w.Partner.Profile)
		p := must1[plaza.Transfer](t)(w.TransferOf(ctx, w.Reseller, l.ID, w.Enterprise.Profile))
		if !p.Revives || !p.Clash.IsZero() {
			t.Errorf("%+v", p)
		}
		must(t, transfer(t, w, l.ID, w.Enterprise.Profile))
		equal(t, "it is", read(t, w, l.ID).State(w.Clock.Now()), plaza.LicenseActive)
	})
}

// TestTransfersBesideOtherDeeds: while profiles are suspended and agents report, nothing fails.
func TestTransfersBesideOtherDeeds(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		var seats []seat
		var machines []plaza.Activation
		for range 4 {
			s := sellPlan(t, w, w.Reseller, w.Partner.Profile, w.Plans[plaza.ConnectAgentLicense].ID, apptest.Start())
			seats, machines = append(seats, s), append(machines, activate(t, w.Fleet, s, "fp"+s.ID))
		}
		for round := range 4 {
			to := []string{w.Enterprise.Profile, w.Partner.Profile}[round%2]
			var deeds []func() error
			for i, s := range seats {
				deeds = append(deeds,
					func() error { return transfer(t, w, s.License.ID, to) },
					func() error {
						b, err := w.Fleet.Identify(ctx, s.key, plaza.Origin{Address: "192.0.2.1"})
						if err != nil {
							return plaza.Errorf(plaza.Conflict, "error.conflict") // it stands still
						}
						_, err = w.Fleet.Report(ctx, b, machines[i].ID, plaza.Report{
							Health:        []plaza.Health{plaza.HealthOK, plaza.HealthError}[round%2],
							Notifications: []plaza.NewNotification{{Level: string(plaza.LevelInfo), Message: "Up", At: w.Clock.Now()}},
						})
						return err
					},
					func() error {
						return w.RecordHeartbeats(ctx, plaza.Simulator, []plaza.Heartbeat{{Agent: s.ID, At: w.Clock.Now(), Health: plaza.HealthOK, Notifications: []plaza.NewNotification{{Level: string(plaza.LevelInfo), Message: "Up", At: w.Clock.Now()}}}})
					},
				)
			}
			for _, p := range []plaza.Actor{w.Partner, w.Enterprise} {
				deeds = append(deeds, func() error {
					v := profile(t, w, p.Profile)
					if err := w.SuspendProfile(ctx, w.Reseller, p.Profile, reason, v.Version); err != nil {
						return err
					}
					return w.ResumeProfile(ctx, w.Reseller, p.Profile, v.Version+1)
				})
			}
			for i, err := range together(deeds...) {
				if kind := plaza.KindOf(err); err != nil && kind != plaza.Stale && kind != plaza.Conflict {
					t.Errorf("round %d, deed %d: %v", round, i, err)
				}
			}
			w.Clock.Advance(time.Minute)
		}
	})
}

// TestWhatAnAgentToldOfItsMachineGoesAlong: its components and processes.
func TestWhatAnAgentToldOfItsMachineGoesAlong(t *testing.T) {
	t.Parallel()
	bareWorlds(t, func(t *testing.T, w bare) {
		ctx := t.Context()
		s := sellPlan(t, w.World, w.Reseller, w.Partner.Profile, w.Plans[plaza.ConnectAgentLicense].ID, apptest.Start())
		m := activate(t, w.Fleet, s, "fp")
		must(t, errOf(w.Fleet.AddComponent(ctx, come(t, w.Fleet, s), m.ID, plaza.NewComponent{Fingerprint: "c1", Name: "One"})))
		must(t, transfer(t, w.World, s.License.ID, w.Enterprise.Profile))
		must(t, errOf(w.Fleet.AddComponent(ctx, come(t, w.Fleet, s), m.ID, plaza.NewComponent{Fingerprint: "c2", Name: "Two"})))
		must(t, errOf(w.Fleet.Spawn(ctx, come(t, w.Fleet, s), m.ID, "1", "")))
		must(t, transfer(t, w.World, s.License.ID, w.Partner.Profile))
		for _, table := range []string{"components", "processes"} {
			for _, row := range w.rows(t, table) {
				if !strings.Contains(row, w.Partner.Profile) {
					t.Errorf("%s: %s", table, row)
				}
			}
		}
	})
}
