package app_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// allow bounds how many licenses a profile below that of by may hold.
func allow(t testing.TB, w *apptest.World, by plaza.Actor, in plaza.NewAllowance) plaza.Allowance {
	t.Helper()
	return must1[plaza.Allowance](t)(w.CreateAllowance(t.Context(), by, in))
}

// wantMessage fails unless err is a Conflict that says what key says.
func wantMessage(t testing.TB, what string, err error, key string) {
	t.Helper()
	want(t, what, err, plaza.Conflict)
	if got := plaza.AsError(err).Msg.Key; got != key {
		t.Errorf("%s: says %q, want %q", what, got, key)
	}
}

func TestAllowance(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		dev := w.Plans[plaza.Development].ID
		issue := func(by plaza.Actor, profile string) (plaza.License, error) {
			return w.IssueLicense(ctx, by, plaza.NewLicense{Profile: profile, Plan: dev})
		}
		first := issued(t, w) // the partner's: it counts in the reseller's
		a := allow(t, w, w.Vendor, plaza.NewAllowance{Profile: w.Reseller.Profile, Kind: plaza.Development, Most: 2})
		if a.Used != 1 {
			t.Errorf("%d are used", a.Used)
		}
		must(t, errOf(issue(w.Reseller, w.Reseller.Profile)))
		wantMessage(t, "one too many, by the reseller", errOf(issue(w.Reseller, w.Partner.Profile)), "allowance.full_own")
		wantMessage(t, "by the vendor", errOf(issue(w.Vendor, w.Enterprise.Profile)), "allowance.full_below")
		must(t, errOf(issue(w.Stranger, w.StrangerPartner.Profile))) // has none
		must1[plaza.ConnectAgent](t)(w.CreateAgent(ctx, w.Reseller, plaza.NewAgent{Profile: w.Partner.Profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: "Of another kind"}))

		middle := w.Add(t, w.Reseller, plaza.Reseller, "Middle")
		err := errOf(issue(middle, middle.Profile))
		wantMessage(t, "below it", err, "allowance.full_above")
		if args := fmt.Sprint(plaza.AsError(err).Msg.Args); strings.Contains(args, "Reseller") || strings.Contains(args, "2") {
			t.Errorf("it tells of those above: %s", args)
		}

		must(t, w.EndLicense(ctx, w.Reseller, first.ID, reason, 1))
		must(t, errOf(issue(w.Reseller, w.Partner.Profile)))
		wantMessage(t, "less than there are", w.EditAllowance(ctx, w.Vendor, a.ID, plaza.AllowanceEdit{Most: 1, Version: 1}), "allowance.used_already")
		must(t, w.EditAllowance(ctx, w.Vendor, a.ID, plaza.AllowanceEdit{Most: 1, Overage: 2, Version: 1}))
		must(t, errOf(issue(w.Reseller, w.Partner.Profile)))
		wantMessage(t, "past the overage", errOf(issue(w.Reseller, w.Partner.Profile)), "allowance.full_own")
		want(t, "as it was before", w.EditAllowance(ctx, w.Vendor, a.ID, plaza.AllowanceEdit{Most: 9, Version: 1}), plaza.Stale)

		all := must1[[]plaza.Allowance](t)(w.Allowances(ctx, w.Reseller, w.Reseller.Profile))
		if len(all) != 1 || all[0].Used != 3 || all[0].State() != plaza.AllowanceOver || all[0].ProfileName != "Reseller" {
			t.Errorf("%+v", all)
		}
		want(t, "more, by oneself", w.EditAllowance(ctx, w.Reseller, a.ID, plaza.AllowanceEdit{Most: 9, Version: 2}), plaza.NotFound)
		want(t, "removed, by oneself", w.RemoveAllowance(ctx, w.Reseller, a.ID, 2), plaza.NotFound)
		want(t, "made, for oneself", errOf(w.CreateAllowance(ctx, w.Reseller, plaza.NewAllowance{Profile: w.Reseller.Profile, Kind: plaza.Development})), plaza.Invalid)
		for name, who := range map[string]plaza.Actor{"the partner below": w.Partner, "another reseller": w.Stranger} {
			if all := must1[[]plaza.Allowance](t)(w.Allowances(ctx, who, who.Profile)); len(all) != 0 {
				t.Errorf("%s sees %+v", name, all)
			}
			if all := must1[plaza.List[plaza.Allowance]](t)(w.AllowancesBelow(ctx, who, plaza.AllowanceFilter{}, plaza.Page{})); all.Total != 0 {
				t.Errorf("%s sees %+v", name, all)
			}
			want(t, name, errOf(w.Allowance(ctx, who, a.ID)), plaza.NotFound)
			want(t, name, errOf(w.Allowances(ctx, who, w.Reseller.Profile)), plaza.NotFound)
		}
		must(t, w.RemoveAllowance(ctx, w.Vendor, a.ID, 2))
		must(t, errOf(issue(w.Reseller, w.Partner.Profile)))
	})
}

