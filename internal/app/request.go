package app

import (
	"context"
	"slices"
	"strings"

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

// RequestOutlook returns what approving a request that waits would do now: what becomes of
// the license that it is about, or what would be made. It is zero for what has neither a
// term nor a price. The same people may. Kinds: NotFound.
func (a *App) RequestOutlook(ctx context.Context, actor plaza.Actor, id string) (o plaza.Outlook, err error) {
	err = a.see(ctx, actor, plaza.RequestRead, id, func(tx *store.Tx) error {
		r, err := tx.Request(ctx, actor.Scope(), id)
		if err != nil || r.State(a.now()) != plaza.RequestOpen {
			return err
		}
		return a.requestOutlook(ctx, tx, actor, r, &o)
	})
	return o, err
}

func (a *App) requestOutlook(ctx context.Context, tx *store.Tx, actor plaza.Actor, r plaza.Request, o *plaza.Outlook) error {
	holder, err := tx.Profile(ctx, actor.Scope(), r.Profile)
	if err != nil {
		return err
	}
	if r.Wish.Profile != nil { // beside the one that asks
		holder = plaza.Profile{ID: holder.Parent}
		if above, ok, err := sighted(ctx, tx, actor, holder.ID); err != nil || ok {
			holder = above
		}
	}
	if actor.Can(plaza.StatementRead) { // who reads bills knows the terms
		all, err := a.billing(ctx, tx, actor.Scope(), plaza.Profile{ID: r.Profile})
		if err != nil {
			return err
		}
		o.Terms = all[len(all)-1]
	}
	var plan plaza.Plan
	if r.Wish.Plan() != "" {
		all, err := tx.Plans(ctx, holder.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(p plaza.Plan) bool { return p.ID == r.Wish.Plan() && p.Withdrawn.IsZero() })
		if i < 0 {
			o.Clash = plaza.T("request.plan_gone", "Name", r.PlanName)
			return nil
		}
		plan = all[i]
		o.After = plaza.Deal{License: plaza.License{Promise: plan.Promise(), Trial: plan.Trial, Machines: plan.Machines}, Terms: plan.Terms, Prices: plan.Prices}
	}
	switch {
	case r.Wish.Allowance != nil:
		w, err := tx.Allowance(ctx, actor.Scope(), r.Wish.Subject())
		if err == nil {
			o.Allowances = []plaza.Allowance{w}
		} else if plaza.KindOf(err) == plaza.NotFound { // it was removed
			err = nil
		}
		return err
	case r.Wish.Subject() != "":
		if err := a.requestedChange(ctx, tx, actor, r, &plan, o); err != nil || !o.Clash.IsZero() {
			return err
		}
	case holder.Halted:
		o.Clash = plaza.T("profile.halted", "Name", holder.Name)
		return nil
	}
	if plan.ID == "" || plan.ID == o.Before.License.Plan {
		return nil
	}
	return a.requestAllowances(ctx, tx, actor, holder.ID, r.Kind, &plan, o)
}

// requestAllowances adds to o what of the allowances that the actor may see would be used if
// a profile had what is asked for under plan, and whether one does not let it. Nothing is
// counted for it: it may be another matter when it is approved.
func (a *App) requestAllowances(ctx context.Context, tx *store.Tx, actor plaza.Actor, holder string, kind plaza.RequestKind, plan *plaza.Plan, o *plaza.Outlook) error {
	all, err := tx.AllowancesAbove(ctx, plan.Kind, plan.ID, holder)
	if err != nil {
		return err
	}
	for _, w := range all {
		if w.Plan == "" && kind == plaza.RequestPlan {
			continue // it counts the license already
		}
		if _, ok, err := sighted(ctx, tx, actor, w.Profile); err != nil || !ok { // what others above do with theirs is not told
			if err != nil {
				return err
			}
			continue
		}
		if w.Used++; w.Exceeded() {
			return clash(o, a.full(ctx, tx, actor, w, 1))
		}
		o.Allowances = append(o.Allowances, w)
	}
	return nil
}

// requestedChange adds to o what becomes of the license that r is about, under plan if that
// is what is asked for.
func (a *App) requestedChange(ctx context.Context, tx *store.Tx, actor plaza.Actor, r plaza.Request, plan *plaza.Plan, o *plaza.Outlook) (err error) {
	if o.Before, err = deal(ctx, tx, actor, r.Wish.Subject()); plaza.KindOf(err) == plaza.NotFound || err == nil && o.Before.License.Profile != r.Profile {
		*o = plaza.Outlook{Clash: plaza.T("request.license_gone")}
		return nil
	}
	if err != nil {
		return err
	}
	l := o.Before.License
	switch r.Kind {
	case plaza.RequestPlan:
		o.After.License, err = a.under(ctx, tx, actor, l, plan)
	case plaza.RequestEnd:
		o.After = o.Before
		o.After.License, err = l.End(a.now())
	default:
		o.After = o.Before
		if o.After.License, err = l.Renewed(a.now(), a.zone); err == nil && r.Wish.Renewal.Ends != date(l.Ends) {
			err = plaza.Errorf(plaza.Conflict, "request.renewed_meanwhile")
		}
	}
	return clash(o, err)
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

// MakeRequest asks whoever is above for what a quick action would make, or for another
// term, another plan or the end of a license. Owners, administrators and managers of
// partners and enterprises may, for their own profile. Kinds: Invalid, NotFound if there
// is no such license, Conflict if it cannot be done, or if it is asked for already.
func (a *App) MakeRequest(ctx context.Context, actor plaza.Actor, wish plaza.Wish, note string) (r plaza.Request, err error) {
	event := plaza.AuditEvent{Verb: plaza.RequestMake}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if wish.Allowance != nil { // which is asked for with RequestAllowance
			return plaza.Errorf(plaza.Invalid, "error.invalid")
		}
		if err := tx.HoldProfile(ctx, actor.Profile); err != nil { // before any license: nobody else of it asks meanwhile, or takes one away
			return err
		}
		plan, err := a.checkWish(ctx, tx, actor, &wish)
		if err != nil {
			return err
		}
		r, err = a.ask(ctx, tx, actor, wish, plan, note, e)
		return err
	})
	return r, err
}

