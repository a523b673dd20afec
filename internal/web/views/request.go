package views

import (
	"time"

	"github.com/connectplaza/plaza"
)

// requestDot returns the dot of a request's state.
func requestDot(s plaza.RequestState) string {
	switch s {
	case plaza.RequestOpen:
		return "dot-amber"
	case plaza.RequestApproved:
		return "dot-green"
	case plaza.RequestDeclined:
		return "dot-red"
	case plaza.RequestWithdrawn, plaza.RequestLapsed:
	}
	return "dot-grey"
}

// wishName returns what a request is called: what is wished for, and its name
// if it has one.
func (f Frame) wishName(r plaza.Request) string {
	if w := r.Wish.Allowance; w != nil {
		return f.T("request.more_of", "Most", w.Most, "Of", w.Of())
	}
	if name := r.Wish.Name(); name != "" {
		return f.T("request.named", "Kind", r.Kind.Text(), "Name", name)
	}
	return f.Say(r.Kind.Text())
}

// mayApprove reports whether to offer to approve r: it waits, and the actor may
// make what it asks for.
func (f Frame) mayApprove(r plaza.Request) bool {
	if r.State(f.Now) != plaza.RequestOpen || !f.May(plaza.RequestApprove) || r.Profile == f.Actor.Profile || r.First != "" && r.First == f.Actor.Login {
		return false
	}
	switch r.Kind {
	case plaza.RequestDevelopment:
		return f.May(plaza.LicenseIssue)
	case plaza.RequestProfile:
		return f.May(plaza.ProfileCreate)
	case plaza.RequestAgent:
		return f.May(plaza.AgentCreate)
	case plaza.RequestLogin:
		return f.May(plaza.LoginCreate)
	case plaza.RequestRenewal:
		return f.May(plaza.LicenseRenew)
	case plaza.RequestPlan:
		return f.May(plaza.LicensePlan)
	case plaza.RequestEnd:
		return f.May(plaza.LicenseEnd)
	case plaza.RequestAllowance:
		return f.May(plaza.AllowanceEdits)
	}
	return false
}

// mayDecline and mayWithdraw report whether to offer that.
func (f Frame) mayDecline(r plaza.Request) bool {
	return r.State(f.Now) == plaza.RequestOpen && f.May(plaza.RequestDecline) && r.Profile != f.Actor.Profile
}

func (f Frame) mayWithdraw(r plaza.Request) bool {
	return r.State(f.Now) == plaza.RequestOpen && f.May(plaza.RequestWithdraw) && r.Profile == f.Actor.Profile
}

// made returns the address of what the approval of r made; nothing if there is
// none, or if it is not within the actor's reach: a profile that was made for
// whoever asked stands beside its own.
func (f Frame) made(r plaza.Request) string {
	if r.Object == "" {
		return ""
	}
	switch r.Kind {
	case plaza.RequestDevelopment, plaza.RequestRenewal, plaza.RequestPlan, plaza.RequestEnd:
		return "/licenses/" + r.Object
	case plaza.RequestAllowance:
		if r.Profile == f.Actor.Profile {
			return "/allowances"
		}
		return "/partners/" + r.Profile + "#allowances"
	case plaza.RequestAgent:
		return "/agents/" + r.Object
	case plaza.RequestLogin:
		return "/logins/" + r.Object
	case plaza.RequestProfile:
		if f.Actor.Kind.Administers() {
			return "/partners/" + r.Object
		}
	}
	return ""
}

// wished is one value that a request asks for.
type wished struct{ Label, Value string }

