package plaza

import "time"

// Fact is how a license stands for billing from a time on, until its next one. Facts
// are added and never changed: what was billed can be computed again at any time.
type Fact struct {
	License        string
	Profile        string // who holds it
	At             time.Time
	Plan           string
	Edition        int // of the plan: what it costs
	Kind           LicenseKind
	Starts         time.Time
	Until          time.Time // the end of its grace; zero: never, or it renews by itself
	Suspended      bool      // it, or its profile, or one above that
	BillsSuspended bool
	Ended          bool
	Trial          bool
}

// Billed returns from when until when the license is billed, of the time from one to
// another in which f holds, and whether it is at all. It is while it is active,
// expiring or in its grace; while it is suspended only if its plan says so, and then as
// if it were not.
func (f Fact) Billed(from, till time.Time) (a, b time.Time, ok bool) {
	if f.Ended || f.Suspended && !f.BillsSuspended {
		return from, from, false
	}
	a, b = later(from, f.Starts), till
	if !f.Until.IsZero() && f.Until.Before(b) {
		b = f.Until
	}
	return a, b, a.Before(b)
}

// Place is where a profile lay below another one, from a time on until another.
type Place struct {
	Profile  string
	Part     string // the profile directly below the other one that it was or lay below; the other one itself for that
	PartName string // as it was called last
	Since    time.Time
	Until    time.Time // zero: it still does
}

// Holds reports whether the profile lay there at t.
func (p Place) Holds(t time.Time) bool {
	return !t.Before(p.Since) && (p.Until.IsZero() || t.Before(p.Until))
}

// Running is a time during which a license was activated on a machine.
type Running struct {
	License string
	Since   time.Time
	Until   time.Time // zero: it still is
}
