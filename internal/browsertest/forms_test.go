package browsertest

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/demo"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/web"
)

// elsewhere is every form that this test leaves to another one, and which.
var elsewhere = map[string]string{
	"/mails/{id}/retry":    "no mail dies in the demo: TestMails in internal/web",
	"/exports":             "is answered with a file: TestExportsAreWhatThePagesShow in internal/web",
	"/exports/{id}/cancel": "no list of the demo is long: TestExportsAreCancelled in internal/web",
	"/tokens/{id}/adopt":   "takes a second administrator: TestTokens in internal/web",
}

var aLink = regexp.MustCompile(`^/(reset-password|invitation|consent)/.+`)

// forms sends forms and remembers which.
type forms struct {
	*Page

	sent map[string]bool
}

// submit sends the form that the button belongs to, and follows to the page it
// leads to.
func (f *forms) submit(button string) {
	f.t.Helper()
	f.WaitFor(button)
	action := Eval[string](f.Page, `(() => { const b = document.querySelector(`+js(button)+`); return new URL(b.getAttribute("formaction") || b.form.action, location.href).pathname; })()`)
	f.sent[aLink.ReplaceAllString(pattern(action), "/$1/{token}")] = true
	f.ClickFollow(button)
}

// fill fills the fields of the form of the page in and sends it.
func (f *forms) fill(fields ...string) {
	f.t.Helper()
	for i := 0; i+1 < len(fields); i += 2 {
		f.Fill("#"+fields[i], fields[i+1])
	}
	f.submit("main form.form button.btn-primary, main form.form button.btn-danger")
}

// first opens a list and follows its first row; it returns where that leads.
func (f *forms) first(list string) string {
	f.t.Helper()
	f.Go(list)
	f.ClickFollow("tr[data-row] .row-link")
	return f.Path()
}

// thing returns the address of the thing that the page is about.
func (f *forms) thing() string {
	f.t.Helper()
	path, _, _ := strings.Cut(f.Path(), "?")
	return path
}

// to returns the selector of the button of the form that posts to a path.
func to(path string) string { return `form[action="` + path + `"] button` }

const changedPassword = "another long password"

// TestEveryFormWorksWithoutScript sends every form there is from a browser in
// which JavaScript is off, and sees that what it was for has happened.
func TestEveryFormWorksWithoutScript(t *testing.T) {
	t.Parallel()
	base := serve(t)
	sent := map[string]bool{}
	f := &forms{Open(t, base, NoScript), sent}

	f.Go("/sign-in")
	f.fill("email", reseller, "password", demo.Password)
	f.atHome("ComputersAreUs Holding")

	f.licenses()
	f.agents()
	f.logins()
	f.partners()
	f.own()
	f.moreAllowance()
	f.webhooks()
	f.imports()
	owner := &forms{Open(t, base, NoScript), sent}
	f.requests(owner)
	f.access(owner)
	v := &forms{Open(t, base, NoScript), sent}
	f.everywhere(v)
	f.moves(v)
	v.plans()
	v.releases()
	(&forms{Open(t, base, NoScript), sent}).signingKey()
	f.acting()

	f.Click(`button[popovertarget="theme-menu"]`)
	f.submit(`form[action="/theme"] button[value="dark"]`)
	if theme := f.Attribute("html", "data-bs-theme"); theme != "dark" {
		t.Errorf("the page is %s, want dark", theme)
	}
	f.submit(`.topbar-wide form[action="/sign-out"] button`)
	f.See("Sign in")
	f.Go("/licenses")
	if !strings.HasPrefix(f.Path(), "/sign-in") {
		t.Errorf("after signing out /licenses leads to %s", f.Path())
	}
	f.secondStep()
	everyForm(t, sent)
}

