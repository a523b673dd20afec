package app_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
)

// plan adds a plan to the catalogue.
func plan(t testing.TB, w *apptest.World, in plaza.NewPlan) plaza.Plan {
	t.Helper()
	if in.Machines == 0 {
		in.Machines = 1
	}
	return must1[plaza.Plan](t)(w.CreatePlan(t.Context(), w.SignIn(t, "vendor@example.com"), in))
}

// read returns a license as it is kept.
func read(t testing.TB, w *apptest.World, id string) plaza.License {
	t.Helper()
	return must1[plaza.License](t)(w.License(t.Context(), w.SignIn(t, "vendor@example.com"), id))
}

func TestRenewLicense(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		l := issued(t, w)
		must(t, w.RenewLicense(ctx, w.Reseller, l.ID, " as agreed ", 1))
		got := read(t, w, l.ID)
		if !got.Ends.Equal(apptest.Start().AddDate(2, 0, 0)) || got.Version != 2 {
			t.Errorf("ends %s in version %d", got.Ends, got.Version)
		}
		history := must1[plaza.List[plaza.AuditLine]](t)(w.History(ctx, w.Partner, l.ID, plaza.Page{}))
		if e := history.Rows[0]; e.Verb != plaza.LicenseRenew || e.Reason != "as agreed" || len(e.Changes) != 1 || e.Changes[0].Field != "ends" {
			t.Errorf("%+v", e)
		}
		want(t, "clicked twice", w.RenewLicense(ctx, w.Reseller, l.ID, "", 1), plaza.Stale)
		want(t, "another reseller", w.RenewLicense(ctx, w.Stranger, l.ID, "", 2), plaza.NotFound)
		for _, who := range []plaza.Actor{w.Partner, w.Enterprise, w.StrangerPartner} {
			want(t, who.ProfileName, w.RenewLicense(ctx, who, l.ID, "", 2), plaza.Forbidden)
		}

		w.Clock.Advance(3 * 365 * day)
		if state := read(t, w, l.ID).State(w.Clock.Now()); state != plaza.LicenseExpired {
			t.Fatalf("it is %s", state)
		}
		must(t, w.RenewLicense(ctx, w.SignIn(t, "reseller@example.com"), l.ID, "", 2))
		if got = read(t, w, l.ID); !got.Ends.Equal(plaza.AddMonths(w.Clock.Now(), 12)) {
			t.Errorf("after it lapsed it ends %s", got.Ends)
		}
	})
}

// TestATrialIsPaidFor: the agent goes on with the key and on the machine it has.
func TestATrialIsPaidFor(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		trial := plan(t, w, plaza.NewPlan{Kind: plaza.ConnectAgentLicense, Name: "Trial", TermMonths: 1, Trial: true, Terms: only(plaza.ModuleMonitor)})
		a := must1[plaza.ConnectAgent](t)(w.CreateAgent(ctx, w.Reseller, plaza.NewAgent{Profile: w.Partner.Profile, Plan: trial.ID, Name: "A"}))
		key, m := keyOf(t, w, a), activated(t, w, a, "host")
		want(t, "renewed", w.RenewLicense(ctx, w.Reseller, a.License.ID, "", 1), plaza.Conflict)
		year := w.Plans[plaza.ConnectAgentLicense].ID
		want(t, "for no reason", w.ChangePlan(ctx, w.Reseller, a.License.ID, year, "", 1), plaza.Invalid)
		wantField(t, "to another kind's", w.ChangePlan(ctx, w.Reseller, a.License.ID, w.Plans[plaza.Development].ID, reason, 1), "plan", "problem.plan")
		want(t, "another reseller", w.ChangePlan(ctx, w.Stranger, a.License.ID, year, reason, 1), plaza.NotFound)
		for _, who := range []plaza.Actor{w.Partner, w.Enterprise, w.StrangerPartner} {
			want(t, who.ProfileName, w.ChangePlan(ctx, who, a.License.ID, year, reason, 1), plaza.Forbidden)
		}

		must(t, w.ChangePlan(ctx, w.Reseller, a.License.ID, year, reason, 1))
		got := read(t, w, a.License.ID)
		if got.Trial || got.Plan != year || !got.Ends.Equal(apptest.Start().AddDate(1, 0, 0)) {
			t.Errorf("%+v", got)
		}
		if keyOf(t, w, a) != key {
			t.Error("it has another key")
		}
		b := must1[*app.Bearer](t)(w.Fleet.Identify(ctx, key, plaza.Origin{}))
		if all := w.Fleet.Machines(b); len(all) != 1 || all[0].ID != m.ID {
			t.Errorf("it is activated on %+v", all)
		}
		if len(b.Standing.Terms.Modules) != len(plaza.Modules()) {
			t.Errorf("modules: %v", b.Standing.Terms.Modules)
		}
		want(t, "again", w.ChangePlan(ctx, w.Reseller, a.License.ID, year, reason, 2), plaza.Conflict)
	})
}

