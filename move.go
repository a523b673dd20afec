package plaza

import (
	"slices"
	"strings"
	"time"
)

// Move is a profile on its way, with everything below it, from one parent to
// another. Three have to agree: the side that gives it away, the side that takes it,
// and the vendor. Each keeps its names as they were when it was proposed, as neither
// side sees the other.
type Move struct {
	ID          string
	Profile     string // that moves
	ProfileName string
	From        string // its parent until then
	FromName    string
	To          string // empty until the vendor chose
	ToName      string
	Vendor      string
	Whom        string // who should take it, in the words of the giving side; optional
	Reason      string
	Asker       string // the profile that proposed it
	AskerLogin  string
	Created     time.Time
	Given       time.Time // when the giving side agreed; zero: not yet
	Taken       time.Time // the taking side
	Allowed     time.Time // the vendor
	Decided     time.Time // zero while nothing came of it
	Decision    MoveState // empty while Decided is zero
	Why         string    // of a decline
	Version     int
}

// MoveState is where a move stands.
type MoveState string

// The states of a move.
const (
	MoveWaiting   MoveState = "waiting"
	MoveDone      MoveState = "done"
	MoveDeclined  MoveState = "declined"
	MoveWithdrawn MoveState = "withdrawn"
	MoveLapsed    MoveState = "lapsed"
)

// MoveStates returns every state of a move.
func MoveStates() []MoveState {
	return []MoveState{MoveWaiting, MoveDone, MoveDeclined, MoveWithdrawn, MoveLapsed}
}

// Text returns the name of s.
func (s MoveState) Text() Text { return T("move.state." + string(s)) }

// MoveOpenFor is how long a move waits for everybody to agree before it lapses.
const MoveOpenFor = 30 * day

// State returns the state of m at now.
func (m Move) State(now time.Time) MoveState {
	switch {
	case m.Decision != "":
		return m.Decision
	case !now.Before(m.Lapses()):
		return MoveLapsed
	}
	return MoveWaiting
}

// Lapses returns when m lapses, if not everybody has agreed before.
func (m Move) Lapses() time.Time { return m.Created.Add(MoveOpenFor) }

// MoveSide is one of those who have to agree.
type MoveSide string

// The sides of a move.
const (
	MoveGiver  MoveSide = "giver"
	MoveTaker  MoveSide = "taker"
	MoveVendor MoveSide = "vendor"
)

// Text returns the name of s.
func (s MoveSide) Text() Text { return T("move.side." + string(s)) }

// MoveConsent is one side of a move, and whether it agreed.
type MoveConsent struct {
	Side    MoveSide
	Profile string // empty: nobody was chosen yet
	Name    string
	At      time.Time // zero: not yet
}

// Consents returns every side of m. A profile can be two of them.
func (m Move) Consents() []MoveConsent {
	return []MoveConsent{
		{MoveGiver, m.From, m.FromName, m.Given}, {MoveTaker, m.To, m.ToName, m.Taken}, {Side: MoveVendor, Profile: m.Vendor, At: m.Allowed},
	}
}

// Awaits reports whether the profile with the given ID has to agree, and has not.
func (m Move) Awaits(profile string) bool {
	return slices.ContainsFunc(m.Consents(), func(c MoveConsent) bool { return c.Profile == profile && c.At.IsZero() })
}

// Concerns reports whether the profile with the given ID is a side of m.
func (m Move) Concerns(profile string) bool {
	return profile == m.From || profile == m.To || profile == m.Vendor
}

// Agreed returns m after the profile with the given ID agreed, for every side that
// it is.
func (m Move) Agreed(profile string, now time.Time) Move {
	if m.From == profile && m.Given.IsZero() {
		m.Given = now
	}
	if m.To == profile && m.Taken.IsZero() {
		m.Taken = now
	}
	if m.Vendor == profile && m.Allowed.IsZero() {
		m.Allowed = now
	}
	return m
}

// Complete reports whether every side has agreed.
func (m Move) Complete() bool {
	return m.To != "" && !m.Given.IsZero() && !m.Taken.IsZero() && !m.Allowed.IsZero()
}

// NewMove proposes to move a profile.
type NewMove struct {
	Profile string
	To      string // empty: whom the vendor chooses
	Whom    string // then: who is meant
	Reason  string
}

// Clean returns n without the white space around what was typed.
func (n NewMove) Clean() NewMove {
	n.Whom, n.Reason = strings.TrimSpace(n.Whom), strings.TrimSpace(n.Reason)
	return n
}

// Validate reports every field that cannot be accepted as an Invalid error.
func (n NewMove) Validate() error {
	bad := problems{}
	if n.To == "" {
		bad.name("whom", n.Whom)
	} else {
		bad.optionalName("whom", n.Whom)
	}
	bad.reason("reason", n.Reason, MinReason)
	return bad.err()
}

// MoveAgreement is one side saying yes.
type MoveAgreement struct {
	To      string // who takes it, if the vendor is to choose
	Name    string // of the profile that moves, typed by whoever agrees last
	Version int    // as it was read
}

// MoveFilter chooses moves for a list. Zero values choose all.
type MoveFilter struct {
	Profile string // of this profile only
	Awaits  string // this profile has to agree, and has not
	States  []MoveState
}

// MovedLicenses is how many licenses of a kind and plan go along.
type MovedLicenses struct {
	Kind     LicenseKind
	Plan     string
	PlanName string
	Count    int
}

// MovePreview is what a move would do at this moment, as far as one may see it.
type MovePreview struct {
	Profiles int // with the one that moves
	Licenses []MovedLicenses
	Agents   int
	Logins   int // that are not disabled
	Requests int // that wait, and go along

	Losers  []string // names of the profiles that see it no longer
	Gainers []string // that see it from then on
	Missing []string // names of plans that are not offered to the taking side

	Allowances []Allowance // of the taking side, as they would be then; those that come near or are used up
	FullBeyond bool        // another one of the taking side would be exceeded

	Inside   bool // the rest is known, as the profile is one's own or below
	Actings  int  // acting sessions that end
	Consents int  // consents to enter that end

	Clash Text // why it cannot be done now; zero: it can
}

// Total returns how many licenses go along.
func (p MovePreview) Total() (n int) {
	for _, l := range p.Licenses {
		n += l.Count
	}
	return n
}

// ByKind returns how many licenses of each kind go along, those of which there are
// some.
func (p MovePreview) ByKind() (all []MovedLicenses) {
	for _, kind := range LicenseKinds() {
		n := 0
		for _, l := range p.Licenses {
			if l.Kind == kind {
				n += l.Count
			}
		}
		if n > 0 {
			all = append(all, MovedLicenses{Kind: kind, Count: n})
		}
	}
	return all
}

// With returns w as it is once the licenses have come.
func (w Allowance) With(all []MovedLicenses) Allowance {
	for _, l := range all {
		if l.Kind == w.Kind || l.Plan == w.Plan {
			w.Used += l.Count
		}
	}
	return w
}