// wishes returns everything that a request asks for, as people read it.
func (f Frame) wishes(r plaza.Request) (all []wished) {
	switch w := r.Wish; {
	case w.License != nil:
		return []wished{
			{f.T("license.plan"), r.PlanName}, {f.T("license.name"), w.License.Name}, {f.T("license.starts"), f.wishedStart(w.License.Starts)},
		}
	case w.Agent != nil:
		return []wished{
			{f.T("agent.name"), w.Agent.Name}, {f.T("license.plan"), r.PlanName}, {f.T("license.starts"), f.wishedStart(w.Agent.Starts)},
		}
	case w.Login != nil:
		return []wished{
			{f.T("login.name"), w.Login.Name},
			{f.T("login.email"), w.Login.Email},
			{f.T("login.role"), f.Say(w.Login.Role.Text())},
			{f.T("login.dashboard"), f.dashboardRight(w.Login.Dashboard)},
		}
	case w.Profile != nil:
		return []wished{
			{f.T("request.profile_name"), w.Profile.Name},
			{f.T("request.profile_kind"), f.Say(w.Profile.Kind.Text())},
			{f.T("license.plan"), r.PlanName},
			{f.T("request.profile_support"), w.Profile.SupportEmail},
			{f.T("request.profile_owner"), w.Profile.OwnerName},
			{f.T("request.profile_owner_email"), w.Profile.OwnerEmail},
		}
	case w.Allowance != nil:
		return []wished{
			{f.T("allowance.for"), f.Say(w.Allowance.Of())},
			{f.T("request.allowance_was"), f.Num(w.Allowance.Was)},
			{f.T("request.allowance_most"), f.Num(w.Allowance.Most)},
		}
	}
	return []wished{{f.T("license.one"), f.Say(r.Kind.Text())}, {f.T("license.name"), r.Wish.Name()}, {f.T("request.plan_then"), r.PlanName}}
}

// approveClass returns how the button looks that approves: not as what is next, if it would
// not work or cannot be undone.
func (p Request) approveClass() string {
	switch {
	case !p.Outlook.Clash.IsZero():
		return ""
	case p.Request.Kind == plaza.RequestEnd:
		return "btn-danger"
	}
	return "btn-primary"
}

// usedThen returns how much of an allowance is in use when r was approved, or now if it is
// about the allowance itself.
func (f Frame) usedThen(r plaza.Request, w plaza.Allowance) plaza.Text {
	args := []any{"Used", w.Used, "Most", w.Most, "Of", w.Of(), "Name", w.ProfileName}
	switch own := w.Profile == f.Actor.Profile; {
	case r.Kind == plaza.RequestAllowance && own:
		return plaza.T("request.used_now", args...)
	case r.Kind == plaza.RequestAllowance:
		return plaza.T("request.used_now_of", args...)
	case own:
		return plaza.T("request.used_then", args...)
	}
	return plaza.T("request.used_then_of", args...)
}

// deal returns what the license that is asked for lasts and costs; of one that there is,
// until when it lasts, too. Nothing, if no license is asked for.
func (p Request) deal() (all []wished) {
	f, o := p.Frame, p.Outlook
	price := wished{f.T("field.prices"), f.priceIn(o.After.Prices, o.Terms)}
	if o.After.License.Trial {
		price.Value = f.T("license.price_trial")
	}
	switch before := o.Before.License; {
	case before.ID == "" && p.Request.PlanName == "" || !o.Clash.IsZero() || p.Request.State(f.Now) != plaza.RequestOpen:
		return nil
	case before.ID == "":
		return []wished{{f.T("request.term"), f.months(o.After.License.TermMonths)}, price}
	case p.Request.Kind == plaza.RequestPlan: // all of it is shown
		return nil
	case p.Request.Kind == plaza.RequestRenewal:
		return []wished{{f.T("license.ends_now"), f.end(before)}, {f.T("license.ends_then"), f.end(o.After.License)}, price}
	default:
		return []wished{{f.T("license.plan"), before.PlanName}, {f.T("license.ends_now"), f.end(before)}, price}
	}
}

// about returns the address of what there is already that r is about; empty if it is for
// something new.
func (f Frame) about(r plaza.Request) string {
	switch {
	case r.Wish.Subject() == "":
		return ""
	case r.Wish.Allowance == nil:
		return "/licenses/" + r.Wish.Subject()
	case r.Profile == f.Actor.Profile:
		return "/allowances"
	}
	return "/partners/" + r.Profile + "#allowances"
}

