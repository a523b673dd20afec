package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// SilentMachine is an activation that was not heard of for a while, with what its
// license says of that.
type SilentMachine struct {
	plaza.Activation

	Terms string // see [plaza.ParseTerms]
}

// culling is the condition of the index that finds the licenses whose silent
// machines lose their place.
const culling = `l.ended_at IS NULL AND l.terms LIKE '%DEACTIVATE_DEAD%'`

// SilentMachines looks at the licenses in scope whose silent machines lose their
// place, in the order of their IDs from after one on, at so many at most. It returns
// their machines that were not heard of since a time, and the last license that it
// looked at; empty if there is none after that.
func (tx *Tx) SilentMachines(ctx context.Context, scope plaza.Scope, after string, most int, since time.Time) (all []SilentMachine, last string, err error) {
	a := args{after, most}
	licenses, err := collect(ctx, tx, scanID, `SELECT l.id FROM licenses l
		WHERE l.id > $1 AND `+culling+` AND `+a.within(scope, "l.profile_id")+` ORDER BY l.id LIMIT $2`, a...)
	if err != nil || len(licenses) == 0 {
		return nil, "", err
	}
	if len(licenses) == most {
		last = licenses[most-1]
	}
	a = args{after, most, when(since), licenses[len(licenses)-1]}
	all, err = collect(ctx, tx, func(row scanner) (m SilentMachine, err error) {
		err = row.Scan(&m.ID, &m.Profile, &m.License, at(&m.Created), at(&m.FileUntil), at(&m.Beat), at(&m.Goodbye), &m.Generation, &m.Terms)
		return m, err
	}, `
		SELECT m.id, m.profile_id, m.license_id, m.created_at, m.file_until, h.at, h.goodbye_at, COALESCE(h.generation, 0), l.terms
		FROM (SELECT l.id, l.terms FROM licenses l WHERE l.id > $1 AND `+culling+` AND `+a.within(scope, "l.profile_id")+` ORDER BY l.id LIMIT $2) l
			JOIN activations m ON m.license_id = l.id AND m.license_id > $1 AND m.license_id <= $4 LEFT JOIN pulses h ON h.id = m.id
		WHERE m.ended_at IS NULL AND COALESCE(h.at, m.created_at) < CAST($3 AS BIGINT) ORDER BY l.id, m.id`, a...)
	return all, last, err
}

// SilentProcess is a process that was not heard of for a while, with what its license
// says of that.
type SilentProcess struct {
	plaza.Process

	Terms string // see [plaza.ParseTerms]
}

// SilentProcesses looks at the processes in scope that stand, in the order of their
// IDs from after one on, at so many at most. It returns those that were not heard of
// since a time, and the last that it looked at; empty if there is none after that.
func (tx *Tx) SilentProcesses(ctx context.Context, scope plaza.Scope, after string, most int, since time.Time) (all []SilentProcess, last string, err error) {
	a := args{after, most}
	n := 0
	_, err = collect(ctx, tx, func(row scanner) (struct{}, error) {
		var p SilentProcess
		err := row.Scan(&p.ID, &p.Activation, at(&p.Created), at(&p.Beat), &p.Terms)
		if n++; n == most {
			last = p.ID
		}
		if p.Beat.Before(since) {
			all = append(all, p)
		}
		return struct{}{}, err
	}, `
		SELECT p.id, p.activation_id, p.created_at, h.at, l.terms
		FROM (SELECT p.* FROM processes p WHERE p.id > $1 AND p.ended_at IS NULL AND `+a.withinLicense(scope, "p")+` ORDER BY p.id LIMIT $2) p
			JOIN pulses h ON h.id = p.id JOIN licenses l ON l.id = p.license_id
		ORDER BY p.id`, a...)
	return all, last, err
}

// EndSilentProcess ends the process p in scope, unless it was heard of meanwhile or
// somebody else was first.
func (tx *Tx) EndSilentProcess(ctx context.Context, scope plaza.Scope, p plaza.Process, now time.Time) error {
	a := args{when(now), p.ID, when(p.Beat)}
	return tx.must(ctx, `UPDATE processes SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL
		AND NOT EXISTS (SELECT 1 FROM pulses h WHERE h.id = processes.id AND h.at > $3) AND `+a.withinLicense(scope, "processes"), a...)
}