// everyForm fails the test for every route that takes a form and got none.
func everyForm(t *testing.T, sent map[string]bool) {
	t.Helper()
	mux := new(door.Mux)
	web.Mount(mux, web.Config{})
	var missed []string
	for _, rt := range mux.Routes() {
		if rt.Method == http.MethodPost && !sent[rt.Pattern] && elsewhere[rt.Pattern] == "" {
			missed = append(missed, rt.Pattern)
		}
	}
	slices.Sort(missed)
	if len(sent) < 30 {
		t.Errorf("%d forms were sent, want at least 30", len(sent))
	}
	if len(missed) > 0 {
		t.Errorf("no form was sent to %s", strings.Join(missed, ", "))
	}
}

func (f *forms) licenses() {
	f.Go("/licenses/new")
	f.Choose("#plan", "1 year")
	f.fill("name", "Workbench")
	license := f.thing()
	f.submit(to(license + "/key"))
	if key := f.Text("#key"); len(key) != 29 {
		f.t.Errorf("the key is %q", key)
	}
	f.Go(license + "/suspend")
	f.fill("reason", "Nobody uses it now")
	f.See("Suspended")
	f.submit(to(license + "/resume"))
	f.See("Active")
	f.Go(license + "/renew")
	f.fill("reason", "For another year")
	f.See("License renewed")
	f.Go(license + "/plan")
	f.Click(`input[name="plan"]`)
	f.ClickFollow("main form.form button.btn-primary")
	f.fill("reason", "They want to pay by the month")
	f.See("Plan changed")
	f.Go("/licenses/new")
	f.Choose("#plan", "1 year")
	f.fill("name", "For somebody else")
	f.Go(f.thing() + "/billing")
	f.fill("billing_id", "L-4711")
	f.See("L-4711")
	f.Go(f.thing() + "/transfer")
	f.Choose("#to", "Northgate Freight")
	f.ClickFollow("main form.form button.btn-primary")
	f.fill("reason", "They have taken the project over")
	f.See("License transferred")
	f.Go("/licenses/new")
	f.Choose("#plan", "1 year")
	f.fill("name", "A mistake")
	f.Go(f.thing() + "/delete")
	f.fill("reason", "For the wrong partner")
	f.See("License deleted")
	f.Go("/licenses/new")
	f.Choose("#plan", "1 year")
	f.fill("name", "Fair", "count", "2")
	f.See("Issue licenses")
	f.Go("/licenses?q=Workbench")
	f.Click(`tbody .cell-check input`)
	f.ClickFollow(".bulk button")
	f.fill("reason", "All of them at once")
	for batch := f.thing(); !strings.Contains(f.Text("#progress"), "Finished"); {
		f.Go(batch)
	}
	f.Go(license + "/end")
	f.fill("reason", "Nobody will use it again")
	f.See("Ended")
}

func (f *forms) agents() {
	f.Go("/agents/new")
	f.Choose("#plan", "ConnectAgent")
	f.fill("name", "Weighbridge")
	agent := f.thing()
	f.submit(to(agent + "/key"))
	key := f.Text("#key")
	if !strings.HasPrefix(key, "key/") {
		f.t.Errorf("the key is %q", key)
	}
	f.Go(agent + "/rename")
	f.fill("name", "Weighbridge 2")
	f.See("Weighbridge 2")
	f.Go(agent + "/download")
	f.download("connectagent-weighbridge-2-linux-amd64.zip")
	f.Go(agent + "/file")
	f.download("weighbridge-2-license.lic")
	f.Go(agent + "/offline")
	f.Fill("#request", `{"type":"plaza-offline-request","version":1,"key":"`+key+`","fingerprint":"scales","hostname":"scales","platform":"linux/amd64","cores":4,"requestedAt":"2026-11-23T09:00:00Z"}`)
	f.download("weighbridge-2-machine.lic")
	f.Go(agent)
	f.See("Offline file until")
	f.ClickFollow(`main a[href$="/release"]`)
	f.submit("main .danger button.btn-danger")
	f.See("Its place is free")
	f.Go(agent + "/alarm")
	f.Click("#on")
	f.submit("main form.form button.btn-primary")
	f.See("a mail goes to")
	f.Go("/monitor?seen=all&state=overdue") // few tiles, so that nothing moves while one clicks
	f.submit("#notifications tbody form button")
	f.See("1 notification acknowledged.")
	f.submit("#notifications .flash button")
	f.See("it waits to be acknowledged again")
}

