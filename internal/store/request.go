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
		INSERT INTO requests (id, profile_id, login_id, kind, wish, wish_fold, plan_id, subject, note, created_at,
			decision, reason, object, version)
		VALUES ($1, $2, $3, $4, $5, $6, NULLIF($7, ''), $8, $9, $10, '', '', '', 1)`,
		r.ID, r.Profile, r.Login, r.Kind, string(wish), fold(r.Wish.Name()), r.Wish.Plan(), r.Wish.Subject(), r.Note, when(r.Created))
}

const requestColumns = `
	r.id, r.profile_id, p.name, r.login_id, l.name, r.kind, r.wish, COALESCE(plan.name, ''), r.note,
	r.created_at, COALESCE(first.id, ''), COALESCE(first.name, ''), one.at,
	r.decided_at, r.decision, r.reason, r.object, r.version`

// requestFrom returns where requestColumns come from: who above whoever asks approved is
// told to those alone in whose scope that is.
func (a *args) requestFrom(scope plaza.Scope) string {
	return `requests r JOIN profiles p ON p.id = r.profile_id JOIN logins l ON l.id = r.login_id
		LEFT JOIN plans plan ON plan.id = r.plan_id LEFT JOIN request_approvals one ON one.request_id = r.id
		LEFT JOIN logins first ON first.id = one.approver_login_id AND ` + a.within(scope, "first.profile_id")
}

func scanRequest(row scanner) (r plaza.Request, err error) {
	var wish string
	err = row.Scan(
		&r.ID, &r.Profile, &r.ProfileName, &r.Login, &r.LoginName, &r.Kind, &wish, &r.PlanName, &r.Note,
		at(&r.Created), &r.First, &r.FirstName, at(&r.FirstAt), at(&r.Decided), &r.Decision, &r.Reason, &r.Object, &r.Version)
	if err == nil {
		err = json.Unmarshal([]byte(wish), &r.Wish)
	}
	return r, err
}

// Request returns the request with the given ID, or NotFound if there is none in
// scope.
func (tx *Tx) Request(ctx context.Context, scope plaza.Scope, id string) (plaza.Request, error) {
	var a args
	query := `SELECT ` + requestColumns + ` FROM ` + a.requestFrom(scope) + `
		WHERE r.id = ` + a.add(id) + ` AND ` + a.owned(scope, "r.profile_id")
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
		id:      "r.id",
		texts:   map[string]string{"profile": "p.name_fold", "kind": "r.kind"},
		times:   map[string]string{"created": "r.created_at"},
		first:   "-created",
		scan:    scanRequest,
	}
	l.from = l.requestFrom(scope)
	l.and(l.within(scope, "r.profile_id"))
	if f.Profile != "" {
		l.and("r.profile_id = " + l.add(f.Profile))
	}
	if f.Except != "" {
		l.and("r.profile_id <> " + l.add(f.Except))
	}
	if f.Subject != "" {
		l.and("r.subject <> '' AND r.subject = " + l.add(f.Subject))
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

// OpenRequests returns how many requests in scope wait at now, but for those of the
// profile except, if one is named.
func (tx *Tx) OpenRequests(ctx context.Context, scope plaza.Scope, except string, now time.Time) (int, error) {
	var a args
	query := `SELECT count(*) FROM requests r
		WHERE r.decision = '' AND r.profile_id <> ` + a.add(except) + ` AND ` + a.within(scope, "r.profile_id") + ` AND ` + a.requestState(now) + ` = 'open'`
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

// ApproveRequestOnce writes that r.First, a login of the profile of, is the first of two
// who approve r, if nobody decided meanwhile; otherwise it is Stale.
func (tx *Tx) ApproveRequestOnce(ctx context.Context, scope plaza.Scope, r plaza.Request, of string) error {
	err := tx.versioned(ctx, "requests", "profile_id", scope, r.ID, `
		UPDATE requests SET version = version + 1 WHERE id = $1 AND version = $2`, args{r.ID, r.Version})
	if err != nil {
		return err
	}
	return tx.must(ctx, `
		INSERT INTO request_approvals (request_id, profile_id, approver_profile_id, approver_login_id, at)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (request_id) DO UPDATE SET approver_profile_id = excluded.approver_profile_id,
			approver_login_id = excluded.approver_login_id, at = excluded.at`, r.ID, r.Profile, of, r.First, when(r.FirstAt))
}

// FirstApprover returns the person who is the first of two that approve a request, and
// may still decide about it: their login works, has one of the roles, and is above whoever
// asks. Empty if nobody is.
func (tx *Tx) FirstApprover(ctx context.Context, request string, roles ...plaza.Role) (person string, err error) {
	a := args{request}
	all, err := collect(ctx, tx, scanID, `
		SELECT l.person_id FROM request_approvals one JOIN logins l ON l.id = one.approver_login_id
			JOIN profile_tree t ON t.ancestor_id = one.approver_profile_id AND t.profile_id = one.profile_id AND t.depth > 0
		WHERE one.request_id = $1 AND l.accepted_at IS NOT NULL AND l.disabled_at IS NULL AND `+in(&a, "l.role", roles), a...)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[0], nil
}

// approvalLimits is the setting that says above which prices two have to approve.
const approvalLimits = "approval_limits"

// ApprovalLimits returns above which prices of a month two have to approve a request,
// one in each currency; none: one is enough.
func (tx *Tx) ApprovalLimits(ctx context.Context) (all []plaza.Money, err error) {
	text, err := tx.Setting(ctx, approvalLimits)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &all)
	}
	return all, err
}

// SetApprovalLimits writes them.
func (tx *Tx) SetApprovalLimits(ctx context.Context, all []plaza.Money) error {
	text, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("encode limits: %w", err)
	}
	return tx.PutSetting(ctx, approvalLimits, string(text))
}

// InsertComment adds c.
func (tx *Tx) InsertComment(ctx context.Context, c plaza.Comment) error {
	return tx.must(ctx, `
		INSERT INTO request_comments (id, profile_id, request_id, author_profile_id, author_login_id, body, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		c.ID, c.Profile, c.Request, c.Author, c.Login, c.Text, when(c.At))
}

// Comments returns what was said about a request in scope, the oldest first. Whose
// author is above scope says so, and not who it is.
func (tx *Tx) Comments(ctx context.Context, scope plaza.Scope, request string) ([]plaza.Comment, error) {
	var a args
	query := `
		SELECT c.id, c.request_id, c.profile_id, c.at, c.body, COALESCE(l.id, ''), COALESCE(l.profile_id, ''), COALESCE(l.name, '')
		FROM request_comments c LEFT JOIN logins l ON l.id = c.author_login_id AND ` + a.within(scope, "l.profile_id") + `
		WHERE c.request_id = ` + a.add(request) + ` AND ` + a.within(scope, "c.profile_id") + `
		ORDER BY c.at, c.id`
	return collect(ctx, tx, func(row scanner) (c plaza.Comment, err error) {
		err = row.Scan(&c.ID, &c.Request, &c.Profile, at(&c.At), &c.Text, &c.Login, &c.Author, &c.AuthorName)
		return c, err
	}, query, a...)
}
