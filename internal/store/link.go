package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// A link in a mail opens something once. Each kind has a table of its own, so
// that none can be mistaken for another.

// InsertInvitation adds the link to a login; older ones of that login die.
func (tx *Tx) InsertInvitation(ctx context.Context, hash []byte, login string, expires time.Time) error {
	if err := tx.must(ctx, `DELETE FROM invitations WHERE login_id = $1`, login); err != nil {
		return err
	}
	return tx.InsertInvitations(ctx, []NewInvitation{{Hash: hash, Login: login, Expires: expires}})
}

// NewInvitation is the link to a login.
type NewInvitation struct {
	Hash    []byte
	Login   string
	Expires time.Time
}

// InsertInvitations adds the links to logins that have none yet.
func (tx *Tx) InsertInvitations(ctx context.Context, all []NewInvitation) error {
	rows := make([][]any, len(all))
	for i, n := range all {
		rows[i] = []any{n.Hash, n.Login, when(n.Expires)}
	}
	return tx.insert(ctx, `invitations (token_hash, login_id, expires_at)`, `(?, ?, ?)`, rows)
}

// Invitation returns the login that an unused link opens, or NotFound. The
// login is disabled or its profile halted? Then it opens nothing.
func (tx *Tx) Invitation(ctx context.Context, hash []byte, now time.Time) (plaza.Login, error) {
	return one(ctx, tx, scanLogin, `SELECT `+loginColumns+` FROM `+loginFrom+`
		JOIN invitations i ON i.login_id = l.id
		WHERE i.token_hash = $1 AND i.used_at IS NULL AND i.expires_at > $2
		AND l.disabled_at IS NULL AND NOT p.halted`, hash, when(now))
}

// UseInvitation uses a link up; NotFound if somebody else just did.
func (tx *Tx) UseInvitation(ctx context.Context, hash []byte, now time.Time) error {
	return tx.use(ctx, `UPDATE invitations SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL AND expires_at > $1`, hash, now)
}

// InsertPasswordReset adds the link with which a person chooses a new password.
func (tx *Tx) InsertPasswordReset(ctx context.Context, hash []byte, person string, expires time.Time) error {
	return tx.must(ctx, `INSERT INTO password_resets (token_hash, person_id, expires_at) VALUES ($1, $2, $3)`,
		hash, person, when(expires))
}

// PasswordReset returns the person that an unused link is for, or NotFound.
func (tx *Tx) PasswordReset(ctx context.Context, hash []byte, now time.Time) (plaza.Person, error) {
	return one(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM persons
		WHERE id = (SELECT person_id FROM password_resets WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2)`,
		hash, when(now))
}

// UsePasswordReset uses a link up; NotFound if somebody else just did.
func (tx *Tx) UsePasswordReset(ctx context.Context, hash []byte, now time.Time) error {
	return tx.use(ctx, `UPDATE password_resets SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL AND expires_at > $1`, hash, now)
}

// DropPasswordResets makes every link of a person useless.
func (tx *Tx) DropPasswordResets(ctx context.Context, person string) error {
	return tx.must(ctx, `DELETE FROM password_resets WHERE person_id = $1`, person)
}

func (tx *Tx) use(ctx context.Context, update string, hash []byte, now time.Time) error {
	n, err := tx.exec(ctx, update, when(now), hash)
	if err == nil && n == 0 {
		err = errNotFound()
	}
	return err
}

// DropLinks deletes the links that expired before a time, and those to a consent that
// was answered.
func (tx *Tx) DropLinks(ctx context.Context, before time.Time) error {
	if err := tx.must(ctx, `DELETE FROM invitations WHERE expires_at < $1`, when(before)); err != nil {
		return err
	}
	if err := tx.must(ctx, `DELETE FROM password_resets WHERE expires_at < $1`, when(before)); err != nil {
		return err
	}
	return tx.must(ctx, `
		DELETE FROM consent_links WHERE consent_id IN (
			SELECT id FROM consents WHERE answer <> '' OR until_at < $1)`, when(before))
}
