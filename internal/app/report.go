package app

import (
	"context"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Report writes how a machine of b's says it is, and what it tells of its work, and
// returns the machine. It is no audit event: there is one a minute for each. Kinds,
// as a [plaza.Refusal]: NotFound, Invalid.
func (f *Fleet) Report(ctx context.Context, b *Bearer, machine string, r plaza.Report) (m plaza.Activation, err error) {
	if m, err = f.Machine(ctx, b, machine); err != nil {
		return m, err
	}
	if err := r.Validate(); err != nil {
		return m, err
	}
	now, scope := f.app.now(), b.Actor.Scope()
	return m, f.app.db.Tx(ctx, func(tx *store.Tx) error {
		last, err := tx.Report(ctx, scope, m.Agent, r)
		if err != nil {
			return err
		}
		for _, n := range r.Notifications {
			told := n.Notification(now)
			told.ID, told.Agent, told.Activation = newID(), m.Agent, m.ID
			if err := tx.InsertNotification(ctx, scope, told); err != nil {
				return err
			}
		}
		if len(r.Notifications) > 0 {
			if err := tx.TrimNotifications(ctx, scope, m.Agent, m.ID, plaza.KeptNotifications); err != nil {
				return err
			}
		}
		if last == plaza.StatusOf(plaza.Online, r.Health) {
			return nil // that stands there; whether it has fallen silent since is not for it to say
		}
		return f.app.noteStatesOf(ctx, tx, scope, []string{m.Agent}, now)
	})
}
