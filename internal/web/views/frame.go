package views

import (
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/web/assets"
)

// Page is a struct that knows how it is drawn.
type Page interface{ Page() templ.Component }

// Section is a part of the dashboard, with a page of the documentation.
type Section string

// The sections.
const (
	SectionOverview Section = "overview"
	SectionProfile  Section = "profile"
	SectionPartners Section = "partners"
	SectionLicenses Section = "licenses"
	SectionAgents   Section = "connectagents"
	SectionMonitor  Section = "monitor"
	SectionPlans    Section = "plans"
	SectionReleases Section = "releases"
	SectionLogins   Section = "logins"
	SectionRequests Section = "requests"
	SectionAudit    Section = "audit"
	SectionMail     Section = "mail"
	SectionAccount  Section = "account"
	SectionNotices  Section = "notices"
	SectionActing   Section = "login-as"
	SectionAccess   Section = "access"

	SectionAllowances Section = "allowances"
	SectionMoves      Section = "moves"
	SectionStatements Section = "statements"
	SectionSigningKey Section = "signing-key"
	SectionWebhooks   Section = "webhooks"
	SectionTokens     Section = "tokens"
	SectionExports    Section = "exports"
	SectionNone       Section = ""
)

// Sections returns every section there is.
func Sections() []Section {
	return []Section{
		SectionOverview, SectionProfile, SectionPartners, SectionLicenses, SectionAgents, SectionMonitor, SectionPlans, SectionReleases, SectionLogins, SectionRequests,
		SectionAudit, SectionMail, SectionAccount, SectionNotices, SectionActing, SectionAccess, SectionAllowances, SectionMoves, SectionStatements, SectionSigningKey, SectionTokens, SectionWebhooks, SectionExports,
	}
}

// Frame is what every page knows besides what it shows: who looks at it, in
// which language, and what stands around it. A page has it as a field and does
// not embed it: each of its hundred methods would be wrapped twice in each of
// fifty pages, which takes the compiler minutes.
type Frame struct {
	*i18n.Printer

	Actor   plaza.Actor
	Counts  plaza.Frame
	Now     time.Time
	Path    string // of this page
	Section Section
	Framed  bool   // with menu and top bar; else the page stands alone
	Open    bool   // not framed, but as wide: somebody reads it who is not signed in
	Theme   string // light, dark; anything else: as the system
	Menu    string // folded; anything else: open
	Flash   plaza.Text
	Demo    bool
	Sheet   bool // shown in a side sheet
}

// Context is what every form carries, see [plaza.Actor.Context].
func Context(a plaza.Actor) string { return a.Context() }

// May reports whether to offer v.
func (f Frame) May(v plaza.Verb) bool { return f.Actor.Can(v) }

// title returns the title of the document: while acting it begins with the name
// of the profile one is in.
func (f Frame) title(page string) string {
	if f.Actor.Acting() {
		return f.Actor.ProfileName + " · " + page + " · Plaza"
	}
	return page + " · Plaza"
}

// choice returns the theme that was chosen, and drawn the one to begin with.
func (f Frame) themeChoice() string {
	if f.Theme == "light" || f.Theme == "dark" {
		return f.Theme
	}
	return "auto"
}

func (f Frame) themeDrawn() string {
	if f.Theme == "dark" {
		return "dark"
	}
	return "light"
}

func (f Frame) menuDrawn() string {
	if f.Menu == "folded" {
		return "folded"
	}
	return "open"
}

func (f Frame) favicon() string {
	if f.Actor.Acting() {
		return assets.Path("favicon-acting.svg")
	}
	return assets.Path("favicon.svg")
}

// bodyAttributes marks the body while somebody is acting.
func (f Frame) bodyAttributes() templ.Attributes {
	switch {
	case !f.Framed && !f.Open:
		return templ.Attributes{"class": "plain"}
	case !f.Framed:
		return nil
	case f.Actor.Acting():
		return templ.Attributes{"data-acting": string(f.Actor.Via.Mode)}
	}
	return nil
}

// documentation returns the address of the page about this section.
func (f Frame) documentation() string {
	if f.Section == SectionNone {
		return "/documentation"
	}
	return "/documentation/" + string(f.Section)
}

// menuItem is one line of the menu on the left.
type menuItem struct {
	Section Section
	Path    string
	Icon    string
	Key     string // keys that go there
	Label   string
	Count   int
}

// besides returns the lists that are in no menu, but behind one of its parts.
func (f Frame) besides() (items []menuItem) {
	if f.May(plaza.BatchRead) {
		items = append(items, menuItem{Path: "/batches", Icon: "list", Label: f.T("batch.many")})
	}
	if f.May(plaza.MoveRead) {
		items = append(items, menuItem{Path: "/moves", Icon: "arrows-exchange", Label: f.T("move.many")})
	}
	return items
}

