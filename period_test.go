package plaza_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
)

// TestPeriodsAreWhatWasSeen: of a profile with moves and terms at random, as several people
// see it. Each moment of a month is in one of somebody's periods if they saw the profile
// then, and in none if not; the days of a month are the same ones for all of them; and a
// number means the same to all, and one thing to each.
func TestPeriodsAreWhatWasSeen(t *testing.T) {
	t.Parallel()
	const seed = 26
	r := rand.New(rand.NewPCG(seed, seed))
	m := plaza.Month{Year: 2026, Month: time.January}
	for round := range 1000 {
		made := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.IntN(60*24)) * time.Hour)
		h := plaza.Past{Stays: spans(r, made, 0)}
		seen := [][]plaza.Stay{{{}}}
		for range 3 {
			seen = append(seen, spans(r, made, 1))
		}
		for _, s := range slices.Concat(append(seen, h.Stays)...) {
			for _, at := range []time.Time{s.Since, s.Until} {
				if at.After(made) {
					h.Moves = append(h.Moves, at)
				}
			}
		}
		slices.SortFunc(h.Moves, time.Time.Compare)
		h.Moves = slices.CompactFunc(h.Moves, time.Time.Equal)
		h.Terms = terms(r, made)
		begins := map[int]time.Time{}
		zones := map[string]bool{}
		for _, sight := range seen {
			all, err := h.Periods(m, sight)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range all {
				zones[p.Terms.TimeZone] = true
				if since, ok := begins[p.Number]; ok && p.Number > 0 && !since.Equal(p.Since) || (p.Number == 0) != (p.Since.IsZero() && p.Until.IsZero()) {
					t.Fatalf("round %d: number %d begins at %s and at %s", round, p.Number, since, p.Since)
				}
				begins[p.Number] = p.Since
				for _, later := range h.Terms[1:] {
					if p.Terms.Number >= later.Number && !p.Until.IsZero() && !later.Since.Before(p.Until) {
						t.Fatalf("round %d: terms of %s hold until %s: %+v", round, later.Since, p.Until, p)
					}
				}
			}
			inOnePeriod(t, &h, all, sight, made)
		}
		if len(zones) > 1 {
			t.Fatalf("round %d: the days are those of %v\n%+v", round, zones, h)
		}
	}
}

// inOnePeriod sees that each moment of the month of periods is in one of them if it was
// seen, and in none if not.
func inOnePeriod(t *testing.T, h *plaza.Past, all []plaza.Period, seen []plaza.Stay, made time.Time) {
	t.Helper()
	if len(all) == 0 {
		return
	}
	m := all[0].Month
	zone, err := all[0].Terms.Zone()
	if err != nil {
		t.Fatal(err)
	}
	for at := m.Begins(zone); at.Before(m.Ends(zone)); at = at.Add(time.Hour) {
		in := 0
		for _, p := range all {
			if p.Holds(at) {
				in++
			}
		}
		if in > 1 || !at.Before(made) && held(seen, at) != (in == 1) {
			t.Fatalf("%s is in %d periods\nof %+v\nseen %+v\nperiods %+v", at, in, h, seen, all)
		}
	}
	at := m.Begins(zone).Add(14 * 24 * time.Hour) // around its ends, months in two zones can overlap
	if p, ok, err := h.At(at, seen); err != nil || !at.Before(made) && (ok != held(seen, at) || ok && (p.Month != m || !p.Holds(at))) {
		t.Fatalf("%s is found in %+v, %t, %v\nof %+v\nseen %+v", at, p, ok, err, h, seen)
	}
}

// terms returns some that were set one after the other, in other zones.
func terms(r *rand.Rand, made time.Time) []plaza.BillingTerms {
	zone := func() string { return []string{"UTC", "Pacific/Apia", "America/New_York"}[r.IntN(3)] }
	all := []plaza.BillingTerms{{TimeZone: zone(), Currency: "EUR"}}
	for since := made; r.IntN(3) > 0; {
		since = since.Add(time.Duration(r.IntN(30*24)) * time.Hour)
		all = append(all, plaza.BillingTerms{TimeZone: zone(), Currency: "EUR", Number: len(all), Since: since})
	}
	return all
}

// spans returns times one after the other: without gaps from when a profile was made on,
// or with gaps of a day and more.
func spans(r *rand.Rand, made time.Time, gaps int) (all []plaza.Stay) {
	at := made
	for {
		at = at.Add(time.Duration(gaps*r.IntN(2)*r.IntN(20*24)) * time.Hour)
		s := plaza.Stay{Since: at}
		if len(all) >= 6 || r.IntN(4) == 0 {
			if gaps > 0 && r.IntN(2) == 0 {
				s.Until = at.Add(time.Duration(1+r.IntN(20*24)) * time.Hour)
			}
			return append(all, s)
		}
		at = at.Add(time.Duration(1+r.IntN(20*24)) * time.Hour)
		s.Until = at
		all = append(all, s)
		at = at.Add(time.Duration(gaps) * 24 * time.Hour)
	}
}

func held(all []plaza.Stay, at time.Time) bool {
	return slices.ContainsFunc(all, func(s plaza.Stay) bool { return !at.Before(s.Since) && (s.Until.IsZero() || at.Before(s.Until)) })
}
