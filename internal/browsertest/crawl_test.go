package browsertest

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	anID   = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	aMonth = regexp.MustCompile(`/[0-9]{4}-[0-9]{2}$`)
)

// pattern returns what kind of page is at an address: each is looked at once.
func pattern(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return aMonth.ReplaceAllString(anID.ReplaceAllString(u.Path, "{id}"), "/{month}")
}

// crawl visits one page of each kind that links lead to, from the addresses on,
// and returns the kinds it saw. A link marked as a download leads to no page.
func crawl(p *Page, visit func(address string), from ...string) []string {
	p.t.Helper()
	seen := map[string]bool{}
	var kinds []string
	for queue := from; len(queue) > 0; queue = queue[1:] {
		kind := pattern(queue[0])
		if seen[kind] || strings.HasPrefix(kind, "/assets/") || strings.HasPrefix(kind, "/documentation/img/") || kind == "/documentation/reference" { // see TestReferenceTriesTheAPI
			continue
		}
		seen[kind] = true
		kinds = append(kinds, kind)
		p.Go(queue[0])
		visit(queue[0])
		queue = append(queue, Eval[[]string](p, `[...document.querySelectorAll("a[href]:not([download])")].filter(a => a.origin === location.origin).map(a => a.pathname + a.search)`)...)
	}
	slices.Sort(kinds)
	return kinds
}

// TestEveryPageIsAccessible looks at every kind of page that each person can
// come to: with axe-core in light and dark, with the keyboard, and on a phone.
// A kind that one of them has seen is only opened for the next, but for the
// pages that differ: the Overview and what can be made or asked for.
func TestEveryPageIsAccessible(t *testing.T) {
	t.Parallel()
	base := serve(t)
	seen := map[string]bool{}
	for _, who := range []struct {
		name, email string
		least       int // kinds of pages
	}{
		{"nobody", "", 20},
		{"reseller", reseller, 45},
		{"partner", partner, 35},
		{"vendor", vendor, 45},
	} {
		p := Open(t, base)
		if who.email != "" {
			p.signIn(who.email)
		}
		kinds := crawl(p, func(address string) {
			kind := pattern(p.Path())
			if !p.isHTML() || seen[kind] && kind != "/" && !strings.HasSuffix(kind, "/new") {
				return
			}
			seen[kind] = true
			p.look(who.name + " at " + address)
		}, "/", "/sign-in", "/forgot-password")
		if len(kinds) < who.least {
			t.Errorf("%s: %d kinds of pages, want at least %d: %s", who.name, len(kinds), who.least, strings.Join(kinds, " "))
		}
	}
}

// look looks at a page in every way.
func (p *Page) look(name string) {
	p.t.Helper()
	p.Axe(name + " in light")
	p.theme("dark")
	p.Axe(name + " in dark")
	p.theme("light")
	p.Keyboard(name)
	p.tablesFit(name)
	p.fitsPhone(name)
}

// tablesFit fails the test if a table sticks out of its card, at the widths at which
// it cannot be moved within.
func (p *Page) tablesFit(name string) {
	p.t.Helper()
	for _, width := range []int64{1280, 1440} {
		p.Resize(width, 900)
		if over := Eval[int](p, `Math.max(0, ...[...document.querySelectorAll(".table-wrap")].filter(w => w.clientWidth > 1 && getComputedStyle(w).overflowX === "visible").map(w => w.scrollWidth - w.clientWidth))`); over > 0 {
			p.t.Errorf("%s: at %d px a table is %d px wider than its card", name, width, over)
		}
	}
}

func (p *Page) isHTML() bool {
	p.t.Helper()
	return Eval[string](p, `document.contentType`) == "text/html"
}

func (p *Page) theme(name string) {
	p.t.Helper()
	p.eval(fmt.Sprintf(`document.documentElement.setAttribute("data-bs-theme", %s)`, js(name)))
}

// fitsPhone fails the test if the page must be moved sideways on a phone.
func (p *Page) fitsPhone(name string) {
	p.t.Helper()
	p.Resize(390, 844)
	if over := Eval[int](p, `document.documentElement.scrollWidth - 390`); over > 0 {
		widest := Eval[string](p, `(() => { const e = [...document.querySelectorAll("body *")].filter(e => e.checkVisibility() && !e.closest(".table-wrap") && e.getBoundingClientRect().right > 391)[0]; return e ? e.outerHTML.slice(0, 160) : ""; })()`)
		p.t.Errorf("%s: %d px wider than a phone: %s", name, over, widest)
	}
	p.Resize(1440, 900)
}

// TestPagesThatNoLinkLeadsToAreAccessible looks at what one meets when something
// is wrong, and at the dashboard while acting.
func TestPagesThatNoLinkLeadsToAreAccessible(t *testing.T) {
	t.Parallel()
	p := Open(t, serve(t))
	at := func(name, want string) {
		t.Helper()
		p.See(want)
		p.look(name)
	}
	p.Go("/nowhere")
	at("an unknown address", "404")
	p.Go("/invitation/used-up")
	at("an invitation that was used up", "any more")
	p.Go("/reset-password/used-up")
	at("a link that was used up", "any more")
	p.Go("/sign-in")
	p.Fill("#email", "nobody@example.com")
	p.Fill("#password", "wrong password")
	p.send()
	at("a wrong password", "Sign in")

	p.signIn(reseller)
	p.Go("/licenses/00000000-0000-7000-8000-000000000000")
	at("a license that never was", "404")
	p.Go("/mails")
	at("a page beyond one's role", "403")
	for _, form := range []string{"/licenses/new", "/partners/new", "/agents/new", "/logins/new", "/account/password"} {
		p.Go(form)
		p.send()
		p.WaitFor(".field-problem")
		p.look(form + " sent empty")
	}
	p.Go("/account")
	p.eval(`document.querySelector("input[name=version]").value = "99"`)
	p.send()
	at("an edit that came too late", "Nothing of yours was saved")

	p.Go("/partners?q=Bakkerij+Jansen")
	p.ClickFollow("tr[data-row] .row-link")
	p.Go(p.Path() + "/login-as")
	p.Click(`input[name="login"]:not(:disabled)`)
	p.Fill("#reason", "Looking at every page")
	p.send()
	p.look("the Overview while acting")
	p.Go("/licenses")
	p.look("a list while acting")
	p.Go("/licenses/new")
	at("what one may not while looking", "Switch to Manage")
	p.Go("/audit")
	at("the log with a refusal in it, while acting", "Not done:")
	p.ClickFollow(`.acting form[action="/acting/mode"] button`)
	p.Go("/licenses/new")
	p.look("a form while acting")
}
