package store

import (
	"context"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
)

// WebhookSecrets are what the deliveries of a webhook are signed with, sealed.
type WebhookSecrets struct {
	Now []byte
	Old []byte // nil: there is none
}

// InsertWebhook adds w, which begins at the end of the sealed log.
func (tx *Tx) InsertWebhook(ctx context.Context, w plaza.Webhook, secret []byte) error {
	return tx.must(ctx, `
		INSERT INTO webhooks (id, profile_id, name, url, kinds, secret, created_at, position, told, why, failures, next_at, claimed_until, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT COALESCE(max(position) + 1, 0) FROM audit_events), 0, '', 0, $7, 0, 1)`,
		w.ID, w.Profile, w.Name, w.URL, kindsText(w.Kinds), secret, when(w.Created))
}

func kindsText(kinds []plaza.EventKind) string {
	all := make([]string, len(kinds))
	for i, k := range kinds {
		all[i] = string(k)
	}
	return strings.Join(all, " ")
}

const (
	webhookColumns = `w.id, w.profile_id, w.name, w.url, w.kinds, w.created_at, w.paused_at, w.why, w.position, w.failures, w.failing_since,
		w.delivered_at, w.old_until, p.halted, (SELECT count(*) FROM deliveries d WHERE d.webhook_id = w.id AND d.finished_at IS NULL),
		(SELECT d.at FROM deliveries d WHERE d.webhook_id = w.id AND d.finished_at IS NULL ORDER BY d.number LIMIT 1), w.version`
	webhookFrom = `webhooks w JOIN profiles p ON p.id = w.profile_id`
)

func scanWebhook(row scanner) (w plaza.Webhook, err error) {
	var kinds string
	err = row.Scan(&w.ID, &w.Profile, &w.Name, &w.URL, &kinds, at(&w.Created), at(&w.Paused), &w.Why, &w.Position, &w.Failures, at(&w.Failing),
		at(&w.Delivered), at(&w.OldUntil), &w.Halted, &w.Waiting, at(&w.Oldest), &w.Version)
	for k := range strings.FieldsSeq(kinds) {
		w.Kinds = append(w.Kinds, plaza.EventKind(k))
	}
	return w, err
}

// Webhook returns the webhook with the given ID, or NotFound if there is none in scope.
func (tx *Tx) Webhook(ctx context.Context, scope plaza.Scope, id string) (plaza.Webhook, error) {
	var a args
	query := `SELECT ` + webhookColumns + ` FROM ` + webhookFrom + ` WHERE w.id = ` + a.add(id) + ` AND ` + a.owned(scope, "w.profile_id")
	return one(ctx, tx, scanWebhook, query, a...)
}

// Webhooks returns those of one profile in scope, by name.
func (tx *Tx) Webhooks(ctx context.Context, scope plaza.Scope, profile string) ([]plaza.Webhook, error) {
	var a args
	query := `SELECT ` + webhookColumns + ` FROM ` + webhookFrom + ` WHERE w.profile_id = ` + a.add(profile) + ` AND ` + a.within(scope, "w.profile_id") +
		` ORDER BY w.name, w.id`
	return collect(ctx, tx, scanWebhook, query, a...)
}

// HoldWebhook is Webhook for whoever is going to change it: until the transaction ends
// nobody else does.
func (tx *Tx) HoldWebhook(ctx context.Context, scope plaza.Scope, id string) (plaza.Webhook, error) {
	if tx.forUpdate != "" {
		var a args
		query := `SELECT id FROM webhooks WHERE id = ` + a.add(id) + ` AND ` + a.owned(scope, "webhooks.profile_id") + tx.forUpdate
		if _, err := one(ctx, tx, scanID, query, a...); err != nil {
			return plaza.Webhook{}, err
		}
	}
	return tx.Webhook(ctx, scope, id)
}

