package app

import (
	"context"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// AuditEvents returns the log of the actor's own profile and those below, newest
// first. Owners, administrators and auditors may. Kinds: Invalid.
func (a *App) AuditEvents(ctx context.Context, actor plaza.Actor, f plaza.AuditFilter, p plaza.Page) (list plaza.List[plaza.AuditLine], err error) {
	err = a.see(ctx, actor, plaza.AuditRead, "", func(tx *store.Tx) error {
		list, err = tx.AuditEvents(ctx, actor.Scope(), f, p)
		return err
	})
	return list, err
}

// History returns the events about one thing, newest first: those about the
// actor's own profile and those below. Everybody with the dashboard may. Kinds:
// Invalid.
func (a *App) History(ctx context.Context, actor plaza.Actor, object string, p plaza.Page) (list plaza.List[plaza.AuditLine], err error) {
	err = a.see(ctx, actor, plaza.HistoryRead, object, func(tx *store.Tx) error {
		list, err = tx.AuditEvents(ctx, actor.Scope(), plaza.AuditFilter{Object: object}, p)
		return err
	})
	return list, err
}
