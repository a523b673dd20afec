package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertAllowance adds w; a second of the same profile for the same is a Conflict.
// Whoever makes a license meanwhile is waited for, so that it is counted.
func (tx *Tx) InsertAllowance(ctx context.Context, w plaza.Allowance, created time.Time) error {
	if tx.still != "" {
		if err := tx.must(ctx, tx.still); err != nil {
			return err
		}
	}
	return tx.must(ctx, `
		INSERT INTO allowances (id, profile_id, kind, plan_id, most, overage, told, created_at, version)
		VALUES ($1, $2, $3, NULLIF($4, ''), $5, $6, 0, $7, 1)`,
		w.ID, w.Profile, w.Kind, w.Plan, w.Most, w.Overage, when(created))
}

// allowanceColumns count what is used as they are read.
const (
	allowanceUsed = `(SELECT count(*) FROM profile_tree t JOIN licenses l ON l.profile_id = t.profile_id
			WHERE t.ancestor_id = w.profile_id AND l.ended_at IS NULL AND (l.kind = w.kind OR l.plan_id = w.plan_id))`
	allowanceColumns = `
		w.id, w.profile_id, p.name, w.kind, COALESCE(w.plan_id, ''), COALESCE(pl.name, ''), w.most, w.overage, w.told, w.version,
		` + allowanceUsed
	allowanceFrom = `allowances w JOIN profiles p ON p.id = w.profile_id LEFT JOIN plans pl ON pl.id = w.plan_id`
)

func scanAllowance(row scanner) (w plaza.Allowance, err error) {
	err = row.Scan(&w.ID, &w.Profile, &w.ProfileName, &w.Kind, &w.Plan, &w.PlanName, &w.Most, &w.Overage, &w.Told, &w.Version, &w.Used)
	return w, err
}

// Allowance returns the allowance with the given ID, or NotFound if there is none in
// scope.
func (tx *Tx) Allowance(ctx context.Context, scope plaza.Scope, id string) (plaza.Allowance, error) {
	var a args
	query := `SELECT ` + allowanceColumns + ` FROM ` + allowanceFrom + `
		WHERE w.id = ` + a.add(id) + ` AND ` + a.owned(scope, "w.profile_id")
	return one(ctx, tx, scanAllowance, query, a...)
}

// Allowances returns the allowances of the profile with the given ID, which is in scope:
// those for a kind first.
func (tx *Tx) Allowances(ctx context.Context, scope plaza.Scope, profile string) ([]plaza.Allowance, error) {
	a := args{profile}
	query := `SELECT ` + allowanceColumns + ` FROM ` + allowanceFrom + ` WHERE w.profile_id = $1 AND ` + a.within(scope, "w.profile_id")
	return collect(ctx, tx, scanAllowance, query+` ORDER BY w.kind = '', w.kind, pl.name`, a...)
}

// AllowancesBelow returns those of the allowances of profiles strictly below scope's own
// that f chooses. Sorts: profile.
func (tx *Tx) AllowancesBelow(ctx context.Context, scope plaza.Scope, f plaza.AllowanceFilter, p plaza.Page) (plaza.List[plaza.Allowance], error) {
	l := listing[plaza.Allowance]{
		columns: allowanceColumns, from: allowanceFrom, id: "w.id", texts: map[string]string{"profile": "p.name_fold"}, first: "profile", scan: scanAllowance,
	}
	l.and(l.within(scope, "w.profile_id"))
	l.and("w.profile_id <> " + l.add(scope.Root()))
	if f.Text != "" {
		l.and(l.like(f.Text, "p.name_fold"))
	}
	if len(f.States) > 0 {
		l.and(in(&l.args, allowanceState, f.States))
	}
	return l.page(ctx, tx, p)
}

// allowanceState is [plaza.Allowance.State] in SQL.
const allowanceState = `(CASE WHEN ` + allowanceUsed + ` > w.most THEN 'over' WHEN ` + allowanceUsed + ` = w.most THEN 'full'
	WHEN ` + allowanceUsed + ` * 100 >= w.most * 80 THEN 'near' ELSE 'free' END)`

// UpdateAllowance writes how much w allows, if it is in scope and still has
// w.Version; otherwise it is Stale or NotFound.
func (tx *Tx) UpdateAllowance(ctx context.Context, scope plaza.Scope, w plaza.Allowance) error {
	a := args{w.Most, w.Overage, w.ID, w.Version}
	return tx.versioned(ctx, "allowances", "profile_id", scope, w.ID, `
		UPDATE allowances SET most = $1, overage = $2, version = version + 1 WHERE id = $3 AND version = $4`, a)
}

// DeleteAllowance removes w, if it is in scope and still has w.Version; otherwise it
// is Stale or NotFound.
func (tx *Tx) DeleteAllowance(ctx context.Context, scope plaza.Scope, w plaza.Allowance) error {
	a := args{w.ID, w.Version}
	return tx.versioned(ctx, "allowances", "profile_id", scope, w.ID, `DELETE FROM allowances WHERE id = $1 AND version = $2`, a)
}

// HoldAllowances returns every allowance that a license of a kind and a plan counts
// towards which one of the profiles with the given IDs holds: its own, and those above.
// From now on nobody else counts them before this transaction ends: so they have to
// be held after what is to be counted was written, and what is counted then is
// exact.
func (tx *Tx) HoldAllowances(ctx context.Context, kind plaza.LicenseKind, plan string, profiles ...string) ([]plaza.Allowance, error) {
	which, a := countingTowards(kind, plan, profiles)
	if tx.forUpdate != "" {
		if _, err := collect(ctx, tx, scanID, `SELECT w.id FROM allowances w`+which+tx.forUpdate, a...); err != nil {
			return nil, err
		}
	}
	return collect(ctx, tx, scanAllowance, `SELECT `+allowanceColumns+` FROM `+allowanceFrom+which, a...)
}

// AllowancesAbove is [Tx.HoldAllowances] for who only looks: others count them meanwhile.
func (tx *Tx) AllowancesAbove(ctx context.Context, kind plaza.LicenseKind, plan string, profiles ...string) ([]plaza.Allowance, error) {
	which, a := countingTowards(kind, plan, profiles)
	return collect(ctx, tx, scanAllowance, `SELECT `+allowanceColumns+` FROM `+allowanceFrom+which, a...)
}

func countingTowards(kind plaza.LicenseKind, plan string, profiles []string) (which string, a args) {
	a = args{kind, plan}
	return ` WHERE w.profile_id IN (SELECT ancestor_id FROM profile_tree WHERE ` + in(&a, "profile_id", profiles) + `)
		AND (w.kind = $1 OR w.plan_id = $2) ORDER BY w.id`, a
}

// ToldAllowance writes of which percentage of w was told.
func (tx *Tx) ToldAllowance(ctx context.Context, w plaza.Allowance) error {
	return tx.must(ctx, `UPDATE allowances SET told = $1 WHERE id = $2`, w.Told, w.ID)
}
