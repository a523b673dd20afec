package plaza

import (
	"strings"
	"time"
)

// SupportAccess says whether those above may enter a profile with Login as. Each
// profile says it for itself.
type SupportAccess string

// The settings of support access.
const (
	AccessAllowed SupportAccess = "allowed"
	AccessAsk     SupportAccess = "ask"   // with the consent of an owner
	AccessNever   SupportAccess = "never" // but for the vendor, which breaks the glass
)

// SupportAccesses returns every setting, the most open first.
func SupportAccesses() []SupportAccess {
	return []SupportAccess{AccessAllowed, AccessAsk, AccessNever}
}

// Text returns the name of s.
func (s SupportAccess) Text() Text { return T("access.setting." + string(s)) }

// ConsentLongest is the farthest end that a consent can have.
const ConsentLongest = 30 * day

// NewConsent asks the owners of a profile to be let in.
type NewConsent struct {
	Profile string
	Reason  string
	Ticket  string // optional
	Until   time.Time
}

// Clean returns n without the white space around what was typed.
func (n NewConsent) Clean() NewConsent {
	n.Reason, n.Ticket = strings.TrimSpace(n.Reason), strings.TrimSpace(n.Ticket)
	return n
}

// Validate reports every field that cannot be accepted at now as an Invalid
// error.
func (n NewConsent) Validate(now time.Time) error {
	bad := problems{}
	bad.why(n.Reason, n.Ticket)
	if !n.Until.After(now) || n.Until.After(now.Add(ConsentLongest)) {
		bad.add("until", "problem.consent_until", "Days", int(ConsentLongest/day))
	}
	return bad.err()
}

// Consent is somebody of a profile above asking to be let into a profile until a
// day, and what its owners answered. It holds for that login alone.
type Consent struct {
	ID           string
	Profile      string // that is asked
	ProfileName  string
	Asker        string // ID of the login that wants in
	AskerName    string
	AskerProfile string // that login's
	AskerOf      string // name of AskerProfile
	Reason       string
	Ticket       string
	Until        time.Time // when it ends, granted or not
	Created      time.Time
	Answer       ConsentState // empty while nobody answered
	Answered     time.Time
	Once         bool      // granted for a single entry
	Used         time.Time // when that was; zero: not yet
	Version      int
}

// ConsentState is where a consent stands.
type ConsentState string

// The states of a consent.
const (
	ConsentOpen      ConsentState = "open"
	ConsentGranted   ConsentState = "granted"
	ConsentRefused   ConsentState = "refused"
	ConsentWithdrawn ConsentState = "withdrawn" // by whoever asked
	ConsentRevoked   ConsentState = "revoked"   // taken back by the profile
	ConsentUsed      ConsentState = "used"      // it was for a single entry
	ConsentLapsed    ConsentState = "lapsed"    // its end has passed
)

// Text returns the name of s.
func (s ConsentState) Text() Text { return T("access.consent." + string(s)) }

// State returns the state of c at now.
func (c Consent) State(now time.Time) ConsentState {
	switch {
	case c.Answer != "" && c.Answer != ConsentGranted:
		return c.Answer
	case !c.Used.IsZero():
		return ConsentUsed
	case !now.Before(c.Until):
		return ConsentLapsed
	case c.Answer == ConsentGranted:
		return ConsentGranted
	}
	return ConsentOpen
}

// Access is who may enter a profile and who is inside, as that profile sees it.
type Access struct {
	Setting  SupportAccess
	Version  int          // of the profile
	Off      bool         // Login as is switched off in the whole installation; only the vendor learns it
	Inside   []ActingLine // who is in now
	Consents []Consent    // that wait for an answer, or hold; one for a single entry as long as that goes on
}

// Entrance is how somebody above stands before the door of a profile: whether it
// can enter with Login as, and what it takes.
type Entrance struct {
	Profile Profile
	Logins  []Login // of the profile, those that cannot be chosen too
	Off     bool    // the vendor has switched Login as off
	Consent Consent // of the one who asks: the newest that is open or holds; zero: none
}

// Free reports whether one can enter now without breaking the glass.
func (e Entrance) Free(now time.Time) bool {
	switch {
	case e.Off:
		return false
	case e.Profile.Access == AccessAllowed:
		return true
	}
	return e.Profile.Access == AccessAsk && e.Consent.State(now) == ConsentGranted
}
