package app

import (
	"context"
	"slices"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// TransferLicense gives a license to another profile, with its ConnectAgent and what
// that told. Its key, what it is activated on, its term and its plan stay; the days from
// this one on are the new profile's. Owners, administrators and managers of resellers
// and the vendor may, among their own profile and those below. Kinds: Invalid, NotFound,
// Conflict if it cannot be, or an allowance of the new profile is full, Stale.
func (a *App) TransferLicense(ctx context.Context, actor plaza.Actor, id, to, why string, version int) error {
	event := plaza.AuditEvent{Verb: plaza.LicenseTransfer, ObjectKind: "license", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		l, err := a.holdForTransfer(ctx, tx, actor, id, to)
		if err != nil {
			return err
		}
		e.About(l.Profile, "license", l.ID, licenseName(l))
		taker, err := tx.Profile(ctx, actor.Scope(), to)
		if err != nil {
			return err
		}
		if err := plaza.CheckReason("reason", why, plaza.MinReason); err != nil {
			return err
		}
		e.Reason = strings.TrimSpace(why)
		if err := a.transferable(ctx, tx, actor, l, taker); err != nil {
			return err
		}
		if err := a.transfer(ctx, tx, actor, l, taker, version); err != nil {
			return err
		}
		return a.recordTransfer(ctx, tx, actor, l, taker, e)
	})
}

// holdForTransfer returns the license with the given ID, on which from now on nobody acts
// but the caller: nobody activates it, its profile asks for nothing, and whether the one
// with the ID to stands still stays as it is.
func (a *App) holdForTransfer(ctx context.Context, tx *store.Tx, actor plaza.Actor, id, to string) (l plaza.License, err error) {
	if l, err = tx.License(ctx, actor.Scope(), id); err != nil {
		return l, err
	}
	from := l.Profile
	for _, profile := range []string{from, to} {
		if err := tx.ShareProfile(ctx, profile); err != nil {
			return l, err
		}
	}
	if err := tx.HoldLicense(ctx, actor.Scope(), id); err != nil {
		return l, err
	}
	if l, err = tx.License(ctx, actor.Scope(), id); err == nil && l.Profile != from { // somebody else was faster
		err = plaza.Errorf(plaza.Stale, "error.stale")
	}
	return l, err
}

// transfer gives l to taker, if it still has its version.
func (a *App) transfer(ctx context.Context, tx *store.Tx, actor plaza.Actor, l plaza.License, taker plaza.Profile, version int) error {
	sealed, err := tx.LicenseKeySealed(ctx, actor.Scope(), l.ID)
	if err != nil {
		return err
	}
	key, err := a.openKey(l, sealed)
	if err != nil {
		return err
	}
	from := l.Profile
	l.Profile, l.Updated, l.Version = taker.ID, a.now(), version
	if err := tx.TransferLicense(ctx, actor.Scope(), l, a.box.Seal([]byte(key), keyContext(l.Profile, l.ID))); err != nil {
		return err
	}
	return a.withinAllowances(ctx, tx, actor, l, from)
}

// recordTransfer writes who gave l to taker into the log of the nearest profile that both
// belong to. Each of the two has it in its own without the name of the other, and is
// told.
func (a *App) recordTransfer(ctx context.Context, tx *store.Tx, actor plaza.Actor, l plaza.License, taker plaza.Profile, e *plaza.AuditEvent) error {
	giver, err := lineage(ctx, tx, l.Profile)
	if err != nil {
		return err
	}
	other, err := lineage(ctx, tx, taker.ID)
	if err != nil {
		return err
	}
	both := giver.Common(other)
	e.About(both, "license", l.ID, licenseName(l))
	e.Changed("profile", l.ProfileName, taker.Name)
	for _, side := range []struct {
		profile, before, after string
		notice                 plaza.NoticeKind
	}{
		{l.Profile, l.ProfileName, "", plaza.NoticeLicenseGone},
		{taker.ID, "", taker.Name, plaza.NoticeLicenseCame},
	} {
		if side.profile != both {
			err := a.entail(ctx, tx, actor, plaza.AuditEvent{Verb: plaza.LicenseTransfer}, func(_ *store.Tx, e *plaza.AuditEvent) error {
				e.About(side.profile, "license", l.ID, licenseName(l))
				e.Changed("profile", side.before, side.after)
				return nil
			})
			if err != nil {
				return err
			}
		}
		owners, err := tx.LoginsWithRole(ctx, side.profile, plaza.Owner)
		if err != nil {
			return err
		}
		owners = slices.DeleteFunc(owners, func(o plaza.Login) bool { return o.ID == actor.Home().Login })
		if err := a.notify(ctx, tx, side.notice, licenseName(l), l.ID, owners...); err != nil {
			return err
		}
	}
	return nil
}

