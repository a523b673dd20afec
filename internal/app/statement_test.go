package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
)

// billedOn returns on which terms a profile below the vendor is billed.
func billedOn(t testing.TB, w *apptest.World, profile string) plaza.BillingTerms {
	t.Helper()
	_, held, err := w.BillingTerms(t.Context(), w.Vendor, profile)
	must(t, err)
	return held
}

// bill has a profile be billed with a discount, in a zone.
func bill(t testing.TB, w *apptest.World, by plaza.Actor, profile string, discount int, zone string) {
	t.Helper()
	in := plaza.BillingEdit{Currency: "EUR", Discount: discount, TimeZone: zone, Number: billedOn(t, w, profile).Number}
	must(t, w.EditBilling(t.Context(), by, profile, in))
}

// patient has those of a world stay signed in for months.
func patient(w *apptest.World) {
	for _, a := range []*plaza.Actor{&w.Vendor, &w.Reseller, &w.Partner} {
		a.Session = ""
	}
}

// statement returns the statement of a profile, as the actor sees it.
func statement(t testing.TB, w *apptest.World, actor plaza.Actor, profile string, m plaza.Month) *plaza.Statement {
	t.Helper()
	return must1[*plaza.Statement](t)(w.Statement(t.Context(), actor, profile, m, 0))
}

// lines returns the lines of a statement, in short.
func lines(s *plaza.Statement) (all []string) {
	for _, l := range s.Lines {
		all = append(all, fmt.Sprintf("%s %d: %d×%d = %s - %s", l.Name, l.Edition, l.Licenses, l.Days, l.Amount.Decimal(), l.Discount.Decimal()))
	}
	return all
}

var january = plaza.Month{Year: 2026, Month: time.January}

// priced returns a plan for a month that costs something, and is not billed while it is
// suspended.
func priced(t testing.TB, w *apptest.World, kind plaza.LicenseKind, name string, minor int64) plaza.Plan {
	t.Helper()
	return plan(t, w, plaza.NewPlan{
		Kind: kind, Name: name, TermMonths: 12, GraceDays: 7, Machines: 1, Prices: []plaza.Money{{Currency: "EUR", Minor: minor}},
	})
}

