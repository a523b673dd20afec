package app_test

import (
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// TestAMistakeIsDeleted: as if it had never been, but for the log; not once something
// rests on it.
func TestAMistakeIsDeleted(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		month := plaza.MonthOf(w.Clock.Now())
		before := must1[*plaza.Statement](t)(w.Statement(ctx, w.Reseller, w.Reseller.Profile, month, 0))
		bound := allow(t, w, w.Vendor, plaza.NewAllowance{Profile: w.Reseller.Profile, Kind: plaza.ConnectAgentLicense, Most: 9})
		s := sellPlan(t, w, w.Reseller, w.Partner.Profile, w.Plans[plaza.ConnectAgentLicense].ID, apptest.Start())
		id := s.License.ID
		come(t, w.Fleet, s)
		must(t, w.SetAlarm(ctx, w.Partner, s.ID, plaza.AlarmEdit{On: true, Minutes: 5, Address: "a@example.com"}))
		if got := must1[*plaza.Statement](t)(w.Statement(ctx, w.Reseller, w.Reseller.Profile, month, 0)); got.Licenses != before.Licenses+1 {
			t.Errorf("%d licenses are billed, were %d", got.Licenses, before.Licenses)
		}
		for name, stranger := range strangers(w) {
			if stranger.Kind.Administers() {
				want(t, name, w.DeleteLicense(ctx, stranger, id, reason, 1), plaza.NotFound)
				_, _, err := w.Deletion(ctx, stranger, id)
				want(t, name, err, plaza.NotFound)
			}
		}
		want(t, "by the partner", w.DeleteLicense(ctx, w.Partner, id, reason, 1), plaza.Forbidden)
		wantField(t, "without a reason", w.DeleteLicense(ctx, w.Reseller, id, "so", 1), "reason", "problem.reason")
		want(t, "of before", w.DeleteLicense(ctx, w.Reseller, id, reason, 2), plaza.Stale)
		must(t, w.DeleteLicense(ctx, w.Reseller, id, reason, 1))
		want(t, "read", errOf(w.License(ctx, w.Vendor, id)), plaza.NotFound)
		want(t, "its agent", errOf(w.Agent(ctx, w.Vendor, s.ID)), plaza.NotFound)
		wantCode(t, "its key", errOf(w.Fleet.Identify(ctx, s.key, plaza.Origin{})), plaza.Unauthenticated, "LICENSE_INVALID")
		equal(t, "the statement", must1[*plaza.Statement](t)(w.Statement(ctx, w.Reseller, w.Reseller.Profile, month, 0)).Licenses, before.Licenses)
		equal(t, "used", must1[plaza.Allowance](t)(w.Allowance(ctx, w.Vendor, bound.ID)).Used, 0)
		last := must1[plaza.List[plaza.AuditLine]](t)(w.History(ctx, w.Partner, id, plaza.Page{})).Rows[0]
		if last.Verb != plaza.LicenseDelete || last.Reason != reason || last.ObjectName != "Agent" {
			t.Errorf("the log says %+v", last)
		}

		used := sell(t, w, 1, nil)
		activate(t, w.Fleet, used, "fp")
		wantKey(t, "what is activated", w.DeleteLicense(ctx, w.Reseller, used.License.ID, reason, read(t, w, used.License.ID).Version), plaza.Conflict, "license.delete_used")
		filed := agent(t, w)
		must(t, errOf(w.CheckOutLicense(ctx, w.Partner, filed.ID, plaza.NewFile{Encrypted: true, Days: 30})))
		wantKey(t, "of which there is a file", w.DeleteLicense(ctx, w.Reseller, filed.License.ID, reason, read(t, w, filed.License.ID).Version), plaza.Conflict, "license.delete_used")
		base := must1[plaza.List[plaza.License]](t)(w.Licenses(ctx, w.Partner, plaza.LicenseFilter{Kinds: []plaza.LicenseKind{plaza.PartnerLicense}}, plaza.Page{})).Rows[0]
		wantKey(t, "what came with the profile", w.DeleteLicense(ctx, w.Reseller, base.ID, reason, base.Version), plaza.Conflict, "license.delete_base")
		late := issued(t, w)
		w.Clock.Advance(day - time.Second)
		if _, clash, err := w.Deletion(ctx, w.SignIn(t, "reseller@example.com"), late.ID); err != nil || !clash.IsZero() {
			t.Errorf("within a day: %v %v", clash, err)
		}
		w.Clock.Advance(time.Second)
		again := w.SignIn(t, "reseller@example.com")
		wantKey(t, "a day later", w.DeleteLicense(ctx, again, late.ID, reason, 1), plaza.Conflict, "license.delete_late")
		if _, clash, err := w.Deletion(ctx, again, late.ID); err != nil || clash.Key != "license.delete_late" {
			t.Errorf("%v %v", clash, err)
		}
	})
}
