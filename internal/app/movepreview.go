package app

import (
	"context"
	"slices"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// previewMove returns what m would do now, as far as the actor may see it.
func (a *App) previewMove(ctx context.Context, tx *store.Tx, actor plaza.Actor, m plaza.Move) (p plaza.MovePreview, err error) {
	if p, err = tx.MoveLoad(ctx, m.Profile, a.now()); err != nil {
		return p, err
	}
	if _, p.Inside, err = sighted(ctx, tx, actor, m.Profile); err != nil {
		return p, err
	}
	if err := movable(ctx, tx, m); err != nil {
		p.Clash = plaza.AsError(err).Msg
		if plaza.KindOf(err) == plaza.Conflict {
			err = nil
		}
		return p, err
	}
	if m.To == "" {
		return p, nil
	}
	before, err := tx.Above(ctx, m.Profile)
	if err != nil {
		return p, err
	}
	after, err := tx.Above(ctx, m.To)
	if err != nil {
		return p, err
	}
	after = append([]string{m.To}, after...)
	losers, gainers := without(before, after), without(after, before)
	if p.Losers, err = namesInSight(ctx, tx, actor, m, losers); err != nil {
		return p, err
	}
	if p.Gainers, err = namesInSight(ctx, tx, actor, m, gainers); err != nil {
		return p, err
	}
	if p.Inside {
		if p.Actings, p.Consents, err = tx.MoveEnds(ctx, m.Profile, losers, a.now()); err != nil {
			return p, err
		}
	}
	if err := previewAllowances(ctx, tx, actor, &p, gainers); err != nil {
		return p, err
	}
	if _, ok, err := sighted(ctx, tx, actor, m.To); err != nil || !ok { // what it is offered is its own business
		return p, err
	}
	return p, previewPlans(ctx, tx, &p, m.To)
}

// sighted returns the profile with the given ID and whether it is within the actor's
// reach.
func sighted(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string) (p plaza.Profile, ok bool, err error) {
	p, err = tx.Profile(ctx, actor.Scope(), id)
	if plaza.KindOf(err) == plaza.NotFound {
		return p, false, nil
	}
	return p, err == nil, err
}

// namesInSight returns the names of those of the profiles that the actor may know of:
// the sides of m, and those within reach.
func namesInSight(ctx context.Context, tx *store.Tx, actor plaza.Actor, m plaza.Move, ids []string) (names []string, err error) {
	for _, id := range ids {
		switch id {
		case m.From:
			names = append(names, m.FromName)
			continue
		case m.To:
			names = append(names, m.ToName)
			continue
		}
		p, ok, err := sighted(ctx, tx, actor, id)
		if err != nil {
			return nil, err
		}
		if ok {
			names = append(names, p.Name)
		}
	}
	return names, nil
}

// previewAllowances adds to p what the move makes of the allowances of the profiles
// with the given IDs: in full to who sees them, to others no more than that one of
// them would not hold.
func previewAllowances(ctx context.Context, tx *store.Tx, actor plaza.Actor, p *plaza.MovePreview, gainers []string) error {
	all, err := tx.AllowancesOf(ctx, gainers)
	if err != nil {
		return err
	}
	for _, w := range all {
		then := w.With(p.Licenses)
		if then.Used == w.Used || then.State() == plaza.AllowanceFree {
			continue
		}
		_, ok, err := sighted(ctx, tx, actor, w.Profile)
		switch {
		case err != nil:
			return err
		case ok:
			p.Allowances = append(p.Allowances, then)
		case then.Exceeded():
			p.FullBeyond = true
		}
	}
	return nil
}

// previewPlans adds to p which of the plans that go along are not offered to the
// taking side.
func previewPlans(ctx context.Context, tx *store.Tx, p *plaza.MovePreview, to string) error {
	offered, err := tx.Plans(ctx, to)
	if err != nil {
		return err
	}
	for _, l := range p.Licenses {
		if !slices.ContainsFunc(offered, func(plan plaza.Plan) bool { return plan.ID == l.Plan }) {
			p.Missing = append(p.Missing, l.PlanName)
		}
	}
	return nil
}
