package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// worlds runs test on a site over a fresh world, on both engines.
func worlds(t *testing.T, test func(t *testing.T, s *site, w *apptest.World)) {
	t.Helper()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		test(t, newSite(t, w), w)
	})
}

var nobody = plaza.Actor{}

func TestSignIn(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		want(t, s.get(nobody, "/sign-in?next=/licenses"), http.StatusOK, "Sign in", "Forgot your password?")

		rec := s.post(nobody, "/sign-in", url.Values{"email": {"reseller@example.com"}, "password": {"wrong"}, "next": {"/licenses"}})
		want(t, rec, http.StatusUnauthorized, "do not belong together")
		if got := value(rec, "email"); got != "reseller@example.com" {
			t.Errorf("the address typed is gone: %q", got)
		}
		if strings.Contains(rec.Body.String(), "wrong") {
			t.Error("the password comes back")
		}
		if got := value(rec, "next"); got != "/licenses" {
			t.Errorf("the way on is gone: %q", got)
		}
		// An account that is not there cannot be told from a wrong password.
		other := s.post(nobody, "/sign-in", url.Values{"email": {"nobody---@example.com"}, "password": {"wrong"}, "next": {"/licenses"}})
		if other.Code != rec.Code || strings.ReplaceAll(other.Body.String(), "nobody---@", "reseller@") != rec.Body.String() {
			t.Error("the page tells whether there is an account")
		}

		rec = s.post(nobody, "/sign-in", url.Values{"email": {" Reseller@example.com "}, "password": {apptest.Password}, "next": {"/licenses"}})
		if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/licenses" {
			t.Fatalf("signed in: %d to %q", rec.Code, rec.Header().Get("Location"))
		}
		token, _ := given(rec, sessionCookie)
		w.Tokens[w.Reseller.Login] = token
		want(t, s.get(w.Reseller, "/licenses"), http.StatusOK, "Licenses")
		if rec := s.get(w.Reseller, "/sign-in"); rec.Header().Get("Location") != "/" {
			t.Errorf("signed in already: %d to %q", rec.Code, rec.Header().Get("Location"))
		}
	})
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, _ *apptest.World) {
		for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "/\t/evil.example", "javascript:x", "", "evil.example"} {
			rec := s.post(nobody, "/sign-in", url.Values{"email": {"reseller@example.com"}, "password": {apptest.Password}, "next": {next}})
			if got := rec.Header().Get("Location"); rec.Code != http.StatusSeeOther || got != "/" {
				t.Errorf("%q leads to %q (%d)", next, got, rec.Code)
			}
		}
	})
}

func TestTooManyAttemptsMustWait(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		typed := url.Values{"email": {"reseller@example.com"}, "password": {"wrong"}}
		for range 5 {
			want(t, s.post(nobody, "/sign-in", typed), http.StatusUnauthorized)
		}
		rec := s.post(nobody, "/sign-in", typed)
		want(t, rec, http.StatusTooManyRequests, "Too many attempts", "1 second")
		if got := rec.Header().Get("Retry-After"); got != "1" {
			t.Errorf("Retry-After %q", got)
		}
		if got := value(rec, "email"); got != "reseller@example.com" {
			t.Errorf("the address typed is gone: %q", got)
		}
		w.Clock.Advance(2 * time.Second)
		s.done(nobody, "/sign-in", url.Values{"email": {"reseller@example.com"}, "password": {apptest.Password}})
	})
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		for range 2 { // the second time the session is gone already
			rec := s.post(w.Reseller, "/sign-out", nil)
			if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/sign-in" {
				t.Errorf("%d to %q", rec.Code, rec.Header().Get("Location"))
			}
			if token, set := given(rec, sessionCookie); !set || token != "" {
				t.Error("the cookie stays")
			}
			if rec.Header().Get("Clear-Site-Data") == "" {
				t.Error("what the browser kept of the pages stays")
			}
		}
		wantsSignIn(t, s.get(w.Reseller, "/licenses"))
		want(t, s.get(w.Stranger, "/licenses"), http.StatusOK)
	})
}

func TestSessionsEndByThemselves(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		w.Clock.Advance(31 * time.Minute)
		wantsSignIn(t, s.get(w.Reseller, "/licenses?state=active"))
		want(t, s.post(w.Reseller, "/account", nil), http.StatusUnauthorized, "You are not signed in", "was not saved")
	})
}

