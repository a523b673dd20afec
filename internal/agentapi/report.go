package agentapi

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/connectplaza/plaza"
)

// Report is what an agent says of its health.
type Report struct {
	Health        plaza.Health
	Message       string
	Build         string
	Notifications []Notification
}

// Notification is something that an agent wants people to know.
type Notification struct {
	Level    string
	Location string
	Message  string
	At       time.Time // zero: it did not say
}

// The limits of a report (agent API 8.5).
const (
	mostNotifications = 50
	notificationBytes = 2 << 10
)

func report(ctx context.Context, e *exchange) error {
	if e.api.Reports == nil {
		return notFound()
	}
	r, err := e.readReport()
	if err != nil {
		return err
	}
	m, err := e.api.Reports.Report(ctx, e.bearer, e.params[0], r)
	return e.showing(&m, err)
}

func (e *exchange) readReport() (r Report, err error) {
	meta := e.document(&err).needObject("meta")
	r = Report{Health: plaza.Health(meta.need("health")), Message: meta.text("message"), Build: meta.text("version")}
	if !slices.Contains(plaza.Healths(), r.Health) {
		meta.fail("health", "ok, warning or error")
	}
	if len(r.Message) > notificationBytes || len(r.Build) > notificationBytes {
		meta.fail("message", "a text of at most 2 KiB")
	}
	n := meta.of.member("notifications")
	if n.kind > null && n.kind != array || len(n.items) > mostNotifications {
		meta.fail("notifications", "a list of at most 50")
	}
	for i := range n.items {
		if err != nil {
			break
		}
		r.Notifications = append(r.Notifications, reader{&n.items[i], meta.at + "/notifications/" + strconv.Itoa(i), &err}.notification())
	}
	return r, err
}

func (r reader) notification() (n Notification) {
	if r.of.kind != object || len(r.of.raw) > notificationBytes {
		r.refuse(badMember(r.at, "an object of at most 2 KiB"))
	}
	n = Notification{Level: r.text("level"), Location: r.text("location"), Message: r.need("message")}
	if at := r.text("at"); at != "" {
		var err error
		if n.At, err = time.Parse(time.RFC3339, at); err != nil {
			r.fail("at", "a time as in RFC 3339")
		}
	}
	return n
}
