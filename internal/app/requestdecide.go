package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// WithdrawRequest takes a request back. Owners, administrators and managers of
// the profile that asked may. Kinds: NotFound, Conflict, Stale.
func (a *App) WithdrawRequest(ctx context.Context, actor plaza.Actor, id string, version int) error {
	_, err := a.decide(ctx, actor, plaza.RequestWithdraw, id, version, func(_ *store.Tx, r *plaza.Request) error {
		r.Decision = plaza.RequestWithdrawn
		return nil
	})
	return err
}

// DeclineRequest says no to a request from below, and why; the one who made it
// is told. Owners, administrators and managers of resellers and the vendor may.
// Kinds: Invalid, NotFound, Conflict, Stale.
func (a *App) DeclineRequest(ctx context.Context, actor plaza.Actor, id, reason string, version int) error {
	_, err := a.decide(ctx, actor, plaza.RequestDecline, id, version, func(tx *store.Tx, r *plaza.Request) error {
		r.Decision, r.Reason = plaza.RequestDeclined, strings.TrimSpace(reason)
		if err := plaza.CheckReason("reason", r.Reason, 3); err != nil {
			return err
		}
		return a.tellAsker(ctx, tx, actor, *r, plaza.NoticeRequestDeclined, decided(*r))
	})
	return err
}

// ApproveRequest makes what a request from below asks for, in the same
// transaction, and returns the request with the ID of what was made; the one who
// made it is told. Of what costs more than the vendor lets one alone approve, the first
// approval is noted, and that of another person makes it. Owners, administrators and
// managers of resellers and the vendor may, if they may make the thing itself. Kinds:
// Invalid, NotFound, Forbidden, Conflict, Stale.
func (a *App) ApproveRequest(ctx context.Context, actor plaza.Actor, id string, version int) (plaza.Request, error) {
	return a.decide(ctx, actor, plaza.RequestApprove, id, version, func(tx *store.Tx, r *plaza.Request) error {
		first, err := a.firstOfTwo(ctx, tx, actor, *r)
		if err != nil {
			return err
		}
		if first {
			r.First, r.FirstName, r.FirstAt = actor.Login, actor.Name, a.now()
			return a.tellSecond(ctx, tx, actor, *r)
		}
		r.Decision = plaza.RequestApproved
		if r.Object, err = a.fulfil(ctx, tx, actor, *r); err != nil {
			return err
		}
		return a.tellAsker(ctx, tx, actor, *r, plaza.NoticeRequestApproved, decided(*r))
	})
}

// decided returns the mail that tells what became of r.
func decided(r plaza.Request) letter {
	return letter{
		subject: plaza.T("mail.request_decided.subject", "Kind", r.Kind.Text(), "State", r.Decision.Text()),
		lines: slices.Concat([]plaza.Text{
			plaza.T("mail.request_decided.body", "Kind", r.Kind.Text(), "State", r.Decision.Text()),
		}, aboutLine(r), noteLine(r.Reason)),
		button: plaza.T("mail.request_decided.button"),
	}
}

// openRequest returns a request that waits, or a Conflict.
func (a *App) openRequest(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string) (plaza.Request, error) {
	r, err := tx.Request(ctx, actor.Scope(), id)
	if err != nil {
		return r, err
	}
	if state := r.State(a.now()); state != plaza.RequestOpen {
		return r, plaza.Errorf(plaza.Conflict, "request.not_open", "State", state.Text())
	}
	return r, nil
}

// decide does v to the open request with the given ID: how says what becomes of
// it. Whoever asks takes it back, and whoever is above decides.
func (a *App) decide(ctx context.Context, actor plaza.Actor, v plaza.Verb, id string, version int, how func(*store.Tx, *plaza.Request) error) (r plaza.Request, err error) {
	event := plaza.AuditEvent{Verb: v, ObjectKind: "request", Object: id}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if r, err = a.openRequest(ctx, tx, actor, id); err != nil {
			return err
		}
		if own := r.Profile == actor.Profile; own != (v == plaza.RequestWithdraw) {
			return plaza.Errorf(plaza.NotFound, "error.not_found")
		}
		r.Version = version
		e.About(r.Profile, "request", r.ID, r.Wish.Name())
		if err := how(tx, &r); err != nil {
			return err
		}
		if r.Decision == "" {
			e.Changed("approvals", "0", "1")
			return tx.ApproveRequestOnce(ctx, actor.Scope(), r, actor.Profile)
		}
		r.Decided = a.now()
		e.Reason = r.Reason
		e.Changed("state", string(plaza.RequestOpen), string(r.Decision))
		return tx.DecideRequest(ctx, actor.Scope(), r)
	})
	return r, err
}