// TestAStatementSaysWhatWasUsed: of a month with everything in it; and the same cents
// when it is computed again, whatever became of the licenses since.
func TestAStatementSaysWhatWasUsed(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		ctx := t.Context()
		dev, run := priced(t, w, plaza.Development, "Dev", 49_00), priced(t, w, plaza.ConnectAgentLicense, "Run", 31_00)
		bill(t, w, w.Reseller, w.Partner.Profile, 1000, "Europe/Amsterdam")
		to := func(day, hour int) { // in January, in UTC
			t.Helper()
			w.Clock.Advance(time.Date(2026, 1, day, hour, 0, 0, 0, time.UTC).Sub(w.Clock.Now()))
		}
		first := must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: dev.ID}))
		made := must1[plaza.ConnectAgent](t)(w.CreateAgent(ctx, w.Reseller, plaza.NewAgent{Profile: w.Partner.Profile, Plan: run.ID, Name: "A"}))
		must1[plaza.ConnectAgent](t)(w.CreateAgent(ctx, w.Reseller, plaza.NewAgent{Profile: w.Partner.Profile, Plan: run.ID, Name: "Never ran"}))
		to(5, 12)
		activated(t, w, made, "host")
		must(t, w.SuspendLicense(ctx, w.Reseller, first.ID, reason, 1))
		to(10, 23) // the 11th, in Amsterdam
		must(t, w.ResumeLicense(ctx, w.Reseller, first.ID, 2))
		to(12, 0)
		suspend(t, w, w.Reseller, w.Partner.Profile)
		to(15, 0)
		resume(t, w, w.Reseller, w.Partner.Profile)
		must(t, w.RenewLicense(ctx, w.Reseller, first.ID, "", 3))
		to(20, 12)
		must1[plaza.Adjustment](t)(w.Adjust(ctx, w.Reseller, w.Partner.Profile, plaza.NewAdjustment{Minor: -500, Reason: reason}))
		soFar := statement(t, w, w.Partner, w.Partner.Profile, january)
		if !soFar.SoFar || len(soFar.Lines) != 3 {
			t.Errorf("so far: %+v", soFar)
		}
		to(31, 22)
		must(t, w.EndLicense(ctx, w.Reseller, first.ID, reason, 4))
		to(31, 23)
		w.Clock.Advance(time.Hour)

		// From the 2nd: 30 days; not from the 6th to the 10th, and not the 13th and the 14th: 23 days.
		want := []string{
			"Dev 1: 1×23 = 36.35 - 3.64", "A year of partner 1: 1×28 = 0.00 - 0.00", "Run 1: 2×56 = 56.00 - 5.60",
		}
		s := statement(t, w, w.Reseller, w.Partner.Profile, january)
		equal(t, "the lines", lines(s), want)
		if s.SoFar || s.Lines[2].Active != 1 || s.Lines[1].Known || s.Total.Minor != 36_35-3_64+56_00-5_60-5_00 || len(s.Adjustments) != 1 {
			t.Errorf("%+v", s)
		}
		if s.Days[0].Licenses != 0 || s.Days[1].Licenses != 4 || s.Days[6].Licenses != 3 || s.Days[12].Licenses != 0 {
			t.Errorf("by day: %+v", s.Days)
		}
		if w.Clock.Now().Before(january.Ends(time.UTC)) {
			t.Fatal("the month is not over")
		}
		w.Clock.Advance(90 * day)
		bill(t, w, w.Reseller, w.Partner.Profile, 5000, "Pacific/Apia")
		dearer := plaza.NewPlan{Kind: plaza.Development, Name: "Dearer", TermMonths: 12, Machines: 1, Prices: []plaza.Money{{Currency: "EUR", Minor: 99_00}}}
		must(t, w.EditPlan(ctx, w.Vendor, dev.ID, dearer, 1))
		must1[plaza.Adjustment](t)(w.Adjust(ctx, w.Reseller, w.Partner.Profile, plaza.NewAdjustment{Minor: 700, Reason: reason}))
		again := statement(t, w, w.Partner, w.Partner.Profile, january)
		again.Lines[0].Name, again.At = s.Lines[0].Name, s.At
		equal(t, "later", again, s)
	})
}

// TestAResellersStatementHoldsWhatIsBelowIt: by partner, and of nobody else.
func TestAResellersStatementHoldsWhatIsBelowIt(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		dev := priced(t, w, plaza.Development, "Dev", 31_01)
		for i, of := range []plaza.Actor{w.Partner, w.Enterprise, w.Enterprise, w.Reseller, w.StrangerPartner} {
			by := w.Reseller
			if i == 4 {
				by = w.Stranger
			}
			must1[plaza.License](t)(w.IssueLicense(ctx, by, plaza.NewLicense{Profile: of.Profile, Plan: dev.ID}))
		}
		middle := w.Add(t, w.Reseller, plaza.Reseller, "Middle")
		deep := w.Add(t, middle, plaza.Partner, "Deep")
		must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: deep.Profile, Plan: dev.ID}))
		w.Clock.Advance(40 * day)

		s := statement(t, w, w.Vendor, w.Reseller.Profile, january)
		if s.Lines[0].Licenses != 5 || s.Lines[0].Days != 150 || s.Total.Minor != (31_01*150*2+31)/62 {
			t.Errorf("%v", lines(s))
		}
		sum, names := int64(0), []string{}
		for _, p := range s.Parts {
			sum += p.Net.Minor
			names = append(names, fmt.Sprintf("%s %d %d", p.Name, p.Licenses, p.Days))
		}
		equal(t, "by profile", names, []string{"Enterprise 3 90", "Middle 2 60", "Partner 2 60", "Reseller 1 30"})
		if sum != s.Total.Minor {
			t.Errorf("the parts make %d of %d", sum, s.Total.Minor)
		}
		if own := statement(t, w, w.Partner, w.Partner.Profile, january); own.Lines[0].Licenses != 1 || len(own.Parts) != 1 {
			t.Errorf("the partner's: %v", lines(own))
		}
	})
}

