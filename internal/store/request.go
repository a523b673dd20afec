package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertRequest adds r.
func (tx *Tx) InsertRequest(ctx context.Context, r plaza.Request) error {
	wish, err := json.Marshal(r.Wish)
	if err != nil {
		return fmt.Errorf("encode wish: %w", err)
	}
	return tx.must(ctx, `
		INSERT INTO requests (id, profile_id, login_id, kind, wish, wish_fold, plan_id, note, created_at,
			decision, reason, object, version)
		VALUES ($1, $2, $3, $4, $5, $6, NULLIF($7, ''), $8, $9, '', '', '', 1)`,
		r.ID, r.Profile, r.Login, r.Kind, string(wish), fold(r.Wish.Name()), r.Wish.Plan(), r.Note, when(r.Created))
}

const (
	requestColumns = `
		r.id, r.profile_id, p.name, r.login_id, l.name, r.kind, r.wish, COALESCE(plan.name, ''), r.note,
		r.created_at, r.decided_at, r.decision, r.reason, r.object, r.version`
	requestFrom = `requests r JOIN profiles p ON p.id = r.profile_id JOIN logins l ON l.id = r.login_id
		LEFT JOIN plans plan ON plan.id = r.plan_id`
)

func scanRequest(row scanner) (r plaza.Request, err error) {
	var wish string
	err = row.Scan(
		&r.ID, &r.Profile, &r.ProfileName, &r.Login, &r.LoginName, &r.Kind, &wish, &r.PlanName, &r.Note,
		at(&r.Created), at(&r.Decided), &r.Decision, &r.Reason, &r.Object, &r.Version)
	if err == nil {
		err = json.Unmarshal([]byte(wish), &r.Wish)
	}
	return r, err
}

// Request returns the request with the given ID, or NotFound if there is none in
// scope.
func (tx *Tx) Request(ctx context.Context, scope plaza.Scope, id string) (plaza.Request, error) {
	var a args
	query := `SELECT ` + requestColumns + ` FROM ` + requestFrom + `
		WHERE r.id = ` + a.add(id) + ` AND ` + a.within(scope, "r.profile_id")
	return one(ctx, tx, scanRequest, query, a...)
}

// requestState returns [plaza.Request.State] in SQL.
func (a *args) requestState(now time.Time) string {
	return `(CASE WHEN r.decision <> '' THEN r.decision
		WHEN r.created_at <= CAST(` + a.add(when(now.Add(-plaza.RequestOpenFor))) + ` AS BIGINT) THEN 'lapsed'
		ELSE 'open' END)`
}

// Requests returns those of the requests in scope that f chooses at now. Sorts:
// created, profile, kind.
func (tx *Tx) Requests(ctx context.Context, scope plaza.Scope, f plaza.RequestFilter, p plaza.Page, now time.Time) (plaza.List[plaza.Request], error) {
	l := listing[plaza.Request]{
		columns: requestColumns,
		from:    requestFrom,
		id:      "r.id",
		texts:   map[string]string{"profile": "p.name_fold", "kind": "r.kind"},
		times:   map[string]string{"created": "r.created_at"},
		first:   "-created",
		scan:    scanRequest,
	}
	l.and(l.within(scope, "r.profile_id"))
	if f.Profile != "" {
		l.and("r.profile_id = " + l.add(f.Profile))
	}
	if f.Text != "" {
		l.and(l.like(f.Text, "r.wish_fold", "p.name_fold"))
	}
	if len(f.Kinds) > 0 {
		l.and(in(&l.args, "r.kind", f.Kinds))
	}
	if len(f.States) > 0 {
		l.and(in(&l.args, l.requestState(now), f.States))
	}
	return l.page(ctx, tx, p)
}

// OpenRequests returns how many requests in scope wait at now.
func (tx *Tx) OpenRequests(ctx context.Context, scope plaza.Scope, now time.Time) (int, error) {
	var a args
	query := `SELECT count(*) FROM requests r
		WHERE ` + a.within(scope, "r.profile_id") + ` AND ` + a.requestState(now) + ` = 'open'`
	return tx.count(ctx, query, a...)
}

// DecideRequest writes the decision on r, if nobody decided meanwhile; otherwise
// it is Stale.
func (tx *Tx) DecideRequest(ctx context.Context, scope plaza.Scope, r plaza.Request) error {
	a := args{when(r.Decided), r.Decision, r.Reason, r.Object, r.ID, r.Version}
	return tx.versioned(ctx, "requests", "profile_id", scope, r.ID, `
		UPDATE requests SET decided_at = $1, decision = $2, reason = $3, object = $4, version = version + 1
		WHERE id = $5 AND version = $6`, a)
}
