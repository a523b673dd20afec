package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertOnce notes that a request by a token was done; a second one with the same key is a
// Conflict.
func (tx *Tx) InsertOnce(ctx context.Context, d plaza.DoneOnce) error {
	return tx.must(ctx, `
		INSERT INTO requests_done (pass_id, once_key, digest, at, status, location, etag, body)
		VALUES ($1, $2, $3, $4, 0, '', '', NULL)`, d.Token, d.Key, d.Digest, when(d.At))
}

// DoneOnce returns the request by a token with a key that was done, or NotFound.
func (tx *Tx) DoneOnce(ctx context.Context, token, key string) (plaza.DoneOnce, error) {
	return one(ctx, tx, func(row scanner) (plaza.DoneOnce, error) {
		d := plaza.DoneOnce{Token: token, Key: key}
		err := row.Scan(&d.Digest, at(&d.At), &d.Answer.Status, &d.Answer.Location, &d.Answer.ETag, &d.Answer.Body)
		return d, err
	}, `SELECT digest, at, status, location, etag, body FROM requests_done WHERE pass_id = $1 AND once_key = $2`, token, key)
}

// KeepAnswer writes what a request was answered that was done.
func (tx *Tx) KeepAnswer(ctx context.Context, token, key string, a plaza.Answer) error {
	return tx.must(ctx, `UPDATE requests_done SET status = $1, location = $2, etag = $3, body = $4 WHERE pass_id = $5 AND once_key = $6`,
		a.Status, a.Location, a.ETag, a.Body, token, key)
}

// DropOnce forgets what was done at a time or before.
func (tx *Tx) DropOnce(ctx context.Context, till time.Time) error {
	return tx.must(ctx, `DELETE FROM requests_done WHERE at <= $1`, when(till))
}
