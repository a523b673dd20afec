package store

import (
	"context"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertPulse adds p, of something that has none yet.
func (tx *Tx) InsertPulse(ctx context.Context, p plaza.Pulse) error {
	return tx.must(ctx, `INSERT INTO pulses (id, at, goodbye_at, generation) VALUES ($1, $2, NULL, $3)`, p.ID, when(p.At), p.Generation)
}

// pulsesAtOnce is how many pulses one statement writes: four parameters each, of
// which SQLite takes 32,766.
const pulsesAtOnce = 1000

// newerPulse is what becomes of a pulse that is written again: the same in whatever
// order, and however often. One that changes nothing costs nothing.
const newerPulse = `
	at = CASE WHEN excluded.at > pulses.at THEN excluded.at ELSE pulses.at END,
	goodbye_at = CASE WHEN excluded.at > pulses.at THEN excluded.goodbye_at
		WHEN excluded.at = pulses.at THEN COALESCE(pulses.goodbye_at, excluded.goodbye_at) ELSE pulses.goodbye_at END,
	generation = CASE WHEN excluded.generation > pulses.generation THEN excluded.generation ELSE pulses.generation END
	WHERE excluded.at > pulses.at OR excluded.generation > pulses.generation
		OR (excluded.at = pulses.at AND excluded.goodbye_at IS NOT NULL AND pulses.goodbye_at IS NULL)`

// PutPulses writes all of them, which are sorted by ID so that nodes of Plaza that
// write at the same time wait for each other in one order. What is there that is
// newer stays.
func (tx *Tx) PutPulses(ctx context.Context, all []plaza.Pulse) error {
	for len(all) > 0 {
		part := all[:min(len(all), pulsesAtOnce)]
		all = all[len(part):]
		var a args
		var rows strings.Builder
		for i, p := range part {
			if i > 0 {
				rows.WriteString(", ")
			}
			goodbye := time.Time{}
			if p.Goodbye {
				goodbye = p.At
			}
			rows.WriteString("(" + a.add(p.ID) + ", " + a.add(when(p.At)) + ", CAST(" + a.add(when(goodbye)) + " AS BIGINT), " + a.add(p.Generation) + ")")
		}
		err := tx.must(ctx, `
			INSERT INTO pulses (id, at, goodbye_at, generation) VALUES `+rows.String()+`
			ON CONFLICT (id) DO UPDATE SET `+newerPulse, a...)
		if err != nil {
			return err
		}
	}
	return nil
}

// Pulse returns the pulse with the given ID; zero if there is none.
func (tx *Tx) Pulse(ctx context.Context, id string) (p plaza.Pulse, err error) {
	all, err := collect(ctx, tx, func(row scanner) (p plaza.Pulse, err error) {
		var goodbye time.Time
		err = row.Scan(&p.ID, at(&p.At), at(&goodbye), &p.Generation)
		p.Goodbye = !goodbye.IsZero()
		return p, err
	}, `SELECT id, at, goodbye_at, generation FROM pulses WHERE id = $1`, id)
	if err != nil || len(all) == 0 {
		return p, err
	}
	return all[0], nil
}