// TestAPlanTooSmall: a license is not put under a plan for fewer machines than it
// runs on.
func TestAPlanTooSmall(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		two := plan(t, w, plaza.NewPlan{Kind: plaza.ConnectAgentLicense, Name: "Two machines", TermMonths: 12, Machines: 2})
		a := must1[plaza.ConnectAgent](t)(w.CreateAgent(ctx, w.Reseller, plaza.NewAgent{Profile: w.Partner.Profile, Plan: two.ID, Name: "A"}))
		activated(t, w, a, "one")
		second := activated(t, w, a, "two")
		one := w.Plans[plaza.ConnectAgentLicense].ID
		want(t, "on two machines", w.ChangePlan(ctx, w.Reseller, a.License.ID, one, reason, 1), plaza.Conflict)
		must(t, errOf(w.ReleaseActivation(ctx, w.Partner, second.ID)))
		must(t, w.ChangePlan(ctx, w.Reseller, a.License.ID, one, reason, 1))
	})
}

// TestATermBeginsWhenItIsActivated: until then nothing runs out.
func TestATermBeginsWhenItIsActivated(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		late := plan(t, w, plaza.NewPlan{Kind: plaza.ConnectAgentLicense, Name: "From activation", TermMonths: 1, StartsActivated: true, Machines: 2})
		sold := func(name string) plaza.ConnectAgent {
			return must1[plaza.ConnectAgent](t)(w.CreateAgent(ctx, w.Reseller, plaza.NewAgent{Profile: w.Partner.Profile, Plan: late.ID, Name: name}))
		}
		online, offline := sold("A"), sold("B")
		w.Clock.Advance(100 * day)
		if l := read(t, w, online.License.ID); !l.Awaits || l.State(w.Clock.Now()) != plaza.LicenseActive {
			t.Fatalf("%+v", l)
		}
		begun := w.Clock.Now()
		w.Vendor = w.SignIn(t, "vendor@example.com")
		activated(t, w, online, "host")
		must(t, errOf(w.ActivateOffline(ctx, w.SignIn(t, "partner@example.com"), offline.ID, plaza.NewOffline{Request: request(t, w, offline, "other"), Days: 30})))
		for _, a := range []plaza.ConnectAgent{online, offline} {
			if l := read(t, w, a.License.ID); l.Awaits || !l.Starts.Equal(begun) || !l.Ends.Equal(plaza.AddMonths(begun, 1)) {
				t.Errorf("%s: %+v", a.Name, l)
			}
		}
		w.Clock.Advance(day)
		w.Vendor = w.SignIn(t, "vendor@example.com")
		activated(t, w, online, "another host")
		if l := read(t, w, online.License.ID); !l.Starts.Equal(begun) {
			t.Errorf("activated again, it starts %s", l.Starts)
		}
	})
}

// only returns default terms with these modules only.
func only(modules ...plaza.Module) plaza.Terms {
	t := plaza.DefaultTerms()
	t.Modules = modules
	return t
}