// TestWhoReadsStatements: one's own and those below, and no month that there was not.
func TestWhoReadsStatements(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, of := t.Context(), w.Partner.Profile
		for name, who := range strangers(w) {
			_, err := w.Statement(ctx, who, of, january, 0)
			want(t, name, err, plaza.NotFound)
			want(t, name, errOf(w.Statements(ctx, who, of)), plaza.NotFound)
			want(t, name, errOf(w.ExportStatement(ctx, who, of, january, 0, plaza.StatementCSV)), plaza.NotFound)
			in := plaza.BillingEdit{Currency: "USD", TimeZone: "UTC"}
			if who.Kind.Administers() {
				want(t, name, w.EditBilling(ctx, who, of, in), plaza.NotFound)
				want(t, name, errOf(w.Adjust(ctx, who, of, plaza.NewAdjustment{Minor: 5, Reason: reason})), plaza.NotFound)
				_, _, err := w.BillingTerms(ctx, who, of)
				want(t, name, err, plaza.NotFound)
			}
		}
		want(t, "those above", errOf(w.Statement(ctx, w.Partner, w.Reseller.Profile, january, 0)), plaza.NotFound)
		support := w.Invite(t, w.Reseller, w.Reseller.Profile, "Support", plaza.Support)
		want(t, "support", errOf(w.Statement(ctx, support, of, january, 0)), plaza.Forbidden)
		auditor := w.Invite(t, w.Reseller, of, "Auditor", plaza.Auditor)
		statement(t, w, auditor, of, january)
		want(t, "a month before there was anything", errOf(w.Statement(ctx, w.Partner, of, january.Add(-1), 0)), plaza.NotFound)
		want(t, "a month to come", errOf(w.Statement(ctx, w.Partner, of, january.Add(1), 0)), plaza.NotFound)
		w.Clock.Advance(60 * day)
		months := must1[plaza.Billed](t)(w.Statements(ctx, w.Partner, of))
		equal(t, "the months", named(months), []string{"2026-03", "2026-02", "2026-01"})
		equal(t, "the terms", months.Terms, plaza.BillingTerms{Profile: of, Currency: "EUR", TimeZone: "UTC"})
	})
}

// named returns what the periods of a profile are called, in short.
func named(of plaza.Billed) (names []string) {
	for _, p := range of.Periods {
		name := p.Month.String()
		if p.Number > 0 {
			name += fmt.Sprintf(" (%d)", p.Number)
		}
		names = append(names, name)
	}
	return names
}

