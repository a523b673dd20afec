package app

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// importClaim is how long whoever works on an import has it, from each part on: who said
// nothing since has died.
const importClaim = 15 * time.Second

// WorkOnImport tries the rows of the import that has waited longest and that nobody works
// on, or makes them, and reports whether there was one. What is made is made in one
// transaction: others see all of it or nothing, and after a restart it begins anew. Only
// the clerk may.
func (a *App) WorkOnImport(ctx context.Context, actor plaza.Actor) (worked bool, err error) {
	if err := a.may(ctx, actor, plaza.ImportWork); err != nil {
		return false, err
	}
	i, who, gone, err := a.claimImport(ctx)
	if err != nil || i.ID == "" {
		return false, err
	}
	switch {
	case !gone.IsZero():
		err = a.settleImport(ctx, i, func(i plaza.Import) plaza.Import { return i.Failed(gone, a.now()) })
	case i.State == plaza.ImportChecking:
		err = a.tryImport(ctx, i, who)
	default:
		err = a.makeImport(ctx, i)
	}
	if err == nil || ctx.Err() != nil || plaza.KindOf(err) == plaza.Unavailable {
		return true, err
	}
	broke := func(i plaza.Import) plaza.Import { return i.Failed(plaza.T("import.broke"), a.now()) }
	return true, errors.Join(err, a.settleImport(ctx, i, broke))
}

// claimImport returns an import to work on, and whoever sent it as they are now; if they
// may not do it any more, why.
func (a *App) claimImport(ctx context.Context) (i plaza.Import, who plaza.Actor, gone plaza.Text, err error) {
	err = a.db.Tx(ctx, func(tx *store.Tx) error {
		i, err = tx.ClaimImport(ctx, everyImport(), a.now(), a.now().Add(importClaim))
		if err != nil || i.ID == "" {
			return err
		}
		who, gone, err = a.importer(ctx, tx, i)
		return err
	})
	return i, who, gone, err
}

// importer returns whoever sent i as they are now; if they may not do it any more, why.
func (a *App) importer(ctx context.Context, tx *store.Tx, i plaza.Import) (who plaza.Actor, gone plaza.Text, err error) {
	if who, gone, err = a.standIn(ctx, tx, i.Login, i.Profile, i.Pass); err != nil || !gone.IsZero() {
		return who, gone, err
	}
	doing := plaza.ImportApply
	if i.State == plaza.ImportChecking {
		doing = plaza.ImportCheck
	}
	for _, v := range []plaza.Verb{doing, i.Kind.Verb()} {
		if !who.Can(v) {
			gone = plaza.T("batch.starter_gone", "Name", i.LoginName)
		}
	}
	return who, gone, nil
}

// tryImport judges the rows of i, part by part, and notes what is wrong with them.
func (a *App) tryImport(ctx context.Context, i plaza.Import, who plaza.Actor) error {
	var j *judge
	i.Done, i.Bad = 0, 0
	for number := 0; ; {
		var part store.ImportPart
		err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
			if j == nil {
				if j, err = a.newJudge(ctx, tx, who, i); err != nil {
					return err
				}
			}
			part, err = a.judgePart(ctx, tx, j, number)
			return err
		})
		if err != nil {
			return err
		}
		if part.Number == 0 {
			return a.settleImport(ctx, i, func(held plaza.Import) plaza.Import {
				held.Done, held.Bad = i.Done, i.Bad
				return held.Judged(a.now())
			})
		}
		number = part.Number
		i.Done, i.Bad = i.Done+len(part.Lines), i.Bad+part.Bad
		still := false
		err = a.db.Tx(ctx, func(tx *store.Tx) (err error) {
			still, err = tx.KeepImport(ctx, everyImport(), i, part, a.now().Add(importClaim))
			return err
		})
		if err != nil || !still {
			return err
		}
	}
}

// judgePart judges the part of an import after the one with a number; its own number is 0
// if there is none.
func (a *App) judgePart(ctx context.Context, tx *store.Tx, j *judge, after int) (store.ImportPart, error) {
	parts, err := tx.ImportParts(ctx, everyImport(), j.what.ID, after, 1, false)
	if err != nil || len(parts) == 0 {
		return store.ImportPart{}, err
	}
	part := parts[0]
	part.Bad, part.Problems = 0, nil
	rows, err := j.rows(ctx, tx, part.Lines)
	for _, r := range rows {
		if len(r.bad) > 0 {
			part.Bad++
			part.Problems = append(part.Problems, j.problems(r)...)
		}
	}
	return part, err
}

// settleImport writes what became of i, unless somebody discarded it meanwhile, and tells
// whoever sent it if nothing came of it.
func (a *App) settleImport(ctx context.Context, i plaza.Import, next func(plaza.Import) plaza.Import) error {
	return a.db.Tx(ctx, func(tx *store.Tx) error {
		held, err := tx.HoldImport(ctx, everyImport(), i.Profile, i.ID)
		if err != nil || held.State != i.State || !held.Changed.Equal(i.Changed) {
			return err
		}
		held = next(held)
		if err := tx.SetImport(ctx, everyImport(), held); err != nil || held.State != plaza.ImportFailed {
			return err
		}
		return a.notify(ctx, tx, plaza.NoticeImportFailed, held.About(), held.ID, plaza.Login{ID: held.Login, Profile: held.Profile})
	})
}

