package app

import (
	"context"
	"slices"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// billing returns on which terms p was billed, in the order in which they were set: the
// installation's first.
func (a *App) billing(ctx context.Context, tx *store.Tx, scope plaza.Scope, p plaza.Profile) ([]plaza.BillingTerms, error) {
	set, err := tx.BillingTerms(ctx, scope, p.ID)
	return append([]plaza.BillingTerms{plaza.DefaultBilling(p.ID, a.zone)}, set...), err
}

// billed returns a profile strictly below the actor's own, and on which terms it is
// billed. Nobody else sets them, or books something, before this transaction ends.
func (a *App) billed(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string) (p plaza.Profile, t plaza.BillingTerms, err error) {
	if p, err = below(ctx, tx, actor, id); err != nil {
		return p, t, err
	}
	if err := tx.HoldProfile(ctx, p.ID); err != nil {
		return p, t, err
	}
	all, err := a.billing(ctx, tx, actor.Scope(), p)
	return p, all[len(all)-1], err
}

// BillingTerms returns a profile strictly below the actor's own, and on which terms it is
// billed now. Owners and administrators of resellers and the vendor may. Kinds:
// NotFound.
func (a *App) BillingTerms(ctx context.Context, actor plaza.Actor, profile string) (p plaza.Profile, t plaza.BillingTerms, err error) {
	err = a.see(ctx, actor, plaza.BillingEdits, profile, func(tx *store.Tx) error {
		if p, err = below(ctx, tx, actor, profile); err != nil {
			return err
		}
		all, err := a.billing(ctx, tx, actor.Scope(), p)
		t = all[len(all)-1]
		return err
	})
	return p, t, err
}

// EditBilling sets on which terms a profile strictly below the actor's own is billed,
// from the month that runs on. The same people may. Kinds: Invalid, NotFound, Conflict
// for another currency in a month on which something was booked, Stale.
func (a *App) EditBilling(ctx context.Context, actor plaza.Actor, profile string, in plaza.BillingEdit) error {
	event := plaza.AuditEvent{Verb: plaza.BillingEdits, ObjectKind: "profile", Object: profile}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		p, held, err := a.billed(ctx, tx, actor, profile)
		if err != nil {
			return err
		}
		in = in.Clean()
		if err := in.Validate(); err != nil {
			return err
		}
		if in.Number != held.Number {
			return plaza.Errorf(plaza.Stale, "error.stale")
		}
		next := plaza.BillingTerms{
			Profile: p.ID, Number: held.Number + 1, Since: a.now(), Currency: in.Currency, Discount: in.Discount,
			TimeZone: in.TimeZone, BillingID: in.BillingID, By: actor.Profile,
		}
		if held.Since.After(next.Since) {
			next.Since = held.Since // whatever the clock does
		}
		if err := a.bookedIn(ctx, tx, actor, p, held, next); err != nil {
			return err
		}
		e.About(actor.Profile, "profile", p.ID, p.Name) // what is agreed on is of those who bill it
		e.Changed("currency", string(held.Currency), string(next.Currency))
		e.Changed("discount", percent(held.Discount), percent(next.Discount))
		e.Changed("time_zone", held.TimeZone, next.TimeZone)
		e.Changed("billing_id", held.BillingID, next.BillingID)
		return tx.InsertBillingTerms(ctx, next)
	})
}

// BillLicense says what another system calls a license. Owners, administrators and
// managers of resellers and the vendor may, of their own profile's and those below.
// Kinds: Invalid, NotFound, Stale.
func (a *App) BillLicense(ctx context.Context, actor plaza.Actor, id string, in plaza.LicenseBilling) error {
	event := plaza.AuditEvent{Verb: plaza.LicenseBill, ObjectKind: "license", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		l, err := tx.License(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		e.About(actor.Profile, "license", l.ID, licenseName(l))
		in = in.Clean()
		if err := in.Validate(); err != nil {
			return err
		}
		e.Changed("billing_id", l.BillingID, in.BillingID)
		l.BillingID, l.Version = in.BillingID, in.Version
		return tx.SetLicenseBilling(ctx, actor.Scope(), l, actor.Profile)
	})
}

// percent returns hundredths of a percent as they stand in the log.
func percent(hundredths int) string { return plaza.Money{Minor: int64(hundredths)}.Decimal() + " %" }

// bookedIn returns a Conflict if next has another currency than held, and something is
// booked on the month that runs in either.
func (a *App) bookedIn(ctx context.Context, tx *store.Tx, actor plaza.Actor, p plaza.Profile, held, next plaza.BillingTerms) error {
	if held.Currency == next.Currency {
		return nil
	}
	for _, t := range []plaza.BillingTerms{held, next} {
		_, running, err := a.span(p, t)
		if err != nil {
			return err
		}
		booked, err := tx.Adjustments(ctx, actor.Scope(), p.ID, running)
		if err != nil {
			return err
		}
		stays, _, err := tx.Stays(ctx, actor.Scope(), p.ID)
		if err != nil {
			return err
		}
		begins := stays[len(stays)-1].Since // what was booked before was on another statement
		if slices.ContainsFunc(booked, func(j plaza.Adjustment) bool { return !j.Created.Before(begins) }) {
			text := plaza.T("billing.booked_in", "Currency", string(held.Currency))
			return &plaza.Error{Kind: plaza.Conflict, Msg: text, Fields: map[string]plaza.Text{"currency": text}}
		}
	}
	return nil
}

// Adjust books an amount on the statement of the month that runs, of a profile strictly
// below the actor's own. The same people may. Kinds: Invalid, NotFound, Stale if it is
// billed in another currency than is meant.
func (a *App) Adjust(ctx context.Context, actor plaza.Actor, profile string, in plaza.NewAdjustment) (j plaza.Adjustment, err error) {
	event := plaza.AuditEvent{Verb: plaza.StatementAdjust, ObjectKind: "profile", Object: profile}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		p, terms, err := a.billed(ctx, tx, actor, profile)
		if err != nil {
			return err
		}
		in = in.Clean()
		if err := in.Validate(); err != nil {
			return err
		}
		if in.Currency != "" && in.Currency != terms.Currency { // since the form was drawn
			return plaza.Errorf(plaza.Stale, "error.stale")
		}
		_, running, err := a.span(p, terms)
		if err != nil {
			return err
		}
		j = plaza.Adjustment{
			ID: newID(), Profile: p.ID, Month: running, Amount: plaza.Money{Currency: terms.Currency, Minor: in.Minor},
			Reason: in.Reason, Login: actor.Home().Login, Created: a.now(),
		}
		e.About(actor.Profile, "profile", p.ID, p.Name) // what is agreed on is of those who bill it
		e.Changed("amount", "", j.Amount.Decimal()+" "+string(j.Amount.Currency))
		e.Changed("month", "", running.String())
		e.Reason = j.Reason
		return tx.InsertAdjustment(ctx, j)
	})
	return j, err
}
