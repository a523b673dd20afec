package app

import (
	"context"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Request returns one request. Everybody with the dashboard may, of their own
// profile's and those below. Kinds: NotFound.
func (a *App) Request(ctx context.Context, actor plaza.Actor, id string) (r plaza.Request, err error) {
	err = a.see(ctx, actor, plaza.RequestRead, id, func(tx *store.Tx) error {
		r, err = tx.Request(ctx, actor.Scope(), id)
		return err
	})
	return r, err
}

// Requests returns the requests of the actor's own profile and those below.
// Everybody with the dashboard may. Kinds: Invalid.
func (a *App) Requests(ctx context.Context, actor plaza.Actor, f plaza.RequestFilter, p plaza.Page) (list plaza.List[plaza.Request], err error) {
	err = a.see(ctx, actor, plaza.RequestRead, "", func(tx *store.Tx) error {
		list, err = tx.Requests(ctx, actor.Scope(), f, p, a.now())
		return err
	})
	return list, err
}

// MakeRequest asks whoever is above for what a quick action would make. Owners,
// administrators and managers of partners and enterprises may, for their own
// profile. Kinds: Invalid.
func (a *App) MakeRequest(ctx context.Context, actor plaza.Actor, wish plaza.Wish, note string) (r plaza.Request, err error) {
	event := plaza.AuditEvent{Verb: plaza.RequestMake}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		note = strings.TrimSpace(note)
		if err := a.validateWish(actor, &wish); err != nil {
			return err
		}
		if err := plaza.CheckNote("note", note); err != nil {
			return err
		}
		r = plaza.Request{
			ID: newID(), Profile: actor.Profile, ProfileName: actor.ProfileName, Login: actor.Login, LoginName: actor.Name,
			Kind: wish.Kind(), Wish: wish, Note: note, Created: a.now(), Version: 1,
		}
		e.About(actor.Profile, "request", r.ID, wish.Name())
		e.Changed("kind", "", string(r.Kind))
		if r.PlanName, err = plannedFor(ctx, tx, actor.Profile, wish); err != nil {
			return err
		}
		if err := tx.InsertRequest(ctx, r); err != nil {
			return err
		}
		return a.tellAbove(ctx, tx, r)
	})
	return r, err
}

// plannedFor returns the name of the plan that is wished for; empty if the wish
// needs none. A plan that is not there or for something else is Invalid.
func plannedFor(ctx context.Context, tx *store.Tx, profile string, wish plaza.Wish) (string, error) {
	kind := plaza.Development
	switch {
	case wish.Agent != nil:
		kind = plaza.ConnectAgentLicense
	case wish.Profile != nil:
		kind, _ = wish.Profile.Kind.BaseLicense()
	}
	if wish.Plan() == "" {
		return "", nil
	}
	plan, err := planFor(ctx, tx, profile, wish.Plan(), kind)
	return plan.Name, err
}

// validateWish returns an Invalid error unless the wish is one that could be
// fulfilled for the actor's profile, which it writes into it.
func (a *App) validateWish(actor plaza.Actor, wish *plaza.Wish) error {
	switch {
	case wish.License != nil:
		in := wish.License.Clean()
		in.Profile = actor.Profile
		wish.License = &in
		return in.Validate(a.now())
	case wish.Agent != nil:
		in := wish.Agent.Clean()
		in.Profile = actor.Profile
		wish.Agent = &in
		return in.Validate(a.now())
	case wish.Login != nil:
		in := wish.Login.Clean()
		in.Profile = actor.Profile
		wish.Login = &in
		return in.Validate()
	case wish.Profile != nil:
		in := wish.Profile.Clean()
		in.Parent = "" // whoever approves knows
		wish.Profile = &in
		if in.Kind == plaza.Reseller {
			in.Kind = "" // nobody asks for somebody who would grant
		}
		return in.Validate()
	}
	return plaza.Errorf(plaza.Invalid, "error.invalid")
}

