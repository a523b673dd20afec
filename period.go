package plaza

import "time"

// Stay is a time during which a profile lay directly below the same one.
type Stay struct {
	Since time.Time
	Until time.Time // zero: it still does
}

// Period is what one statement is of: a month or, where the profile changed hands within
// it, the part of the month that one of those had who billed it.
type Period struct {
	Month  Month
	Number int          // of several in the month, from 1; 0: it is the whole month
	Since  time.Time    // zero: the beginning of the month, or when the profile was made
	Until  time.Time    // zero: the end of the month
	Terms  BillingTerms // that hold at its end
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

// Periods returns the periods of m, of a profile with such stays, in order, on which it
// was billed on such terms; as far as somebody may see them who has seen the profile
// since a time. Terms that hold at the end of a period hold for all of it; but the days
// of a month are those of its first one, so that none is lost or had twice.
func Periods(m Month, stays []Stay, all []BillingTerms, seen time.Time) (periods []Period, err error) {
	parts, days := 0, ""
	for i, s := range stays {
		p := Period{Month: m, Until: s.Until}
		if p.Terms, err = TermsOf(m, s.Until, all); err != nil {
			return nil, err
		}
		if days != "" {
			p.Terms.TimeZone = days
		}
		zone, err := p.Terms.Zone()
		if err != nil {
			return nil, err
		}
		begins, ends := m.Begins(zone), m.Ends(zone)
		if !s.Since.Before(ends) || !s.Until.IsZero() && !s.Until.After(begins) {
			continue
		}
		days = p.Terms.TimeZone
		parts++
		p.Number = parts
		if i > 0 && s.Since.After(begins) {
			p.Since = s.Since
		}
		if s.Until.IsZero() || !s.Until.Before(ends) {
			p.Until = time.Time{}
		} else {
			ends = s.Until
		}
		if !seen.Before(ends) {
			continue
		}
		if seen.After(later(begins, p.Since)) {
			p.Since = seen
		}
		periods = append(periods, p)
	}
	if parts == 1 && len(periods) == 1 {
		periods[0].Number = 0
	}
	return periods, nil
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
