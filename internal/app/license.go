package app

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// zeroTime is when nothing happened.
var zeroTime time.Time //nolint:gochecknoglobals // a constant

func number(n int) string { return strconv.Itoa(n) }

// date returns t as it stands in the audit log; nothing if it is zero.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// License returns one license. Everybody with the dashboard may, of their own
// profile's and those below. Kinds: NotFound.
func (a *App) License(ctx context.Context, actor plaza.Actor, id string) (l plaza.License, err error) {
	err = a.see(ctx, actor, plaza.LicenseRead, id, func(tx *store.Tx) error {
		l, err = tx.License(ctx, actor.Scope(), id)
		return err
	})
	return l, err
}

// LicenseDeal returns one license, with what it has of its plan and what it costs. The same
// people may. Kinds: NotFound.
func (a *App) LicenseDeal(ctx context.Context, actor plaza.Actor, id string) (d plaza.Deal, err error) {
	err = a.see(ctx, actor, plaza.LicenseRead, id, func(tx *store.Tx) error {
		d, err = deal(ctx, tx, actor, id)
		return err
	})
	return d, err
}

// Licenses returns the licenses of the actor's own profile and those below.
// Everybody with the dashboard may. Kinds: Invalid.
func (a *App) Licenses(ctx context.Context, actor plaza.Actor, f plaza.LicenseFilter, p plaza.Page) (list plaza.List[plaza.License], err error) {
	err = a.see(ctx, actor, plaza.LicenseRead, "", func(tx *store.Tx) error {
		list, err = tx.Licenses(ctx, actor.Scope(), f, p, a.now())
		return err
	})
	return list, err
}

// IssueLicense issues a development license to a profile. Owners, administrators
// and managers of resellers and the vendor may, to their own and below. Kinds:
// Invalid, NotFound, Conflict.
func (a *App) IssueLicense(ctx context.Context, actor plaza.Actor, in plaza.NewLicense) (l plaza.License, err error) {
	event := plaza.AuditEvent{Verb: plaza.LicenseIssue}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		l, err = a.issueDevelopment(ctx, tx, actor, in, e)
		return err
	})
	return l, err
}

func (a *App) issueDevelopment(ctx context.Context, tx *store.Tx, actor plaza.Actor, in plaza.NewLicense, e *plaza.AuditEvent) (plaza.License, error) {
	in = in.Clean()
	if err := in.Validate(a.now()); err != nil {
		return plaza.License{}, err
	}
	holder, err := a.holder(ctx, tx, actor, in.Profile)
	if err != nil {
		return plaza.License{}, err
	}
	return a.issue(ctx, tx, actor, holder, plaza.Development, in, e)
}

// holder returns the profile with the given ID, if it can be given something.
func (a *App) holder(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string) (plaza.Profile, error) {
	p, err := tx.Profile(ctx, actor.Scope(), id)
	if err == nil {
		err = runs(p)
	}
	return p, err
}

// runs returns a Conflict if p stands still: it can be given nothing.
func runs(p plaza.Profile) error {
	if p.Halted {
		return plaza.Errorf(plaza.Conflict, "profile.halted", "Name", p.Name)
	}
	return nil
}

// issue makes a license of a kind under a plan for that kind, with a new key.
func (a *App) issue(ctx context.Context, tx *store.Tx, actor plaza.Actor, holder plaza.Profile, kind plaza.LicenseKind, in plaza.NewLicense, e *plaza.AuditEvent) (plaza.License, error) {
	plan, err := planFor(ctx, tx, holder.ID, in.Plan, kind)
	if err != nil {
		return plaza.License{}, err
	}
	l := a.draftLicense(holder, kind, plan, in, e)
	key, err := a.newKey(ctx, tx, &l, plan)
	if err != nil {
		return l, err
	}
	if err := tx.InsertLicense(ctx, l, key); err != nil {
		return l, err
	}
	return l, a.withinAllowances(ctx, tx, actor, l)
}

// draftLicense returns the license that in asks for, under a plan that the holder can have.
func (a *App) draftLicense(holder plaza.Profile, kind plaza.LicenseKind, plan plaza.Plan, in plaza.NewLicense, e *plaza.AuditEvent) plaza.License {
	now := a.now()
	l := plaza.License{
		ID: newID(), Profile: holder.ID, ProfileName: holder.Name, Kind: kind, Name: in.Name,
		Plan: plan.ID, PlanName: plan.Name, GraceDays: plan.GraceDays, Machines: plan.Machines, Trial: plan.Trial,
		Promise: plan.Promise(), Awaits: plan.StartsActivated && in.Starts.IsZero(),
		Starts: in.Starts, Created: now, Updated: now, WarningDays: holder.WarningDays, Version: 1,
	}
	if l.Starts.IsZero() {
		l.Starts = now
	}
	if plan.TermMonths > 0 && !l.Awaits {
		l.Ends = exact(plaza.AddMonths(l.Starts, plan.TermMonths)) // counted where the start was chosen
	}
	l.Starts = exact(l.Starts)
	e.About(holder.ID, "license", l.ID, l.Name)
	e.Changed("kind", "", string(kind))
	e.Changed("plan", "", plan.Name)
	e.Changed("starts", "", date(l.Starts))
	e.Changed("ends", "", date(l.Ends))
	return l
}

