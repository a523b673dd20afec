package app

import (
	"context"
	"strconv"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/auditlog"
	"github.com/connectplaza/plaza/internal/store"
)

// expireAudit removes events that are older than they are to be kept, if there
// is such a time. Their hashes stay. It does so for whole days, so that it is
// recorded once a day at most.
func (a *App) expireAudit(ctx context.Context, actor plaza.Actor) error {
	if a.auditKeep == 0 {
		return nil
	}
	since := a.now().Add(-a.auditKeep).Truncate(24 * time.Hour)
	return a.eraseAudit(ctx, func(tx *store.Tx, s Sealing) (plaza.AuditEvent, func() error, error) {
		till, err := tx.AuditAge(ctx, since, s.Size)
		if err != nil {
			return plaza.AuditEvent{}, nil, err
		}
		n, err := tx.CountAudit(ctx, till)
		if err != nil || n == 0 {
			return plaza.AuditEvent{}, nil, err
		}
		e := plaza.AuditEvent{Verb: plaza.AuditExpire, Actor: actor, ObjectKind: "log", Object: strconv.FormatInt(till, 10)}
		e.Changed("events", strconv.FormatInt(n, 10), "")
		return e, func() error { return tx.ExpireAudit(ctx, till) }, nil
	})
}

// ForgetInAudit erases what may tell something of a person from the events that
// it did or that are about it: names, changes, reasons, addresses. What remains
// says, by IDs, who did what to what, and proves as much as before. Only
// [plaza.Janitor] may.
func (a *App) ForgetInAudit(ctx context.Context, actor plaza.Actor, person string) error {
	if err := a.may(ctx, actor, plaza.AuditForget); err != nil {
		return err
	}
	return a.eraseAudit(ctx, func(tx *store.Tx, _ Sealing) (plaza.AuditEvent, func() error, error) {
		events, err := tx.AuditOf(ctx, person)
		if err != nil || len(events) == 0 {
			return plaza.AuditEvent{}, nil, err
		}
		positions := make([]int64, len(events))
		for i, r := range events {
			positions[i] = r.Position
		}
		e := plaza.AuditEvent{Verb: plaza.AuditForget, Actor: actor, ObjectKind: "person", Object: person}
		e.Changed(auditlog.Positions, "", auditlog.Spell(positions))
		return e, func() error {
			for _, r := range events {
				if err := tx.ForgetAudit(ctx, auditlog.Forget(r)); err != nil {
					return err
				}
			}
			return nil
		}, nil
	})
}

// eraseAudit seals everything, has find say what is to be erased and how, and
// erases it; nothing if there is no event that says so. That event is sealed in
// the same transaction: at no time is something gone that no sealed event speaks
// of.
func (a *App) eraseAudit(ctx context.Context, find func(*store.Tx, Sealing) (plaza.AuditEvent, func() error, error)) error {
	return a.db.Tx(ctx, func(tx *store.Tx) error {
		s, err := a.sealAll(ctx, tx)
		if err != nil {
			return err
		}
		e, erase, err := find(tx, s)
		if err != nil || erase == nil {
			return err
		}
		if e.Profile, err = tx.Vendor(ctx); err != nil {
			return err
		}
		e.Result = plaza.Done
		if err := a.record(ctx, tx, e.Actor, e); err != nil {
			return err
		}
		if _, err := a.sealAll(ctx, tx); err != nil {
			return err
		}
		return erase()
	})
}

// sealAll is SealAudit within a transaction.
func (a *App) sealAll(ctx context.Context, tx *store.Tx) (s Sealing, err error) {
	for after, more := "", true; more && err == nil; {
		after, more, err = a.seal(ctx, tx, after, &s)
	}
	return s, err
}
