package app

import (
	"context"
	"slices"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Statements returns a profile as far as the actor knows it, and the periods of which it
// has a statement for them: back to the one in which it was made, or came to be below
// their own, and no further than to where it left. Owners, administrators, managers and
// auditors may, of their own profile, those below, and those that were. Kinds: NotFound.
func (a *App) Statements(ctx context.Context, actor plaza.Actor, profile string) (b plaza.Billed, err error) {
	err = a.see(ctx, actor, plaza.StatementRead, profile, func(tx *store.Tx) error {
		k, err := a.sight(ctx, tx, actor.Scope(), profile)
		if err != nil {
			return err
		}
		b = plaza.Billed{Profile: k.profile.ID, Name: k.profile.Name, Left: k.left(), Terms: k.Terms[len(k.Terms)-1]}
		first, running, err := a.span(k.profile, b.Terms)
		for m := running; err == nil && !m.Before(first.Add(-1)); m = m.Add(-1) { // it may have been billed elsewhere
			var of []plaza.Period
			of, err = k.Periods(m, k.seen)
			slices.Reverse(of)
			b.Periods = append(b.Periods, of...)
		}
		for i := 0; i < len(b.Periods) && err == nil; i++ {
			b.Periods[i].SoFar, err = b.Periods[i].Running(a.now())
		}
		return err
	})
	return b, err
}

// StatementPeriod returns the period of a profile's statements in which a moment is, or the
// last one if that is zero. The same people may. Kinds: NotFound.
func (a *App) StatementPeriod(ctx context.Context, actor plaza.Actor, profile string, at time.Time) (p plaza.Period, err error) {
	err = a.see(ctx, actor, plaza.StatementRead, profile, func(tx *store.Tx) error {
		k, err := a.sight(ctx, tx, actor.Scope(), profile)
		if err != nil {
			return err
		}
		if left := k.left(); at.IsZero() && left.IsZero() {
			at = a.now()
		} else if at.IsZero() {
			at = left.Add(-time.Microsecond)
		}
		var ok bool
		if p, ok, err = k.At(at, k.seen); err == nil && !ok {
			err = plaza.Errorf(plaza.NotFound, "error.not_found")
		}
		return err
	})
	return p, err
}

// Formers returns the profiles that were once below the actor's own and are no more: each
// that was moved, and not what is below it. The same people may.
func (a *App) Formers(ctx context.Context, actor plaza.Actor) (all []plaza.Former, err error) {
	err = a.see(ctx, actor, plaza.StatementRead, "", func(tx *store.Tx) error {
		all, err = tx.Formers(ctx, actor.Scope(), actor.Scope().Root())
		return err
	})
	return slices.DeleteFunc(all, func(f plaza.Former) bool { return !f.Itself }), err
}

// sight is what somebody knows of a profile for its statements who sees it, or saw it.
type sight struct {
	plaza.Past

	profile plaza.Profile // under the name that they know
	scope   plaza.Scope   // that holds it
	seen    []plaza.Stay
}

// left returns when they lost sight of it; zero: they have not.
func (k sight) left() time.Time { return k.seen[len(k.seen)-1].Until }

// sight returns what somebody with a scope knows of the profile with the given ID: of one
// that has left nothing of later. Kinds: NotFound, if it never was in scope.
func (a *App) sight(ctx context.Context, tx *store.Tx, scope plaza.Scope, profile string) (k sight, err error) {
	name, seen, err := tx.Sight(ctx, scope, profile)
	if err != nil {
		return k, err
	}
	k = sight{scope: scope, seen: seen}
	left := k.left()
	if !left.IsZero() {
		k.scope = plaza.Everyone("what it was is looked at, and no more, by who had it then")
	}
	if k.profile, err = tx.Profile(ctx, k.scope, profile); err != nil {
		return k, err
	}
	k.profile.Name = name
	if k.Terms, err = a.billing(ctx, tx, k.scope, k.profile); err != nil {
		return k, err
	}
	if k.Stays, k.Moves, err = tx.Stays(ctx, k.scope, profile); err != nil || left.IsZero() {
		return k, err
	}
	k.Terms = slices.DeleteFunc(k.Terms, func(t plaza.BillingTerms) bool { return !t.Since.Before(left) })
	k.Moves = slices.DeleteFunc(k.Moves, func(t time.Time) bool { return t.After(left) })
	return k, nil
}

// Statement returns what a profile, with all that was below it, used in a month, and
// what that costs; in the month that runs, so far. Of a month in which the profile went
// to somebody else it is the period with that number, or the last one if that is 0. The same
// people may. Kinds: NotFound, also for a month before the profile was made, or came to
// be below the actor's own, or after it left, or one that has not begun.
func (a *App) Statement(ctx context.Context, actor plaza.Actor, profile string, m plaza.Month, number int) (s *plaza.Statement, err error) {
	err = a.see(ctx, actor, plaza.StatementRead, profile, func(tx *store.Tx) error {
		s, err = a.statement(ctx, tx, actor.Scope(), profile, m, number, false)
		return err
	})
	return s, err
}

// ExportStatement is Statement for who takes it along in a form, which is recorded: with
// the profile, or with the actor's own if it has left. The same people may. Kinds:
// NotFound.
func (a *App) ExportStatement(ctx context.Context, actor plaza.Actor, profile string, m plaza.Month, number int, form plaza.StatementFormat) (s *plaza.Statement, err error) {
	home := profile
	err = a.see(ctx, actor, plaza.StatementExport, profile, func(tx *store.Tx) error { // which keeps nobody from writing
		detailed := form != plaza.StatementPDF // which names no license
		if s, err = a.statement(ctx, tx, actor.Scope(), profile, m, number, detailed); err != nil {
			return err
		}
		if err := nameLicenses(ctx, tx, actor.Scope(), s); err != nil {
			return err
		}
		_, near, err := sighted(ctx, tx, actor, profile)
		if !near {
			home = actor.Profile
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	event := plaza.AuditEvent{Verb: plaza.StatementExport}
	return s, a.do(ctx, actor, event, func(_ *store.Tx, e *plaza.AuditEvent) error {
		e.About(home, "profile", profile, s.ProfileName)
		e.Changed("month", "", m.String())
		e.Changed("format", "", string(form))
		return nil
	})
}

// statement computes a statement of a profile for who has a scope.
func (a *App) statement(ctx context.Context, tx *store.Tx, scope plaza.Scope, profile string, m plaza.Month, number int, detailed bool) (*plaza.Statement, error) {
	k, err := a.sight(ctx, tx, scope, profile)
	if err != nil {
		return nil, err
	}
	periods, err := k.Periods(m, k.seen)
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
	_, running, err := a.span(k.profile, periods[i].Terms)
	if err == nil && running.Before(m) {
		err = plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, err
	}
	u, err := usage(ctx, tx, k.scope, scope.Root(), m, periods[i].Terms)
	if err != nil {
		return nil, err
	}
	u.Detailed = detailed
	return u.Statement(k.profile, periods[i], a.now())
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
		d.KeyHint = l.KeyHint
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

// usage returns what the statement of the profile that t is of is computed of, for people
// of the profile with the viewer's ID.
func usage(ctx context.Context, tx *store.Tx, scope plaza.Scope, viewer string, m plaza.Month, t plaza.BillingTerms) (u plaza.Usage, err error) {
	zone, err := t.Zone()
	if err != nil {
		return u, err
	}
	from, till := m.Begins(zone), m.Ends(zone)
	if u.Facts, err = tx.Facts(ctx, scope, t.Profile, from, till); err != nil {
		return u, err
	}
	if u.Places, err = tx.Places(ctx, scope, viewer, t.Profile, from, till); err != nil {
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
