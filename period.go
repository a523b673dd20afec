package plaza

import "time"

// Stay is a time during which a profile lay below the same one.
type Stay struct {
	Since time.Time
	Until time.Time // zero: it still does
}

// Billed is a profile as somebody knows it who may read its statements.
type Billed struct {
	Profile string
	Name    string       // under which they know it
	Left    time.Time    // when they lost sight of it; zero: they have not
	Terms   BillingTerms // that hold now, or did when it left
	Periods []Period     // of which it has a statement for them, the last one first
}

// Former is a profile of which somebody has lost sight: it went to somebody else.
type Former struct {
	Profile string
	Name    string // when it left
	Left    time.Time
	Itself  bool // it was moved, and not one above it
}

// Period is what one statement is of: a month or, where the profile changed hands within
// it, the part of the month that one of those had who billed it.
type Period struct {
	Month  Month
	Number int          // after how many moves within the month it begins, and one; 0: it is the whole month
	Since  time.Time    // zero: the beginning of the month, or when the profile was made
	Until  time.Time    // zero: the end of the month
	Terms  BillingTerms // that hold at its end
	SoFar  bool         // it is not over
}

// Holds reports whether t is in p, if it is in its month.
func (p Period) Holds(t time.Time) bool {
	return !t.Before(p.Since) && (p.Until.IsZero() || t.Before(p.Until))
}

// clip returns place as far as it is in p, and whether any of it is.
func (p Period) clip(place Place) (Place, bool) {
	place.Since = later(place.Since, p.Since)
	if place.Until.IsZero() || !p.Until.IsZero() && p.Until.Before(place.Until) {
		place.Until = p.Until
	}
	return place, place.Until.IsZero() || place.Since.Before(place.Until)
}

// within returns the part of s that is in other.
func (s Stay) within(other Stay) Stay {
	s.Since = later(s.Since, other.Since)
	if s.Until.IsZero() || !other.Until.IsZero() && other.Until.Before(s.Until) {
		s.Until = other.Until
	}
	return s
}

// Past is what there is to know of a profile to tell which periods it has.
type Past struct {
	Stays []Stay         // directly below the same one, in order
	Moves []time.Time    // when anybody above it changed, in order
	Terms []BillingTerms // on which it was billed, in the order in which they were set
}

// Periods returns the periods of m, in order, as far as somebody may see them who sees the
// profile, or saw it, during such times. Terms that hold at the end of a period hold for
// all of it; but in a month with a move, the days are those that held at the first one,
// for everybody: so none is lost or had twice.
func (h Past) Periods(m Month, seen []Stay) (periods []Period, err error) {
	days, err := h.days(m)
	if err != nil {
		return nil, err
	}
	for _, s := range h.Stays {
		for _, t := range seen {
			p, ok, err := h.period(m, s.within(t), days)
			if err != nil {
				return nil, err
			}
			if ok {
				periods = append(periods, p)
			}
		}
	}
	return periods, nil
}

// At returns the period in which a moment is that somebody may see who sees the profile,
// or saw it, during such times, and whether there is one.
func (h Past) At(t time.Time, seen []Stay) (p Period, ok bool, err error) {
	of := MonthOf(t.UTC())
	for _, m := range []Month{of.Add(-1), of, of.Add(1)} { // it depends on the zone
		all, err := h.Periods(m, seen)
		if err != nil {
			return p, false, err
		}
		for _, p := range all {
			zone, err := p.Terms.Zone()
			if err != nil {
				return p, false, err
			}
			if !t.Before(m.Begins(zone)) && t.Before(m.Ends(zone)) && p.Holds(t) {
				return p, true, nil
			}
		}
	}
	return p, false, nil
}

// days returns the time zone of the days of m, if there is a move in it; empty if not.
func (h Past) days(m Month) (string, error) {
	for _, t := range h.Moves {
		terms, err := TermsOf(m, t, h.Terms)
		if err != nil {
			return "", err
		}
		zone, err := terms.Zone()
		if err != nil {
			return "", err
		}
		if t.After(m.Begins(zone)) && t.Before(m.Ends(zone)) {
			return terms.TimeZone, nil
		}
	}
	return "", nil
}

// period returns the period of m that lies within s, and whether there is one. Its days
// are those of a time zone, or those of its own terms if that is empty.
func (h Past) period(m Month, s Stay, days string) (p Period, ok bool, err error) {
	p = Period{Month: m}
	if p.Terms, err = TermsOf(m, s.Until, h.Terms); err != nil {
		return p, false, err
	}
	if days != "" {
		p.Terms.TimeZone = days
	}
	zone, err := p.Terms.Zone()
	if err != nil {
		return p, false, err
	}
	begins, ends := m.Begins(zone), m.Ends(zone)
	if !s.Since.Before(ends) || !s.Until.IsZero() && (!s.Until.After(begins) || !s.Since.Before(s.Until)) {
		return p, false, nil
	}
	if s.Since.After(begins) && s.Since.After(h.Stays[0].Since) { // before that there was nothing
		p.Since = s.Since
	}
	if s.Until.Before(ends) {
		p.Until = s.Until
	}
	if p.Since.IsZero() && p.Until.IsZero() {
		return p, true, nil
	}
	p.Number = 1
	for _, t := range h.Moves {
		if t.After(begins) && !t.After(p.Since) {
			p.Number++
		}
	}
	return p, true, nil
}

// Running reports whether p is not over at now.
func (p Period) Running(now time.Time) (bool, error) {
	zone, err := p.Terms.Zone()
	return err == nil && now.Before(p.settled(p.Month.Days(zone))), err
}

// settled returns from when on nothing of p changes, of whose month days are the days and
// its end: the day on which it ends belongs to who bills it last.
func (p Period) settled(days []time.Time) time.Time {
	for _, begins := range days {
		if !p.Until.IsZero() && !begins.Before(p.Until) {
			return begins
		}
	}
	return days[len(days)-1]
}
