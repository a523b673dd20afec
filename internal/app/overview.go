package app

import (
	"context"
	"slices"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// attention is how many things of a sort the Overview names.
const attention = 5

// Overview returns how everything of the actor's own profile and those below
// stands. Everybody with the dashboard may.
func (a *App) Overview(ctx context.Context, actor plaza.Actor) (o plaza.Overview, err error) {
	now, scope := a.now(), actor.Scope()
	err = a.see(ctx, actor, plaza.OverviewRead, "", func(tx *store.Tx) error {
		if o.Profile, err = tx.Profile(ctx, scope, actor.Profile); err != nil {
			return err
		}
		o.Profile.Parent = ""
		if o.Licenses, err = tx.LicenseCounts(ctx, scope, now); err != nil {
			return err
		}
		if o.Agents, err = tx.AgentCounts(ctx, scope, now); err != nil {
			return err
		}
		if o.Logins, err = tx.LoginCounts(ctx, scope); err != nil {
			return err
		}
		if o.Profiles, err = tx.ProfileStates(ctx, scope); err != nil {
			return err
		}
		if o.Ends, err = endsByMonth(ctx, tx, scope, now.In(a.zoneOf(actor))); err != nil {
			return err
		}
		return needAttention(ctx, tx, actor, now, &o)
	})
	return o, err
}

// needAttention fills in what somebody should look at.
func needAttention(ctx context.Context, tx *store.Tx, actor plaza.Actor, now time.Time, o *plaza.Overview) (err error) {
	scope := actor.Scope()
	if n := o.LicensesIn("", plaza.LicenseExpiring, plaza.LicenseGrace); n > 0 {
		soon := plaza.LicenseFilter{States: []plaza.LicenseState{plaza.LicenseExpiring, plaza.LicenseGrace}}
		if o.Expiring, err = tx.Licenses(ctx, scope, soon, plaza.Page{Sort: "ends", Size: attention, Total: n}, now); err != nil {
			return err
		}
	}
	latest := plaza.Page{Sort: "seen", Desc: true, Size: attention}
	if latest.Total = o.AgentsIn(plaza.Overdue, "") + o.AgentsIn(plaza.Offline, ""); latest.Total > 0 {
		silent := plaza.AgentFilter{Liveness: []plaza.Liveness{plaza.Overdue, plaza.Offline}}
		if o.Silent, err = tx.Agents(ctx, scope, silent, latest, now); err != nil {
			return err
		}
	}
	if latest.Total = o.AgentsIn(plaza.Online, plaza.HealthError); latest.Total > 0 {
		unwell := plaza.AgentFilter{Liveness: []plaza.Liveness{plaza.Online}, Health: []plaza.Health{plaza.HealthError}}
		if o.Unwell, err = tx.Agents(ctx, scope, unwell, latest, now); err != nil {
			return err
		}
	}
	if o.Allowances, err = tx.Allowances(ctx, scope, o.Profile.ID); err != nil {
		return err
	}
	o.Allowances = slices.DeleteFunc(o.Allowances, func(w plaza.Allowance) bool { return w.State() == plaza.AllowanceFree })
	open := plaza.RequestFilter{States: []plaza.RequestState{plaza.RequestOpen}}.For(actor)
	if o.Requests, err = tx.Requests(ctx, scope, open, plaza.Page{Size: attention}, now); err != nil || actor.May(plaza.MoveRead) != nil {
		return err
	}
	waiting := plaza.MoveFilter{Awaits: actor.Profile, States: []plaza.MoveState{plaza.MoveWaiting}}
	o.Moves, err = tx.Moves(ctx, scope, waiting, plaza.Page{Size: attention}, now)
	return err
}

// zoneOf returns the zone that actor tells the time of.
func (a *App) zoneOf(actor plaza.Actor) *time.Location {
	if zone, err := time.LoadLocation(actor.TimeZone); err == nil && actor.TimeZone != "" {
		return zone
	}
	if a.zone != nil {
		return a.zone
	}
	return time.UTC
}

// endsByMonth counts the terms that end in each of twelve months of the zone of
// now, from this one: each is the number of rows of the list of that month.
func endsByMonth(ctx context.Context, tx *store.Tx, scope plaza.Scope, now time.Time) ([]plaza.MonthCount, error) {
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	months := make([]plaza.MonthCount, 12)
	for i := range months {
		months[i].Month = first.AddDate(0, i, 0)
	}
	ends, err := tx.LicenseEnds(ctx, scope, first, first.AddDate(0, len(months), 0))
	for _, end := range ends {
		end = end.In(now.Location())
		i := (end.Year()-first.Year())*12 + int(end.Month()-first.Month())
		months[i].Count++
	}
	return months, err
}

// Frame returns what every page shows besides its own content. Everybody with
// the dashboard may.
func (a *App) Frame(ctx context.Context, actor plaza.Actor) (f plaza.Frame, err error) {
	err = a.see(ctx, actor, plaza.OverviewRead, "", func(tx *store.Tx) error {
		if f.Requests, err = tx.OpenRequests(ctx, actor.Scope(), plaza.RequestFilter{}.For(actor).Except, a.now()); err != nil {
			return err
		}
		if actor.Acting() {
			return nil // notices, and the other profiles, are that person's own business
		}
		if f.Notices, err = tx.UnreadNotices(ctx, actor.Scope(), actor.Login); err != nil {
			return err
		}
		f.Profiles, err = tx.PersonLogins(ctx, actor.Person)
		return err
	})
	return f, err
}
