package app

import (
	"context"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Allowances returns how many licenses a profile, with all below it, may hold, and does.
// Everybody with the dashboard may, of their own and those below. Kinds: NotFound.
func (a *App) Allowances(ctx context.Context, actor plaza.Actor, profile string) (all []plaza.Allowance, err error) {
	err = a.see(ctx, actor, plaza.AllowanceRead, profile, func(tx *store.Tx) error {
		if _, err := tx.Profile(ctx, actor.Scope(), profile); err != nil {
			return err
		}
		all, err = tx.Allowances(ctx, actor.Scope(), profile)
		return err
	})
	return all, err
}

// AllowancesBelow returns the allowances of profiles strictly below the actor's own. The
// same people may. Kinds: Invalid.
func (a *App) AllowancesBelow(ctx context.Context, actor plaza.Actor, f plaza.AllowanceFilter, p plaza.Page) (list plaza.List[plaza.Allowance], err error) {
	err = a.see(ctx, actor, plaza.AllowanceRead, "", func(tx *store.Tx) error {
		list, err = tx.AllowancesBelow(ctx, actor.Scope(), f, p)
		return err
	})
	return list, err
}

// Allowance returns one allowance of the actor's own profile or one below. Everybody
// with the dashboard may. Kinds: NotFound.
func (a *App) Allowance(ctx context.Context, actor plaza.Actor, id string) (w plaza.Allowance, err error) {
	err = a.see(ctx, actor, plaza.AllowanceRead, id, func(tx *store.Tx) error {
		w, err = tx.Allowance(ctx, actor.Scope(), id)
		return err
	})
	return w, err
}

// AllowanceBelow returns one allowance that the actor may change: of a profile strictly
// below the actor's own. Owners and administrators of resellers and the vendor may.
// Kinds: NotFound.
func (a *App) AllowanceBelow(ctx context.Context, actor plaza.Actor, id string) (w plaza.Allowance, err error) {
	err = a.see(ctx, actor, plaza.AllowanceEdits, id, func(tx *store.Tx) error {
		w, err = grantedAllowance(ctx, tx, actor, id)
		return err
	})
	return w, err
}

// CreateAllowance bounds how many licenses a profile below the actor's own, and all
// below that, may hold. Owners and administrators of resellers and the vendor may.
// Kinds: Invalid, also for one's own profile or a plan that the profile does not have,
// NotFound, Conflict if there is one for the same, or if there are more licenses
// already.
func (a *App) CreateAllowance(ctx context.Context, actor plaza.Actor, in plaza.NewAllowance) (w plaza.Allowance, err error) {
	event := plaza.AuditEvent{Verb: plaza.AllowanceCreate, ObjectKind: "profile", Object: in.Profile}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if in.Profile == actor.Profile {
			return invalid("profile", "problem.allowance_own")
		}
		p, err := below(ctx, tx, actor, in.Profile)
		if err != nil {
			return err
		}
		if err := in.Validate(); err != nil {
			return err
		}
		if in.Plan != "" {
			plan, err := tx.PlanFor(ctx, p.ID, in.Plan)
			if plaza.KindOf(err) == plaza.NotFound {
				return invalid("of", "problem.allowance_plan")
			}
			if err != nil {
				return err
			}
			w.PlanName = plan.Name
		}
		w = plaza.Allowance{
			ID: newID(), Profile: p.ID, ProfileName: p.Name, Kind: in.Kind, Plan: in.Plan, PlanName: w.PlanName,
			Most: in.Most, Overage: in.Overage, Version: 1,
		}
		aboutAllowance(e, w)
		e.Changed("most", "", number(w.Most))
		e.Changed("overage", "", number(w.Overage))
		if err := tx.InsertAllowance(ctx, w, a.now()); err != nil {
			return err
		}
		w, err = a.fits(ctx, tx, actor, w.ID)
		return err
	})
	return w, err
}

// EditAllowance changes how many licenses an allowance of a profile below the
// actor's own allows. The same people may. Kinds: Invalid, NotFound, Conflict if
// there are more licenses already, Stale.
func (a *App) EditAllowance(ctx context.Context, actor plaza.Actor, id string, in plaza.AllowanceEdit) error {
	event := plaza.AuditEvent{Verb: plaza.AllowanceEdits, ObjectKind: "allowance", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		w, err := grantedAllowance(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		return a.editAllowance(ctx, tx, actor, w, in, e)
	})
}

func (a *App) editAllowance(ctx context.Context, tx *store.Tx, actor plaza.Actor, w plaza.Allowance, in plaza.AllowanceEdit, e *plaza.AuditEvent) error {
	if err := in.Validate(); err != nil {
		return err
	}
	aboutAllowance(e, w)
	e.Changed("most", number(w.Most), number(in.Most))
	e.Changed("overage", number(w.Overage), number(in.Overage))
	w.Most, w.Overage, w.Version = in.Most, in.Overage, in.Version
	if err := tx.UpdateAllowance(ctx, actor.Scope(), w); err != nil {
		return err
	}
	_, err := a.fits(ctx, tx, actor, w.ID)
	return err
}

// RemoveAllowance takes a bound away: from then on the profile may hold as many as
// those above it may. The same people may. Kinds: NotFound, Stale.
func (a *App) RemoveAllowance(ctx context.Context, actor plaza.Actor, id string, version int) error {
	event := plaza.AuditEvent{Verb: plaza.AllowanceRemove, ObjectKind: "allowance", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		w, err := grantedAllowance(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		aboutAllowance(e, w)
		e.Changed("most", number(w.Most), "")
		w.Version = version
		return tx.DeleteAllowance(ctx, actor.Scope(), w)
	})
}

