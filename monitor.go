package plaza

import "time"

// AgentStatus is what is said of a ConnectAgent in one word: how it is while it is
// online, else whether it is heard of.
type AgentStatus string

// What can be said of a ConnectAgent in one word.
const (
	AgentOnline  AgentStatus = "online" // and well
	AgentWarning AgentStatus = "warning"
	AgentError   AgentStatus = "error"
	AgentOverdue AgentStatus = "overdue"
	AgentOffline AgentStatus = "offline"
	AgentNever   AgentStatus = "never"
)

// AgentStatuses returns every status, the best first.
func AgentStatuses() []AgentStatus {
	return []AgentStatus{AgentOnline, AgentWarning, AgentError, AgentOverdue, AgentOffline, AgentNever}
}

// StatusOf returns what is said of a ConnectAgent that is so alive, and was so well
// when it last said. The store says the same in SQL; TestStateAgrees holds the two
// together.
func StatusOf(l Liveness, h Health) AgentStatus {
	switch {
	case l != Online:
		return AgentStatus(l)
	case h == HealthOK:
		return AgentOnline
	}
	return AgentStatus(h)
}

// Text returns the name of s.
func (s AgentStatus) Text() Text {
	if s == AgentWarning || s == AgentError {
		return Health(s).Text()
	}
	return Liveness(s).Text()
}

// Status returns what is said of a at now in one word.
func (a ConnectAgent) Status(now time.Time) AgentStatus { return StatusOf(a.Liveness(now), a.Health) }

// Tile is what the Monitor shows of a ConnectAgent.
type Tile struct {
	ID          string
	Profile     string
	ProfileName string
	Name        string
	Build       string
	Seen        time.Time // its last heartbeat; zero: never
	Goodbye     time.Time // when it said it would stop; zero: it did not since Seen
	Health      Health
	Message     string
	Suspended   bool // its license is
}

// Status returns what is said of t at now in one word.
func (t Tile) Status(now time.Time) AgentStatus {
	return ConnectAgent{Seen: t.Seen, Goodbye: t.Goodbye, Health: t.Health}.Status(now)
}

// MonitorFilter chooses tiles. Zero values choose all.
type MonitorFilter struct {
	Text     string // part of the name or the profile's name
	Profile  string // this profile's own only
	Statuses []AgentStatus
}

// MostTiles is how many tiles a wall has at most: of more, nobody sees anything.
const MostTiles = 10_000

// Wall is the Monitor's tiles, or what changed of them.
type Wall struct {
	At      time.Time
	Turn    string // to ask for what changes after this
	Whole   bool   // Tiles are all that there are
	Crowded bool   // there are more than MostTiles, and so none
	Tiles   []WallTile
	Gone    []string            // IDs of those that are not chosen, or not there, any more; some never were
	Counts  map[AgentStatus]int // of those chosen by all but their status; nil if nothing changed
}

// WallTile is a tile with its status at the time of its wall.
type WallTile struct {
	Tile

	Status AgentStatus
}

// AgentState is a status that a ConnectAgent came to have.
type AgentState struct {
	At    time.Time
	State AgentStatus
}

// AgentTurn is that a ConnectAgent went from one status to another.
type AgentTurn struct {
	Agent, Name          string
	Profile, ProfileName string
	Before, After        AgentStatus
}

// Event returns as which kind of event people are told of t, if they are: that an agent
// can be heard, or not any more. That one is overdue is too early to say so.
func (t AgentTurn) Event() (k EventKind, ok bool) {
	heard := func(s AgentStatus) bool { return s != AgentOffline && s != AgentNever }
	switch {
	case heard(t.After) && !heard(t.Before):
		return EventAgentOnline, true
	case t.After == AgentOffline && heard(t.Before):
		return EventAgentOffline, true
	}
	return "", false
}
