package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// tampering is one way to tamper with the log. It returns what it touched.
type tampering struct {
	name   string
	weight int
	do     func(*world, context.Context) (touched, error)
}

// touched says which event may be named: one at these positions, or, if anywhere
// is set, what has none.
type touched struct {
	from, till int64
	anywhere   bool
}

func at(r row) touched {
	if r.permits { // with it, what it says of others falls
		return touched{till: r.position}
	}
	return touched{from: r.position, till: r.position}
}

func (t touched) and(other touched) touched {
	return touched{from: min(t.from, other.from), till: max(t.till, other.till), anywhere: t.anywhere || other.anywhere}
}

// nowhere is what was touched that has no position.
func nowhere() touched { return touched{from: 1, till: 0, anywhere: true} }

// errSame means that what was drawn changes nothing, or that the database refuses
// it: another is drawn.
var errSame = errors.New("nothing was changed")

func tamperings() []tampering {
	return []tampering{
		{"a value of a sealed event changed", 40, (*world).changeSealed},
		{"a value of an event that waits changed", 5, (*world).changeUnsealed},
		{"an event deleted", 8, (*world).remove},
		{"an event deleted, those after it moved up", 3, (*world).moveUp},
		{"an event inserted", 8, (*world).insert},
		{"two events swapped", 8, (*world).swap},
		{"the end cut off", 5, (*world).truncate},
		{"the end cut off, with all that goes with it", 2, (*world).cutOff},
		{"an event moved to another profile", 4, (*world).moveProfile},
		{"an event marked as erased", 4, (*world).erase},
		{"more events marked as over", 2, (*world).expireMore},
		{"a hash changed", 5, (*world).changeHash},
		{"a hash deleted or added", 3, (*world).countHashes},
		{"the checkpoint changed", 2, (*world).changeNote},
		{"events made to look as if Plaza should erase them", 5, (*world).launder},
		{"an event changed, and all hashes made anew", 1, (*world).makeAnew},
	}
}

// once draws a tampering, does it, has it looked for, and undoes it. It returns
// what is wrong with what was found; nothing if it was found.
func (w *world) once(ctx context.Context) (name, wrong string, err error) {
	for {
		t := w.drawTampering()
		w.did = ""
		if err := w.exec(ctx, "SAVEPOINT drill"); err != nil {
			return t.name, "", err
		}
		claim, err := t.do(w, ctx)
		if err == nil {
			wrong, err = w.look(ctx, claim)
		}
		again := errors.Is(err, errSame)
		if again {
			err = nil
		}
		_, undone := w.tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT drill")
		_, released := w.tx.ExecContext(ctx, "RELEASE SAVEPOINT drill")
		if err = errors.Join(err, undone, released); err != nil || !again {
			return t.name, wrong, err
		}
	}
}

func (w *world) drawTampering() tampering {
	all := tamperings()
	sum := 0
	for _, t := range all {
		sum += t.weight
	}
	n := w.draw.IntN(sum)
	for _, t := range all {
		if n -= t.weight; n < 0 {
			return t
		}
	}
	return all[0]
}

// look returns what is wrong with what the verifier says.
func (w *world) look(ctx context.Context, claim touched) (string, error) {
	r, err := w.verify(ctx, w.outside)
	if err != nil {
		return "", fmt.Errorf("verify: %w", err)
	}
	switch f := r.Fault; {
	case f == nil:
		return "not found; " + w.did, nil
	case f.Position < 0 && claim.anywhere, f.Position >= claim.from && f.Position <= claim.till:
		return "", nil
	default:
		return fmt.Sprintf("touched were positions %d to %d, and named is another: %s", claim.from, claim.till, f), nil
	}
}

// exec changes what is beneath. What the database refuses is no tampering.
func (w *world) exec(ctx context.Context, statement string, args ...any) error {
	_, err := w.tx.ExecContext(ctx, statement, args...)
	return err
}

// try is exec for what the database may refuse, or that may change nothing.
func (w *world) try(ctx context.Context, statement string, args ...any) error {
	res, err := w.tx.ExecContext(ctx, statement, args...)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return errSame
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errSame)
	}
	return nil
}

// value returns one value as the database has it.
func (w *world) value(ctx context.Context, query string, args ...any) (v any, err error) {
	err = w.tx.QueryRowContext(ctx, query, args...).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errSame
	}
	if b, ok := v.([]byte); ok {
		v = append([]byte{}, b...)
	}
	return v, err
}

// any draws one of rows.
func (w *world) any(rows []row) row { return rows[w.draw.IntN(len(rows))] }
