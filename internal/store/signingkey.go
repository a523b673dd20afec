package store

import (
	"context"

	"github.com/connectplaza/plaza"
)

// SigningKey is a [plaza.SigningKey] with its private half.
type SigningKey struct {
	plaza.SigningKey

	Sealed []byte // encrypted
}

// InsertSigningKey adds k.
func (tx *Tx) InsertSigningKey(ctx context.Context, k SigningKey) error {
	return tx.must(ctx, `INSERT INTO signing_keys (id, public, sealed, created_at, signs_at) VALUES ($1, $2, $3, $4, $5)`,
		k.ID, []byte(k.Public), k.Sealed, when(k.Created), when(k.Signs))
}

// SigningKeys returns all keys, the one that signs last first.
func (tx *Tx) SigningKeys(ctx context.Context) ([]SigningKey, error) {
	return collect(ctx, tx, func(row scanner) (k SigningKey, err error) {
		var public []byte
		err = row.Scan(&k.ID, &public, &k.Sealed, at(&k.Created), at(&k.Signs))
		k.Public = public
		return k, err
	}, `SELECT id, public, sealed, created_at, signs_at FROM signing_keys ORDER BY signs_at DESC, id DESC`)
}

// HoldSigningKeys keeps others from adding a key until the transaction ends.
func (tx *Tx) HoldSigningKeys(ctx context.Context) error { return tx.lockText(ctx, "signing keys") }
