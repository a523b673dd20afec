package views

import (
	"net/url"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
)

// tile is a number that leads to exactly the rows it counts.
type tile struct {
	ID    string
	Path  string
	Name  string
	Says  string // the number with its noun, for those who cannot see the tile
	Count int
	Parts []share // what is behind the number
}

// name returns what the whole tile is called: its number and what is behind it.
func (f Frame) tileName(t tile) string {
	var parts []string
	for _, s := range t.shown() {
		parts = append(parts, f.Num(s.Count)+" "+strings.ToLower(s.Label))
	}
	if len(parts) == 0 {
		return t.Says
	}
	return f.T("overview.tile", "Count", t.Says, "States", f.List(parts))
}

// shown returns the parts of which there are any.
func (t tile) shown() (some []share) {
	for _, s := range t.Parts {
		if s.Count > 0 {
			some = append(some, s)
		}
	}
	return some
}

// development returns the words for licenses to build with, as profiles of the
// kind call them.
func (f Frame) development(kind plaza.ProfileKind) string {
	if kind == plaza.Enterprise {
		return f.T("overview.development_enterprise")
	}
	return f.T("overview.development")
}

// tiles returns the four totals.
func (p Overview) tiles() []tile {
	o := p.Overview
	inactive := o.LicensesIn("", plaza.InactiveStates()...)
	development := o.LicensesIn(plaza.Development, plaza.PresentStates()...)
	agents, logins := o.AgentsIn("", ""), o.LoginsIn("")
	return []tile{
		{
			"inactive", "/licenses?state=inactive", p.Frame.T("overview.inactive"), p.Frame.T("overview.inactive_count", "Count", inactive),
			inactive, p.licenseShares("", plaza.InactiveStates()),
		},
		{
			"development", "/licenses?kind=development", p.Frame.development(p.Frame.Actor.Kind),
			p.Frame.T("overview.development_count", "Count", development, "Name", p.Frame.development(p.Frame.Actor.Kind)),
			development, p.licenseShares(plaza.Development, plaza.PresentStates()),
		},
		{
			"agents", "/agents", p.Frame.T("overview.agents"), p.Frame.T("overview.agents_count", "Count", agents),
			agents, p.agentShares(),
		},
		{
			"logins", "/logins", p.Frame.T("overview.logins"), p.Frame.T("overview.logins_count", "Count", logins),
			logins, p.loginShares(),
		},
	}
}

func (p Overview) licenseShares(kind plaza.LicenseKind, states []plaza.LicenseState) (all []share) {
	for _, s := range states {
		all = append(all, share{p.Frame.Say(s.Text()), licenseDot(s), p.Overview.LicensesIn(kind, s), s == plaza.LicenseGrace})
	}
	return all
}

// agentStatus is what is said of a ConnectAgent in one word: how it is while it
// is online, else whether it is heard of.
type agentStatus struct {
	Liveness plaza.Liveness
	Health   plaza.Health // online only
}

func agentStatuses() []agentStatus {
	return []agentStatus{
		{plaza.Online, plaza.HealthOK},
		{plaza.Online, plaza.HealthWarning},
		{plaza.Online, plaza.HealthError},
		{plaza.Overdue, ""},
		{plaza.Offline, ""},
		{plaza.NeverSeen, ""},
	}
}

// path returns the address of the ConnectAgents of that status.
func (s agentStatus) path() string {
	q := url.Values{"liveness": {string(s.Liveness)}}
	if s.Health != "" {
		q.Set("health", string(s.Health))
	}
	return "/agents?" + q.Encode()
}

func (p Overview) agentShares() (all []share) {
	for _, s := range agentStatuses() {
		all = append(all, share{p.Frame.Say(agentWord(s.Liveness, s.Health)), agentDot(s.Liveness, s.Health), p.Overview.AgentsIn(s.Liveness, s.Health), false})
	}
	return all
}

func (p Overview) loginShares() (all []share) {
	for _, s := range plaza.LoginStates() {
		all = append(all, share{p.Frame.Say(s.Text()), loginDot(s), p.Overview.LoginsIn(s), false})
	}
	return all
}

// attention is one line of what somebody should look at.
type attention struct {
	Dot, Text, Names, Path, Do string
}

