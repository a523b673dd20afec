package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertExport adds e, of which nothing is there yet.
func (tx *Tx) InsertExport(ctx context.Context, e plaza.Export) error {
	return tx.must(ctx, `
		INSERT INTO exports (id, profile_id, login_id, role, session_id, acting_id, list, query, form, language, time_zone, created_at, total,
			done, size, parts, turn, claimed_until, problem)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, 0, 0, 0, 0, '')`,
		e.ID, e.Profile, e.Login, e.Role, e.Session, e.Acting, e.List, e.Query, e.Form, e.Language, e.TimeZone, when(e.Created), e.Total)
}

const exportColumns = `e.id, e.profile_id, e.login_id, e.role, e.session_id, e.acting_id, e.list, e.query, e.form, e.language, e.time_zone,
	e.created_at, e.total, e.done, e.size, e.parts, e.turn, e.finished_at, e.expires_at, e.problem`

func scanExport(row scanner) (e plaza.Export, err error) {
	var why string
	err = row.Scan(&e.ID, &e.Profile, &e.Login, &e.Role, &e.Session, &e.Acting, &e.List, &e.Query, &e.Form, &e.Language, &e.TimeZone,
		at(&e.Created), &e.Total, &e.Rows, &e.Size, &e.Parts, &e.Turn, at(&e.Finished), at(&e.Expires), &why)
	if err == nil && why != "" {
		err = json.Unmarshal([]byte(why), &e.Why)
	}
	return e, err
}

// mine returns the condition that an export e in scope is for a session in which somebody
// is a login, acting or not, and that it is not over at now.
func (a *args) mine(scope plaza.Scope, session, login, acting string, now time.Time) string {
	return `e.session_id = ` + a.add(session) + ` AND e.login_id = ` + a.add(login) + ` AND e.acting_id = ` + a.add(acting) + `
		AND (e.expires_at IS NULL OR e.expires_at > ` + a.add(when(now)) + `) AND ` + a.within(scope, "e.profile_id")
}

// Export returns the export in scope with the given ID that is for a session in which
// somebody is a login, acting or not, or NotFound if there is none or it is over at now.
func (tx *Tx) Export(ctx context.Context, scope plaza.Scope, id, session, login, acting string, now time.Time) (plaza.Export, error) {
	var a args
	query := `SELECT ` + exportColumns + ` FROM exports e WHERE e.id = ` + a.add(id) + ` AND ` + a.mine(scope, session, login, acting, now)
	return one(ctx, tx, scanExport, query, a...)
}

// Exports returns all of them, newest first.
func (tx *Tx) Exports(ctx context.Context, scope plaza.Scope, session, login, acting string, now time.Time) ([]plaza.Export, error) {
	var a args
	query := `SELECT ` + exportColumns + ` FROM exports e WHERE ` + a.mine(scope, session, login, acting, now) + ` ORDER BY e.created_at DESC, e.id DESC`
	return collect(ctx, tx, scanExport, query, a...)
}

// RunningExports returns how many exports of a login in scope are not finished.
func (tx *Tx) RunningExports(ctx context.Context, scope plaza.Scope, login string) (int, error) {
	var a args
	query := `SELECT count(*) FROM exports e WHERE e.login_id = ` + a.add(login) + ` AND e.finished_at IS NULL AND ` + a.within(scope, "e.profile_id")
	return tx.count(ctx, query, a...)
}

// ClaimExport returns the oldest export in scope that is not finished and that nobody is
// making, to be begun anew: until a time it is one's own. There is none if its ID is empty.
func (tx *Tx) ClaimExport(ctx context.Context, scope plaza.Scope, now, until time.Time) (e plaza.Export, err error) {
	var a args
	ids, err := collect(ctx, tx, scanID, `
		SELECT e.id FROM exports e WHERE e.finished_at IS NULL AND e.claimed_until <= `+a.add(when(now))+` AND `+a.within(scope, "e.profile_id")+`
		ORDER BY e.created_at, e.id LIMIT 1`+tx.claim, a...)
	if err != nil || len(ids) == 0 {
		return e, err
	}
	if err := tx.must(ctx, `DELETE FROM export_parts WHERE export_id = $1`, ids[0]); err != nil {
		return e, err
	}
	if err := tx.must(ctx, `UPDATE exports SET turn = turn + 1, done = 0, parts = 0, size = 0, claimed_until = $1 WHERE id = $2`, when(until), ids[0]); err != nil {
		return e, err
	}
	return one(ctx, tx, scanExport, `SELECT `+exportColumns+` FROM exports e WHERE e.id = $1`, ids[0])
}

// PutExport writes how far e is, with its next part unless that is empty, and that it is
// one's own until a time. NotFound if it is gone, or somebody else has begun it anew.
func (tx *Tx) PutExport(ctx context.Context, e plaza.Export, part []byte, until time.Time) error {
	why := ""
	if !e.Why.IsZero() {
		b, err := json.Marshal(e.Why)
		if err != nil {
			return fmt.Errorf("encode why an export failed: %w", err)
		}
		why = string(b)
	}
	n, err := tx.exec(ctx, `
		UPDATE exports SET done = $1, size = $2, parts = $3, claimed_until = $4, finished_at = $5, expires_at = $6, problem = $7
		WHERE id = $8 AND turn = $9 AND finished_at IS NULL`,
		e.Rows, e.Size, e.Parts, when(until), when(e.Finished), when(e.Expires), why, e.ID, e.Turn)
	if err == nil && n == 0 {
		err = errNotFound()
	}
	if err != nil || len(part) == 0 {
		return err
	}
	return tx.must(ctx, `INSERT INTO export_parts (export_id, profile_id, number, body) VALUES ($1, $2, $3, $4)`, e.ID, e.Profile, e.Parts, part)
}

// ExportPart returns a part of the file of an export in scope, from 1.
func (tx *Tx) ExportPart(ctx context.Context, scope plaza.Scope, export string, number int) ([]byte, error) {
	var a args
	query := `SELECT t.body FROM export_parts t WHERE t.export_id = ` + a.add(export) + ` AND t.number = ` + a.add(number) + ` AND ` + a.within(scope, "t.profile_id")
	return one(ctx, tx, func(row scanner) (b []byte, err error) {
		err = row.Scan(&b)
		return b, err
	}, query, a...)
}

// DropExport deletes an export with its file.
func (tx *Tx) DropExport(ctx context.Context, id string) error {
	if err := tx.must(ctx, `DELETE FROM export_parts WHERE export_id = $1`, id); err != nil {
		return err
	}
	return tx.must(ctx, `DELETE FROM exports WHERE id = $1`, id)
}

// over chooses the exports that nobody can download any more by now: their time is over,
// or the session or the acting session is that they are for.
const over = `SELECT e.id FROM exports e LEFT JOIN sessions s ON s.id = e.session_id
	WHERE e.expires_at <= $1 OR s.id IS NULL OR e.acting_id <> '' AND e.acting_id <> COALESCE(s.acting_id, '')`

// DropExports deletes the exports that nobody can download any more by now, and their
// files.
func (tx *Tx) DropExports(ctx context.Context, now time.Time) error {
	if err := tx.must(ctx, `DELETE FROM export_parts WHERE export_id IN (`+over+`)`, when(now)); err != nil {
		return err
	}
	return tx.must(ctx, `DELETE FROM exports WHERE id IN (`+over+`)`, when(now))
}

// DeadExports returns how many exports [Tx.DropExports] would delete.
func (tx *Tx) DeadExports(ctx context.Context, now time.Time) (int, error) {
	return tx.count(ctx, `SELECT count(*) FROM (`+over+`) AS gone`, when(now))
}
