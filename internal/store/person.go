package store

import (
	"context"
	"slices"
	"time"

	"github.com/connectplaza/plaza"
)

const personColumns = `id, email, name, language, time_zone, password_hash IS NOT NULL, version`

func scanPerson(row scanner) (p plaza.Person, err error) {
	err = row.Scan(&p.ID, &p.Email, &p.Name, &p.Language, &p.TimeZone, &p.Joined, &p.Version)
	return p, err
}

// InsertPerson adds p, who cannot sign in yet.
func (tx *Tx) InsertPerson(ctx context.Context, p plaza.Person, created time.Time) error {
	return tx.InsertPersons(ctx, []plaza.Person{p}, created)
}

// InsertPersons is InsertPerson for many.
func (tx *Tx) InsertPersons(ctx context.Context, all []plaza.Person, created time.Time) error {
	rows := make([][]any, len(all))
	for i, p := range all {
		rows[i] = []any{p.ID, p.Email, fold(p.Email), p.Name, p.Language, p.TimeZone, when(created)}
	}
	return tx.insert(ctx, `persons (id, email, email_fold, name, language, time_zone, created_at, version)`, `(?, ?, ?, ?, ?, ?, ?, 1)`, rows)
}

// Person returns the person with the given ID, or NotFound. It belongs to no
// profile: only the person itself, and the gate, may ask.
func (tx *Tx) Person(ctx context.Context, id string) (plaza.Person, error) {
	return one(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM persons WHERE id = $1`, id)
}

// PersonByEmail returns the person with the given address, in upper or lower
// case, or NotFound.
func (tx *Tx) PersonByEmail(ctx context.Context, email string) (plaza.Person, error) {
	return one(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM persons WHERE email_fold = $1`, fold(email))
}

// PersonsByEmail returns those whom [Tx.PersonByEmail] would, by their addresses in lower
// case.
func (tx *Tx) PersonsByEmail(ctx context.Context, emails []string) (map[string]plaza.Person, error) {
	found := map[string]plaza.Person{}
	for some := range slices.Chunk(emails, itemsAtOnce) {
		var a args
		all, err := collect(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM persons WHERE `+in(&a, "email_fold", some), a...)
		if err != nil {
			return nil, err
		}
		for _, p := range all {
			found[fold(p.Email)] = p
		}
	}
	return found, nil
}

// PasswordHash returns the hash of a person's password, empty while there is
// none, or NotFound.
func (tx *Tx) PasswordHash(ctx context.Context, person string) (string, error) {
	return one(ctx, tx, scanID, `SELECT COALESCE(password_hash, '') FROM persons WHERE id = $1`, person)
}

// PasswordIs reports whether hash is still that of a person's password. If so,
// nobody else changes it until this transaction ends.
func (tx *Tx) PasswordIs(ctx context.Context, person, hash string) (bool, error) {
	all, err := collect(ctx, tx, scanID, `SELECT id FROM persons WHERE id = $1 AND password_hash = $2`+tx.forUpdate, person, hash)
	return len(all) > 0, err
}

// SetPasswordHash writes the hash of a person's password.
func (tx *Tx) SetPasswordHash(ctx context.Context, person, hash string) error {
	return tx.must(ctx, `UPDATE persons SET password_hash = $1 WHERE id = $2`, hash, person)
}

// UpdatePerson writes what p says of itself, if it still has p.Version;
// otherwise it is Stale.
func (tx *Tx) UpdatePerson(ctx context.Context, p plaza.Person) error {
	return tx.versioned(ctx, "persons", "id", plaza.Everyone("a person belongs to no profile"), p.ID, `
		UPDATE persons SET name = $1, language = $2, time_zone = $3, version = version + 1
		WHERE id = $4 AND version = $5`, args{p.Name, p.Language, p.TimeZone, p.ID, p.Version})
}
