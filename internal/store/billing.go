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
		SELECT b.profile_id, b.number, b.since_at, b.currency, b.discount, b.time_zone, b.billing_id, b.by_id
		FROM billing_terms b WHERE b.profile_id = $1 AND ` + a.within(scope, "b.profile_id") + ` ORDER BY b.number`
	return collect(ctx, tx, func(row scanner) (t plaza.BillingTerms, err error) {
		err = row.Scan(&t.Profile, &t.Number, at(&t.Since), &t.Currency, &t.Discount, &t.TimeZone, &t.BillingID, &t.By)
		return t, err
	}, query, a...)
}

// InsertBillingTerms adds t, which hold from now on; if there are others of its number,
// it is a Conflict.
func (tx *Tx) InsertBillingTerms(ctx context.Context, all ...plaza.BillingTerms) error {
	rows := make([][]any, len(all))
	for i, t := range all {
		rows[i] = []any{t.Profile, t.Number, when(t.Since), t.Currency, t.Discount, t.TimeZone, t.BillingID, t.By}
	}
	return tx.insert(ctx, `billing_terms (profile_id, number, since_at, currency, discount, time_zone, billing_id, by_id)`, `(?, ?, ?, ?, ?, ?, ?, ?)`, rows)
}

// TermsFromBeyond returns the IDs of those of a profile and all below it that have a
// discount, or that another system calls something, as somebody set who is none of them.
func (tx *Tx) TermsFromBeyond(ctx context.Context, profile string) ([]string, error) {
	const below = ` IN (SELECT t.profile_id FROM profile_tree t WHERE $1 = t.ancestor_id)`
	return collect(ctx, tx, scanID, `
		SELECT b.profile_id FROM billing_terms b WHERE b.profile_id`+below+` AND b.by_id NOT`+below+` AND (b.discount <> 0 OR b.billing_id <> '')
		AND b.number = (SELECT max(c.number) FROM billing_terms c WHERE c.profile_id = b.profile_id) ORDER BY b.profile_id`, profile)
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

// UntoldOfStatement returns the first n profiles in scope, after that with a given ID, that
// used something, or one below them did, and whose people were not told of their statement
// of a month.
func (tx *Tx) UntoldOfStatement(ctx context.Context, scope plaza.Scope, m plaza.Month, after string, n int) ([]plaza.Profile, error) {
	a := args{m.String(), after}
	query := `
		SELECT p.id, p.name, p.created_at FROM profiles p
		WHERE p.statement_told < $1 AND p.id > $2 AND p.closed_at IS NULL AND p.parent_id IS NOT NULL AND ` + a.within(scope, "p.id") + `
		AND EXISTS (SELECT 1 FROM ledger f JOIN profile_places w ON w.profile_id = f.profile_id WHERE w.ancestor_id = p.id)
		ORDER BY p.id LIMIT ` + a.add(n)
	return collect(ctx, tx, func(row scanner) (p plaza.Profile, err error) {
		err = row.Scan(&p.ID, &p.Name, at(&p.Created))
		return p, err
	}, query, a...)
}

// TellOfStatement writes that the people of a profile in scope were told of its statement
// of a month, and reports whether nobody had done so before.
func (tx *Tx) TellOfStatement(ctx context.Context, scope plaza.Scope, profile string, m plaza.Month) (bool, error) {
	a := args{m.String(), profile}
	n, err := tx.exec(ctx, `UPDATE profiles SET statement_told = $1 WHERE id = $2 AND statement_told < $1 AND `+a.within(scope, "id"), a...)
	return n > 0, err
}
