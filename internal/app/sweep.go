package app

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

const (
	sweptAtOnce   = 1000 // licenses or processes that one query looks at
	sweptInARun   = 100  // such queries; the next run goes on from there
	endedAtOnce   = 50   // processes that are ended in one transaction
	endedInARun   = 2000 // the same; what is left is ended in the next run
	leastSilence  = time.Minute
	pruneEvery    = 10 * time.Minute
	processesKept = 24 * time.Hour // after they ended
	goneAfter     = 24 * time.Hour // a dead process that could always come back does not
)

// broom is how far a node has come in sweeping.
type broom struct {
	license, process string
	pruned           time.Time // when the node last let go of what it need not know
}

// Sweep ends the machines whose time is over (agent API 8.4), each on record, and the
// processes that will not come back. Nothing waits for it: whoever counts what a
// license allows has ended them before. A node calls it every minute; several may at
// the same time. How much it does at once is limited, and it goes on where it was.
func (f *Fleet) Sweep(ctx context.Context) error {
	if now := f.app.now(); now.Sub(f.broom.pruned).Abs() >= pruneEvery {
		f.broom.pruned = now
		f.book.Prune(f.members.pulses())
	}
	return errors.Join(f.sweepMachines(ctx), f.sweepProcesses(ctx))
}

func (f *Fleet) sweepMachines(ctx context.Context) (failed error) {
	ended := 0
	for range sweptInARun {
		now, on := f.app.now(), f.ears()
		var silent []store.SilentMachine
		last := ""
		err := f.app.db.Read(ctx, func(tx *store.Tx) (err error) {
			silent, last, err = tx.SilentMachines(ctx, everyAgent(), f.broom.license, sweptAtOnce, now.Add(-leastSilence))
			return err
		})
		if err != nil {
			return errors.Join(failed, err)
		}
		var over []plaza.Activation // one of each license
		for _, m := range silent {
			if len(over) > 0 && over[len(over)-1].License == m.License {
				continue
			}
			terms, err := f.termsOf(store.FleetLicense{Terms: m.Terms})
			if err != nil {
				failed = errors.Join(failed, err)
				continue
			}
			m.Beat = f.heard(m.ID, m.Beat)
			if on.over(m.Activation, terms, now) {
				over = append(over, m.Activation)
			}
		}
		for _, m := range over {
			if err := f.cullAll(ctx, m); err != nil {
				failed = errors.Join(failed, err) // the others are no worse for that
			}
		}
		ended += len(over)
		if f.broom.license = last; last == "" || ended >= endedInARun || ctx.Err() != nil {
			return failed
		}
	}
	return failed
}

// cullAll ends the machines whose time is over of the license that m is of.
func (f *Fleet) cullAll(ctx context.Context, m plaza.Activation) error {
	own := plaza.ConnectAgentActor(m.License, m.Profile, plaza.Origin{})
	err := f.app.db.Tx(ctx, func(tx *store.Tx) error {
		_, err := f.app.hold(ctx, tx, own, m.License, f.ears())
		return err
	})
	if kind := plaza.KindOf(err); err != nil && (kind == plaza.NotFound || kind == plaza.Unauthenticated) {
		return nil // the license ended meanwhile
	}
	return err
}

// heard returns when something was last heard of that the database last heard of at
// beat.
func (f *Fleet) heard(id string, beat time.Time) time.Time {
	if p := f.book.Find(id); p != nil && p.Last().At.After(beat) {
		return p.Last().At
	}
	return beat
}

func (f *Fleet) sweepProcesses(ctx context.Context) error {
	ended := 0
	for range sweptInARun {
		now, on := f.app.now(), f.ears()
		var silent []store.SilentProcess
		last := ""
		err := f.app.db.Read(ctx, func(tx *store.Tx) (err error) {
			silent, last, err = tx.SilentProcesses(ctx, everyAgent(), f.broom.process, sweptAtOnce, now.Add(-leastSilence))
			return err
		})
		if err != nil {
			return err
		}
		var over []plaza.Process
		for _, p := range silent {
			terms, err := f.termsOf(store.FleetLicense{Terms: p.Terms})
			if err != nil {
				return err
			}
			window, limited := terms.Revival.Window()
			if !limited {
				window = goneAfter
			}
			window += terms.Deadline()
			if at := f.heard(p.ID, p.Beat).Add(window); now.After(at) && now.Sub(on.since) >= window {
				over = append(over, p.Process)
			}
		}
		for some := range slices.Chunk(over, endedAtOnce) {
			err := f.app.db.Tx(ctx, func(tx *store.Tx) error {
				for _, p := range some {
					if err := tx.EndSilentProcess(ctx, everyAgent(), p, now); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
			for _, p := range some {
				f.book.Forget(p.ID)
			}
		}
		ended += len(over)
		if f.broom.process = last; last == "" || ended >= endedInARun {
			return nil
		}
	}
	return nil
}

const (
	leap = 5 * time.Second  // by how much a clock is put forward or back, not just right
	deaf = 10 * time.Second // after which a node that hears nothing of the others, and they nothing of it, knows less than they
)

// listening is since when a node can tell silence from its own deafness: since it
// began, since its clock leapt, or since it stood still or could not reach the
// database. Until then times of before say nothing.
type listening struct {
	mu       sync.Mutex
	since    time.Time
	last     time.Time     // by the clock
	ran      time.Duration // at that time, by what nobody sets
	followed time.Duration // when the node last saw what others wrote; 0: it does not follow
}

// listens returns since when this node has listened.
func (a *App) listens() time.Time {
	now, ran := a.now(), a.steady()
	l := &a.listening
	l.mu.Lock()
	defer l.mu.Unlock()
	if apart := now.Sub(l.last) - (ran - l.ran); apart.Abs() > leap || l.followed > 0 && ran-l.followed > deaf {
		l.since = now
	}
	l.last, l.ran = now, ran
	return l.since
}

// followed notes that this node just saw what others wrote, and wrote what it heard
// itself.
func (a *App) followed() {
	a.listens() // how long it could not
	a.listening.mu.Lock()
	defer a.listening.mu.Unlock()
	a.listening.followed = max(a.steady(), 1)
}

// steadily returns what counts how long this process runs, whatever becomes of the
// clock.
func steadily() func() time.Duration {
	began := time.Now() //nolint:forbidigo // nobody sets what passes since
	return func() time.Duration { return time.Since(began) }
}
