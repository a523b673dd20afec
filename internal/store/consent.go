package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// loginAsSetting is the setting that switches Login as off in the whole
// installation.
const (
	loginAsSetting = "login_as"
	off            = "off"
)

// LoginAsOff reports whether Login as is switched off in the whole installation.
func (tx *Tx) LoginAsOff(ctx context.Context) (bool, error) {
	value, err := tx.Setting(ctx, loginAsSetting)
	return value == off, err
}

// HoldLoginAs keeps it on, or off, until this transaction ends.
func (tx *Tx) HoldLoginAs(ctx context.Context) error { return tx.lockTree(ctx, tx.forShare) }

// SetLoginAsOff switches Login as off in the whole installation, or on again.
func (tx *Tx) SetLoginAsOff(ctx context.Context, isOff bool) error {
	if err := tx.lockTree(ctx, tx.forUpdate); err != nil {
		return err
	}
	value := "on"
	if isOff {
		value = off
	}
	return tx.PutSetting(ctx, loginAsSetting, value)
}

// SetSupportAccess writes who may enter p, if it is in scope and still has
// p.Version; otherwise it is Stale or NotFound.
func (tx *Tx) SetSupportAccess(ctx context.Context, scope plaza.Scope, p plaza.Profile) error {
	return tx.versioned(ctx, "profiles", "id", scope, p.ID, `
		UPDATE profiles SET support_access = $1, version = version + 1
		WHERE id = $2 AND version = $3`, args{p.Access, p.ID, p.Version})
}

// InsertConsent adds c, which nobody answered yet.
func (tx *Tx) InsertConsent(ctx context.Context, c plaza.Consent) error {
	return tx.must(ctx, `
		INSERT INTO consents (id, profile_id, asker_login_id, asker_profile_id, reason, ticket, until_at, created_at, answer, once, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', FALSE, 1)`,
		c.ID, c.Profile, c.Asker, c.AskerProfile, c.Reason, c.Ticket, when(c.Until), when(c.Created))
}

const (
	consentColumns = `c.id, c.profile_id, p.name, c.asker_login_id, asker.name, c.asker_profile_id, ap.name,
		c.reason, c.ticket, c.until_at, c.created_at, c.answer, c.answered_at, c.once, c.used_at, c.version`
	consentFrom = `consents c JOIN profiles p ON p.id = c.profile_id
		JOIN logins asker ON asker.id = c.asker_login_id JOIN profiles ap ON ap.id = c.asker_profile_id`
)

func scanConsent(row scanner) (c plaza.Consent, err error) {
	err = row.Scan(
		&c.ID, &c.Profile, &c.ProfileName, &c.Asker, &c.AskerName, &c.AskerProfile, &c.AskerOf,
		&c.Reason, &c.Ticket, at(&c.Until), at(&c.Created), &c.Answer, at(&c.Answered), &c.Once, at(&c.Used), &c.Version)
	return c, err
}

// Consent returns a consent that a profile in scope was asked for; otherwise
// NotFound.
func (tx *Tx) Consent(ctx context.Context, scope plaza.Scope, id string) (plaza.Consent, error) {
	var a args
	query := `SELECT ` + consentColumns + ` FROM ` + consentFrom + `
		WHERE c.id = ` + a.add(id) + ` AND ` + a.owned(scope, "c.profile_id")
	return one(ctx, tx, scanConsent, query, a...)
}

// Consents returns those that one profile in scope was asked for and that wait
// for an answer or hold at now, the oldest first. One that was for a single entry
// holds as long as that goes on: to take it back ends that.
func (tx *Tx) Consents(ctx context.Context, scope plaza.Scope, profile string, now time.Time) ([]plaza.Consent, error) {
	var a args
	moment := a.add(when(now))
	query := `SELECT ` + consentColumns + ` FROM ` + consentFrom + `
		WHERE c.profile_id = ` + a.add(profile) + ` AND ` + a.within(scope, "c.profile_id") + `
		AND c.answer IN ('', 'granted') AND c.until_at > ` + moment + ` AND (c.used_at IS NULL OR EXISTS (
			SELECT 1 FROM acting_sessions s WHERE s.consent_id = c.id AND s.ended_at IS NULL AND s.expires_at > ` + moment + `))
		ORDER BY c.created_at, c.id`
	return collect(ctx, tx, scanConsent, query, a...)
}

