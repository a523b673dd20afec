package plaza_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/connectplaza/plaza"
)

// on returns the beginning of a day.
func on(t testing.TB, date string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestRenewed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name              string
		starts, ends, now string
		months, grace     int
		want              string
	}{
		{"in its term", "2026-01-15", "2027-01-15", "2026-06-01", 12, 7, "2028-01-15"},
		{"in its grace", "2026-01-15", "2027-01-15", "2027-01-20", 12, 7, "2028-01-15"},
		{"past its grace", "2026-01-15", "2027-01-15", "2027-01-22", 12, 7, "2028-01-22"},
		{"into a shorter month", "2026-01-31", "2026-02-28", "2026-02-01", 1, 7, "2026-03-31"},
		{"into a shorter month again", "2026-01-31", "2026-03-31", "2026-03-01", 1, 7, "2026-04-30"},
		{"from the 30th, out of February", "2026-01-30", "2026-02-28", "2026-02-01", 1, 7, "2026-03-30"},
		{"the last of a month by chance", "2026-04-15", "2026-05-15", "2026-05-01", 1, 7, "2026-06-15"},
		{"from a leap day", "2024-02-29", "2027-02-28", "2027-01-01", 12, 7, "2028-02-29"},
	} {
		l := plaza.License{Starts: on(t, test.starts), Ends: on(t, test.ends), GraceDays: test.grace, Promise: plaza.Promise{TermMonths: test.months}}
		got, err := l.Renewed(on(t, test.now), time.UTC)
		if err != nil || !got.Ends.Equal(on(t, test.want)) || !got.Starts.Equal(l.Starts) {
			t.Errorf("%s: ends %s, %v, want %s", test.name, got.Ends.Format(time.DateOnly), err, test.want)
		}
	}
}

// TestRenewedWhereTheDayBegins: the end of a term is a day in a zone, and is one
// there after a change to summer time as well.
func TestRenewedWhereTheDayBegins(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	l := plaza.License{
		Starts: time.Date(2026, 2, 1, 0, 0, 0, 0, zone).UTC(), Ends: time.Date(2026, 3, 1, 0, 0, 0, 0, zone).UTC(), Promise: plaza.Promise{TermMonths: 1},
	}
	got, err := l.Renewed(on(t, "2026-02-10"), zone)
	if want := time.Date(2026, 4, 1, 0, 0, 0, 0, zone); err != nil || !got.Ends.Equal(want) {
		t.Errorf("ends %s, %v, want %s", got.Ends, err, want)
	}
}

func TestWhatIsNotRenewed(t *testing.T) {
	t.Parallel()
	now := noon()
	year := plaza.License{Starts: now, Ends: now.AddDate(1, 0, 0), Promise: plaza.Promise{TermMonths: 12}}
	for key, change := range map[string]func(*plaza.License){
		"license.ended_already": func(l *plaza.License) { l.Ended = now },
		"license.awaits":        func(l *plaza.License) { l.Awaits, l.Ends = true, time.Time{} },
		"license.renew_trial":   func(l *plaza.License) { l.Trial = true },
		"license.endless":       func(l *plaza.License) { l.Ends = time.Time{} },
		"license.too_far":       func(l *plaza.License) { l.Ends = now.AddDate(14, 6, 0) },
	} {
		l := year
		change(&l)
		_, err := l.Renewed(now, time.UTC)
		if e := plaza.AsError(err); err == nil || e.Kind != plaza.Conflict || e.Msg.Key != key {
			t.Errorf("%s: got %v", key, err)
		}
	}
}

// TestRenewingNeverTakesTimeAway: whatever was promised, and whenever, a renewal
// gives at least the days of its shortest months, and the license is valid all that
// time and not a moment longer.
func TestRenewingNeverTakesTimeAway(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		starts := time.Unix(rapid.Int64Range(1_600_000_000, 1_900_000_000).Draw(t, "starts"), 0).UTC()
		months := rapid.IntRange(1, 36).Draw(t, "months")
		l := plaza.License{
			Starts: starts, Ends: plaza.AddMonths(starts, months), GraceDays: rapid.IntRange(0, 90).Draw(t, "grace"),
			WarningDays: 30, Promise: plaza.Promise{TermMonths: months},
		}
		now := starts
		for range rapid.IntRange(1, 5).Draw(t, "renewals") {
			now = now.Add(time.Duration(rapid.Int64Range(0, 700*24).Draw(t, "hours")) * time.Hour)
			lapsed := l.State(now) == plaza.LicenseExpired
			if valid := l.State(now).Valid(); valid != now.Before(l.GraceEnds()) {
				t.Fatalf("at %s: %s, though its grace ends %s", now, l.State(now), l.GraceEnds())
			}
			before := l
			next, err := l.Renewed(now, time.UTC)
			if plaza.KindOf(err) == plaza.Conflict && err != nil {
				continue // too far ahead
			}
			from := before.Ends
			if lapsed {
				from = now
			}
			if gained := next.Ends.Sub(from); gained < time.Duration(28*months)*24*time.Hour || gained > time.Duration(31*months+3)*24*time.Hour {
				t.Fatalf("%d months from %s to %s", months, from, next.Ends)
			}
			if !next.State(now).Valid() {
				t.Fatalf("renewed and %s", next.State(now))
			}
			l = next
		}
	})
}

