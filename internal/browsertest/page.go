// Package browsertest plays Plaza in a real browser: headless Chromium against a
// running server with real files, real mail and the demo world. It knows what
// people see, and nothing of how it is made.
package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take to show what is waited for; a test that
// passes never waits so long.
const patience = 20 * time.Second

// A Page is one tab of a browser of its own, with its own cookies. A message of
// the browser about an error, among them violations of the content security
// policy, fails the test at its end.
type Page struct {
	t    *testing.T
	ctx  context.Context //nolint:containedctx // it is the tab
	base string

	mu       sync.Mutex
	messages []string
	forgiven []string // see forgive
}

// Option changes how a page is opened.
type Option func(*options)

type options struct {
	width, height int64
	dark, noJS    bool
	language      string
}

// Size makes the window so large; otherwise it is 1440 by 900.
func Size(width, height int64) Option {
	return func(o *options) { o.width, o.height = width, height }
}

// Dark has the browser prefer dark pages.
func Dark(o *options) { o.dark = true }

// NoScript switches JavaScript off.
func NoScript(o *options) { o.noJS = true }

// Language has the browser ask for a language.
func Language(code string) Option { return func(o *options) { o.language = code } }

// chromium returns the browser's path, or fails the test: there is nothing to
// test without one.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no chromium: make test installs it, or says how")
	return ""
}

// Open starts a browser with an empty tab for the server at base.
func Open(t *testing.T, base string, opts ...Option) *Page {
	t.Helper()
	o := options{width: 1440, height: 900, language: "en"}
	for _, set := range opts {
		set(&o)
	}
	dir, err := os.MkdirTemp("", "plaza-browser-") //nolint:usetesting // chromium writes on while it ends
	if err != nil {
		t.Fatal(err)
	}
	alloc, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()),
		chromedp.ExecPath(chromium(t)), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.UserDataDir(dir),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("lang", o.language), chromedp.WSURLReadTimeout(patience),
	)
	ctx, closeTab := chromedp.NewContext(alloc)
	p := &Page{t: t, ctx: ctx, base: strings.TrimSuffix(base, "/")}
	t.Cleanup(func() {
		closeTab()
		stop()
		_ = os.RemoveAll(dir)
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, m := range p.messages {
			t.Errorf("the browser says: %s", m)
		}
	})
	p.listen()
	p.emulate(o)
	return p
}

// listen notes what the browser complains about.
func (p *Page) listen() {
	p.t.Helper()
	if err := chromedp.Do(p.ctx); err != nil {
		p.t.Fatalf("start the browser: %v", err)
	}
	messages := chromedp.Console(p.ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			// A status 4xx is what some steps are about; the test looks at the page.
			refused := m.Source == "network" && strings.Contains(m.Text, "status of 4")
			if (m.IsException() || m.Type == "error" || m.Type == "warning") && !refused {
				p.mu.Lock()
				if !slices.ContainsFunc(p.forgiven, func(words string) bool { return strings.Contains(m.Text, words) }) {
					p.messages = append(p.messages, m.URL+": "+m.Text)
				}
				p.mu.Unlock()
			}
		}
	}()
}

// forgive has messages of the browser that contain one of words not fail the test.
func (p *Page) forgive(words ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forgiven = words
}

