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

// within returns the part of s that is in other.
func (s Stay) within(other Stay) Stay {
	s.Since = later(s.Since, other.Since)
	if s.Until.IsZero() || !other.Until.IsZero() && other.Until.Before(s.Until) {
		s.Until = other.Until
	}
	return s
}

// Periods returns the periods of m, of a profile with such stays, in order, on which it
// was billed on such terms; as far as somebody may see them who sees the profile, or saw
// it, during such times. Terms that hold at the end of a period hold for all of it; but
// the days of a month are those of its first one, so that none is lost or had twice.
func Periods(m Month, stays []Stay, all []BillingTerms, seen []Stay) (periods []Period, err error) {
	parts, days := 0, ""
	for _, s := range stays {
		whole, ok, err := m.period(s, all, days)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		parts++
		for n, t := range seen {
			p, ok, err := m.period(s.within(t), all, days)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			if n > 0 && len(periods) > 0 && periods[len(periods)-1].Number == parts {
				parts++ // they lost sight of it, and regained it
			}
			p.Number = parts
			if !p.Since.After(stays[0].Since) { // before it there was nothing
				p.Since = time.Time{}
			}
			periods = append(periods, p)
		}
		if days == "" {
			days = whole.Terms.TimeZone
		}
	}
	if parts == 1 && len(periods) == 1 {
		periods[0].Number = 0
	}
	return periods, nil
}

// period returns the period of m that lies within s, on which a profile was billed on
// such terms, and whether there is one. Its days are those of a time zone, or those of its
// own terms if that is empty.
func (m Month) period(s Stay, all []BillingTerms, days string) (p Period, ok bool, err error) {
	p = Period{Month: m}
	if p.Terms, err = TermsOf(m, s.Until, all); err != nil {
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
	if s.Since.After(begins) {
		p.Since = s.Since
	}
	if s.Until.Before(ends) {
		p.Until = s.Until
	}
	return p, true, nil
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
