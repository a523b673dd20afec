package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertComponent adds c to the activation m, which the caller has read within its
// scope. A second of the same fingerprint that stands is a Conflict.
func (tx *Tx) InsertComponent(ctx context.Context, m plaza.Activation, c plaza.Component) error {
	return tx.must(ctx, `
		INSERT INTO components (id, profile_id, license_id, activation_id, fingerprint, fingerprint_hash, name, metadata, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`,
		c.ID, m.Profile, m.License, m.ID, c.Fingerprint, hashed(c.Fingerprint), c.Name, c.Metadata, when(c.Created))
}

const componentColumns = `c.id, c.activation_id, c.fingerprint, c.name, c.metadata, c.created_at, c.updated_at`

func scanComponent(row scanner) (c plaza.Component, err error) {
	err = row.Scan(&c.ID, &c.Activation, &c.Fingerprint, &c.Name, &c.Metadata, at(&c.Created), at(&c.Updated))
	return c, err
}

// Components returns the components in scope that stand, of a license and, if it is
// named, of one activation, the newest first.
func (tx *Tx) Components(ctx context.Context, scope plaza.Scope, license, activation string) ([]plaza.Component, error) {
	a := args{license}
	query := `SELECT ` + componentColumns + ` FROM components c WHERE c.license_id = $1 AND c.ended_at IS NULL`
	if activation != "" {
		query += ` AND c.activation_id = ` + a.add(activation)
	}
	query += ` AND ` + a.withinLicense(scope, "c") + ` ORDER BY c.created_at DESC, c.id DESC`
	return collect(ctx, tx, scanComponent, query, a...)
}

// ComponentTaken reports whether a component's fingerprint stands already: in the
// activation, its license, its plan, or anywhere, as far as within says.
func (tx *Tx) ComponentTaken(ctx context.Context, m plaza.Activation, plan string, within plaza.Uniqueness, fingerprint string) (bool, error) {
	a := args{hashed(fingerprint)}
	query := `SELECT count(*) FROM components c JOIN licenses l ON l.id = c.license_id WHERE c.fingerprint_hash = $1 AND c.ended_at IS NULL`
	switch within {
	case plaza.UniquePerMachine:
		query += ` AND c.activation_id = ` + a.add(m.ID)
	case plaza.UniquePerLicense:
		query += ` AND c.license_id = ` + a.add(m.License)
	case plaza.UniquePerPolicy:
		query += ` AND l.plan_id = ` + a.add(plan)
	case plaza.UniquePerProduct, plaza.UniquePerAccount:
	}
	if within != plaza.UniquePerMachine {
		if err := tx.lockText(ctx, "component "+fingerprint); err != nil {
			return false, err
		}
	}
	n, err := tx.count(ctx, query, a...)
	return n > 0, err
}

// RenameComponent writes what the component in scope is called, or returns
// NotFound.
func (tx *Tx) RenameComponent(ctx context.Context, scope plaza.Scope, id, name string, now time.Time) error {
	a := args{name, when(now), id}
	return tx.found(ctx, `UPDATE components SET name = $1, updated_at = $2 WHERE id = $3 AND ended_at IS NULL AND `+a.withinLicense(scope, "components"), a...)
}

// EndComponent ends the component in scope, or returns NotFound.
func (tx *Tx) EndComponent(ctx context.Context, scope plaza.Scope, id string, now time.Time) error {
	a := args{when(now), id}
	return tx.found(ctx, `UPDATE components SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL AND `+a.withinLicense(scope, "components"), a...)
}

// found runs a statement that must change a row, or else returns NotFound.
func (tx *Tx) found(ctx context.Context, query string, args ...any) error {
	n, err := tx.exec(ctx, query, args...)
	if err == nil && n == 0 {
		err = errNotFound()
	}
	return err
}
