package app_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// TestWhoIsAboveAllTheTimeSeesAllMonths: also of a profile that goes deeper below the same reseller.
func TestWhoIsAboveAllTheTimeSeesAllMonths(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		ctx, of := t.Context(), w.Partner.Profile
		dev := priced(t, w, plaza.Development, "Dev", 31_00)
		middle := w.Add(t, w.Reseller, plaza.Reseller, "Middle")
		middle.Session = ""
		must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: of, Plan: dev.ID}))
		w.Clock.Advance(40 * day) // to February
		moved(t, w, of, w.Reseller, middle)
		w.Clock.Advance(time.Hour)
		for _, who := range []plaza.Actor{w.Vendor, w.Reseller} {
			_, err := w.Statement(ctx, who, of, january, 0)
			if err != nil {
				t.Errorf("%s, above it all the time, and january: %v", who.ProfileName, err)
			}
			all := must1[plaza.Billed](t)(w.Statements(ctx, who, of))
			equal(t, who.ProfileName, named(all), []string{"2026-02 (2)", "2026-02 (1)", "2026-01"})
		}
	})
}

// TestABookingOfBeforeIsNobodysBusiness: whoever takes a profile chooses its currency.
func TestABookingOfBeforeIsNobodysBusiness(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		w.Stranger.Session = ""
		ctx, of := t.Context(), w.Partner.Profile
		must1[plaza.Adjustment](t)(w.Adjust(ctx, w.Reseller, of, plaza.NewAdjustment{Minor: -500, Reason: reason}))
		w.Clock.Advance(10 * day)
		moved(t, w, w.Partner.Profile, w.Reseller, w.Stranger)
		w.Clock.Advance(time.Hour)
		held := billedOn(t, w, of)
		err := w.EditBilling(ctx, w.Stranger, of, plaza.BillingEdit{Currency: "USD", TimeZone: held.TimeZone, Number: held.Number})
		if err != nil {
			t.Errorf("who has it now sees no booking, and is told: %v", err)
		}
	})
}

// TestTermsEndWithWhoSetThem: a reseller that moves leaves what the one above it set for those below it, and keeps what
// it set itself.
func TestTermsEndWithWhoSetThem(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		w.Stranger.Session = ""
		ctx := t.Context()
		middle := w.Add(t, w.Reseller, plaza.Reseller, "Middle")
		deep := w.Add(t, middle, plaza.Partner, "Deep")
		l := must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: deep.Profile, Plan: w.Plans[plaza.Development].ID}))
		must(t, w.BillLicense(ctx, w.Reseller, l.ID, plaza.LicenseBilling{BillingID: "SECRET-OF-RESELLER", Version: 1}))
		own := must1[plaza.License](t)(w.IssueLicense(ctx, middle, plaza.NewLicense{Profile: deep.Profile, Plan: w.Plans[plaza.Development].ID}))
		must(t, w.BillLicense(ctx, middle, own.ID, plaza.LicenseBilling{BillingID: "OWN", Version: 1}))
		must(t, w.EditBilling(ctx, w.Reseller, deep.Profile, plaza.BillingEdit{Currency: "EUR", Discount: 1234, TimeZone: "UTC", BillingID: "D-SECRET"}))
		moved(t, w, middle.Profile, w.Reseller, w.Stranger)
		equal(t, "its own", must1[plaza.License](t)(w.License(ctx, middle, own.ID)).BillingID, "OWN")
		got := must1[plaza.License](t)(w.License(ctx, w.Stranger, l.ID))
		if got.BillingID != "" {
			t.Errorf("the new one sees license billing ID %s", got.BillingID)
		}
		if held := billedOn(t, w, deep.Profile); held.BillingID != "" || held.Discount != 0 {
			t.Errorf("terms set by who is gone: %+v", held)
		}
	})
}