// TestAnOutlookIsWhatBecomes: what is shown beforehand is what is done, and looking
// changes nothing.
func TestAnOutlookIsWhatBecomes(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		l := issued(t, w)
		paid := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "Paid", TermMonths: 3, GraceDays: 4, Prices: []plaza.Money{{Currency: "EUR", Minor: 1250}}, Terms: only(plaza.ModuleMonitor)})
		gone := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "Gone", TermMonths: 1})
		w.Vendor = w.SignIn(t, "vendor@example.com")
		must(t, w.WithdrawPlan(ctx, w.Vendor, gone.ID, 1))

		o := must1[plaza.Outlook](t)(w.RenewalOf(ctx, w.Reseller, l.ID))
		if !o.Clash.IsZero() || !o.Before.License.Ends.Equal(l.Ends) || !o.After.License.Ends.Equal(plaza.AddMonths(l.Ends, 12)) || len(o.Before.Terms.Modules) != len(plaza.Modules()) {
			t.Errorf("renewed: %+v", o)
		}
		o = must1[plaza.Outlook](t)(w.PlanChangeOf(ctx, w.Reseller, l.ID, ""))
		if len(o.Plans) != 1 || o.Plans[0].ID != paid.ID || o.After.License.ID != "" {
			t.Errorf("it can be put under %+v", o.Plans)
		}
		o = must1[plaza.Outlook](t)(w.PlanChangeOf(ctx, w.Reseller, l.ID, paid.ID))
		if !o.Clash.IsZero() || o.After.License.PlanName != "Paid" || len(o.After.Terms.Modules) != 1 || o.After.Prices[0].Minor != 1250 {
			t.Errorf("under the other plan: %+v", o.After)
		}
		for _, id := range []string{gone.ID, l.Plan, w.Plans[plaza.ConnectAgentLicense].ID, "never"} {
			if o := must1[plaza.Outlook](t)(w.PlanChangeOf(ctx, w.Reseller, l.ID, id)); o.Clash.Key != "problem.plan" || o.After.License.ID != "" {
				t.Errorf("plan %s: %+v", id, o)
			}
		}
		if got := read(t, w, l.ID); got.Version != 1 {
			t.Errorf("looking made version %d", got.Version)
		}
		must(t, w.ChangePlan(ctx, w.Reseller, l.ID, paid.ID, reason, 1))
		if got := read(t, w, l.ID); !got.Ends.Equal(o.After.License.Ends) && !o.After.License.Ends.IsZero() {
			t.Errorf("ends %s, and was to end %s", got.Ends, o.After.License.Ends)
		}
		w.Vendor = w.SignIn(t, "vendor@example.com")
		must(t, w.EditPlan(ctx, w.Vendor, paid.ID, plaza.NewPlan{Name: "Paid", TermMonths: 3, Machines: 1, Prices: []plaza.Money{{Currency: "EUR", Minor: 9900}}}, 1))
		o = must1[plaza.Outlook](t)(w.PlanChangeOf(ctx, w.Reseller, l.ID, paid.ID))
		if o.Before.Prices[0].Minor != 1250 || o.After.Prices[0].Minor != 9900 {
			t.Errorf("the newest edition of its plan: %+v", o)
		}
		must(t, w.EndLicense(ctx, w.Reseller, l.ID, reason, 2))
		if o := must1[plaza.Outlook](t)(w.RenewalOf(ctx, w.Reseller, l.ID)); o.Clash.Key != "license.ended_already" {
			t.Errorf("after its end: %+v", o.Clash)
		}
		must(t, errOf(w.RenewalOf(ctx, w.Partner, l.ID))) // which may ask for it
		must(t, errOf(w.PlanChangeOf(ctx, w.Partner, l.ID, paid.ID)))
		looker := w.Invite(t, w.Reseller, w.Partner.Profile, "Looker", plaza.Support)
		for who, kind := range map[*plaza.Actor]plaza.Kind{&w.Stranger: plaza.NotFound, &w.StrangerPartner: plaza.NotFound, &w.Enterprise: plaza.NotFound, &looker: plaza.Forbidden} {
			want(t, who.Name, errOf(w.RenewalOf(ctx, *who, l.ID)), kind)
			want(t, who.Name, errOf(w.PlanChangeOf(ctx, *who, l.ID, paid.ID)), kind)
		}
	})
}

// TestWhatRenewsByItself is valid all the time, whenever somebody writes its new end
// down, and is renewed once for each term.
func TestWhatRenewsByItself(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		monthly := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "Monthly", TermMonths: 1, Renews: true})
		issue := func() plaza.License {
			return must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: monthly.ID}))
		}
		l, suspended, once := issue(), issue(), issued(t, w)
		must(t, w.SuspendLicense(ctx, w.Reseller, suspended.ID, reason, 1))
		must(t, w.RenewDue(ctx, plaza.Clerk))
		if got := read(t, w, l.ID); got.Version != 1 {
			t.Error("renewed a month ahead")
		}
		w.Clock.Advance(l.Ends.Sub(w.Clock.Now()) - 30*time.Minute)
		must(t, w.RenewDue(ctx, plaza.Clerk))
		must(t, w.RenewDue(ctx, plaza.Clerk))
		got := read(t, w, l.ID)
		if !got.Ends.Equal(apptest.Start().AddDate(0, 2, 0)) || got.Version != 2 {
			t.Errorf("%+v", got)
		}
		w.Clock.Advance(100 * day) // nobody was there
		if state := got.State(w.Clock.Now()); state != plaza.LicenseActive {
			t.Errorf("it is %s", state)
		}
		must(t, w.RenewDue(ctx, plaza.Clerk))
		if got = read(t, w, l.ID); !got.Ends.Equal(apptest.Start().AddDate(0, 5, 0)) || got.Version != 3 {
			t.Errorf("%+v", got)
		}
		if got := read(t, w, suspended.ID); got.Version != 2 {
			t.Error("what is suspended is renewed")
		}
		if got := read(t, w, once.ID); got.Version != 1 {
			t.Error("what does not renew is renewed")
		}
		history := must1[plaza.List[plaza.AuditLine]](t)(w.History(ctx, w.SignIn(t, "partner@example.com"), l.ID, plaza.Page{})).Rows
		if len(history) != 3 || history[0].Verb != plaza.LicenseRenew {
			t.Errorf("%+v", history)
		}
		want(t, "by somebody at a desk", w.RenewDue(ctx, w.SignIn(t, "partner@example.com")), plaza.Forbidden)
	})
}

