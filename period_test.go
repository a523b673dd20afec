package plaza_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
)

// TestPeriodsAreWhatWasSeen: with stays and sights at random, each moment of a month is in
// one period if the profile was seen then, and in none if not; and each period has a
// number of its own, which tells it from those of others.
func TestPeriodsAreWhatWasSeen(t *testing.T) {
	t.Parallel()
	const seed = 26
	r := rand.New(rand.NewPCG(seed, seed))
	for round := range 3000 {
		made := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.IntN(60*24)) * time.Hour)
		stays, seen := spans(r, made, 0), spans(r, made, 1)
		terms := []plaza.BillingTerms{{TimeZone: []string{"UTC", "Pacific/Apia", "America/New_York"}[r.IntN(3)], Currency: "EUR"}}
		for range r.IntN(3) {
			next := terms[len(terms)-1]
			next.Number++
			next.Since = made.Add(time.Duration(next.Number*r.IntN(60*24)) * time.Hour)
			terms = append(terms, next)
		}
		m := plaza.Month{Year: 2026, Month: time.January}
		all, err := plaza.Periods(m, stays, terms, seen)
		if err != nil {
			t.Fatal(err)
		}
		zone, err := terms[0].Zone()
		if err != nil {
			t.Fatal(err)
		}
		numbers := map[int]bool{}
		for i, p := range all {
			if numbers[p.Number] || p.Number == 0 && len(all) > 1 || i > 0 && p.Number < all[i-1].Number {
				t.Fatalf("round %d: the numbers of %+v", round, all)
			}
			numbers[p.Number] = true
			for _, later := range terms[1:] {
				if p.Terms.Number >= later.Number && !p.Until.IsZero() && !later.Since.Before(p.Until) {
					t.Fatalf("round %d: terms of %s hold until %s: %+v", round, later.Since, p.Until, p)
				}
			}
		}
		for at := m.Begins(zone); at.Before(m.Ends(zone)); at = at.Add(30 * time.Minute) {
			in := 0
			for _, p := range all {
				if p.Holds(at) {
					in++
				}
			}
			if want := held(seen, at) && (held(stays, at) || at.Before(made)); in > 1 || want != (in == 1) && !at.Before(made) {
				t.Fatalf("round %d: %s is in %d periods\nstays %+v\nseen %+v\nperiods %+v", round, at, in, stays, seen, all)
			}
		}
	}
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
	for _, s := range all {
		if !at.Before(s.Since) && (s.Until.IsZero() || at.Before(s.Until)) {
			return true
		}
	}
	return false
}
