package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/auditlog"
	"github.com/connectplaza/plaza/internal/store"
)

// expireAudit removes events that are older than they are to be kept, if there
// is such a time. Their hashes stay. It does so for whole days, so that it is
// recorded once a day at most. If what it finds is not what was sealed, it removes
// nothing: see [App.eraseAudit].
func (a *App) expireAudit(ctx context.Context, actor plaza.Actor) error {
	if a.auditKeep == 0 {
		return nil
	}
	return a.eraseAudit(ctx, actor, plaza.AuditExpire, func(tx *store.Tx) error { return ExpireAudit(ctx, a, tx, actor) })
}

// ExpireAudit is what [App.Tidy] does with the log, within a transaction that is
// open already. Where the log is not what was sealed, it returns an
// [auditlog.FaultError].
func ExpireAudit(ctx context.Context, a *App, tx *store.Tx, actor plaza.Actor) error {
	since := a.now().Add(-a.auditKeep).Truncate(24 * time.Hour)
	return a.erase(ctx, tx, func(s Sealing) (plaza.AuditEvent, func() error, error) {
		from, till, err := a.over(ctx, tx, since.UnixMicro(), s.Size)
		if err != nil || from == till {
			return plaza.AuditEvent{}, nil, err
		}
		e := plaza.AuditEvent{Verb: plaza.AuditExpire, Actor: actor, ObjectKind: "log", Object: strconv.FormatInt(till, 10)}
		e.Changed("events", strconv.FormatInt(till-from, 10), "")
		return e, func() error { return tx.ExpireAudit(ctx, from, till) }, nil
	})
}

