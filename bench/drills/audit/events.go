package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/auditlog"
)

// columns are those of an event, all of them.
func columns() []string {
	return []string{
		"id", "at", "verb", "result", "refusal", "actor_own", "actor_login_id", "actor_person_id", "actor_profile_id",
		"via_login_id", "via_person_id", "via_profile_id", "acting_id", "mode", "ticket", "profile_id", "object_kind", "object_id",
		"object_name", "changes", "reason", "address", "user_agent", "request_id", "position", "salt", "personal", "stamp", "pass_id",
	}
}

func (w *world) changeSealed(ctx context.Context) (touched, error) {
	r := w.any(w.sealed)
	column := columns()[w.draw.IntN(len(columns()))]
	claim := at(r)
	err := w.change(ctx, r, column)
	if err == nil && column == "position" { // it stands elsewhere now, or nowhere
		var to int64
		err = w.tx.QueryRowContext(ctx, "SELECT COALESCE(position, -1) FROM audit_events WHERE id = $1", r.id).Scan(&to)
		claim.anywhere = true
		if to >= 0 {
			claim = claim.and(touched{from: to, till: to})
		}
	}
	return claim, err
}

func (w *world) changeUnsealed(ctx context.Context) (touched, error) {
	r := w.any(w.unsealed)
	claim := nowhere()
	column := columns()[w.draw.IntN(len(columns()))]
	if column == "position" {
		claim.from, claim.till = 0, math.MaxInt64
	}
	return claim, w.change(ctx, r, column)
}

// change puts another value into a column of an event.
func (w *world) change(ctx context.Context, r row, column string) error {
	old, err := w.value(ctx, "SELECT "+column+" FROM audit_events WHERE id = $1", r.id)
	if err != nil {
		return err
	}
	changed, err := w.another(ctx, column, old)
	if err != nil {
		return err
	}
	if reflect.DeepEqual(changed, old) {
		return errSame
	}
	w.did = fmt.Sprintf("%s of %s was %q, is %q", column, r.id, old, changed)
	return w.try(ctx, "UPDATE audit_events SET "+column+" = $1 WHERE id = $2", changed, r.id)
}

// another returns another value than old: a single bit or character of it, more,
// none, or that of another event.
func (w *world) another(ctx context.Context, column string, old any) (any, error) {
	if w.draw.IntN(4) == 0 {
		return w.value(ctx, "SELECT "+column+" FROM audit_events WHERE id = $1", w.any(w.sealed).id)
	}
	switch v := old.(type) {
	case int64:
		return []any{v ^ 1<<w.draw.IntN(62), v + 1, v - 1, -v}[w.draw.IntN(4)], nil
	case string:
		b := []byte(v)
		if len(b) == 0 || w.draw.IntN(5) == 0 {
			return v + []string{"x", " ", "\n", "é"}[w.draw.IntN(4)], nil
		}
		i := w.draw.IntN(len(b))
		switch w.draw.IntN(4) {
		case 0:
			b[i] ^= 1 << w.draw.IntN(7)
		case 1:
			b = append(b[:i], b[i+1:]...)
		case 2:
			return "", nil
		default:
			b[i] = "abcxyz0189"[w.draw.IntN(10)]
		}
		if bytes.IndexByte(b, 0) >= 0 {
			return nil, errSame // PostgreSQL keeps no such text
		}
		return string(b), nil
	case []byte:
		b := bytes.Clone(v)
		switch w.draw.IntN(4) {
		case 0:
			return nil, nil //nolint:nilnil // null is a value
		case 1:
			return b[:len(b)/2], nil
		default:
			b[w.draw.IntN(len(b))] ^= 1 << w.draw.IntN(8)
		}
		return b, nil
	case nil:
		if column == "position" {
			return w.report.Size + int64(w.draw.IntN(3)), nil
		}
		return []byte{1}[:w.draw.IntN(2)], nil
	}
	return nil, fmt.Errorf("%s is a %T", column, old)
}

