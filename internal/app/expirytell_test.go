package app_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
)

// TestWebhooksAreToldOfEnds: that a license comes to its end at each step, that its grace
// begins and that it expires at the moment it does; each once, by whichever node, and also
// after a time in which none ran. Not of what renews by itself, is suspended or has ended.
func TestWebhooksAreToldOfEnds(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		with := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "With grace", TermMonths: 3, GraceDays: 5}).ID
		without := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "Without", TermMonths: 3}).ID
		own := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "Goes on", TermMonths: 3, Renews: true}).ID
		issue := func(plan, name string) plaza.License {
			t.Helper()
			return must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: plan, Name: name}))
		}
		l := issue(with, "Patient")
		issue(without, "Strict")
		issue(own, "Renews")
		must(t, w.SuspendLicense(ctx, w.Reseller, issue(with, "Suspended").ID, reason, 1))
		must(t, w.EndLicense(ctx, w.Reseller, issue(with, "Ended").ID, reason, 1))
		kinds := []plaza.EventKind{plaza.EventLicenseExpiring, plaza.EventLicenseGrace, plaza.EventLicenseExpired}
		hooks := map[string]plaza.Webhook{"partner": hook(t, w, w.Partner, kinds...), "reseller": hook(t, w, w.Reseller, kinds...), "stranger": hook(t, w, w.Stranger, kinds...)}
		must(t, w.TellPassedEnds(ctx, plaza.Clerk)) // from now on
		till := func(at time.Time) {
			t.Helper()
			w.Clock.Set(at)
			for range 2 { // two nodes
				must(t, w.TellEnds(ctx, plaza.Clerk))
				must(t, w.TellPassedEnds(ctx, plaza.Clerk))
			}
		}
		told := func(name string) (all []string) {
			t.Helper()
			for _, d := range sent(t, w, back(t, w, name), hooks[name].ID) {
				all = append(all, d.Name+" "+string(d.Kind)+" "+strconv.Itoa(int(l.Ends.Sub(d.At).Hours()/24)))
			}
			slices.Sort(all)
			return all
		}
		till(l.Ends.AddDate(0, 0, -8))
		till(l.Ends.Add(-time.Microsecond))
		till(l.Ends) // the very moment
		till(l.Ends.AddDate(0, 0, 3))
		want := []string{
			"Patient license.expiring 0", "Patient license.expiring 8", "Patient license.grace_begun 0",
			"Strict license.expired 0", "Strict license.expiring 0", "Strict license.expiring 8",
		}
		equal(t, "at its end", told("partner"), want)
		till(l.Ends.AddDate(0, 0, 40)) // none ran meanwhile
		till(l.Ends.AddDate(0, 0, 80))
		want = slices.Insert(want, 0, "Patient license.expired -5")
		equal(t, "after its grace", told("partner"), want)
		equal(t, "those above", told("reseller"), want)
		equal(t, "the stranger", len(told("stranger")), 0)
		for what, by := range map[string]plaza.Actor{"the vendor": back(t, w, "vendor"), "the postman": plaza.Postman} {
			if err := w.TellPassedEnds(ctx, by); plaza.KindOf(err) != plaza.Forbidden {
				t.Errorf("told by %s: %v", what, err)
			}
		}
	})
}

// TestEveryPageOfPassedEndsIsRead: those of one moment, and each of the two moments of a
// license.
func TestEveryPageOfPassedEndsIsRead(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ids := many(t, w, 5)
		from := license(t, w, ids[0]).Ends
		seen := map[string]int{}
		must(t, w.DB.Read(t.Context(), func(tx *store.Tx) error {
			for last := (store.Passed{At: from}); ; {
				some, err := tx.PassedEnds(t.Context(), plaza.Everyone("a test"), last, from.AddDate(0, 0, plaza.MostGrace), 2)
				if err != nil || len(some) == 0 {
					return err
				}
				for _, one := range some {
					if one.At.Before(last.At) {
						t.Errorf("%s comes too late", one.ID)
					}
					seen[one.ID+" "+one.At.String()]++
				}
				last = some[len(some)-1]
			}
		}))
		for _, id := range ids {
			for _, at := range []time.Time{from, license(t, w, id).GraceEnds()} {
				equal(t, id, seen[id+" "+at.String()], 1)
			}
		}
	})
}
