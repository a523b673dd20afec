package plaza

import (
	"slices"
	"time"
)

// Month is a month of the calendar.
type Month struct {
	Year  int
	Month time.Month
}

const monthForm = "2006-01"

// MonthOf returns the month that t is in, where its zone is.
func MonthOf(t time.Time) Month { return Month{t.Year(), t.Month()} }

// ParseMonth returns the month that is written as 2026-03, and whether it is one.
func ParseMonth(text string) (Month, bool) {
	t, err := time.Parse(monthForm, text)
	return MonthOf(t), err == nil
}

// String returns m as 2026-03.
func (m Month) String() string { return m.time().Format(monthForm) }

func (m Month) time() time.Time { return time.Date(m.Year, m.Month, 1, 0, 0, 0, 0, time.UTC) }

// Add returns the month so many after m.
func (m Month) Add(months int) Month { return MonthOf(m.time().AddDate(0, months, 0)) }

// Before reports whether m is before other.
func (m Month) Before(other Month) bool { return m.time().Before(other.time()) }

// Begins returns when m begins in zone.
func (m Month) Begins(zone *time.Location) time.Time { return dayBegins(m.time(), zone) }

// Ends returns when m ends in zone.
func (m Month) Ends(zone *time.Location) time.Time { return m.Add(1).Begins(zone) }

// Days returns when each day of m begins in zone, and last when m ends: a day is 23 to
// 25 hours long where the clock changes, and one that a zone leaves out is none.
func (m Month) Days(zone *time.Location) []time.Time {
	var all []time.Time
	for d, next := m.time(), m.Add(1).time(); !d.After(next); d = d.AddDate(0, 0, 1) {
		all = append(all, dayBegins(d, zone))
	}
	return slices.CompactFunc(all, time.Time.Equal)
}

// dayBegins returns the first moment of a day in zone, or of the next one if there is
// none. It is not always midnight, which a change of the clock can leave out, or have
// twice.
func dayBegins(day time.Time, zone *time.Location) time.Time {
	const most = 26 * time.Hour // no clock is that far from another
	for t := day.Add(-most).In(zone); ; {
		_, offset := t.Zone()
		_, changes := t.ZoneBounds()
		if first := later(t, day.Add(-time.Duration(offset)*time.Second)); changes.IsZero() || first.Before(changes) {
			return first.In(zone)
		}
		t = changes
	}
}
