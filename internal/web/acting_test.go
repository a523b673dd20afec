package web_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

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
			"one's own colleague": {w.Reseller, w.Reseller.Login, http.StatusNotFound},
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
		want(t, rec, http.StatusConflict, "The profile was suspended or closed.")
		if to := s.get(acting, "/").Header().Get("Location"); !strings.HasPrefix(to, "/sign-in") { // with the token that it had inside
			t.Errorf("led to %q", to)
		}
		rec = s.get(s.follow(rec), "/")
		want(t, rec, http.StatusOK, "Overview")
		if strings.Contains(rec.Body.String(), "data-acting") {
			t.Error("still inside")
		}
	})
}

// TestAPageThatAsksByItselfIsNotTold: what was said to it nobody would see, and it is
// not given what another environment sees.
func TestAPageThatAsksByItselfIsNotTold(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		acting := s.logInAs(w.Reseller, w.Partner)
		byItself := func(path string) *httptest.ResponseRecorder {
			r := s.request(acting, http.MethodGet, path, nil)
			r.Header.Set("X-Plaza-Background", "true")
			return s.do(r)
		}
		stream := regexp.MustCompile(`data-stream="([^"]+)"`)
		news := html.UnescapeString(stream.FindStringSubmatch(s.get(acting, "/monitor").Body.String())[1])
		if rec := byItself(news); rec.Code != http.StatusOK {
			t.Errorf("inside: %d", rec.Code)
		}
		if rec := s.get(w.Stranger, news); rec.Code != http.StatusConflict {
			t.Errorf("in another environment: %d", rec.Code)
		}
		noErr(t, w.SuspendProfile(t.Context(), w.Vendor, w.Partner.Profile, "no longer pays", 1))
		for _, path := range []string{news, "/notifications", "/monitor"} {
			rec := byItself(path)
			if _, moved := given(rec, sessionCookie); moved || rec.Code == http.StatusOK {
				t.Errorf("%s: %d, and the session goes on: %v", path, rec.Code, moved)
			}
		}
		want(t, s.get(acting, "/monitor"), http.StatusConflict, "Login as has ended", "The profile was suspended or closed.")
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

// TestTheAccessPage: what an owner decides there takes effect, and the buttons are
// those of who may press them.
func TestTheAccessPage(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		owner := w.Invite(t, w.Vendor, w.Partner.Profile, "Second", plaza.Owner)
		acting := s.logInAs(w.Reseller, w.Partner)
		auditor := w.Invite(t, w.Vendor, w.Partner.Profile, "Auditor", plaza.Auditor)
		want(t, s.get(owner, "/access"), http.StatusOK, "Reseller owner", "ticket 4711: kassa", "End it", "Support access")
		if strings.Contains(s.page(auditor, "/access"), "End it") {
			t.Error("an auditor is offered to end it")
		}
		want(t, s.post(auditor, "/access/inside/"+acting.Via.ID+"/end", nil), http.StatusForbidden)
		want(t, s.get(acting, "/access"), http.StatusForbidden)
		if to := s.done(owner, "/access/inside/"+acting.Via.ID+"/end", nil); to != "/access" {
			t.Errorf("led to %q", to)
		}
		over := s.get(acting, "/licenses")
		want(t, over, http.StatusConflict, "Partner", "chose so on its Access page")
		reseller := s.follow(over)
		want(t, s.post(owner, "/access/inside/"+acting.Via.ID+"/end", nil), http.StatusConflict, "no longer in this profile")

		version := func() string {
			p, err := w.Profile(t.Context(), w.Vendor, w.Partner.Profile)
			noErr(t, err)
			return strconv.Itoa(p.Version)
		}
		want(t, s.post(owner, "/access/setting", url.Values{"access": {"sometimes"}, "version": {version()}}), http.StatusUnprocessableEntity)
		want(t, s.post(owner, "/access/setting", url.Values{"access": {"ask"}, "version": {"99"}}), http.StatusPreconditionFailed)
		s.done(owner, "/access/setting", url.Values{"access": {"ask"}, "version": {version()}})

		door := "/partners/" + w.Partner.Profile
		want(t, s.get(reseller, door+"/login-as"), http.StatusOK, "wants to be asked first", "Ask to be let in")
		rec := s.post(reseller, door+"/consent", url.Values{"reason": {"kassa once more"}})
		want(t, rec, http.StatusUnprocessableEntity, "Choose a day")
		if !strings.Contains(rec.Body.String(), `value="kassa once more"`) {
			t.Error("what was typed is gone")
		}
		until := w.Clock.Now().Format(time.DateOnly)
		s.done(reseller, door+"/consent", url.Values{"reason": {"kassa once more"}, "until": {until}})
		want(t, s.get(reseller, door+"/login-as"), http.StatusOK, "Nobody answered yet", "Withdraw")

		link := "/consent/" + w.Link(t, "second@example.com", "/consent/")
		want(t, s.get(plaza.Actor{}, link), http.StatusOK, "Reseller owner", "kassa once more", "Let in once")
		want(t, s.post(plaza.Actor{}, link, url.Values{"answer": {"perhaps"}}), http.StatusUnprocessableEntity)
		want(t, s.post(plaza.Actor{}, link, url.Values{"answer": {"once"}}), http.StatusOK, "They are let in")
		want(t, s.get(plaza.Actor{}, link), http.StatusNotFound, "No answer is wanted any more")
		again := s.logInAs(reseller, w.Partner)
		if again.Via == nil {
			t.Fatal("not inside")
		}
		want(t, s.get(owner, "/access"), http.StatusOK, "Let in once, and came in", "Is in now, until", "Take it back")
		want(t, s.get(owner, "/access"), http.StatusOK, "kassa", "ended here")
	})
}

