package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/connectplaza/plaza"
)

// hashed returns what stands for a text of any length in an index.
func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

const activationInserted = `id, profile_id, license_id, agent_id, fingerprint, fingerprint_hash, name, host, platform, ip,
	cores, memory, disk, metadata, address, created_at, updated_at, ended_why, ended_by`

// InsertActivation adds m, whose license is held, see [Tx.HoldLicense]. A second
// of the same fingerprint that stands is a Conflict.
func (tx *Tx) InsertActivation(ctx context.Context, m plaza.Activation) error {
	return tx.must(ctx, `
		INSERT INTO activations (`+activationInserted+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16, '', '')`,
		m.ID, m.Profile, m.License, m.Agent, m.Fingerprint, hashed(m.Fingerprint), m.Name, m.Host, m.Platform, m.IP,
		m.Cores, m.Memory, m.Disk, m.Metadata, m.Address, when(m.Created))
}

// SettleAgent notes on which activation an agent is now, and what it runs on, if that
// activation stands.
func (tx *Tx) SettleAgent(ctx context.Context, scope plaza.Scope, m plaza.Activation) error {
	a := args{m.ID, when(m.Created), m.Host, m.Platform, m.Agent}
	return tx.must(ctx, `
		UPDATE connectagents SET activation_id = $1, activated_at = COALESCE(activated_at, $2), host = $3, platform = $4
		WHERE id = $5 AND EXISTS (SELECT 1 FROM activations m WHERE m.id = $1 AND m.ended_at IS NULL) AND `+a.withinLicense(scope, "connectagents"), a...)
}

const activationColumns = `
	m.id, m.profile_id, m.license_id, m.agent_id, m.fingerprint, m.name, m.host, m.platform, m.ip, m.cores, m.memory, m.disk,
	m.metadata, m.address, m.created_at, m.updated_at, m.checked_out_at, m.cloned_at, m.ended_at, m.ended_why, m.ended_by,
	m.file_until, h.at, h.goodbye_at, COALESCE(h.generation, 0)`

const activationFrom = ` FROM activations m LEFT JOIN pulses h ON h.id = m.id `

func scanActivation(row scanner) (m plaza.Activation, err error) {
	err = row.Scan(
		&m.ID, &m.Profile, &m.License, &m.Agent, &m.Fingerprint, &m.Name, &m.Host, &m.Platform, &m.IP, &m.Cores, &m.Memory, &m.Disk,
		&m.Metadata, &m.Address, at(&m.Created), at(&m.Updated), at(&m.CheckedOut), at(&m.Cloned), at(&m.Ended), &m.EndedWhy, &m.EndedBy,
		at(&m.FileUntil), at(&m.Beat), at(&m.Goodbye), &m.Generation)
	return m, err
}

// Activations returns the activations of a license in scope, the newest first:
// those that stand, or all.
func (tx *Tx) Activations(ctx context.Context, scope plaza.Scope, license string, ended bool) ([]plaza.Activation, error) {
	a := args{license}
	query := `SELECT ` + activationColumns + activationFrom + `WHERE m.license_id = $1 AND ` + a.withinLicense(scope, "m")
	if !ended {
		query += ` AND m.ended_at IS NULL`
	}
	return collect(ctx, tx, scanActivation, query+` ORDER BY m.created_at DESC, m.id DESC`, a...)
}

// Activation returns the activation in scope with the given ID that stands, or
// NotFound.
func (tx *Tx) Activation(ctx context.Context, scope plaza.Scope, id string) (plaza.Activation, error) {
	a := args{id}
	query := `SELECT ` + activationColumns + activationFrom + `WHERE m.id = $1 AND m.ended_at IS NULL AND ` + a.withinLicense(scope, "m")
	return one(ctx, tx, scanActivation, query, a...)
}

// FingerprintTaken returns where else than in the license a fingerprint stands:
// under its plan, or anywhere. It locks the fingerprint against whoever else asks,
// since two licenses compete for it. It is no oracle: the caller tells no more than
// that it is taken.
func (tx *Tx) FingerprintTaken(ctx context.Context, fingerprint, plan string) (taken bool, err error) {
	if err := tx.lockText(ctx, "fingerprint "+fingerprint); err != nil {
		return false, err
	}
	query, a := `SELECT count(*) FROM activations m JOIN licenses l ON l.id = m.license_id
		WHERE m.fingerprint_hash = $1 AND m.ended_at IS NULL`, args{hashed(fingerprint)}
	if plan != "" {
		query += ` AND l.plan_id = ` + a.add(plan)
	}
	n, err := tx.count(ctx, query, a...)
	return n > 0, err
}

// IsActivation reports whether id is that of an activation, of whoever: no
// fingerprint may look like one.
func (tx *Tx) IsActivation(ctx context.Context, id string) (bool, error) {
	n, err := tx.count(ctx, `SELECT count(*) FROM activations WHERE id = $1`, id)
	return n > 0, err
}

// lockText keeps others who lock the same text waiting until the transaction
// ends.
func (tx *Tx) lockText(ctx context.Context, text string) error {
	if tx.lock == "" {
		return nil // one writer at a time
	}
	return tx.must(ctx, tx.lock, text)
}

// DescribeActivation writes what the agent says of its machine.
func (tx *Tx) DescribeActivation(ctx context.Context, scope plaza.Scope, m plaza.Activation) error {
	a := args{m.Name, m.Host, m.Platform, m.IP, when(m.Updated), m.ID}
	n, err := tx.exec(ctx, `
		UPDATE activations SET name = $1, host = $2, platform = $3, ip = $4, updated_at = $5
		WHERE id = $6 AND ended_at IS NULL AND `+a.withinLicense(scope, "activations"), a...)
	if err == nil && n == 0 {
		err = errNotFound()
	}
	return err
}

// EndActivation ends the activation m, which stands in scope, with its components
// and processes, or returns NotFound: of two who end it, one does. Its agent
// counts as offline from then on, unless it runs on another machine, whatever is heard
// of this one by who does not know yet.
func (tx *Tx) EndActivation(ctx context.Context, scope plaza.Scope, m plaza.Activation) error {
	a := args{when(m.Ended), m.EndedWhy, m.EndedBy, m.ID}
	n, err := tx.exec(ctx, `
		UPDATE activations SET ended_at = $1, ended_why = $2, ended_by = $3
		WHERE id = $4 AND ended_at IS NULL AND `+a.withinLicense(scope, "activations"), a...)
	if err != nil {
		return err
	}
	if n == 0 {
		return errNotFound()
	}
	for _, statement := range []string{
		`UPDATE components SET ended_at = $1 WHERE activation_id = $2 AND ended_at IS NULL`,
		`UPDATE processes SET ended_at = $1 WHERE activation_id = $2 AND ended_at IS NULL`,
		`UPDATE pulses SET goodbye_at = COALESCE(goodbye_at, $1), settled = TRUE WHERE id = $2`,
	} {
		if err := tx.must(ctx, statement, when(m.Ended), m.ID); err != nil {
			return err
		}
	}
	if err := tx.must(ctx, `
		UPDATE connectagents SET activation_id = COALESCE((SELECT a.id FROM activations a
			WHERE a.license_id = $1 AND a.ended_at IS NULL ORDER BY a.created_at DESC, a.id DESC LIMIT 1), activation_id)
		WHERE license_id = $1 AND activation_id = $2`, m.License, m.ID); err != nil {
		return err
	}
	return tx.changedLicense(ctx, m.License, m.Ended)
}

// MarkCloned notes that two processes beat for the activation with the given ID.
func (tx *Tx) MarkCloned(ctx context.Context, scope plaza.Scope, id string, now time.Time) (first bool, err error) {
	a := args{when(now), id}
	n, err := tx.exec(ctx, `
		UPDATE activations SET cloned_at = $1
		WHERE id = $2 AND ended_at IS NULL AND cloned_at IS NULL AND `+a.withinLicense(scope, "activations"), a...)
	return n > 0, err
}

// SetFileUntil notes until when the activation that stands in scope may work by a
// file, or returns NotFound.
func (tx *Tx) SetFileUntil(ctx context.Context, scope plaza.Scope, id string, until time.Time) error {
	a := args{when(until), id}
	return tx.found(ctx, `UPDATE activations SET file_until = $1 WHERE id = $2 AND ended_at IS NULL AND `+a.withinLicense(scope, "activations"), a...)
}

// CheckedOut notes that a file was made for the activation with the given ID, or if
// that is empty for the license.
func (tx *Tx) CheckedOut(ctx context.Context, scope plaza.Scope, license, activation string, now time.Time) error {
	a := args{when(now), license}
	if activation == "" {
		return tx.must(ctx, `UPDATE licenses SET checked_out_at = $1 WHERE id = $2 AND `+a.ownLicense(scope), a...)
	}
	a[1] = activation
	return tx.must(ctx, `UPDATE activations SET checked_out_at = $1 WHERE id = $2 AND `+a.withinLicense(scope, "activations"), a...)
}

// ownLicense is withinLicense for the table of licenses itself.
func (a *args) ownLicense(scope plaza.Scope) string {
	if id := scope.License(); id != "" {
		return "licenses.id = " + a.add(id)
	}
	return a.owned(scope, "licenses.profile_id")
}