func (w *world) remove(ctx context.Context) (touched, error) {
	r := w.any(w.sealed)
	return at(r), w.try(ctx, "DELETE FROM audit_events WHERE id = $1", r.id)
}

// moveUp deletes an event and gives those after it the positions before.
func (w *world) moveUp(ctx context.Context) (touched, error) {
	r := w.any(w.sealed)
	claim := touched{from: 0, till: w.report.Size, anywhere: true}
	if !w.permitsFrom(r.position) {
		claim.from, claim.till = r.position, r.position
	}
	for _, statement := range []string{
		"DELETE FROM audit_events WHERE position = $1",
		"UPDATE audit_events SET position = -position WHERE position > $1",
		"UPDATE audit_events SET position = -position - 1 WHERE position < 0 AND position <> $1",
	} {
		if err := w.try(ctx, statement, r.position); err != nil {
			return claim, err
		}
	}
	return claim, nil
}

// permitsFrom reports whether an event at a position or later says that others
// are gone or erased.
func (w *world) permitsFrom(position int64) bool {
	for _, r := range w.sealed {
		if r.permits && r.position >= position {
			return true
		}
	}
	return false
}

// insert adds a copy of an event: to wait for its seal, after the last one, before
// the first one, or where an event is gone.
func (w *world) insert(ctx context.Context) (touched, error) {
	others := slices.DeleteFunc(columns(), func(c string) bool { return c == "id" || c == "position" })
	list := ", " + strings.Join(others, ", ")
	place := []any{nil, w.report.Size, -1 - int64(w.draw.IntN(100)), w.draw.Int64N(w.report.Gone)}[w.draw.IntN(4)]
	claim := nowhere()
	if p, ok := place.(int64); ok && p >= 0 {
		claim = touched{from: p, till: p}
	}
	id := fmt.Sprintf("0%d", w.draw.Int64())
	err := w.try(ctx, "INSERT INTO audit_events (id, position"+list+") SELECT '"+id+"', $1"+list+" FROM audit_events WHERE id = $2", place, w.any(w.sealed).id)
	return claim, err
}

// swap has two events change places.
func (w *world) swap(ctx context.Context) (touched, error) {
	a, b := w.any(w.sealed), w.any(w.sealed)
	if a.id == b.id {
		return touched{}, errSame
	}
	for _, move := range []struct {
		id string
		to int64
	}{{a.id, -1}, {b.id, a.position}, {a.id, b.position}} {
		if err := w.try(ctx, "UPDATE audit_events SET position = $1 WHERE id = $2", move.to, move.id); err != nil {
			return touched{}, err
		}
	}
	claim := touched{from: min(a.position, b.position)}
	claim.till = claim.from
	return claim.and(at(a)).and(at(b)), nil
}

// truncate deletes the last events, and maybe their hashes.
func (w *world) truncate(ctx context.Context) (touched, error) {
	from := w.report.Size - 1 - w.draw.Int64N(20)
	if err := w.try(ctx, "DELETE FROM audit_events WHERE position >= $1", from); err != nil {
		return touched{}, err
	}
	if w.draw.IntN(2) == 0 {
		if err := w.try(ctx, "DELETE FROM audit_hashes WHERE place >= $1", auditlog.Place(from)); err != nil {
			return touched{}, err
		}
	}
	return touched{from: from, till: from}, nil
}

// cutOff puts the log back to where it was at an older checkpoint, with all that
// goes with it: no rest of what was there remains.
func (w *world) cutOff(ctx context.Context) (touched, error) {
	public, err := w.key.Public()
	if err != nil {
		return touched{}, err
	}
	c, err := public.Open(w.older)
	if err != nil {
		return touched{}, err
	}
	if err := w.try(ctx, "DELETE FROM audit_events WHERE position >= $1", c.Size); err != nil {
		return touched{}, err
	}
	if err := w.try(ctx, "DELETE FROM audit_hashes WHERE place >= $1", auditlog.Place(c.Size)); err != nil {
		return touched{}, err
	}
	return touched{from: c.Size, till: c.Size}, w.try(ctx, "UPDATE audit_log SET note = $1", c.Note)
}

