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

// Keyboard fails the test for everything on the page that the Tab key does not
// reach, and for every place where one cannot see that it is there.
func (p *Page) Keyboard(name string) {
	p.t.Helper()
	p.eval(`(() => { document.activeElement?.blur(); window.scrollTo(0, 0); window.visited = new Set(); window.unseen = []; })()`)
	want := Eval[int](p, reachable+`.length`)
	for range want + 20 { // the browser's own stops at the end of the page
		p.Press(kb.Tab)
		p.eval(`(() => {
			const e = document.activeElement;
			if (!e || e === document.body) return;
			window.visited.add(e.type === "radio" ? e.name : e);
			const s = getComputedStyle(e);
			if (s.outlineStyle === "none" && s.boxShadow === "none") window.unseen.push(e.outerHTML.slice(0, 120));
		})()`)
	}
	missed := Eval[[]string](p, reachable+`.filter(e => !window.visited.has(e.type === "radio" ? e.name : e)).map(e => e.outerHTML.slice(0, 120))`)
	unseen := Eval[[]string](p, `window.unseen`)
	for _, e := range missed {
		p.t.Errorf("%s: the Tab key does not reach %s", name, strings.Join(strings.Fields(e), " "))
	}
	for _, e := range unseen {
		p.t.Errorf("%s: nothing shows that the focus is on %s", name, strings.Join(strings.Fields(e), " "))
	}
}
