package plaza

import "time"

// mostAhead is how far ahead a license may be renewed, in years: further is a slip.
const mostAhead = 15

// Renewed returns l with one more term, as of now: the term is added to the end, or
// to now if l has lapsed past its grace. Months are counted in zone. Kinds:
// Conflict, if l cannot be renewed.
func (l License) Renewed(now time.Time, zone *time.Location) (License, error) {
	switch {
	case !l.Ended.IsZero():
		return l, Errorf(Conflict, "license.ended_already")
	case l.Awaits:
		return l, Errorf(Conflict, "license.awaits")
	case l.Trial:
		return l, Errorf(Conflict, "license.renew_trial")
	case l.Ends.IsZero() || l.TermMonths == 0:
		return l, Errorf(Conflict, "license.endless")
	}
	if l.Lapsed(now) {
		l.Ends = AddMonths(now.In(zone), l.TermMonths)
	} else {
		l.Ends = addTerm(l.Ends.In(zone), l.TermMonths, l.Starts.In(zone).Day())
	}
	if l.Ends.After(now.AddDate(mostAhead, 0, 0)) {
		return l, Errorf(Conflict, "license.too_far", "Years", mostAhead)
	}
	return l, nil
}

// Lapsed reports whether l is past its grace at now.
func (l License) Lapsed(now time.Time) bool { return !l.Ends.IsZero() && !now.Before(l.GraceEnds()) }

// addTerm is [AddMonths] for a term that first began on a given day of the month: one
// that began on the 31st ends on the last of a month, and not on the 28th ever after
// a February.
func addTerm(end time.Time, months, began int) time.Time {
	then := AddMonths(end, months)
	last := then.AddDate(0, 1, -then.Day()).Day()
	if lastOfMonth(end) && began > then.Day() {
		then = then.AddDate(0, 0, min(began, last)-then.Day())
	}
	return then
}

// lastOfMonth reports whether the day after t is in another month.
func lastOfMonth(t time.Time) bool { return t.AddDate(0, 0, 1).Day() == 1 }

// Replanned returns l under another plan of its kind, as of now. What the plan
// promises takes the place of what l had. The end stays, if l has one and the plan
// has terms; after a trial, after l has lapsed, or where it had no end, a new term
// begins now. Months are counted in zone. Kinds: Conflict, if l has ended, or would
// become a trial: what is paid for is not tried.
func (l License) Replanned(p *Plan, now time.Time, zone *time.Location) (License, error) {
	switch {
	case !l.Ended.IsZero():
		return l, Errorf(Conflict, "license.ended_already")
	case p.Trial && !l.Trial:
		return l, Errorf(Conflict, "license.no_trial", "Name", p.Name)
	}
	switch fresh := l.Trial || l.Lapsed(now) || l.Ends.IsZero(); {
	case l.Awaits && p.StartsActivated:
	case p.TermMonths == 0:
		l.Awaits, l.Ends = false, time.Time{}
	case l.Awaits || fresh:
		l.Awaits = false
		l.Ends = AddMonths(later(now, l.Starts).In(zone), p.TermMonths)
	}
	l.Plan, l.PlanName, l.Promise = p.ID, p.Name, p.Promise()
	l.GraceDays, l.Machines, l.Trial = p.GraceDays, p.Machines, p.Trial
	return l, nil
}

// UnderEdition returns l with what the newest edition of its plan promises. Its dates
// stay. Kinds: Conflict, if l has ended or lapsed.
func (l License) UnderEdition(p *Plan, now time.Time) (License, error) {
	switch {
	case !l.Ended.IsZero():
		return l, Errorf(Conflict, "license.ended_already")
	case !l.Renews && l.Lapsed(now):
		return l, Errorf(Conflict, "license.lapsed")
	}
	l.Promise, l.GraceDays, l.Machines, l.Trial = p.Promise(), p.GraceDays, p.Machines, p.Trial
	return l, nil
}

// Begun returns l, whose term begins when it is first activated, as it is from then
// on.
func (l License) Begun(now time.Time, zone *time.Location) License {
	if l.Awaits {
		l.Awaits, l.Starts = false, now
		if l.TermMonths > 0 {
			l.Ends = AddMonths(now.In(zone), l.TermMonths)
		}
	}
	return l
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Deal is a license with what it has of its plan beside what stands in it.
type Deal struct {
	License License
	Terms   Terms
	Prices  []Money // of a month, one in each currency; none: it costs nothing
}

// Outlook is a license as it is, and as it would be under another term or plan.
type Outlook struct {
	Before, After Deal
	Plans         []Plan // that it can be put under, if that is asked for
	Clash         Text   // why it cannot become what After says; zero: it can
	Full          FullAllowance
	Allowances    []Allowance  // that the viewer may see, as they would be used then
	Terms         BillingTerms // on which the profile that asks is billed, if the viewer may know them
}
