package web_test

import (
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/docs"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
	"github.com/connectplaza/plaza/internal/web/manual"
	"github.com/connectplaza/plaza/internal/web/views"
)

func TestAnyoneReadsTheDocumentation(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		for name, actor := range map[string]plaza.Actor{"nobody": {}, "partner": w.Partner, "stranger": w.Stranger} {
			for _, path := range []string{"/documentation", "/documentation/licenses", "/documentation?q=license", "/about"} {
				rec := s.get(actor, path)
				want(t, rec, http.StatusOK)
				framed := strings.Contains(rec.Body.String(), `id="menu"`)
				if framed != (actor.Login != "") {
					t.Errorf("%s %s: framed %v", name, path, framed)
				}
			}
		}
		want(t, s.get(plaza.Actor{}, "/documentation/licenses"), http.StatusOK, "Licenses", "suspended")
		if !strings.Contains(s.get(plaza.Actor{}, "/documentation").Body.String(), `href="/sign-in"`) {
			t.Error("nobody finds the way to sign in")
		}
		if strings.Contains(s.get(plaza.Actor{}, "/documentation").Body.String(), w.Partner.ProfileName+" owner") {
			t.Error("the page for nobody names somebody")
		}
	})
}

func TestDocumentationSpeaksTheReadersLanguage(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, apptest.New(t, db))
		r := s.request(plaza.Actor{}, http.MethodGet, "/documentation/license-states", nil)
		r.Header.Set("Accept-Language", "nl")
		want(t, s.do(r), http.StatusOK, "Statussen van licenties", "Opgeschort")
	})
}

func TestDocumentationIsSearched(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, apptest.New(t, db))
		rec := s.get(plaza.Actor{}, "/documentation?q=secret+backup")
		want(t, rec, http.StatusOK, "place")
		if !strings.Contains(rec.Body.String(), "/documentation/operating") || !strings.Contains(rec.Body.String(), "<mark>") {
			t.Errorf("does not find it: %s", shown(rec))
		}
		want(t, s.get(plaza.Actor{}, "/documentation?q=<script>xyzzy"), http.StatusOK, "Nothing about “<script>xyzzy”")
	})
}

func TestDocumentationThatIsNotThere(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, apptest.New(t, db))
		for _, path := range []string{"/documentation/nothing", "/documentation/img/nothing.png", "/documentation/img/README.md"} {
			want(t, s.get(plaza.Actor{}, path), http.StatusNotFound)
		}
	})
}

func TestAboutNamesLicenses(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, apptest.New(t, db))
		want(t, s.get(plaza.Actor{}, "/about"), http.StatusOK, "github.com/a-h/templ", "MIT", "htmx.org")
		if body := s.get(plaza.Actor{}, "/about/licenses").Body.String(); !strings.Contains(body, "Permission is hereby granted") {
			t.Error("the licenses are not there in full")
		}
	})
}

// TestManualIsWhole holds the documentation in all languages together: the same
// pages with the same headings, a page for every section of the dashboard, and
// no link that leads nowhere.
func TestManualIsWhole(t *testing.T) {
	t.Parallel()
	m, err := manual.Load(docs.Files)
	if err != nil {
		t.Fatal(err)
	}
	headings := map[string]map[string]int{}
	for _, lang := range []string{"en", "nl"} {
		headings[lang] = map[string]int{}
		for _, p := range m.Pages(lang) {
			headings[lang][p.Name] = len(p.Sections)
			if p.Title == "" || p.Lead == "" {
				t.Errorf("%s/%s: title %q, lead %q", lang, p.Name, p.Title, p.Lead)
			}
			manualLinks(t, m, lang, p)
		}
	}
	if diff := cmp.Diff(headings["en"], headings["nl"]); diff != "" {
		t.Errorf("pages and how many headings they have (-en +nl):\n%s", diff)
	}
	for _, section := range views.Sections() {
		if _, _, _, ok := m.Page("en", string(section)); !ok {
			t.Errorf("section %q has no page", section)
		}
	}
}

// manualLinks checks what a page links to and shows.
func manualLinks(t *testing.T, m *manual.Manual, lang string, p manual.Page) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(string(p.HTML)))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "a":
			if to := attribute(n, "href"); !manualHas(m, lang, p, to) {
				t.Errorf("%s/%s: a link to %q", lang, p.Name, to)
			}
		case n.Data == "img":
			name := path.Base(attribute(n, "src"))
			if _, err := fs.Stat(docs.Files, "screens/"+name); err != nil || attribute(n, "alt") == "" {
				t.Errorf("%s/%s: picture %q, alt %q", lang, p.Name, name, attribute(n, "alt"))
			}
		case n.Data == "h1":
			t.Errorf("%s/%s: a second title", lang, p.Name)
		}
	}
}

func manualHas(m *manual.Manual, lang string, p manual.Page, to string) bool {
	address, anchor, anchored := strings.Cut(to, "#")
	switch name, ours := strings.CutPrefix(address, manual.Address+"/"); {
	case address == "/about", address == manual.Address+"/reference":
		return true
	case ours:
		var ok bool
		if p, _, _, ok = m.Page(lang, name); !ok {
			return false
		}
	case address != "":
		return strings.HasPrefix(address, "https://")
	}
	return !anchored || slices.ContainsFunc(p.Sections, func(s manual.Section) bool { return s.Anchor == anchor })
}