// RequestAllowance asks whoever is above to let the actor's own profile, and all below
// it, hold more licenses. Owners, administrators and managers of all but the vendor may.
// Kinds: Invalid, NotFound if the profile has no such allowance, Conflict if it is asked
// for already.
func (a *App) RequestAllowance(ctx context.Context, actor plaza.Actor, id string, most int, note string) (r plaza.Request, err error) {
	event := plaza.AuditEvent{Verb: plaza.AllowanceAsk, ObjectKind: "allowance", Object: id}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if err := tx.HoldProfile(ctx, actor.Profile); err != nil { // nobody else of it asks meanwhile
			return err
		}
		w, err := ownAllowance(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if most <= w.Most {
			return &plaza.Error{Kind: plaza.Invalid, Msg: plaza.T("error.invalid"), Fields: map[string]plaza.Text{"most": plaza.T("problem.allowance_more", "Most", w.Most)}}
		}
		if err := (plaza.AllowanceEdit{Most: most, Overage: w.Overage}).Validate(); err != nil {
			return err
		}
		wish := plaza.Wish{Allowance: &plaza.AllowanceWish{Allowance: w.ID, Kind: w.Kind, Plan: w.PlanName, Was: w.Most, Most: most}}
		r, err = a.ask(ctx, tx, actor, wish, "", note, e)
		return err
	})
	return r, err
}

