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
	var firsts, lasts []plaza.Heartbeat
	for i, id := range s.agents {
		a, err := s.app.Agent(ctx, s.vendor.actor, id)
		if err != nil {
			return err
		}
		if b, activated := s.beat(i, a); activated {
			first := b
			first.At, first.Goodbye, first.Health, first.Message = s.later(latest(a.License.Starts, a.Created), 1, 60), false, plaza.HealthOK, ""
			if first.At.Before(b.At) {
				firsts = append(firsts, first)
			}
			lasts = append(lasts, b)
		}
	}
	if err := s.app.RecordHeartbeats(ctx, plaza.Simulator, firsts); err != nil {
		return err
	}
	if err := s.lastDay(ctx, lasts); err != nil {
		return err
	}
	return s.app.RecordHeartbeats(ctx, plaza.Simulator, lasts)
}

// lastDay lets those who are heard of at the end be heard of now and then in the day
// before, each as its mood was.
func (s *story) lastDay(ctx context.Context, lasts []plaza.Heartbeat) error {
	const every = 100 * time.Minute
	defer s.clock.Set(s.now)
	for at := s.now.Add(-24 * time.Hour); at.Before(s.now.Add(-every / 2)); at = at.Add(every) {
		s.clock.Set(at)
		var beats []plaza.Heartbeat
		for _, b := range lasts {
			if b.Goodbye || b.At.Before(s.now.Add(-plaza.OfflineAfter)) {
				continue
			}
			if m := moodOf(b.Agent, at); !m.silent {
				b.At = at
				beats = append(beats, m.told(b, true))
			}
		}
		if err := s.app.RecordHeartbeats(ctx, plaza.Simulator, beats); err != nil {
			return err
		}
		if err := s.app.WatchAgents(ctx, plaza.Janitor, at); err != nil {
			return err
		}
	}
	return nil
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
// looked at: whoever was online stays so, but for a mood now and then, and whoever
// was silent stays silent.
type Agents struct {
	app  *app.App
	them map[string]*simulated // by ID: whoever speaks
}

// simulated is an agent that speaks.
type simulated struct {
	lag   time.Duration // how long before now it always just spoke
	usual plaza.ConnectAgent
	spoke time.Time
	mood  mood // when it spoke
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
	them := map[string]*simulated{}
	for _, agent := range all {
		if l := agent.Liveness(newest); l == plaza.Online || l == plaza.Overdue {
			them[agent.ID] = &simulated{lag: newest.Sub(agent.Seen), usual: agent}
		}
	}
	return &Agents{a, them}, nil
}

// Beat lets all of them speak whose turn it is, that are not silent, and whose
// license is valid.
func (g *Agents) Beat(ctx context.Context, now time.Time) error {
	all, err := g.app.ReportingAgents(ctx, plaza.Simulator)
	if err != nil {
		return err
	}
	var beats []plaza.Heartbeat
	for _, a := range all {
		if one := g.them[a.ID]; one != nil && a.License.State(now).Valid() {
			beats = append(beats, one.beat(a, now)...)
		}
	}
	for part := range slices.Chunk(beats, 50) { // so that nobody waits long for their turn to write
		if err := g.app.RecordHeartbeats(ctx, plaza.Simulator, part); err != nil {
			return err
		}
	}
	return nil
}

// beatEvery is how often each of the agents speaks: often enough that all who are
// online stay so.
const beatEvery = 30 * time.Second

// beat returns what the agent a says at now, if it says anything.
func (one *simulated) beat(a plaza.ConnectAgent, now time.Time) []plaza.Heartbeat {
	m := moodOf(a.ID, now)
	if one.lag > plaza.OnlineWithin {
		m = mood{} // it is always late, and that is enough
	}
	changed, first := m != one.mood, one.spoke.IsZero()
	if !first && !changed && now.Sub(one.spoke) < beatEvery {
		return nil
	}
	if m.silent && (!m.leaves || !changed) {
		one.mood = m
		return nil
	}
	said := plaza.Heartbeat{
		Agent: a.ID, At: now.Add(-one.lag), Health: one.usual.Health, Message: one.usual.Message, Build: a.Build, Host: a.Host, Platform: a.Platform,
	}
	one.mood, one.spoke = m, now
	if first { // not all of them at the same moment, from then on
		one.spoke = now.Add(-time.Duration(number(a.ID, 0) % uint64(beatEvery)))
	}
	return []plaza.Heartbeat{m.told(said, changed)}
}

// KeepAlive lets them speak until ctx ends.
func (g *Agents) KeepAlive(ctx context.Context, now clock.Func, log *slog.Logger) {
	const often = 2 * time.Second
	tick := time.NewTicker(often)
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
