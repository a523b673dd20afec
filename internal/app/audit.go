package app

import (
	"context"
	"strconv"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// AuditEvents returns the log of the actor's own profile and those below, newest
// first. Owners, administrators and auditors may. That they looked, and at what, is
// recorded. Kinds: Invalid.
func (a *App) AuditEvents(ctx context.Context, actor plaza.Actor, f plaza.AuditFilter, p plaza.Page) (list plaza.List[plaza.AuditLine], err error) {
	err = a.do(ctx, actor, looking(plaza.AuditRead, actor, f), func(tx *store.Tx, _ *plaza.AuditEvent) error {
		list, err = tx.AuditEvents(ctx, actor.Scope(), f, p)
		return err
	})
	return list, err
}

// ExportAudit calls each for every event that AuditEvents would list, newest
// first. Owners, administrators and auditors may. That they took it along, what,
// and how many events, is recorded before the first. Kinds: Invalid.
func (a *App) ExportAudit(ctx context.Context, actor plaza.Actor, f plaza.AuditFilter, form plaza.AuditFormat, each func(plaza.AuditLine) error) error {
	page := plaza.Page{Size: plaza.MaxPageSize}
	var list plaza.List[plaza.AuditLine]
	read := func(tx *store.Tx) (err error) {
		list, err = tx.AuditEvents(ctx, actor.Scope(), f, page)
		return err
	}
	event := looking(plaza.AuditExport, actor, f)
	err := a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if err := read(tx); err != nil {
			return err
		}
		e.Changed("format", "", string(form))
		e.Changed("events", "", strconv.Itoa(list.Total))
		return nil
	})
	for err == nil {
		for _, line := range list.Rows {
			if err := each(line); err != nil {
				return err
			}
		}
		if page.After, page.Total = list.Next, list.Total; page.After == "" {
			return nil
		}
		err = a.refused(ctx, actor, event, a.goOn(ctx, actor, read))
	}
	return err
}

// goOn goes on with read for actor, unless what it rests on was taken away since it
// began. Kinds: Unauthenticated, Forbidden.
func (a *App) goOn(ctx context.Context, actor plaza.Actor, read func(*store.Tx) error) error {
	err := a.db.Tx(ctx, func(tx *store.Tx) error { return a.stands(ctx, tx, actor) })
	if err != nil {
		return err
	}
	return a.db.Read(ctx, read)
}

// auditObject is the ID of what is looked at. It is no profile's, so that it
// stands in no history.
const auditObject = "audit"

// looking returns the event that says that actor looks at what f chooses.
func looking(v plaza.Verb, actor plaza.Actor, f plaza.AuditFilter) plaza.AuditEvent {
	e := plaza.AuditEvent{Verb: v, Profile: actor.Profile, ObjectKind: "log", Object: auditObject}
	e.Changed("filter", "", f.String())
	return e
}

// AuditSealing returns how far the log of the actor's own profile and those below
// is sealed. Owners, administrators and auditors may. How many events there are in
// all is told to the vendor alone. Without a checkpoint that is one, nothing is
// sealed: what is the matter with it, [App.VerifyAudit] tells.
func (a *App) AuditSealing(ctx context.Context, actor plaza.Actor) (s plaza.AuditSealing, err error) {
	public, err := a.key.Public()
	if err != nil {
		return s, err
	}
	err = a.see(ctx, actor, plaza.AuditRead, "", func(tx *store.Tx) error {
		c, problem, err := newestCheckpoint(ctx, tx, public)
		if err != nil || problem != "" || c.Size == 0 {
			return err
		}
		if s.Till, err = tx.UnsealedSince(ctx, actor.Scope()); err != nil {
			return err
		}
		if s.Till.IsZero() {
			s.Till = a.now()
		}
		if actor.Kind == plaza.Vendor {
			s.Events, s.Root = int(c.Size), c.Root.String()
		}
		return nil
	})
	return s, err
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
