package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertDelivery adds d to those of its webhook, which is held, after all that came up
// before. Of the same event there is one only.
func (tx *Tx) InsertDelivery(ctx context.Context, d plaza.Delivery) error {
	n, err := tx.exec(ctx, `
		INSERT INTO deliveries (id, profile_id, webhook_id, number, event_id, kind, object_id, name, at, body, created_at, next_at, tries, state, status, subject_id)
		SELECT CAST($1 AS TEXT), w.profile_id, w.id, w.told + 1, CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT),
			CAST($6 AS BIGINT), CAST($7 AS TEXT), CAST($8 AS BIGINT), CAST($8 AS BIGINT), 0, 'waiting', 0, CAST($11 AS TEXT)
		FROM webhooks w WHERE w.id = $9 AND w.profile_id = $10
		ON CONFLICT (webhook_id, event_id) DO NOTHING`,
		d.ID, d.Event, string(d.Kind), d.Object, d.Name, when(d.At), d.Body, when(d.Created), d.Webhook, d.Profile, d.Subject)
	if err != nil || n == 0 {
		return err
	}
	return tx.must(ctx, `UPDATE webhooks SET told = told + 1 WHERE id = $1`, d.Webhook)
}

const (
	deliveryColumns = `d.id, d.webhook_id, w.name, d.profile_id, d.number, d.event_id, d.kind, d.object_id, d.name, d.at, d.body,
		d.created_at, CASE WHEN d.next_at < w.next_at THEN w.next_at ELSE d.next_at END, d.tries, d.state, d.finished_at, d.status`
	deliveryFrom = `deliveries d JOIN webhooks w ON w.id = d.webhook_id`
)

func scanDelivery(row scanner) (d plaza.Delivery, err error) {
	err = row.Scan(&d.ID, &d.Webhook, &d.WebhookName, &d.Profile, &d.Number, &d.Event, &d.Kind, &d.Object, &d.Name, at(&d.At), &d.Body,
		at(&d.Created), at(&d.Next), &d.Tries, &d.State, at(&d.Finished), &d.Status)
	return d, err
}

// Delivery returns the delivery with the given ID, or NotFound if there is none in scope.
func (tx *Tx) Delivery(ctx context.Context, scope plaza.Scope, id string) (plaza.Delivery, error) {
	var a args
	query := `SELECT ` + deliveryColumns + ` FROM ` + deliveryFrom + ` WHERE d.id = ` + a.add(id) + ` AND ` + a.owned(scope, "d.profile_id")
	return one(ctx, tx, scanDelivery, query, a...)
}

// Deliveries returns those of a webhook in scope that f chooses, the newest first. Sorts:
// at.
func (tx *Tx) Deliveries(ctx context.Context, scope plaza.Scope, webhook string, f plaza.DeliveryFilter, p plaza.Page) (plaza.List[plaza.Delivery], error) {
	l := listing[plaza.Delivery]{
		columns: deliveryColumns, from: deliveryFrom, id: "d.id",
		times: map[string]string{"at": "d.number"}, first: "-at", scan: scanDelivery,
	}
	l.and(`d.webhook_id = ` + l.add(webhook))
	l.and(l.within(scope, "d.profile_id"))
	if len(f.States) > 0 {
		l.and(in(&l.args, "d.state", f.States))
	}
	if len(f.Kinds) > 0 {
		l.and(in(&l.args, "d.kind", f.Kinds))
	}
	return l.page(ctx, tx, p)
}

// DeliveryTries returns the tries of a delivery in scope, the newest first.
func (tx *Tx) DeliveryTries(ctx context.Context, scope plaza.Scope, delivery string) ([]plaza.DeliveryTry, error) {
	a := args{delivery}
	query := `SELECT number, at, took, status, problem, detail, headers, answer FROM delivery_tries
		WHERE delivery_id = $1 AND ` + a.within(scope, "profile_id") + ` ORDER BY number DESC`
	return collect(ctx, tx, func(row scanner) (t plaza.DeliveryTry, err error) {
		var took int64
		err = row.Scan(&t.Number, at(&t.At), &took, &t.Status, &t.Problem, &t.Detail, &t.Headers, &t.Answer)
		t.Took = time.Duration(took) * time.Microsecond
		return t, err
	}, query, a...)
}

