package app_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
)

// many issues n licenses to the partner, and returns their IDs.
func many(t testing.TB, w *apptest.World, n int) (ids []string) {
	t.Helper()
	for range n {
		ids = append(ids, issued(t, w).ID)
	}
	return ids
}

// finish works until there is nothing to do, at most so many times.
func finish(t testing.TB, a *app.App, most int) {
	t.Helper()
	for range most {
		if !must1[bool](t)(a.WorkOnBatch(t.Context(), plaza.Clerk)) {
			return
		}
	}
	t.Fatalf("there is work left after %d times", most)
}

func TestAllOrNone(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		trial := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "Trial", TermMonths: 1, Trial: true}).ID
		never := must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: trial, Name: "Tried"}))
		good := many(t, w, 105) // more than are done at once
		renewed := w.Events(t, plaza.LicenseRenew, plaza.Done)

		b := must1[plaza.Batch](t)(w.ChangeLicenses(ctx, w.Reseller, plaza.Bulk{Kind: plaza.BatchRenew, Licenses: append(good[:104:104], never.ID, good[104]), Whole: true}))
		finish(t, w.App, 2)
		got, failed, err := w.Batch(ctx, w.Reseller, b.ID)
		must(t, err)
		if !got.Whole || got.Done != 0 || got.Failed != 106 || got.Finished.IsZero() {
			t.Errorf("%+v", got)
		}
		for _, f := range failed {
			if own := f.Object == never.ID; own != (f.Why.Key == "license.renew_trial") || own == (f.Why.Key == "batch.not_alone") {
				t.Errorf("%+v", f)
			}
		}
		if n := w.Events(t, plaza.LicenseRenew, plaza.Done) - renewed; n != 0 {
			t.Errorf("%d renewals are on record", n)
		}
		for _, id := range good {
			if l := license(t, w, id); l.Version != 1 {
				t.Fatalf("renewed: %+v", l)
			}
		}

		must1[plaza.Batch](t)(w.ChangeLicenses(ctx, w.Reseller, plaza.Bulk{Kind: plaza.BatchRenew, Licenses: good, Whole: true}))
		finish(t, w.App, 2)
		if n := w.Events(t, plaza.LicenseRenew, plaza.Done) - renewed; n != len(good) || license(t, w, good[104]).Version != 2 {
			t.Errorf("%d renewals are on record", n)
		}
		for name, bad := range map[string]plaza.Bulk{
			"an end":   {Kind: plaza.BatchEnd, Licenses: good, Again: len(good), Reason: "Because I can", Whole: true},
			"too many": {Kind: plaza.BatchRenew, Licenses: make([]string, plaza.MostWhole+1), Whole: true},
		} {
			want(t, name, errOf(w.ChangeLicenses(ctx, w.Reseller, bad)), plaza.Invalid)
		}
		want(t, "a stranger's", errOf(w.ChangeLicenses(ctx, w.Stranger, plaza.Bulk{Kind: plaza.BatchRenew, Licenses: good, Whole: true})), plaza.NotFound)
	})
}