// tellAbove mails the profile above at its support address that r waits, and
// leaves a notice to those who may decide.
func (a *App) tellAbove(ctx context.Context, tx *store.Tx, r plaza.Request) error {
	above, err := tx.Above(ctx, r.Profile)
	if err != nil || len(above) == 0 {
		return err
	}
	parent, err := tx.Profile(ctx, plaza.Everyone("whoever asks may not see who is above"), above[0])
	if err != nil {
		return err
	}
	deciders, err := tx.LoginsWithRole(ctx, parent.ID, plaza.Owner, plaza.Administrator, plaza.Manager)
	if err != nil {
		return err
	}
	if err := a.notify(ctx, tx, plaza.NoticeRequestMade, r.ProfileName, r.ID, deciders...); err != nil {
		return err
	}
	if parent.SupportEmail == "" {
		return nil
	}
	return a.post(ctx, tx, plaza.MailRequestMade, parent.ID, recipient{address: parent.SupportEmail, name: parent.Name}, letter{
		subject: plaza.T("mail.request_made.subject", "Profile", r.ProfileName, "Kind", r.Kind.Text()),
		lines: append([]plaza.Text{
			plaza.T("mail.request_made.body", "Profile", r.ProfileName, "Name", r.LoginName, "Kind", r.Kind.Text()),
		}, noteLine(r.Note)...),
		button: plaza.T("mail.request_made.button"), path: "/requests/" + r.ID,
		from: parent.Name,
	})
}

// noteLine returns the line of a mail that quotes what somebody wrote, if
// anything.
func noteLine(note string) []plaza.Text {
	if note == "" {
		return nil
	}
	return []plaza.Text{plaza.T("mail.note", "Note", note)}
}

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
		return a.tellAsker(ctx, tx, actor, *r, plaza.NoticeRequestDeclined)
	})
	return err
}

// ApproveRequest makes what a request from below asks for, in the same
// transaction, and returns the request with the ID of what was made; the one who
// made it is told. Owners, administrators and managers of resellers and the
// vendor may, if they may make the thing itself. Kinds: Invalid, NotFound,
// Forbidden, Conflict, Stale.
func (a *App) ApproveRequest(ctx context.Context, actor plaza.Actor, id string, version int) (plaza.Request, error) {
	return a.decide(ctx, actor, plaza.RequestApprove, id, version, func(tx *store.Tx, r *plaza.Request) (err error) {
		r.Decision = plaza.RequestApproved
		if r.Object, err = a.fulfil(ctx, tx, actor, *r); err != nil {
			return err
		}
		return a.tellAsker(ctx, tx, actor, *r, plaza.NoticeRequestApproved)
	})
}

// decide does v to the open request with the given ID: how says what becomes of
// it.
func (a *App) decide(ctx context.Context, actor plaza.Actor, v plaza.Verb, id string, version int, how func(*store.Tx, *plaza.Request) error) (r plaza.Request, err error) {
	event := plaza.AuditEvent{Verb: v, ObjectKind: "request", Object: id}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if r, err = tx.Request(ctx, actor.Scope(), id); err != nil {
			return err
		}
		if state := r.State(a.now()); state != plaza.RequestOpen {
			return plaza.Errorf(plaza.Conflict, "request.not_open", "State", state.Text())
		}
		r.Decided, r.Version = a.now(), version
		e.About(r.Profile, "request", r.ID, r.Wish.Name())
		if err := how(tx, &r); err != nil {
			return err
		}
		e.Reason = r.Reason
		e.Changed("state", string(plaza.RequestOpen), string(r.Decision))
		return tx.DecideRequest(ctx, actor.Scope(), r)
	})
	return r, err
}

// fulfil makes what r asks for, and returns its ID.
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

// notBefore returns when a term begins that was to begin at t: a request may
// have waited so long that t has passed.
func notBefore(t, now time.Time) time.Time {
	if t.Before(now) {
		return zeroTime
	}
	return t
}

// tellAsker mails whoever made r what became of it, and leaves a notice; not if
// they have been shut out since: it is no business of theirs any more.
func (a *App) tellAsker(ctx context.Context, tx *store.Tx, actor plaza.Actor, r plaza.Request, kind plaza.NoticeKind) error {
	asker, err := tx.Login(ctx, actor.Scope(), r.Login)
	if err != nil || asker.State() != plaza.LoginActive {
		return err
	}
	person, err := tx.Person(ctx, asker.Person)
	if err != nil {
		return err
	}
	if err := a.notify(ctx, tx, kind, r.Wish.Name(), r.ID, asker); err != nil {
		return err
	}
	return a.post(ctx, tx, plaza.MailRequestDecided, r.Profile, to(person, asker.Name), letter{
		subject: plaza.T("mail.request_decided.subject", "Kind", r.Kind.Text(), "State", r.Decision.Text()),
		lines: append([]plaza.Text{
			plaza.T("mail.request_decided.body", "Kind", r.Kind.Text(), "Name", r.Wish.Name(), "State", r.Decision.Text()),
		}, noteLine(r.Reason)...),
		button: plaza.T("mail.request_decided.button"), path: "/requests/" + r.ID,
		from: actor.ProfileName,
	})
}