// download sends the form of the page as the browser would, and sees that the
// answer is a file: the page stays.
func (f *forms) download(name string) {
	f.t.Helper()
	f.sent[pattern(f.Path())] = true
	got := Eval[string](f.Page, `(async () => {
		const form = document.querySelector("main form.form");
		const data = new FormData(form);
		const answer = await fetch(form.action, { method: "POST", body: form.enctype === "multipart/form-data" ? data : new URLSearchParams(data) });
		return answer.status + " " + answer.headers.get("Content-Disposition");
	})()`)
	if want := `200 attachment; filename="` + name + `"`; got != want {
		f.t.Errorf("%s answers %s, want %s", f.Path(), got, want)
	}
}

// signingKey has the vendor make another signing key.
func (f *forms) signingKey() {
	f.Go("/sign-in")
	f.fill("email", vendor, "password", demo.Password)
	f.WaitFor("main h1")
	f.Go("/settings/signing-key/rotate")
	f.submit("main .danger button.btn-danger")
	f.See("Will sign")
}

func (f *forms) logins() {
	f.Go("/logins/new")
	f.Click(`input[name="role"][value="support"]`)
	f.fill("name", "Wim", "email", "wim@computersareus.example")
	login := f.thing()
	f.submit(to(login + "/reinvite"))
	f.submit(to(login + "/disable"))
	f.See("Disabled")
	f.submit(to(login + "/enable"))
	f.See("Invited")
	f.Go(login + "/edit")
	f.fill("name", "Willem")
	f.See("Willem")
}

func (f *forms) partners() {
	f.Go("/partners/new")
	f.Click(`input[name="kind"][value="partner"]`)
	f.Choose("#plan", "Partner")
	f.fill("name", "Gone Soon", "owner_name", "Bas", "owner_email", partner) // who has an account elsewhere
	p := f.thing()
	f.Go(p + "/settings")
	f.fill("name", "Going Soon")
	f.See("Going Soon")
	f.allowances(p)
	f.billing(p)
	f.Go(p + "/suspend")
	f.fill("reason", "They asked for it")
	f.See("Suspended")
	f.submit("main " + to(p+"/resume"))
	f.See("Active")
	f.Go(p + "/suspend")
	f.fill("reason", "They asked for it")
	f.Go(p + "/close")
	f.fill("name", "Going Soon", "reason", "They asked for it")
	f.See("Closed")
	f.Go(p)
	f.submit("main " + to(p+"/reopen"))
	f.See("Suspended")
	f.submit("main " + to(p+"/resume"))
}

// moves has the reseller propose to give partners away, and the vendor decline, choose
// who takes one, and move another.
func (f *forms) moves(v *forms) {
	give := func() string {
		f.Go("/partners?q=Going")
		f.Go(f.Attribute("tr[data-row] .row-link", "href") + "/move?to=beyond")
		f.fill("whom", "The one in the north", "reason", "They moved their office")
		return f.thing()
	}
	move := give()
	f.submit("main " + to(move+"/withdraw"))
	f.See("Withdrawn")
	move = give()
	v.Go(move + "/decline")
	v.fill("reason", "There is nobody there")
	v.See("Declined")
	move = give()
	v.Go(move + "/agree")
	v.Choose("#to", "ConnectPlaza")
	v.ClickFollow("main form.form button.btn-primary")
	v.fill("name", "Going Soon")
	v.See("Moved")
}

// allowances bounds how many licenses a partner may hold, and no more.
func (f *forms) allowances(partner string) {
	f.Go("/allowances/new?profile=" + strings.TrimPrefix(partner, "/partners/"))
	f.Choose("#of", "All development licenses")
	f.fill("most", "3")
	f.See("0 of 3")
	f.Go(f.Attribute(`#allowances a[href$="/edit"]`, "href"))
	f.fill("most", "4")
	f.See("0 of 4")
	f.Go(f.Attribute(`#allowances a[href$="/remove"]`, "href"))
	f.submit("main .danger button.btn-danger")
	f.See("Allowance removed")
}