// invalid returns an Invalid error with one problem, at a field.
func invalid(field, problem string) error {
	return &plaza.Error{Kind: plaza.Invalid, Msg: plaza.T("error.invalid"), Fields: map[string]plaza.Text{field: plaza.T(problem)}}
}

// grantedAllowance returns the allowance with the given ID, or NotFound unless it is
// of a profile strictly below the actor's own: nobody allows more to themselves.
func grantedAllowance(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string) (plaza.Allowance, error) {
	w, err := tx.Allowance(ctx, actor.Scope(), id)
	if err == nil && w.Profile == actor.Profile {
		err = plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	return w, err
}

// aboutAllowance notes whose allowance an event is about, and what it is for.
func aboutAllowance(e *plaza.AuditEvent, w plaza.Allowance) {
	e.About(w.Profile, "allowance", w.ID, w.ProfileName)
	if w.Plan != "" {
		e.Changed("plan", "", w.PlanName)
		return
	}
	e.Changed("kind", "", string(w.Kind))
}

// allowanceOf returns what an allowance is for as it stands in the log.
func allowanceOf(w plaza.Allowance) string {
	if w.Plan != "" {
		return w.PlanName
	}
	return string(w.Kind)
}

// fits returns the allowance with the given ID as it is now, or Conflict if there
// are more licenses than it lets there be. Who is told of it anew is told.
func (a *App) fits(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string) (plaza.Allowance, error) {
	w, err := tx.Allowance(ctx, actor.Scope(), id)
	if err != nil {
		return w, err
	}
	if w.Exceeded() {
		return w, &plaza.Error{
			Kind: plaza.Conflict, Msg: plaza.T("allowance.used_already", "Used", w.Used),
			Fields: map[string]plaza.Text{"most": plaza.T("allowance.used_already", "Used", w.Used)},
		}
	}
	return w, a.tellAllowance(ctx, tx, w)
}

// withinAllowances returns a Conflict if l, which was just written, makes more
// licenses than an allowance of its profile or of one above lets there be. Who is
// told how much of one is used is told; also of those that held l before.
func (a *App) withinAllowances(ctx context.Context, tx *store.Tx, actor plaza.Actor, l plaza.License, before ...string) error {
	all, err := tx.HoldAllowances(ctx, l.Kind, l.Plan, append(before, l.Profile)...)
	if err != nil {
		return err
	}
	for _, w := range all {
		if w.Exceeded() {
			return a.full(ctx, tx, actor, w, 1)
		}
		if err := a.tellAllowance(ctx, tx, w); err != nil {
			return err
		}
	}
	return nil
}

// full returns the Conflict that says whose allowance is exceeded by wanting so many
// more, and how many there may be; that it is one above the actor's own profile, and no
// more, if it is.
func (a *App) full(ctx context.Context, tx *store.Tx, actor plaza.Actor, w plaza.Allowance, wanted int) error {
	of, most := w.Of(), w.Most+w.Overage
	room := most - (w.Used - wanted)
	own, below, above := "allowance.full_own", "allowance.full_below", "allowance.full_above"
	if room > 0 {
		own, below, above = "allowance.few_own", "allowance.few_below", "allowance.few_above"
	}
	if w.Profile == actor.Scope().Root() {
		full := plaza.Errorf(plaza.Conflict, own, "Of", of, "Most", most, "Room", room)
		full.Full.ID = w.ID
		return full
	}
	switch _, err := tx.Profile(ctx, actor.Scope(), w.Profile); {
	case err == nil:
		full := plaza.Errorf(plaza.Conflict, below, "Name", w.ProfileName, "Of", of, "Most", most, "Room", room)
		full.Full = plaza.FullAllowance{ID: w.ID, Below: true}
		return full
	case plaza.KindOf(err) != plaza.NotFound:
		return err
	}
	return plaza.Errorf(plaza.Conflict, above, "Of", of)
}

// tellAllowance tells the owners of a profile that so much of its allowance is used,
// once on the way up.
func (a *App) tellAllowance(ctx context.Context, tx *store.Tx, w plaza.Allowance) error {
	level, told := w.Level(), w.Told
	if level == told {
		return nil
	}
	w.Told = level
	if err := tx.ToldAllowance(ctx, w); err != nil || level < told {
		return err
	}
	notice := plaza.NoticeAllowanceNear
	if level == plaza.LevelFull {
		notice = plaza.NoticeAllowanceFull
	}
	of := w.Of()
	owners, err := tx.LoginsWithRole(ctx, w.Profile, plaza.Owner)
	if err != nil {
		return err
	}
	if err := a.notify(ctx, tx, notice, allowanceOf(w), w.ID, owners...); err != nil {
		return err
	}
	l := letter{
		subject: plaza.T("mail.allowance.subject", "Of", of, "Level", level),
		lines:   []plaza.Text{plaza.T("mail.allowance.body", "Of", of, "Used", w.Used, "Most", w.Most, "Profile", w.ProfileName)},
		button:  plaza.T("mail.allowance.button"), path: "/allowances",
	}
	for _, owner := range owners {
		if err := a.mailPerson(ctx, tx, plaza.TopicAllowances, plaza.MailAllowance, owner, l); err != nil {
			return err
		}
	}
	return nil
}
