package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestAccount(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		wantsSignIn(t, s.get(nobody, "/account"))
		page := s.get(w.Reseller, "/account")
		want(t, page, http.StatusOK, "My account", "reseller@example.com", "Europe/Amsterdam")

		typed := url.Values{"name": {"Mara <b>Klein</b>"}, "language": {"nl"}, "time_zone": {"America/Argentina/Buenos_Aires"}, "version": {value(page, "version")}}
		if to := s.done(w.Reseller, "/account", typed); to != "/account" {
			t.Errorf("leads to %q", to)
		}
		page = s.get(w.Reseller, "/account")
		want(t, page, http.StatusOK, "Mijn account", "America/Argentina/Buenos Aires")
		if got := value(page, "name"); got != "Mara <b>Klein</b>" {
			t.Errorf("name %q", got)
		}
		want(t, s.get(w.Stranger, "/account"), http.StatusOK, "stranger@example.com")
		if strings.Contains(s.page(w.Stranger, "/account"), "Mara") {
			t.Error("a stranger sees it")
		}
	})
}

func TestAccountSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		version := value(s.get(w.Reseller, "/account"), "version")
		rec := s.post(w.Reseller, "/account", url.Values{"name": {" "}, "time_zone": {"Mars/Olympus"}, "version": {version}})
		want(t, rec, http.StatusUnprocessableEntity, "2 fields need a look", "Fill this in", "Choose one of the time zones")
		rec = s.post(w.Reseller, "/account", url.Values{"name": {"Mara"}, "language": {"tlh"}, "version": {version}})
		want(t, rec, http.StatusUnprocessableEntity, "Choose one of the languages")
		if got := value(rec, "name"); got != "Mara" {
			t.Errorf("the name typed is gone: %q", got)
		}
		rec = s.post(w.Reseller, "/account", url.Values{"name": {"Mara"}, "context": {w.Stranger.Profile}, "version": {version}})
		want(t, rec, http.StatusConflict, "another profile")
	})
}

func TestAccountThatSomebodyElseChanged(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		version := value(s.get(w.Reseller, "/account"), "version")
		s.done(w.Reseller, "/account", url.Values{"name": {"Theirs"}, "version": {version}})
		rec := s.post(w.Reseller, "/account", url.Values{"name": {"Mine"}, "version": {version}})
		want(t, rec, http.StatusPreconditionFailed, "Somebody changed this while you were editing", "Theirs", "Mine")
		if got := value(rec, "name"); got != "Mine" {
			t.Errorf("what was typed is gone: %q", got)
		}
		// Even when a mistake comes between, the version seen counts.
		wrong := s.post(w.Reseller, "/account", url.Values{"name": {""}, "version": {version}})
		want(t, s.post(w.Reseller, "/account", url.Values{"name": {"Mine"}, "version": {value(wrong, "version")}}), http.StatusPreconditionFailed)
		// Sending it once more takes over.
		s.done(w.Reseller, "/account", url.Values{"name": {"Mine"}, "version": {value(rec, "version")}})
		if got := value(s.get(w.Reseller, "/account"), "name"); got != "Mine" {
			t.Errorf("name %q", got)
		}
	})
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		other := w.Tokens[w.Reseller.Login]
		w.SignIn(t, "reseller@example.com") // a second session, which is the one used from here
		want(t, s.get(w.Reseller, "/account/password"), http.StatusOK, "Present password")
		for name, tt := range map[string]struct{ old, fresh, again, says string }{
			"too short":  {apptest.Password, "short", "short", "10 characters at least"},
			"differs":    {apptest.Password, "a new password", "a new passwort", "differs"},
			"not theirs": {"wrong", "a new password", "a new password", "not the right password"},
		} {
			rec := s.post(w.Reseller, "/account/password", url.Values{"old": {tt.old}, "password": {tt.fresh}, "again": {tt.again}})
			want(t, rec, http.StatusUnprocessableEntity, tt.says)
			if strings.Contains(rec.Body.String(), tt.fresh) {
				t.Errorf("%s: the password comes back", name)
			}
		}
		s.done(w.Reseller, "/account/password", url.Values{"old": {apptest.Password}, "password": {"a new password"}, "again": {"a new password"}})
		want(t, s.get(w.Reseller, "/account"), http.StatusOK, "My account")
		w.Tokens[w.Reseller.Login] = other
		wantsSignIn(t, s.get(w.Reseller, "/account"))
		s.done(nobody, "/sign-in", url.Values{"email": {"reseller@example.com"}, "password": {"a new password"}})
	})
}

func TestNobodyChangesTheAccountOfAnother(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		fresh, err := w.LogInAs(t.Context(), w.Reseller, plaza.NewActing{Login: w.Partner.Login, Reason: "ticket 4711"})
		if err != nil {
			t.Fatal(err)
		}
		w.Tokens["acting"] = fresh
		inside := plaza.Actor{Login: "acting"}
		want(t, s.get(inside, "/account"), http.StatusForbidden, "Not allowed")
		want(t, s.get(inside, "/account/password"), http.StatusForbidden, "Not allowed")
	})
}