// TestAMoveEndsAStatement: each of the two who billed a profile in a month has a statement
// of it for themselves; whoever has it now sees nothing of what was before, and who had it
// nothing of what comes after.
func TestAMoveEndsAStatement(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		w.Stranger.Session = ""
		ctx, of := t.Context(), w.Partner.Profile
		dev := priced(t, w, plaza.Development, "Dev", 31_00)
		must(t, w.EditBilling(ctx, w.Reseller, of, plaza.BillingEdit{Currency: "EUR", Discount: 1000, TimeZone: "Europe/Amsterdam", BillingID: "D-1"}))
		must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: of, Plan: dev.ID}))
		must1[plaza.Adjustment](t)(w.Adjust(ctx, w.Reseller, of, plaza.NewAdjustment{Minor: -500, Reason: reason}))
		w.Clock.Advance(10 * day) // to the 12th
		moved(t, w, w.Partner.Profile, w.Reseller, w.Stranger)
		w.Clock.Advance(time.Hour)
		must1[plaza.Adjustment](t)(w.Adjust(ctx, w.Stranger, of, plaza.NewAdjustment{Minor: 700, Reason: reason}))
		held := billedOn(t, w, of)
		if held.Discount != 0 || held.BillingID != "" || held.TimeZone != "Europe/Amsterdam" {
			t.Errorf("it is billed on %+v", held)
		}
		bill(t, w, w.Stranger, of, 5000, "Europe/Amsterdam")
		must(t, w.EditProfile(ctx, w.Stranger, of, plaza.ProfileEdit{Name: "Renamed", WarningDays: 30, Version: must1[plaza.Profile](t)(w.Profile(ctx, w.Stranger, of)).Version}))
		w.Clock.Advance(30 * day)

		check := func(who plaza.Actor, number int, id, line string, total int64) {
			t.Helper()
			s := must1[*plaza.Statement](t)(w.Statement(ctx, who, of, january, number))
			equal(t, who.ProfileName, lines(s)[0], line)
			if s.Total.Minor != total || s.SoFar || s.Number != number || s.Terms.BillingID != id || len(s.Adjustments) != 1 {
				t.Errorf("%s sees %+v", who.ProfileName, s)
			}
		}
		for _, who := range []plaza.Actor{w.Partner, w.Vendor} {
			check(who, 1, "D-1", "Dev 1: 1×10 = 10.00 - 1.00", 9_00-5_00)
			all := must1[plaza.Billed](t)(w.Statements(ctx, who, of))
			equal(t, who.ProfileName, named(all), []string{"2026-02", "2026-01 (2)", "2026-01 (1)"})
		}
		check(w.Stranger, 2, "", "Dev 1: 1×20 = 20.00 - 10.00", 10_00+7_00)
		equal(t, "the last one", statement(t, w, w.Partner, of, january).Number, 2)
		equal(t, "who has it now", named(must1[plaza.Billed](t)(w.Statements(ctx, w.Stranger, of))), []string{"2026-02", "2026-01 (2)"})
		want(t, "before they had it", errOf(w.Statement(ctx, w.Stranger, of, january, 1)), plaza.NotFound)
		want(t, "a third one", errOf(w.Statement(ctx, w.Partner, of, january, 3)), plaza.NotFound)
		check(w.Reseller, 1, "D-1", "Dev 1: 1×10 = 10.00 - 1.00", 9_00-5_00)
		want(t, "after they had it", errOf(w.Statement(ctx, w.Reseller, of, january, 2)), plaza.NotFound)
		want(t, "long after", errOf(w.Statement(ctx, w.Reseller, of, january.Add(1), 0)), plaza.NotFound)
		left := must1[plaza.Billed](t)(w.Statements(ctx, w.Reseller, of))
		equal(t, "who had it", named(left), []string{"2026-01 (1)"})
		if left.Name != "Partner" || left.Left.IsZero() || left.Terms.BillingID != "D-1" || left.Terms.Discount != 1000 {
			t.Errorf("who had it knows %+v", left)
		}
		formers := must1[[]plaza.Former](t)(w.Formers(ctx, w.Reseller))
		equal(t, "who has left", formers, []plaza.Former{{Profile: of, Name: "Partner", Left: left.Left, Itself: true}})
		for _, who := range []plaza.Actor{w.Vendor, w.Stranger, w.Partner} {
			equal(t, "who has left "+who.ProfileName, len(must1[[]plaza.Former](t)(w.Formers(ctx, who))), 0)
		}
		s := must1[*plaza.Statement](t)(w.ExportStatement(ctx, w.Reseller, of, january, 0, plaza.StatementCSV))
		if s.ProfileName != "Partner" || len(s.Detail) != 2 || s.Detail[0].LicenseName+s.Detail[0].BillingID != "" || s.Detail[0].PartName != "Partner" {
			t.Errorf("who had it takes along %+v", s)
		}
		equal(t, "on record with them", w.Events(t, plaza.StatementExport, plaza.Done), 1)
		for _, who := range []plaza.Actor{w.Partner, w.Stranger} {
			log := must1[plaza.List[plaza.AuditLine]](t)(w.AuditEvents(ctx, who, plaza.AuditFilter{Verbs: []plaza.Verb{plaza.StatementExport}}, plaza.Page{}))
			equal(t, "on record with "+who.ProfileName, log.Total, 0)
		}
		for who, days := range map[*plaza.Actor]int{&w.Reseller: 10, &w.Stranger: 20, &w.Vendor: 30} {
			if s := statement(t, w, w.Vendor, who.Profile, january); s.Lines[0].Days != days || s.Number != 0 {
				t.Errorf("of %s: %v", who.ProfileName, lines(s))
			}
		}
	})
}

