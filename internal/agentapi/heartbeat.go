package agentapi

import (
	"context"
	"log/slog"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/heartbeat"
)

// pingMachine notes a heartbeat. It is what agents do all day, and touches memory
// only.
func pingMachine(ctx context.Context, e *exchange) error {
	beat := heartbeat.Beat{Generation: -1}
	if e.spoken {
		var err error
		meta := e.document(&err).object("meta")
		if g := meta.integer("generation", heartbeat.MostGeneration); g.Is {
			beat.Generation = g.Value
		}
		if beat.Boot = meta.text("boot"); err != nil {
			return err
		}
	}
	pong, err := e.api.Fleet.Ping(ctx, e.bearer, e.params[0], beat)
	if err != nil {
		return err
	}
	if pong.Unnoted != nil {
		e.api.Log.LogAttrs(ctx, slog.LevelError, "a cloned machine could not be noted", slog.Any("error", pong.Unnoted), slog.String("request", e.id))
	}
	p := &e.pen
	p.data()
	e.machine(&pong.Machine, pong.Status)
	p.object("meta")
	p.number("nextIn", int64(pong.NextIn/time.Second))
	p.number("generation", pong.Generation)
	p.flag("cloned", pong.Cloned)
	p.close()
	p.close()
	return nil
}

// reset is for people: in the dashboard.
func reset(context.Context, *exchange) error {
	return forbidden("heartbeats are reset in the dashboard")
}

// goodbye notes a clean stop.
func goodbye(ctx context.Context, e *exchange) error {
	m, err := e.api.Fleet.Goodbye(ctx, e.bearer, e.params[0])
	return e.showing(&m, err)
}

// beat writes the last heartbeat and the time at which the next one is due.
func (p *pen) beat(last time.Time, t *plaza.Terms) {
	p.time("lastHeartbeat", last)
	if !last.IsZero() {
		last = last.Add(t.Deadline())
	}
	p.time("nextHeartbeat", last)
}
