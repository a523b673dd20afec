package plaza

import (
	"strings"
	"time"
)

// Mode says what may be done in an acting session.
type Mode string

// The modes of an acting session.
const (
	Look   Mode = "look"   // see what the chosen login may see, as far as one's own rights go
	Manage Mode = "manage" // also change, with the rights one holds over the profile anyway
)

// Text returns the name of m.
func (m Mode) Text() Text { return T("acting.mode." + string(m)) }

// How long an acting session lasts at most: one that broke the glass, half as
// long.
const (
	ActingFor     = 60 * time.Minute
	BreakGlassFor = 30 * time.Minute
)

// MinReason is the shortest reason for an acting session, in characters.
const MinReason = 8

// NewActing asks for an acting session.
type NewActing struct {
	Login      string // to act as
	Profile    string // that it must be in; empty: any
	Reason     string
	Ticket     string // optional: where the reason is written up
	BreakGlass bool   // the vendor enters though the profile lets nobody in
}

// Clean returns n without the white space around what was typed.
func (n NewActing) Clean() NewActing {
	n.Reason, n.Ticket = strings.TrimSpace(n.Reason), strings.TrimSpace(n.Ticket)
	return n
}

// Validate reports every field that cannot be accepted as an Invalid error.
func (n NewActing) Validate() error {
	bad := problems{}
	if n.Login == "" {
		bad.add("login", "problem.login")
	}
	bad.why(n.Reason, n.Ticket)
	return bad.err()
}

// why notes that somebody who wants into another profile must say why.
func (p problems) why(reason, ticket string) {
	p.reason("reason", reason, MinReason)
	p.optionalName("ticket", ticket)
}

// Acting is an acting session: somebody of a profile above at work inside
// another profile.
type Acting struct {
	ID          string
	Login       string // who is really at the keyboard
	Person      string
	Name        string // of that person
	Profile     string // that login's own
	ProfileName string
	Kind        ProfileKind
	Role        Role
	Mode        Mode
	Reason      string
	Ticket      string
	BreakGlass  bool
	Started     time.Time
	Expires     time.Time
	Ended       time.Time // zero: not by anything but the clock
	End         EndReason // why; empty while Ended is zero
}

// Open reports whether a goes on at now.
func (a Acting) Open(now time.Time) bool { return a.Ended.IsZero() && now.Before(a.Expires) }

// EndReason says why an acting session ended.
type EndReason string

// Why an acting session can end.
const (
	EndLeft      EndReason = "left"       // whoever was acting went back
	EndSignedOut EndReason = "signed_out" // or signed out
	EndTime      EndReason = "time"       // its time was up
	EndSession   EndReason = "session"    // the browser's session was over: idle, too old, a new password
	EndProfile   EndReason = "profile"    // the profile that was acted in ended it
	EndAccess    EndReason = "access"     // it no longer lets anybody in, or took its consent back
	EndOff       EndReason = "off"        // the vendor switched Login as off for everybody
	EndLogin     EndReason = "login"      // the login that was acted as, or who acted, lost what it takes
	EndHalted    EndReason = "halted"     // one of the two profiles was suspended or closed
	EndMoved     EndReason = "moved"      // the profile that was acted in moved away
)

// Text says that and why an acting session ended.
func (r EndReason) Text() Text { return T("acting.end." + string(r)) }

// ActingFilter chooses acting sessions for a list. Zero values choose all.
type ActingFilter struct {
	Open  bool // going on now
	Ended bool // over
}

// ActingLine is an acting session as the profile that was acted in sees it.
type ActingLine struct {
	Acting

	As      string // ID of the login that was acted as
	AsName  string
	Changes int // events of it that changed something; looking at the log is none
}