func TestForgottenPassword(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		want(t, s.get(nobody, "/forgot-password"), http.StatusOK, "Send link")
		want(t, s.post(nobody, "/forgot-password", url.Values{"email": {"no address"}}), http.StatusUnprocessableEntity, "Fill in one e-mail address")
		there := s.post(nobody, "/forgot-password", url.Values{"email": {"reseller@example.com"}})
		want(t, there, http.StatusOK, "If there is an account", "1 hour")
		not := s.post(nobody, "/forgot-password", url.Values{"email": {"nobody@example.com"}})
		if strings.ReplaceAll(not.Body.String(), "nobody@", "reseller@") != there.Body.String() {
			t.Error("the answer tells whether there is an account")
		}

		path := "/reset-password/" + w.Link(t, "reseller@example.com", "/reset-password/")
		want(t, s.get(nobody, path), http.StatusOK, "Choose a new password")
		want(t, s.post(nobody, path, url.Values{"password": {"short"}, "again": {"short"}}), http.StatusUnprocessableEntity, "10 characters at least")
		want(t, s.post(nobody, path, url.Values{"password": {"a new password"}, "again": {"another one"}}), http.StatusUnprocessableEntity, "differs")
		want(t, s.get(w.Reseller, "/licenses"), http.StatusOK) // nothing changed yet
		if to := s.done(nobody, path, url.Values{"password": {"a new password"}, "again": {"a new password"}}); to != "/sign-in" {
			t.Errorf("leads to %q", to)
		}
		wantsSignIn(t, s.get(w.Reseller, "/licenses")) // every session ended
		want(t, s.get(nobody, path), http.StatusNotFound, "does not work any more", "Send a new link")
		want(t, s.post(nobody, path, url.Values{"password": {"a new password"}, "again": {"a new password"}}), http.StatusNotFound, "does not work any more")
		s.done(nobody, "/sign-in", url.Values{"email": {"reseller@example.com"}, "password": {"a new password"}})
	})
}

func TestResetLinksGetTooOld(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		s.post(nobody, "/forgot-password", url.Values{"email": {"reseller@example.com"}})
		path := "/reset-password/" + w.Link(t, "reseller@example.com", "/reset-password/")
		w.Clock.Advance(plaza.PasswordResetValid)
		want(t, s.get(nobody, path), http.StatusNotFound, "does not work any more")
	})
}

func TestForgottenPasswordsMustWaitToo(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, _ *apptest.World) {
		rec := httptest.NewRecorder()
		for range 10 {
			rec = s.post(nobody, "/forgot-password", url.Values{"email": {"reseller@example.com"}})
		}
		want(t, rec, http.StatusTooManyRequests, "Too many attempts")
		if rec.Header().Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	})
}

// invite makes a login and returns the address at which it is accepted.
func invite(t *testing.T, w *apptest.World, in plaza.NewLogin) string {
	t.Helper()
	if _, err := w.CreateLogin(t.Context(), w.Reseller, in); err != nil {
		t.Fatal(err)
	}
	return "/invitation/" + w.Link(t, in.Email, "/invitation/")
}

func TestInvitationOfSomebodyNew(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		path := invite(t, w, plaza.NewLogin{
			Profile: w.Partner.Profile, Name: "Zoë O’Neil", Email: "zoe@example.com", Role: plaza.Manager, Dashboard: true,
		})
		want(t, s.get(nobody, path), http.StatusOK, "Partner invites you", "zoe@example.com", "Zoë O’Neil", "The same again")
		want(t, s.post(nobody, path, url.Values{"password": {"short"}}), http.StatusUnprocessableEntity, "10 characters at least")
		rec := s.post(nobody, path, url.Values{"password": {"a password of hers"}, "again": {"a password of hers"}})
		if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/" {
			t.Fatalf("%d to %q: %s", rec.Code, rec.Header().Get("Location"), shown(rec))
		}
		token, _ := given(rec, sessionCookie)
		w.Tokens["zoe"] = token
		want(t, s.get(plaza.Actor{Login: "zoe"}, "/account"), http.StatusOK, "zoe@example.com")
		want(t, s.get(nobody, path), http.StatusNotFound, "does not work any more", "sign in")
	})
}

func TestInvitationOfSomebodyWithAPassword(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		path := invite(t, w, plaza.NewLogin{
			Profile: w.Partner.Profile, Name: "Again", Email: "reseller@example.com", Role: plaza.Manager, Dashboard: true,
		})
		page := s.get(nobody, path)
		want(t, page, http.StatusOK, "You have an account at Plaza already")
		if strings.Contains(page.Body.String(), `name="again"`) {
			t.Error("asks to choose a password that is there")
		}
		want(t, s.post(nobody, path, url.Values{"password": {"wrong"}}), http.StatusUnprocessableEntity, "not the right password")
		rec := s.post(nobody, path, url.Values{"password": {apptest.Password}})
		token, _ := given(rec, sessionCookie)
		w.Tokens["both"] = token
		both := plaza.Actor{Login: "both"}
		if rec := s.get(both, "/licenses?state=active"); rec.Header().Get("Location") != "/profiles?next=%2Flicenses%3Fstate%3Dactive" {
			t.Fatalf("does not ask which profile: %d to %q", rec.Code, rec.Header().Get("Location"))
		}
		page = s.get(both, "/profiles?next=/licenses")
		want(t, page, http.StatusOK, "Choose a profile", "Reseller", "Partner")

		// A login that is somebody else's is none.
		theirs := s.post(both, "/profiles", url.Values{"login": {w.Stranger.Login}})
		never := s.post(both, "/profiles", url.Values{"login": {"00000000-0000-0000-0000-000000000000"}})
		want(t, theirs, http.StatusNotFound)
		if theirs.Body.String() != never.Body.String() {
			t.Error("somebody else's login can be told from none")
		}

		rec = s.post(both, "/profiles", url.Values{"login": {w.Reseller.Login}, "next": {"/licenses"}})
		if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/licenses" {
			t.Fatalf("%d to %q", rec.Code, rec.Header().Get("Location"))
		}
		wantsSignIn(t, s.get(both, "/licenses")) // the token of before the choice is dead
		w.Tokens["both"], _ = given(rec, sessionCookie)
		want(t, s.get(both, "/licenses"), http.StatusOK)
		want(t, s.get(both, "/profiles"), http.StatusOK, "You are here")
	})
}

