package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertProcess adds p to the activation m, which the caller has read within its
// scope, as one that lives. A second of the same PID that stands is a Conflict.
func (tx *Tx) InsertProcess(ctx context.Context, m plaza.Activation, p plaza.Process) error {
	err := tx.must(ctx, `
		INSERT INTO processes (id, profile_id, license_id, activation_id, pid, pid_hash, metadata, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
		p.ID, m.Profile, m.License, m.ID, p.PID, hashed(p.PID), p.Metadata, when(p.Created))
	if err != nil {
		return err
	}
	return tx.InsertPulse(ctx, plaza.Pulse{ID: p.ID, At: p.Beat})
}

const processColumns = `p.id, p.activation_id, p.pid, p.metadata, p.created_at, p.updated_at, h.at`

func scanProcess(row scanner) (p plaza.Process, err error) {
	err = row.Scan(&p.ID, &p.Activation, &p.PID, &p.Metadata, at(&p.Created), at(&p.Updated), at(&p.Beat))
	return p, err
}

// Processes returns the processes in scope that stand, dead or alive, of a license
// and, if it is named, of one activation, the newest first.
func (tx *Tx) Processes(ctx context.Context, scope plaza.Scope, license, activation string) ([]plaza.Process, error) {
	a := args{license}
	query := `SELECT ` + processColumns + ` FROM processes p JOIN pulses h ON h.id = p.id WHERE p.license_id = $1 AND p.ended_at IS NULL`
	if activation != "" {
		query += ` AND p.activation_id = ` + a.add(activation)
	}
	query += ` AND ` + a.withinLicense(scope, "p") + ` ORDER BY p.created_at DESC, p.id DESC`
	return collect(ctx, tx, scanProcess, query, a...)
}

// DropProcesses forgets the processes in scope that ended before a time, and when
// they were heard of.
func (tx *Tx) DropProcesses(ctx context.Context, scope plaza.Scope, before time.Time) error {
	a := args{when(before)}
	ended := ` FROM processes WHERE ended_at < $1 AND ` + a.withinLicense(scope, "processes")
	if err := tx.must(ctx, `DELETE FROM pulses WHERE id IN (SELECT id`+ended+`)`, a...); err != nil {
		return err
	}
	return tx.must(ctx, `DELETE`+ended, a...)
}

// EndProcess ends the process in scope, or returns NotFound.
func (tx *Tx) EndProcess(ctx context.Context, scope plaza.Scope, id string, now time.Time) error {
	a := args{when(now), id}
	return tx.found(ctx, `UPDATE processes SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL AND `+a.withinLicense(scope, "processes"), a...)
}
