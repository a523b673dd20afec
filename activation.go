package plaza

import (
	"strings"
	"time"
)

// Activation is a ConnectAgent's license bound to one machine by fingerprint. It
// is kept when it ends.
type Activation struct {
	ID          string
	Profile     string
	License     string
	Agent       string
	Fingerprint string // an opaque text, compared byte for byte
	Name        string // this and what follows is as the agent said; empty if it did not
	Host        string
	Platform    string
	IP          string
	Cores       int    // 0: it did not say
	Memory      int64  // bytes
	Disk        int64  // bytes
	Metadata    string // a JSON object; empty for {}
	Address     string // that the activation came from
	Created     time.Time
	Updated     time.Time
	CheckedOut  time.Time // last file; zero: never
	Beat        time.Time // last heartbeat; zero: never
	Goodbye     time.Time // when it said it would stop; zero: it did not since Beat
	Generation  int64     // of heartbeats
	Cloned      time.Time // when two processes were seen to beat for it; zero: never
	Ended       time.Time // zero: it stands
	EndedWhy    EndWhy
	EndedBy     string    // who: an ID of a login, or the name of one of Plaza's own
	EndedByName string    // of that login, for whoever may know it
	FileUntil   time.Time // the end of the file that it works by without a server; zero: none was made here
	Processes   int       // that live; where that matters
	Components  []Component
}

// EndWhy says why an activation ended.
type EndWhy string

// Why an activation can end.
const (
	EndDeactivated EndWhy = "deactivated" // by the agent itself
	EndReleased    EndWhy = "released"    // by somebody in the dashboard
	EndCulled      EndWhy = "culled"      // it was silent for longer than its terms allow
	EndLicense     EndWhy = "license"     // its license ended
)

// Text returns the name of w.
func (w EndWhy) Text() Text { return T("activation.ended." + string(w)) }

// HeartbeatStatus is how alive something is on the agents' wire.
type HeartbeatStatus string

// How alive something is (agent API 8.1).
const (
	HeartbeatNotStarted  HeartbeatStatus = "NOT_STARTED"
	HeartbeatAlive       HeartbeatStatus = "ALIVE"
	HeartbeatDead        HeartbeatStatus = "DEAD"
	HeartbeatResurrected HeartbeatStatus = "RESURRECTED" // only in the answer to the heartbeat that did it
)

// Status returns how alive a machine under t is at now that was activated at
// created and last beat at beat. Nothing has to run for it to be right.
func (t *Terms) Status(created, beat, now time.Time) HeartbeatStatus {
	switch {
	case beat.IsZero() && t.Heartbeat && now.After(created.Add(t.Deadline())):
		return HeartbeatDead
	case beat.IsZero():
		return HeartbeatNotStarted
	case now.After(beat.Add(t.Deadline())):
		return HeartbeatDead
	}
	return HeartbeatAlive
}

// Status returns how alive a is at now under t.
func (a Activation) Status(t *Terms, now time.Time) HeartbeatStatus {
	return t.Status(a.Created, a.Beat, now)
}

// Revives reports whether a heartbeat at now brings back what is dead under t.
func (t *Terms) Revives(beat, now time.Time) bool {
	window, limited := t.Revival.Window()
	if !limited {
		return true
	}
	return window > 0 && !beat.IsZero() && !now.After(beat.Add(t.Deadline()+window))
}

// Offline reports whether a may work by a file at now, and is silent for that.
func (a Activation) Offline(now time.Time) bool {
	return a.Ended.IsZero() && now.Before(a.FileUntil) && now.Sub(a.Beat) > OfflineAfter
}

// CulledAt returns when a, if it stays silent, loses its place; zero if it keeps
// it (agent API 8.4). While its file is good it is not missed.
func (a Activation) CulledAt(t *Terms) time.Time {
	at := a.silentTill(t)
	if !at.IsZero() && at.Before(a.FileUntil) {
		return a.FileUntil
	}
	return at
}

func (a Activation) silentTill(t *Terms) time.Time {
	window, limited := t.Revival.Window()
	switch {
	case t.Cull != DeactivateDead || !limited:
		return time.Time{}
	case !a.Beat.IsZero():
		return a.Beat.Add(t.Deadline() + window)
	case t.Heartbeat:
		return a.Created.Add(t.Deadline())
	}
	return time.Time{}
}

// Component is a piece of a machine's hardware.
type Component struct {
	ID          string
	Activation  string
	Fingerprint string
	Name        string
	Metadata    string
	Created     time.Time
	Updated     time.Time
}