// TestNeverValidOutsideItsDates lets the clock leap to and fro, also to the microsecond
// around where something begins or ends, while licenses are renewed, suspended, resumed
// and ended, and holds what agents are told on two nodes against dates that it counts
// itself.
func TestNeverValidOutsideItsDates(t *testing.T) {
	t.Parallel()
	nodes(t, func(t *testing.T, w *apptest.World, second *app.Fleet) {
		ctx := t.Context()
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		rnd := rand.New(rand.NewPCG(seed, 5))
		type held struct {
			seat

			suspended, ended, renews bool
		}
		var all []*held
		for i, in := range []plaza.NewPlan{
			{TermMonths: 1, GraceDays: 3}, {TermMonths: 12}, {TermMonths: 1, Trial: true, GraceDays: 1}, {TermMonths: 3, GraceDays: 14}, {TermMonths: 1, Renews: true}, {},
		} {
			in.Kind, in.Name, in.Machines, in.Terms = plaza.ConnectAgentLicense, fmt.Sprint("Plan ", i), 1, plaza.DefaultTerms()
			p := plan(t, w, in)
			for _, ahead := range []time.Duration{0, 20 * day} {
				var starts time.Time
				if ahead > 0 {
					starts = apptest.Start().Add(ahead)
				}
				h := &held{seat: sellPlan(t, w, w.SignIn(t, "reseller@example.com"), w.Partner.Profile, p.ID, starts), renews: in.Renews}
				w.Clock.Set(apptest.Start().Add(ahead))
				activate(t, w.Fleet, h.seat, "fp")
				w.Clock.Set(apptest.Start())
				all = append(all, h)
			}
		}
		valid, not := 0, 0
		for range 60 {
			h := all[rnd.IntN(len(all))]
			l := read(t, w, h.License.ID)
			edges := []time.Time{l.Starts, l.Ends, l.Ends.Add(time.Duration(l.GraceDays) * day), apptest.Start().Add(time.Duration(rnd.IntN(900)) * day)}
			if now := edges[rnd.IntN(len(edges))]; now.Year() > 2000 {
				w.Clock.Set(now.Add(time.Duration(rnd.IntN(3)-1) * time.Microsecond))
			}
			by := w.SignIn(t, "reseller@example.com")
			var err error
			switch rnd.IntN(6) {
			case 0:
				err = w.RenewLicense(ctx, by, l.ID, "", l.Version)
			case 1:
				if err = w.SuspendLicense(ctx, by, l.ID, reason, l.Version); err == nil {
					h.suspended = true
				}
			case 2:
				if err = w.ResumeLicense(ctx, by, l.ID, l.Version); err == nil {
					h.suspended = false
				}
			case 3:
				if rnd.IntN(8) == 0 {
					if err = w.EndLicense(ctx, by, l.ID, reason, l.Version); err == nil {
						h.ended = true
					}
				}
			case 4:
				err = w.RenewDue(ctx, plaza.Clerk)
			}
			if plaza.KindOf(err) != plaza.Conflict {
				must(t, err)
			}
			must(t, second.Follow(ctx))
			now := w.Clock.Now()
			for _, h := range all {
				l := read(t, w, h.License.ID)
				over := !h.renews && !l.Ends.IsZero() && now.UnixMicro() >= l.Ends.UnixMicro()+int64(l.GraceDays)*24*60*60*1_000_000
				want := !h.ended && !h.suspended && now.UnixMicro() >= l.Starts.UnixMicro() && !over
				for where, f := range map[string]*app.Fleet{"here": w.Fleet, "elsewhere": second} {
					if want {
						must1[app.Pong](t)(ping(t, f, h.seat, "fp")) // so that its machine lives
					}
					_, v, _, err := f.CheckKey(ctx, h.key, plaza.CheckScope{Fingerprint: plaza.Give("fp")}, plaza.Origin{})
					must(t, err)
					if v.Valid != want {
						t.Fatalf("%s at %v: %s, want %t of %+v", where, now, v.Code, want, l)
					}
				}
				if want {
					valid++
				} else {
					not++
				}
			}
		}
		if valid < 100 || not < 100 {
			t.Errorf("%d were valid and %d not: too few to tell", valid, not)
		}
	})
}
