package plaza

import (
	"slices"
	"strings"
	"time"
)

// LicenseKind says what a license is for.
type LicenseKind string

// The kinds of license.
const (
	Development         LicenseKind = "development"  // to build integrations
	PartnerLicense      LicenseKind = "partner"      // a partner's base license, made with its profile
	EnterpriseLicense   LicenseKind = "enterprise"   // an enterprise's base license, made with its profile
	ConnectAgentLicense LicenseKind = "connectagent" // one runtime
)

// LicenseKinds returns every kind of license, in the order people choose from.
func LicenseKinds() []LicenseKind {
	return []LicenseKind{Development, PartnerLicense, EnterpriseLicense, ConnectAgentLicense}
}

// Text returns the name of k.
func (k LicenseKind) Text() Text { return T("license.kind." + string(k)) }

// License is a profile's right under a plan. What the plan promised when it was
// issued stands in the license itself: a later change of the plan changes no
// license.
type License struct {
	ID            string
	Profile       string
	ProfileName   string
	Kind          LicenseKind
	Name          string // may be empty
	Plan          string
	PlanName      string
	KeyHint       string // the last characters of the key, to tell keys apart
	Starts        time.Time
	Ends          time.Time // zero: without end
	GraceDays     int
	Machines      int
	Trial         bool
	Promise            // of the plan, when it was issued or last changed its plan
	Awaits        bool // its term begins when it is first activated
	Created       time.Time
	Suspended     time.Time // zero unless it was itself suspended
	SuspendReason string
	Ended         time.Time // zero unless it was ended for good
	WarningDays   int       // its profile's
	Halted        bool      // its profile's
	Agent         string    // the ConnectAgent it runs; kind connectagent only
	AgentName     string
	Version       int
	Updated       time.Time // when something of it last changed
	CheckedOut    time.Time // last file; zero: never
	BillingID     string    // what another system calls it; may be empty
}

// LicenseState is where a license stands. It follows from dates and flags at
// the moment of asking and is kept nowhere.
type LicenseState string

// The states of a license, as in the table of product.md, section 5.
const (
	LicenseScheduled LicenseState = "scheduled" // starts in the future
	LicenseActive    LicenseState = "active"    // within its term
	LicenseExpiring  LicenseState = "expiring"  // within its profile's warning window
	LicenseGrace     LicenseState = "grace"     // past its end, within its grace days
	LicenseExpired   LicenseState = "expired"   // past its grace
	LicenseSuspended LicenseState = "suspended" // by somebody, or because its profile stands still
	LicenseEnded     LicenseState = "ended"     // for good
)

// LicenseStates returns every state, in the order of a license's life.
func LicenseStates() []LicenseState {
	return []LicenseState{
		LicenseActive, LicenseExpiring, LicenseGrace, LicenseExpired, LicenseSuspended, LicenseScheduled, LicenseEnded,
	}
}

// Text returns the name of s.
func (s LicenseState) Text() Text { return T("license.state." + string(s)) }

// Valid reports whether a check of a license in state s succeeds.
func (s LicenseState) Valid() bool {
	return s == LicenseActive || s == LicenseExpiring || s == LicenseGrace
}

// Inactive reports whether s counts in the tile Inactive licenses.
func (s LicenseState) Inactive() bool { return slices.Contains(InactiveStates(), s) }

// InactiveStates returns the states that the tile Inactive licenses counts.
func InactiveStates() []LicenseState {
	return []LicenseState{LicenseExpired, LicenseSuspended, LicenseScheduled}
}

// PresentStates returns every state but ended: what lists and totals show
// unless somebody asks for the ended ones.
func PresentStates() []LicenseState {
	return slices.DeleteFunc(LicenseStates(), func(s LicenseState) bool { return s == LicenseEnded })
}

const day = 24 * time.Hour

// AddMonths returns the same time of day so many months after t: on the same day
// of the month, or on the last one of a month that is shorter.
func AddMonths(t time.Time, months int) time.Time {
	then := t.AddDate(0, months, 0)
	if then.Day() != t.Day() {
		then = then.AddDate(0, 0, -then.Day())
	}
	return then
}

// Suspend returns l as invalid until it is resumed, from now on, for a reason. Kinds:
// Conflict, if it has ended or is suspended.
func (l License) Suspend(now time.Time, reason string) (License, error) {
	if err := l.stands(); err != nil {
		return l, err
	}
	if !l.Suspended.IsZero() {
		return l, Errorf(Conflict, "license.suspended_already")
	}
	l.Suspended, l.SuspendReason = now, reason
	return l, nil
}

// Resume undoes Suspend. Kinds: Conflict, if l has ended or is not itself suspended.
func (l License) Resume() (License, error) {
	if err := l.stands(); err != nil {
		return l, err
	}
	if l.Suspended.IsZero() {
		return l, Errorf(Conflict, "license.not_suspended")
	}
	l.Suspended, l.SuspendReason = time.Time{}, ""
	return l, nil
}

