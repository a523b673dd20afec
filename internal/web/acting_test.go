package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// logInAs has actor enter the profile of target's login, and returns who it is
// then, with the cookie that the answer gave.
func (s *site) logInAs(actor, target plaza.Actor) plaza.Actor {
	s.t.Helper()
	rec := s.post(actor, "/partners/"+target.Profile+"/login-as", url.Values{"login": {target.Login}, "reason": {"ticket 4711: kassa"}})
	if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/" {
		s.t.Fatalf("Login as: %d to %q: %s", rec.Code, rec.Header().Get("Location"), shown(rec))
	}
	return s.follow(rec)
}

// follow returns who holds the session cookie that an answer gave, and has them
// use it from now on.
func (s *site) follow(rec *httptest.ResponseRecorder) plaza.Actor {
	s.t.Helper()
	token, ok := given(rec, sessionCookie)
	if !ok || token == "" {
		s.t.Fatal("no new session cookie")
	}
	if rec.Header().Get("Clear-Site-Data") == "" {
		s.t.Error("the browser keeps pages of the other environment")
	}
	v, err := s.w.Gate.Identify(s.t.Context(), token, plaza.Origin{})
	noErr(s.t, err)
	s.w.Tokens[v.Actor.Login] = token
	return v.Actor
}

func TestLoginAsShowsWhoCanBeChosenAndWhyOthersCannot(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		w.Invite(t, w.Reseller, w.Partner.Profile, "Mia Member", plaza.Member)
		_, err := w.CreateLogin(t.Context(), w.Reseller, plaza.NewLogin{
			Profile: w.Partner.Profile, Name: "Ida Invited", Email: "ida@example.com", Role: plaza.Manager, Dashboard: true,
		})
		noErr(t, err)
		path := "/partners/" + w.Partner.Profile + "/login-as"
		rec := s.get(w.Reseller, path)
		want(t, rec, http.StatusOK, "Partner owner", "Mia Member", "Ida Invited", "without the Dashboard right", "the invitation was not accepted yet")
		if got := strings.Count(rec.Body.String(), `type="radio"`); got != 3 {
			t.Errorf("%d logins", got)
		}
		if got := strings.Count(rec.Body.String(), " disabled"); got != 2 {
			t.Errorf("%d of them cannot be chosen", got)
		}
		want(t, s.get(w.Stranger, path), http.StatusNotFound)
		want(t, s.get(w.Partner, path), http.StatusForbidden)
		wantsSignIn(t, s.get(plaza.Actor{}, path))
	})
}

func TestLoginAsNeedsALoginAndAReason(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		path := "/partners/" + w.Partner.Profile + "/login-as"
		rec := s.post(w.Reseller, path, url.Values{"reason": {"short"}, "ticket": {"T-1"}})
		want(t, rec, http.StatusUnprocessableEntity, "Choose a login.", "in 8 characters at least")
		if got := value(rec, "ticket"); got != "T-1" {
			t.Errorf("what was typed became %q", got)
		}
		for name, tt := range map[string]struct {
			actor  plaza.Actor
			login  string
			status int
		}{
			"a stranger":          {w.Stranger, w.Partner.Login, http.StatusNotFound},
			"of a stranger":       {w.Reseller, w.StrangerPartner.Login, http.StatusNotFound},
			"of another partner":  {w.Reseller, w.Enterprise.Login, http.StatusNotFound},
			"one's own colleague": {w.Reseller, w.Reseller.Login, http.StatusConflict},
			"the partner itself":  {w.Partner, w.Partner.Login, http.StatusForbidden},
		} {
			rec := s.post(tt.actor, path, url.Values{"login": {tt.login}, "reason": {"ticket 4711: kassa"}})
			if _, moved := given(rec, sessionCookie); rec.Code != tt.status || moved {
				t.Errorf("%s: %d, want %d", name, rec.Code, tt.status)
			}
		}
		if n := w.Events(t, plaza.ActingStart, plaza.Done); n != 0 {
			t.Errorf("%d acting sessions began", n)
		}
	})
}