// TestBreakingTheGlassOnThePage is offered to the vendor alone.
func TestBreakingTheGlassOnThePage(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		owner := w.Invite(t, w.Vendor, w.Partner.Profile, "Second", plaza.Owner)
		admin := w.Invite(t, w.Vendor, w.Vendor.Profile, "Admin", plaza.Administrator)
		noErr(t, w.SetSupportAccess(t.Context(), w.Partner, plaza.AccessNever, 1))
		door := "/partners/" + w.Partner.Profile + "/login-as"
		if strings.Contains(s.page(w.Reseller, door), "glass") || strings.Contains(s.page(w.Reseller, door+"?break_glass=yes"), "glass and") {
			t.Error("the reseller is offered to break the glass")
		}
		want(t, s.get(w.Vendor, door), http.StatusOK, "lets nobody in", "Break the glass")
		want(t, s.get(w.Vendor, door+"?break_glass=yes"), http.StatusOK, "Break the glass and enter", "30 minutes")
		in := url.Values{"login": {w.Partner.Login}, "reason": {"it is on fire"}, "break_glass": {"yes"}}
		want(t, s.post(w.Reseller, door, in), http.StatusForbidden)
		inside := s.follow(s.post(w.Vendor, door, in))
		if inside.Via == nil || !inside.Via.BreakGlass {
			t.Errorf("inside as %+v", inside)
		}
		if got := s.get(inside, "/").Header().Get("X-Plaza-Acting"); got != inside.Via.ID {
			t.Errorf("the answer says %q", got)
		}
		want(t, s.get(owner, "/access"), http.StatusOK, "Broke the glass")

		noErr(t, w.SetSupportAccess(t.Context(), w.Partner, plaza.AccessAllowed, 2)) // nothing bars the way
		if strings.Contains(s.page(admin, door+"?break_glass=yes"), "glass") {
			t.Error("the glass is offered where everybody is let in")
		}
		late := s.post(admin, door, in) // a form that was drawn before
		want(t, late, http.StatusConflict, "lets you in")
		if strings.Contains(late.Body.String(), `name="break_glass"`) {
			t.Error("to try again breaks the glass again")
		}
	})
}
