package manual_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza/internal/web/manual"
)

func load(t *testing.T, pages map[string]string) *manual.Manual {
	t.Helper()
	files := fstest.MapFS{"screens/there.png": {Data: []byte("png")}}
	for name, source := range pages {
		files["manual/"+name+".md"] = &fstest.MapFile{Data: []byte(source)}
	}
	m, err := manual.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func body(t *testing.T, m *manual.Manual, name string) string {
	t.Helper()
	p, _, _, ok := m.Page("en", name)
	if !ok {
		t.Fatalf("there is no page %q", name)
	}
	return string(p.HTML)
}

func TestPageIsDrawnWithoutItsTitle(t *testing.T) {
	t.Parallel()
	m := load(t, map[string]string{"en/a": "# The *title*\n\nText.\n\n## One `thing`\n\nMore."})
	p, _, _, _ := m.Page("en", "a")
	if p.Title != "The title" {
		t.Errorf("title %q", p.Title)
	}
	want := "<p>Text.</p>\n<h2 id=\"one-thing\">One <code>thing</code></h2>\n<p>More.</p>\n"
	if diff := cmp.Diff(want, string(p.HTML)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestPageWithoutATitleIsRefused(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"", "Text", "## Two"} {
		_, err := manual.Load(fstest.MapFS{"manual/en/a.md": {Data: []byte(source)}, "screens/x": {}})
		if err == nil || !strings.Contains(err.Error(), "manual/en/a.md") {
			t.Errorf("%q: error %v", source, err)
		}
	}
}

func TestRawHTMLIsLeftOut(t *testing.T) {
	t.Parallel()
	got := body(t, load(t, map[string]string{"en/a": "# A\n\n<script>x()</script>\n\na <b onclick=\"x\">b</b> [c](javascript:x)"}), "a")
	for _, bad := range []string{"<script", "onclick", "javascript:"} {
		if strings.Contains(got, bad) {
			t.Errorf("%q in %q", bad, got)
		}
	}
}

func TestTableHasNoInlineStyle(t *testing.T) {
	t.Parallel()
	got := body(t, load(t, map[string]string{"en/a": "# A\n\n## B\n\n| x | y |\n|:--|--:|\n| 1 | 2 |\n"}), "a")
	if !strings.Contains(got, "<th>x</th>") || strings.Contains(got, "style") {
		t.Errorf("drawn as %q", got)
	}
}

func TestTableIsNamedByTheHeadingAbove(t *testing.T) {
	t.Parallel()
	const table = "\n\n| x |\n|--|\n| 1 |\n\n"
	got := body(t, load(t, map[string]string{"en/a": "# A" + table + "## B\n\nText." + table + table + "## C" + table + "End."}), "a")
	for what, want := range map[string]int{"<table>": 4, `aria-labelledby="b"><table>`: 2, `aria-labelledby="c"><table>`: 1, "</table></div>": 3, "<p>End.</p>": 1} {
		if n := strings.Count(got, what); n != want {
			t.Errorf("%d times %s, want %d, in %s", n, what, want, got)
		}
	}
}

func TestLinksLeadToPages(t *testing.T) {
	t.Parallel()
	got := body(t, load(t, map[string]string{"en/a": "# A\n\n[b](b.md), [c](c.md#d), [e](#f), [g](https://example.com/x.md)"}), "a")
	for _, want := range []string{`"/documentation/b"`, `"/documentation/c#d"`, `"#f"`, `"https://example.com/x.md"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %q", want, got)
		}
	}
}

func TestPictureThatIsNotThereIsLeftOut(t *testing.T) {
	t.Parallel()
	m := load(t, map[string]string{"en/a": "# A\n\n![Here](../../screens/there.png)\n\n![Not here](../../screens/gone.png)\n"})
	if got, want := body(t, m, "a"), "<p><img src=\"/documentation/img/there.png\" alt=\"Here\" /></p>\n"; got != want {
		t.Errorf("drawn as %q, want %q", got, want)
	}
	if _, err := m.Picture("there.png"); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"gone.png", "../manual/en/a.md", "x.md", ""} {
		if _, err := m.Picture(name); err == nil {
			t.Errorf("%q is served", name)
		}
	}
}

func TestUnknownLanguageGetsEnglish(t *testing.T) {
	t.Parallel()
	m := load(t, map[string]string{"en/a": "# English", "nl/a": "# Nederlands"})
	for lang, want := range map[string]string{"en": "English", "nl": "Nederlands", "fr": "English"} {
		if got := m.Pages(lang)[0].Title; got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}

func TestPagesStandInReadingOrder(t *testing.T) {
	t.Parallel()
	m := load(t, map[string]string{"en/another": "# X", "en/licenses": "# L", "en/getting-started": "# G", "en/overview": "# O"})
	page, before, after, ok := m.Page("en", "overview")
	if got := []string{before.Name, page.Name, after.Name}; !ok || !cmp.Equal(got, []string{"getting-started", "overview", "licenses"}) {
		t.Errorf("%v", got)
	}
	if _, before, _, _ := m.Page("en", "getting-started"); before.Name != "" {
		t.Errorf("before the first comes %q", before.Name)
	}
	if _, _, after, _ := m.Page("en", "another"); after.Name != "" {
		t.Errorf("after the last comes %q", after.Name)
	}
	if _, _, _, ok := m.Page("en", "nothing"); ok {
		t.Error("a page that is not there")
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	m := load(t, map[string]string{
		"en/licenses": "# Licenses\n\nWhat one may do.\n\n## Suspend\n\nA suspended license is not valid.\n",
		"en/partners": "# Partners\n\nThey hold licenses.\n\n## Suspend a partner\n\n| All | below |\n|--|--|\n| stops | too |\n",
	})
	for query, want := range map[string][]string{
		"LICENSES":       {"/documentation/licenses", "/documentation/partners"},
		"suspend":        {"/documentation/partners#suspend-a-partner", "/documentation/licenses#suspend"},
		"valid, license": {"/documentation/licenses#suspend"},
		"stops below":    {"/documentation/partners#suspend-a-partner"},
		"licenses valid": {"/documentation/licenses#suspend"},
		"nowhere":        nil,
		" - ":            nil,
	} {
		var got []string
		for _, hit := range m.Search("en", query) {
			got = append(got, hit.Path)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", query, diff)
		}
	}
}

func TestExcerptShowsTheWords(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("lorem ipsum ", 30)
	m := load(t, map[string]string{"en/a": "# A\n\n" + long + "Here is the Needle, é. " + long})
	hits := m.Search("en", "needle")
	if len(hits) != 1 {
		t.Fatalf("%d hits", len(hits))
	}
	var whole, marks strings.Builder
	for _, p := range hits[0].Excerpt {
		whole.WriteString(p.Text)
		if p.Mark {
			marks.WriteString(p.Text)
		}
	}
	all, marked := whole.String(), marks.String()
	if marked != "Needle" || !strings.HasPrefix(all, "… ") || !strings.HasSuffix(all, " …") || len(all) > 260 {
		t.Errorf("marked %q in %q", marked, all)
	}
}

// FuzzSearch: whatever is searched for, in whatever text, nothing is lost.
func FuzzSearch(f *testing.F) {
	f.Add("a b", "Some a and B")
	f.Add("İ", "İstanbul ẞ ß")
	f.Add("\xff", "\xff\xfe")
	f.Fuzz(func(_ *testing.T, query, content string) {
		m, err := manual.Load(fstest.MapFS{"manual/en/a.md": {Data: []byte("# A\n\n" + content)}, "screens/x": {}})
		if err != nil {
			return // no manual can be that
		}
		m.Search("en", query)
	})
}