// TestWhoComesToSeeAProfileSeesWhatIsSinceThen, and whoever loses sight of it what was
// until then: also if it went along with the one above it, which bills it as before.
func TestWhoComesToSeeAProfileSeesWhatIsSinceThen(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		w.Stranger.Session = ""
		dev := priced(t, w, plaza.Development, "Dev", 31_00)
		middle := w.Add(t, w.Reseller, plaza.Reseller, "Middle")
		deep := w.Add(t, middle, plaza.Partner, "Deep")
		middle.Session = ""
		must1[plaza.License](t)(w.IssueLicense(t.Context(), middle, plaza.NewLicense{Profile: deep.Profile, Plan: dev.ID}))
		w.Clock.Advance(10 * day)
		moved(t, w, middle.Profile, w.Reseller, w.Stranger)
		w.Clock.Advance(30 * day)
		numbers := map[int]int{30: 0, 20: 2, 10: 1}
		for who, days := range map[*plaza.Actor]int{&middle: 30, &w.Stranger: 20, &w.Vendor: 30, &w.Reseller: 10} {
			s := statement(t, w, *who, deep.Profile, january)
			if s.Lines[0].Days != days || s.Number != numbers[days] || s.Since.IsZero() != (days != 20) || s.Until.IsZero() != (days != 10) {
				t.Errorf("%s sees %v from %s until %s", who.ProfileName, lines(s), s.Since, s.Until)
			}
		}
		formers := must1[[]plaza.Former](t)(w.Formers(t.Context(), w.Reseller))
		if len(formers) != 1 || formers[0].Profile != middle.Profile {
			t.Errorf("%+v have left, with what was below", formers)
		}
	})
}

func TestBillingIsSetFromAbove(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		ctx, of := t.Context(), w.Partner.Profile
		in := plaza.BillingEdit{Currency: "USD", Discount: 1250, TimeZone: "Europe/Amsterdam", BillingID: " D-4711 "}
		want(t, "by oneself", w.EditBilling(ctx, w.Partner, of, in), plaza.Forbidden)
		want(t, "of oneself", w.EditBilling(ctx, w.Reseller, w.Reseller.Profile, in), plaza.NotFound)
		want(t, "booked for oneself", errOf(w.Adjust(ctx, w.Reseller, w.Reseller.Profile, plaza.NewAdjustment{Minor: 5, Reason: reason})), plaza.NotFound)
		must(t, w.EditBilling(ctx, w.Reseller, of, in))
		want(t, "as it was before", w.EditBilling(ctx, w.Vendor, of, in), plaza.Stale)
		equal(t, "the terms", billedOn(t, w, of), plaza.BillingTerms{
			Profile: of, Number: 1, Since: w.Clock.Now(), Currency: "USD", Discount: 1250, TimeZone: "Europe/Amsterdam", BillingID: "D-4711", By: w.Reseller.Profile,
		})
		for field, bad := range map[string]plaza.BillingEdit{
			"currency": {Currency: "XXX", TimeZone: "UTC"}, "discount": {Currency: "EUR", TimeZone: "UTC", Discount: 10_001},
			"time_zone": {Currency: "EUR", TimeZone: "Local"}, "billing_id": {Currency: "EUR", TimeZone: "UTC", BillingID: "a\x00b"},
		} {
			err := w.EditBilling(ctx, w.Reseller, of, bad)
			want(t, field, err, plaza.Invalid)
			if plaza.AsError(err).Fields[field].IsZero() {
				t.Errorf("%s: nothing is said of it", field)
			}
		}
		for _, bad := range []plaza.NewAdjustment{{Reason: reason}, {Minor: 100_000_001, Reason: reason}, {Minor: 5, Reason: "short"}} {
			want(t, "booked", errOf(w.Adjust(ctx, w.Reseller, of, bad)), plaza.Invalid)
		}
		want(t, "in another currency", errOf(w.Adjust(ctx, w.Reseller, of, plaza.NewAdjustment{Minor: 500, Currency: "EUR", Reason: reason})), plaza.Stale)
		j := must1[plaza.Adjustment](t)(w.Adjust(ctx, w.Reseller, of, plaza.NewAdjustment{Minor: 500, Currency: "USD", Reason: reason}))
		equal(t, "in dollars", j.Amount, plaza.Money{Currency: "USD", Minor: 500})
		in.Currency, in.Number = "EUR", 1
		wantKey(t, "another currency, in a month with a booking", w.EditBilling(ctx, w.Reseller, of, in), plaza.Conflict, "billing.booked_in")
		w.Clock.Advance(31 * day)
		must(t, w.EditBilling(ctx, w.Reseller, of, in))
		if s := statement(t, w, w.Partner, of, january); s.Total != (plaza.Money{Currency: "USD", Minor: 500}) || s.Terms.Number != 1 {
			t.Errorf("%+v", s)
		}
	})
}

