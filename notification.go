package plaza

import "time"

// NotificationLevel says how grave what a ConnectAgent tells is.
type NotificationLevel string

// The levels of notifications.
const (
	LevelInfo    NotificationLevel = "info"
	LevelWarning NotificationLevel = "warning"
	LevelError   NotificationLevel = "error"
)

// NotificationLevels returns every level, the gravest first.
func NotificationLevels() []NotificationLevel {
	return []NotificationLevel{LevelError, LevelWarning, LevelInfo}
}

// Text returns the name of l.
func (l NotificationLevel) Text() Text { return T("notification.level." + string(l)) }

// AgentNotification is something that a ConnectAgent tells of its work.
type AgentNotification struct {
	ID           string
	Profile      string
	ProfileName  string
	Agent        string
	AgentName    string
	Activation   string // empty when it is added: the one that the agent is on
	Level        NotificationLevel
	Location     string    // where in its work, in its own words
	Message      string    // in its own words
	At           time.Time // as the agent says, but not later than Received
	Received     time.Time
	Acknowledged time.Time // zero: by nobody yet
	By           string    // ID of the login that did
	ByName       string    // empty: of somebody above
}

// KeptNotifications is how many are kept of one activation: the newest.
const KeptNotifications = 1000

// NotificationFilter chooses notifications for a list. Zero values choose all.
type NotificationFilter struct {
	Agent        string
	Wall         MonitorFilter // those of the ConnectAgents that it chooses
	Levels       []NotificationLevel
	Acknowledged *bool     // nil: whether or not
	By           string    // acknowledged by this login
	AckedAt      time.Time // and at this time
}