// ApprovalLimits returns above which prices of a month two have to approve a request, one
// in each currency; none: one is enough. Owners and administrators of the vendor may.
func (a *App) ApprovalLimits(ctx context.Context, actor plaza.Actor) (all []plaza.Money, err error) {
	err = a.see(ctx, actor, plaza.RequestLimits, "", func(tx *store.Tx) error {
		all, err = tx.ApprovalLimits(ctx)
		return err
	})
	return all, err
}

// SetApprovalLimits says above which prices of a month two have to approve a request. The
// same people may. Kinds: Invalid.
func (a *App) SetApprovalLimits(ctx context.Context, actor plaza.Actor, limits []plaza.Money) error {
	event := plaza.AuditEvent{Verb: plaza.RequestLimits}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if err := plaza.CheckLimits(limits); err != nil {
			return err
		}
		before, err := tx.ApprovalLimits(ctx)
		if err != nil {
			return err
		}
		e.About(actor.Profile, "profile", actor.Profile, actor.ProfileName)
		e.Changed("limits", prices(before), prices(limits))
		return tx.SetApprovalLimits(ctx, limits)
	})
}

// firstOfTwo reports whether two have to approve r, and the actor is the first. It is a
// Conflict if the actor was.
func (a *App) firstOfTwo(ctx context.Context, tx *store.Tx, actor plaza.Actor, r plaza.Request) (bool, error) {
	limits, err := tx.ApprovalLimits(ctx)
	if err != nil || len(limits) == 0 {
		return false, err
	}
	costs, err := wishedPrices(ctx, tx, actor, r.Wish)
	if err != nil || !plaza.TwoApprove(costs, limits) {
		return false, err
	}
	asker, err := tx.Login(ctx, actor.Scope(), r.Login)
	if err != nil {
		return false, err
	}
	if asker.Person == actor.Person {
		return false, plaza.Errorf(plaza.Conflict, "request.asker_other")
	}
	first, err := tx.FirstApprover(ctx, r.ID, plaza.ManagingRoles()...)
	switch {
	case err != nil:
		return false, err
	case first == actor.Person:
		return false, plaza.Errorf(plaza.Conflict, "request.second_other")
	}
	return first == "", nil // whoever may not decide any more did not
}

// wishedPrices returns what a month of what is wished for costs.
func wishedPrices(ctx context.Context, tx *store.Tx, actor plaza.Actor, wish plaza.Wish) ([]plaza.Money, error) {
	if wish.Renewal != nil {
		l, err := tx.License(ctx, actor.Scope(), wish.Renewal.License)
		if err != nil {
			return nil, err
		}
		return tx.EditionPrices(ctx, l.Plan, l.Edition)
	}
	if wish.Plan() == "" {
		return nil, nil
	}
	p, err := tx.Plan(ctx, wish.Plan())
	return p.Prices, err
}

// tellSecond leaves a notice to those who can be the second to approve r: of the actor's
// own profile or, if there is nobody else, of the nearest one above it.
func (a *App) tellSecond(ctx context.Context, tx *store.Tx, actor plaza.Actor, r plaza.Request) error {
	above, err := tx.Above(ctx, actor.Profile)
	if err != nil {
		return err
	}
	for _, profile := range append([]string{actor.Profile}, above...) {
		deciders, err := tx.LoginsWithRole(ctx, profile, plaza.ManagingRoles()...)
		if err != nil {
			return err
		}
		deciders = slices.DeleteFunc(deciders, func(l plaza.Login) bool { return l.Person == actor.Person })
		if len(deciders) > 0 {
			return a.notify(ctx, tx, plaza.NoticeRequestSecond, r.ProfileName, r.ID, deciders...)
		}
	}
	return nil
}