// TestWhoWasMovedStaysInTheStatement: a partner that goes to another reseller stands in
// the statement of either, on the days on which it was there.
func TestWhoWasMovedStaysInTheStatement(t *testing.T) {
	t.Parallel()
	bareWorlds(t, func(t *testing.T, w bare) {
		ctx, of := t.Context(), w.Partner.Profile
		dev := priced(t, w.World, plaza.Development, "Dev", 31_00)
		must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: of, Plan: dev.ID}))
		w.Clock.Advance(10 * day) // to the 12th
		w.exec(t, "UPDATE profiles SET parent_id = $1 WHERE id = $2", w.Stranger.Profile, of)
		w.exec(t, "UPDATE profile_tree SET ancestor_id = $1 WHERE profile_id = $2 AND ancestor_id = $3", w.Stranger.Profile, of, w.Reseller.Profile)
		must(t, w.DB.Tx(ctx, func(tx *store.Tx) error { return tx.MovePlaces(ctx, of, w.Clock.Now()) }))
		w.exec(t, "UPDATE profiles SET name = 'Renamed' WHERE id = $1", of)
		w.Clock.Advance(30 * day)
		for who, days := range map[*plaza.Actor]int{&w.Reseller: 10, &w.Stranger: 20, &w.Vendor: 30} {
			s := statement(t, w.World, *who, who.Profile, january)
			if len(s.Lines) < 2 || s.Lines[0].Days != days || s.Lines[0].Amount.Minor != int64(days)*100 {
				t.Errorf("of %s: %v", who.ProfileName, lines(s))
			}
			for _, p := range s.Parts {
				if who == &w.Reseller && p.Name == "Renamed" || p.Profile == of && who == &w.Stranger && p.Name != "Renamed" {
					t.Errorf("of %s: %s is called %s", who.ProfileName, p.Profile, p.Name)
				}
			}
		}
		if s := statement(t, w.World, w.Reseller, of, january); s.ProfileName != "Partner" || s.Parts[0].Name != "Partner" {
			t.Errorf("by whom it has left, it is called %s and %s", s.ProfileName, s.Parts[0].Name)
		}
	})
}

// TestStatementsAreToldOf: once the month is over where a profile is billed, and of no
// month before Plaza told of any.
func TestStatementsAreToldOf(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		ctx := t.Context()
		told := func(who plaza.Actor) (n int) {
			t.Helper()
			for _, kind := range notices(t, w, who) {
				if kind == plaza.NoticeStatement {
					n++
				}
			}
			return n
		}
		at := func(month time.Month, day, hour int) {
			t.Helper()
			w.Clock.Set(time.Date(2026, month, day, hour, 0, 0, 0, time.UTC))
			must(t, w.TellStatements(ctx, plaza.Clerk))
			must(t, w.TellStatements(ctx, plaza.Clerk)) // another node
		}
		bill(t, w, w.Reseller, w.Partner.Profile, 0, "Pacific/Honolulu") // ten hours after UTC
		w.Enterprise.Session = ""
		empty := w.Add(t, w.Vendor, plaza.Reseller, "Empty")
		empty.Session = ""
		at(time.January, 20, 12)
		at(time.January, 31, 23)
		equal(t, "while the month runs", told(w.Enterprise), 0)
		at(time.February, 1, 1)
		equal(t, "where it is over", told(w.Enterprise), 1)
		equal(t, "where it is not", told(w.Partner), 0)
		equal(t, "with what is below", told(w.Reseller), 1)
		letter := mails(t, w, "enterprise@example.com")[0]
		if letter.Kind != plaza.MailStatement || !strings.Contains(letter.Text, "Jan 2026") || !strings.Contains(letter.Text, "/statements/"+w.Enterprise.Profile+"/2026-01") {
			t.Errorf("the mail says %s", letter.Text)
		}
		at(time.February, 1, 11)
		equal(t, "ten hours later", told(w.Partner), 1)
		at(time.March, 2, 0)
		equal(t, "of the next one", told(w.Partner), 2)
		want(t, "told by somebody", w.TellStatements(ctx, w.Vendor), plaza.Forbidden)
		equal(t, "of a profile that used nothing", told(empty), 0)
	})
}