// ConsentOf returns the newest consent that a login asked a profile in scope for,
// if it waits for an answer or lets it in at now; otherwise NotFound. One that holds
// comes before one that waits.
func (tx *Tx) ConsentOf(ctx context.Context, scope plaza.Scope, login, profile string, now time.Time) (plaza.Consent, error) {
	var a args
	query := `SELECT ` + consentColumns + ` FROM ` + consentFrom + `
		WHERE c.asker_login_id = ` + a.add(login) + ` AND c.profile_id = ` + a.add(profile) + ` AND ` + a.within(scope, "c.profile_id") +
		` AND c.answer IN ('', 'granted') AND c.used_at IS NULL AND c.until_at > ` + a.add(when(now)) + ` ORDER BY c.answer DESC, c.created_at DESC, c.id DESC LIMIT 1`
	return one(ctx, tx, scanConsent, query, a...)
}

// AnswerConsent writes what became of c, if nobody answered meanwhile; otherwise
// it is Stale.
func (tx *Tx) AnswerConsent(ctx context.Context, scope plaza.Scope, c plaza.Consent) error {
	return tx.versioned(ctx, "consents", "profile_id", scope, c.ID, `
		UPDATE consents SET answer = $1, answered_at = $2, once = $3, version = version + 1
		WHERE id = $4 AND version = $5`, args{c.Answer, when(c.Answered), c.Once, c.ID, c.Version})
}

// UseConsent uses a consent up that holds for a single entry; Conflict if that
// was a moment ago.
func (tx *Tx) UseConsent(ctx context.Context, id string, now time.Time) error {
	n, err := tx.exec(ctx, `
		UPDATE consents SET used_at = CASE WHEN once THEN CAST($1 AS BIGINT) END
		WHERE id = $2 AND answer = 'granted' AND used_at IS NULL AND until_at > $1`, when(now), id)
	if err == nil && n == 0 {
		err = plaza.Errorf(plaza.Conflict, "error.conflict")
	}
	return err
}

// InsertConsentLink adds the link with which an owner answers c from a mail.
func (tx *Tx) InsertConsentLink(ctx context.Context, hash []byte, c plaza.Consent, login string) error {
	return tx.must(ctx, `INSERT INTO consent_links (token_hash, profile_id, consent_id, login_id) VALUES ($1, $2, $3, $4)`,
		hash, c.Profile, c.ID, login)
}

// ConsentLink returns the consent that a link answers and the login that it was
// sent to, if that still owns the profile and could answer there too; otherwise
// NotFound.
func (tx *Tx) ConsentLink(ctx context.Context, hash []byte) (c plaza.Consent, owner plaza.Login, err error) {
	var login string
	c, err = one(ctx, tx, func(row scanner) (plaza.Consent, error) {
		return scanConsent(wider{row, []any{&login}})
	}, `SELECT `+consentColumns+`, k.login_id FROM `+consentFrom+` JOIN consent_links k ON k.consent_id = c.id
		JOIN logins o ON o.id = k.login_id
		WHERE k.token_hash = $1 AND NOT p.halted
		AND o.role = 'owner' AND o.dashboard AND o.accepted_at IS NOT NULL AND o.disabled_at IS NULL`, hash)
	if err != nil {
		return c, owner, err
	}
	owner, err = tx.Login(ctx, plaza.Everyone("the link proves who it was sent to"), login)
	return c, owner, err
}

// DropConsentLinks makes every link to answer a consent useless.
func (tx *Tx) DropConsentLinks(ctx context.Context, consent string) error {
	return tx.must(ctx, `DELETE FROM consent_links WHERE consent_id = $1`, consent)
}
