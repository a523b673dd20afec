package connectagent

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// health is how the work of an agent is doing.
type health struct {
	Health  string `json:"health"` // ok, warning or error
	Message string `json:"message"`
}

const healthOK = "ok"

// maxReported is how many bytes of a message the server takes, and of a notification
// with its location (agent API 8.5).
const maxReported = 2 << 10

// cut returns the beginning of s that fits into so many bytes, in whole characters.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	most = max(most, 0)
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

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
	told := h == a.tried // before, and in vain
	a.tried = h
	r := report{health: h, Version: a.version, Notifications: []notification{}}
	r.Message = cut(h.Message, maxReported)
	if h.Health != healthOK && h.Message != "" {
		message := cut(h.Message, maxReported-len(a.host.Hostname))
		r.Notifications = append(r.Notifications, notification{h.Health, a.host.Hostname, message, a.time.now()})
	}
	if _, err := a.client.action(ctx, a.state.Machine, "report", r, nil); err != nil {
		level := slog.LevelDebug // the heartbeat says that the server is away
		if _, isRefused := errors.AsType[*refused](err); isRefused && !told {
			level = slog.LevelWarn
		}
		a.log.LogAttrs(ctx, level, "the report did not arrive", slog.Any("error", err))
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
			h.Message = strings.ReplaceAll(h.Message, "\x00", "") // which no answer or request may hold
			last = h
		}
		return last
	}
}
