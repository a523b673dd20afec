package views

import (
	"maps"
	"slices"
	"strings"

	"github.com/connectplaza/plaza"
)

// thing returns the address of something that an event is about; nothing if it
// has no page. An attempt that was refused may have named what is not there.
func (f Frame) thing(e plaza.AuditLine) string {
	if e.Object == "" || e.Result != plaza.Done || e.Verb == plaza.LicenseDelete || oneself(e) {
		return ""
	}
	switch e.ObjectKind {
	case "license":
		return "/licenses/" + e.Object
	case "profile":
		if e.Object == f.Actor.Profile {
			return "/profile"
		}
		return "/partners/" + e.Object
	case "agent":
		return "/agents/" + e.Object
	case "login":
		return "/logins/" + e.Object
	case "request":
		return "/requests/" + e.Object
	case "plan":
		return "/plans/" + e.Object
	case "move":
		if f.May(plaza.MoveRead) {
			return "/moves/" + e.Object
		}
	case "acting":
		return "/audit?acting=" + e.Object
	}
	return ""
}

// oneself reports whether e is about whoever did it, as signing in is.
func oneself(e plaza.AuditLine) bool {
	return e.ObjectKind == "person" || e.ObjectKind == "login" && e.Object == e.Actor.Login && e.Actor.Via == nil
}

// thingName returns what an event is about, as it was called then.
func (f Frame) thingName(e plaza.AuditLine) string {
	if e.ObjectName == "" {
		return f.T("audit.unnamed")
	}
	return e.ObjectName
}

// ofThing reports whether what v says is done to something of the thing that its
// event is about, not to the thing itself: the log then needs a word between the two.
func ofThing(v plaza.Verb) bool {
	return slices.Contains([]plaza.Verb{
		plaza.NotificationAcknowledge, plaza.NotificationReopen, plaza.AgentRelease, plaza.FileCheckOut, plaza.ReleaseUpload,
		plaza.ActingEnd, plaza.ConsentGrant, plaza.ConsentRefuse, plaza.ConsentRevoke,
		plaza.PlanOffer, plaza.AllowanceCreate, plaza.AllowanceEdits, plaza.AllowanceRemove,
		plaza.MovePropose, plaza.MoveAgree, plaza.MoveDecline, plaza.MoveWithdraw,
		plaza.StatementExport, plaza.StatementAdjust, plaza.BillingEdits,
	}, v)
}

// changed returns everything an event changed, and why, in one line.
func (f Frame) changed(e plaza.AuditLine) string {
	all := make([]string, 0, len(e.Changes)+1)
	for _, c := range e.Changes {
		all = append(all, f.change(c))
	}
	if e.Reason != "" {
		all = append(all, f.T("history.reason", "Reason", e.Reason))
	}
	return strings.Join(all, " · ")
}

// refusal returns why an attempt was refused.
func (f Frame) refusal(k plaza.Kind) string {
	switch k {
	case plaza.Forbidden:
		return f.T("audit.refusal.forbidden")
	case plaza.NotFound:
		return f.T("audit.refusal.not_found")
	case plaza.Limited:
		return f.T("audit.refusal.limited")
	case plaza.Unauthenticated, plaza.Unproved, plaza.Invalid, plaza.Conflict, plaza.Stale, plaza.Unavailable, plaza.Internal:
	}
	return ""
}

// recorded returns the verbs that events are found by: those that leave one.
func recorded() []plaza.Verb {
	return slices.DeleteFunc(plaza.Verbs(), func(v plaza.Verb) bool {
		reads := strings.HasSuffix(string(v), ".read") && v != plaza.AuditRead
		return reads || v == plaza.AgentReport || v == plaza.MailDeliver || v == plaza.Tidy || v == plaza.AuditSeal
	})
}

// filters returns what the log can be filtered by.
func (p Audit) filters() []filter {
	verb := filter{Name: "verb", Label: p.Frame.T("audit.verb"), Value: say(p.Frame, p.Filter.Verbs)}
	for _, v := range recorded() {
		verb.Choices = append(verb.Choices, choice{Value: string(v), Label: p.Frame.Say(v.Text())})
	}
	result := filter{Name: "result", Label: p.Frame.T("audit.result"), Value: say(p.Frame, p.Filter.Results)}
	for _, r := range []plaza.Result{plaza.Done, plaza.Refused} {
		result.Choices = append(result.Choices, choice{Value: string(r), Label: p.Frame.Say(r.Text())})
	}
	all := append([]filter{verb, result}, p.Frame.profileFilter(p.Profile)...)
	if !p.Filter.From.IsZero() {
		all = append(all, filter{Name: "from", Label: p.Frame.T("audit.from"), Value: p.Frame.Date(p.Filter.From)})
	}
	if !p.Till.IsZero() {
		all = append(all, filter{Name: "till", Label: p.Frame.T("audit.till"), Value: p.Frame.Date(p.Till)})
	}
	if p.Login.ID != "" {
		all = append(all, filter{Name: "login", Label: p.Frame.T("audit.who"), Value: p.Login.Name})
	}
	if p.Filter.Object != "" {
		all = append(all, filter{Name: "object", Label: p.Frame.T("audit.about"), Value: p.objectName()})
	}
	if p.Filter.Acting != "" {
		all = append(all, filter{Name: "acting", Label: p.Frame.T("audit.acting"), Value: p.Frame.T("audit.one_session")})
	}
	return all
}

// sealed returns how far the log is sealed.
func (p Audit) sealed() string {
	const enough = 12 // characters of the root, to compare by eye
	s := p.Sealing
	switch {
	case s.Till.IsZero():
		return p.Frame.T("audit.sealed_none")
	case s.Events == 0:
		return p.Frame.T("audit.sealed", "Time", p.Frame.DateTime(s.Till))
	}
	return p.Frame.T("audit.sealed_all", "Time", p.Frame.DateTime(s.Till), "Count", s.Events, "Root", s.Root[:min(len(s.Root), enough)]+"…")
}

// export returns the address of what is shown, all pages of it, in a form.
func (p Audit) export(form plaza.AuditFormat) string {
	l := Listing{Path: "/audit/export", Query: maps.Clone(p.Query)}
	l.Query.Del("sort")
	return l.with("format", string(form))
}

// objectName returns what the thing is called that the log is filtered by, as far
// as the events shown tell.
func (p Audit) objectName() string {
	for _, e := range p.List.Rows {
		if e.ObjectName != "" {
			return e.ObjectName
		}
	}
	return p.Frame.T("audit.one_thing")
}