// Redeliver has a delivery in scope tried at once, as if it never had been.
func (tx *Tx) Redeliver(ctx context.Context, scope plaza.Scope, id string, now time.Time) error {
	a := args{when(now), id}
	query := `UPDATE deliveries SET state = 'waiting', finished_at = NULL, tries = 0, next_at = $1
		WHERE id = $2 AND ` + a.owned(scope, "deliveries.profile_id")
	return tx.must(ctx, query, a...)
}

// HurryDeliveries has everything that waits for a webhook in scope tried at once.
func (tx *Tx) HurryDeliveries(ctx context.Context, scope plaza.Scope, webhook string, now time.Time) error {
	a := args{when(now), webhook}
	query := `UPDATE deliveries SET next_at = $1 WHERE webhook_id = $2 AND finished_at IS NULL AND next_at > $1 AND ` + a.within(scope, "profile_id")
	return tx.must(ctx, query, a...)
}

// RedeliverSome is Redeliver for those of a webhook that r chooses: how many they are, at
// most so many, the oldest first.
func (tx *Tx) RedeliverSome(ctx context.Context, scope plaza.Scope, webhook string, r plaza.Redelivery, most int, now time.Time) (int, error) {
	a := args{when(now), webhook, when(r.From), when(r.Till)}
	query := `UPDATE deliveries SET state = 'waiting', finished_at = NULL, tries = 0, next_at = $1
		WHERE id IN (SELECT d.id FROM deliveries d
			WHERE d.webhook_id = $2 AND d.at >= $3 AND d.at < $4 AND d.finished_at IS NOT NULL`
	if r.Failed {
		query += ` AND d.state = 'failed'`
	}
	query += ` ORDER BY d.number LIMIT ` + a.add(most) + `) AND ` + a.within(scope, "profile_id")
	n, err := tx.exec(ctx, query, a...)
	return int(n), err
}

// DueWebhooks returns the IDs of up to n webhooks in scope for which something is due
// that nobody else is delivering, the one first that waited longest.
func (tx *Tx) DueWebhooks(ctx context.Context, scope plaza.Scope, n int, now time.Time) ([]string, error) {
	a := args{when(now)}
	query := `SELECT w.id FROM ` + webhookFrom + `
		WHERE w.paused_at IS NULL AND NOT p.halted AND w.next_at <= $1 AND w.claimed_until <= $1
			AND EXISTS (SELECT 1 FROM deliveries d WHERE d.webhook_id = w.id AND ` + dueDelivery + `)
			AND ` + a.within(scope, "w.profile_id") + ` ORDER BY w.claimed_until, w.id LIMIT ` + a.add(n)
	return collect(ctx, tx, scanID, query, a...)
}

// dueDelivery is where a delivery d may be tried by $1: no other about the same that came
// up before still waits for its next try.
const dueDelivery = `d.finished_at IS NULL AND d.next_at <= $1 AND NOT EXISTS (
	SELECT 1 FROM deliveries e WHERE e.webhook_id = d.webhook_id AND e.object_id = d.object_id AND e.number < d.number
		AND e.finished_at IS NULL AND e.next_at > $1)`

// ClaimWebhook takes a webhook in scope for whoever delivers to it until a time, by which
// it has done so or is dead, unless somebody else has it. It returns the first n deliveries
// that are due.
func (tx *Tx) ClaimWebhook(ctx context.Context, scope plaza.Scope, id string, n int, now, until time.Time) (due []plaza.Delivery, err error) {
	a := args{when(now), when(until), id}
	query := `UPDATE webhooks SET claimed_until = $2
		WHERE id = $3 AND paused_at IS NULL AND next_at <= $1 AND claimed_until <= $1 AND ` + a.owned(scope, "webhooks.profile_id")
	claimed, err := tx.exec(ctx, query, a...)
	if err != nil || claimed == 0 {
		return nil, err
	}
	due, err = collect(ctx, tx, scanDelivery, `SELECT `+deliveryColumns+` FROM `+deliveryFrom+`
		WHERE d.webhook_id = $2 AND `+dueDelivery+` ORDER BY d.number LIMIT $3`, when(now), id, n)
	if err == nil && len(due) == 0 {
		err = tx.must(ctx, `UPDATE webhooks SET claimed_until = 0 WHERE id = $1`, id)
	}
	return due, err
}

