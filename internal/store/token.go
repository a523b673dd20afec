package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertToken adds t, of which only a digest is kept.
func (tx *Tx) InsertToken(ctx context.Context, t plaza.Token, digest []byte) error {
	verbs, err := json.Marshal(t.Verbs)
	if err != nil {
		return fmt.Errorf("encode what a token is for: %w", err)
	}
	return tx.must(ctx, `
		INSERT INTO tokens (id, profile_id, login_id, shared, name, name_fold, hint, token_hash, root_profile_id, verbs, created_at, expires_at, used_from, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', 1)`,
		t.ID, t.Profile, t.Login, t.Shared, t.Name, fold(t.Name), t.Hint, digest, t.Root, string(verbs), when(t.Created), when(t.Expires))
}

const (
	tokenColumns = `
		k.id, k.profile_id, p.name, k.login_id, l.name, k.shared, k.name, k.hint, k.root_profile_id, COALESCE(r.name, ''), k.verbs,
		k.created_at, k.expires_at, k.used_at, k.used_from, k.revoked_at, ` + loginState + `, NOT l.dashboard,
		p.halted OR r.id IS NULL, k.version`
	//nolint:gosec // no credential, but where they are; what a token reaches is reached only as long as that is below its profile.
	tokenFrom = `tokens k JOIN logins l ON l.id = k.login_id JOIN profiles p ON p.id = k.profile_id
		LEFT JOIN profile_tree reach ON reach.ancestor_id = k.profile_id AND reach.profile_id = k.root_profile_id
		LEFT JOIN profiles r ON r.id = reach.profile_id`
)

func scanToken(row scanner) (t plaza.Token, err error) {
	var verbs string
	err = row.Scan(
		&t.ID, &t.Profile, &t.ProfileName, &t.Login, &t.LoginName, &t.Shared, &t.Name, &t.Hint, &t.Root, &t.RootName, &verbs,
		at(&t.Created), at(&t.Expires), at(&t.Used), &t.UsedFrom, at(&t.Revoked), &t.LoginState, &t.NoDashboard, &t.ProfileHalts, &t.Version)
	if err == nil {
		err = json.Unmarshal([]byte(verbs), &t.Verbs)
	}
	return t, err
}

// Token returns the token with the given ID, or NotFound if there is none in scope.
func (tx *Tx) Token(ctx context.Context, scope plaza.Scope, id string) (plaza.Token, error) {
	var a args
	query := `SELECT ` + tokenColumns + ` FROM ` + tokenFrom + ` WHERE k.id = ` + a.add(id) + ` AND ` + a.owned(scope, "k.profile_id")
	return one(ctx, tx, scanToken, query, a...)
}

// Tokens returns the tokens of a profile in scope, of one login if that is not empty,
// newest first. Sorts: name, created, expires, used.
func (tx *Tx) Tokens(ctx context.Context, scope plaza.Scope, profile, login string, p plaza.Page) (plaza.List[plaza.Token], error) {
	l := listing[plaza.Token]{
		columns: tokenColumns, from: tokenFrom, id: "k.id",
		texts: map[string]string{"name": "k.name_fold"},
		times: map[string]string{"created": "k.created_at", "expires": "k.expires_at", "used": "COALESCE(k.used_at, 0)"},
		first: "-created", scan: scanToken,
	}
	l.and(l.within(scope, "k.profile_id"))
	l.and("k.profile_id = " + l.add(profile))
	if login != "" {
		l.and("k.login_id = " + l.add(login))
	}
	return l.page(ctx, tx, p)
}

// LivingTokens returns how many tokens stand for a login that neither expired by now nor
// were revoked.
func (tx *Tx) LivingTokens(ctx context.Context, login string, now time.Time) (int, error) {
	return tx.count(ctx, `SELECT count(*) FROM tokens WHERE login_id = $1 AND revoked_at IS NULL AND expires_at > $2`, login, when(now))
}

// Bearer is a token that somebody brings, with what it rests on.
type Bearer struct {
	plaza.Token

	Person plaza.Person
	Kind   plaza.ProfileKind
	Role   plaza.Role
}

// BearerByDigest returns the token with a digest, or NotFound.
func (tx *Tx) BearerByDigest(ctx context.Context, digest []byte) (Bearer, error) {
	return one(ctx, tx, func(row scanner) (b Bearer, err error) {
		b.Token, err = scanToken(wider{row, []any{&b.Person.ID, &b.Person.Language, &b.Person.TimeZone, &b.Kind, &b.Role}})
		return b, err
	}, `
		SELECT `+tokenColumns+`, person.id, person.language, person.time_zone, p.kind, l.role
		FROM `+tokenFrom+` JOIN persons person ON person.id = l.person_id WHERE k.token_hash = $1`, digest)
}

