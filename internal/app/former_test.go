package app_test

import (
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// rename gives a profile another name.
func rename(t testing.TB, w *apptest.World, by plaza.Actor, profile, name string) {
	t.Helper()
	p := must1[plaza.Profile](t)(w.Profile(t.Context(), by, profile))
	must(t, w.EditProfile(t.Context(), by, profile, plaza.ProfileEdit{Name: name, WarningDays: 30, Version: p.Version}))
}

// TestWhoHadItKnowsNothingOfLater: neither on which terms it is billed since, nor does what
// is agreed on since change which statements there are of before.
func TestWhoHadItKnowsNothingOfLater(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		w.Stranger.Session = ""
		ctx := t.Context()
		w.Clock.Set(time.Date(2026, 1, 31, 23, 30, 0, 0, time.UTC))
		p := w.Add(t, w.Reseller, plaza.Partner, "Here for minutes")
		w.Clock.Advance(15 * time.Minute)
		moved(t, w, p.Profile, w.Reseller, w.Stranger)
		today := must1[plaza.Billed](t)(w.Statements(ctx, w.Reseller, p.Profile))
		if len(today.Periods) != 1 || !today.Periods[0].SoFar {
			t.Errorf("on the day on which it leaves: %+v", today)
		}
		w.Clock.Advance(10 * day)
		before := must1[plaza.Billed](t)(w.Statements(ctx, w.Reseller, p.Profile))
		held := billedOn(t, w, p.Profile)
		in := plaza.BillingEdit{Currency: "USD", Discount: 1234, TimeZone: "Asia/Tokyo", BillingID: "SECRET", Number: held.Number}
		must(t, w.EditBilling(ctx, w.Stranger, p.Profile, in))
		after := must1[plaza.Billed](t)(w.Statements(ctx, w.Reseller, p.Profile))
		equal(t, "what they know", after, before)
		if len(after.Periods) != 1 || after.Terms.BillingID != "" || after.Terms.Currency != "EUR" || after.Periods[0].SoFar {
			t.Errorf("they know %+v", after)
		}
	})
}

// TestANameOfBetweenIsNotTold: one that a profile had while it was with somebody else, to
// who had it before and has it again.
func TestANameOfBetweenIsNotTold(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		w.Stranger.Session = ""
		dev := priced(t, w, plaza.Development, "Dev", 31_00)
		middle := w.Add(t, w.Reseller, plaza.Reseller, "Middle")
		middle.Session = ""
		deep := w.Add(t, middle, plaza.Partner, "Deep")
		must1[plaza.License](t)(w.IssueLicense(t.Context(), middle, plaza.NewLicense{Profile: deep.Profile, Plan: dev.ID}))
		w.Clock.Advance(5 * day)
		moved(t, w, middle.Profile, w.Reseller, w.Stranger)
		w.Clock.Advance(day)
		rename(t, w, w.Stranger, deep.Profile, "SECRET")
		w.Clock.Advance(day)
		moved(t, w, deep.Profile, middle, w.Stranger)
		w.Clock.Advance(day)
		rename(t, w, w.Stranger, deep.Profile, "Harmless")
		w.Clock.Advance(day)
		moved(t, w, deep.Profile, w.Stranger, w.Reseller)
		w.Clock.Advance(30 * day)
		parts := 0
		for _, of := range []string{middle.Profile, w.Reseller.Profile} {
			for _, p := range statement(t, w, w.Reseller, of, january).Parts {
				if p.Name == "SECRET" || p.Name == "" {
					t.Errorf("the reseller reads %q", p.Name)
				}
				if p.Profile == deep.Profile {
					parts++
				}
			}
		}
		equal(t, "how often it stands there", parts, 2)
		stranger := statement(t, w, w.Stranger, middle.Profile, january)
		if stranger.Parts[0].Name != "Harmless" { // as it was when it left the stranger
			t.Errorf("the stranger reads %q", stranger.Parts[0].Name)
		}
	})
}