// TestTheLogTellsNobodyTheTermsOfBefore: what was agreed stands in the log of whoever billed, also that it ended.
func TestTheLogTellsNobodyTheTermsOfBefore(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		w.Stranger.Session = ""
		ctx, of := t.Context(), w.Partner.Profile
		must(t, w.EditBilling(ctx, w.Reseller, of, plaza.BillingEdit{Currency: "EUR", Discount: 1234, TimeZone: "UTC", BillingID: "D-SECRET"}))
		must1[plaza.Adjustment](t)(w.Adjust(ctx, w.Reseller, of, plaza.NewAdjustment{Minor: -500, Reason: reason}))
		moved(t, w, w.Partner.Profile, w.Reseller, w.Stranger)
		all := must1[plaza.List[plaza.AuditLine]](t)(w.AuditEvents(ctx, w.Stranger, plaza.AuditFilter{Verbs: []plaza.Verb{plaza.BillingEdits, plaza.StatementAdjust}}, plaza.Page{}))
		if n := w.Events(t, plaza.BillingEdits, plaza.Done); n != 2 {
			t.Errorf("%d events of billing terms, which were set twice", n)
		}
		for _, r := range all.Rows {
			t.Errorf("who has it now reads: %s %+v %s", r.Verb, r.Changes, r.Reason)
		}
	})
}

// TestAPeriodIsCompleteOnceItsLastDayIsOver: that day belongs to who bills it last.
func TestAPeriodIsCompleteOnceItsLastDayIsOver(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		w.Stranger.Session = ""
		ctx, of := t.Context(), w.Partner.Profile
		dev := priced(t, w, plaza.Development, "Dev", 31_00)
		l := must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: of, Plan: dev.ID}))
		w.Clock.Advance(10 * day)
		must(t, w.SuspendLicense(ctx, w.Reseller, l.ID, reason, read(t, w, l.ID).Version))
		w.Clock.Advance(time.Hour)
		moved(t, w, w.Partner.Profile, w.Reseller, w.Stranger)
		w.Clock.Advance(time.Hour)
		first := must1[*plaza.Statement](t)(w.Statement(ctx, w.Vendor, of, january, 1))
		w.Clock.Advance(time.Hour)
		must(t, w.ResumeLicense(ctx, w.Stranger, l.ID, read(t, w, l.ID).Version))
		w.Clock.Advance(time.Hour)
		then := must1[*plaza.Statement](t)(w.Statement(ctx, w.Vendor, of, january, 1))
		if !first.SoFar || first.Total == then.Total {
			t.Errorf("at first it is %s, so far: %t; an hour later: %s", first.Total.Decimal(), first.SoFar, then.Total.Decimal())
		}
	})
}

// TestAFileTellsNoBillingIDOfSomebodyElse: of a license that another profile holds by now.
func TestAFileTellsNoBillingIDOfSomebodyElse(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		w.Stranger.Session = ""
		ctx := t.Context()
		s := sellPlan(t, w, w.Reseller, w.Partner.Profile, priced(t, w, plaza.ConnectAgentLicense, "Run", 31_00).ID, apptest.Start())
		w.Clock.Advance(10 * day)
		must(t, w.TransferLicense(ctx, w.Vendor, s.License.ID, w.StrangerPartner.Profile, reason, read(t, w, s.License.ID).Version))
		must(t, w.BillLicense(ctx, w.Stranger, s.License.ID, plaza.LicenseBilling{BillingID: "OF-STRANGER", Version: read(t, w, s.License.ID).Version}))
		for _, who := range []plaza.Actor{w.Vendor, w.Partner} {
			of := must1[*plaza.Statement](t)(w.ExportStatement(ctx, who, w.Partner.Profile, january, 0, plaza.StatementCSV))
			for _, d := range of.Detail {
				if d.License == s.License.ID && d.BillingID == "OF-STRANGER" {
					t.Errorf("the file of the partner's statement, for %s: %q %q", who.ProfileName, d.LicenseName, d.BillingID)
				}
			}
		}
	})
}