// UpdateWebhook writes what stands in w: its name, address, kinds and whether it is
// paused. NotFound, or Stale if somebody was first.
func (tx *Tx) UpdateWebhook(ctx context.Context, scope plaza.Scope, w plaza.Webhook) error {
	a := args{w.Name, w.URL, kindsText(w.Kinds), when(w.Paused), w.Why, w.ID, w.Version}
	query := `
		UPDATE webhooks SET name = $1, url = $2, kinds = $3, paused_at = CAST($4 AS BIGINT), why = $5, version = version + 1
		WHERE id = $6 AND version = $7 AND ` + a.owned(scope, "webhooks.profile_id")
	n, err := tx.exec(ctx, query, a...)
	if err != nil || n > 0 {
		return err
	}
	if _, err := tx.Webhook(ctx, scope, w.ID); err != nil {
		return err
	}
	return plaza.Errorf(plaza.Stale, "error.stale")
}

// WakeWebhook has everything that waits for a webhook in scope tried at once, as if
// nothing had failed before.
func (tx *Tx) WakeWebhook(ctx context.Context, scope plaza.Scope, id string, now time.Time) error {
	a := args{when(now), id}
	query := `UPDATE webhooks SET failures = 0, failing_since = NULL, next_at = $1 WHERE id = $2 AND ` + a.owned(scope, "webhooks.profile_id")
	if err := tx.must(ctx, query, a...); err != nil {
		return err
	}
	a = args{when(now), id}
	query = `UPDATE deliveries SET next_at = $1, tries = 0 WHERE webhook_id = $2 AND finished_at IS NULL AND ` + a.within(scope, "profile_id")
	return tx.must(ctx, query, a...)
}

// HurryWebhook has what is due for a webhook in scope tried at once, even if it fails.
func (tx *Tx) HurryWebhook(ctx context.Context, scope plaza.Scope, id string, now time.Time) error {
	a := args{when(now), id}
	return tx.must(ctx, `UPDATE webhooks SET next_at = $1 WHERE id = $2 AND next_at > $1 AND `+a.owned(scope, "webhooks.profile_id"), a...)
}

// RotateWebhook gives a webhook in scope another secret; the present one signs too until
// a time.
func (tx *Tx) RotateWebhook(ctx context.Context, scope plaza.Scope, id string, secret []byte, until time.Time) error {
	a := args{secret, when(until), id}
	query := `UPDATE webhooks SET old_secret = secret, old_until = $2, secret = $1, version = version + 1 WHERE id = $3 AND ` + a.owned(scope, "webhooks.profile_id")
	return tx.must(ctx, query, a...)
}

// WebhookSecrets returns the secrets of a webhook in scope, or NotFound; the old one if
// it still signs at now.
func (tx *Tx) WebhookSecrets(ctx context.Context, scope plaza.Scope, id string, now time.Time) (WebhookSecrets, error) {
	a := args{when(now), id}
	query := `SELECT secret, CASE WHEN old_until > $1 THEN old_secret END FROM webhooks WHERE id = $2 AND ` + a.owned(scope, "webhooks.profile_id")
	return one(ctx, tx, func(row scanner) (s WebhookSecrets, err error) {
		err = row.Scan(&s.Now, &s.Old)
		return s, err
	}, query, a...)
}

// DropOldSecrets forgets those of the webhooks in scope that sign no more.
func (tx *Tx) DropOldSecrets(ctx context.Context, scope plaza.Scope, now time.Time) error {
	a := args{when(now)}
	return tx.must(ctx, `UPDATE webhooks SET old_secret = NULL, old_until = NULL WHERE old_until <= $1 AND `+a.within(scope, "profile_id"), a...)
}

// DeleteWebhook removes a webhook in scope with all its deliveries. NotFound, or Stale if
// somebody was first.
func (tx *Tx) DeleteWebhook(ctx context.Context, scope plaza.Scope, id string, version int) error {
	w, err := tx.HoldWebhook(ctx, scope, id)
	if err != nil {
		return err
	}
	if w.Version != version {
		return plaza.Errorf(plaza.Stale, "error.stale")
	}
	for _, query := range []string{
		`DELETE FROM delivery_tries WHERE delivery_id IN (SELECT id FROM deliveries WHERE webhook_id = $1)`,
		`DELETE FROM deliveries WHERE webhook_id = $1`,
	} {
		if err := tx.must(ctx, query, id); err != nil {
			return err
		}
	}
	a := args{id}
	return tx.must(ctx, `DELETE FROM webhooks WHERE id = $1 AND `+a.owned(scope, "webhooks.profile_id"), a...)
}