func TestRenewLicenses(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		trial := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "Trial", TermMonths: 1, Trial: true}).ID
		never := must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: trial, Name: "Tried"}))
		ids := append(many(t, w, 3), never.ID)
		b := must1[plaza.Batch](t)(w.ChangeLicenses(ctx, w.Reseller, plaza.Bulk{Kind: plaza.BatchRenew, Licenses: ids, Reason: " the new year "}))
		if b.Total != 4 || !b.Finished.IsZero() {
			t.Errorf("%+v", b)
		}
		if got := license(t, w, ids[0]); got.Version != 1 {
			t.Error("it is renewed before anybody worked on it")
		}
		finish(t, w.App, 2)
		got, failed, err := w.Batch(ctx, w.Reseller, b.ID)
		must(t, err)
		if got.Done != 3 || got.Failed != 1 || got.Finished.IsZero() || got.Percent() != 100 || got.LoginName != w.Reseller.Name {
			t.Errorf("%+v", got)
		}
		equal(t, "what failed", failed, []plaza.BatchProblem{{Object: never.ID, Name: "Tried", Why: plaza.T("license.renew_trial")}})
		for _, id := range ids[:3] {
			l := license(t, w, id)
			if !l.Ends.Equal(apptest.Start().AddDate(2, 0, 0)) || l.Version != 2 {
				t.Errorf("%+v", l)
			}
			history := must1[plaza.List[plaza.AuditLine]](t)(w.History(ctx, w.Partner, id, plaza.Page{})).Rows
			if e := history[0]; len(history) != 2 || e.Verb != plaza.LicenseRenew || e.Reason != "the new year" {
				t.Errorf("%+v", history)
			}
		}
		if n := must1[plaza.List[plaza.Notice]](t)(w.Notices(ctx, w.Reseller, plaza.Page{})).Rows; len(n) == 0 || n[0].Kind != plaza.NoticeBatchDone || n[0].About != "renew/3/1" {
			t.Errorf("%+v", n)
		}
		if all := must1[plaza.List[plaza.Batch]](t)(w.Batches(ctx, w.Vendor, plaza.Page{})).Rows; len(all) != 1 || all[0].ID != b.ID {
			t.Errorf("%+v", all)
		}

		for name, who := range map[string]plaza.Actor{"the partner": w.Partner, "another reseller": w.Stranger} {
			if _, _, err := w.Batch(ctx, who, b.ID); plaza.KindOf(err) != plaza.NotFound {
				t.Errorf("%s: %v", name, err)
			}
			if all := must1[plaza.List[plaza.Batch]](t)(w.Batches(ctx, who, plaza.Page{})).Rows; len(all) != 0 {
				t.Errorf("%s: %+v", name, all)
			}
		}
		want(t, "another reseller's", errOf(w.ChangeLicenses(ctx, w.Stranger, plaza.Bulk{Kind: plaza.BatchRenew, Licenses: ids[:1]})), plaza.NotFound)
		want(t, "one's own partner's and another's", errOf(w.ChangeLicenses(ctx, w.Reseller, plaza.Bulk{Kind: plaza.BatchRenew, Licenses: append(ids[:1:1], "never")})), plaza.NotFound)
		want(t, "by a partner", errOf(w.ChangeLicenses(ctx, w.Partner, plaza.Bulk{Kind: plaza.BatchRenew, Licenses: ids})), plaza.Forbidden)
		want(t, "by somebody at a desk", errOf(w.WorkOnBatch(ctx, w.Vendor)), plaza.Forbidden)
		for name, bad := range map[string]plaza.Bulk{
			"none": {Kind: plaza.BatchRenew}, "one twice": {Kind: plaza.BatchRenew, Licenses: []string{ids[0], ids[1], ids[0]}}, "too long a reason": {Kind: plaza.BatchRenew, Licenses: ids, Reason: strings.Repeat("x", 501)},
			"nothing that is chosen": {Kind: plaza.BatchEdition, Licenses: ids}, "without a reason": {Kind: plaza.BatchEnd, Licenses: ids, Again: len(ids)}, "without how many": {Kind: plaza.BatchEnd, Licenses: ids, Reason: reason, Again: 1},
			"too many": {Kind: plaza.BatchRenew, Licenses: make([]string, plaza.MostAtOnce+1)},
		} {
			want(t, name, errOf(w.ChangeLicenses(ctx, w.Reseller, bad)), plaza.Invalid)
		}
	})
}