// planFor returns the plan with the given ID, or an Invalid error at the field plan
// unless it is one for licenses of the kind that is offered to the holder.
func planFor(ctx context.Context, tx *store.Tx, holder, id string, kind plaza.LicenseKind) (plaza.Plan, error) {
	plan, err := tx.PlanFor(ctx, holder, id)
	if plaza.KindOf(err) == plaza.NotFound || err == nil && !issuable(plan, kind) {
		err = invalid("plan", "problem.plan")
	}
	return plan, err
}

// issuable reports whether licenses of a kind are issued under plan to whom it is offered.
func issuable(plan plaza.Plan, kind plaza.LicenseKind) bool {
	return plan.Kind == kind && plan.Withdrawn.IsZero()
}

// exact returns t as the database keeps it.
func exact(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// exactOrNever is exact for a time that may be zero.
func exactOrNever(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return exact(t)
}

// keyContext names the place that a license's sealed key belongs to, so that it
// opens nowhere else.
func keyContext(profile, license string) string { return "license key of " + profile + " " + license }

// RevealLicenseKey returns the key of a license, which is recorded. Owners,
// administrators and managers may, of their own profile's and those below.
// Kinds: NotFound.
func (a *App) RevealLicenseKey(ctx context.Context, actor plaza.Actor, id string) (key string, err error) {
	event := plaza.AuditEvent{Verb: plaza.LicenseReveal, ObjectKind: "license", Object: id}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		l, err := tx.License(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		e.About(l.Profile, "license", l.ID, licenseName(l))
		sealed, err := tx.LicenseKeySealed(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		key, err = a.openKey(l, sealed)
		return err
	})
	return key, err
}

// licenseName returns what l is called in the log.
func licenseName(l plaza.License) string {
	if l.Name == "" {
		return l.AgentName
	}
	return l.Name
}

// SuspendLicense makes a license invalid until it is resumed. Owners,
// administrators and managers of resellers and the vendor may, of their own
// profile's and those below. Kinds: Invalid, NotFound, Conflict, Stale.
func (a *App) SuspendLicense(ctx context.Context, actor plaza.Actor, id, reason string, version int) error {
	reason = strings.TrimSpace(reason)
	return a.setLicense(ctx, actor, plaza.LicenseSuspend, id, reason, version, func(l plaza.License) (plaza.License, error) {
		if err := plaza.CheckReason("reason", reason, plaza.MinReason); err != nil {
			return l, err
		}
		return l.Suspend(a.now(), reason)
	})
}

// ResumeLicense undoes SuspendLicense; nothing has to be activated anew. The
// same people may. Kinds: NotFound, Conflict, Stale.
func (a *App) ResumeLicense(ctx context.Context, actor plaza.Actor, id string, version int) error {
	return a.setLicense(ctx, actor, plaza.LicenseResume, id, "", version, plaza.License.Resume)
}

// EndLicense ends a license for good, and what it was activated on. The same people may. Kinds: Invalid,
// NotFound, Conflict, Stale.
func (a *App) EndLicense(ctx context.Context, actor plaza.Actor, id, reason string, version int) error {
	reason = strings.TrimSpace(reason)
	return a.setLicense(ctx, actor, plaza.LicenseEnd, id, reason, version, func(l plaza.License) (plaza.License, error) {
		if err := plaza.CheckReason("reason", reason, plaza.MinReason); err != nil {
			return l, err
		}
		return l.End(a.now())
	})
}

// setLicense does v to the license with the given ID: change says what becomes
// of it.
func (a *App) setLicense(ctx context.Context, actor plaza.Actor, v plaza.Verb, id, reason string, version int, change func(plaza.License) (plaza.License, error)) error {
	event := plaza.AuditEvent{Verb: v, ObjectKind: "license", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		l, err := tx.License(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		e.About(l.Profile, "license", l.ID, licenseName(l))
		e.Reason = reason
		l.Version = version
		next, err := change(l)
		if err != nil {
			return err
		}
		return a.writeHalt(ctx, tx, actor, l, next, e)
	})
}

// writeHalt writes that l is suspended, or is no more, or has ended, as next says, if it
// still has its version.
func (a *App) writeHalt(ctx context.Context, tx *store.Tx, actor plaza.Actor, l, next plaza.License, e *plaza.AuditEvent) error {
	now := a.now()
	e.Changed("state", string(l.State(now)), string(next.State(now)))
	next.Updated = now
	if err := tx.SetLicenseHalt(ctx, actor.Scope(), next); err != nil || next.Ended.IsZero() {
		return err
	}
	if err := endActivations(ctx, tx, actor, next); err != nil {
		return err
	}
	return a.withinAllowances(ctx, tx, actor, next)
}

// endActivations ends what l, which ended, was activated on: nothing of it is in the
// way of another license.
func endActivations(ctx context.Context, tx *store.Tx, actor plaza.Actor, l plaza.License) error {
	all, err := tx.Activations(ctx, actor.Scope(), l.ID, false)
	if err != nil {
		return err
	}
	for _, m := range slices.Backward(all) { // in the order in which heartbeats are written
		m.Ended, m.EndedWhy, m.EndedBy = l.Ended, plaza.EndLicense, actor.Home().Login
		if err := tx.EndActivation(ctx, actor.Scope(), m); err != nil {
			return err
		}
	}
	return nil
}
