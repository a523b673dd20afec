package app

import (
	"context"
	"errors"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Batches returns the work on many things that somebody of the actor's own profile or
// one below started. Everybody with the dashboard may. Kinds: Invalid.
func (a *App) Batches(ctx context.Context, actor plaza.Actor, p plaza.Page) (list plaza.List[plaza.Batch], err error) {
	err = a.see(ctx, actor, plaza.BatchRead, "", func(tx *store.Tx) error {
		list, err = tx.Batches(ctx, actor.Scope(), p)
		return err
	})
	return list, err
}

// problemsShown is how many of the things that failed are shown of a batch.
const problemsShown = 200

// Batch returns one such work, with the first of what failed of it. Everybody with the
// dashboard may. Kinds: NotFound.
func (a *App) Batch(ctx context.Context, actor plaza.Actor, id string) (b plaza.Batch, failed []plaza.BatchProblem, err error) {
	err = a.see(ctx, actor, plaza.BatchRead, id, func(tx *store.Tx) error {
		if b, err = tx.Batch(ctx, actor.Scope(), id); err != nil {
			return err
		}
		failed, err = tx.BatchProblems(ctx, actor.Scope(), id, problemsShown)
		return err
	})
	return b, failed, err
}

// RenewLicenses begins to add a term to each of many licenses, and returns the work
// that this is. One that cannot be renewed by then is told of, and the others are all
// the same. Owners, administrators and managers of resellers and the vendor may, of
// their own profile's and those below. Kinds: Invalid, NotFound if one of them is none.
func (a *App) RenewLicenses(ctx context.Context, actor plaza.Actor, in plaza.NewRenewals) (b plaza.Batch, err error) {
	event := plaza.AuditEvent{Verb: plaza.BatchStart}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		in.Reason = strings.TrimSpace(in.Reason)
		if err := actor.May(plaza.LicenseRenew); err != nil {
			return err
		}
		if err := in.Validate(); err != nil {
			return err
		}
		if _, err := allLicenses(ctx, tx, actor, in.Licenses); err != nil {
			return err
		}
		b = plaza.Batch{
			ID: newID(), Profile: actor.Profile, ProfileName: actor.ProfileName, Login: actor.Login, LoginName: actor.Name,
			Kind: plaza.BatchRenew, Reason: in.Reason, Created: a.now(), Total: len(in.Licenses),
		}
		e.About(actor.Profile, "batch", b.ID, "")
		e.Reason = in.Reason
		e.Changed("batch", "", string(b.Kind))
		e.Changed("licenses", "", number(b.Total))
		if err := tx.InsertBatch(ctx, b, in.Licenses); err != nil {
			return err
		}
		tx.AfterCommit(a.tellClerk)
		return nil
	})
	return b, err
}

// allLicenses returns the licenses with the given IDs, or NotFound if one of them is
// none in reach.
func allLicenses(ctx context.Context, tx *store.Tx, actor plaza.Actor, ids []string) ([]plaza.License, error) {
	all, err := tx.LicensesByID(ctx, actor.Scope(), ids)
	if err == nil && len(all) < len(ids) {
		err = plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	return all, err
}

// Renewals returns what renewing the licenses with these IDs would do. Whoever may renew
// them may. Kinds: Invalid, NotFound if one of them is none.
func (a *App) Renewals(ctx context.Context, actor plaza.Actor, ids []string) (r plaza.Renewals, err error) {
	err = a.see(ctx, actor, plaza.BatchStart, "", func(tx *store.Tx) error {
		if err := (plaza.NewRenewals{Licenses: ids}).Validate(); err != nil {
			return err
		}
		all, err := allLicenses(ctx, tx, actor, ids)
		if err != nil {
			return err
		}
		r = plaza.RenewalsOf(all, a.now(), a.zone)
		return nil
	})
	return r, err
}

func (a *App) tellClerk() {
	select {
	case a.batched <- struct{}{}:
	default: // nobody is to be told, or is told already
	}
}

// doneAtOnce is how many things of a batch are done in one transaction: others write
// between two of them.
const doneAtOnce = 100

// WorkOnBatch does the next things of the oldest batch that nobody works on, and
// reports whether there was one. What is done, and that it was done, is one
// transaction: a restart loses nothing, and does nothing twice. Only the clerk may.
func (a *App) WorkOnBatch(ctx context.Context, actor plaza.Actor) (worked bool, err error) {
	worked, err = a.workOnBatch(ctx, actor, doneAtOnce)
	if err == nil || ctx.Err() != nil || plaza.KindOf(err) != plaza.Internal {
		return worked, err
	}
	// One of them breaks something: alone, it does not keep the others from being done.
	worked, failed := a.workOnBatch(ctx, actor, 1)
	if failed == nil {
		return worked, nil
	}
	return true, errors.Join(err, a.giveUpItem(ctx, actor))
}

func (a *App) workOnBatch(ctx context.Context, actor plaza.Actor, most int) (worked bool, err error) {
	if err := a.may(ctx, actor, plaza.BatchWork); err != nil {
		return false, err
	}
	err = a.db.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.HoldTree(ctx); err != nil { // what is in reach stays so
			return err
		}
		b, items, err := tx.ClaimBatch(ctx, everyBatch(), most)
		if worked = err == nil && b.ID != ""; !worked {
			return err
		}
		who, gone, err := a.starter(ctx, tx, b)
		if err != nil {
			return err
		}
		for i := range items {
			if items[i].Why = gone; gone.IsZero() {
				if err := a.doItem(ctx, tx, who, b, &items[i]); err != nil {
					return err
				}
			}
		}
		if err := tx.FinishItems(ctx, b, items, a.now()); err != nil {
			return err
		}
		return a.tellStarter(ctx, tx, b.ID)
	})
	return worked, err
}