// Process is an integration process inside a ConnectAgent. It occupies one of the
// slots of its license while it lives.
type Process struct {
	ID         string
	Activation string
	PID        string
	Metadata   string
	Beat       time.Time // last heartbeat; from its creation on
	Created    time.Time
	Updated    time.Time
}

// Status returns how alive p is at now under t.
func (p Process) Status(t *Terms, now time.Time) HeartbeatStatus {
	return t.Status(p.Created, p.Beat, now)
}

// NewActivation asks for a license to be bound to a machine.
type NewActivation struct {
	Fingerprint string
	Name        string
	Host        string
	Platform    string
	IP          string
	Cores       int
	Memory      int64
	Disk        int64
	Metadata    string
	Components  []NewComponent
	Wrong       error // what else is wrong with what was said, as whoever read it found; it counts where the rest does
}

// NewComponent asks for a piece of hardware to be known.
type NewComponent struct {
	Fingerprint string
	Name        string
	Metadata    string
}

// ActivationEdit describes a machine anew: what is nil stays.
type ActivationEdit struct {
	Name, Host, Platform, IP *string
}

// The limits of what an agent may say (agent API 10.3).
const (
	MaxFingerprint = 4096 // bytes
	MaxComponents  = 20   // of one activation
	maxDescription = 255  // characters
)

// ValidateFingerprint reports a fingerprint that no machine can have as a [Refusal]
// (agent API 4.1, step 3). Whether it is taken is told before the rest is looked at.
func (n NewActivation) ValidateFingerprint() error {
	return checkFingerprint(n.Fingerprint, atFingerprint)
}

// ValidateRest reports the first thing beside the fingerprint that cannot be
// accepted as a [Refusal] (agent API 4.1, step 5).
func (n NewActivation) ValidateRest() error {
	if len(n.Components) > MaxComponents {
		return Refuse(Invalid, "COMPONENTS_LIMIT_EXCEEDED", atComponents, "an activation has at most %d components", MaxComponents)
	}
	var twice []int
	seen := map[string]bool{}
	for i, c := range n.Components {
		if err := checkFingerprint(c.Fingerprint, ComponentPointer(i)); err != nil {
			return err
		}
		if seen[c.Fingerprint] {
			twice = append(twice, i)
		}
		seen[c.Fingerprint] = true
	}
	if len(twice) > 0 {
		return RefuseComponents("COMPONENTS_FINGERPRINT_CONFLICT", "two components of the request have this fingerprint", twice)
	}
	if err := (ActivationEdit{Name: &n.Name, Host: &n.Host, Platform: &n.Platform, IP: &n.IP}).Validate(); err != nil {
		return err
	}
	return n.Wrong
}

const (
	atFingerprint = "/data/attributes/fingerprint"
	atComponents  = "/data/relationships/components/data"
)

// Validate reports a component that cannot be accepted as a [Refusal].
func (n NewComponent) Validate() error {
	if err := checkFingerprint(n.Fingerprint, atFingerprint); err != nil {
		return err
	}
	return tooLong("NAME_TOO_LONG", "name", n.Name)
}

func checkFingerprint(fingerprint, pointer string) error {
	switch {
	case len(fingerprint) > MaxFingerprint:
		return Refuse(Invalid, "FINGERPRINT_TOO_LONG", pointer, "a fingerprint has at most %d bytes", MaxFingerprint)
	case fingerprint == "action" || fingerprint == "actions":
		return Refuse(Invalid, "FINGERPRINT_NOT_ALLOWED", pointer, "this word cannot be a fingerprint")
	}
	return nil
}

// Validate reports the first text that is too long as a [Refusal].
func (e ActivationEdit) Validate() error {
	for _, one := range []struct {
		code, field string
		text        *string
	}{
		{"NAME_TOO_LONG", "name", e.Name},
		{"HOSTNAME_TOO_LONG", "hostname", e.Host},
		{"PLATFORM_TOO_LONG", "platform", e.Platform},
		{"IP_TOO_LONG", "ip", e.IP},
	} {
		if one.text == nil {
			continue
		}
		if err := tooLong(one.code, one.field, *one.text); err != nil {
			return err
		}
	}
	return nil
}

func tooLong(code, field, text string) error {
	if len([]rune(text)) > maxDescription {
		return Refuse(Invalid, code, "/data/attributes/"+field, "%s has at most %d characters", field, maxDescription)
	}
	return nil
}

// Cleaned returns an agent's text as it may be kept: without what a database
// refuses, and without white space around it.
func Cleaned(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", ""))
}
