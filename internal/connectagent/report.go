package connectagent

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"time"
)

// health is how the work of an agent is doing.
type health struct {
	Health  string `json:"health"` // ok, warning or error
	Message string `json:"message"`
}

const healthOK = "ok"

// maxMessage is how much of a message the server takes.
const maxMessage = 2000

// report is what an agent tells of itself (agent API 8.5).
type report struct {
	health

	Version       string         `json:"version"`
	Notifications []notification `json:"notifications"`
}

// notification is something that people should see.
type notification struct {
	Level    string    `json:"level"`
	Location string    `json:"location"`
	Message  string    `json:"message"`
	At       time.Time `json:"at"`
}

// tell reports how the work is doing, at the start and when that has changed. What
// did not arrive is told again with the next heartbeat, which insists.
func (a *agent) tell(ctx context.Context, insist bool) {
	h := health{Health: healthOK}
	if a.probe != nil {
		h = a.probe()
	}
	if h == a.sent || a.state.Machine == "" || !insist && (h == a.tried || !a.online()) {
		return
	}
	a.tried = h
	r := report{health: h, Version: a.version, Notifications: []notification{}}
	if h.Health != healthOK {
		r.Notifications = append(r.Notifications, notification{h.Health, a.host.Hostname, h.Message, a.time.now()})
	}
	if _, err := a.client.action(ctx, a.state.Machine, "report", r, nil); err != nil {
		a.log.DebugContext(ctx, "the report did not arrive", slog.Any("error", err))
		return
	}
	a.sent = h
	a.log.InfoContext(ctx, "reported", slog.String("health", h.Health), slog.String("message", h.Message))
}

// healthFile returns how the work is doing as a file says. While the file is not
// there all is well; while it cannot be read, all is as before.
func healthFile(path string) func() health {
	last := health{Health: healthOK}
	return func() health {
		text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
		if os.IsNotExist(err) {
			last = health{Health: healthOK}
		}
		var h health
		if err != nil || json.Unmarshal(text, &h) != nil {
			return last
		}
		switch h.Health {
		case healthOK, "warning", "error":
			h.Message = h.Message[:min(len(h.Message), maxMessage)]
			last = h
		}
		return last
	}
}
