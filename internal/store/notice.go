package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertNotice adds n.
func (tx *Tx) InsertNotice(ctx context.Context, n plaza.Notice) error {
	return tx.must(ctx, `
		INSERT INTO notices (id, profile_id, login_id, kind, about, object, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		n.ID, n.Profile, n.Login, n.Kind, n.About, n.Object, when(n.At))
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
