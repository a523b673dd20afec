// Package manual turns the Markdown of the built-in documentation into pages:
// once, when Plaza starts. It draws the text of a page and finds words in it; it
// knows neither who reads nor what stands around the text.
package manual

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
)

// Address is where the pages are.
const Address = "/documentation"

// order is the order in which the pages are read; the others follow.
var order = []string{ //nolint:gochecknoglobals // a constant table
	"getting-started", "overview", "partners", "moves", "licenses", "license-states", "plans", "allowances", "statements", "connectagents", "connectagent-setup", "files", "monitor", "releases", "logins", "requests",
	"login-as", "access", "audit", "notices", "profile", "account", "mail", "signing-key", "exports", "webhooks", "events", "tokens", "api", "plazactl", "problems", "keys", "operating",
}

// Page is one page in one language.
type Page struct {
	Name     string // in its address
	Title    string
	Lead     string // its first paragraph, as plain text
	HTML     []byte // everything below the title
	Sections []Section
}

// Section is what stands below one heading, as plain text.
type Section struct {
	Anchor  string // of the heading; empty above the first
	Heading string // empty above the first
	Text    string
}

// Path returns the address of p.
func (p Page) Path() string { return Address + "/" + p.Name }

// Manual is all pages in all languages. It never changes.
type Manual struct {
	pages    map[string][]Page // by language, in reading order
	pictures fs.FS
}

// Load reads manual/<language>/<page>.md and screens/<name>.png.
func Load(files fs.FS) (*Manual, error) {
	pictures, err := fs.Sub(files, "screens")
	if err != nil {
		return nil, err
	}
	m := &Manual{pages: map[string][]Page{}, pictures: pictures}
	names, err := fs.Glob(files, "manual/*/*.md")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		source, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		page, err := m.read(strings.TrimSuffix(path.Base(name), ".md"), source)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		lang := path.Base(path.Dir(name))
		m.pages[lang] = append(m.pages[lang], page)
	}
	for _, pages := range m.pages {
		slices.SortStableFunc(pages, func(a, b Page) int { return place(a.Name) - place(b.Name) })
	}
	return m, nil
}

func place(name string) int {
	if i := slices.Index(order, name); i >= 0 {
		return i
	}
	return len(order)
}

// Pages returns the pages in a language, or in English if there are none.
func (m *Manual) Pages(lang string) []Page {
	if pages, ok := m.pages[lang]; ok {
		return pages
	}
	return m.pages["en"]
}

// Page returns the page with the given name in a language, and its neighbours,
// which are zero at either end.
func (m *Manual) Page(lang, name string) (page, before, after Page, ok bool) {
	pages := m.Pages(lang)
	i := slices.IndexFunc(pages, func(p Page) bool { return p.Name == name })
	if i < 0 {
		return page, before, after, false
	}
	if i > 0 {
		before = pages[i-1]
	}
	if i+1 < len(pages) {
		after = pages[i+1]
	}
	return pages[i], before, after, true
}

// Picture returns the PNG with the given name.
func (m *Manual) Picture(name string) ([]byte, error) {
	if path.Ext(name) != ".png" {
		return nil, fs.ErrNotExist
	}
	return fs.ReadFile(m.pictures, name)
}

// read makes a page of Markdown. Raw HTML in it is left out.
func (m *Manual) read(name string, source []byte) (Page, error) {
	markdown := goldmark.New(
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithExtensions(extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignNone))),
		goldmark.WithRendererOptions(html.WithXHTML()),
	)
	doc := markdown.Parser().Parse(text.NewReader(source))
	title, ok := doc.FirstChild().(*ast.Heading)
	if !ok || title.Level != 1 {
		return Page{}, errors.New("it must begin with its title, as a heading of level 1")
	}
	p := Page{Name: name, Title: words(title, source)}
	doc.RemoveChild(doc, title)
	m.adapt(doc)
	p.Sections = sections(doc, source)
	if first, ok := doc.FirstChild().(*ast.Paragraph); ok {
		p.Lead = words(first, source)
	}
	var b bytes.Buffer
	if err := markdown.Renderer().Render(&b, source, doc); err != nil {
		return Page{}, err
	}
	code := bytes.ReplaceAll(b.Bytes(), []byte("<pre>"), []byte(`<pre tabindex="0">`)) // it may scroll by itself: from the keyboard, too
	p.HTML = scrollable(code, doc)
	return p, nil
}

// scrollable puts every table into a box that scrolls by itself where the table
// is wider than the page, and that is named by the heading above.
func scrollable(drawn []byte, doc ast.Node) []byte {
	var b bytes.Buffer
	above := ""
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			above = anchor(h)
		}
		if _, ok := n.(*east.Table); !ok || above == "" {
			continue
		}
		before, rest, _ := bytes.Cut(drawn, []byte("<table>"))
		table, after, _ := bytes.Cut(rest, []byte("</table>"))
		b.Write(before)
		b.WriteString(`<div class="prose-table" role="group" tabindex="0" aria-labelledby="` + above + `"><table>`)
		b.Write(table)
		b.WriteString("</table></div>")
		drawn = after
	}
	b.Write(drawn)
	return b.Bytes()
}

// adapt has links and pictures, which are written so that they work where the
// Markdown itself is read, lead to where the pages are. A picture that has not
// been made yet is left out.
func (m *Manual) adapt(doc ast.Node) {
	var gone []ast.Node
	// The walk returns only errors of the function it calls, and that has none.
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			n.Destination = []byte(link(string(n.Destination)))
		case *ast.Image:
			name := path.Base(string(n.Destination))
			if _, err := m.Picture(name); err != nil {
				gone = append(gone, n)
			}
			n.Destination = []byte(Address + "/img/" + name)
		}
		return ast.WalkContinue, nil
	})
	for _, n := range gone {
		p := n.Parent()
		p.RemoveChild(p, n)
		if p.ChildCount() == 0 && p.Parent() != nil {
			p.Parent().RemoveChild(p.Parent(), p)
		}
	}
}

// link returns the address of what a page links to: "licenses.md#states" is
// another page; anything else is left as it is.
func link(to string) string {
	name, anchor, found := strings.Cut(to, "#")
	if base, ok := strings.CutSuffix(name, ".md"); ok && !strings.Contains(base, "/") {
		to = Address + "/" + base
		if found {
			to += "#" + anchor
		}
	}
	return to
}

// sections cuts a page at its headings.
func sections(doc ast.Node, source []byte) []Section {
	all := []Section{{}}
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			all = append(all, Section{Anchor: anchor(h), Heading: words(h, source)})
			continue
		}
		here := &all[len(all)-1]
		here.Text = strings.TrimSpace(here.Text + " " + words(n, source))
	}
	return all
}

func anchor(h *ast.Heading) string {
	id, _ := h.AttributeString("id")
	raw, _ := id.([]byte)
	return string(raw)
}

// words returns what n says, without any marks.
func words(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // see adapt
		switch n := n.(type) {
		case *ast.Text:
			if entering {
				b.Write(n.Value(source))
				if n.SoftLineBreak() || n.HardLineBreak() {
					b.WriteByte(' ')
				}
			}
		case *ast.Image:
			return ast.WalkSkipChildren, nil
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			if entering {
				for i := range n.Lines().Len() {
					line := n.Lines().At(i)
					b.Write(line.Value(source))
				}
			}
		default:
			if !entering && n.Type() == ast.TypeBlock {
				b.WriteByte(' ')
			}
		}
		return ast.WalkContinue, nil
	})
	return strings.Join(strings.Fields(b.String()), " ")
}