// FinishDelivery writes how a try to deliver d, of a webhook that is claimed, went: that
// try, and what stands in d of it. What somebody else has finished meanwhile stays so.
func (tx *Tx) FinishDelivery(ctx context.Context, scope plaza.Scope, d plaza.Delivery, t plaza.DeliveryTry) error {
	a := args{d.State, when(d.Finished), when(d.Next), d.Tries, t.Status, d.ID}
	query := `UPDATE deliveries SET state = $1, finished_at = CAST($2 AS BIGINT), next_at = $3, tries = $4, status = $5
		WHERE id = $6 AND finished_at IS NULL AND ` + a.owned(scope, "deliveries.profile_id")
	if err := tx.must(ctx, query, a...); err != nil {
		return err
	}
	a = args{when(t.At), t.Took.Microseconds(), t.Status, string(t.Problem), t.Detail, t.Headers, t.Answer, d.ID}
	return tx.must(ctx, `
		INSERT INTO delivery_tries (delivery_id, profile_id, number, at, took, status, problem, detail, headers, answer)
		SELECT d.id, d.profile_id, (SELECT COALESCE(max(y.number), 0) + 1 FROM delivery_tries y WHERE y.delivery_id = d.id),
			CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS TEXT)
		FROM deliveries d WHERE d.id = $8 AND `+a.owned(scope, "d.profile_id"), a...)
}

// LeaveWebhook gives a webhook back that was claimed, with what stands in w of how it
// fails, and when it is tried next.
func (tx *Tx) LeaveWebhook(ctx context.Context, scope plaza.Scope, w plaza.Webhook, next time.Time) error {
	a := args{w.Failures, when(w.Failing), when(w.Delivered), when(next), w.ID}
	return tx.must(ctx, `UPDATE webhooks SET failures = $1, failing_since = CAST($2 AS BIGINT), delivered_at = CAST($3 AS BIGINT), next_at = $4, claimed_until = 0
		WHERE id = $5 AND `+a.owned(scope, "webhooks.profile_id"), a...)
}

// DropDeliveries forgets up to n deliveries in scope that were delivered or given up
// before a time, and returns how many they were.
func (tx *Tx) DropDeliveries(ctx context.Context, scope plaza.Scope, before time.Time, n int) (int64, error) {
	a := args{when(before)}
	ids, err := collect(ctx, tx, scanID, `SELECT d.id FROM deliveries d WHERE d.finished_at < $1 AND `+a.within(scope, "d.profile_id")+`
		ORDER BY d.finished_at LIMIT `+a.add(n), a...)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	for _, from := range []struct{ table, column string }{{"delivery_tries", "delivery_id"}, {"deliveries", "id"}} {
		var a args
		if err := tx.must(ctx, `DELETE FROM `+from.table+` WHERE `+in(&a, from.column, ids), a...); err != nil {
			return 0, err
		}
	}
	return int64(len(ids)), nil
}

// ForgetDeliveries removes what webhooks of profiles that are not above a profile any
// more were told, or are to be told, of what happened in it and below it: it was moved.
func (tx *Tx) ForgetDeliveries(ctx context.Context, profile string) error {
	const gone = `subject_id IN (SELECT t.profile_id FROM profile_tree t WHERE t.ancestor_id IN ($1))
		AND NOT EXISTS (SELECT 1 FROM profile_tree u WHERE u.profile_id = deliveries.subject_id AND u.ancestor_id = deliveries.profile_id)`
	if err := tx.must(ctx, `DELETE FROM delivery_tries WHERE delivery_id IN (SELECT id FROM deliveries WHERE `+gone+`)`, profile); err != nil {
		return err
	}
	return tx.must(ctx, `DELETE FROM deliveries WHERE `+gone, profile)
}
