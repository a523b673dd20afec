package web_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
	"github.com/connectplaza/plaza/internal/web"
)

func TestErrorPages(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		auditor := w.Invite(t, w.Reseller, w.Partner.Profile, "Auditor", plaza.Auditor)
		for name, tt := range map[string]struct {
			actor  plaza.Actor
			method string
			path   string
			typed  url.Values
			status int
			says   string
		}{
			"unknown address":     {w.Reseller, http.MethodGet, "/nothing", nil, http.StatusNotFound, "Nothing here"},
			"unknown to nobody":   {nobody, http.MethodGet, "/nothing", nil, http.StatusNotFound, "Nothing here"},
			"no such ID":          {w.Reseller, http.MethodGet, "/licenses/00000000-0000-0000-0000-000000000000", nil, http.StatusNotFound, "Nothing here"},
			"no ID":               {w.Reseller, http.MethodGet, "/licenses/x%00y", nil, http.StatusNotFound, "Nothing here"},
			"wrong method":        {w.Reseller, http.MethodPost, "/sign-in/", nil, http.StatusNotFound, "Nothing here"},
			"form by link":        {w.Reseller, http.MethodGet, "/sign-out", nil, http.StatusMethodNotAllowed, "Not this way"},
			"deleting":            {w.Reseller, http.MethodDelete, "/licenses", nil, http.StatusMethodNotAllowed, "Not this way"},
			"nobody sends a form": {nobody, http.MethodPost, "/account", nil, http.StatusUnauthorized, "You are not signed in"},
			"not with this role":  {auditor, http.MethodPost, "/licenses", nil, http.StatusForbidden, "An owner or administrator of Partner"},
			"other profile": {
				w.Reseller, http.MethodPost, "/account",
				url.Values{"context": {"elsewhere"}},
				http.StatusConflict, "another profile",
			},
			"no text": {w.Reseller, http.MethodPost, "/account", url.Values{"name": {"\xff"}}, http.StatusUnprocessableEntity, "cannot be read"},
		} {
			rec := s.do(s.request(tt.actor, tt.method, tt.path, tt.typed))
			want(t, rec, tt.status, tt.says)
			if t.Failed() {
				t.Fatalf("%s: %s %s", name, tt.method, tt.path)
			}
		}
	})
}

func TestWrongMethodsAreToldTheRightOnes(t *testing.T) {
	t.Parallel()
	w := apptest.New(t, openSQLite(t))
	s := newSite(t, w)
	for path, allow := range map[string]string{"/sign-out": "POST", "/account": "GET, POST, HEAD"} {
		rec := s.do(s.request(nobody, http.MethodPut, path, nil))
		if got := rec.Header().Get("Allow"); rec.Code != http.StatusMethodNotAllowed || got != allow {
			t.Errorf("%s: %d, allows %q, want %q", path, rec.Code, got, allow)
		}
	}
}

func TestTooLargeFormsAreToldSo(t *testing.T) {
	t.Parallel()
	w := apptest.New(t, openSQLite(t))
	s := newSite(t, w)
	for _, actor := range []plaza.Actor{nobody, w.Reseller} {
		r := s.request(actor, http.MethodPost, "/licenses", url.Values{"name": {strings.Repeat("x", 3000)}})
		rec := httptest.NewRecorder()
		r.Body = http.MaxBytesReader(rec, r.Body, 2048)
		s.ServeHTTP(rec, r)
		want(t, rec, http.StatusRequestEntityTooLarge, "Too large", "2 kB")
	}
}

func TestFormsOfOtherSitesDoNothing(t *testing.T) {
	t.Parallel()
	w := apptest.New(t, openSQLite(t))
	s := newSite(t, w)
	r := s.request(w.Reseller, http.MethodPost, "/sign-out", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	rec := s.do(r)
	want(t, rec, http.StatusForbidden, "another website")
	want(t, s.get(w.Reseller, "/account"), http.StatusOK)
}

func TestErrorsLeadBack(t *testing.T) {
	t.Parallel()
	w := apptest.New(t, openSQLite(t))
	s := newSite(t, w)
	for referer, back := range map[string]bool{
		"http://example.com/licenses?state=active": true, // which httptest calls this host
		"https://evil.example/licenses":            false,
		"http://example.com//evil.example":         false,
		"":                                         false,
	} {
		r := s.request(w.Reseller, http.MethodPost, "/account", url.Values{"context": {"elsewhere"}})
		r.Header.Set("Referer", referer)
		rec := s.do(r)
		if got := strings.Contains(rec.Body.String(), `href="/licenses?state=active"`); got != back {
			t.Errorf("from %q: leads back %v", referer, got)
		}
		if strings.Contains(rec.Body.String(), "evil") {
			t.Errorf("from %q: leads there", referer)
		}
	}
}

func TestPagesWithoutADatabase(t *testing.T) {
	t.Parallel()
	address := storetest.Postgres(t)
	db, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := apptest.New(t, db)
	s := newSite(t, w)
	storetest.TakeAway(t, address)
	for _, r := range []*http.Request{
		s.request(w.Reseller, http.MethodGet, "/licenses", nil),
		s.request(nobody, http.MethodPost, "/sign-in", url.Values{"email": {"reseller@example.com"}, "password": {apptest.Password}}),
	} {
		r.Header.Set(door.HeaderRequest, "request-4711")
		rec := s.do(r)
		want(t, rec, http.StatusServiceUnavailable, "Not available right now", "request-4711")
		if rec.Header().Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
		for _, word := range []string{"sql", "database", "goroutine", ".go:"} {
			if strings.Contains(strings.ToLower(shown(rec)), word) {
				t.Errorf("the page speaks of %q: %s", word, shown(rec))
			}
		}
	}
	want(t, s.get(nobody, "/sign-in"), http.StatusOK) // which needs none
}

// TestLinksAreNotLogged: whoever reads the log could use them.
func TestLinksAreNotLogged(t *testing.T) {
	t.Parallel()
	w := apptest.New(t, openSQLite(t))
	var logged strings.Builder
	s := mountSite(t, w, func(c *web.Config) { c.Log = slog.New(slog.NewTextHandler(&logged, nil)) })
	if err := w.DB.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/invitation/", "/reset-password/"} {
		rec := s.get(nobody, path+"a-secret")
		if rec.Code < http.StatusInternalServerError {
			t.Errorf("%s: %d", path, rec.Code)
		}
	}
	if got := logged.String(); strings.Contains(got, "a-secret") || !strings.Contains(got, "/invitation/{token}") {
		t.Errorf("logged: %s", got)
	}
}

func TestWhatFailedTellsNothing(t *testing.T) {
	t.Parallel()
	w := apptest.New(t, openSQLite(t))
	failed := web.Failed(web.Config{App: w.App, Gate: w.Gate, Log: slog.New(slog.DiscardHandler), Texts: w.Texts, Now: w.Clock.Now})
	r := newSite(t, w).request(w.Reseller, http.MethodGet, "/licenses", nil)
	r.Header.Set(door.HeaderRequest, "request-4711")
	rec := httptest.NewRecorder()
	failed.ServeHTTP(rec, r)
	want(t, rec, http.StatusInternalServerError, "Something went wrong", "request-4711")
}
