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

// BeginPulse adds the pulse of the activation in scope with the given ID, unless it has
// one; NotFound if it does not stand. From then on it cannot end without its pulse.
func (tx *Tx) BeginPulse(ctx context.Context, scope plaza.Scope, id string, now time.Time) error {
	a := args{id}
	stands := ` FROM activations m WHERE m.id = $1 AND m.ended_at IS NULL AND ` + a.withinLicense(scope, "m")
	held, err := collect(ctx, tx, scanID, `SELECT m.id`+stands+tx.forUpdate, a...)
	if err == nil && len(held) == 0 {
		err = errNotFound()
	}
	if err != nil {
		return err
	}
	return tx.must(ctx, `INSERT INTO pulses (id, at, goodbye_at, generation) VALUES ($1, $2, NULL, 0) ON CONFLICT DO NOTHING`, id, when(now))
}

// pulsesAtOnce is how many pulses one statement writes at most.
const pulsesAtOnce = 64

// newerPulse is what becomes of a pulse that is written again: the same in whatever
// order, and however often. One that changes nothing costs nothing.
const newerPulse = `
	at = CASE WHEN excluded.at > pulses.at THEN excluded.at ELSE pulses.at END,
	goodbye_at = CASE WHEN excluded.at > pulses.at THEN excluded.goodbye_at
		WHEN excluded.at = pulses.at THEN COALESCE(pulses.goodbye_at, excluded.goodbye_at) ELSE pulses.goodbye_at END,
	generation = CASE WHEN excluded.generation > pulses.generation THEN excluded.generation ELSE pulses.generation END
	WHERE NOT pulses.settled AND (excluded.at > pulses.at OR excluded.generation > pulses.generation
		OR (excluded.at = pulses.at AND excluded.goodbye_at IS NOT NULL AND pulses.goodbye_at IS NULL))`

// PutPulses writes all of them, which are sorted by ID so that nodes of Plaza that
// write at the same time wait for each other in one order. What is there that is
// newer stays, and what is settled by an end. Statements are prepared: to read the
// text of one takes longer than to run it.
func (tx *Tx) PutPulses(ctx context.Context, all []plaza.Pulse) error {
	for n := pulsesAtOnce; n > 0; n /= 2 { // so many at once, then what is left
		part := all[:len(all)/n*n]
		all = all[len(part):]
		if err := tx.putPulses(ctx, part, n); err != nil {
			return err
		}
	}
	return nil
}

// putPulses writes all of them, of which there are a multiple of n, n at once.
func (tx *Tx) putPulses(ctx context.Context, all []plaza.Pulse, n int) error {
	if len(all) == 0 {
		return nil
	}
	stmt, err := tx.tx.PrepareContext(ctx, tx.putPulsesSQL(n))
	if err != nil {
		return err
	}
	defer stmt.Close()
	var args []any
	for ; len(all) > 0; all = all[n:] {
		args = appendPulses(args[:0], all[:n])
		if _, err := stmt.ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// putPulsesSQL returns the statement that writes n pulses.
func (tx *Tx) putPulsesSQL(n int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO pulses (id, at, goodbye_at, generation) VALUES ")
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(tx.pulse(i))
	}
	b.WriteString(" ON CONFLICT (id) DO UPDATE SET " + newerPulse)
	return b.String()
}

func appendPulses(args []any, all []plaza.Pulse) []any {
	for i := range all {
		p := &all[i]
		var goodbye any
		if p.Goodbye {
			goodbye = p.At.UnixMicro()
		}
		args = append(args, p.ID, p.At.UnixMicro(), goodbye, p.Generation)
	}
	return args
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