func (p *Page) emulate(o options) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(o.width, o.height))
	scheme := "light"
	if o.dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	// Every browser behaves as the one in front: of several that are open at once,
	// one at most has the system's focus, and only there :focus holds.
	if err == nil {
		_, err = chromedp.Call(p.ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	}
	if err == nil && o.noJS {
		_, err = chromedp.Call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// within returns a context for one step.
func (p *Page) within() (context.Context, context.CancelFunc) {
	return context.WithTimeout(p.ctx, patience)
}

func (p *Page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := p.within()
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%v\n%s", err, p.where())
	}
}

// where says what the page shows, for a test that failed.
func (p *Page) where() string {
	ctx, cancel := context.WithTimeout(p.ctx, 2*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText.slice(0, 1500)`))
	if err != nil {
		return err.Error()
	}
	return text
}

// Go opens the page at a path of the server.
func (p *Page) Go(path string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.base + path))
}

// Follow does something that leads to another page, and waits until it is there.
func (p *Page) Follow(step func()) {
	p.t.Helper()
	p.eval(`window.left = true`)
	step()
	p.wait("the next page", `!window.left && document.readyState === "complete"`)
}

// Click clicks on the first thing that the selector finds.
func (p *Page) Click(selector string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// ClickFollow clicks on a link or a button that leads to another page.
func (p *Page) ClickFollow(selector string) {
	p.t.Helper()
	p.Follow(func() { p.Click(selector) })
}

// Press presses keys, as in "/" or "gp".
func (p *Page) Press(keys string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys))
}

// Fill replaces what stands in a field, as somebody types.
func (p *Page) Fill(selector, value string) {
	p.t.Helper()
	p.do(chromedp.WaitVisible(chromedp.CSS(selector)))
	p.eval(fmt.Sprintf(`document.querySelector(%s).value = ""`, js(selector)))
	p.do(chromedp.SendKeys(chromedp.CSS(selector), value))
}

// Choose chooses the option of a select whose words contain label.
func (p *Page) Choose(selector, label string) {
	p.t.Helper()
	p.wait(selector+" to offer "+label, fmt.Sprintf(`(() => {
		const field = document.querySelector(%s);
		const option = field && [...field.options].find(o => o.text.includes(%s));
		if (!option) return false;
		field.value = option.value;
		field.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})()`, js(selector), js(label)))
}

// See waits until the page shows words.
func (p *Page) See(words string) {
	p.t.Helper()
	p.wait(fmt.Sprintf("%q", words), fmt.Sprintf(`document.body && document.body.innerText.includes(%s)`, js(words)))
}

// WaitFor waits until the page has something that the selector finds and that
// is to be seen.
func (p *Page) WaitFor(selector string) {
	p.t.Helper()
	p.do(chromedp.WaitVisible(chromedp.CSS(selector)))
}

// Text returns the words in the first thing that the selector finds.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	return Eval[string](p, fmt.Sprintf(`(document.querySelector(%s) || {innerText: ""}).innerText.trim()`, js(selector)))
}

// Attribute returns an attribute of the first thing that the selector finds.
func (p *Page) Attribute(selector, name string) string {
	p.t.Helper()
	return Eval[string](p, fmt.Sprintf(`(document.querySelector(%s)?.getAttribute(%s)) ?? ""`, js(selector), js(name)))
}

// Count returns how many things the selector finds.
func (p *Page) Count(selector string) int {
	p.t.Helper()
	return Eval[int](p, fmt.Sprintf(`document.querySelectorAll(%s).length`, js(selector)))
}

// Path returns the path of the page, with its query.
func (p *Page) Path() string {
	p.t.Helper()
	return Eval[string](p, `location.pathname + location.search`)
}

// Eval returns what a JavaScript expression gives on the page.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	ctx, cancel := p.within()
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%v\n%s", err, p.where())
	}
	return v
}

func (p *Page) eval(expression string) {
	p.t.Helper()
	Eval[chromedp.Void](p, expression)
}

// wait waits until an expression is true. It asks again and again, as the page
// may be another one meanwhile, and scripts of its own may be switched off.
func (p *Page) wait(what, expression string) {
	p.t.Helper()
	ctx, cancel := p.within()
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression)); err == nil && ok {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			p.t.Fatalf("waited in vain for %s\n%s", what, p.where())
		}
	}
}

// js returns s as a JavaScript string.
func js(s string) string {
	b, _ := json.Marshal(s) // a string always can
	return string(b)
}

// Picture takes a picture of what the window shows.
func (p *Page) Picture() []byte {
	p.t.Helper()
	ctx, cancel := p.within()
	defer cancel()
	shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	return shot
}

// Axe fails the test for everything on the page that keeps somebody from using
// it: WCAG 2.2 AA and best practice, as axe-core finds it.
func (p *Page) Axe(name string) {
	p.t.Helper()
	p.axe(name, "document", `{runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}`)
}

// axe is Axe for a part of the page, and with what is looked for, in axe-core's words.
func (p *Page) axe(name, part, options string) {
	p.t.Helper()
	if !Eval[bool](p, `"axe" in window`) { // it is long, and looks at one page more than once
		source, err := os.ReadFile("../web/assets/dist/test/axe.min.js")
		if err != nil {
			p.t.Fatalf("axe-core: %v; make assets builds it", err)
		}
		p.eval(string(source) + "\n;undefined")
	}
	// Three of each kind say enough.
	found := Eval[[]string](p, `axe.run(`+part+`, `+options+`)
		.then(r => r.violations.flatMap(v => v.nodes.slice(0, 3).map(n => v.id + ": " + n.target.join(" ") + " " + n.html.slice(0, 160) + " " + (n.failureSummary || "").replace(/\s+/g, " ").slice(0, 240))))`)
	for _, violation := range found {
		p.t.Errorf("%s: axe: %s", name, violation)
	}
}

// Resize makes the window another size.
func (p *Page) Resize(width, height int64) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(width, height))
}
