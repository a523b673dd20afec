package plaza

import (
	"slices"
	"strconv"
	"time"
)

// Report is how a ConnectAgent says it is, and what it tells of its work (agent API
// 8.5).
type Report struct {
	Health        Health
	Message       string // of its health, in its own words
	Build         string // its version; empty: as before
	Notifications []NewNotification
}

// NewNotification is something that a ConnectAgent tells.
type NewNotification struct {
	Level    string // see [NotificationLevel]
	Location string
	Message  string
	At       time.Time // zero: now
}

// The limits of a report.
const (
	MaxNotifications = 50      // of one report
	maxReported      = 2 << 10 // bytes of a notification, and of the message of a health
)

// Validate reports the first thing that cannot be accepted as a [Refusal].
func (r Report) Validate() error {
	wrong := func(pointer, why string) error {
		return Refuse(Invalid, "PARAMETER_INVALID", "/meta/"+pointer, "%s", why)
	}
	switch {
	case !slices.Contains(Healths(), r.Health):
		return wrong("health", "health is ok, warning or error")
	case len(r.Message) > maxReported:
		return wrong("message", "a message has at most 2048 bytes")
	case len([]rune(r.Build)) > maxDescription:
		return wrong("version", "a version has at most 255 characters")
	case len(r.Notifications) > MaxNotifications:
		return wrong("notifications", "a report has at most 50 notifications")
	}
	for i, n := range r.Notifications {
		at := "notifications/" + strconv.Itoa(i)
		switch {
		case !slices.Contains(NotificationLevels(), NotificationLevel(n.Level)):
			return wrong(at+"/level", "the level of a notification is info, warning or error")
		case n.Message == "":
			return wrong(at+"/message", "a notification has a message")
		case len([]rune(n.Location)) > maxDescription:
			return wrong(at+"/location", "a location has at most 255 characters")
		case len(n.Location)+len(n.Message) > maxReported:
			return wrong(at, "a notification has at most 2048 bytes")
		}
	}
	return nil
}

// Notification returns n as it is kept, told at now.
func (n NewNotification) Notification(now time.Time) AgentNotification {
	a := AgentNotification{
		Level: NotificationLevel(n.Level), Location: Cleaned(n.Location), Message: Cleaned(n.Message), At: n.At, Received: now,
	}
	if a.At.IsZero() || a.At.After(now) {
		a.At = now // a clock that is wrong puts nothing on top for ever
	}
	return a
}
