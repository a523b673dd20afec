package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertMail puts mails into the outbox.
func (tx *Tx) InsertMail(ctx context.Context, all ...plaza.Mail) error {
	rows := make([][]any, len(all))
	for i, m := range all {
		rows[i] = []any{m.ID, m.Profile, m.Kind, m.To, m.ToName, m.Subject, m.Text, m.HTML, when(m.Created), when(m.Next)}
	}
	return tx.insert(ctx, `mails (id, profile_id, kind, to_address, to_name, subject, text_body, html_body,
			created_at, next_at, tries, last_error)`, `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '')`, rows)
}

// Without the name of the table: SQLite does not know its alias in RETURNING.
const mailColumns = `id, profile_id, kind, to_address, to_name, subject, text_body, html_body,
	created_at, next_at, tries, sent_at, dead_at, last_error`

func scanMail(row scanner) (m plaza.Mail, err error) {
	err = row.Scan(&m.ID, &m.Profile, &m.Kind, &m.To, &m.ToName, &m.Subject, &m.Text, &m.HTML,
		at(&m.Created), at(&m.Next), &m.Tries, at(&m.Sent), at(&m.Dead), &m.LastError)
	return m, err
}

// ClaimMails returns at most n mails that are due, and puts each off until a
// time by which whoever claimed it has sent it or is dead.
func (tx *Tx) ClaimMails(ctx context.Context, scope plaza.Scope, n int, now, until time.Time) ([]plaza.Mail, error) {
	a := args{when(until), when(now)}
	query := `
		UPDATE mails SET next_at = $1, tries = tries + 1
		WHERE id IN (
			SELECT id FROM mails
			WHERE sent_at IS NULL AND dead_at IS NULL AND next_at <= $2 AND ` + a.within(scope, "profile_id") + `
			ORDER BY next_at, id LIMIT ` + a.add(n) + tx.claim + `)
		RETURNING ` + mailColumns
	return collect(ctx, tx, scanMail, query, a...)
}

// SetMail writes how sending m went: what stands in its times and last error,
// and, once it needs them no more, that its bodies are empty.
func (tx *Tx) SetMail(ctx context.Context, scope plaza.Scope, m plaza.Mail) error {
	a := args{when(m.Next), m.Tries, when(m.Sent), when(m.Dead), m.LastError, m.Text, m.HTML, m.ID}
	query := `
		UPDATE mails SET next_at = $1, tries = $2, sent_at = $3, dead_at = $4, last_error = $5, text_body = $6, html_body = $7
		WHERE id = $8 AND ` + a.owned(scope, "mails.profile_id")
	return tx.must(ctx, query, a...)
}

// Mail returns the mail with the given ID, or NotFound if there is none in scope.
func (tx *Tx) Mail(ctx context.Context, scope plaza.Scope, id string) (plaza.Mail, error) {
	var a args
	query := `SELECT ` + mailColumns + ` FROM mails m WHERE m.id = ` + a.add(id) + ` AND ` + a.owned(scope, "m.profile_id")
	return one(ctx, tx, scanMail, query, a...)
}

// Mails returns those of the mails in scope that f chooses, newest first. Sorts:
// created.
func (tx *Tx) Mails(ctx context.Context, scope plaza.Scope, f plaza.MailFilter, p plaza.Page) (plaza.List[plaza.Mail], error) {
	l := listing[plaza.Mail]{
		columns: mailColumns,
		from:    `mails m`,
		id:      "m.id",
		times:   map[string]string{"created": "m.created_at"},
		first:   "-created",
		scan:    scanMail,
	}
	l.and(l.within(scope, "m.profile_id"))
	if len(f.States) > 0 {
		l.and(in(&l.args, `(CASE WHEN m.sent_at IS NOT NULL THEN 'sent' WHEN m.dead_at IS NOT NULL THEN 'dead' ELSE 'waiting' END)`, f.States))
	}
	return l.page(ctx, tx, p)
}
