package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// sum is what came of a walk.
type sum struct {
	steps, looks, made, moves, transfers, full int
	wrong                                      string // what was first found wrong
}

// walker does steps at random.
type walker struct {
	*world

	app   *app.App
	draw  *rand.Rand
	races int
	leaky bool // nothing is locked
	sum   sum
}

// walk has several walkers do so many steps together, until something is wrong.
func (w *world) walk(ctx context.Context, a *app.App, steps int, o options) (all sum, err error) {
	walking, stop := context.WithCancel(ctx)
	defer stop()
	walkers, failed := make([]*walker, o.workers), make([]error, o.workers)
	var done sync.WaitGroup
	for i := range walkers {
		seed := o.seed + uint64(i)
		one := &walker{world: w, app: a, races: o.races, leaky: a != w.app, draw: rand.New(rand.NewPCG(seed, uint64(steps)))} //nolint:gosec // the same seed draws the same
		walkers[i] = one
		done.Go(func() {
			for range steps / o.workers {
				if failed[i] = one.stepAndLook(walking); failed[i] != nil || one.sum.wrong != "" {
					stop()
				}
				if walking.Err() != nil {
					return
				}
			}
		})
	}
	done.Wait()
	for i, one := range walkers {
		s := one.sum
		all.steps, all.looks, all.made, all.moves = all.steps+s.steps, all.looks+s.looks, all.made+s.made, all.moves+s.moves
		all.transfers, all.full = all.transfers+s.transfers, all.full+s.full
		if all.wrong == "" {
			all.wrong = s.wrong
		}
		if failed[i] != nil && !errors.Is(failed[i], context.Canceled) { // as those are whom another one stopped
			err = failed[i]
		}
	}
	if all.wrong != "" {
		err = nil
	}
	return all, cmp.Or(err, ctx.Err())
}

// stepAndLook does one step, and looks whether everything is right then.
func (w *walker) stepAndLook(ctx context.Context) error {
	err := w.step(ctx)
	w.sum.steps++
	switch plaza.KindOf(err) {
	case plaza.Conflict, plaza.NotFound, plaza.Stale:
		if key := plaza.AsError(err).Msg.Key; key == "allowance.full_below" || key == "allowance.full_above" || key == "allowance.full_own" || key == "move.full_beyond" {
			w.sum.full++
		}
	default:
		if err != nil && !w.leaky { // without locks a deed can break in the hands of another: what the control is after is what is there then
			return fmt.Errorf("step %d: %w", w.sum.steps, err)
		}
	}
	w.sum.looks++
	w.sum.wrong, err = w.check(ctx)
	return err
}

func (w *walker) one(of *[]string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(*of) == 0 {
		return ""
	}
	return (*of)[w.draw.IntN(len(*of))]
}

// somebody returns who does a step: mostly the vendor, or a reseller, which may reach
// for what is not below it, or not any more.
func (w *walker) somebody() plaza.Actor {
	if w.draw.IntN(2) == 0 {
		return w.vendor
	}
	return w.owner(w.one(&w.resellers))
}

// most is how many profiles there are at most.
const most = 40

func (w *walker) step(ctx context.Context) error {
	if w.draw.IntN(100) < w.races {
		return w.race(ctx)
	}
	switch n := w.draw.IntN(100); {
	case n < 35:
		return w.issue(ctx)
	case n < 55:
		return w.end(ctx)
	case n < 63:
		return w.replan(ctx)
	case n < 72:
		return w.transfer(ctx)
	case n < 83:
		return w.bound(ctx)
	case n < 85:
		return w.found(ctx)
	case n < 90:
		return w.halt(ctx)
	}
	return w.move(ctx)
}

func (w *walker) issue(ctx context.Context) error {
	l, err := w.app.IssueLicense(ctx, w.somebody(), plaza.NewLicense{Profile: w.one(&w.movable), Plan: w.plans[w.draw.IntN(2)].ID})
	if err == nil {
		w.sum.made++
		w.mu.Lock()
		defer w.mu.Unlock()
		w.licenses = append(w.licenses, l.ID)
	}
	return err
}

// end ends a license, one of the newest, so that others can be made.
func (w *walker) end(ctx context.Context) error {
	w.mu.Lock()
	id := ""
	if n := len(w.licenses); n > 0 {
		i := w.draw.IntN(n)
		id = w.licenses[i]
		w.licenses = append(w.licenses[:i:i], w.licenses[i+1:]...)
	}
	w.mu.Unlock()
	if id == "" {
		return nil
	}
	l, err := w.app.License(ctx, w.vendor, id)
	if err != nil {
		return err
	}
	return w.app.EndLicense(ctx, w.vendor, id, "it is not needed", l.Version)
}

func (w *walker) replan(ctx context.Context) error {
	id := w.one(&w.licenses)
	if id == "" {
		return nil
	}
	l, err := w.app.License(ctx, w.vendor, id)
	if err != nil {
		return err
	}
	return w.app.ChangePlan(ctx, w.somebody(), id, w.plans[w.draw.IntN(2)].ID, "it is wanted so", l.Version)
}