// OwnAllowance returns one allowance of the actor's own profile, for which it may ask for
// more. The same people may. Kinds: NotFound.
func (a *App) OwnAllowance(ctx context.Context, actor plaza.Actor, id string) (w plaza.Allowance, err error) {
	err = a.see(ctx, actor, plaza.AllowanceAsk, id, func(tx *store.Tx) error {
		w, err = ownAllowance(ctx, tx, actor, id)
		return err
	})
	return w, err
}

func ownAllowance(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string) (plaza.Allowance, error) {
	w, err := tx.Allowance(ctx, actor.Scope(), id)
	if err == nil && w.Profile != actor.Profile { // those are the actor's to change
		err = plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	return w, err
}

// ask makes the request for a wish that was checked, of which plan is the plan's name.
func (a *App) ask(ctx context.Context, tx *store.Tx, actor plaza.Actor, wish plaza.Wish, plan, note string, e *plaza.AuditEvent) (r plaza.Request, err error) {
	note = strings.TrimSpace(note)
	if err := plaza.CheckNote("note", note); err != nil {
		return r, err
	}
	if err := a.askedOnce(ctx, tx, actor, wish); err != nil {
		return r, err
	}
	r = plaza.Request{
		ID: newID(), Profile: actor.Profile, ProfileName: actor.ProfileName, Login: actor.Login, LoginName: actor.Name,
		Kind: wish.Kind(), Wish: wish, PlanName: plan, Note: note, Created: a.now(), Version: 1,
	}
	e.About(actor.Profile, "request", r.ID, wish.Name())
	e.Changed("kind", "", string(r.Kind))
	if err := tx.InsertRequest(ctx, r); err != nil {
		return r, err
	}
	return r, a.tellAbove(ctx, tx, r)
}

// askedOnce returns a Conflict if something is asked for already of what there is: whoever
// decides would do it twice, or one against the other. The actor's profile is held.
func (a *App) askedOnce(ctx context.Context, tx *store.Tx, actor plaza.Actor, wish plaza.Wish) error {
	if wish.Subject() == "" {
		return nil
	}
	f := plaza.RequestFilter{Subject: wish.Subject(), States: []plaza.RequestState{plaza.RequestOpen}}
	list, err := tx.Requests(ctx, actor.Scope(), f, plaza.Page{Size: 1}, a.now())
	if err == nil && list.Total > 0 {
		err = plaza.Errorf(plaza.Conflict, "request.asked_already")
	}
	return err
}

// checkWish returns an error unless the wish is one that could be fulfilled for the
// actor's profile, which it writes into it, and the name of the plan that is wished for:
// empty if it needs none.
func (a *App) checkWish(ctx context.Context, tx *store.Tx, actor plaza.Actor, wish *plaza.Wish) (plan string, err error) {
	switch {
	case wish.License != nil:
		in := wish.License.Clean()
		in.Profile = actor.Profile
		wish.License = &in
		err = in.Validate(a.now())
	case wish.Agent != nil:
		in := wish.Agent.Clean()
		in.Profile = actor.Profile
		wish.Agent = &in
		err = in.Validate(a.now())
	case wish.Login != nil:
		in := wish.Login.Clean()
		in.Profile = actor.Profile
		wish.Login = &in
		return "", in.Validate()
	case wish.Profile != nil:
		in := wish.Profile.Clean()
		in.Parent = "" // whoever approves knows
		wish.Profile = &in
		if in.Kind == plaza.Reseller {
			in.Kind = "" // nobody asks for somebody who would grant
		}
		err = in.Validate()
	default:
		return a.checkLicenseWish(ctx, tx, actor, wish)
	}
	if err != nil || wish.Plan() == "" {
		return "", err
	}
	p, err := planFor(ctx, tx, actor.Profile, wish.Plan(), wishedKind(*wish))
	return p.Name, err
}

// wishedKind returns the kind of license that is wished for.
func wishedKind(wish plaza.Wish) plaza.LicenseKind {
	switch {
	case wish.Agent != nil:
		return plaza.ConnectAgentLicense
	case wish.Profile != nil:
		kind, _ := wish.Profile.Kind.BaseLicense()
		return kind
	}
	return plaza.Development
}

// checkLicenseWish is checkWish for a wish about a license that there is: it returns why
// it could not be fulfilled now.
func (a *App) checkLicenseWish(ctx context.Context, tx *store.Tx, actor plaza.Actor, wish *plaza.Wish) (plan string, err error) {
	var w plaza.LicenseWish
	switch {
	case wish.Renewal != nil:
		w = *wish.Renewal
		wish.Renewal = &w
	case wish.Replan != nil:
		w = *wish.Replan
		wish.Replan = &w
	case wish.End != nil:
		w = *wish.End
		wish.End = &w
	default:
		return "", plaza.Errorf(plaza.Invalid, "error.invalid")
	}
	l, err := tx.License(ctx, actor.Scope(), w.License)
	if err != nil {
		return "", err
	}
	w.Name, w.Ends = licenseName(l), ""
	switch {
	case wish.Replan != nil:
		l, err = a.replanned(ctx, tx, actor, l, w.Plan)
		return l.PlanName, err
	case wish.Renewal != nil:
		w.Ends = date(l.Ends)
		_, err = l.Renewed(a.now(), a.zone)
	case !l.Ended.IsZero():
		err = plaza.Errorf(plaza.Conflict, "license.ended_already")
	}
	return "", err
}

// CommentOnRequest says something about a request that waits. Owners, administrators and
// managers may, of the profile that asks and of those above. Kinds: Invalid, NotFound,
// Conflict.
func (a *App) CommentOnRequest(ctx context.Context, actor plaza.Actor, id, text string) error {
	event := plaza.AuditEvent{Verb: plaza.RequestComment, ObjectKind: "request", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		r, err := a.openRequest(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		c := plaza.Comment{
			ID: newID(), Request: r.ID, Profile: r.Profile, Login: actor.Login, Author: actor.Profile, Text: strings.TrimSpace(text), At: a.now(),
		}
		if c.Text == "" {
			return invalid("comment", "problem.required")
		}
		if err := plaza.CheckReason("comment", c.Text, 1); err != nil {
			return err
		}
		e.About(r.Profile, "request", r.ID, r.Wish.Name())
		if err := tx.InsertComment(ctx, c); err != nil {
			return err
		}
		if actor.Profile == r.Profile {
			return a.tellAboveOf(ctx, tx, actor, r, c)
		}
		above, err := nextAbove(ctx, tx, r)
		if err != nil {
			return err
		}
		return a.tellAsker(ctx, tx, actor, r, plaza.NoticeRequestComment, commented(r, above.Name, c))
	})
}

// Comments returns what was said about a request, the oldest first. Everybody with the
// dashboard may, of their own profile's and those below. Kinds: NotFound.
func (a *App) Comments(ctx context.Context, actor plaza.Actor, request string) (all []plaza.Comment, err error) {
	err = a.see(ctx, actor, plaza.RequestRead, request, func(tx *store.Tx) error {
		if _, err := tx.Request(ctx, actor.Scope(), request); err != nil {
			return err
		}
		all, err = tx.Comments(ctx, actor.Scope(), request)
		return err
	})
	return all, err
}

// tellAbove mails the profile above at its support address that r waits, and
// leaves a notice to those who may decide.
func (a *App) tellAbove(ctx context.Context, tx *store.Tx, r plaza.Request) error {
	return a.writeAbove(ctx, tx, r, plaza.NoticeRequestMade, plaza.MailRequestMade, letter{
		subject: plaza.T("mail.request_made.subject", "Profile", r.ProfileName, "Kind", r.Kind.Text()),
		lines: slices.Concat([]plaza.Text{
			plaza.T("mail.request_made.body", "Profile", r.ProfileName, "Name", r.LoginName, "Kind", r.Kind.Text()),
		}, aboutLine(r), noteLine(r.Note)),
		button: plaza.T("mail.request_made.button"),
	})
}

// tellAboveOf is tellAbove of a comment on r.
func (a *App) tellAboveOf(ctx context.Context, tx *store.Tx, actor plaza.Actor, r plaza.Request, c plaza.Comment) error {
	return a.writeAbove(ctx, tx, r, plaza.NoticeRequestComment, plaza.MailRequestComment, commented(r, actor.ProfileName, c))
}

// commented returns the mail that tells of a comment on r by somebody of a profile.
func commented(r plaza.Request, by string, c plaza.Comment) letter {
	return letter{
		subject: plaza.T("mail.request_comment.subject", "Profile", by, "Kind", r.Kind.Text()),
		lines: slices.Concat([]plaza.Text{
			plaza.T("mail.request_comment.body", "Profile", by, "Kind", r.Kind.Text()),
		}, aboutLine(r), noteLine(c.Text)),
		button: plaza.T("mail.request_made.button"),
	}
}

// writeAbove leaves a notice about r to those of the profile above who may decide, and
// mails l to its support address.
func (a *App) writeAbove(ctx context.Context, tx *store.Tx, r plaza.Request, notice plaza.NoticeKind, kind plaza.MailKind, l letter) error {
	parent, err := nextAbove(ctx, tx, r)
	if err != nil || parent.ID == "" {
		return err
	}
	deciders, err := tx.LoginsWithRole(ctx, parent.ID, plaza.ManagingRoles()...)
	if err != nil {
		return err
	}
	about := r.ProfileName
	if notice == plaza.NoticeRequestMade {
		about = r.About()
	}
	if err := a.notify(ctx, tx, notice, about, r.ID, deciders...); err != nil {
		return err
	}
	if parent.SupportEmail == "" {
		return nil
	}
	l.path, l.from = "/requests/"+r.ID, parent.Name
	return a.post(ctx, tx, kind, parent.ID, recipient{address: parent.SupportEmail, name: parent.Name}, l)
}

// nextAbove returns the profile next above whoever asks: it is the one that they know,
// whoever further up decides. The zero one if there is none.
func nextAbove(ctx context.Context, tx *store.Tx, r plaza.Request) (plaza.Profile, error) {
	above, err := tx.Above(ctx, r.Profile)
	if err != nil || len(above) == 0 {
		return plaza.Profile{}, err
	}
	return tx.Profile(ctx, plaza.Everyone("whoever asks may not see who is above"), above[0])
}

// aboutLine returns the line of a mail that says what r is about, if that has a name.
func aboutLine(r plaza.Request) []plaza.Text {
	if r.Wish.Name() == "" {
		return nil
	}
	return []plaza.Text{plaza.T("mail.request_about", "Name", r.Wish.Name())}
}

// noteLine returns the line of a mail that quotes what somebody wrote, if
// anything.
func noteLine(note string) []plaza.Text {
	if note == "" {
		return nil
	}
	return []plaza.Text{plaza.T("mail.note", "Note", note)}
}

// tellAsker mails l to whoever made r, and leaves a notice; not if they have been shut
// out since: it is no business of theirs any more.
func (a *App) tellAsker(ctx context.Context, tx *store.Tx, actor plaza.Actor, r plaza.Request, kind plaza.NoticeKind, l letter) error {
	asker, err := tx.Login(ctx, actor.Scope(), r.Login)
	if err != nil || asker.State() != plaza.LoginActive {
		return err
	}
	if err := a.notify(ctx, tx, kind, r.Wish.Name(), r.ID, asker); err != nil {
		return err
	}
	mail := plaza.MailRequestDecided
	if kind == plaza.NoticeRequestComment {
		mail = plaza.MailRequestComment
	}
	above, err := nextAbove(ctx, tx, r)
	if err != nil {
		return err
	}
	l.path, l.from = "/requests/"+r.ID, above.Name
	return a.mailPerson(ctx, tx, plaza.TopicRequests, mail, asker, l)
}
