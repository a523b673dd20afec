package i18n

import (
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// Date draws the day of t in the printer's zone, as in "23 Nov 2026"; no time is
// nothing.
func (p *Printer) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(p.zone)
	return p.T("time.date", "Day", strconv.Itoa(t.Day()), "Month", p.month(t), "Year", strconv.Itoa(t.Year()))
}

// DateTime draws t to the minute in the printer's zone, which it names, as in
// "23 Nov 2026, 14:05 CET".
func (p *Printer) DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(p.zone)
	return p.T("time.date_time", "Date", p.Date(t), "Time", p.tongue.custom.FmtTimeShort(t), "Zone", t.Format("MST"))
}

// Month draws the month of t in the printer's zone, as in "Nov 2026".
func (p *Printer) Month(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(p.zone)
	return p.T("time.month", "Month", p.month(t), "Year", strconv.Itoa(t.Year()))
}

// month is short, and without the full stop that would end a sentence.
func (p *Printer) month(t time.Time) string {
	return strings.TrimSuffix(p.tongue.custom.MonthAbbreviated(t.Month()), ".")
}

// Ago draws how far t is from now, in the past or in the future, as in "3
// minutes ago" and "in 5 days". From a day on it counts the nights between, in
// the printer's zone, so that "yesterday" is never the day before it.
func (p *Printer) Ago(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	past := !t.After(now)
	d := now.Sub(t).Abs()
	switch {
	case d < time.Minute && past:
		return p.T("time.just_now")
	case d < time.Minute:
		return p.T("time.in_a_minute")
	case d < time.Hour:
		return p.apart(past, "time.minutes_ago", "time.in_minutes", int(d/time.Minute))
	case d < day:
		return p.apart(past, "time.hours_ago", "time.in_hours", int(d/time.Hour))
	}
	return p.nights(past, max(1, p.nightsBetween(t, now)))
}

func (p *Printer) nights(past bool, n int) string {
	switch {
	case n == 1 && past:
		return p.T("time.yesterday")
	case n == 1:
		return p.T("time.tomorrow")
	case n <= 30:
		return p.apart(past, "time.days_ago", "time.in_days", n)
	case n < 365:
		return p.apart(past, "time.months_ago", "time.in_months", n*12/365)
	}
	return p.apart(past, "time.years_ago", "time.in_years", n/365)
}

func (p *Printer) apart(past bool, ago, ahead string, n int) string {
	if past {
		return p.T(ago, "Count", n)
	}
	return p.T(ahead, "Count", n)
}

// nightsBetween counts the midnights between two moments. It compares days in
// UTC, where each has 24 hours.
func (p *Printer) nightsBetween(a, b time.Time) int {
	date := func(t time.Time) time.Time {
		y, m, d := t.In(p.zone).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(date(b).Sub(date(a)).Abs() / day)
}

// Duration draws d rounded, as in "42 minutes" and "2 days": in the largest unit
// of which there are two, or of which it is exactly one.
func (p *Printer) Duration(d time.Duration) string {
	d = d.Abs()
	for _, u := range []struct {
		key        string
		unit, next time.Duration
	}{
		{"time.days", day, time.Hour},
		{"time.hours", time.Hour, time.Minute},
		{"time.minutes", time.Minute, time.Second},
	} {
		if fine := d.Round(u.next); fine >= 2*u.unit || fine == u.unit {
			return p.T(u.key, "Count", int(d.Round(u.unit)/u.unit))
		}
	}
	return p.T("time.seconds", "Count", int(d.Round(time.Second)/time.Second))
}
