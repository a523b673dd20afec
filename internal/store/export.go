package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertExport adds e, of which nothing is there yet, unless as many are being made for its
// owner as there may be: that is reported, also if several ask at the same time.
func (tx *Tx) InsertExport(ctx context.Context, e plaza.Export) (ok bool, err error) {
	for slot := 1; slot <= plaza.MostExports; slot++ {
		n, err := tx.exec(ctx, `
			INSERT INTO exports (id, profile_id, login_id, role, session_id, acting_id, pass_id, owner_id, list, query, form, language, time_zone, created_at, total,
				slot, done, size, parts, turn, claimed_until, problem)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0, 0, 0, 0, 0, '')
			ON CONFLICT (owner_id, slot) WHERE finished_at IS NULL DO NOTHING`,
			e.ID, e.Profile, e.Login, e.Role, e.Session, e.Acting, e.Pass, e.Home, e.List, e.Query, e.Form, e.Language, e.TimeZone, when(e.Created), e.Total, slot)
		if err != nil || n > 0 {
			return err == nil, err
		}
	}
	return false, nil
}

const exportColumns = `e.id, e.profile_id, e.login_id, e.role, e.session_id, e.acting_id, e.pass_id, e.owner_id, e.list, e.query, e.form, e.language, e.time_zone,
	e.created_at, e.total, e.done, e.size, e.parts, e.turn, e.finished_at, e.expires_at, e.problem`

func scanExport(row scanner) (e plaza.Export, err error) {
	var why string
	err = row.Scan(&e.ID, &e.Profile, &e.Login, &e.Role, &e.Session, &e.Acting, &e.Pass, &e.Home, &e.List, &e.Query, &e.Form, &e.Language, &e.TimeZone,
		at(&e.Created), &e.Total, &e.Rows, &e.Size, &e.Parts, &e.Turn, at(&e.Finished), at(&e.Expires), &why)
	if err == nil && why != "" {
		err = json.Unmarshal([]byte(why), &e.Why)
	}
	return e, err
}

// mine returns the condition that an export e in scope is somebody's, and that it is not over
// at now.
func (a *args) mine(scope plaza.Scope, of plaza.ExportOwner, now time.Time) string {
	return `e.session_id = ` + a.add(of.Session) + ` AND e.login_id = ` + a.add(of.Login) + ` AND e.acting_id = ` + a.add(of.Acting) + `
		AND e.pass_id = ` + a.add(of.Pass) + ` AND (e.expires_at IS NULL OR e.expires_at > ` + a.add(when(now)) + `) AND ` + a.within(scope, "e.profile_id")
}

// Export returns the export in scope with the given ID that is somebody's, or NotFound if
// there is none or it is over at now.
func (tx *Tx) Export(ctx context.Context, scope plaza.Scope, id string, of plaza.ExportOwner, now time.Time) (plaza.Export, error) {
	var a args
	query := `SELECT ` + exportColumns + ` FROM exports e WHERE e.id = ` + a.add(id) + ` AND ` + a.mine(scope, of, now)
	return one(ctx, tx, scanExport, query, a...)
}

// Exports returns all of them, newest first.
func (tx *Tx) Exports(ctx context.Context, scope plaza.Scope, of plaza.ExportOwner, now time.Time) ([]plaza.Export, error) {
	var a args
	query := `SELECT ` + exportColumns + ` FROM exports e WHERE ` + a.mine(scope, of, now) + ` ORDER BY e.created_at DESC, e.id DESC`
	return collect(ctx, tx, scanExport, query, a...)
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
		UPDATE exports SET total = $1, done = $2, size = $3, parts = $4, claimed_until = $5, finished_at = $6, expires_at = $7, problem = $8
		WHERE id = $9 AND turn = $10 AND finished_at IS NULL`,
		e.Total, e.Rows, e.Size, e.Parts, when(until), when(e.Finished), when(e.Expires), why, e.ID, e.Turn)
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
// or the session, the acting session or the token is that they are for.
const over = `SELECT e.id FROM exports e LEFT JOIN sessions s ON s.id = e.session_id
	WHERE e.expires_at <= $1 OR e.pass_id = '' AND (s.id IS NULL OR e.acting_id <> '' AND e.acting_id <> COALESCE(s.acting_id, ''))
		OR e.pass_id <> '' AND NOT EXISTS (SELECT 1 FROM tokens k WHERE k.id = e.pass_id AND k.login_id = e.login_id AND k.revoked_at IS NULL AND k.expires_at > $1)`

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