// TestManyAreSuspendedResumedAndEnded: each as it would be by itself, with what it is
// activated on, and none without the reason that one needs.
func TestManyAreSuspendedResumedAndEnded(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		agent := must1[plaza.ConnectAgent](t)(w.CreateAgent(ctx, w.Reseller, plaza.NewAgent{
			Profile: w.Partner.Profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: "A",
		}))
		activated(t, w, agent, "host")
		ids := append(many(t, w, 2), agent.License.ID)
		do := func(kind plaza.BatchKind, ids []string, agents int) plaza.Batch {
			t.Helper()
			o := must1[plaza.BulkOutlook](t)(w.BulkOutlook(ctx, w.Reseller, plaza.Bulk{Kind: kind, Licenses: ids}))
			b := must1[plaza.Batch](t)(w.ChangeLicenses(ctx, w.Reseller, plaza.Bulk{Kind: kind, Licenses: ids, Reason: " they do not pay ", Again: len(ids)}))
			finish(t, w.App, len(ids)+1)
			b, failed, err := w.Batch(ctx, w.Reseller, b.ID)
			must(t, err)
			if o.Able != b.Done || o.Agents != agents || len(failed) != len(ids)-o.Able {
				t.Errorf("%s: %+v was said, and %+v is done; %+v failed", kind, o, b, failed)
			}
			return b
		}
		states := func(when string, want plaza.LicenseState) {
			t.Helper()
			for _, id := range ids {
				l := license(t, w, id)
				equal(t, when, l.State(w.Clock.Now()), want)
				if want == plaza.LicenseSuspended {
					equal(t, "the reason", l.SuspendReason, "they do not pay")
				}
			}
		}
		must(t, w.SuspendLicense(ctx, w.Reseller, ids[0], "they do not pay", 1))
		if b := do(plaza.BatchSuspend, ids, 1); b.Done != 2 || b.Failed != 1 {
			t.Errorf("%+v", b)
		}
		states("suspended", plaza.LicenseSuspended)
		do(plaza.BatchResume, ids, 1)
		states("resumed", plaza.LicenseActive)
		do(plaza.BatchEnd, ids, 1)
		states("ended", plaza.LicenseEnded)
		if still := must1[[]plaza.Activation](t)(w.Activations(ctx, w.Reseller, agent.ID)); len(still) != 1 || still[0].Ended.IsZero() {
			t.Errorf("it is activated on %+v", still)
		}
		if b := do(plaza.BatchResume, ids, 0); b.Done != 0 || b.Failed != 3 {
			t.Errorf("after they ended: %+v", b)
		}
		for _, kind := range []plaza.BatchKind{plaza.BatchSuspend, plaza.BatchEnd} {
			want(t, "without a reason", errOf(w.ChangeLicenses(ctx, w.Reseller, plaza.Bulk{Kind: kind, Licenses: ids})), plaza.Invalid)
			want(t, "another reseller's", errOf(w.ChangeLicenses(ctx, w.Stranger, plaza.Bulk{Kind: kind, Licenses: ids, Reason: reason, Again: len(ids)})), plaza.NotFound)
			want(t, "another reseller's", errOf(w.BulkOutlook(ctx, w.Stranger, plaza.Bulk{Kind: kind, Licenses: ids})), plaza.NotFound)
		}
	})
}

// TestManyEndBesideOthers: while heartbeats come in and somebody ends some of them one by
// one, nobody is in another's way for good.
func TestManyEndBesideOthers(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		allow(t, w, w.Vendor, plaza.NewAllowance{Profile: w.Reseller.Profile, Kind: plaza.ConnectAgentLicense, Most: 1000})
		var ids []string
		var pulses []plaza.Pulse
		for i := range 40 {
			a := must1[plaza.ConnectAgent](t)(w.CreateAgent(ctx, w.Reseller, plaza.NewAgent{
				Profile: w.Partner.Profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: fmt.Sprint("A ", i),
			}))
			ids = append(ids, a.License.ID)
			pulses = append(pulses, plaza.Pulse{ID: activated(t, w, a, fmt.Sprint("host ", i)).ID, At: w.Clock.Now()})
		}
		slices.SortFunc(pulses, func(a, b plaza.Pulse) int { return cmp.Compare(a.ID, b.ID) })
		slices.Reverse(ids)
		b := must1[plaza.Batch](t)(w.ChangeLicenses(ctx, w.Reseller, plaza.Bulk{Kind: plaza.BatchEnd, Licenses: ids, Reason: reason, Again: len(ids)}))
		working, done := context.WithCancel(ctx)
		errs := together(
			func() error {
				defer done()
				for {
					if worked, err := w.WorkOnBatch(ctx, plaza.Clerk); err != nil || !worked {
						return err
					}
				}
			},
			func() error {
				for i := 0; working.Err() == nil; i++ {
					for j := range pulses {
						pulses[j].At = pulses[j].At.Add(time.Second)
					}
					if err := w.DB.Tx(ctx, func(tx *store.Tx) error { return tx.PutPulses(ctx, pulses) }); err != nil {
						return err
					}
				}
				return nil
			},
			func() error {
				for _, id := range ids {
					l, err := w.License(ctx, w.Reseller, id)
					if err == nil {
						err = w.EndLicense(ctx, w.Reseller, id, reason, l.Version)
					}
					if kind := plaza.KindOf(err); err != nil && kind != plaza.Conflict && kind != plaza.Stale {
						return err
					}
				}
				return nil
			},
		)
		for _, err := range errs {
			must(t, err)
		}
		if got, _, err := w.Batch(ctx, w.Reseller, b.ID); err != nil || got.Done+got.Failed != len(ids) {
			t.Errorf("%+v, %v", got, err)
		}
		for _, id := range ids {
			equal(t, "in the end", license(t, w, id).State(w.Clock.Now()), plaza.LicenseEnded)
		}
	})
}

