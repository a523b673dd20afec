package app

import (
	"context"
	"slices"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/heartbeat"
	"github.com/connectplaza/plaza/internal/store"
)

// process gives p the heartbeat that this node knows of, if it is a newer one.
func (f *Fleet) process(p *plaza.Process) *plaza.Process {
	p.Beat = f.book.Learn(plaza.Pulse{ID: p.ID, At: p.Beat}).Last().At
	return p
}

// Processes returns the processes of a machine or, if none is named, of all of b's
// machines, dead or alive, the newest first. Kinds: NotFound.
func (f *Fleet) Processes(ctx context.Context, b *Bearer, machine string) (all []plaza.Process, err error) {
	id, err := f.idOf(ctx, b, machine)
	if err != nil {
		return nil, err
	}
	err = f.app.db.Read(ctx, func(tx *store.Tx) error {
		all, err = tx.Processes(ctx, b.Actor.Scope(), b.Standing.License.ID, id)
		return err
	})
	for i := range all {
		f.process(&all[i])
	}
	return all, err
}

// Process returns one process of b's machines. Kinds: NotFound.
func (f *Fleet) Process(ctx context.Context, b *Bearer, id string) (plaza.Process, error) {
	all, err := f.Processes(ctx, b, "")
	if err != nil {
		return plaza.Process{}, err
	}
	return among(all, id)
}

func among(all []plaza.Process, id string) (plaza.Process, error) {
	i := slices.IndexFunc(all, func(p plaza.Process) bool { return p.ID == id })
	if i < 0 {
		return plaza.Process{}, errNothing()
	}
	return all[i], nil
}

const atPID = "/data/attributes/pid"

// Spawn notes a process on one of b's machines, which the body names by ID. It
// takes a slot. Kinds: Forbidden for another machine, Invalid.
func (f *Fleet) Spawn(ctx context.Context, b *Bearer, machine, pid, metadata string) (p plaza.Process, err error) {
	if len(pid) > plaza.MaxFingerprint {
		return p, plaza.Refuse(plaza.Invalid, "PID_TOO_LONG", atPID, "a pid has at most %d bytes", plaza.MaxFingerprint)
	}
	taken := plaza.Refuse(plaza.Invalid, "PID_TAKEN", atPID, "a process with this pid is running")
	now := f.app.now()
	p = plaza.Process{ID: newID(), Activation: machine, PID: pid, Metadata: metadata, Beat: now, Created: now, Updated: now}
	err = f.app.db.Tx(ctx, func(tx *store.Tx) error {
		l, err := f.hold(ctx, tx, b)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(l.machines, func(m plaza.Activation) bool { return m.ID == machine })
		if i < 0 {
			return errNotMine()
		}
		all, err := tx.Processes(ctx, b.Actor.Scope(), l.ID, "")
		if err != nil {
			return err
		}
		for _, other := range all {
			if other.Activation != machine || other.PID != pid {
				continue
			}
			if f.process(&other).Status(&l.terms, now) != plaza.HeartbeatDead {
				return taken
			}
			if err := tx.EndProcess(ctx, b.Actor.Scope(), other.ID, now); err != nil {
				return err
			}
		}
		if err := f.slotFree(l, all, machine, now); err != nil {
			return err
		}
		return tx.InsertProcess(ctx, l.machines[i], p)
	})
	if plaza.KindOf(err) == plaza.Conflict {
		err = taken
	}
	return p, err
}

// slotFree reports whether one more of the processes may live.
func (f *Fleet) slotFree(l heldLicense, all []plaza.Process, machine string, now time.Time) error {
	live := 0
	for _, p := range all {
		counted := l.terms.ProcessLeasing == plaza.LeasePerLicense || p.Activation == machine
		if counted && f.process(&p).Status(&l.terms, now) != plaza.HeartbeatDead {
			live++
		}
	}
	if limit := l.terms.Processes; !l.terms.Overage.Allows(live+1, limit) {
		return plaza.Refuse(plaza.Invalid, "MACHINE_PROCESS_LIMIT_EXCEEDED", "/data", "all process slots are taken (%d)", limit)
	}
	return nil
}

// PingProcess notes a heartbeat of a process. It changes memory only, unless the
// process was dead and needs a slot again. Kinds: NotFound, Invalid if it may not
// come back.
func (f *Fleet) PingProcess(ctx context.Context, b *Bearer, id string) (p plaza.Process, status plaza.HeartbeatStatus, err error) {
	done, err := f.turn(ctx)
	if err != nil {
		return p, "", err
	}
	p, err = f.Process(ctx, b, id)
	done()
	if err != nil {
		return p, "", err
	}
	now, status := f.app.now(), plaza.HeartbeatAlive
	if p.Status(b.Standing.Terms, now) == plaza.HeartbeatDead {
		if err := f.reviveProcess(ctx, b, id, now); err != nil {
			return p, "", err
		}
		status = plaza.HeartbeatResurrected
	}
	p.Beat = f.book.Learn(plaza.Pulse{ID: id, At: p.Beat}).Beat(heartbeat.Beat{At: now, Generation: -1}).At
	return p, status, nil
}

func (f *Fleet) reviveProcess(ctx context.Context, b *Bearer, id string, now time.Time) error {
	dead := plaza.Refuse(plaza.Invalid, "PROCESS_HEARTBEAT_DEAD", "", "this process was silent for too long: spawn it again")
	return f.app.db.Tx(ctx, func(tx *store.Tx) error {
		l, err := f.hold(ctx, tx, b)
		if err != nil {
			return err
		}
		all, err := tx.Processes(ctx, b.Actor.Scope(), l.ID, "")
		if err != nil {
			return err
		}
		p, err := among(all, id)
		switch {
		case err != nil:
			return err
		case f.process(&p).Status(&l.terms, now) != plaza.HeartbeatDead:
			return nil
		case !l.terms.Revives(p.Beat, now), f.slotFree(l, all, p.Activation, now) != nil:
			return dead
		}
		// What is counted next must find it alive.
		return tx.PutPulses(ctx, []plaza.Pulse{{ID: id, At: now}})
	})
}

// EndProcess ends a process, whose slot is free at once. Kinds: NotFound.
func (f *Fleet) EndProcess(ctx context.Context, b *Bearer, id string) error {
	err := f.app.db.Tx(ctx, func(tx *store.Tx) error { return tx.EndProcess(ctx, b.Actor.Scope(), id, f.app.now()) })
	if err == nil {
		f.book.Forget(id)
	}
	return gone(err)
}