// menu returns the lines of the menu that the actor may follow, in groups.
func (f Frame) menu() (top, manage, insight []menuItem) {
	top = f.items(
		offer{plaza.OverviewRead, menuItem{SectionOverview, "/", "home", "g o", f.T("menu.overview"), 0}})
	manage = f.items(
		offer{plaza.ProfileRead, menuItem{SectionPartners, "/partners", "building-store", "g p", f.T("menu.partners"), 0}},
		offer{plaza.LicenseRead, menuItem{SectionLicenses, "/licenses", "certificate", "g l", f.T("menu.licenses"), 0}},
		offer{plaza.AllowanceRead, menuItem{SectionAllowances, "/allowances", "adjustments", "g w", f.T("menu.allowances"), 0}},
		offer{plaza.AgentRead, menuItem{SectionAgents, "/agents", "plug", "g a", f.T("menu.agents"), 0}},
		offer{plaza.AgentRead, menuItem{SectionMonitor, "/monitor", "heartbeat", "g m", f.T("menu.monitor"), 0}},
		offer{plaza.ReleaseRead, menuItem{SectionReleases, "/releases", "upload", "g v", f.T("menu.releases"), 0}},
		offer{plaza.LoginRead, menuItem{SectionLogins, "/logins", "users", "g u", f.T("menu.logins"), 0}},
		offer{plaza.RequestRead, menuItem{SectionRequests, "/requests", "inbox", "g r", f.T("menu.requests"), f.Counts.Requests}})
	if !f.Actor.Kind.Administers() {
		manage = manage[min(1, len(manage)):] // nothing is below it
	}
	insight = f.items(
		offer{plaza.StatementRead, menuItem{SectionStatements, "/statements", "receipt", "g b", f.T("menu.statements"), 0}},
		offer{plaza.AccessRead, menuItem{SectionAccess, "/access", "shield-check", "g c", f.T("menu.access"), 0}},
		offer{plaza.AuditRead, menuItem{SectionAudit, "/audit", "history", "g h", f.T("menu.audit"), 0}},
		offer{plaza.WebhookRead, menuItem{SectionWebhooks, "/webhooks", "webhook", "g x", f.T("menu.webhooks"), 0}},
		offer{plaza.MailRead, menuItem{SectionMail, "/mails", "mail", "g e", f.T("menu.mail"), 0}},
		offer{plaza.ProfileRead, menuItem{SectionProfile, "/profile", "building", "g s", f.T("menu.profile"), 0}},
		offer{plaza.PlanRead, menuItem{SectionPlans, "/plans", "list", "g t", f.T("menu.plans"), 0}},
		offer{plaza.TokenRead, menuItem{SectionTokens, "/tokens", "key", "g i", f.T("menu.tokens"), 0}},
		offer{plaza.KeyRead, menuItem{SectionSigningKey, "/settings/signing-key", "settings", "g k", f.T("menu.settings"), 0}})
	return top, manage, insight
}

// offer is a line of the menu with the verb that one needs to follow it.
type offer struct {
	verb plaza.Verb
	item menuItem
}

func (f Frame) items(offers ...offer) (all []menuItem) {
	for _, o := range offers {
		if f.May(o.verb) {
			all = append(all, o.item)
		}
	}
	return all
}

// quickAction is one of the four buttons that make something, or ask for it.
type quickAction struct {
	Path, Icon, Label string
}

// quickActions returns the four, for profile if that is not empty. Somebody who
// acts and only looks gets them too: the page they lead to says what to do.
func (f Frame) quickActions(profile string) (all []quickAction) {
	q := ""
	if profile != "" {
		q = "?" + url.Values{"profile": {profile}}.Encode()
	}
	development := f.T("quick.partner_development")
	if f.Actor.Kind == plaza.Enterprise {
		development = f.T("quick.enterprise_development")
	}
	for _, a := range []struct {
		verb   plaza.Verb
		action quickAction
	}{
		{plaza.LicenseIssue, quickAction{"/licenses/new" + q, "code", development}},
		{plaza.ProfileCreate, quickAction{"/partners/new", "building-store", f.T("quick.partner_profile")}},
		{plaza.AgentCreate, quickAction{"/agents/new" + q, "plug", f.T("quick.agent")}},
		{plaza.LoginCreate, quickAction{"/logins/new" + q, "user-plus", f.T("quick.login")}},
	} {
		if f.May(a.verb) || f.May(plaza.RequestMake) || f.looking() && a.verb == plaza.LicenseIssue || f.looking() && a.verb == plaza.AgentCreate {
			all = append(all, a.action)
		}
	}
	return all
}

// looking reports whether somebody is acting who has not raised the session.
func (f Frame) looking() bool { return f.Actor.Acting() && f.Actor.Via.Mode == plaza.Look }

// asks reports whether the actor's quick actions make requests.
func (f Frame) asks() bool { return !f.Actor.Acting() && !f.Actor.Kind.Administers() }

// mayOrAsk reports whether to offer v: the actor may do it, or ask for it.
func (f Frame) mayOrAsk(v plaza.Verb) bool { return f.May(v) || f.asks() && f.May(plaza.RequestMake) }

// epoch returns t as the script counts down to it.
func epoch(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// rfc3339 returns t for the datetime attribute.
func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// icon returns the address of an icon in the sprite.
func icon(name string) string { return assets.Path("icons.svg") + "#" + name }

// boolean returns b for an ARIA attribute.
func boolean(b bool) string { return strconv.FormatBool(b) }

// keycap returns what stands on a key that is the same in every language.
func keycap(letter string) string { return letter }