// attentions returns what needs attention, the most pressing first.
func (p Overview) attentions() (all []attention) {
	o := p.Overview
	if n := o.Requests.Total; n > 0 {
		key := "overview.requests_above"
		if p.Frame.Actor.Kind.Administers() {
			key = "overview.requests"
		}
		all = append(all, attention{
			"dot-amber", p.Frame.T(key, "Count", n), p.Frame.someNames(n, names(o.Requests.Rows, p.Frame.requestName)),
			"/requests?state=open", p.Frame.T("overview.show_requests"),
		})
	}
	if n := o.Moves.Total; n > 0 {
		all = append(all, attention{
			"dot-amber", p.Frame.T("overview.moves", "Count", n), p.Frame.someNames(n, names(o.Moves.Rows, movedName)), "/moves", p.Frame.T("overview.show_moves"),
		})
	}
	if n := o.Unwell.Total; n > 0 {
		all = append(all, attention{
			"dot-red", p.Frame.T("overview.unwell", "Count", n), p.Frame.someNames(n, names(o.Unwell.Rows, agentLabel)),
			"/agents?health=error&liveness=online", p.Frame.T("overview.show_unwell"),
		})
	}
	if n := o.Silent.Total; n > 0 {
		all = append(all, attention{
			"dot-grey", p.Frame.T("overview.silent", "Count", n), p.Frame.someNames(n, names(o.Silent.Rows, agentLabel)),
			"/agents?liveness=overdue%2Coffline", p.Frame.T("overview.show_silent"),
		})
	}
	if n := o.Expiring.Total; n > 0 {
		all = append(all, attention{
			"dot-amber", p.Frame.T("overview.expiring", "Count", n), p.Frame.someNames(n, names(o.Expiring.Rows, p.Frame.expiringLabel)),
			expiringPath, p.Frame.T("overview.show_expiring"),
		})
	}
	for _, a := range o.Allowances {
		all = append(all, attention{
			allowanceDot(a.State()), p.Frame.T("overview.allowance", "Used", a.Used, "Most", a.Most, "Of", a.Of()), p.Frame.Say(a.State().Text()),
			"/allowances", p.Frame.T("overview.show_allowances"),
		})
	}
	return all
}

// expiringPath is the address of the licenses that end soon, the first to end
// first.
const expiringPath = "/licenses?sort=ends&state=expiring%2Cgrace"

func agentLabel(a plaza.ConnectAgent) string { return a.Name }

func movedName(m plaza.Move) string { return m.ProfileName }

func (f Frame) requestName(r plaza.Request) string {
	if r.Profile == f.Actor.Profile {
		return f.Say(r.Kind.Text())
	}
	return r.ProfileName
}

// expiringLabel returns what tells a license apart among those that end soon.
func (f Frame) expiringLabel(l plaza.License) string {
	if l.Profile == f.Actor.Profile {
		return f.licenseName(l)
	}
	return l.ProfileName
}

// names returns the names of rows, each once, in order.
func names[T any](rows []T, name func(T) string) (all []string) {
	seen := map[string]bool{}
	for _, row := range rows {
		if n := name(row); !seen[n] {
			seen[n] = true
			all = append(all, n)
		}
	}
	return all
}

// someNames returns the first names of n things, and that there are more.
func (f Frame) someNames(n int, all []string) string {
	const most = 3
	if len(all) <= most && n <= len(all) {
		return f.List(all)
	}
	return f.T("overview.and_more", "Names", strings.Join(all[:min(most, len(all))], ", "))
}

// first reports whether there is nothing yet but the profile itself, so that
// first steps say more than empty pictures.
func (p Overview) first() bool {
	return p.Frame.Actor.Kind.Administers() && p.partners() == 0 && p.Overview.LicensesIn("", plaza.LicenseStates()...) == 0
}

// partners returns how many profiles there are below, as their list counts them.
func (p Overview) partners() int {
	return p.Overview.Profiles[plaza.ProfileActive] + p.Overview.Profiles[plaza.ProfileSuspended]
}

// step is one of the first things to do.
type step struct {
	Text, Why, Path string
	Done            bool
}

