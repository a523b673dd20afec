package store

import (
	"context"
	"time"
)

// Attempt is how often somebody failed of late, and until when no further try
// is taken.
type Attempt struct {
	Failures int
	Blocked  time.Time
}

// Attempt returns the attempts of subject; zero if there were none.
func (tx *Tx) Attempt(ctx context.Context, subject string) (Attempt, error) {
	all, err := collect(ctx, tx, func(row scanner) (a Attempt, err error) {
		err = row.Scan(&a.Failures, at(&a.Blocked))
		return a, err
	}, `SELECT failures, blocked_at FROM attempts WHERE subject = $1`+tx.forUpdate, subject)
	if err != nil || len(all) == 0 {
		return Attempt{}, err
	}
	return all[0], nil
}

// PutAttempt writes the attempts of subject.
func (tx *Tx) PutAttempt(ctx context.Context, subject string, a Attempt) error {
	return tx.must(ctx, `
		INSERT INTO attempts (subject, failures, blocked_at) VALUES ($1, $2, $3)
		ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, blocked_at = excluded.blocked_at`,
		subject, a.Failures, a.Blocked.UnixMicro())
}

// DropAttempt forgets the attempts of subject.
func (tx *Tx) DropAttempt(ctx context.Context, subject string) error {
	return tx.must(ctx, `DELETE FROM attempts WHERE subject = $1`, subject)
}

// DropAttempts forgets the attempts that block nobody since a time.
func (tx *Tx) DropAttempts(ctx context.Context, before time.Time) error {
	return tx.must(ctx, `DELETE FROM attempts WHERE blocked_at < $1`, when(before))
}