func TestLoginAsLooksThenManagesThenLeaves(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		old := w.Tokens[w.Reseller.Login]
		acting := s.logInAs(w.Reseller, w.Partner)
		if acting.Profile != w.Partner.Profile || acting.Via == nil || acting.Via.Mode != plaza.Look {
			t.Fatalf("came in as %+v", acting)
		}
		rec := s.get(acting, "/")
		want(t, rec, http.StatusOK, "You only look", "Partner development licenses")
		for _, part := range []string{"You are in", "ticket 4711: kassa", `data-acting="look"`, "<title>Partner · Overview · Plaza</title>", "data-profile>Partner<"} {
			if !strings.Contains(rec.Body.String(), part) {
				t.Errorf("the page does not have %q", part)
			}
		}
		w.Tokens["old"] = old
		wantsSignIn(t, s.get(plaza.Actor{Login: "old"}, "/"))

		dev := url.Values{"profile": {w.Partner.Profile}, "plan": {w.Plans[plaza.Development].ID}}
		want(t, s.post(acting, "/licenses", dev), http.StatusForbidden)
		if to := s.done(acting, "/acting/mode", url.Values{"mode": {"manage"}, "next": {"/licenses"}}); to != "/licenses" {
			t.Errorf("raised, and led to %q", to)
		}
		if to := s.done(acting, "/acting/mode", url.Values{"mode": {"manage"}, "next": {"//evil.example"}}); to != "/" {
			t.Errorf("led elsewhere: %q", to)
		}
		s.done(acting, "/licenses", dev)
		if got := s.tilesOn(acting, "/")["development"].count; got != 1 {
			t.Errorf("%d development licenses", got)
		}
		want(t, s.post(acting, "/acting/mode", url.Values{"mode": {"everything"}}), http.StatusUnprocessableEntity)

		left := s.post(acting, "/acting/leave", nil)
		if to := left.Header().Get("Location"); to != "/partners/"+w.Partner.Profile {
			t.Errorf("left, and led to %q", to)
		}
		if back := s.follow(left); back.Login != w.Reseller.Login || back.Acting() {
			t.Errorf("came back as %+v", back)
		}
		want(t, s.get(w.Reseller, "/partners/"+w.Partner.Profile), http.StatusOK, "Partner")
		want(t, s.post(w.Reseller, "/acting/leave", nil), http.StatusConflict, "not inside another profile")
	})
}

func TestAnActingSessionThatEndedSaysSo(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		acting := s.logInAs(w.Reseller, w.Partner)
		s.done(acting, "/acting/mode", url.Values{"mode": {"manage"}})
		noErr(t, w.SuspendProfile(t.Context(), w.Vendor, w.Partner.Profile, "no longer pays", 1))
		dev := url.Values{"profile": {w.Partner.Profile}, "plan": {w.Plans[plaza.Development].ID}}
		rec := s.post(acting, "/licenses", dev)
		want(t, rec, http.StatusConflict, "Login as has ended", "was not done", "Go to the overview")
		if rec.Header().Get("Clear-Site-Data") == "" {
			t.Error("the browser keeps pages of the other environment")
		}
		rec = s.get(acting, "/")
		want(t, rec, http.StatusOK, "Overview")
		if strings.Contains(rec.Body.String(), "data-acting") {
			t.Error("still inside")
		}
	})
}

func TestAFormOfAnotherEnvironmentDoesNothing(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		acting := s.logInAs(w.Reseller, w.Partner)
		rec := s.post(acting, "/acting/mode", url.Values{"mode": {"manage"}, "context": {w.Reseller.Profile}})
		want(t, rec, http.StatusConflict)
		if n := w.Events(t, plaza.ActingRaise, plaza.Done); n != 0 {
			t.Error("it was raised all the same")
		}
	})
}
