package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

const (
	sweptAtOnce   = 1000 // licenses or processes that one query looks at
	sweptInARun   = 100  // such queries; the next run goes on from there
	endedAtOnce   = 50   // licenses or processes of which something is ended in one transaction
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
	if err := f.sweepMachines(ctx); err != nil {
		return err
	}
	return f.sweepProcesses(ctx)
}

func (f *Fleet) sweepMachines(ctx context.Context) error {
	for range sweptInARun {
		now, on := f.app.now(), f.ears()
		var silent []store.SilentMachine
		last := ""
		err := f.app.db.Read(ctx, func(tx *store.Tx) (err error) {
			silent, last, err = tx.SilentMachines(ctx, everyAgent(), f.broom.license, sweptAtOnce, now.Add(-leastSilence))
			return err
		})
		if err != nil {
			return err
		}
		var over []plaza.Activation // one of each license
		for _, m := range silent {
			if len(over) > 0 && over[len(over)-1].License == m.License {
				continue
			}
			terms, err := f.termsOf(store.FleetLicense{Terms: m.Terms})
			if err != nil {
				return err
			}
			m.Beat = f.heard(m.ID, m.Beat)
			if on.over(m.Activation, terms, now) {
				over = append(over, m.Activation)
			}
		}
		if len(over) > endedInARun {
			over = over[:endedInARun]
			last = over[endedInARun-1].License
		}
		for some := range slices.Chunk(over, endedAtOnce) {
			if err := f.app.db.Tx(ctx, func(tx *store.Tx) error { return f.cullAll(ctx, tx, some) }); err != nil {
				return err
			}
		}
		if f.broom.license = last; last == "" || len(over) == endedInARun {
			return nil
		}
	}
	return nil
}

// cullAll ends the machines whose time is over of the licenses that some are of.
func (f *Fleet) cullAll(ctx context.Context, tx *store.Tx, some []plaza.Activation) error {
	for _, m := range some {
		own := plaza.ConnectAgentActor(m.License, m.Profile, plaza.Origin{})
		_, err := f.app.hold(ctx, tx, own, m.License, f.ears())
		switch plaza.KindOf(err) {
		case plaza.NotFound, plaza.Unauthenticated: // the license ended meanwhile
		default:
			if err != nil {
				return err
			}
		}
	}
	return nil
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
			if at := f.heard(p.ID, p.Beat).Add(terms.Deadline() + window); now.After(at) && on.settled(now, *terms) {
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

// leap is by how much a clock is put forward or back, not just right.
const leap = 5 * time.Minute

// listening is since when a node can tell silence from its own deafness: since it
// began, or since its clock leapt. Until then times of before say nothing.
type listening struct {
	mu    sync.Mutex
	since time.Time
	last  time.Time     // by the clock
	ran   time.Duration // at that time, by what nobody sets
}

// listens returns since when this node has listened.
func (a *App) listens() time.Time {
	now, ran := a.now(), a.steady()
	l := &a.listening
	l.mu.Lock()
	defer l.mu.Unlock()
	if apart := now.Sub(l.last) - (ran - l.ran); apart.Abs() > leap {
		l.since = now
	}
	l.last, l.ran = now, ran
	return l.since
}

// steadily returns what counts how long this process runs, whatever becomes of the
// clock.
func steadily() func() time.Duration {
	began := time.Now() //nolint:forbidigo // nobody sets what passes since
	return func() time.Duration { return time.Since(began) }
}
