package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
)

// BatchItem is one thing of a batch.
type BatchItem struct {
	Number int
	Object string
	Made   string // ID of what was made; empty: nothing was, but something was changed
	Name   string
	Why    plaza.Text // it failed; zero: it was done
}

// InsertBatch adds b, which works on the objects with these IDs in this order.
func (tx *Tx) InsertBatch(ctx context.Context, b plaza.Batch, objects []string) error {
	input, err := json.Marshal(b.Input)
	if err != nil {
		return fmt.Errorf("encode what a batch makes: %w", err)
	}
	err = tx.must(ctx, `
		INSERT INTO batches (id, profile_id, login_id, kind, input, reason, created_at, total, pass_id, whole, done, failed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0)`,
		b.ID, b.Profile, b.Login, b.Kind, string(input), b.Reason, when(b.Created), len(objects), b.Pass, b.Whole)
	if err != nil {
		return err
	}
	for from := 0; from < len(objects); from += itemsAtOnce {
		var a args
		var rows []string
		for i, object := range objects[from:min(from+itemsAtOnce, len(objects))] {
			rows = append(rows, `(`+a.add(b.ID)+`, `+a.add(b.Profile)+`, `+a.add(from+i+1)+`, `+a.add(object)+`, '', '', '')`)
		}
		err := tx.must(ctx, `INSERT INTO batch_items (batch_id, profile_id, number, object_id, name, state, problem) VALUES `+strings.Join(rows, `, `), a...)
		if err != nil {
			return err
		}
	}
	return nil
}

// itemsAtOnce is how many items one statement writes.
const itemsAtOnce = 500

const (
	batchColumns = `b.id, b.profile_id, p.name, b.login_id, l.name, b.kind, b.input, b.reason, b.created_at, b.finished_at, b.total, b.done, b.failed, b.pass_id, b.whole`
	batchFrom    = `batches b JOIN profiles p ON p.id = b.profile_id JOIN logins l ON l.id = b.login_id`
)

func scanBatch(row scanner) (b plaza.Batch, err error) {
	var input string
	err = row.Scan(&b.ID, &b.Profile, &b.ProfileName, &b.Login, &b.LoginName, &b.Kind, &input, &b.Reason, at(&b.Created), at(&b.Finished), &b.Total, &b.Done, &b.Failed, &b.Pass, &b.Whole)
	if err == nil {
		err = json.Unmarshal([]byte(input), &b.Input)
	}
	return b, err
}

// Batch returns the batch with the given ID, or NotFound if there is none in scope.
func (tx *Tx) Batch(ctx context.Context, scope plaza.Scope, id string) (plaza.Batch, error) {
	var a args
	query := `SELECT ` + batchColumns + ` FROM ` + batchFrom + ` WHERE b.id = ` + a.add(id) + ` AND ` + a.owned(scope, "b.profile_id")
	return one(ctx, tx, scanBatch, query, a...)
}

// Batches returns the batches in scope, newest first. Sorts: created.
func (tx *Tx) Batches(ctx context.Context, scope plaza.Scope, p plaza.Page) (plaza.List[plaza.Batch], error) {
	l := listing[plaza.Batch]{
		columns: batchColumns, from: batchFrom, id: "b.id",
		times: map[string]string{"created": "b.created_at"}, first: "-created", scan: scanBatch,
	}
	l.and(l.within(scope, "b.profile_id"))
	return l.page(ctx, tx, p)
}

// BatchProblems returns the first n things of a batch in scope that failed, and why.
func (tx *Tx) BatchProblems(ctx context.Context, scope plaza.Scope, id string, n int) ([]plaza.BatchProblem, error) {
	var a args
	query := `SELECT i.object_id, i.name, i.problem FROM batch_items i
		WHERE i.batch_id = ` + a.add(id) + ` AND i.state = 'failed' AND ` + a.within(scope, "i.profile_id") + `
		ORDER BY i.number LIMIT ` + a.add(n)
	return collect(ctx, tx, func(row scanner) (p plaza.BatchProblem, err error) {
		var why string
		if err = row.Scan(&p.Object, &p.Name, &why); err == nil {
			err = json.Unmarshal([]byte(why), &p.Why)
		}
		return p, err
	}, query, a...)
}

// BatchDone returns the IDs of the first n things of a batch in scope that were done.
func (tx *Tx) BatchDone(ctx context.Context, scope plaza.Scope, id string, n int) ([]string, error) {
	var a args
	query := `SELECT i.object_id FROM batch_items i
		WHERE i.batch_id = ` + a.add(id) + ` AND i.state = 'done' AND ` + a.within(scope, "i.profile_id") + `
		ORDER BY i.number LIMIT ` + a.add(n)
	return collect(ctx, tx, scanID, query, a...)
}

// ClaimBatch returns the oldest batch in scope that is not finished and that nobody
// else works on, with the first n things that it has to do, or with all that can only be
// done together: until this transaction ends they are its own. There is none if its ID is empty.
func (tx *Tx) ClaimBatch(ctx context.Context, scope plaza.Scope, n int) (b plaza.Batch, items []BatchItem, err error) {
	var a args
	claimed, err := collect(ctx, tx, scanID, `
		SELECT b.id FROM batches b WHERE b.finished_at IS NULL AND `+a.within(scope, "b.profile_id")+`
		ORDER BY b.created_at, b.id LIMIT 1`+tx.claim, a...)
	if err != nil || len(claimed) == 0 {
		return b, nil, err
	}
	if b, err = tx.Batch(ctx, scope, claimed[0]); err != nil {
		return b, nil, err
	}
	if b.Whole {
		n = b.Total
	}
	items, err = collect(ctx, tx, func(row scanner) (i BatchItem, err error) {
		err = row.Scan(&i.Number, &i.Object)
		return i, err
	}, `SELECT number, object_id FROM batch_items WHERE batch_id = $1 AND state = '' ORDER BY number LIMIT $2`, b.ID, n)
	return b, items, err
}