// billing sets on which terms a partner is billed, and books something.
func (f *forms) billing(partner string) {
	statements := "/statements/" + strings.TrimPrefix(partner, "/partners/")
	f.Go(statements + "/terms")
	f.Choose("#time_zone", "Europe/Paris")
	f.fill("discount", "12.5", "billing_id", "D-4711")
	f.See("D-4711")
	f.Go(statements + "/adjust")
	f.fill("amount", "-12.50", "reason", "They had to wait")
	f.See("They had to wait")
}

// own changes what is one's own: the profile, the account, the notices.
func (f *forms) own() {
	f.Go("/profile")
	f.fill("warning_days", "45")
	f.See("45")
	f.Go("/profile/expiry")
	f.fill("steps_development", "60, 5")
	f.Go("/profile/expiry")
	if steps := f.Attribute("#steps_development", "value"); steps != "60, 5" {
		f.t.Errorf("the steps are %q", steps)
	}
	f.Go("/account/mails")
	f.Choose("#ends", "Once a day, in one mail")
	f.submit("main form.form button.btn-primary")
	f.Go("/account")
	f.fill("name", "Sanne de Witte")
	f.Go("/account")
	if name := f.Attribute("#name", "value"); name != "Sanne de Witte" {
		f.t.Errorf("the account's name is %q", name)
	}
	f.Go("/tokens/new")
	f.fill("name", "Nightly export")
	if token := f.Text("#key"); !secret.IsAPIToken(token) {
		f.t.Errorf("the token is %q", token)
	}
	f.first("/tokens")
	f.Go(f.thing() + "/revoke")
	f.fill()
	f.See("Token revoked")
	f.Go("/account/password")
	f.fill("old", demo.Password, "password", changedPassword, "again", changedPassword)
	f.Go("/notices")
	f.submit(to("/notices/read"))
}

// requests has the partner come in by its links, ask for things and take one
// back, and the reseller approve and decline.
func (f *forms) requests(p *forms) {
	p.Go("/mailbox")
	p.Go(p.mailedLink(partner, "/invitation/"))
	p.fill("password", demo.Password)
	p.Go("/profiles")
	p.submit(`form[action="/profiles"]:has(button) button`)
	p.submit(`.topbar-wide form[action="/sign-out"] button`)
	p.Go("/forgot-password")
	p.fill("email", partner)
	p.Go("/mailbox")
	p.Go(p.mailedLink(partner, "/reset-password/"))
	p.fill("password", changedPassword, "again", changedPassword)
	p.Go("/sign-in")
	p.fill("email", partner, "password", changedPassword)
	p.See("Bakkerij Jansen")
	p.submit(`form[action="/profiles"]:has(button) button`)
	p.atHome("Bakkerij Jansen")

	for _, name := range []string{"Wanted", "Unwanted", "Regretted"} {
		p.Go("/licenses/new")
		p.Choose("#plan", "Development")
		p.fill("name", name)
		p.See(name)
	}
	p.Fill("#comment", "On second thoughts")
	p.submit("main " + to(p.Path()+"/comment"))
	p.See("On second thoughts")
	p.submit("main " + to(p.Path()+"/withdraw"))
	p.See("Withdrawn")

	wanted := f.first("/requests?state=open&q=Wanted&sort=created")
	f.submit(to(wanted + "/approve"))
	unwanted := f.first("/requests?state=open&q=Unwanted")
	f.Go(unwanted + "/decline")
	f.fill("reason", "Not this year")
	p.Go(unwanted)
	p.See("Not this year")
}

func (f *forms) acting() {
	f.enter()
	f.submit(`.acting form[action="/acting/mode"] button`)
	f.See("Manage")
	f.submit(to("/acting/leave"))
	f.atHome("ComputersAreUs Holding")
}
