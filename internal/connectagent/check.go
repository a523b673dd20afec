package connectagent

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"math/big"
	"net/http"
	"time"
)

// check asks whether the license is valid, activates the machine if it is not yet,
// and keeps the machine file new.
//
// After a long pause it beats first: the server would find the machine dead.
func (a *agent) check(ctx context.Context) {
	if a.state.Machine != "" && a.time.elapsed()-a.lastBeat > a.longPause() {
		if a.beat(ctx); a.beats.fails > 0 {
			return
		}
	}
	at, err := a.ask(ctx)
	no, isRefused := errors.AsType[*refused](err)
	if err != nil && !isRefused {
		a.failed(ctx, &a.checks, err)
		return
	}
	a.checks.worked(a.time.elapsed(), a.around(time.Duration(a.config.CheckInterval)*time.Second))
	a.heard(at)
	if isRefused {
		a.judge(verdict{Code: no.Code, Detail: no.Detail})
		if no.Status == http.StatusNotFound {
			a.state.License = ""
		}
	}
	a.state.LastCheck = a.time.now()
}

// longPause is after how long the server may take the machine for dead: a heartbeat
// is late, its jitter included.
func (a *agent) longPause() time.Duration { return a.every * 5 / 4 }

// ask validates the license, and does what it takes to be valid. It returns when
// the server answered, *refused or *unreachable.
func (a *agent) ask(ctx context.Context) (at time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, checkBudget)
	defer cancel()
	if a.state.License == "" {
		if a.state.License, at, err = a.client.me(ctx); err != nil {
			return at, err
		}
	}
	var v verdict
	const rounds = 3 // activate, and beat
	for range rounds {
		if v, at, err = a.validate(ctx); err != nil {
			return at, err
		}
		switch {
		case v.Valid:
			a.judge(v)
			a.state.LastSuccess = at
			return at, a.refresh(ctx)
		case v.has(codeNoMachine, codeNoMachines, codeMismatch):
			err = a.activate(ctx)
		case v.has(codeHeartbeatDead, codeNotStarted):
			err = a.revive(ctx)
		default:
			a.judge(v)
			return at, nil
		}
		if err != nil {
			return at, err
		}
	}
	a.judge(v)
	return at, nil
}

// validate asks about the license. The answer was made for this very question: its
// time is the present one.
func (a *agent) validate(ctx context.Context) (v verdict, at time.Time, err error) {
	v, at, err = a.client.validate(ctx, a.state.License, scope{a.config.Product, a.host.Fingerprint}, nonce())
	if err != nil {
		return v, at, err
	}
	a.heard(at)
	a.time.fresh(at)
	a.broken = false
	return v, at, nil
}

// nonce returns a number that the server has not signed anything with before. It
// is as large as a number of the agents' API can be.
func nonce() int64 {
	const most = 1<<31 - 1
	n, err := rand.Int(rand.Reader, big.NewInt(most))
	if err != nil {
		return 0 // which cannot happen, see crypto/rand
	}
	return n.Int64() + 1
}

// activate takes a seat for this machine, or finds the one that it has.
func (a *agent) activate(ctx context.Context) error {
	machine, err := a.client.activate(ctx, a.state.License, a.host)
	if no, ok := errors.AsType[*refused](err); ok && no.has(codeTaken) {
		var found error
		machine, found = a.client.machine(ctx, a.host.Fingerprint)
		if other, ok := errors.AsType[*refused](found); ok && other.Status == http.StatusNotFound {
			return no // taken by another license
		}
		err = found
	}
	if err != nil {
		return err
	}
	if a.state.Machine != "" && a.state.Machine != machine {
		a.log.WarnContext(ctx, "the activation is gone", slog.String("machine", a.state.Machine))
	}
	a.adopt(machine)
	a.log.InfoContext(ctx, "activated", slog.String("machine", machine))
	return a.keep()
}

// adopt makes machine the activation of a.
func (a *agent) adopt(machine string) {
	if a.state.Machine != machine {
		a.state.Activated, a.state.Generation = a.time.now(), 0
	}
	a.state.Machine, a.state.Deactivated = machine, time.Time{}
	a.beats.at = a.time.elapsed()
}

// revive has the machine beat, so that it is not dead.
func (a *agent) revive(ctx context.Context) error {
	if err := a.find(ctx); err != nil {
		return err
	}
	if a.beat(ctx); a.beats.fails > 0 {
		return &unreachable{err: errSilent}
	}
	if a.state.Machine == "" { // it is gone, or was given back
		return a.activate(ctx)
	}
	return nil
}

// find finds out which the activation is, if that was forgotten.
func (a *agent) find(ctx context.Context) error {
	if a.state.Machine != "" {
		return nil
	}
	machine, err := a.client.machine(ctx, a.host.Fingerprint)
	if err == nil {
		a.adopt(machine)
	}
	return err
}

// refresh fetches a machine file if there is none, or a third of its time has
// passed. One that does not count is not kept: the one that there is may last.
func (a *agent) refresh(ctx context.Context) error {
	if err := a.find(ctx); err != nil {
		return err
	}
	if a.grant != nil && !a.grant.stale(a.time.now()) && a.grant.License == a.state.License {
		return nil
	}
	file, err := a.client.checkOut(ctx, a.state.Machine, a.config.lifetime())
	if err == nil {
		err = a.install(file, false)
	}
	if err != nil && a.unfit == nil {
		a.unfit = err
		a.log.WarnContext(ctx, "there is no new machine file", slog.Any("error", err))
	} else if err == nil {
		a.unfit = nil
	}
	return nil // valid all the same
}

// install takes a machine file and keeps it.
func (a *agent) install(file []byte, byHand bool) error {
	if err := a.take(file); err != nil {
		return err
	}
	a.state.ByHand = byHand
	if a.grant.Issued.After(a.state.Issued) {
		a.state.Issued = a.grant.Issued
	}
	return a.folder.write(machineFile, file)
}
