package browsertest

import (
	"strings"

	"github.com/chromedp/chromedp/kb"
)

// reachable is what somebody without a mouse must be able to get to: everything
// on the page that can be used and is to be seen. Of a group of radio buttons
// the keyboard visits one, the arrow keys the others.
const reachable = `(() => {
	const groups = new Set();
	return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
		.filter(e => !e.disabled && e.checkVisibility({visibilityProperty: true, opacityProperty: false}) && e.tabIndex >= 0 && !e.closest("[inert]"))
		.filter(e => e.type !== "radio" || (!groups.has(e.name) && groups.add(e.name)));
})()`

// noteFocus has the page note by itself where the focus comes, and where nothing
// shows that it is there: to ask after each key would take most of the time.
const noteFocus = `(() => {
	document.activeElement?.blur();
	window.scrollTo(0, 0);
	window.visited = new Set();
	window.unseen = [];
	window.noted?.abort();
	window.noted = new AbortController();
	document.addEventListener("focusin", ({target: e}) => {
		window.visited.add(e.type === "radio" ? e.name : e);
		const s = getComputedStyle(e);
		if (s.outlineStyle === "none" && s.boxShadow === "none") window.unseen.push(e.outerHTML.slice(0, 120) + (e.matches(":focus") ? "" : ", which does not match :focus"));
	}, {signal: window.noted.signal});
})()`

// Keyboard fails the test for everything on the page that the Tab key does not
// reach, and for every place where one cannot see that it is there.
func (p *Page) Keyboard(name string) {
	p.t.Helper()
	p.eval(noteFocus)
	p.tab(Eval[int](p, `(window.wanted = new Set(`+reachable+`)).size`))
	missed := p.notVisited()
	if len(missed) > 0 {
		p.tab(20) // the browser's own stops at the end of the page
		missed = p.notVisited()
	}
	for _, e := range missed {
		p.t.Errorf("%s: the Tab key does not reach %s", name, strings.Join(strings.Fields(e), " "))
	}
	for _, e := range Eval[[]string](p, `window.unseen`) {
		p.t.Errorf("%s: nothing shows that the focus is on %s", name, strings.Join(strings.Fields(e), " "))
	}
}

// tab presses the Tab key so many times.
func (p *Page) tab(times int) {
	p.t.Helper()
	for range times {
		p.Press(kb.Tab)
	}
}

// notVisited returns what the focus has not come to since noteFocus, of what was there
// then: what a page has got by itself since may be where the focus has been.
func (p *Page) notVisited() []string {
	p.t.Helper()
	return Eval[[]string](p, reachable+`.filter(e => window.wanted.has(e) && !window.visited.has(e.type === "radio" ? e.name : e)).map(e => e.outerHTML.slice(0, 120))`)
}