// lineage returns a profile and those above it.
func lineage(ctx context.Context, tx *store.Tx, profile string) (plaza.Lineage, error) {
	above, err := tx.Above(ctx, profile)
	return append(plaza.Lineage{profile}, above...), err
}

// transferable returns a Conflict if l cannot be given to taker.
func (a *App) transferable(ctx context.Context, tx *store.Tx, actor plaza.Actor, l plaza.License, taker plaza.Profile) error {
	switch {
	case !l.Alone():
		return plaza.Errorf(plaza.Conflict, "license.transfer_base")
	case !l.Ended.IsZero():
		return plaza.Errorf(plaza.Conflict, "license.ended_already")
	case taker.ID == l.Profile:
		return plaza.Errorf(plaza.Conflict, "license.transfer_there", "Name", taker.Name)
	case taker.Halted:
		return plaza.Errorf(plaza.Conflict, "profile.halted", "Name", taker.Name)
	}
	waits, err := a.askedFor(ctx, tx, actor, l.ID)
	if err != nil {
		return err
	}
	if waits {
		return plaza.Errorf(plaza.Conflict, "license.asked_for")
	}
	offered, err := tx.Plans(ctx, taker.ID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(offered, func(p plaza.Plan) bool { return p.ID == l.Plan }) {
		return plaza.Errorf(plaza.Conflict, "license.transfer_plan", "Plan", l.PlanName, "Name", taker.Name)
	}
	return nil
}

// askedFor reports whether a request about something waits.
func (a *App) askedFor(ctx context.Context, tx *store.Tx, actor plaza.Actor, subject string) (bool, error) {
	f := plaza.RequestFilter{Subject: subject, States: []plaza.RequestState{plaza.RequestOpen}}
	waiting, err := tx.Requests(ctx, actor.Scope(), f, plaza.Page{Size: 1}, a.now())
	return waiting.Total > 0, err
}

// TransferOf returns what it would do to give a license to the profile with the ID to; or
// only the license, if that is empty. The same people may. Kinds: NotFound.
func (a *App) TransferOf(ctx context.Context, actor plaza.Actor, id, to string) (t plaza.Transfer, err error) {
	err = a.see(ctx, actor, plaza.LicenseTransfer, id, func(tx *store.Tx) error {
		if t.License, err = tx.License(ctx, actor.Scope(), id); err != nil || to == "" {
			return err
		}
		if t.To, err = tx.Profile(ctx, actor.Scope(), to); err != nil {
			return err
		}
		return a.previewTransfer(ctx, tx, actor, &t)
	})
	return t, err
}

func (a *App) previewTransfer(ctx context.Context, tx *store.Tx, actor plaza.Actor, t *plaza.Transfer) error {
	l := t.License
	alarm, err := tx.Alarm(ctx, actor.Scope(), l.Agent)
	if err != nil {
		return err
	}
	t.Alarm = alarm.After > 0
	t.Revives = l.Halted && l.Suspended.IsZero()
	if err := a.transferable(ctx, tx, actor, l, t.To); err != nil {
		if plaza.KindOf(err) == plaza.Conflict {
			t.Clash, err = plaza.AsError(err).Msg, nil
		}
		return err
	}
	giver, err := lineage(ctx, tx, l.Profile)
	if err != nil {
		return err
	}
	taker, err := lineage(ctx, tx, t.To.ID)
	if err != nil {
		return err
	}
	t.Keeps = slices.Contains(taker, l.Profile)
	all, err := tx.AllowancesOf(ctx, without(taker, giver))
	if err != nil {
		return err
	}
	for _, w := range all {
		then := w.With([]plaza.MovedLicenses{{Kind: l.Kind, Plan: l.Plan, Count: 1}})
		if then.Used == w.Used || then.State() == plaza.AllowanceFree {
			continue
		}
		t.Near = append(t.Near, then)
		if then.Exceeded() && t.Clash.IsZero() {
			err := a.full(ctx, tx, actor, then, 1)
			if plaza.KindOf(err) != plaza.Conflict {
				return err
			}
			t.Clash = plaza.AsError(err).Msg
		}
	}
	return nil
}