func (p Overview) steps() (all []step) {
	for _, s := range []struct {
		verb plaza.Verb
		step step
	}{
		{plaza.ProfileEdits, step{p.Frame.T("overview.step_support"), p.Frame.T("overview.step_support_why"), "/profile", p.Overview.Profile.SupportEmail != ""}},
		{plaza.ProfileCreate, step{p.Frame.T("overview.step_partner"), p.Frame.T("overview.step_partner_why"), "/partners/new", false}},
		{plaza.LicenseIssue, step{p.Frame.T("overview.step_license"), p.Frame.T("overview.step_license_why"), "/licenses/new", false}},
		{plaza.LoginCreate, step{p.Frame.T("overview.step_login"), p.Frame.T("overview.step_login_why"), "/logins/new", p.Overview.LoginsIn("") > 1}},
	} {
		if p.Frame.May(s.verb) {
			all = append(all, s.step)
		}
	}
	return all
}

// places returns the short cuts to what the profile manages, with how much there
// is of each.
func (p Overview) places() (all []menuItem) {
	o := p.Overview
	all = append(all, menuItem{SectionProfile, "/profile", "building", "", p.Frame.T("profile.own_title"), -1})
	if p.Frame.Actor.Kind.Administers() {
		all = append(all, menuItem{SectionPartners, "/partners", "building-store", "", p.Frame.T("profile.many"), p.partners()})
	}
	return append(all,
		menuItem{SectionLicenses, "/licenses", "certificate", "", p.Frame.T("overview.licenses"), o.LicensesIn("", plaza.PresentStates()...)},
		menuItem{SectionAgents, "/agents", "plug", "", p.Frame.T("overview.agents"), o.AgentsIn("", "")},
		menuItem{SectionLogins, "/logins", "users", "", p.Frame.T("overview.logins"), o.LoginsIn("")},
		menuItem{SectionRequests, "/requests", "inbox", "", p.Frame.T("overview.requests_title"), -1},
	)
}

// licenseRows returns the bars of the picture of licenses: one for each kind,
// with a share for each state that there is.
func (p Overview) licenseRows() (rows []barRow, legend []share) {
	o := p.Overview
	var states []plaza.LicenseState
	for _, s := range plaza.PresentStates() {
		if n := o.LicensesIn("", s); n > 0 {
			states = append(states, s)
			legend = append(legend, share{p.Frame.Say(s.Text()), licenseDot(s), n, s == plaza.LicenseGrace})
		}
	}
	for _, k := range plaza.LicenseKinds() {
		if shares := p.licenseShares(k, states); o.LicensesIn(k, states...) > 0 {
			rows = append(rows, barRow{p.Frame.Say(k.Text()), "/licenses?" + url.Values{"kind": {string(k)}}.Encode(), shares})
		}
	}
	return rows, legend
}

// agentRows returns the bars of the picture of ConnectAgents: one for each
// status.
func (p Overview) agentRows() (rows []barRow) {
	for i, s := range p.agentShares() {
		rows = append(rows, barRow{s.Label, agentStatuses()[i].path(), []share{s}})
	}
	return rows
}

// described returns what a picture shows, in words.
func (f Frame) described(shares []share) string {
	var parts []string
	for _, s := range shares {
		parts = append(parts, f.Num(s.Count)+" "+strings.ToLower(s.Label))
	}
	return f.List(parts)
}

// monthRow is a month with its number and the address of its rows.
type monthRow struct {
	plaza.MonthCount

	Path string
}

func (p Overview) months() (rows []monthRow, total int) {
	for _, m := range p.Overview.Ends {
		q := url.Values{
			"from": {m.Month.Format(time.DateOnly)}, "till": {m.Month.AddDate(0, 1, 0).Format(time.DateOnly)}, "sort": {"ends"},
		}
		rows = append(rows, monthRow{m, "/licenses?" + q.Encode()})
		total += m.Count
	}
	return rows, total
}

func counts(rows []monthRow) (all []plaza.MonthCount) {
	for _, r := range rows {
		all = append(all, r.MonthCount)
	}
	return all
}

// busiest returns the month with the most, in words.
func (f Frame) busiest(rows []monthRow) string {
	var most monthRow
	for _, r := range rows {
		if r.Count > most.Count {
			most = r
		}
	}
	if most.Count == 0 {
		return f.T("overview.ends_none")
	}
	return f.T("overview.ends_most", "Month", f.Month(most.Month), "Count", most.Count)
}

// monthName returns the name of a month without its year.
func (f Frame) monthName(t time.Time) string {
	name, _, _ := strings.Cut(f.Month(t), " ")
	return name
}