func TestWhatAnAllowanceIsFor(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		year := w.Plans[plaza.Development].ID
		month := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "A month", TermMonths: 1}).ID
		in := plaza.NewAllowance{Profile: w.Reseller.Profile, Plan: year, Most: 1}
		allow(t, w, w.Vendor, in)
		want(t, "a second one", errOf(w.CreateAllowance(ctx, w.Vendor, in)), plaza.Conflict)
		issued(t, w)
		wantMessage(t, "of the plan", errOf(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: year})), "allowance.full_own")
		other := must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: month}))
		wantMessage(t, "put under the plan", w.ChangePlan(ctx, w.Reseller, other.ID, year, reason, 1), "allowance.full_own")
		if got := read(t, w, other.ID); got.Plan != month {
			t.Errorf("it is under %s", got.PlanName)
		}
		for name, bad := range map[string]plaza.NewAllowance{
			"of nothing": {Most: 1}, "of both": {Kind: plaza.Development, Plan: year}, "of no kind": {Kind: "never"},
			"below nothing": {Kind: plaza.Development, Most: -1}, "with an overage below nothing": {Kind: plaza.Development, Overage: -1},
		} {
			bad.Profile = w.Reseller.Profile
			want(t, name, errOf(w.CreateAllowance(ctx, w.Vendor, bad)), plaza.Invalid)
		}
		want(t, "of a plan that is not there", errOf(w.CreateAllowance(ctx, w.Vendor, plaza.NewAllowance{Profile: w.Reseller.Profile, Plan: "never"})), plaza.Invalid)
		base := plaza.NewAllowance{Profile: w.Stranger.Profile, Kind: plaza.PartnerLicense, Most: 1}
		allow(t, w, w.Vendor, base) // it has one partner
		_, err := w.CreateProfile(ctx, w.Stranger, plaza.NewProfile{Parent: w.Stranger.Profile, Kind: plaza.Partner, Name: "One more", Plan: w.Plans[plaza.PartnerLicense].ID})
		wantMessage(t, "a partner more", err, "allowance.full_own")
	})
}

// TestAllowancesAreToldOf: once on the way up, by mail and in the bell.
func TestAllowancesAreToldOf(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		allow(t, w, w.Vendor, plaza.NewAllowance{Profile: w.Reseller.Profile, Kind: plaza.Development, Most: 5})
		told := func() (kinds []plaza.NoticeKind) {
			for _, n := range must1[plaza.List[plaza.Notice]](t)(w.Notices(ctx, w.Reseller, plaza.Page{})).Rows {
				if n.Kind == plaza.NoticeAllowanceNear || n.Kind == plaza.NoticeAllowanceFull {
					kinds = append(kinds, n.Kind)
				}
			}
			return kinds
		}
		for range 3 {
			issued(t, w)
		}
		equal(t, "at 60 %", told(), []plaza.NoticeKind(nil))
		last := issued(t, w)
		equal(t, "at 80 %", told(), []plaza.NoticeKind{plaza.NoticeAllowanceNear})
		must(t, w.EndLicense(ctx, w.Reseller, last.ID, reason, 1))
		issued(t, w)
		issued(t, w)
		equal(t, "at 100 %", told(), []plaza.NoticeKind{plaza.NoticeAllowanceFull, plaza.NoticeAllowanceNear, plaza.NoticeAllowanceNear})
		mails := 0
		for _, m := range must1[plaza.List[plaza.Mail]](t)(w.Mails(ctx, w.Vendor, plaza.MailFilter{}, plaza.Page{})).Rows {
			if m.Kind == plaza.MailAllowance && m.To == "reseller@example.com" {
				mails++
			}
		}
		if mails != 3 {
			t.Errorf("%d mails", mails)
		}
	})
}

