package agentapi

import (
	"context"
	"strconv"
	"time"

	"github.com/connectplaza/plaza"
)

func report(ctx context.Context, e *exchange) error {
	r, err := e.readReport()
	if err != nil {
		return err
	}
	m, err := e.api.Fleet.Report(ctx, e.bearer, e.params[0], r)
	return e.showing(&m, err)
}

func (e *exchange) readReport() (r plaza.Report, err error) {
	meta := e.document(&err).needObject("meta")
	r = plaza.Report{Health: plaza.Health(meta.need("health")), Message: meta.text("message"), Build: meta.text("version")}
	n := meta.of.member("notifications")
	if n.kind > null && n.kind != array {
		meta.fail("notifications", "a list")
	}
	for i := range n.items {
		if err != nil {
			break
		}
		r.Notifications = append(r.Notifications, reader{&n.items[i], meta.at + "/notifications/" + strconv.Itoa(i), &err}.notification())
	}
	return r, err
}

func (r reader) notification() (n plaza.NewNotification) {
	if r.of.kind != object {
		r.refuse(badMember(r.at, "an object"))
	}
	n = plaza.NewNotification{Level: r.text("level"), Location: r.text("location"), Message: r.need("message")}
	if at := r.text("at"); at != "" {
		var err error
		if n.At, err = time.Parse(time.RFC3339, at); err != nil {
			r.fail("at", "a time as in RFC 3339")
		}
	}
	return n
}