func TestSignOutBeforeAProfileIsChosen(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		path := invite(t, w, plaza.NewLogin{
			Profile: w.Partner.Profile, Name: "Again", Email: "reseller@example.com", Role: plaza.Manager, Dashboard: true,
		})
		rec := s.post(nobody, path, url.Values{"password": {apptest.Password}})
		w.Tokens["both"], _ = given(rec, sessionCookie)
		both := plaza.Actor{Login: "both"}
		want(t, s.get(both, "/profiles"), http.StatusOK)
		s.done(both, "/sign-out", nil)
		wantsSignIn(t, s.get(both, "/profiles"))
	})
}

func TestInvitationWithoutTheDashboardRight(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		path := invite(t, w, plaza.NewLogin{Profile: w.Partner.Profile, Name: "Studio", Email: "studio@example.com", Role: plaza.Member})
		rec := s.post(nobody, path, url.Values{"password": {"a password of theirs"}, "again": {"a password of theirs"}})
		want(t, rec, http.StatusOK, "Invitation accepted", "Partner", "does not open this dashboard")
		if _, set := given(rec, sessionCookie); set {
			t.Error("is signed in all the same")
		}
		rec = s.post(nobody, "/sign-in", url.Values{"email": {"studio@example.com"}, "password": {"a password of theirs"}})
		want(t, rec, http.StatusForbidden, "no login that opens the dashboard")
	})
}

func TestInvitationsGetTooOld(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		path := invite(t, w, plaza.NewLogin{Profile: w.Partner.Profile, Name: "Late", Email: "late@example.com", Role: plaza.Member})
		w.Clock.Advance(plaza.InvitationValid)
		want(t, s.get(nobody, path), http.StatusNotFound, "does not work any more", "7 days", "send it again")
		want(t, s.post(nobody, path, nil), http.StatusNotFound, "does not work any more")
	})
}

func TestChoosingAProfileNeedsASession(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		wantsSignIn(t, s.get(nobody, "/profiles"))
		wantsSignIn(t, s.post(nobody, "/profiles", url.Values{"login": {w.Reseller.Login}}))
	})
}

func TestTheme(t *testing.T) {
	t.Parallel()
	w := apptest.New(t, openSQLite(t))
	s := newSite(t, w)
	for theme, kept := range map[string]bool{"dark": true, "light": true, "auto": true, "<script>": false, "": false} {
		rec := s.post(nobody, "/theme", url.Values{"theme": {theme}, "next": {"/licenses?state=active"}})
		got, set := given(rec, "theme")
		if set != kept || set && got != theme {
			t.Errorf("%q: cookie %q", theme, got)
		}
		if rec.Header().Get("Location") != "/licenses?state=active" {
			t.Errorf("%q leads to %q", theme, rec.Header().Get("Location"))
		}
	}
	rec := s.post(nobody, "/theme", url.Values{"theme": {"dark"}, "next": {"https://evil.example"}})
	if got := rec.Header().Get("Location"); got != "/" {
		t.Errorf("leads to %q", got)
	}
	r := s.request(nobody, http.MethodGet, "/sign-in", nil)
	r.AddCookie(&http.Cookie{Name: "theme", Value: "dark"})
	if rec := s.do(r); !strings.Contains(rec.Body.String(), `data-bs-theme="dark"`) {
		t.Error("the page is not dark")
	}
}

func TestDemoTellsHowToSignIn(t *testing.T) {
	t.Parallel()
	w := apptest.New(t, openSQLite(t))
	if strings.Contains(newSite(t, w).page(nobody, "/sign-in"), "demo") {
		t.Error("what is no demo says so")
	}
	want(t, newDemoSite(t, w).get(nobody, "/sign-in"), http.StatusOK, "This is a demo", "someone@example.com", "a known password", "mailbox")
}

func TestPagesSpeakDutch(t *testing.T) {
	t.Parallel()
	w := apptest.New(t, openSQLite(t))
	s := newSite(t, w)
	r := s.request(nobody, http.MethodGet, "/sign-in", nil)
	r.Header.Set("Accept-Language", "nl-NL,nl;q=0.9")
	rec := s.do(r)
	want(t, rec, http.StatusOK, "Inloggen", "Wachtwoord vergeten?")
	if !strings.Contains(rec.Body.String(), `<html lang="nl"`) {
		t.Error("the page does not say that it is Dutch")
	}
}

// openSQLite opens a fresh database for what has nothing to do with the engine.
func openSQLite(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), storetest.SQLite(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
