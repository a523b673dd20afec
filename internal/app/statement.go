package app

import (
	"context"
	"slices"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Statements returns a profile, the terms on which it is billed now, and the periods of
// which it has a statement: the one that runs first, back to the one in which it was
// made, or came to be below the actor's own. Owners, administrators, managers and
// auditors may, of their own profile and those below. Kinds: NotFound.
func (a *App) Statements(ctx context.Context, actor plaza.Actor, profile string) (p plaza.Profile, t plaza.BillingTerms, periods []plaza.Period, err error) {
	err = a.see(ctx, actor, plaza.StatementRead, profile, func(tx *store.Tx) error {
		if p, err = tx.Profile(ctx, actor.Scope(), profile); err != nil {
			return err
		}
		all, err := a.billing(ctx, tx, actor.Scope(), p)
		if err != nil {
			return err
		}
		t = all[len(all)-1]
		first, running, err := a.span(p, t)
		if err != nil {
			return err
		}
		stays, seen, err := tx.Stays(ctx, actor.Scope(), p.ID)
		for m := running; err == nil && !m.Before(first); m = m.Add(-1) {
			var of []plaza.Period
			of, err = plaza.Periods(m, stays, all, seen)
			slices.Reverse(of)
			periods = append(periods, of...)
		}
		return err
	})
	return p, t, periods, err
}

// Statement returns what a profile, with all that was below it, used in a month, and
// what that costs; in the month that runs, so far. Of a month in which the profile went
// to somebody else it is the period with that number, or the last one if that is 0. The same
// people may. Kinds: NotFound, also for a month before the profile was made, or came to
// be below the actor's own, or one that has not begun.
func (a *App) Statement(ctx context.Context, actor plaza.Actor, profile string, m plaza.Month, number int) (s *plaza.Statement, err error) {
	err = a.see(ctx, actor, plaza.StatementRead, profile, func(tx *store.Tx) error {
		s, err = a.statement(ctx, tx, actor.Scope(), profile, m, number, false)
		return err
	})
	return s, err
}

// ExportStatement is Statement for who takes it along in a form, which is recorded. The
// same people may. Kinds: NotFound.
func (a *App) ExportStatement(ctx context.Context, actor plaza.Actor, profile string, m plaza.Month, number int, form plaza.StatementFormat) (s *plaza.Statement, err error) {
	err = a.see(ctx, actor, plaza.StatementExport, profile, func(tx *store.Tx) error { // which keeps nobody from writing
		detailed := form != plaza.StatementPDF // which names no license
		if s, err = a.statement(ctx, tx, actor.Scope(), profile, m, number, detailed); err != nil {
			return err
		}
		return nameLicenses(ctx, tx, actor.Scope(), s)
	})
	if err != nil {
		return nil, err
	}
	event := plaza.AuditEvent{Verb: plaza.StatementExport}
	return s, a.do(ctx, actor, event, func(_ *store.Tx, e *plaza.AuditEvent) error {
		e.About(profile, "profile", profile, s.ProfileName)
		e.Changed("month", "", m.String())
		e.Changed("format", "", string(form))
		return nil
	})
}

// statement computes a statement of a profile in scope.
func (a *App) statement(ctx context.Context, tx *store.Tx, scope plaza.Scope, profile string, m plaza.Month, number int, detailed bool) (*plaza.Statement, error) {
	p, err := tx.Profile(ctx, scope, profile)
	if err != nil {
		return nil, err
	}
	all, err := a.billing(ctx, tx, scope, p)
	if err != nil {
		return nil, err
	}
	stays, seen, err := tx.Stays(ctx, scope, p.ID)
	if err != nil {
		return nil, err
	}
	periods, err := plaza.Periods(m, stays, all, seen)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(periods, func(p plaza.Period) bool { return p.Number == number })
	if number == 0 {
		i = len(periods) - 1
	}
	if i < 0 {
		return nil, plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	_, running, err := a.span(p, periods[i].Terms)
	if err == nil && running.Before(m) {
		err = plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, err
	}
	u, err := usage(ctx, tx, scope, m, periods[i].Terms)
	if err != nil {
		return nil, err
	}
	u.Detailed = detailed
	return u.Statement(p, periods[i], a.now())
}

// nameLicenses adds to a statement what the licenses in scope that it is about are called.
func nameLicenses(ctx context.Context, tx *store.Tx, scope plaza.Scope, s *plaza.Statement) error {
	ids := make([]string, len(s.Detail))
	for i, d := range s.Detail {
		ids[i] = d.License
	}
	all, err := tx.LicensesByID(ctx, scope, slices.Compact(ids)) // which are in order
	if err != nil {
		return err
	}
	known := map[string]plaza.License{}
	for _, l := range all {
		known[l.ID] = l
	}
	for i := range s.Detail {
		d := &s.Detail[i]
		l := known[d.License]
		if d.LicenseName = licenseName(l); d.Holder == l.Profile { // what another one's is called since is not of this
			d.BillingID = l.BillingID
		}
	}
	return nil
}

// span returns in which month p was made, and which one runs now, as it is billed.
func (a *App) span(p plaza.Profile, t plaza.BillingTerms) (first, running plaza.Month, err error) {
	zone, err := t.Zone()
	if err != nil {
		return first, running, err
	}
	return plaza.MonthOf(p.Created.In(zone)), plaza.MonthOf(a.now().In(zone)), nil
}

// usage returns what the statement of the profile that t is of is computed of.
func usage(ctx context.Context, tx *store.Tx, scope plaza.Scope, m plaza.Month, t plaza.BillingTerms) (u plaza.Usage, err error) {
	zone, err := t.Zone()
	if err != nil {
		return u, err
	}
	from, till := m.Begins(zone), m.Ends(zone)
	if u.Facts, err = tx.Facts(ctx, scope, t.Profile, from, till); err != nil {
		return u, err
	}
	if u.Places, err = tx.Places(ctx, scope, t.Profile, from, till); err != nil {
		return u, err
	}
	if u.Running, err = tx.Running(ctx, scope, t.Profile, from, till); err != nil {
		return u, err
	}
	if u.Prices, err = tx.PlanPrices(ctx, t.Currency, u.Facts); err != nil {
		return u, err
	}
	u.Adjustments, err = tx.Adjustments(ctx, scope, t.Profile, m)
	return u, err
}
