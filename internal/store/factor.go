package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// SealedFactor is a factor with what its codes are made from.
type SealedFactor struct {
	plaza.Factor

	Sealed []byte
	Step   int64 // of the last code that was taken
}

// InsertFactor adds f.
func (tx *Tx) InsertFactor(ctx context.Context, f SealedFactor) error {
	return tx.must(ctx, `
		INSERT INTO factors (id, person_id, kind, name, sealed, step, created_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		f.ID, f.Person, f.Kind, f.Name, f.Sealed, f.Step, when(f.Created), when(f.Used))
}

// Factors returns the factors of a person, the oldest first.
func (tx *Tx) Factors(ctx context.Context, person string) ([]SealedFactor, error) {
	return collect(ctx, tx, func(row scanner) (f SealedFactor, err error) {
		err = row.Scan(&f.ID, &f.Person, &f.Kind, &f.Name, &f.Sealed, &f.Step, at(&f.Created), at(&f.Used))
		return f, err
	}, `SELECT id, person_id, kind, name, sealed, step, created_at, used_at FROM factors WHERE person_id = $1 ORDER BY created_at, id`, person)
}

// UseFactor notes that the code of a step was taken, and reports whether it was: of two
// who have the same code, one is let in.
func (tx *Tx) UseFactor(ctx context.Context, id string, step int64, now time.Time) (bool, error) {
	n, err := tx.exec(ctx, `UPDATE factors SET step = $1, used_at = $2 WHERE id = $3 AND step < $1`, step, when(now), id)
	return n > 0, err
}

// DeleteFactor removes a factor of a person, or returns NotFound.
func (tx *Tx) DeleteFactor(ctx context.Context, person, id string) error {
	n, err := tx.exec(ctx, `DELETE FROM factors WHERE person_id = $1 AND id = $2`, person, id)
	if err == nil && n == 0 {
		err = errNotFound()
	}
	return err
}

// PutRecoveryCodes gives a person these recovery codes, and takes those from before.
func (tx *Tx) PutRecoveryCodes(ctx context.Context, person string, digests [][]byte) error {
	if err := tx.must(ctx, `DELETE FROM recovery_codes WHERE person_id = $1`, person); err != nil {
		return err
	}
	for _, d := range digests {
		if err := tx.must(ctx, `INSERT INTO recovery_codes (person_id, code_digest) VALUES ($1, $2)`, person, d); err != nil {
			return err
		}
	}
	return nil
}

// UseRecoveryCode notes that a recovery code was used, and reports whether it was one that
// nobody had used.
func (tx *Tx) UseRecoveryCode(ctx context.Context, person string, digest []byte, now time.Time) (bool, error) {
	n, err := tx.exec(ctx, `UPDATE recovery_codes SET used_at = $1 WHERE person_id = $2 AND code_digest = $3 AND used_at IS NULL`, when(now), person, digest)
	return n > 0, err
}

// Recovery returns how many recovery codes a person has.
func (tx *Tx) Recovery(ctx context.Context, person string) (plaza.Recovery, error) {
	return one(ctx, tx, func(row scanner) (r plaza.Recovery, err error) {
		err = row.Scan(&r.Made, &r.Left)
		return r, err
	}, `SELECT count(*), count(*) - count(used_at) FROM recovery_codes WHERE person_id = $1`, person)
}

// InsertBrowser remembers a browser of a person.
func (tx *Tx) InsertBrowser(ctx context.Context, b plaza.Browser, person string, hash []byte) error {
	return tx.must(ctx, `
		INSERT INTO browsers (id, person_id, token_hash, created_at, expires_at, address, user_agent) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		b.ID, person, hash, when(b.Created), when(b.Expires), b.Address, b.UserAgent)
}

// BrowserIs reports whether the browser with the given token is remembered for a person.
func (tx *Tx) BrowserIs(ctx context.Context, person string, hash []byte, now time.Time) (bool, error) {
	n, err := tx.count(ctx, `SELECT count(*) FROM browsers WHERE token_hash = $1 AND person_id = $2 AND expires_at > $3`, hash, person, when(now))
	return n > 0, err
}

// Browsers returns the browsers that are remembered for a person, newest first.
func (tx *Tx) Browsers(ctx context.Context, person string, now time.Time) ([]plaza.Browser, error) {
	return collect(ctx, tx, func(row scanner) (b plaza.Browser, err error) {
		err = row.Scan(&b.ID, at(&b.Created), at(&b.Expires), &b.Address, &b.UserAgent)
		return b, err
	}, `SELECT id, created_at, expires_at, address, user_agent FROM browsers WHERE person_id = $1 AND expires_at > $2 ORDER BY created_at DESC, id`, person, when(now))
}

// DropBrowser forgets a browser of a person, or returns NotFound.
func (tx *Tx) DropBrowser(ctx context.Context, person, id string) error {
	n, err := tx.exec(ctx, `DELETE FROM browsers WHERE person_id = $1 AND id = $2`, person, id)
	if err == nil && n == 0 {
		err = errNotFound()
	}
	return err
}

// DropBrowsersOf forgets every browser of a person.
func (tx *Tx) DropBrowsersOf(ctx context.Context, person string) error {
	return tx.must(ctx, `DELETE FROM browsers WHERE person_id = $1`, person)
}

// DropBrowsers forgets the browsers that are remembered no more.
func (tx *Tx) DropBrowsers(ctx context.Context, now time.Time) error {
	return tx.must(ctx, `DELETE FROM browsers WHERE expires_at <= $1`, when(now))
}

// FactorRule returns what a profile itself says.
func (tx *Tx) FactorRule(ctx context.Context, profile string) (plaza.FactorRule, error) {
	all, err := collect(ctx, tx, func(row scanner) (r plaza.FactorRule, err error) {
		err = row.Scan(&r)
		return r, err
	}, `SELECT rule FROM factor_rules WHERE profile_id = $1`, profile)
	if err != nil || len(all) == 0 {
		return plaza.FactorOptional, err
	}
	return all[0], nil
}

// SetFactorRule writes what a profile says.
func (tx *Tx) SetFactorRule(ctx context.Context, profile string, r plaza.FactorRule) error {
	if r == plaza.FactorOptional {
		return tx.must(ctx, `DELETE FROM factor_rules WHERE profile_id = $1`, profile)
	}
	return tx.must(ctx, `
		INSERT INTO factor_rules (profile_id, rule) VALUES ($1, $2)
		ON CONFLICT (profile_id) DO UPDATE SET rule = excluded.rule`, profile, r)
}

// FactorWantedAbove reports whether a profile above the given one wants a second proof of
// its logins.
func (tx *Tx) FactorWantedAbove(ctx context.Context, profile string) (bool, error) {
	n, err := tx.count(ctx, `
		SELECT count(*) FROM profile_tree t JOIN factor_rules f ON f.profile_id = t.ancestor_id
		WHERE t.profile_id = $1 AND t.depth > 0 AND f.rule = 'below'`, profile)
	return n > 0, err
}

// FactorWanted reports whether a profile, or one above it, wants a second proof of the
// logins of the profile.
func (tx *Tx) FactorWanted(ctx context.Context, profile string) (bool, error) {
	n, err := tx.count(ctx, `
		SELECT count(*) FROM profile_tree t JOIN factor_rules f ON f.profile_id = t.ancestor_id
		WHERE t.profile_id = $1 AND (t.depth = 0 OR f.rule = 'below')`, profile)
	return n > 0, err
}
