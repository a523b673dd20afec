package browsertest

import (
	"fmt"
	"strings"
	"testing"
)

// TestThePartnerWatchesAndEndsIt plays two browsers at once: a reseller acts in a
// partner, whose owner sees it on the Access page, which keeps itself up to date,
// and ends it there. The reseller, who does nothing but look at the Monitor, is told so.
func TestThePartnerWatchesAndEndsIt(t *testing.T) {
	t.Parallel()
	base := serve(t)
	visitor, owner := Open(t, base, Size(1440, 900)), Open(t, base, Size(1440, 900))
	owner.signIn(partner)
	owner.Go("/access")
	owner.See("Nobody from outside is in this profile.")

	visitor.signIn(reseller)
	visitor.logInAs("Bakkerij Jansen", "Ticket 4711: the till does not print")
	owner.See(resellerName) // without anybody asking
	owner.See("Ticket 4711: the till does not print")
	visitor.manage()
	visitor.Go("/licenses")
	owner.wait("the mode to change", `document.querySelector("#inside").innerText.includes("Manage")`)
	shoot(owner, "access")
	owner.look("Access with somebody inside")

	visitor.Go("/monitor")
	visitor.wait("news", `document.querySelector("#wall-age")?.innerText === "Live"`)
	owner.ClickFollow(`#inside form[action$="/end"] button`)
	owner.See("The visit was ended.")
	owner.See("Nobody from outside is in this profile.")
	visitor.See("Login as has ended") // without anybody asking
	visitor.See("Bakkerij Jansen")
	visitor.See("somebody there chose so on its Access page")
	shoot(visitor, "acting-ended")
	visitor.look("an acting session that was ended")
	visitor.ClickFollow("main .btn-primary")
	visitor.atHome("ComputersAreUs Holding")

	owner.Go("/access")
	owner.See("ended here")
	owner.ClickFollow("tr[data-row] .row-link")
	owner.See("ended a visit of Sanne de Wit") // and in its log stands all of it
	owner.See("changed the mode of Login as")
}

// TestConsentInTwoBrowsers: a partner that wants to be asked is asked, answers
// from the mail, and takes it back while somebody is inside.
func TestConsentInTwoBrowsers(t *testing.T) {
	t.Parallel()
	base := serve(t)
	visitor, owner := Open(t, base, Size(1440, 900)), Open(t, base, Size(1440, 900))
	owner.signIn(partner)
	owner.Go("/access")
	owner.Click(`input[name="access"][value="ask"]`)
	owner.ClickFollow(`form[action="/access/setting"] button`)
	owner.See("Support access saved.")

	visitor.signIn(reseller)
	visitor.openLoginAs("Bakkerij Jansen")
	visitor.See("wants to be asked first")
	visitor.look("a form to ask to be let in")
	visitor.Fill("#reason", "Ticket 4712: look at the new till")
	visitor.inDays("#until", 3)
	visitor.ClickFollow("main form.form button.btn-primary")
	visitor.See("Nobody answered yet")
	visitor.look("waiting to be let in")
	owner.Go("/access")
	owner.look("Access with somebody who asks")

	letter := Open(t, base)
	letter.Go("/mailbox")
	link := letter.mailedLink(partner, "/consent/")
	letter.Go(link)
	letter.See("Ticket 4712: look at the new till")
	shoot(letter, "consent")
	letter.look("what a mail asks")
	letter.ClickFollow(`button[value="until"]`)
	letter.See("They are let in")
	letter.look("what a mail asked, answered")
	letter.Go(link)
	letter.See("No answer is wanted any more")
	letter.look("what a mail asked, followed again")

	visitor.logInAs("Bakkerij Jansen", "Ticket 4712: look at the new till")
	owner.Go("/access")
	owner.See("May come in now and again")
	owner.ClickFollow(`form[action$="/revoke"] button`)
	visitor.Go("/licenses")
	visitor.See("The profile no longer lets you in.")
}

// openLoginAs opens the page to log in as somebody of a partner.
func (p *Page) openLoginAs(name string) {
	p.t.Helper()
	p.Go("/partners?q=" + strings.ReplaceAll(name, " ", "+"))
	p.ClickFollow("tr[data-row] .row-link")
	p.Go(p.Path() + "/login-as")
}

// inDays fills a field in with the date so many days from now: what keys one
// types for it depends on the browser's language.
func (p *Page) inDays(selector string, days int) {
	p.t.Helper()
	p.eval(fmt.Sprintf(`document.querySelector(%s).value = new Date(Date.now() + %d * 864e5).toISOString().slice(0, 10)`, js(selector), days))
}

// logInAs enters a partner as the first login that can be chosen.
func (p *Page) logInAs(name, reason string) {
	p.t.Helper()
	p.openLoginAs(name)
	p.Click(`input[name="login"]:not(:disabled)`)
	p.Fill("#reason", reason)
	p.ClickFollow("main form.form button.btn-primary")
	p.atHome(name)
}

// manage raises the acting session.
func (p *Page) manage() {
	p.t.Helper()
	p.ClickFollow(`form[action="/acting/mode"] button`)
}

// shoot takes a picture for the documentation.
func shoot(p *Page, name string) {
	p.t.Helper()
	p.eval(`document.activeElement?.blur()`)
	keep(p.t, name, p.Picture())
}
