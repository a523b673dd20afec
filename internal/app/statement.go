package app

import (
	"context"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Statements returns a profile, the terms on which it is billed now, and the months of
// which it has a statement: the one that runs first, back to the one in which it was
// made. Owners, administrators, managers and auditors may, of their own profile and those
// below. Kinds: NotFound.
func (a *App) Statements(ctx context.Context, actor plaza.Actor, profile string) (p plaza.Profile, t plaza.BillingTerms, months []plaza.Month, err error) {
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
		for m := running; err == nil && !m.Before(first); m = m.Add(-1) {
			months = append(months, m)
		}
		return err
	})
	return p, t, months, err
}

// Statement returns what a profile, with all that was below it, used in a month, and
// what that costs; in the month that runs, so far. The same people may. Kinds: NotFound,
// also for a month before the profile was made, or one that has not begun.
func (a *App) Statement(ctx context.Context, actor plaza.Actor, profile string, m plaza.Month) (s *plaza.Statement, err error) {
	err = a.see(ctx, actor, plaza.StatementRead, profile, func(tx *store.Tx) error {
		s, err = a.statement(ctx, tx, actor.Scope(), profile, m)
		return err
	})
	return s, err
}

// ExportStatement is Statement for who takes it along in a form, which is recorded. The
// same people may. Kinds: NotFound.
func (a *App) ExportStatement(ctx context.Context, actor plaza.Actor, profile string, m plaza.Month, form plaza.StatementFormat) (s *plaza.Statement, err error) {
	err = a.see(ctx, actor, plaza.StatementExport, profile, func(tx *store.Tx) error { // which keeps nobody from writing
		s, err = a.statement(ctx, tx, actor.Scope(), profile, m)
		return err
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
func (a *App) statement(ctx context.Context, tx *store.Tx, scope plaza.Scope, profile string, m plaza.Month) (*plaza.Statement, error) {
	p, err := tx.Profile(ctx, scope, profile)
	if err != nil {
		return nil, err
	}
	all, err := a.billing(ctx, tx, scope, p)
	if err != nil {
		return nil, err
	}
	terms, err := plaza.TermsOf(m, all)
	if err != nil {
		return nil, err
	}
	first, running, err := a.span(p, terms)
	if err == nil && (m.Before(first) || running.Before(m)) {
		err = plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, err
	}
	u, err := usage(ctx, tx, scope, m, terms)
	if err != nil {
		return nil, err
	}
	return u.Statement(p, m, terms, a.now())
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
	if u.Prices, err = tx.PlanPrices(ctx, t.Currency); err != nil {
		return u, err
	}
	u.Adjustments, err = tx.Adjustments(ctx, scope, t.Profile, m)
	return u, err
}
