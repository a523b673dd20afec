package web_test

import (
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/web"
	"github.com/connectplaza/plaza/internal/web/views"
)

const sessionCookie = "plaza-session"

// site is the dashboard over a world, without the server around it.
type site struct {
	*door.Mux

	t *testing.T
	w *apptest.World
}

func newSite(t *testing.T, w *apptest.World) *site {
	t.Helper()
	return mountSite(t, w, func(*web.Config) {})
}

// newDemoSite is a site that shows what was mailed.
func newDemoSite(t *testing.T, w *apptest.World) *site {
	t.Helper()
	return mountSite(t, w, func(c *web.Config) {
		c.Demo, c.SignIns = true, views.SignInHint{Emails: []string{"someone@example.com"}, Password: "a known password"}
	})
}

func mountSite(t *testing.T, w *apptest.World, change func(*web.Config)) *site {
	t.Helper()
	c := web.Config{
		App: w.App, Gate: w.Gate, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Texts: w.Texts,
		Now: w.Clock.Now, Zone: time.UTC, PublicURL: "http://plaza.test",
	}
	change(&c)
	s := &site{Mux: &door.Mux{}, t: t, w: w}
	web.Mount(s.Mux, c)
	return s
}

// get asks for a page as actor; the zero Actor is nobody.
func (s *site) get(actor plaza.Actor, path string) *httptest.ResponseRecorder {
	s.t.Helper()
	return s.do(s.request(actor, http.MethodGet, path, nil))
}

// post sends a form as actor, from a page of our own that was drawn for the
// actor's profile unless values has another context.
func (s *site) post(actor plaza.Actor, path string, values url.Values) *httptest.ResponseRecorder {
	s.t.Helper()
	return s.do(s.request(actor, http.MethodPost, path, values))
}

// request returns what a browser would send.
func (s *site) request(actor plaza.Actor, method, path string, values url.Values) *http.Request {
	s.t.Helper()
	filled := url.Values{"context": {views.Context(actor)}}
	maps.Copy(filled, values)
	body := ""
	if method != http.MethodGet {
		body = filled.Encode()
	}
	r := httptest.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept-Language", "en")
	if method != http.MethodGet {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if token := s.w.Tokens[actor.Login]; actor.Login != "" {
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: token})
	}
	return r
}

func (s *site) do(r *http.Request) *httptest.ResponseRecorder {
	s.t.Helper()
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	return rec
}

// page asks for a page that must be there, and returns what is on it.
func (s *site) page(actor plaza.Actor, path string) string {
	s.t.Helper()
	rec := s.get(actor, path)
	if rec.Code != http.StatusOK {
		s.t.Fatalf("GET %s: %d %s", path, rec.Code, shown(rec))
	}
	return shown(rec)
}

// done sends a form that must be accepted, and returns where it leads to.
func (s *site) done(actor plaza.Actor, path string, values url.Values) string {
	s.t.Helper()
	rec := s.post(actor, path, values)
	if rec.Code != http.StatusSeeOther {
		s.t.Fatalf("POST %s: %d %s", path, rec.Code, shown(rec))
	}
	return rec.Header().Get("Location")
}

// shown returns the text that stands on a page, without what frames it.
func shown(rec *httptest.ResponseRecorder) string {
	doc, err := html.Parse(strings.NewReader(rec.Body.String()))
	if err != nil {
		return rec.Body.String()
	}
	var words []string
	for n := range doc.Descendants() {
		if n.Type == html.TextNode && within(n, "main") && !within(n, "script") {
			words = append(words, strings.Fields(n.Data)...)
		}
	}
	return strings.Join(words, " ")
}

func within(n *html.Node, element string) bool {
	for a := range n.Ancestors() {
		if a.Type == html.ElementNode && a.Data == element {
			return true
		}
	}
	return false
}

// value returns what stands in the first field with a name.
func value(rec *httptest.ResponseRecorder, name string) string {
	doc, err := html.Parse(strings.NewReader(rec.Body.String()))
	if err != nil {
		return ""
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && (n.Data == "input" || n.Data == "button") && attribute(n, "name") == name && attribute(n, "type") != "radio" {
			return attribute(n, "value")
		}
	}
	return ""
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// given returns the value of a cookie that an answer sets, and whether it does.
func given(rec *httptest.ResponseRecorder, name string) (string, bool) {
	for _, c := range rec.Result().Cookies() {
		if c.Name == name {
			return c.Value, true
		}
	}
	return "", false
}

// want checks the status of an answer and that its page says each of words.
func want(t *testing.T, rec *httptest.ResponseRecorder, status int, words ...string) {
	t.Helper()
	if rec.Code != status {
		t.Errorf("status %d, want %d: %s", rec.Code, status, shown(rec))
	}
	text := shown(rec)
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("page does not say %q: %s", w, text)
		}
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantsSignIn checks that nobody gets anywhere but to the page to sign in.
func wantsSignIn(t *testing.T, rec *httptest.ResponseRecorder) {
	t.Helper()
	if to := rec.Header().Get("Location"); rec.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/sign-in?next=") {
		t.Errorf("got %d to %q, want to sign in first", rec.Code, to)
	}
}