// overtakenError says that a row could be made when it was tried, and cannot now.
type overtakenError struct{ why plaza.Text }

func (e overtakenError) Error() string { return e.why.String() }

// goneError says that whoever sent an import may not do it any more.
type goneError struct{ why plaza.Text }

func (e goneError) Error() string { return e.why.String() }

// makeImport makes everything in i, in one transaction. If that cannot be done any more, it
// is tried once more, so that somebody sees why.
func (a *App) makeImport(ctx context.Context, i plaza.Import) error {
	defer a.importing.note(i.ID, 0)
	err := a.db.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.HoldTree(ctx); err != nil {
			return err
		}
		held, err := tx.HoldImport(ctx, everyImport(), i.Profile, i.ID)
		if err != nil || held.State != plaza.ImportApplying {
			return err // somebody else has done it
		}
		who, gone, err := a.importer(ctx, tx, held)
		if err != nil {
			return err
		}
		if !gone.IsZero() {
			return tx.SetImport(ctx, everyImport(), held.Failed(gone, a.now()))
		}
		if err := a.makeRows(ctx, tx, who, held); err != nil {
			return err
		}
		// Nobody takes a right away meanwhile, but time does.
		if _, gone, err = a.importer(ctx, tx, held); err != nil {
			return err
		}
		if !gone.IsZero() {
			return goneError{gone}
		}
		if err := tx.SetImport(ctx, everyImport(), held.Applied(a.now())); err != nil {
			return err
		}
		return a.notify(ctx, tx, plaza.NoticeImportDone, held.About(), held.ID, plaza.Login{ID: held.Login, Profile: held.Profile})
	})
	if gone, ok := errors.AsType[goneError](err); ok {
		return a.settleImport(ctx, i, func(held plaza.Import) plaza.Import { return held.Failed(gone.why, a.now()) })
	}
	why := plaza.T("error.conflict")
	if overtaken, ok := errors.AsType[overtakenError](err); ok {
		why = overtaken.why
	} else if kind := plaza.KindOf(err); err == nil || kind != plaza.Conflict && kind != plaza.NotFound {
		return err
	} else if e := plaza.AsError(err); e.Err == nil { // it says more than that two were in each other's way
		why = e.Msg
	}
	return a.settleImport(ctx, i, func(held plaza.Import) plaza.Import { return held.Overtaken(why, a.now()) })
}

// makeRows makes the rows of i, which is held, for who.
func (a *App) makeRows(ctx context.Context, tx *store.Tx, who plaza.Actor, i plaza.Import) error {
	// What rows are judged by stays so until all are made.
	for _, hold := range []func(context.Context) error{tx.HoldHalts, tx.HoldOffAllowances, tx.SharePlans} {
		if err := hold(ctx); err != nil {
			return err
		}
	}
	j, err := a.newJudge(ctx, tx, who, i)
	if err != nil {
		return err
	}
	if err := j.resolve(ctx, tx); err != nil {
		return err
	}
	for number, done := 0, 0; ; {
		parts, err := tx.ImportParts(ctx, everyImport(), i.ID, number, 1, false)
		if err != nil {
			return err
		}
		if len(parts) == 0 {
			return j.settle(ctx, tx)
		}
		rows, err := j.rows(ctx, tx, parts[0].Lines)
		if err != nil {
			return err
		}
		if err := j.make(ctx, tx, rows); err != nil {
			return err
		}
		number, done = parts[0].Number, done+len(rows)
		a.importing.note(i.ID, done)
	}
}

// resolve looks up all that the rows of an import name before it makes the first of them:
// what it makes is not what they mean, and the more there is the longer it takes.
func (j *judge) resolve(ctx context.Context, tx *store.Tx) error {
	for number := 0; ; {
		parts, err := tx.ImportParts(ctx, everyImport(), j.what.ID, number, 1, false)
		if err != nil || len(parts) == 0 {
			j.knows = err == nil
			return err
		}
		number = parts[0].Number
		if err := j.lookUp(ctx, tx, parts[0].Lines); err != nil {
			return err
		}
	}
}

// settle sees that no allowance is exceeded by what was made, and tells whose is nearly
// used up.
func (j *judge) settle(ctx context.Context, tx *store.Tx) error {
	all, err := tx.AllowancesByID(ctx, slices.Collect(maps.Keys(j.rooms)), true)
	if err != nil {
		return err
	}
	for _, w := range all {
		if j.rooms[w.ID].taken == 0 {
			continue
		}
		if w.Exceeded() {
			return j.app.full(ctx, tx, j.who, w, 1)
		}
		if err := j.app.tellAllowance(ctx, tx, w); err != nil {
			return err
		}
	}
	return nil
}
