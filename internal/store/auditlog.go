package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
)

// What is sealed is the log of the whole installation: what is here takes no
// scope, and nothing of it is shown to anybody but the operator.

// Borrow returns a Tx that works in a transaction of somebody else's: for drills
// and tests, which change what is beneath and then look at it through the store.
func (db *DB) Borrow(tx *sql.Tx) *Tx { return &Tx{tx: tx, dialect: db.dialect} }

// number is where a whole number is scanned into that somebody may have put
// something else in place of: that becomes a position which no event has.
type number struct{ n *int64 }

// Scan implements sql.Scanner.
func (s number) Scan(src any) error {
	*s.n = plaza.Unsealed
	if n, ok := src.(int64); ok {
		*s.n = n
	}
	return nil
}

// raw is where bytes are scanned into.
type raw struct{ b *[]byte }

// Scan implements sql.Scanner.
func (s raw) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*s.b = nil
	case []byte:
		*s.b = append([]byte{}, v...)
	case string:
		*s.b = append([]byte{}, v...)
	default:
		*s.b = []byte{}
	}
	return nil
}

const recordColumns = `position, id, at, verb, result, refusal,
	actor_own, actor_login_id, actor_person_id, actor_profile_id, via_login_id, via_person_id, via_profile_id, acting_id, mode,
	profile_id, object_kind, object_id, request_id, object_name, changes, reason, ticket, address, user_agent, pass_id, salt, personal, stamp,
	salt IS NOT NULL, personal IS NOT NULL`

// scanRecord keeps what is empty apart from what is null: SQLite's driver does not.
func scanRecord(row scanner) (r plaza.AuditRecord, err error) {
	var salted, erased bool
	err = row.Scan(number{&r.Position}, &r.ID, number{&r.At}, &r.Verb, &r.Result, &r.Refusal,
		&r.Own, &r.Login, &r.Person, &r.ActorProfile, &r.ViaLogin, &r.ViaPerson, &r.ViaProfile, &r.Acting, &r.Mode,
		&r.Profile, &r.ObjectKind, &r.Object, &r.Request, &r.Name, &r.Changes, &r.Reason, &r.Ticket, &r.Address, &r.UserAgent, &r.Pass,
		raw{&r.Salt}, raw{&r.Personal}, raw{&r.Stamp}, &salted, &erased)
	if salted && r.Salt == nil {
		r.Salt = []byte{}
	}
	if erased && r.Personal == nil {
		r.Personal = []byte{}
	}
	return r, err
}

// AuditRecords returns the sealed events from one position till another, which
// is not among them.
func (tx *Tx) AuditRecords(ctx context.Context, from, till int64) ([]plaza.AuditRecord, error) {
	return collect(ctx, tx, scanRecord, `
		SELECT `+recordColumns+` FROM audit_events WHERE position >= $1 AND position < $2 ORDER BY position`, from, till)
}

// StrayAudit returns up to n events that have a position which none of a log of
// the given size has.
func (tx *Tx) StrayAudit(ctx context.Context, size int64, n int) ([]plaza.AuditRecord, error) {
	return collect(ctx, tx, scanRecord, `
		SELECT `+recordColumns+` FROM audit_events
		WHERE position IS NOT NULL AND NOT (position >= 0 AND position < $1) ORDER BY position LIMIT $2`, size, n)
}

// UnsealedAudit returns up to n events that are not sealed, by ID, from after a
// given one on; from the first if that is empty, and be it one without an ID.
func (tx *Tx) UnsealedAudit(ctx context.Context, after string, n int) ([]plaza.AuditRecord, error) {
	return collect(ctx, tx, scanRecord, `
		SELECT `+recordColumns+` FROM audit_events WHERE position IS NULL AND (id > $1 OR $1 = '') ORDER BY id LIMIT $2`, after, n)
}

// UnsealedSince returns when the oldest of the events about profiles in scope
// happened that are not sealed; zero if all are.
func (tx *Tx) UnsealedSince(ctx context.Context, scope plaza.Scope) (t time.Time, err error) {
	var a args
	query := `SELECT min(e.at) FROM audit_events e WHERE e.position IS NULL AND ` + a.within(scope, "e.profile_id")
	return one(ctx, tx, func(row scanner) (t time.Time, err error) {
		err = row.Scan(at(&t))
		return t, err
	}, query, a...)
}

// SealAudit gives an event that has none its position.
func (tx *Tx) SealAudit(ctx context.Context, id string, position int64) error {
	return tx.must(ctx, `UPDATE audit_events SET position = $1 WHERE id = $2 AND position IS NULL`, position, id)
}

// PutAuditHashes keeps hashes of the tree, from a place on.
func (tx *Tx) PutAuditHashes(ctx context.Context, place int64, hashes [][]byte) error {
	for i, hash := range hashes {
		if err := tx.must(ctx, `INSERT INTO audit_hashes (place, hash) VALUES ($1, $2)`, place+int64(i), hash); err != nil {
			return err
		}
	}
	return nil
}