// TestABatchNamesNobodyBeyond: for whom it was, and what failed of it, to who sees that no
// more, or never did.
func TestABatchNamesNobodyBeyond(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		w.Stranger.Session = ""
		ctx := t.Context()
		middle := w.Add(t, w.Reseller, plaza.Reseller, "Middle")
		middle.Session = ""
		deep := w.Add(t, middle, plaza.Partner, "Deep")
		in := plaza.NewLicense{Profile: deep.Profile, Plan: w.Plans[plaza.Development].ID, Name: "X"}
		made := must1[plaza.Batch](t)(w.IssueLicenses(ctx, middle, in, 2))
		l := must1[plaza.License](t)(w.IssueLicense(ctx, middle, in))
		failing := must1[plaza.Batch](t)(w.ChangeLicenses(ctx, middle, plaza.Bulk{Kind: plaza.BatchResume, Licenses: []string{l.ID}}))
		finish(t, w.App, 3)
		see := func(who plaza.Actor, holder, name string) {
			t.Helper()
			for _, b := range must1[plaza.List[plaza.Batch]](t)(w.Batches(ctx, who, plaza.Page{})).Rows {
				if b.Makes() && b.Holder != holder {
					t.Errorf("in the list, %s reads that it is for %q", who.ProfileName, b.Holder)
				}
			}
			b, _, err := w.Batch(ctx, who, made.ID)
			must(t, err)
			equal(t, who.ProfileName+" reads that it is for", b.Holder, holder)
			_, failed, err := w.Batch(ctx, who, failing.ID)
			must(t, err)
			equal(t, who.ProfileName+" reads that one failed", failed[0].Name, name)
		}
		see(middle, "Deep", "X")
		see(w.Reseller, "Deep", "X")
		w.Clock.Advance(day)
		moved(t, w, deep.Profile, middle, w.Reseller)
		see(middle, "", "")
		see(w.Reseller, "Deep", "X")
		w.Clock.Advance(day)
		moved(t, w, middle.Profile, w.Reseller, w.Stranger)
		see(w.Stranger, "", "")
	})
}

// TestABatchIsDoneOnce: by two nodes at the same time, one of which ends between two
// parts of it, and whose successor goes on.
func TestABatchIsDoneOnce(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		ids := many(t, w, 250)
		b := must1[plaza.Batch](t)(w.ChangeLicenses(ctx, w.Reseller, plaza.Bulk{Kind: plaza.BatchRenew, Licenses: ids}))
		node := func() *app.App {
			return app.New(w.DB, app.Config{Now: w.Clock.Now, Steady: w.Clock.Steady, Texts: w.Texts, Box: w.Box, FastHash: true})
		}
		must(t, errOf(node().WorkOnBatch(ctx, plaza.Clerk))) // and is never heard of again
		if half, _, err := w.Batch(ctx, w.Reseller, b.ID); err != nil || half.Done != 100 || !half.Finished.IsZero() {
			t.Errorf("after the first part: %+v, %v", half, err)
		}
		two := []*app.App{node(), node()}
		for range 4 {
			for _, err := range together(
				func() error { return errOf(two[0].WorkOnBatch(ctx, plaza.Clerk)) },
				func() error { return errOf(two[1].WorkOnBatch(ctx, plaza.Clerk)) },
			) {
				must(t, err)
			}
		}
		got, _, err := w.Batch(ctx, w.Reseller, b.ID)
		must(t, err)
		if got.Done != 250 || got.Failed != 0 || got.Finished.IsZero() {
			t.Errorf("%+v", got)
		}
		for _, id := range ids {
			if l := license(t, w, id); l.Version != 2 || !l.Ends.Equal(apptest.Start().AddDate(2, 0, 0)) {
				t.Fatalf("%+v", l)
			}
		}
	})
}

