package plaza

import (
	"strings"
	"time"
)

// ConnectAgent is the runtime at a customer's site, with its license and with
// what it last said of itself.
type ConnectAgent struct {
	ID          string
	Profile     string
	ProfileName string
	Name        string
	License     License   // the license it runs on
	Created     time.Time //
	Activated   time.Time // zero: never
	Seen        time.Time // its last heartbeat; zero: never
	Goodbye     time.Time // when it said it would stop; zero: it did not since Seen
	Health      Health    // as it reported, meaningless before Seen
	Message     string    // of its health, in its own words
	Build       string    // its version, as it reported
	Host        string
	Platform    string
	Next        *Release // that it is offered; nil: none, or nobody asked
	Version     int
}

// Liveness says whether a ConnectAgent is heard of. It is derived at the moment
// of asking, as a license's state is.
type Liveness string

// How alive a ConnectAgent can be.
const (
	NeverSeen Liveness = "never"
	Online    Liveness = "online"  // a heartbeat within OnlineWithin
	Overdue   Liveness = "overdue" // silent for longer, up to OfflineAfter
	Offline   Liveness = "offline" // said goodbye, or silent for more than OfflineAfter
)

// Livenesses returns every liveness, the best first.
func Livenesses() []Liveness { return []Liveness{Online, Overdue, Offline, NeverSeen} }

// Text returns the name of l.
func (l Liveness) Text() Text { return T("agent.liveness." + string(l)) }

// The limits between the livenesses: the interval of heartbeats with some slack,
// and ten missed ones.
const (
	HeartbeatInterval = 60 * time.Second
	OnlineWithin      = HeartbeatInterval + 15*time.Second
	OfflineAfter      = 10 * time.Minute
)

// Liveness returns how alive a is at now. The store says the same in SQL;
// TestStateAgrees holds the two together.
func (a ConnectAgent) Liveness(now time.Time) Liveness {
	switch {
	case a.Seen.IsZero():
		return NeverSeen
	case !a.Goodbye.IsZero() || a.Seen.Before(now.Add(-OfflineAfter)):
		return Offline
	case a.Seen.Before(now.Add(-OnlineWithin)):
		return Overdue
	}
	return Online
}

// Health is how a ConnectAgent says it is.
type Health string

// How a ConnectAgent can be.
const (
	HealthOK      Health = "ok"
	HealthWarning Health = "warning"
	HealthError   Health = "error"
)

// Healths returns every health, the best first.
func Healths() []Health { return []Health{HealthOK, HealthWarning, HealthError} }

// Text returns the name of h.
func (h Health) Text() Text { return T("agent.health." + string(h)) }

// NewAgent asks for a ConnectAgent with its license.
type NewAgent struct {
	Profile string    `json:"profile,omitempty"` // whose it will be
	Plan    string    `json:"plan"`
	Name    string    `json:"name"`
	Starts  time.Time `json:"starts"` // zero: now
}

// Clean returns n without the white space around what was typed.
func (n NewAgent) Clean() NewAgent {
	n.Name = strings.TrimSpace(n.Name)
	return n
}

// Validate reports every field that cannot be accepted as an Invalid error.
func (n NewAgent) Validate(now time.Time) error {
	bad := problems{}
	if n.Profile == "" {
		bad.add("profile", "problem.profile")
	}
	bad.name("name", n.Name)
	if n.Plan == "" {
		bad.add("plan", "problem.plan")
	}
	bad.start(n.Starts, now)
	return bad.err()
}

// AgentEdit changes what a ConnectAgent is called.
type AgentEdit struct {
	Name    string
	Version int // as it was read
}

// Clean returns e without the white space around what was typed.
func (e AgentEdit) Clean() AgentEdit {
	e.Name = strings.TrimSpace(e.Name)
	return e
}

// Validate reports every field that cannot be accepted as an Invalid error.
func (e AgentEdit) Validate() error {
	bad := problems{}
	bad.name("name", e.Name)
	return bad.err()
}

// Heartbeat is what a ConnectAgent says once a minute.
type Heartbeat struct {
	Agent    string
	At       time.Time
	Goodbye  bool // it is about to stop
	Health   Health
	Message  string
	Build    string
	Host     string
	Platform string

	Notifications []NewNotification
}

// AgentFilter chooses ConnectAgents for a list. Zero values choose all whose
// license has not ended.
type AgentFilter struct {
	Text     string // part of the name, the host or the profile's name
	Profile  string // this profile's own only
	Liveness []Liveness
	Health   []Health
}

// AgentCount is how many ConnectAgents there are of a liveness and health.
type AgentCount struct {
	Liveness Liveness
	Health   Health
	Count    int
}
