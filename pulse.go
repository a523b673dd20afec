package plaza

import "time"

// Pulse is when something was last heard of: an activation or a process by its
// heartbeat, a license by its check.
type Pulse struct {
	ID         string
	At         time.Time
	Goodbye    bool // it said then that it would stop
	Generation int64
}