// TestABatchHasTheRightsOfWhoeverStartedIt, as they are when it is done.
func TestABatchHasTheRightsOfWhoeverStartedIt(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		ids := many(t, w, 2)
		colleague := w.Invite(t, w.Reseller, w.Reseller.Profile, "Colleague", plaza.Manager)
		start := func() plaza.Batch {
			return must1[plaza.Batch](t)(w.ChangeLicenses(ctx, colleague, plaza.Bulk{Kind: plaza.BatchRenew, Licenses: ids}))
		}
		result := func(b plaza.Batch) string {
			finish(t, w.App, 2)
			got, failed, err := w.Batch(ctx, w.Reseller, b.ID)
			must(t, err)
			if got.Done != 0 || got.Failed != 2 || len(failed) != 2 {
				t.Fatalf("%+v", got)
			}
			return failed[0].Why.Key
		}
		demoted := start()
		edit := plaza.LoginEdit{Name: "Colleague", Role: plaza.Support, Dashboard: true, Version: login(t, w, colleague.Login).Version}
		must(t, w.EditLogin(ctx, w.Reseller, colleague.Login, edit))
		if why := result(demoted); why != "error.forbidden" {
			t.Errorf("demoted: %s", why)
		}
		edit.Role, edit.Version = plaza.Manager, login(t, w, colleague.Login).Version
		must(t, w.EditLogin(ctx, w.Reseller, colleague.Login, edit))
		colleague = w.SignIn(t, "colleague@example.com")
		gone := start()
		must(t, w.DisableLogin(ctx, w.Reseller, colleague.Login, login(t, w, colleague.Login).Version))
		if why := result(gone); why != "batch.starter_gone" {
			t.Errorf("disabled: %s", why)
		}
	})
}

// TestManyAreMade: as many as were asked for, each once and with a number in its name;
// what an allowance lets nobody make by then is told of.
func TestManyAreMade(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		in := plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID, Name: " Bench "}
		for name, err := range map[string]error{
			"none": errOf(w.IssueLicenses(ctx, w.Reseller, in, 0)), "too many": errOf(w.IssueLicenses(ctx, w.Reseller, in, plaza.MostAtOnce+1)),
		} {
			want(t, name, err, plaza.Invalid)
		}
		bad := in
		bad.Plan = w.Plans[plaza.ConnectAgentLicense].ID
		wantField(t, "of another kind", errOf(w.IssueLicenses(ctx, w.Reseller, bad, 2)), "plan", "problem.plan")
		want(t, "for another reseller's partner", errOf(w.IssueLicenses(ctx, w.Stranger, in, 2)), plaza.NotFound)
		want(t, "by a partner", errOf(w.IssueLicenses(ctx, w.Partner, in, 2)), plaza.Forbidden)
		want(t, "agents without a name", errOf(w.CreateAgents(ctx, w.Reseller, plaza.NewAgent{Profile: w.Partner.Profile, Plan: bad.Plan}, 2)), plaza.Invalid)

		bound := allow(t, w, w.Vendor, plaza.NewAllowance{Profile: w.Reseller.Profile, Kind: plaza.Development, Most: 11})
		wantMessage(t, "more than the allowance", errOf(w.IssueLicenses(ctx, w.Reseller, in, 12)), "allowance.few_own")
		wantMessage(t, "by the vendor", errOf(w.IssueLicenses(ctx, w.Vendor, in, 12)), "allowance.few_below")
		b := must1[plaza.Batch](t)(w.IssueLicenses(ctx, w.Reseller, in, 11))
		issued(t, w) // so that one is too many
		finish(t, w.App, 3)
		got, failed, err := w.Batch(ctx, w.Reseller, b.ID)
		must(t, err)
		if got.Done != 10 || got.Failed != 1 || len(failed) != 1 || failed[0].Name != "Bench 11" || failed[0].Why.Key != "allowance.full_own" {
			t.Errorf("%+v %+v", got, failed)
		}
		equal(t, "used", must1[plaza.Allowance](t)(w.Allowance(ctx, w.Vendor, bound.ID)).Used, 11)
		list := must1[plaza.List[plaza.License]](t)(w.Licenses(ctx, w.Partner, plaza.LicenseFilter{Text: "Bench"}, plaza.Page{Sort: "name"}))
		if list.Total != 10 || list.Rows[0].Name != "Bench 01" || list.Rows[9].Name != "Bench 10" {
			t.Errorf("%d, the first %q", list.Total, list.Rows[0].Name)
		}
		equal(t, "recorded", w.Events(t, plaza.LicenseIssue, plaza.Done) >= 10, true)

		b = must1[plaza.Batch](t)(w.CreateAgents(ctx, w.Reseller, plaza.NewAgent{Profile: w.Partner.Profile, Plan: bad.Plan, Name: "Till"}, 3))
		finish(t, w.App, 3)
		if got, _, err := w.Batch(ctx, w.Reseller, b.ID); err != nil || got.Done != 3 {
			t.Errorf("%+v %v", got, err)
		}
		agents := must1[plaza.List[plaza.ConnectAgent]](t)(w.Agents(ctx, w.Partner, plaza.AgentFilter{Text: "Till"}, plaza.Page{Sort: "name"}))
		if agents.Total != 3 || agents.Rows[2].Name != "Till 3" {
			t.Errorf("%+v", agents)
		}
	})
}