func TestReplanned(t *testing.T) {
	t.Parallel()
	now := on(t, "2026-03-01")
	plan := plaza.Plan{
		ID: "year", Name: "A year", TermMonths: 12, GraceDays: 14, Machines: 3, Edition: 2, Renews: true, BillsSuspended: true,
	}
	month := plaza.License{Plan: "month", Starts: on(t, "2026-02-15"), Ends: on(t, "2026-03-15"), Promise: plaza.Promise{TermMonths: 1}}
	for _, test := range []struct {
		name   string
		change func(*plaza.License, *plaza.Plan)
		ends   string // empty: never
		awaits bool
	}{
		{"the end stays", func(*plaza.License, *plaza.Plan) {}, "2026-03-15", false},
		{"from a trial", func(l *plaza.License, _ *plaza.Plan) { l.Trial = true }, "2027-03-01", false},
		{"after it lapsed", func(l *plaza.License, _ *plaza.Plan) { l.Ends = on(t, "2026-02-20") }, "2027-03-01", false},
		{"from one without end", func(l *plaza.License, _ *plaza.Plan) { l.Ends = time.Time{} }, "2027-03-01", false},
		{"to one without end", func(_ *plaza.License, p *plaza.Plan) { p.TermMonths = 0 }, "", false},
		{"before it starts", func(l *plaza.License, _ *plaza.Plan) { l.Trial, l.Starts = true, on(t, "2026-04-01") }, "2027-04-01", false},
		{"awaits, and goes on to", func(l *plaza.License, p *plaza.Plan) { l.Awaits, l.Ends, p.StartsActivated = true, time.Time{}, true }, "", true},
		{"awaits no more", func(l *plaza.License, _ *plaza.Plan) { l.Awaits, l.Ends = true, time.Time{} }, "2027-03-01", false},
	} {
		l, p := month, plan
		test.change(&l, &p)
		got, err := l.Replanned(&p, now, time.UTC)
		var ends time.Time
		if test.ends != "" {
			ends = on(t, test.ends)
		}
		if err != nil || !got.Ends.Equal(ends) || got.Awaits != test.awaits || got.Trial {
			t.Errorf("%s: %+v, %v", test.name, got, err)
		}
		if got.Plan != "year" || got.Machines != 3 || got.GraceDays != 14 || got.Promise != p.Promise() {
			t.Errorf("%s: promises %+v", test.name, got)
		}
	}
	month.Ended = now
	trial := plaza.Plan{ID: "trial", Name: "Trial", TermMonths: 1, Trial: true}
	if _, err := (plaza.License{Ends: now}).Replanned(&trial, now, time.UTC); plaza.KindOf(err) != plaza.Conflict || plaza.AsError(err).Msg.Key != "license.no_trial" {
		t.Errorf("a license that is paid for becomes a trial: %v", err)
	}
	if l, err := (plaza.License{Ends: now, Trial: true}).Replanned(&trial, now, time.UTC); err != nil || !l.Trial {
		t.Errorf("a trial does not become another one: %+v, %v", l, err)
	}
	if _, err := month.Replanned(&plan, now, time.UTC); plaza.KindOf(err) != plaza.Conflict {
		t.Errorf("after its end: %v", err)
	}
}

func TestBegun(t *testing.T) {
	t.Parallel()
	made, now := on(t, "2026-01-01"), on(t, "2026-03-31")
	l := plaza.License{Starts: made, Awaits: true, Promise: plaza.Promise{TermMonths: 1}}
	if l.State(now) != plaza.LicenseActive || l.Why(now).Key != "license.why.awaits" {
		t.Errorf("before it is activated: %s, %s", l.State(now), l.Why(now).Key)
	}
	got := l.Begun(now, time.UTC)
	if got.Awaits || !got.Starts.Equal(now) || !got.Ends.Equal(on(t, "2026-04-30")) {
		t.Errorf("%+v", got)
	}
	if again := got.Begun(now.AddDate(0, 0, 3), time.UTC); again != got {
		t.Errorf("activated again: %+v", again)
	}
}