// transfer gives a license to another profile.
func (w *walker) transfer(ctx context.Context) error {
	id := w.one(&w.licenses)
	if id == "" {
		return nil
	}
	l, err := w.app.License(ctx, w.vendor, id)
	if err != nil {
		return err
	}
	err = w.app.TransferLicense(ctx, w.somebody(), id, w.one(&w.movable), "they have it now", l.Version)
	if err == nil {
		w.sum.transfers++
	}
	return err
}

// bound sets another number for an allowance.
func (w *walker) bound(ctx context.Context) error {
	a, err := w.app.Allowance(ctx, w.vendor, w.one(&w.bounds))
	if err != nil {
		return err
	}
	in := plaza.AllowanceEdit{Most: w.draw.IntN(12), Version: a.Version}
	if w.draw.IntN(3) == 0 {
		in.Overage = w.draw.IntN(3)
	}
	return w.app.EditAllowance(ctx, w.vendor, a.ID, in)
}

// found makes a profile.
func (w *walker) found(ctx context.Context) error {
	w.mu.Lock()
	full := len(w.movable) >= most
	w.mu.Unlock()
	if full {
		return nil
	}
	kind := plaza.Partner
	if w.draw.IntN(4) == 0 {
		kind = plaza.Reseller
	}
	return w.add(ctx, w.app, w.one(&w.resellers), kind)
}

// halt suspends a profile, or resumes it.
func (w *walker) halt(ctx context.Context) error {
	p, err := w.app.Profile(ctx, w.vendor, w.one(&w.movable))
	if err != nil {
		return err
	}
	if p.Suspended.IsZero() && w.draw.IntN(3) == 0 {
		return w.app.SuspendProfile(ctx, w.vendor, p.ID, "for a while", p.Version)
	}
	return w.app.ResumeProfile(ctx, w.vendor, p.ID, p.Version)
}

// move moves a profile, with all sides; if one cannot agree, it is withdrawn.
func (w *walker) move(ctx context.Context) error {
	m, err := w.propose(ctx)
	if err == nil && m.Decision == "" {
		err = w.agree(ctx, m, m.To)
	}
	return err
}

// propose proposes to move a profile, and has the giving side agree.
func (w *walker) propose(ctx context.Context) (plaza.Move, error) {
	in := plaza.NewMove{Profile: w.one(&w.movable), To: w.one(&w.resellers), Reason: "it belongs there"}
	m, err := w.app.ProposeMove(ctx, w.vendor, in)
	if err != nil || !m.Awaits(m.From) {
		return m, err
	}
	next, err := w.app.AgreeToMove(ctx, w.owner(m.From), m.ID, plaza.MoveAgreement{Name: m.ProfileName, Version: m.Version})
	if err != nil {
		return m, w.withdraw(ctx, m, err)
	}
	if next.Decision != "" {
		w.sum.moves++
	}
	return next, nil
}

// agree has the last side agree.
func (w *walker) agree(ctx context.Context, m plaza.Move, side string) error {
	_, err := w.app.AgreeToMove(ctx, w.owner(side), m.ID, plaza.MoveAgreement{Name: m.ProfileName, Version: m.Version})
	if err != nil {
		return w.withdraw(ctx, m, err)
	}
	w.sum.moves++
	return nil
}

// withdraw takes a move back that could not be agreed to, and returns why.
func (w *walker) withdraw(ctx context.Context, m plaza.Move, why error) error {
	if err := w.app.WithdrawMove(ctx, w.vendor, m.ID, m.Version); err != nil {
		return err
	}
	return why
}

// race moves a profile to where there is room for what it has and no more, while its
// old reseller makes a license for it: one of the two is too late.
func (w *walker) race(ctx context.Context) error {
	m, err := w.propose(ctx)
	if err != nil || m.Decision != "" {
		return err
	}
	if err := w.tighten(ctx, m); err != nil && plaza.KindOf(err) != plaza.Conflict && plaza.KindOf(err) != plaza.Stale {
		return w.withdraw(ctx, m, err)
	}
	issued := make(chan error)
	go func() {
		_, err := w.app.IssueLicense(ctx, w.owner(m.From), plaza.NewLicense{Profile: m.Profile, Plan: w.plans[0].ID})
		issued <- err
	}()
	err = w.agree(ctx, m, m.To)
	if other := <-issued; err == nil {
		err = other
	}
	return err
}

// tighten leaves room below the taking side for just what the profile of m has.
func (w *walker) tighten(ctx context.Context, m plaza.Move) error {
	p, err := w.app.MovePreview(ctx, w.vendor, m.ID, "")
	if err != nil {
		return err
	}
	all, err := w.app.Allowances(ctx, w.vendor, m.To)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Kind == plaza.Development {
			return w.app.EditAllowance(ctx, w.vendor, a.ID, plaza.AllowanceEdit{Most: a.With(p.Licenses).Used, Version: a.Version})
		}
	}
	return nil
}
