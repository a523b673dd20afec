package connectagent

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"
)

// maxNextIn is the longest that a server can ask to wait for the next heartbeat.
const maxNextIn = 24 * time.Hour

// beat sends a heartbeat, and does what its answer asks for.
func (a *agent) beat(ctx context.Context) {
	began := a.time.elapsed()
	p, at, err := a.client.ping(ctx, a.state.Machine, pulse{a.state.Generation, a.boot})
	if a.observe != nil {
		a.observe(a.time.elapsed()-began, err)
	}
	no, isRefused := errors.AsType[*refused](err)
	switch {
	case isRefused:
		a.heard(at)
		a.beats.worked(a.time.elapsed(), a.around(a.every))
		a.beatRefused(ctx, no)
	case err != nil:
		a.failed(ctx, &a.beats, err)
		a.checks.at = max(a.checks.at, a.beats.at) // it would not be answered either, or find the machine dead
	default:
		a.heard(at)
		a.beaten(ctx, p)
	}
}

// beaten notes that a heartbeat has arrived.
func (a *agent) beaten(ctx context.Context, p pulsed) {
	now := a.time.elapsed()
	if a.checks.fails == 0 && (a.beats.fails > 0 || !a.state.Valid) {
		a.checks.at = now
	}
	if p.NextIn > 0 {
		a.every = max(time.Second, min(maxNextIn, time.Duration(p.NextIn*float64(time.Second))))
	}
	a.beats.worked(now, a.around(a.every))
	a.lastBeat = now
	if p.Cloned && !a.state.Cloned {
		a.log.ErrorContext(ctx, "this machine is cloned: another ConnectAgent beats with the same fingerprint. "+
			"Stop one of them, or give it a fingerprint of its own")
	}
	a.state.Generation, a.state.Cloned, a.state.LastBeat = p.Generation, p.Cloned, a.time.now()
	a.tell(ctx, true)
}

// beatRefused does what a refusal asks for. After a refusal of the license itself
// the activation stays: when the license is resumed, all goes on.
func (a *agent) beatRefused(ctx context.Context, no *refused) {
	switch {
	case no.Status == http.StatusNotFound:
		a.log.WarnContext(ctx, "the activation is gone", slog.String("machine", a.state.Machine))
		a.forget()
	case no.has(codeDead):
		a.log.WarnContext(ctx, "the server has taken this machine for dead: it is activated again", slog.String("machine", a.state.Machine))
		err := a.client.release(ctx, a.state.Machine)
		if again, ok := errors.AsType[*refused](err); err != nil && (!ok || again.Status != http.StatusNotFound) {
			return // the next heartbeat tries again
		}
		a.forget()
	case no.Status == http.StatusUnauthorized || no.Status == http.StatusForbidden:
		a.judge(verdict{Code: no.Code, Detail: no.Detail})
	default:
		a.log.WarnContext(ctx, "the heartbeat was refused", slog.Any("error", no))
	}
}

// forget drops the activation, and has a check make a new one.
func (a *agent) forget() {
	a.state.Machine, a.state.Activated, a.state.Generation, a.state.Cloned = "", time.Time{}, 0, false
	a.checks.at = a.time.elapsed()
}

// judge notes what the server says of the license.
func (a *agent) judge(v verdict) {
	a.state.Valid, a.state.Code, a.state.Detail = v.Valid, v.Code, v.Detail
}
