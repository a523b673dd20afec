package views

import (
	"bytes"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/i18n"
)

// hostile is what somebody might type anywhere.
const hostile = `"'><script>`

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// pages returns every page twice: with nothing in it but the frame, and with
// everything there can be and all text hostile.
func pages(f Frame) [][2]Page {
	return slices.Concat(
		documentationPages(f),
		errorPages(f),
		sessionPages(f),
		accountPages(f),
		factorPages(f),
		licensePages(f), batchPages(f), exportPages(f), importPages(f), renewalPages(f), allowancePages(f), statementPages(f), billingPages(f), movePages(f),
		overviewPages(f),
		profilePages(f),
		actingPages(f), accessPages(f),
		agentPages(f), activationPages(f), signingKeyPages(f), planPages(f), releasePages(f), monitorPages(f),
		loginPages(f),
		tokenPages(f),
		requestPages(f),
		auditPages(f),
		noticePages(f), expiryPages(f),
		mailPages(f), webhookPages(f),
		searchPages(f),
	)
}

// testFrame is the frame of somebody who may do everything and whose every name
// is hostile.
func testFrame(t testing.TB, lang string) Frame {
	t.Helper()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return Frame{
		Printer: texts.Printer(lang, time.UTC), Now: noon(), Path: "/" + hostile, Section: SectionLicenses, Framed: true,
		Actor: plaza.Actor{
			Login: "login", Person: "person", Name: hostile, Profile: "profile", ProfileName: hostile,
			Kind: plaza.Reseller, Role: plaza.Owner, Session: "session",
		},
		Counts: plaza.Frame{Requests: 3, Notices: 2, Profiles: []plaza.Login{{ID: "1", Name: hostile}, {ID: "2", Name: hostile}}},
		Theme:  hostile, Menu: hostile, Flash: plaza.T("error.not_found"),
	}
}

func TestEveryPage(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "nl"} {
		for _, pair := range pages(testFrame(t, lang)) {
			for i, p := range pair {
				name := lang + "/" + reflect.TypeOf(p).Name() + []string{"/empty", "/full"}[i]
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					checkPage(t, drawPage(t, p))
				})
			}
		}
	}
}

// TestEveryPageIsDrawn finds pages that [pages] does not have.
func TestEveryPageIsDrawn(t *testing.T) {
	t.Parallel()
	drawn := map[string]bool{}
	for _, pair := range pages(testFrame(t, "en")) {
		drawn[reflect.TypeOf(pair[0]).Name()] = true
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`(?m)^templ \(\w+ (\w+)\) Page\(`)
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".templ") {
			continue
		}
		text, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			if !drawn[m[1]] {
				t.Errorf("%s: %s is not in pages", file.Name(), m[1])
			}
		}
	}
}

func drawPage(t *testing.T, p Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.Page().Render(t.Context(), &b); err != nil {
		t.Fatalf("%T: %v", p, err)
	}
	return b.String()
}

// checkPage holds a page to what every page must keep.
func checkPage(t *testing.T, page string) {
	t.Helper()
	for _, problem := range pageProblems(page) {
		t.Error(problem)
	}
	if t.Failed() {
		t.Log(page)
	}
}

// pageProblems returns what is wrong with a page.
func pageProblems(page string) (all []string) {
	if !strings.HasPrefix(strings.ToLower(page), "<!doctype html>") {
		all = append(all, "no doctype")
	}
	if strings.Contains(page, hostile) {
		all = append(all, "text is drawn as it was typed")
	}
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return append(all, err.Error())
	}
	var elements []*html.Node
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			elements = append(elements, n)
		}
	}
	all = append(all, headingProblems(elements)...)
	all = append(all, inlineProblems(elements)...)
	all = append(all, idProblems(elements)...)
	return append(all, formProblems(elements)...)
}

func headingProblems(elements []*html.Node) []string {
	n := 0
	for _, e := range elements {
		if e.Data == "h1" {
			n++
		}
	}
	if n != 1 {
		return []string{"not one h1 but " + intText(n)}
	}
	return nil
}

// inlineProblems finds style and script that the content security policy
// forbids, and addresses that run something.
func inlineProblems(elements []*html.Node) (all []string) {
	for _, e := range elements {
		if e.Data == "style" {
			all = append(all, "a style element")
		}
		if _, ok := attr(e, "src"); e.Data == "script" && !ok {
			all = append(all, "a script without src")
		}
		for _, a := range e.Attr {
			switch {
			case a.Key == "style", strings.HasPrefix(a.Key, "on"), strings.HasPrefix(a.Key, "hx-on"):
				all = append(all, "attribute "+a.Key+" of "+e.Data)
			case strings.Contains(a.Val, "javascript:"):
				all = append(all, a.Key+" of "+e.Data+" runs a script")
			}
		}
	}
	return all
}