// commenter returns who said c, as far as the viewer may know.
func (f Frame) commenter(c plaza.Comment) string {
	if c.Login == "" {
		return f.T("history.above")
	}
	return c.AuthorName
}

// firstApprover returns who approved r first, as far as the viewer may know.
func (f Frame) firstApprover(r plaza.Request) string {
	if r.First == "" {
		return f.T("history.above")
	}
	return r.FirstName
}

func (f Frame) wishedStart(t time.Time) string {
	if t.IsZero() {
		return f.T("request.at_once")
	}
	return f.Date(t)
}

// filters returns what the list of requests can be filtered by, besides the
// states, which are its tabs.
func (p Requests) filters() []filter {
	kind := filter{Name: "kind", Label: p.Frame.T("request.kind_head"), Value: say(p.Frame, p.Filter.Kinds)}
	for _, k := range plaza.RequestKinds() {
		kind.Choices = append(kind.Choices, choice{Value: string(k), Label: p.Frame.Say(k.Text())})
	}
	return append([]filter{kind}, p.Frame.profileFilter(p.Profile)...)
}

// tab is one part of a list.
type tab struct {
	Path, Label string
	Count       int // zero: not shown
	Here        bool
}

// tabs returns the parts of the list of requests, by state.
func (p Requests) tabs() []tab {
	only := plaza.RequestState("")
	if len(p.Filter.States) == 1 {
		only = p.Filter.States[0]
	}
	all := make([]tab, 0, len(plaza.RequestStates())+1)
	for _, s := range plaza.RequestStates() {
		t := tab{Path: p.with("state", string(s)), Label: p.Frame.T("request.tab." + string(s)), Here: s == only}
		if s == plaza.RequestOpen {
			t.Count = p.Frame.Counts.Requests
		}
		all = append(all, t)
	}
	all = append(all, tab{Path: p.with("state", "all"), Label: p.Frame.T("request.tab.all"), Here: len(p.Filter.States) == 0})
	if p.Frame.Actor.Kind != plaza.Reseller {
		return all // the others only ask, or are only asked
	}
	own := p.Filter.Profile == p.Frame.Actor.Profile
	if own {
		for i := range all {
			all[i].Here = false
		}
	}
	return append(all, tab{Path: "/requests?state=all&profile=" + p.Frame.Actor.Profile, Label: p.Frame.T("request.tab.own"), Here: own})
}

// none returns what to say of a list without requests: of those that wait, or of
// all.
func (p Requests) none() (title, why string) {
	switch {
	case len(p.Filter.States) == 1 && p.Filter.States[0] == plaza.RequestOpen:
		return p.Frame.T("request.none_open"), p.noneWhy()
	case len(p.Filter.States) > 0:
		return p.Frame.T("request.none_state"), p.Frame.T("request.none_state_why")
	}
	return p.Frame.T("request.none"), p.noneWhy()
}

func (p Requests) noneWhy() string {
	if p.Frame.Actor.Kind.Administers() {
		return p.Frame.T("request.none_why_above")
	}
	return p.Frame.T("request.none_why")
}

// lead returns where a request stands, in a sentence.
func (p Request) lead() string {
	r := p.Request
	switch r.State(p.Frame.Now) {
	case plaza.RequestOpen:
		if !r.FirstAt.IsZero() {
			return p.Frame.T("request.why.second", "Name", p.Frame.firstApprover(r), "Date", r.Lapses())
		}
		return p.Frame.T("request.why.open", "Date", r.Lapses())
	case plaza.RequestApproved:
		return p.Frame.T("request.why.approved", "Date", r.Decided)
	case plaza.RequestDeclined:
		return p.Frame.T("request.why.declined", "Date", r.Decided)
	case plaza.RequestWithdrawn:
		return p.Frame.T("request.why.withdrawn", "Date", r.Decided)
	case plaza.RequestLapsed:
	}
	return p.Frame.T("request.why.lapsed", "Date", r.Lapses())
}