// FinishItems writes what became of items of b, which is claimed, and that b is
// finished if nothing is left.
func (tx *Tx) FinishItems(ctx context.Context, b plaza.Batch, items []BatchItem, now time.Time) error {
	failed := 0
	for _, i := range items {
		if i.Why.IsZero() {
			if i.Made != "" {
				if err := tx.must(ctx, `UPDATE batch_items SET object_id = $1 WHERE batch_id = $2 AND number = $3`, i.Made, b.ID, i.Number); err != nil {
					return err
				}
			}
			continue
		}
		failed++
		why, err := json.Marshal(i.Why)
		if err != nil {
			return fmt.Errorf("encode why an item failed: %w", err)
		}
		err = tx.must(ctx, `UPDATE batch_items SET state = 'failed', name = $1, problem = $2 WHERE batch_id = $3 AND number = $4`, i.Name, string(why), b.ID, i.Number)
		if err != nil {
			return err
		}
	}
	if len(items) > 0 {
		err := tx.must(ctx, `UPDATE batch_items SET state = 'done' WHERE batch_id = $1 AND state = '' AND number <= $2`, b.ID, items[len(items)-1].Number)
		if err != nil {
			return err
		}
	}
	return tx.must(ctx, `
		UPDATE batches SET done = done + $1, failed = failed + $2,
			finished_at = CASE WHEN done + failed + $1 + $2 >= total THEN CAST($3 AS BIGINT) END
		WHERE id = $4`, len(items)-failed, failed, when(now), b.ID)
}

// older returns the licenses l in scope that neither ended nor lapsed by now and are under
// an edition of a plan before its newest.
func (a *args) older(scope plaza.Scope, plan string, now time.Time) string {
	return `licenses l JOIN plans pl ON pl.id = l.plan_id AND l.edition < pl.edition
		WHERE l.plan_id = ` + a.add(plan) + ` AND l.ended_at IS NULL
			AND (l.grace_ends_at IS NULL OR l.renews OR l.grace_ends_at > ` + a.add(when(now)) + `) AND ` + a.within(scope, "l.profile_id")
}

// OlderEditions returns how many licenses in scope that neither ended nor lapsed by now
// there are under each edition of a plan before its newest.
func (tx *Tx) OlderEditions(ctx context.Context, scope plaza.Scope, plan string, now time.Time) ([]plaza.EditionCount, error) {
	var a args
	query := `SELECT l.edition, count(*) FROM ` + a.older(scope, plan, now) + `
		GROUP BY l.edition ORDER BY l.edition`
	return collect(ctx, tx, func(row scanner) (e plaza.EditionCount, err error) {
		err = row.Scan(&e.Edition, &e.Count)
		return e, err
	}, query, a...)
}

// OlderLicenses returns the IDs of the first n of them.
func (tx *Tx) OlderLicenses(ctx context.Context, scope plaza.Scope, plan string, now time.Time, n int) ([]string, error) {
	var a args
	query := `SELECT l.id FROM ` + a.older(scope, plan, now) + `
		ORDER BY l.id LIMIT ` + a.add(n)
	return collect(ctx, tx, scanID, query, a...)
}

// LicensesByID returns those of the licenses with the given IDs that are in scope, in
// any order.
func (tx *Tx) LicensesByID(ctx context.Context, scope plaza.Scope, ids []string) (all []plaza.License, err error) {
	for some := range slices.Chunk(ids, itemsAtOnce) {
		var a args
		query := `SELECT ` + licenseColumns + licenseAgentColumns + ` FROM ` + licenseFrom + licenseAgentFrom + `
			WHERE ` + in(&a, "l.id", some) + ` AND ` + a.within(scope, "l.profile_id") + ` ORDER BY l.id`
		found, err := collect(ctx, tx, scanLicense, query, a...)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// HoldLicenses keeps those of the licenses with these IDs that are in scope as they are
// until the transaction ends, and returns them, by ID. Like [Tx.HoldLicense] for one.
func (tx *Tx) HoldLicenses(ctx context.Context, scope plaza.Scope, ids []string) (map[string]plaza.License, error) {
	if tx.forUpdate != "" {
		for some := range slices.Chunk(slices.Sorted(slices.Values(ids)), itemsAtOnce) {
			var a args
			query := `SELECT id FROM licenses WHERE ` + in(&a, "id", some) + ` AND ` + a.within(scope, "profile_id") + ` ORDER BY id` + tx.forUpdate
			if _, err := collect(ctx, tx, scanID, query, a...); err != nil {
				return nil, err
			}
		}
	}
	all, err := tx.LicensesByID(ctx, scope, ids) // as they are now that nobody else writes them
	held := make(map[string]plaza.License, len(all))
	for _, l := range all {
		held[l.ID] = l
	}
	return held, err
}
