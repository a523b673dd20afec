package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/secret"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		want(t, s.get(w.Reseller, "/tokens"), http.StatusOK, "No API tokens yet", "New token")
		rec := s.get(w.Reseller, "/tokens/new")
		want(t, rec, http.StatusOK, w.Partner.ProfileName, "license.issue", "It is the profile")
		for verb, ticked := range map[string]bool{"license.read": true, "license.issue": false} {
			if got := strings.Contains(rec.Body.String(), `value="`+verb+`" checked`); got != ticked {
				t.Errorf("%s is ticked: %t", verb, got)
			}
		}
		form := url.Values{"name": {"Nightly export"}, "expires": {"2026-03-01"}, "verb": {"license.read", "license.issue"}, "shared": {"yes"}}
		for field, wrong := range map[string]struct {
			value   []string
			problem string
		}{"name": {[]string{""}, "Fill this in"}, "expires": {[]string{"2028-01-01"}, "within a year"}, "verb": {nil, "at least one thing"}} {
			bad := maps.Clone(form)
			bad[field] = wrong.value
			want(t, s.post(w.Reseller, "/tokens", bad), http.StatusUnprocessableEntity, wrong.problem)
		}
		rec = s.post(w.Reseller, "/tokens", form)
		want(t, rec, http.StatusCreated, "Copy it now", "Nightly export", "http://plaza.test/api/v1/me")
		shown := regexp.MustCompile(`plaza_[a-z2-7]{59}`).FindString(rec.Body.String())
		if !secret.IsAPIToken(shown) {
			t.Fatalf("no token is shown: %s", rec.Body)
		}
		path := regexp.MustCompile(`/tokens/[0-9a-f-]{36}`).FindString(rec.Body.String())
		for _, page := range []string{"/tokens", path} {
			rec := s.get(w.Reseller, page)
			want(t, rec, http.StatusOK, "Nightly export", "…"+shown[len(shown)-4:])
			if strings.Contains(rec.Body.String(), shown) {
				t.Errorf("%s shows the token again", page)
			}
		}
		for _, stranger := range []plaza.Actor{w.Stranger, w.Partner, w.Vendor} {
			want(t, s.get(stranger, path), http.StatusNotFound)
			want(t, s.post(stranger, path+"/revoke", url.Values{"version": {"1"}}), http.StatusNotFound)
		}
		other := w.Invite(t, w.Reseller, w.Reseller.Profile, "Other", plaza.Administrator)
		want(t, s.get(other, path), http.StatusOK, "Have it stand for me")
		want(t, s.post(w.Reseller, path+"/adopt", url.Values{"version": {"1"}}), http.StatusConflict, "stands for you already")
		rec = s.post(other, path+"/adopt", url.Values{"version": {"1"}})
		want(t, rec, http.StatusOK, "Copy it now")
		if fresh := regexp.MustCompile(`plaza_[a-z2-7]{59}`).FindString(rec.Body.String()); fresh == "" || fresh == shown {
			t.Errorf("taken over, the token is %q", fresh)
		}
		want(t, s.get(other, path), http.StatusOK, "through Other")
		want(t, s.get(other, path+"/revoke"), http.StatusOK, "refused from this moment on")
		s.done(other, path+"/revoke", url.Values{"version": {"2"}})
		want(t, s.get(other, path), http.StatusOK, "Revoked")
		wantsSignIn(t, s.get(nobody, "/tokens"))
	})
}
