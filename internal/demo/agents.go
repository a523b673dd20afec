package demo

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/clock"
)

// wakeAgents lets every agent that was activated say how it is.
func (s *story) wakeAgents(ctx context.Context) error {
	var beats []plaza.Heartbeat
	for i, id := range s.agents {
		a, err := s.app.Agent(ctx, s.vendor.actor, id)
		if err != nil {
			return err
		}
		if b, activated := s.beat(i, a); activated {
			first := b
			first.At, first.Goodbye, first.Health, first.Message = s.later(latest(a.License.Starts, a.Created), 1, 60), false, plaza.HealthOK, ""
			if first.At.Before(b.At) {
				beats = append(beats, first)
			}
			beats = append(beats, b)
		}
	}
	return s.app.RecordHeartbeats(ctx, plaza.Simulator, beats)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// beat returns the last that the agent said, unless it never said anything.
func (s *story) beat(i int, a plaza.ConnectAgent) (b plaza.Heartbeat, activated bool) {
	b = plaza.Heartbeat{
		Agent: a.ID, At: s.now.Add(-time.Duration(s.rng.IntN(20)) * time.Second), Health: plaza.HealthOK,
		Build: pick(s, builds), Host: pick(s, hosts), Platform: pick(s, platforms),
	}
	switch state := a.License.State(s.now); {
	case state == plaza.LicenseScheduled || i%25 == 7:
		return b, false
	case state == plaza.LicenseExpired:
		b.At, b.Health, b.Message = a.License.GraceEnds().Add(time.Hour), plaza.HealthError, "License has expired"
		b.At = earliest(b.At, s.now.Add(-time.Hour))
	case state == plaza.LicenseSuspended || i%20 == 3:
		b.At, b.Goodbye = s.now.Add(-time.Duration(s.between(5, 400))*time.Hour), true
	case i%31 == 11: // switched off without a word
		b.At = s.now.Add(-time.Duration(s.between(20, 4000)) * time.Minute)
	case i%21 == 9:
		b.At = s.now.Add(-time.Duration(s.between(130, 500)) * time.Second)
	}
	b.At = latest(b.At, latest(a.License.Starts, a.Created).Add(time.Hour))
	switch {
	case b.Message != "":
	case i%16 == 4:
		b.Health, b.Message = plaza.HealthError, pick(s, failures)
	case i%9 == 2:
		b.Health, b.Message = plaza.HealthWarning, pick(s, warnings)
	}
	return b, true
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Agents lets the agents of a demo world go on as they did when it was last
// looked at: whoever was online stays so, and whoever was silent stays silent.
type Agents struct {
	app  *app.App
	lags map[string]time.Duration // by ID: how long before now it always just spoke
}

// Wake returns the agents of a, as they were when the newest heartbeat came in.
func Wake(ctx context.Context, a *app.App) (*Agents, error) {
	all, err := a.ReportingAgents(ctx, plaza.Simulator)
	if err != nil {
		return nil, err
	}
	var newest time.Time
	for _, agent := range all {
		newest = latest(newest, agent.Seen)
	}
	lags := map[string]time.Duration{}
	for _, agent := range all {
		if l := agent.Liveness(newest); l == plaza.Online || l == plaza.Overdue {
			lags[agent.ID] = newest.Sub(agent.Seen)
		}
	}
	return &Agents{a, lags}, nil
}

// Beat lets all of them that are not silent, and whose license is valid, speak.
func (g *Agents) Beat(ctx context.Context, now time.Time) error {
	all, err := g.app.ReportingAgents(ctx, plaza.Simulator)
	if err != nil {
		return err
	}
	var beats []plaza.Heartbeat
	for _, a := range all {
		lag, speaks := g.lags[a.ID]
		if !speaks || !a.License.State(now).Valid() {
			continue
		}
		beats = append(beats, plaza.Heartbeat{
			Agent: a.ID, At: now.Add(-lag), Health: a.Health, Message: a.Message, Build: a.Build, Host: a.Host, Platform: a.Platform,
		})
	}
	for part := range slices.Chunk(beats, 100) { // so that nobody waits long for their turn to write
		if err := g.app.RecordHeartbeats(ctx, plaza.Simulator, part); err != nil {
			return err
		}
	}
	return nil
}

// beatEvery is how often the agents speak: often enough that all who are online
// stay so.
const beatEvery = 30 * time.Second

// KeepAlive lets them speak until ctx ends.
func (g *Agents) KeepAlive(ctx context.Context, now clock.Func, log *slog.Logger) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if err := g.Beat(ctx, now()); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "agents could not speak", slog.Any("error", err))
		}
	}
}