func (w *world) moveProfile(ctx context.Context) (touched, error) {
	r := w.any(w.sealed)
	return at(r), w.try(ctx, `
		UPDATE audit_events SET profile_id = (SELECT min(id) FROM profiles WHERE id <> audit_events.profile_id) WHERE id = $1`, r.id)
}

// erase does to an event what Plaza does when it forgets a person, but has
// nothing say so.
func (w *world) erase(ctx context.Context) (touched, error) {
	r := w.any(w.sealed)
	tx := w.db.Borrow(w.tx)
	all, err := tx.AuditRecords(ctx, r.position, r.position+1)
	if err != nil {
		return touched{}, err
	}
	if all[0].Erased() {
		return touched{}, errSame
	}
	return at(r), tx.ForgetAudit(ctx, auditlog.Forget(all[0]))
}

// expireMore has the event that says until where others are gone say more, and
// removes those too.
func (w *world) expireMore(ctx context.Context) (touched, error) {
	more := w.report.Gone + 1 + w.draw.Int64N(5)
	if err := w.try(ctx, "UPDATE audit_events SET object_id = $1 WHERE verb = $2", strconv.FormatInt(more, 10), plaza.AuditExpire); err != nil {
		return touched{}, err
	}
	return touched{till: w.report.Size}, w.try(ctx, "DELETE FROM audit_events WHERE position < $1", more)
}

// launder has what is to disappear look old, or as what a person did that is to be
// forgotten, lets Plaza tidy up or forget that person, and covers the tracks: what
// Plaza erases it signs for.
func (w *world) launder(ctx context.Context) (touched, error) {
	tx := w.db.Borrow(w.tx)
	if w.draw.IntN(3) == 0 {
		r := w.any(w.sealed)
		var person string
		if err := w.tx.QueryRowContext(ctx, "SELECT actor_person_id FROM audit_events WHERE id = $1", r.id).Scan(&person); err != nil {
			return touched{}, err
		}
		if err := w.try(ctx, "UPDATE audit_events SET actor_person_id = 'nobody' WHERE personal IS NULL AND id = $1", r.id); err != nil {
			return touched{}, err
		}
		_, err := app.ForgetInAudit(ctx, w.app, tx, plaza.Janitor, "nobody")
		if err == nil {
			err = w.try(ctx, "UPDATE audit_events SET actor_person_id = $1 WHERE id = $2", person, r.id)
		}
		return at(r), unlessFault(err)
	}
	claim := touched{till: w.report.Size} // with what says that others are gone, those fall
	till := w.report.Gone + 1 + w.draw.Int64N(w.report.Size-w.report.Gone)
	var err error
	switch w.draw.IntN(3) {
	case 0:
		err = w.try(ctx, "UPDATE audit_events SET at = 0 WHERE position < $1", till)
	case 1: // so that the first that is left seems to be the first that is not over
		err = w.try(ctx, "DELETE FROM audit_events WHERE position >= $1 AND position < $2", w.report.Gone+w.draw.Int64N(till-w.report.Gone), till)
	default: // so that what expired before seems to be what is gone
		err = w.try(ctx, "DELETE FROM audit_events WHERE position < $1 OR verb = $2", till, plaza.AuditExpire)
	}
	if err != nil {
		return claim, err
	}
	return claim, unlessFault(app.ExpireAudit(ctx, w.app, tx, plaza.Janitor))
}

// unlessFault returns err, unless that is Plaza's own remark that the log is not
// whole.
func unlessFault(err error) error {
	if _, ok := errors.AsType[auditlog.FaultError](err); ok {
		return nil
	}
	return err
}