// TestNewestEditionForAll: licenses of before take over what their plan promises now,
// with their key and end; what is on too many machines stays.
func TestNewestEditionForAll(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		p := plan(t, w, plaza.NewPlan{Kind: plaza.ConnectAgentLicense, Name: "Gold", TermMonths: 12, Machines: 2, Terms: terms(func(t *plaza.Terms) { t.Floating = true }), Prices: []plaza.Money{{Currency: "EUR", Minor: 100}}})
		wide := sellPlan(t, w, w.Reseller, w.Partner.Profile, p.ID, time.Time{})
		narrow := sellPlan(t, w, w.Reseller, w.Partner.Profile, p.ID, time.Time{})
		others := sellPlan(t, w, w.Stranger, w.StrangerPartner.Profile, p.ID, time.Time{})
		over := sellPlan(t, w, w.Reseller, w.Partner.Profile, p.ID, time.Time{})
		lapsed := w.Clock.Now().Add(-day)
		must(t, w.DB.Tx(ctx, func(tx *store.Tx) error {
			l, err := tx.License(ctx, plaza.Everyone("a test"), over.License.ID)
			l.Starts, l.Ends, l.Updated = lapsed.AddDate(-1, 0, 0), lapsed, w.Clock.Now()
			return errors.Join(err, tx.SetLicenseTerm(ctx, plaza.Everyone("a test"), l))
		}))
		activate(t, w.Fleet, wide, "one")
		activate(t, w.Fleet, wide, "two")
		wantMessage(t, "nothing is older", errOf(w.ApplyEdition(ctx, w.Reseller, p.ID, reason)), "plan.none_older")
		must(t, w.EditPlan(ctx, w.Vendor, p.ID, plaza.NewPlan{Name: "Gold", TermMonths: 12, GraceDays: 30, Machines: 1, Terms: plaza.DefaultTerms(), Prices: []plaza.Money{{Currency: "EUR", Minor: 200}}}, 1))

		now, older, err := w.EditionChange(ctx, w.Reseller, p.ID)
		must(t, err)
		equal(t, "older", older, []plaza.EditionCount{{Edition: 1, Count: 2, Prices: []plaza.Money{{Currency: "EUR", Minor: 100}}}})
		equal(t, "now", now.Edition, 2)
		want(t, "without a reason", errOf(w.ApplyEdition(ctx, w.Reseller, p.ID, "so")), plaza.Invalid)
		want(t, "by a partner", errOf(w.ApplyEdition(ctx, w.Partner, p.ID, reason)), plaza.Forbidden)
		b := must1[plaza.Batch](t)(w.ApplyEdition(ctx, w.Reseller, p.ID, reason))
		finish(t, w.App, 3)
		got, failed, err := w.Batch(ctx, w.Reseller, b.ID)
		must(t, err)
		if got.Done != 1 || len(failed) != 1 || failed[0].Object != wide.License.ID || failed[0].Why.Key != "license.too_many_machines" {
			t.Errorf("%+v %+v", got, failed)
		}
		if l := read(t, w, narrow.License.ID); l.Edition != 2 || l.GraceDays != 30 || l.Machines != 1 || !l.Ends.Equal(narrow.License.Ends) {
			t.Errorf("%+v", l)
		}
		for name, s := range map[string]seat{"on two machines": wide, "another reseller's": others, "lapsed": over} {
			if l := read(t, w, s.License.ID); l.Edition != 1 || l.GraceDays != 0 {
				t.Errorf("%s: %+v", name, l)
			}
		}
	})
}
