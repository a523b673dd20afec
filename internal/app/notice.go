package app

import (
	"context"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Notices returns what the actor should know, newest first; nothing while
// acting, as it is meant for that person. Everybody with the dashboard may.
// Kinds: Invalid.
func (a *App) Notices(ctx context.Context, actor plaza.Actor, p plaza.Page) (list plaza.List[plaza.Notice], err error) {
	err = a.see(ctx, actor, plaza.NoticeRead, "", func(tx *store.Tx) error {
		if actor.Acting() {
			return nil
		}
		list, err = tx.Notices(ctx, actor.Scope(), actor.Login, p)
		return err
	})
	return list, err
}

// ReadNotices notes that the actor has read its notices. Everybody with the
// dashboard may. It is no audit event: it changes what one bell shows.
func (a *App) ReadNotices(ctx context.Context, actor plaza.Actor) error {
	if err := a.may(ctx, actor, plaza.NoticeRead); err != nil || actor.Acting() {
		return err
	}
	return a.db.Tx(ctx, func(tx *store.Tx) error {
		return tx.ReadNotices(ctx, actor.Scope(), actor.Login, a.now())
	})
}

// notify leaves the same notice to each of the logins. It is owed to those who want one
// mail a day of what it is about.
func (a *App) notify(ctx context.Context, tx *store.Tx, kind plaza.NoticeKind, about, object string, logins ...plaza.Login) error {
	topic, mailed := kind.Topic()
	for _, l := range logins {
		owed := false
		if mailed {
			choices, err := tx.MailChoices(ctx, l.Person)
			if err != nil {
				return err
			}
			owed = choices[topic] == plaza.MailDaily
		}
		n := plaza.Notice{ID: newID(), Login: l.ID, Profile: l.Profile, Kind: kind, About: about, Object: object, At: a.now()}
		if err := tx.InsertNotice(ctx, n, owed); err != nil {
			return err
		}
	}
	return nil
}