// fulfil makes or changes what r asks for, and returns its ID.
func (a *App) fulfil(ctx context.Context, tx *store.Tx, actor plaza.Actor, r plaza.Request) (id string, err error) {
	now := a.now()
	switch w := r.Wish; {
	case w.License != nil:
		in := *w.License
		in.Starts = notBefore(in.Starts, now)
		err = a.perform(ctx, tx, actor, plaza.AuditEvent{Verb: plaza.LicenseIssue}, func(tx *store.Tx, e *plaza.AuditEvent) error {
			l, err := a.issueDevelopment(ctx, tx, actor, in, e)
			id = l.ID
			return err
		})
	case w.Agent != nil:
		in := *w.Agent
		in.Starts = notBefore(in.Starts, now)
		err = a.perform(ctx, tx, actor, plaza.AuditEvent{Verb: plaza.AgentCreate}, func(tx *store.Tx, e *plaza.AuditEvent) error {
			agent, err := a.createAgent(ctx, tx, actor, in, e)
			id = agent.ID
			return err
		})
	case w.Renewal != nil, w.Replan != nil, w.End != nil:
		id = w.Subject()
		err = a.fulfilLicense(ctx, tx, actor, r)
	case w.Allowance != nil:
		id = w.Allowance.Allowance
		err = a.fulfilAllowance(ctx, tx, actor, r)
	case w.Login != nil:
		err = a.perform(ctx, tx, actor, plaza.AuditEvent{Verb: plaza.LoginCreate}, func(tx *store.Tx, e *plaza.AuditEvent) error {
			l, err := a.createLogin(ctx, tx, actor, *w.Login, e)
			id = l.ID
			return err
		})
	case w.Profile != nil:
		asker, err := tx.Profile(ctx, actor.Scope(), r.Profile)
		if err != nil {
			return "", err
		}
		in := *w.Profile
		in.Parent = asker.Parent // beside the one that asks: it has none below it
		err = a.perform(ctx, tx, actor, plaza.AuditEvent{Verb: plaza.ProfileCreate}, func(tx *store.Tx, e *plaza.AuditEvent) error {
			p, err := a.createProfile(ctx, tx, actor, in, e)
			id = p.ID
			return err
		})
		return id, err
	}
	return id, err
}

// fulfilLicense does what r asks for to a license that there is.
func (a *App) fulfilLicense(ctx context.Context, tx *store.Tx, actor plaza.Actor, r plaza.Request) error {
	verb := map[plaza.RequestKind]plaza.Verb{
		plaza.RequestRenewal: plaza.LicenseRenew, plaza.RequestPlan: plaza.LicensePlan, plaza.RequestEnd: plaza.LicenseEnd,
	}[r.Kind]
	event := plaza.AuditEvent{Verb: verb, ObjectKind: "license", Object: r.Wish.Subject()}
	return a.perform(ctx, tx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if err := tx.HoldLicense(ctx, actor.Scope(), r.Wish.Subject()); err != nil {
			return err
		}
		l, err := tx.License(ctx, actor.Scope(), r.Wish.Subject())
		if err != nil {
			return err
		}
		if l.Profile != r.Profile {
			return plaza.Errorf(plaza.Conflict, "request.license_gone")
		}
		e.About(l.Profile, "license", l.ID, licenseName(l))
		e.Reason = r.Note
		var next plaza.License
		switch verb {
		case plaza.LicenseEnd:
			if next, err = l.End(a.now()); err != nil {
				return err
			}
			return a.writeHalt(ctx, tx, actor, l, next, e)
		case plaza.LicensePlan:
			next, err = a.replanned(ctx, tx, actor, l, r.Wish.Plan())
		default:
			if r.Wish.Renewal.Ends != date(l.Ends) {
				return plaza.Errorf(plaza.Conflict, "request.renewed_meanwhile")
			}
			next, err = l.Renewed(a.now(), a.zone)
		}
		if err != nil {
			return err
		}
		if err := a.writeTerm(ctx, tx, actor.Scope(), l, next, e); err != nil {
			return err
		}
		return a.withinAllowances(ctx, tx, actor, next)
	})
}

// fulfilAllowance lets an allowance allow what r asks for, if it does not allow more by
// now.
func (a *App) fulfilAllowance(ctx context.Context, tx *store.Tx, actor plaza.Actor, r plaza.Request) error {
	event := plaza.AuditEvent{Verb: plaza.AllowanceEdits, ObjectKind: "allowance", Object: r.Wish.Subject()}
	return a.perform(ctx, tx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		w, err := grantedAllowance(ctx, tx, actor, r.Wish.Subject())
		if err != nil {
			return err
		}
		e.Reason = r.Note
		in := plaza.AllowanceEdit{Most: max(w.Most, r.Wish.Allowance.Most), Overage: w.Overage, Version: w.Version}
		return a.editAllowance(ctx, tx, actor, w, in, e)
	})
}

// notBefore returns when a term begins that was to begin at t: a request may
// have waited so long that t has passed.
func notBefore(t, now time.Time) time.Time {
	if t.Before(now) {
		return zeroTime
	}
	return t
}
