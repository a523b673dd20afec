package store

import (
	"context"

	"github.com/connectplaza/plaza"
)

// BillingTerms returns on which terms the profile with the given ID was billed, if it is
// in scope, in the order in which they were set; none if nobody has.
func (tx *Tx) BillingTerms(ctx context.Context, scope plaza.Scope, profile string) ([]plaza.BillingTerms, error) {
	a := args{profile}
	query := `
		SELECT b.profile_id, b.number, b.since_at, b.currency, b.discount, b.time_zone, b.billing_id
		FROM billing_terms b WHERE b.profile_id = $1 AND ` + a.within(scope, "b.profile_id") + ` ORDER BY b.number`
	return collect(ctx, tx, func(row scanner) (t plaza.BillingTerms, err error) {
		err = row.Scan(&t.Profile, &t.Number, at(&t.Since), &t.Currency, &t.Discount, &t.TimeZone, &t.BillingID)
		return t, err
	}, query, a...)
}

// InsertBillingTerms adds t, which hold from now on; if there are others of its number,
// it is a Conflict.
func (tx *Tx) InsertBillingTerms(ctx context.Context, t plaza.BillingTerms) error {
	return tx.must(ctx, `
		INSERT INTO billing_terms (profile_id, number, since_at, currency, discount, time_zone, billing_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, t.Profile, t.Number, when(t.Since), t.Currency, t.Discount, t.TimeZone, t.BillingID)
}

// Adjustments returns what was booked on a month of the profile with the given ID, if it
// is in scope, in order.
func (tx *Tx) Adjustments(ctx context.Context, scope plaza.Scope, profile string, m plaza.Month) ([]plaza.Adjustment, error) {
	a := args{profile, m.String()}
	query := `
		SELECT j.id, j.profile_id, j.currency, j.minor, j.reason, j.login_id, j.created_at
		FROM adjustments j WHERE j.profile_id = $1 AND j.month = $2 AND ` + a.within(scope, "j.profile_id") + ` ORDER BY j.created_at, j.id`
	return collect(ctx, tx, func(row scanner) (j plaza.Adjustment, err error) {
		j.Month = m
		err = row.Scan(&j.ID, &j.Profile, &j.Amount.Currency, &j.Amount.Minor, &j.Reason, &j.Login, at(&j.Created))
		return j, err
	}, query, a...)
}

// InsertAdjustment adds j.
func (tx *Tx) InsertAdjustment(ctx context.Context, j plaza.Adjustment) error {
	return tx.must(ctx, `
		INSERT INTO adjustments (id, profile_id, month, currency, minor, reason, login_id, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		j.ID, j.Profile, j.Month.String(), j.Amount.Currency, j.Amount.Minor, j.Reason, j.Login, when(j.Created))
}
