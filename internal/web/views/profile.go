package views

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/connectplaza/plaza"
)

// profileDot returns the dot of a profile's state.
func profileDot(s plaza.ProfileState) string {
	switch s {
	case plaza.ProfileActive:
		return "dot-green"
	case plaza.ProfileSuspended:
		return "dot-grey dot-ring"
	case plaza.ProfileClosed:
	}
	return "dot-grey"
}

// profileWhy returns why a profile stands still; empty if it does not.
func (f Frame) profileWhy(p plaza.Profile) string {
	switch {
	case p.State() == plaza.ProfileClosed:
		return f.T("profile.why_closed", "Date", p.Closed, "Until", p.ReopenUntil())
	case p.SuspendedAbove():
		return f.T("profile.why_above")
	case p.State() == plaza.ProfileSuspended && p.SuspendReason != "":
		return f.T("profile.why_suspended_because", "Date", p.Suspended, "Reason", p.SuspendReason)
	case p.State() == plaza.ProfileSuspended:
		return f.T("profile.why_suspended", "Date", p.Suspended)
	}
	return ""
}

// filters returns what the list of partners can be filtered by.
func (p Partners) filters() []filter {
	state := filter{Name: "state", Label: p.Frame.T("profile.state"), Value: say(p.Frame, p.Filter.States)}
	for _, s := range plaza.ProfileStates() {
		state.Choices = append(state.Choices, choice{Value: string(s), Label: p.Frame.Say(s.Text())})
	}
	kind := filter{Name: "kind", Label: p.Frame.T("profile.kind"), Value: say(p.Frame, p.Filter.Kinds)}
	for _, k := range kindsBelow(p.Frame.Actor) {
		kind.Choices = append(kind.Choices, choice{Value: string(k), Label: p.Frame.Say(k.Text())})
	}
	return []filter{state, kind}
}

// kindsBelow returns the kinds of profile that there can be below a's, or beside
// it if it may only ask.
func kindsBelow(a plaza.Actor) []plaza.ProfileKind {
	if a.Kind.Administers() {
		return []plaza.ProfileKind{plaza.Partner, plaza.Enterprise, plaza.Reseller}
	}
	return []plaza.ProfileKind{plaza.Partner, plaza.Enterprise}
}

// kinds returns the kinds of profile to choose from.
func (p PartnerNew) kinds() (all []choice) {
	for _, k := range kindsBelow(p.Frame.Actor) {
		all = append(all, choice{Value: string(k), Label: p.Frame.Say(k.Text()), Help: p.Frame.T("profile.kind_help." + string(k))})
	}
	return all
}

// plans returns the plans of base licenses, each with the kind it is for.
func (p PartnerNew) plans() (all []choice) {
	for _, kind := range []plaza.LicenseKind{plaza.PartnerLicense, plaza.EnterpriseLicense} {
		for _, plan := range p.Plans {
			if plan.Kind == kind && plan.Withdrawn.IsZero() {
				all = append(all, choice{Value: plan.ID, Label: p.Frame.T("profile.plan_of", "Kind", kind.Text(), "Name", p.Frame.planLabel(plan))})
			}
		}
	}
	return all
}

// planHelp returns what to say below the field of the plan.
func (p PartnerNew) planHelp() string {
	if p.Frame.Actor.Kind.Administers() {
		return p.Frame.T("profile.plan_help")
	}
	return p.Frame.T("profile.plan_help_asked")
}

// PartnerTab is a part of a partner's page.
type PartnerTab string

// The parts of a partner's page.
const (
	TabOverview PartnerTab = "overview"
	TabLicenses PartnerTab = "licenses"
	TabAgents   PartnerTab = "agents"
	TabLogins   PartnerTab = "logins"
	TabRequests PartnerTab = "requests"
	TabAudit    PartnerTab = "audit"
	TabSettings PartnerTab = "settings"
)

// PartnerHead is what stands above every part of a partner's page.
type PartnerHead struct {
	Profile     plaza.Profile
	Tab         PartnerTab
	Inactive    int // licenses
	Development int // licenses
	Licenses    int
	Agents      int
	Logins      int
	Requests    int // that wait
}

// path returns the address of a page of the partner.
func (h PartnerHead) path(page string) string {
	path := "/partners/" + h.Profile.ID
	if page != "" {
		path += "/" + page
	}
	return path
}

// tabItem is one part of a partner's page, with how much there is in it.
type tabItem struct {
	Tab   PartnerTab
	Path  string
	Label string
	Count int // negative: none is said
}

// tabs returns the parts of the partner's page that the viewer may see.
func (f Frame) tabs(h PartnerHead) (all []tabItem) {
	for _, t := range []struct {
		verb plaza.Verb
		item tabItem
	}{
		{plaza.ProfileRead, tabItem{TabOverview, h.path(""), f.T("overview.title"), -1}},
		{plaza.LicenseRead, tabItem{TabLicenses, h.path("licenses"), f.T("overview.licenses"), h.Licenses}},
		{plaza.AgentRead, tabItem{TabAgents, h.path("agents"), f.T("overview.agents"), h.Agents}},
		{plaza.LoginRead, tabItem{TabLogins, h.path("logins"), f.T("overview.logins"), h.Logins}},
		{plaza.RequestRead, tabItem{TabRequests, h.path("requests"), f.T("overview.requests_title"), h.Requests}},
		{plaza.AuditRead, tabItem{TabAudit, h.path("audit"), f.T("profile.audit"), -1}},
		{plaza.ProfileEdits, tabItem{TabSettings, h.path("settings"), f.T("profile.settings"), -1}},
	} {
		if f.May(t.verb) {
			all = append(all, t.item)
		}
	}
	return all
}

