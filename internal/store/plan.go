package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertPlan adds p to the catalogue; a second of the same name is a Conflict.
func (tx *Tx) InsertPlan(ctx context.Context, p plaza.Plan, created time.Time) error {
	terms := ""
	if !p.Terms.IsZero() {
		terms = p.Terms.String()
	}
	return tx.must(ctx, `
		INSERT INTO plans (id, kind, name, term_months, grace_days, trial, machines, created_at, terms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		p.ID, p.Kind, p.Name, p.TermMonths, p.GraceDays, p.Trial, p.Machines, when(created), terms)
}

const planColumns = `id, kind, name, term_months, grace_days, trial, machines, terms`

func scanPlan(row scanner) (p plaza.Plan, err error) {
	var terms string
	if err = row.Scan(&p.ID, &p.Kind, &p.Name, &p.TermMonths, &p.GraceDays, &p.Trial, &p.Machines, &terms); err == nil {
		p.Terms, err = plaza.ParseTerms(terms)
	}
	return p, err
}

// Plans returns the whole catalogue, longest term last. It belongs to no
// profile: everybody chooses from the same.
func (tx *Tx) Plans(ctx context.Context) ([]plaza.Plan, error) {
	return collect(ctx, tx, scanPlan, `SELECT `+planColumns+` FROM plans ORDER BY kind, trial DESC, term_months, name`)
}

// Plan returns one plan, or NotFound.
func (tx *Tx) Plan(ctx context.Context, id string) (plaza.Plan, error) {
	return one(ctx, tx, scanPlan, `SELECT `+planColumns+` FROM plans WHERE id = $1`, id)
}