// AuditHashes returns the hashes of the tree from one place till another, which
// is not among them, by place.
func (tx *Tx) AuditHashes(ctx context.Context, from, till int64) (map[int64][]byte, error) {
	return tx.hashes(ctx, `place >= $1 AND place < $2`, from, till)
}

// AuditHashesAt returns the hashes of the tree at places, by place.
func (tx *Tx) AuditHashesAt(ctx context.Context, places []int64) (map[int64][]byte, error) {
	if len(places) == 0 {
		return nil, nil
	}
	var a args
	marks := make([]string, len(places))
	for i, p := range places {
		marks[i] = a.add(p)
	}
	return tx.hashes(ctx, `place IN (`+strings.Join(marks, ", ")+`)`, a...)
}

func (tx *Tx) hashes(ctx context.Context, where string, args ...any) (map[int64][]byte, error) {
	all := map[int64][]byte{}
	_, err := collect(ctx, tx, func(row scanner) (struct{}, error) {
		var place int64
		var hash []byte
		err := row.Scan(number{&place}, raw{&hash})
		all[place] = hash
		return struct{}{}, err
	}, `SELECT place, hash FROM audit_hashes WHERE `+where, args...)
	return all, err
}

// CountAuditHashes returns how many hashes of the tree are kept.
func (tx *Tx) CountAuditHashes(ctx context.Context) (int64, error) {
	n, err := tx.count(ctx, `SELECT count(*) FROM audit_hashes`)
	return int64(n), err
}

// AuditCheckpoint returns the signed text of the newest checkpoint; empty if
// there is none.
func (tx *Tx) AuditCheckpoint(ctx context.Context) (string, error) {
	return one(ctx, tx, scanNote, `SELECT note FROM audit_log WHERE one`)
}

// LockAuditLog is AuditCheckpoint for whoever is going to seal: nobody else does
// meanwhile.
func (tx *Tx) LockAuditLog(ctx context.Context) (string, error) {
	return one(ctx, tx, scanNote, `SELECT note FROM audit_log WHERE one`+tx.forUpdate)
}

func scanNote(row scanner) (note string, err error) {
	err = row.Scan(&note)
	return note, err
}

// PutAuditCheckpoint keeps the newest checkpoint.
func (tx *Tx) PutAuditCheckpoint(ctx context.Context, note string) error {
	return tx.must(ctx, `UPDATE audit_log SET note = $1 WHERE one`, note)
}

// NewestExpiry returns the last of the sealed events that say until where others
// are gone, as their time was over; nil if there is none.
func (tx *Tx) NewestExpiry(ctx context.Context) (*plaza.AuditRecord, error) {
	all, err := collect(ctx, tx, scanRecord, `
		SELECT `+recordColumns+` FROM audit_events
		WHERE position IS NOT NULL AND verb = $1 AND result = $2 ORDER BY position DESC LIMIT 1`, plaza.AuditExpire, plaza.Done)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// ExpireAudit removes the sealed events from one position till another, which is
// not among them.
func (tx *Tx) ExpireAudit(ctx context.Context, from, till int64) error {
	return tx.must(ctx, `DELETE FROM audit_events WHERE position >= $1 AND position < $2`, from, till)
}

// AuditOf returns the sealed events that a person did, in whoever's name, or that
// are about that person, one of its logins, or a consent or an acting session of
// one, which are called after it: those of which something was not erased yet. That something was erased is not among them: it names nobody.
func (tx *Tx) AuditOf(ctx context.Context, person string) ([]plaza.AuditRecord, error) {
	return collect(ctx, tx, scanRecord, `
		SELECT `+recordColumns+` FROM audit_events
		WHERE position IS NOT NULL AND personal IS NULL AND verb <> $1 AND (
			actor_person_id = $2 OR via_person_id = $2 OR object_id = $2
			OR object_id IN (SELECT id FROM logins WHERE person_id = $2)
			OR object_id IN (SELECT c.id FROM consents c JOIN logins l ON l.id = c.asker_login_id WHERE l.person_id = $2)
			OR object_id IN (SELECT s.id FROM acting_sessions s JOIN logins l ON l.id = s.actor_login_id WHERE l.person_id = $2))
		ORDER BY position`, plaza.AuditForget, person)
}

// ForgetAudit puts r, of which something was erased, in the place of what it was.
func (tx *Tx) ForgetAudit(ctx context.Context, r plaza.AuditRecord) error {
	return tx.must(ctx, `
		UPDATE audit_events SET object_name = $1, changes = $2, reason = $3, ticket = $4, address = $5, user_agent = $6,
			salt = $7, personal = $8
		WHERE id = $9`, r.Name, r.Changes, r.Reason, r.Ticket, r.Address, r.UserAgent, r.Salt, r.Personal, r.ID)
}

// Vendor returns the ID of the vendor's profile; empty if there is none yet.
func (tx *Tx) Vendor(ctx context.Context) (string, error) {
	all, err := collect(ctx, tx, scanNote, `SELECT id FROM profiles WHERE kind = $1`, plaza.Vendor)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[0], nil
}