// WebhooksBehind returns the IDs of up to n webhooks in scope that have not looked at all
// of the sealed log: neither those that are paused, nor those of profiles that stand still.
func (tx *Tx) WebhooksBehind(ctx context.Context, scope plaza.Scope, n int) ([]string, error) {
	var a args
	query := `
		SELECT w.id FROM ` + webhookFrom + `
		WHERE w.paused_at IS NULL AND NOT p.halted AND w.position <= (SELECT COALESCE(max(position), -1) FROM audit_events)
			AND ` + a.within(scope, "w.profile_id") + ` ORDER BY w.position, w.id LIMIT ` + a.add(n)
	return collect(ctx, tx, scanID, query, a...)
}

// behindWithin is how much of the log, from where a webhook is, is looked through to count
// what is in scope: where others do much, that may be little of it.
const behindWithin = 5 * plaza.MostBehind

// Behind returns how many events of the sealed log about profiles in scope there are from a
// position on that did not happen before a time, as far as it is cheap to say.
func (tx *Tx) Behind(ctx context.Context, scope plaza.Scope, position int64, since time.Time) (plaza.Behind, error) {
	a := args{position, position + behindWithin, when(since)}
	query := `SELECT count(*), min(u.at), (SELECT COALESCE(max(position), -1) FROM audit_events) >= $2
		FROM (SELECT e.at FROM audit_events e WHERE e.position >= $1 AND e.position < $2 AND e.at >= $3 AND ` + a.owned(scope, "e.profile_id")
	query += ` ORDER BY e.position LIMIT ` + a.add(plaza.MostBehind+1) + `) u`
	b, err := one(ctx, tx, func(row scanner) (b plaza.Behind, err error) {
		err = row.Scan(&b.Events, at(&b.Oldest), &b.More)
		return b, err
	}, query, a...)
	if b.Events > plaza.MostBehind {
		b.Events, b.More = plaza.MostBehind, true
	}
	return b, err
}

// SealedTill returns the position after the last event of the sealed log.
func (tx *Tx) SealedTill(ctx context.Context) (int64, error) {
	n, err := tx.count(ctx, `SELECT COALESCE(max(position) + 1, 0) FROM audit_events`)
	return int64(n), err
}

// MoveOn notes up to which position a webhook in scope, which is held, has looked at the
// log.
func (tx *Tx) MoveOn(ctx context.Context, scope plaza.Scope, id string, position int64) error {
	a := args{position, id}
	return tx.must(ctx, `UPDATE webhooks SET position = $1 WHERE id = $2 AND `+a.owned(scope, "webhooks.profile_id"), a...)
}

// AnyWebhook reports whether there is a webhook at all: without one nothing has to be
// told.
func (tx *Tx) AnyWebhook(ctx context.Context) (bool, error) {
	n, err := tx.count(ctx, `SELECT count(*) FROM (SELECT 1 FROM webhooks LIMIT 1) first_one`)
	return n > 0, err
}

// WebhooksAbove returns the webhooks that are told of what happens in a profile: its own
// and those of the profiles above it. They are held, in one order.
func (tx *Tx) WebhooksAbove(ctx context.Context, profile string) ([]plaza.Webhook, error) {
	const above = `w.profile_id IN (SELECT t.ancestor_id FROM profile_tree t WHERE t.profile_id = $1) ORDER BY w.id`
	if tx.forUpdate != "" {
		if _, err := collect(ctx, tx, scanID, `SELECT w.id FROM webhooks w WHERE `+above+tx.forUpdate, profile); err != nil {
			return nil, err
		}
	}
	return collect(ctx, tx, scanWebhook, `SELECT `+webhookColumns+` FROM `+webhookFrom+` WHERE `+above, profile)
}