// over returns the positions, from one till another, of the events that happened
// before since, in a log of the given size: those after what is gone by right.
// Who can write to the database can put any time into an event, or take it away,
// and would have Plaza sign that it was over: each must be there and be what was
// sealed.
func (a *App) over(ctx context.Context, tx *store.Tx, since, size int64) (from, till int64, err error) {
	if from, err = a.expired(ctx, tx); err != nil {
		return 0, 0, err
	}
	till = from
	err = eachPosition(ctx, tx, from, size, func(p int64, events []plaza.AuditRecord, kept []tlog.Hash) error {
		if len(events) != 1 {
			return auditlog.FaultError{Position: p, Why: fmt.Sprintf("%d events stand there, and no sealed event says that its time was over", len(events))}
		}
		if err := a.key.Genuine(events[0], kept[0]); err != nil {
			return err
		}
		if events[0].At >= since {
			return errEnough
		}
		till = p + 1
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return from, till, err
}

// errEnough ends a walk that has come far enough.
var errEnough = errors.New("enough")

// expired returns the position before which events are gone by right: what the
// newest sealed event about that says.
func (a *App) expired(ctx context.Context, tx *store.Tx) (int64, error) {
	newest, err := tx.NewestExpiry(ctx)
	if err != nil || newest == nil {
		return 0, err
	}
	if err := a.genuine(ctx, tx, *newest); err != nil {
		return 0, err
	}
	return auditlog.Expiry(*newest), nil
}

// genuine returns an [auditlog.FaultError] unless each of the records, which say that
// they are sealed, still is what was.
func (a *App) genuine(ctx context.Context, tx *store.Tx, records ...plaza.AuditRecord) error {
	for some := range slices.Chunk(records, sealAtOnce) {
		places := make([]int64, len(some))
		for i, r := range some {
			if r.Position < 0 {
				return auditlog.FaultError{Position: r.Position, ID: r.ID, At: r.Time(), Why: "the log has no such position"}
			}
			places[i] = auditlog.Place(r.Position)
		}
		kept, err := tx.AuditHashesAt(ctx, places)
		if err != nil {
			return err
		}
		for i, hash := range hashesAt(kept, places) {
			if err := a.key.Genuine(some[i], hash); err != nil {
				return err
			}
		}
	}
	return nil
}

// ForgetInAudit erases what may tell something of the person with an address from
// the events that it did or that are about it: names, changes, reasons, addresses.
// What remains says, by IDs, who did what to what, and proves as much as before.
// It returns from how many events; if one of them is not what was sealed, it erases
// nothing: see [App.eraseAudit]. Only [plaza.Janitor] may, on behalf of the
// operator. Kinds: NotFound.
func (a *App) ForgetInAudit(ctx context.Context, actor plaza.Actor, email string) (events int, err error) {
	if err := a.may(ctx, actor, plaza.AuditForget); err != nil {
		return 0, err
	}
	err = a.eraseAudit(ctx, actor, plaza.AuditForget, func(tx *store.Tx) error {
		p, err := tx.PersonByEmail(ctx, email)
		if err != nil {
			return err
		}
		events, err = ForgetInAudit(ctx, a, tx, actor, p.ID)
		return err
	})
	return events, err
}

// ForgetInAudit is [App.ForgetInAudit] of the person with an ID, within a
// transaction that is open already. Where the log is not what was sealed, it
// returns an [auditlog.FaultError].
func ForgetInAudit(ctx context.Context, a *App, tx *store.Tx, actor plaza.Actor, person string) (n int, err error) {
	err = a.erase(ctx, tx, func(Sealing) (plaza.AuditEvent, func() error, error) {
		events, err := tx.AuditOf(ctx, person)
		if n = len(events); err != nil || n == 0 {
			return plaza.AuditEvent{}, nil, err
		}
		if err := a.genuine(ctx, tx, events...); err != nil {
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
	return n, err
}

// eraseAudit runs what erases something from the log. If that finds that the log
// is not what was sealed, it is undone, which is recorded, and returned as an
// error: what Plaza erased then could not be told from what somebody took away.
func (a *App) eraseAudit(ctx context.Context, actor plaza.Actor, verb plaza.Verb, f func(*store.Tx) error) error {
	err := a.db.Tx(ctx, f)
	fault, ok := errors.AsType[auditlog.FaultError](err)
	if !ok {
		return err
	}
	err = fmt.Errorf("nothing was erased from the audit log, as it is not whole: %w", err)
	return errors.Join(err, a.db.Tx(ctx, func(tx *store.Tx) error { return a.noteFault(ctx, tx, actor, verb, fault) }))
}

// faultNoted is the setting that says when, and of what, a fault was recorded
// last.
const faultNoted = "audit_fault_noted"

// noteFault records that the log is not whole, so that nothing was erased; once a
// day, however often it is tried.
func (a *App) noteFault(ctx context.Context, tx *store.Tx, actor plaza.Actor, verb plaza.Verb, fault auditlog.FaultError) (err error) {
	position := strconv.FormatInt(fault.Position, 10)
	noted := a.now().Format(time.DateOnly) + " " + string(verb) + " " + position
	if last, err := tx.Setting(ctx, faultNoted); err != nil || last == noted {
		return err
	}
	e := plaza.AuditEvent{Verb: verb, ObjectKind: "log", Object: position, Result: plaza.Refused, Refusal: plaza.Conflict}
	if e.Profile, err = tx.Vendor(ctx); err != nil {
		return err
	}
	if err := tx.PutSetting(ctx, faultNoted, noted); err != nil {
		return err
	}
	return a.record(ctx, tx, actor, e)
}

// erase seals everything, has find say what is to be erased and how, and erases
// it; nothing if there is no event that says so. That event is sealed in the same
// transaction: at no time is something gone that no sealed event speaks of.
func (a *App) erase(ctx context.Context, tx *store.Tx, find func(Sealing) (plaza.AuditEvent, func() error, error)) error {
	s, err := a.sealAll(ctx, tx)
	if err != nil {
		return err
	}
	e, erase, err := find(s)
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
}

// sealAll is SealAudit within a transaction.
func (a *App) sealAll(ctx context.Context, tx *store.Tx) (s Sealing, err error) {
	for after, more := "", true; more && err == nil; {
		after, more, err = a.seal(ctx, tx, after, &s)
	}
	return s, err
}
