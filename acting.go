package plaza

import (
	"strings"
	"time"
)

// Mode says what may be done in an acting session.
type Mode string

// The modes of an acting session.
const (
	Look   Mode = "look"   // see exactly what the chosen login may see
	Manage Mode = "manage" // also change, with the rights one holds over the profile anyway
)

// Text returns the name of m.
func (m Mode) Text() Text { return T("acting.mode." + string(m)) }

// ActingFor is how long an acting session lasts at most.
const ActingFor = 60 * time.Minute

// MinReason is the shortest reason for an acting session, in characters.
const MinReason = 8

// NewActing asks for an acting session.
type NewActing struct {
	Login   string // to act as
	Profile string // that it must be in; empty: any
	Reason  string
	Ticket  string // optional: where the reason is written up
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
	bad.reason("reason", n.Reason, MinReason)
	if n.Ticket != "" {
		bad.name("ticket", n.Ticket)
	}
	return bad.err()
}

// Acting is an acting session: somebody of a profile above at work inside
// another profile.
type Acting struct {
	ID      string
	Login   string // who is really at the keyboard
	Person  string
	Name    string // of that person
	Profile string // that login's own
	Kind    ProfileKind
	Role    Role
	Mode    Mode
	Reason  string
	Ticket  string
	Started time.Time
	Expires time.Time
}