// End returns l as it is when it ends for good, now. Kinds: Conflict, if it has.
func (l License) End(now time.Time) (License, error) {
	err := l.stands()
	l.Ended = now
	return l, err
}

// stands returns a Conflict if l has ended.
func (l License) stands() error {
	if !l.Ended.IsZero() {
		return Errorf(Conflict, "license.ended_already")
	}
	return nil
}

// GraceEnds returns when l stops being valid; zero if never.
func (l License) GraceEnds() time.Time {
	if l.Ends.IsZero() {
		return time.Time{}
	}
	return l.Ends.Add(time.Duration(l.GraceDays) * day)
}

// State returns the state of l at now. The store says the same in SQL, where it
// filters and counts; TestStateAgrees holds the two together.
func (l License) State(now time.Time) LicenseState {
	switch {
	case !l.Ended.IsZero():
		return LicenseEnded
	case !l.Suspended.IsZero() || l.Halted:
		return LicenseSuspended
	case l.Starts.After(now):
		return LicenseScheduled
	case l.Ends.IsZero() || l.Renews: // whether or not somebody has written the new end yet
		return LicenseActive
	case !now.Before(l.GraceEnds()):
		return LicenseExpired
	case !now.Before(l.Ends):
		return LicenseGrace
	case !now.Before(l.Ends.Add(-time.Duration(l.WarningDays) * day)):
		return LicenseExpiring
	}
	return LicenseActive
}

// Why returns the reason for l's state at now, in a sentence.
func (l License) Why(now time.Time) Text {
	switch s := l.State(now); {
	case s == LicenseEnded:
		return T("license.why.ended", "Date", l.Ended)
	case s == LicenseSuspended && l.Suspended.IsZero():
		return T("license.why.profile_suspended")
	case s == LicenseSuspended && l.SuspendReason != "":
		return T("license.why.suspended_because", "Date", l.Suspended, "Reason", l.SuspendReason)
	case s == LicenseSuspended:
		return T("license.why.suspended", "Date", l.Suspended)
	case s == LicenseScheduled:
		return T("license.why.scheduled", "Date", l.Starts)
	case s == LicenseExpired:
		return T("license.why.expired", "Date", l.GraceEnds())
	case s == LicenseGrace:
		return T("license.why.grace", "Date", l.GraceEnds())
	case s == LicenseExpiring:
		return T("license.why.expiring", "Date", l.Ends)
	case l.Awaits:
		return T("license.why.awaits")
	case l.Ends.IsZero():
		return T("license.why.perpetual")
	case l.Renews:
		return T("license.why.renews", "Date", l.Ends)
	}
	return T("license.why.active", "Date", l.Ends)
}

// mistakenFor is how long after it was made a license may turn out to be a mistake: one
// to build with leaves no trace of its use, and who used it for longer pays for it.
const mistakenFor = day

// Alone reports whether l was made by itself, and did not come with its profile.
func (l License) Alone() bool { return l.Kind == Development || l.Kind == ConnectAgentLicense }

// Young reports whether l was made so shortly before now that it may be a mistake.
func (l License) Young(now time.Time) bool { return now.Sub(l.Created) < mistakenFor }

// NewLicense asks for a license. For one of kind connectagent ask for a
// [NewAgent] instead; a base license comes with its profile.
type NewLicense struct {
	Profile string    `json:"profile,omitempty"` // who will hold it
	Plan    string    `json:"plan"`
	Name    string    `json:"name,omitempty"` // optional
	Starts  time.Time `json:"starts"`         // zero: now
}

// Clean returns n without the white space around what was typed.
func (n NewLicense) Clean() NewLicense {
	n.Name = strings.TrimSpace(n.Name)
	return n
}

// Validate reports every field that cannot be accepted as an Invalid error. A
// start before now is not accepted: it would change what was already billed.
func (n NewLicense) Validate(now time.Time) error {
	bad := problems{}
	if n.Profile == "" {
		bad.add("profile", "problem.profile")
	}
	if n.Plan == "" {
		bad.add("plan", "problem.plan")
	}
	bad.optionalName("name", n.Name)
	bad.start(n.Starts, now)
	return bad.err()
}

// start notes that a term may begin from today on, up to two years ahead.
func (p problems) start(starts, now time.Time) {
	switch {
	case starts.IsZero():
	case starts.Before(now.Add(-day)):
		p.add("starts", "problem.past")
	case starts.After(now.AddDate(2, 0, 0)):
		p.add("starts", "problem.too_far")
	}
}

// LicenseFilter chooses licenses for a list. Zero values choose all.
type LicenseFilter struct {
	Text     string // part of the name, the profile's name, the agent's or the billing ID, or the end of the key
	Profile  string // this profile's own only
	Kinds    []LicenseKind
	States   []LicenseState // none: all but ended
	Plan     string
	EndsFrom time.Time // its term ends at this time or later
	EndsTill time.Time // … before this time
}

// LicenseCount is how many licenses there are of a kind and in a state.
type LicenseCount struct {
	Kind  LicenseKind
	State LicenseState
	Count int
}