// TestNoDayIsLostOrHadTwice: however often, and how often a day, partners go to another reseller: the days of the
// periods, of the resellers and of the vendor are the same.
func TestNoDayIsLostOrHadTwice(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		w.Stranger.Session = ""
		ctx := t.Context()
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		r := rand.New(rand.NewPCG(seed, 2))
		dev := priced(t, w, plaza.Development, "Dev", 31_00)
		third := w.Add(t, w.Vendor, plaza.Reseller, "Third")
		third.Session = ""
		owners := []plaza.Actor{w.Reseller, w.Stranger, third}
		type one struct {
			p, l string
			at   int
		}
		var all []one
		for i := range 6 {
			who := w.Add(t, w.Reseller, plaza.Partner, fmt.Sprint("Moving ", i))
			l := must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: who.Profile, Plan: dev.ID}))
			all = append(all, one{who.Profile, l.ID, 0})
		}
		for w.Clock.Now().Before(january.Ends(time.UTC)) {
			w.Clock.Advance(time.Duration(1+r.IntN(40)) * time.Hour)
			o := &all[r.IntN(len(all))]
			for range 1 + r.IntN(3) {
				if r.IntN(2) == 0 {
					l := read(t, w, o.l)
					if l.Suspended.IsZero() {
						must(t, w.SuspendLicense(ctx, w.Vendor, o.l, reason, l.Version))
					} else {
						must(t, w.ResumeLicense(ctx, w.Vendor, o.l, l.Version))
					}
				} else {
					to := (o.at + 1 + r.IntN(2)) % 3
					moved(t, w, o.p, owners[o.at], owners[to])
					o.at = to
				}
				w.Clock.Advance(time.Duration(r.IntN(4)) * time.Hour)
			}
		}
		w.Clock.Advance(3 * day)
		days := func(s *plaza.Statement) (n int) {
			for _, l := range s.Lines {
				if l.Name == "Dev" {
					n += l.Days
				}
			}
			return n
		}
		sum := 0
		for _, o := range all {
			for _, p := range must1[plaza.Billed](t)(w.Statements(ctx, w.Vendor, o.p)).Periods {
				if p.Month == january {
					sum += days(must1[*plaza.Statement](t)(w.Statement(ctx, w.Vendor, o.p, january, p.Number)))
				}
			}
		}
		resellers := 0
		for _, o := range owners {
			resellers += days(statement(t, w, w.Vendor, o.Profile, january))
		}
		whole := days(statement(t, w, w.Vendor, w.Vendor.Profile, january))
		if sum != whole || resellers != whole {
			t.Errorf("%d days in periods, %d at resellers, %d in all", sum, resellers, whole)
		}
	})
}

// TestAMoveIntoAnotherZoneLosesNoDay: the month in which it is has the days of whoever billed it first.
func TestAMoveIntoAnotherZoneLosesNoDay(t *testing.T) {
	t.Parallel()
	for zone, at := range map[string]time.Duration{"Asia/Tokyo": 13 * time.Hour, "America/New_York": -time.Hour} {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			worlds(t, func(t *testing.T, w *apptest.World) {
				patient(w)
				w.Stranger.Session = ""
				ctx, of := t.Context(), w.Partner.Profile
				dev := priced(t, w, plaza.Development, "Dev", 31_00)
				bill(t, w, w.Reseller, of, 0, "UTC")
				must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: of, Plan: dev.ID}))
				w.Clock.Advance(10*day + at)
				m := proposed(t, w)
				must(t, agree(t, w, w.Reseller, m))
				must(t, agree(t, w, w.Stranger, m))
				w.Clock.Advance(time.Hour)
				bill(t, w, w.Stranger, of, 0, zone)
				w.Clock.Advance(30 * day)
				sum := 0
				for number := 1; number <= 2; number++ {
					s := must1[*plaza.Statement](t)(w.Statement(ctx, w.Vendor, of, january, number))
					sum += s.Lines[0].Days
				}
				if sum != 30 { // from the 2nd on
					t.Errorf("moved at %s UTC: %d days of 30 are billed", m.Created, sum)
				}
			})
		})
	}
}
