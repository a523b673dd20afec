package plaza_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/connectplaza/plaza"
)

const day = 24 * time.Hour

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func TestLicenseState(t *testing.T) {
	t.Parallel()
	now := noon()
	base := plaza.License{Starts: now.Add(-100 * day), Ends: now.Add(100 * day), GraceDays: 7, WarningDays: 30}
	with := func(change func(*plaza.License)) plaza.License {
		l := base
		change(&l)
		return l
	}
	ends := func(d time.Duration) plaza.License { return with(func(l *plaza.License) { l.Ends = now.Add(d) }) }
	starts := func(d time.Duration) plaza.License { return with(func(l *plaza.License) { l.Starts = now.Add(d) }) }
	for _, test := range []struct {
		name string
		l    plaza.License
		want plaza.LicenseState
	}{
		{"within its term", base, plaza.LicenseActive},
		{"starts this moment", starts(0), plaza.LicenseActive},
		{"starts the next moment", starts(1), plaza.LicenseScheduled},
		{"before the warning window", ends(30*day + 1), plaza.LicenseActive},
		{"the window begins", ends(30 * day), plaza.LicenseExpiring},
		{"the last moment of the term", ends(1), plaza.LicenseExpiring},
		{"the term is over", ends(0), plaza.LicenseGrace},
		{"the last moment of grace", ends(-7*day + 1), plaza.LicenseGrace},
		{"grace is over", ends(-7 * day), plaza.LicenseExpired},
		{"no grace", with(func(l *plaza.License) { l.Ends, l.GraceDays = now, 0 }), plaza.LicenseExpired},
		{"no warning window", with(func(l *plaza.License) { l.Ends, l.WarningDays = now.Add(1), 0 }), plaza.LicenseActive},
		{"without end", with(func(l *plaza.License) { l.Ends = time.Time{} }), plaza.LicenseActive},
		{"without end, later", with(func(l *plaza.License) { l.Ends, l.Starts = time.Time{}, now.Add(1) }), plaza.LicenseScheduled},
		{"suspended", with(func(l *plaza.License) { l.Suspended = now }), plaza.LicenseSuspended},
		{"profile stands still", with(func(l *plaza.License) { l.Halted = true }), plaza.LicenseSuspended},
		{"suspended before its start", with(func(l *plaza.License) { l.Halted, l.Starts = true, now.Add(day) }), plaza.LicenseSuspended},
		{"suspended after its end", with(func(l *plaza.License) { l.Suspended, l.Ends = now, now.Add(-99*day) }), plaza.LicenseSuspended},
		{"ended", with(func(l *plaza.License) { l.Ended, l.Suspended, l.Halted = now, now, true }), plaza.LicenseEnded},
		{"warned of all the time", with(func(l *plaza.License) { l.WarningDays = 365 }), plaza.LicenseExpiring},
	} {
		if got := test.l.State(now); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
		if test.l.Why(now).IsZero() {
			t.Errorf("%s: no reason", test.name)
		}
	}
}

// TestLicenseIsInExactlyOneState says each state by itself, without the order in
// which State asks, and finds that one and only one holds.
func TestLicenseIsInExactlyOneState(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := noon()
		l := drawLicense(t, now)
		open := l.Ended.IsZero()
		running := open && l.Suspended.IsZero() && !l.Halted
		started := running && !now.Before(l.Starts)
		endless := l.Ends.IsZero()
		till := func(d time.Duration) bool { return endless || now.Before(l.Ends.Add(d)) }
		warn, grace := -time.Duration(l.WarningDays)*day, time.Duration(l.GraceDays)*day
		holds := map[plaza.LicenseState]bool{
			plaza.LicenseEnded:     !open,
			plaza.LicenseSuspended: open && !running,
			plaza.LicenseScheduled: running && !started,
			plaza.LicenseActive:    started && till(warn),
			plaza.LicenseExpiring:  started && !till(warn) && till(0),
			plaza.LicenseGrace:     started && !till(0) && till(grace),
			plaza.LicenseExpired:   started && !till(grace),
		}
		state := l.State(now)
		for s, h := range holds {
			if h != (s == state) {
				t.Fatalf("State = %s, but %s is %t", state, s, h)
			}
		}
		if !slices.Contains(plaza.LicenseStates(), state) {
			t.Fatalf("%s is not listed", state)
		}
		if state.Valid() && state.Inactive() {
			t.Fatalf("%s is valid and inactive", state)
		}
	})
}

func drawLicense(t *rapid.T, now time.Time) plaza.License {
	// Often exactly on a boundary, or a moment beside it.
	near := func(label string) time.Time {
		days := rapid.IntRange(-40, 40).Draw(t, label+" days")
		beside := rapid.SampledFrom([]time.Duration{-1, 0, 1, time.Hour}).Draw(t, label+" beside")
		return now.Add(time.Duration(days)*day + beside)
	}
	l := plaza.License{
		Starts: near("starts"), GraceDays: rapid.IntRange(0, 20).Draw(t, "grace"), WarningDays: rapid.IntRange(0, 40).Draw(t, "warning"),
		Halted: rapid.IntRange(0, 9).Draw(t, "halted") == 0,
	}
	if rapid.IntRange(0, 4).Draw(t, "endless") > 0 {
		l.Ends = near("ends")
	}
	if rapid.IntRange(0, 9).Draw(t, "suspended") == 0 {
		l.Suspended = now
	}
	if rapid.IntRange(0, 9).Draw(t, "ended") == 0 {
		l.Ended = now
	}
	return l
}

func TestWhatTheTilesCount(t *testing.T) {
	t.Parallel()
	for s, want := range map[plaza.LicenseState][2]bool{ // valid, inactive
		plaza.LicenseScheduled: {false, true},
		plaza.LicenseActive:    {true, false},
		plaza.LicenseExpiring:  {true, false},
		plaza.LicenseGrace:     {true, false},
		plaza.LicenseExpired:   {false, true},
		plaza.LicenseSuspended: {false, true},
		plaza.LicenseEnded:     {false, false},
	} {
		if got := [2]bool{s.Valid(), s.Inactive()}; got != want {
			t.Errorf("%s: valid and inactive are %v, want %v", s, got, want)
		}
	}
	if slices.Contains(plaza.PresentStates(), plaza.LicenseEnded) || len(plaza.PresentStates()) != len(plaza.LicenseStates())-1 {
		t.Errorf("present: %v", plaza.PresentStates())
	}
}

func TestAMonthLaterIsTheSameDayOrTheLast(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-01-31", 1, "2026-02-28"},
		{"2027-01-31", 13, "2028-02-29"},
		{"2026-03-31", 1, "2026-04-30"},
		{"2026-03-30", 1, "2026-04-30"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2026-11-15", 12, "2027-11-15"},
		{"2026-08-31", 0, "2026-08-31"},
	} {
		from, err := time.Parse(time.DateOnly, test.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := plaza.AddMonths(from, test.months).Format(time.DateOnly); got != test.want {
			t.Errorf("%d months after %s: %s, want %s", test.months, test.from, got, test.want)
		}
	}
}