// tiles returns the totals of the partner alone.
func (p PartnerPage) tiles() []tile {
	h := p.Head
	name := p.Frame.development(h.Profile.Kind)
	return []tile{
		{"inactive", h.path("licenses?state=inactive"), p.Frame.T("overview.inactive"), p.Frame.T("overview.inactive_count", "Count", h.Inactive), h.Inactive, nil},
		{"development", h.path("licenses?kind=development"), name, p.Frame.T("overview.development_count", "Count", h.Development, "Name", name), h.Development, nil},
		{"agents", h.path("agents"), p.Frame.T("overview.agents"), p.Frame.T("overview.agents_count", "Count", h.Agents), h.Agents, nil},
		{"logins", h.path("logins"), p.Frame.T("overview.logins"), p.Frame.T("overview.logins_count", "Count", h.Logins), h.Logins, nil},
	}
}

// partnerAction is something one can do to a partner.
type partnerAction struct {
	Path, Icon, Label string
	Off               string // why it cannot be done now; empty: it can
	Post              bool   // at once, with the version; else the path leads to a form
	Danger            bool
	Line              bool // a line above it
}

// partnerActions returns what the viewer may do to the partner, as its state
// allows.
func (f Frame) partnerActions(p plaza.Profile) (all []partnerAction) {
	path := "/partners/" + p.ID
	off := ""
	if p.State() != plaza.ProfileActive {
		off = f.T("profile.off." + string(p.State()))
	}
	if f.May(plaza.ActingStart) {
		all = append(all, partnerAction{Path: path + "/login-as", Icon: "switch-horizontal", Label: f.T("profile.log_in_as"), Off: off})
	}
	q := "?" + url.Values{"profile": {p.ID}}.Encode()
	for _, a := range []struct {
		verb plaza.Verb
		partnerAction
	}{
		{plaza.LicenseIssue, partnerAction{Path: "/licenses/new" + q, Icon: "plus", Label: f.quickDevelopment(p.Kind), Off: off}},
		{plaza.AgentCreate, partnerAction{Path: "/agents/new" + q, Icon: "plus", Label: f.T("quick.agent"), Off: off}},
		{plaza.LoginCreate, partnerAction{Path: "/logins/new" + q, Icon: "plus", Label: f.T("quick.login"), Off: off}},
	} {
		if f.May(a.verb) {
			all = append(all, a.partnerAction)
		}
	}
	return append(all, f.haltActions(p)...)
}

// quickDevelopment returns the words of the quick action for licenses to build
// with.
func (f Frame) quickDevelopment(kind plaza.ProfileKind) string {
	if kind == plaza.Enterprise {
		return f.T("quick.enterprise_development")
	}
	return f.T("quick.partner_development")
}

// haltActions returns what makes the partner stand still, or go on, or go
// elsewhere.
func (f Frame) haltActions(p plaza.Profile) (all []partnerAction) {
	path := "/partners/" + p.ID
	suspended, closed := !p.Suspended.IsZero(), !p.Closed.IsZero()
	switch {
	case closed:
	case suspended && f.May(plaza.ProfileResume):
		all = append(all, partnerAction{Path: path + "/resume", Icon: "player-play", Label: f.T("profile.resume"), Post: true})
	case !suspended && f.May(plaza.ProfileSuspend):
		all = append(all, partnerAction{Path: path + "/suspend", Icon: "player-pause", Label: f.T("profile.suspend"), Danger: true})
	}
	if f.May(plaza.MovePropose) && !closed {
		all = append(all, partnerAction{Path: path + "/move", Icon: "arrows-exchange", Label: f.T("profile.move")})
	}
	switch {
	case closed && f.May(plaza.ProfileReopen) && f.Now.Before(p.ReopenUntil()):
		all = append(all, partnerAction{Path: path + "/reopen", Icon: "refresh", Label: f.T("profile.reopen"), Post: true})
	case !closed && f.May(plaza.ProfileClose):
		all = append(all, partnerAction{Path: path + "/close", Icon: "archive", Label: f.T("profile.close"), Danger: true})
	}
	if len(all) > 0 {
		all[0].Line = true
	}
	return all
}

// ProfileValues returns what the form of a profile's settings begins with.
func ProfileValues(p plaza.Profile) url.Values {
	return url.Values{"name": {p.Name}, "support_email": {p.SupportEmail}, "warning_days": {strconv.Itoa(p.WarningDays)}}
}

// differences returns both versions of the settings.
func (f Frame) profileDifferences(form Form, p plaza.Profile) []difference {
	now := ProfileValues(p)
	return []difference{
		{f.T("profile.name"), now.Get("name"), form.Value("name")},
		{f.T("profile.support_email"), now.Get("support_email"), form.Value("support_email")},
		{f.T("profile.warning_days"), now.Get("warning_days"), form.Value("warning_days")},
	}
}

// impact returns what would stand still, in words with numbers and names.
func (f Frame) impact(i plaza.ProfileImpact) (all []string) {
	if i.Profiles > 1 {
		all = append(all, f.T("profile.impact_profiles", "Count", i.Profiles-1))
	}
	switch more := i.Agents - len(i.Names); {
	case i.Agents == 0:
		all = append(all, f.T("profile.impact_no_agents"))
	case more > 0:
		all = append(all, f.T("profile.impact_agents_more", "Count", i.Agents, "Names", strings.Join(i.Names, ", "), "More", more))
	default:
		all = append(all, f.T("profile.impact_agents", "Count", i.Agents, "Names", f.List(i.Names)))
	}
	if i.Licenses > 0 {
		all = append(all, f.T("profile.impact_licenses", "Count", i.Licenses))
	}
	return append(all, f.T("profile.impact_logins", "Count", i.Logins))
}