// TokenStands returns a token as it is, and the role of its login; otherwise NotFound. That
// stays so until this transaction ends, as with [Tx.SessionStands].
func (tx *Tx) TokenStands(ctx context.Context, id string) (t plaza.Token, role plaza.Role, err error) {
	if tx.forShare != "" {
		_, err := collect(ctx, tx, scanID, `SELECT k.id FROM logins l JOIN tokens k ON k.login_id = l.id WHERE k.id = $1`+tx.forShare, id)
		if err != nil {
			return t, role, err
		}
	}
	t, err = one(ctx, tx, func(row scanner) (plaza.Token, error) {
		return scanToken(wider{row, []any{&role}})
	}, `SELECT `+tokenColumns+`, l.role FROM `+tokenFrom+` WHERE k.id = $1`, id)
	return t, role, err
}

// ExpiringToken is a token that expires, and the step at which people were told of it; 0:
// they were not.
type ExpiringToken struct {
	plaza.Token

	Told int
}

// ExpiringTokens returns the first n tokens in scope, after a given one, that expire after
// now and until a time, of which not the last step was told: none of profiles that stand
// still.
func (tx *Tx) ExpiringTokens(ctx context.Context, scope plaza.Scope, after ExpiringToken, now, until time.Time, n int) ([]ExpiringToken, error) {
	a := args{when(later(now, after.Expires)), after.ID, when(until), when(now)}
	query := `SELECT ` + tokenColumns + `, COALESCE(k.told_step, 0) FROM ` + tokenFrom + `
		WHERE k.revoked_at IS NULL AND NOT p.halted AND (k.told_step IS NULL OR k.told_step > 1)
		AND k.expires_at > CAST($4 AS BIGINT) AND (k.expires_at > CAST($1 AS BIGINT) OR k.expires_at = CAST($1 AS BIGINT) AND k.id > $2) AND k.expires_at <= CAST($3 AS BIGINT)
		AND ` + a.within(scope, "k.profile_id")
	query += ` ORDER BY k.expires_at, k.id LIMIT ` + a.add(n)
	return collect(ctx, tx, func(row scanner) (e ExpiringToken, err error) {
		e.Token, err = scanToken(wider{row, []any{&e.Told}})
		return e, err
	}, query, a...)
}

// ToldToken writes that people were told at a step that a token in scope expires, and reports
// whether nobody had done so before.
func (tx *Tx) ToldToken(ctx context.Context, scope plaza.Scope, id string, step int) (bool, error) {
	a := args{step, id}
	n, err := tx.exec(ctx, `UPDATE tokens SET told_step = CAST($1 AS BIGINT) WHERE id = $2 AND revoked_at IS NULL AND (told_step IS NULL OR told_step > CAST($1 AS BIGINT))
		AND `+a.owned(scope, "tokens.profile_id"), a...)
	return n > 0, err
}

// SeeToken notes that a token was used.
func (tx *Tx) SeeToken(ctx context.Context, id, address string, now time.Time) error {
	return tx.must(ctx, `UPDATE tokens SET used_at = $1, used_from = $2 WHERE id = $3`, when(now), address, id)
}

// AdoptToken has a token in scope stand for another login of its profile, and gives it
// another secret, if it still has t.Version; otherwise it is Stale or NotFound.
func (tx *Tx) AdoptToken(ctx context.Context, scope plaza.Scope, t plaza.Token, digest []byte) error {
	return tx.versioned(ctx, "tokens", "profile_id", scope, t.ID, `
		UPDATE tokens SET login_id = $1, hint = $2, token_hash = $3, version = version + 1 WHERE id = $4 AND version = $5`, args{t.Login, t.Hint, digest, t.ID, t.Version})
}

// RevokeToken ends a token in scope, if it still has t.Version; otherwise it is Stale or
// NotFound.
func (tx *Tx) RevokeToken(ctx context.Context, scope plaza.Scope, t plaza.Token) error {
	return tx.versioned(ctx, "tokens", "profile_id", scope, t.ID, `UPDATE tokens SET revoked_at = $1, version = version + 1 WHERE id = $2 AND version = $3`, args{when(t.Revoked), t.ID, t.Version})
}

// RevokeTokensOf ends the tokens of a login that are its own.
func (tx *Tx) RevokeTokensOf(ctx context.Context, login string, now time.Time) error {
	return tx.must(ctx, `UPDATE tokens SET revoked_at = $1, version = version + 1 WHERE login_id = $2 AND NOT shared AND revoked_at IS NULL`, when(now), login)
}

// RevokeTokensOfPerson ends the tokens of every login of a person that are its own.
func (tx *Tx) RevokeTokensOfPerson(ctx context.Context, person string, now time.Time) error {
	return tx.must(ctx, `
		UPDATE tokens SET revoked_at = $1, version = version + 1
		WHERE login_id IN (SELECT id FROM logins WHERE person_id = $2) AND NOT shared AND revoked_at IS NULL`, when(now), person)
}