// TestAllowancesAreExact: whatever goes on at the same time, no commit leaves more
// licenses than an allowance lets there be.
func TestAllowancesAreExact(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		year := w.Plans[plaza.Development].ID
		month := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "A month", TermMonths: 1}).ID
		allow(t, w, w.Vendor, plaza.NewAllowance{Profile: w.Reseller.Profile, Kind: plaza.Development, Most: 7})
		allow(t, w, w.Vendor, plaza.NewAllowance{Profile: w.Reseller.Profile, Plan: month, Most: 3})
		bound := allow(t, w, w.Reseller, plaza.NewAllowance{Profile: w.Partner.Profile, Kind: plaza.Development, Most: 5})

		var done sync.WaitGroup
		var made atomic.Int64
		holders := []string{w.Reseller.Profile, w.Partner.Profile, w.Enterprise.Profile}
		for worker := range 8 {
			done.Go(func() {
				for i := range 12 {
					plan, holder := year, holders[(worker+i)%len(holders)]
					if i%2 == 0 {
						plan = month
					}
					l, err := w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: holder, Plan: plan})
					if !expected(err) {
						t.Errorf("issue: %v", err)
					}
					if err != nil {
						continue
					}
					made.Add(1)
					switch (worker + i) % 4 {
					case 0:
						must(t, w.EndLicense(ctx, w.Reseller, l.ID, reason, 1))
					case 1:
						other := month
						if plan == month {
							other = year
						}
						if err := w.ChangePlan(ctx, w.Reseller, l.ID, other, reason, 1); !expected(err) {
							t.Errorf("change plan: %v", err)
						}
					}
				}
			})
		}
		watching, stop := context.WithCancel(ctx)
		looked := make(chan int)
		go func() {
			n := 0
			for ; watching.Err() == nil; n++ {
				for _, a := range must1[plaza.List[plaza.Allowance]](t)(w.AllowancesBelow(ctx, w.Vendor, plaza.AllowanceFilter{}, plaza.Page{})).Rows {
					if a.Exceeded() {
						t.Errorf("%s: %d of %d", allowedFor(a), a.Used, a.Most)
					}
				}
			}
			looked <- n
		}()
		done.Go(func() { // a bound moves up and down meanwhile
			for v := 1; v < 20; {
				err := w.EditAllowance(ctx, w.Reseller, bound.ID, plaza.AllowanceEdit{Most: 3 + v%3, Version: v})
				if err == nil {
					v++
				} else if !expected(err) {
					t.Errorf("edit: %v", err)
					return
				} else { // there are more already; there are never more than 5
					must(t, w.EditAllowance(ctx, w.Reseller, bound.ID, plaza.AllowanceEdit{Most: 5, Version: v}))
					v++
				}
			}
		})
		done.Wait()
		stop()
		if n := <-looked; n == 0 || made.Load() == 0 {
			t.Errorf("%d were made, and looked %d times", made.Load(), n)
		}
	})
}

// allowedFor returns what an allowance is for.
func allowedFor(a plaza.Allowance) string {
	return string(a.Kind) + a.PlanName + " of " + a.ProfileName
}

// expected reports whether err is nothing, or that an allowance is full.
func expected(err error) bool { return err == nil || plaza.KindOf(err) == plaza.Conflict }

// TestAllowancesBelowAreAList: by page and by state, which is the one that each has.
func TestAllowancesBelowAreAList(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		for most := range 7 {
			below := w.Add(t, w.Reseller, plaza.Partner, fmt.Sprint("Below ", most))
			a := allow(t, w, w.Reseller, plaza.NewAllowance{Profile: below.Profile, Kind: plaza.Development, Most: most, Overage: 1})
			for range min(5, a.Most+a.Overage) {
				must(t, errOf(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: below.Profile, Plan: w.Plans[plaza.Development].ID})))
			}
		}
		states := map[plaza.AllowanceState]int{}
		for page := (plaza.Page{Size: 3}); ; {
			list := must1[plaza.List[plaza.Allowance]](t)(w.AllowancesBelow(ctx, w.Reseller, plaza.AllowanceFilter{}, page))
			for _, a := range list.Rows {
				states[a.State()]++
			}
			if page.After = list.Next; page.After == "" {
				break
			}
		}
		equal(t, "states", states, map[plaza.AllowanceState]int{plaza.AllowanceOver: 5, plaza.AllowanceFull: 1, plaza.AllowanceNear: 1})
		for _, s := range plaza.AllowanceStates() {
			f := plaza.AllowanceFilter{States: []plaza.AllowanceState{s}}
			list := must1[plaza.List[plaza.Allowance]](t)(w.AllowancesBelow(ctx, w.Reseller, f, plaza.Page{}))
			if list.Total != states[s] || slices.ContainsFunc(list.Rows, func(a plaza.Allowance) bool { return a.State() != s }) {
				t.Errorf("%s: %+v", s, list)
			}
			equal(t, "of another reseller", must1[plaza.List[plaza.Allowance]](t)(w.AllowancesBelow(ctx, w.Stranger, f, plaza.Page{})).Total, 0)
		}
		named := must1[plaza.List[plaza.Allowance]](t)(w.AllowancesBelow(ctx, w.Vendor, plaza.AllowanceFilter{Text: "below 6"}, plaza.Page{}))
		if named.Total != 1 || named.Rows[0].Most != 6 {
			t.Errorf("%+v", named)
		}
	})
}