// TestAPartLeadsToItsStatement: to the period in which it was there, also if its months are
// others.
func TestAPartLeadsToItsStatement(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		w.Stranger.Session = ""
		ctx, of := t.Context(), w.Partner.Profile
		dev := priced(t, w, plaza.Development, "Dev", 31_00)
		must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: of, Plan: dev.ID}))
		w.Clock.Advance(10 * day)
		moved(t, w, of, w.Reseller, w.Stranger)
		w.Clock.Set(time.Date(2026, 1, 31, 20, 0, 0, 0, time.UTC))
		tokyo := w.Add(t, w.Reseller, plaza.Partner, "Tokyo")
		bill(t, w, w.Reseller, tokyo.Profile, 0, "Asia/Tokyo")
		must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: tokyo.Profile, Plan: dev.ID}))
		w.Clock.Advance(30 * day)
		led := map[string]string{}
		for _, who := range []plaza.Actor{w.Vendor, w.Reseller} {
			for _, part := range statement(t, w, who, w.Reseller.Profile, january).Parts {
				if part.Profile == w.Reseller.Profile {
					continue
				}
				p := must1[plaza.Period](t)(w.StatementPeriod(ctx, who, part.Profile, part.At))
				s := must1[*plaza.Statement](t)(w.Statement(ctx, who, part.Profile, p.Month, p.Number))
				led[part.Name] = named(plaza.Billed{Periods: []plaza.Period{s.Period}})[0]
				if part.Profile == of {
					equal(t, "what it used", s.Used, part.Net)
				}
				want(t, "of another reseller", errOf(w.StatementPeriod(ctx, w.StrangerPartner, part.Profile, part.At)), plaza.NotFound)
			}
		}
		equal(t, "where they lead", led, map[string]string{"Enterprise": "2026-01", "Partner": "2026-01 (1)", "Tokyo": "2026-02"})
		want(t, "before there was anything", errOf(w.StatementPeriod(ctx, w.Vendor, of, apptest.Start().Add(-100*day))), plaza.NotFound)
	})
}

// TestAPeriodIsTheSameToAll: a number means the same part of a month to everybody who sees
// it, and its days are the same ones.
func TestAPeriodIsTheSameToAll(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		w.Stranger.Session = ""
		dev := priced(t, w, plaza.Development, "Dev", 31_00)
		middle := w.Add(t, w.Reseller, plaza.Reseller, "Middle")
		middle.Session = ""
		deep := w.Add(t, middle, plaza.Partner, "Deep")
		deep.Session = ""
		bill(t, w, w.Reseller, deep.Profile, 0, "UTC")
		must1[plaza.License](t)(w.IssueLicense(t.Context(), w.Reseller, plaza.NewLicense{Profile: deep.Profile, Plan: dev.ID}))
		w.Clock.Set(time.Date(2026, 1, 12, 3, 0, 0, 0, time.UTC))
		moved(t, w, middle.Profile, w.Reseller, w.Stranger)
		w.Clock.Advance(time.Hour)
		bill(t, w, middle, deep.Profile, 0, "America/New_York")
		w.Clock.Advance(3 * day)
		moved(t, w, middle.Profile, w.Stranger, w.Reseller)
		w.Clock.Advance(3 * day)
		moved(t, w, deep.Profile, middle, w.Reseller)
		w.Clock.Advance(30 * day)
		got := map[string][]string{}
		days := map[string]int{}
		for _, who := range []plaza.Actor{w.Reseller, w.Stranger, middle, deep, w.Vendor} {
			for _, p := range must1[plaza.Billed](t)(w.Statements(t.Context(), who, deep.Profile)).Periods {
				if p.Month == january {
					got[who.ProfileName] = append(got[who.ProfileName], named(plaza.Billed{Periods: []plaza.Period{p}})...)
					days[who.ProfileName] += must1[*plaza.Statement](t)(w.Statement(t.Context(), who, deep.Profile, january, p.Number)).Lines[0].Days
				}
			}
		}
		both := []string{"2026-01 (4)", "2026-01 (1)"}
		equal(t, "the periods", got, map[string][]string{
			"Reseller": {"2026-01 (4)", "2026-01 (3)", "2026-01 (1)"}, "Stranger": {"2026-01 (2)"}, "Middle": {"2026-01 (1)"}, "Deep": both, "Vendor": both,
		})
		equal(t, "the days", days["Reseller"]+days["Stranger"], days["Vendor"])
		equal(t, "the days", days["Deep"], 30)
	})
}
