package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertNotice adds n, which is owed to its login in the mail of the day, or is not.
func (tx *Tx) InsertNotice(ctx context.Context, n plaza.Notice, owed bool) error {
	return tx.must(ctx, `
		INSERT INTO notices (id, profile_id, login_id, kind, about, object, at, owed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		n.ID, n.Profile, n.Login, n.Kind, n.About, n.Object, when(n.At), owed)
}

// TakeOwed returns what is owed to a login in scope, the oldest first, and from now on no
// longer is: of two who take it at the same time, one gets it.
func (tx *Tx) TakeOwed(ctx context.Context, scope plaza.Scope, login string) ([]plaza.Notice, error) {
	a := args{login}
	all, err := collect(ctx, tx, scanNotice, `
		UPDATE notices SET owed = FALSE WHERE login_id = $1 AND owed AND `+a.within(scope, "profile_id")+`
		RETURNING id, profile_id, login_id, kind, about, object, at, read_at`, a...)
	slices.SortFunc(all, func(a, b plaza.Notice) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return all, err
}

const noticeColumns = `n.id, n.profile_id, n.login_id, n.kind, n.about, n.object, n.at, n.read_at`

func scanNotice(row scanner) (n plaza.Notice, err error) {
	err = row.Scan(&n.ID, &n.Profile, &n.Login, &n.Kind, &n.About, &n.Object, at(&n.At), at(&n.Read))
	return n, err
}

// Notices returns the notices of one login in scope, newest first.
func (tx *Tx) Notices(ctx context.Context, scope plaza.Scope, login string, p plaza.Page) (plaza.List[plaza.Notice], error) {
	l := listing[plaza.Notice]{
		columns: noticeColumns,
		from:    `notices n`,
		id:      "n.id",
		times:   map[string]string{"at": "n.at"},
		first:   "-at",
		scan:    scanNotice,
	}
	l.and(l.within(scope, "n.profile_id"))
	l.and("n.login_id = " + l.add(login))
	return l.page(ctx, tx, p)
}

// UnreadNotices returns how many notices of a login nobody has read.
func (tx *Tx) UnreadNotices(ctx context.Context, scope plaza.Scope, login string) (int, error) {
	var a args
	query := `SELECT count(*) FROM notices n WHERE n.read_at IS NULL AND n.login_id = ` + a.add(login) +
		` AND ` + a.within(scope, "n.profile_id")
	return tx.count(ctx, query, a...)
}

// ReadNotices notes that every notice of a login was read.
func (tx *Tx) ReadNotices(ctx context.Context, scope plaza.Scope, login string, now time.Time) error {
	a := args{when(now), login}
	query := `UPDATE notices SET read_at = $1 WHERE read_at IS NULL AND login_id = $2 AND ` + a.within(scope, "profile_id")
	return tx.must(ctx, query, a...)
}