func everyBatch() plaza.Scope {
	return plaza.Everyone("whoever started it decides what is in reach, and each thing is looked up there")
}

// starter returns whoever started b as they are now; if they may not come in any
// more, why.
func (a *App) starter(ctx context.Context, tx *store.Tx, b plaza.Batch) (who plaza.Actor, gone plaza.Text, err error) {
	if err := tx.HoldLogin(ctx, b.Login); err != nil { // nobody takes a right away meanwhile
		return who, gone, err
	}
	l, err := tx.Login(ctx, everyBatch(), b.Login)
	if err != nil {
		return who, gone, err
	}
	home, err := tx.Profile(ctx, everyBatch(), b.Profile)
	if err != nil {
		return who, gone, err
	}
	who = plaza.Actor{
		Login: l.ID, Person: l.Person, Name: l.Name, Profile: home.ID, ProfileName: home.Name, Kind: home.Kind, Role: l.Role,
	}
	if l.State() != plaza.LoginActive || !l.Dashboard || home.Halted {
		gone = plaza.T("batch.starter_gone", "Name", l.Name)
	}
	return who, gone, nil
}

// doItem does to one thing what b does. What is wrong with it is noted in it; what is
// returned is wrong with the database.
func (a *App) doItem(ctx context.Context, tx *store.Tx, who plaza.Actor, b plaza.Batch, i *store.BatchItem) error {
	event := plaza.AuditEvent{Verb: plaza.LicenseRenew, ObjectKind: "license", Object: i.Object}
	err := a.perform(ctx, tx, who, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if err := tx.HoldLicense(ctx, who.Scope(), i.Object); err != nil {
			return err
		}
		l, err := tx.License(ctx, who.Scope(), i.Object)
		if err != nil {
			return err
		}
		i.Name = licenseName(l)
		e.About(l.Profile, "license", l.ID, i.Name)
		e.Reason = b.Reason
		return a.renew(ctx, tx, who, l, e)
	})
	if e := plaza.AsError(err); err != nil && e.Kind != plaza.Internal && e.Kind != plaza.Unavailable {
		i.Why = e.Msg
		return nil
	}
	return err
}

// renew adds one term to l.
func (a *App) renew(ctx context.Context, tx *store.Tx, who plaza.Actor, l plaza.License, e *plaza.AuditEvent) error {
	next, err := l.Renewed(a.now(), a.zone)
	if err != nil {
		return err
	}
	next.Ends = exact(next.Ends)
	a.termChanged(e, l, next)
	next.Updated = a.now()
	return tx.SetLicenseTerm(ctx, who.Scope(), next)
}

// giveUpItem notes of the next thing of the oldest batch that it cannot be done.
func (a *App) giveUpItem(ctx context.Context, actor plaza.Actor) error {
	if err := a.may(ctx, actor, plaza.BatchWork); err != nil {
		return err
	}
	return a.db.Tx(ctx, func(tx *store.Tx) error {
		b, items, err := tx.ClaimBatch(ctx, everyBatch(), 1)
		if err != nil || b.ID == "" {
			return err
		}
		for i := range items {
			items[i].Why = plaza.T("batch.broke")
		}
		if err := tx.FinishItems(ctx, b, items, a.now()); err != nil {
			return err
		}
		return a.tellStarter(ctx, tx, b.ID)
	})
}

// tellStarter leaves a notice to whoever started a batch, if it is finished now.
func (a *App) tellStarter(ctx context.Context, tx *store.Tx, id string) error {
	b, err := tx.Batch(ctx, everyBatch(), id)
	if err != nil || b.Finished.IsZero() {
		return err
	}
	return a.notify(ctx, tx, plaza.NoticeBatchDone, number(b.Done), b.ID, plaza.Login{ID: b.Login, Profile: b.Profile})
}