// idProblems finds IDs that are there twice, and those that are pointed at but
// not there.
func idProblems(elements []*html.Node) (all []string) {
	ids := map[string]bool{"sheet-title": true} // which the script makes
	for _, e := range elements {
		id, ok := attr(e, "id")
		if ok && ids[id] {
			all = append(all, "id twice: "+id)
		}
		if ok {
			ids[id] = true
		}
	}
	for _, e := range elements {
		if to, _ := attr(e, "href"); e.Data == "a" && strings.HasPrefix(to, "#") && !ids[to[1:]] {
			all = append(all, "a link to "+to+", which is not there")
		}
		for _, name := range []string{"aria-describedby", "aria-labelledby", "aria-controls", "popovertarget", "form", "for"} {
			pointed, ok := attr(e, name)
			for id := range strings.FieldsSeq(pointed) {
				if !ids[id] {
					all = append(all, e.Data+" has "+name+" "+id+", which is not there")
				}
			}
			if ok && pointed == "" {
				all = append(all, e.Data+" has an empty "+name)
			}
		}
	}
	return all
}

// formProblems finds forms of framed pages that do not say for whom they were
// drawn, and fields without a name for those who cannot see.
func formProblems(elements []*html.Node) (all []string) {
	framed := false
	labels := map[string]bool{}
	for _, e := range elements {
		class, _ := attr(e, "class")
		framed = framed || class == "frame"
		if id, ok := attr(e, "for"); ok && e.Data == "label" {
			labels[id] = true
		}
	}
	for _, e := range elements {
		method, _ := attr(e, "method")
		if e.Data == "form" && strings.EqualFold(method, "post") && framed && !hasContext(e) {
			action, _ := attr(e, "action")
			all = append(all, "the form to "+action+" has no context")
		}
		if !named(e, labels) {
			name, _ := attr(e, "name")
			all = append(all, e.Data+" "+name+" has no label")
		}
	}
	return all
}

func hasContext(form *html.Node) bool {
	for n := range form.Descendants() {
		if name, _ := attr(n, "name"); n.Type == html.ElementNode && n.Data == "input" && name == "context" {
			return true
		}
	}
	return false
}

// named reports whether e is a field with a label, or no field.
func named(e *html.Node, labels map[string]bool) bool {
	kind, _ := attr(e, "type")
	if e.Data != "input" && e.Data != "select" && e.Data != "textarea" || kind == "hidden" {
		return true
	}
	if text, _ := attr(e, "aria-label"); text != "" {
		return true
	}
	if id, _ := attr(e, "id"); labels[id] {
		return true
	}
	for a := range e.Ancestors() {
		if a.Data == "label" {
			return true
		}
	}
	return false
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// TestPageProblems shows that the guard bites.
func TestPageProblems(t *testing.T) {
	t.Parallel()
	const start = "<!doctype html><html><body>"
	for name, page := range map[string]string{
		"no doctype":        "<h1>x</h1>",
		"no heading":        start,
		"two headings":      start + "<h1>x</h1><h1>y</h1>",
		"hostile text":      start + "<h1>" + hostile + "</h1>",
		"script":            start + "<h1>x</h1><script>x</script>",
		"style attribute":   start + `<h1 style="color:red">x</h1>`,
		"event attribute":   start + `<h1 onclick="x">x</h1>`,
		"script as address": start + `<h1>x</h1><a href="javascript:x">y</a>`,
		"way to nowhere":    start + `<h1>x</h1><a href="#x">y</a>`,
		"id twice":          start + `<h1 id="x">x</h1><p id="x">y</p>`,
		"label for nothing": start + `<h1>x</h1><label for="x">y</label>`,
		"described by none": start + `<h1 aria-describedby="x y" id="x">x</h1>`,
		"field unnamed":     start + `<h1>x</h1><input name="x">`,
		"form without context": start + `<h1>x</h1><div class="frame"><form method="post" action="/x">` +
			`<button>y</button></form></div>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := pageProblems(page); len(got) == 0 {
				t.Error("found nothing")
			}
		})
	}
}

// textOf returns the words of a page.
func textOf(t *testing.T, p Page) string {
	t.Helper()
	return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(drawPage(t, p), "")), " ")
}
