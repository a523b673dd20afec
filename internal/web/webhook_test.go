package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/apptest"
)

var aSecret = regexp.MustCompile(`whsec_[A-Za-z0-9+/=]+`)

func TestTheSecretOfAWebhookIsShownOnce(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		want(t, s.get(w.Partner, "/webhooks"), http.StatusOK, "No webhooks yet", "New webhook")
		want(t, s.get(w.Partner, "/webhooks/new"), http.StatusOK, "license.renewed", "Everything")
		form := url.Values{"name": {"Accounting"}, "url": {"nowhere"}}
		want(t, s.post(w.Partner, "/webhooks", form), http.StatusUnprocessableEntity, "Give an address of the form", "at least one kind of event")
		form = url.Values{"name": {"Accounting"}, "url": {"https://accounting.example/s3cret"}, "kinds": {"license.issued", "license.renewed"}}
		rec := s.post(w.Partner, "/webhooks", form)
		want(t, rec, http.StatusOK, "it is not shown again")
		first := aSecret.FindString(rec.Body.String())
		if first == "" {
			t.Error("it shows no secret")
		}
		all, err := w.Webhooks(t.Context(), w.Partner)
		ok(t, err)
		home := "/webhooks/" + all[0].ID
		for _, path := range []string{"/webhooks", home, home + "/edit", home + "/rotate", home + "/remove", home + "/redeliver"} {
			rec := s.get(w.Partner, path)
			want(t, rec, http.StatusOK, "Accounting")
			if aSecret.MatchString(rec.Body.String()) {
				t.Errorf("%s shows a secret", path)
			}
			if rec := s.get(w.Reseller, path); path != "/webhooks" && rec.Code != http.StatusNotFound {
				t.Errorf("the reseller gets %d for %s", rec.Code, path)
			}
		}
		want(t, s.get(w.Partner, home), http.StatusOK, "https://accounting.example/s3cret", "license.issued, license.renewed", "Nothing was sent yet")
		if text := shown(s.get(w.Partner, "/audit")); strings.Contains(text, "s3cret") || !strings.Contains(text, "https://accounting.example") {
			t.Errorf("the log says %s", text)
		}

		rec = s.post(w.Partner, home+"/rotate", url.Values{"version": {"9"}})
		want(t, rec, http.StatusPreconditionFailed, "Somebody changed this webhook meanwhile")
		rec = s.post(w.Partner, home+"/rotate", url.Values{"version": {"1"}})
		want(t, rec, http.StatusOK, "everything is signed with the secret before, too")
		if second := aSecret.FindString(rec.Body.String()); second == "" || second == first {
			t.Errorf("it shows %q", second)
		}
		edit := url.Values{"name": {"Books"}, "url": {"https://books.example/"}, "all": {"yes"}, "version": {"1"}}
		want(t, s.post(w.Partner, home+"/edit", edit), http.StatusPreconditionFailed, "Books", "Accounting", "Save my version")
		edit.Set("version", "2")
		s.done(w.Partner, home+"/edit", edit)
		to := s.done(w.Partner, home+"/test", url.Values{})
		want(t, s.get(w.Partner, to), http.StatusOK, "plaza.webhook.test", "Nothing was tried yet", "Try now")
		s.done(w.Partner, home+"/pause", url.Values{"version": {"3"}})
		want(t, s.get(w.Partner, home), http.StatusOK, "Somebody paused this webhook", "Resume")
		want(t, s.post(w.Partner, home+"/test", url.Values{}), http.StatusConflict)
		s.done(w.Partner, home+"/resume", url.Values{"version": {"4"}})
		want(t, s.post(w.Partner, home+"/redeliver", url.Values{"from": {"soon"}, "till": {"2026-01-03T00:00"}}), http.StatusUnprocessableEntity)
		want(t, s.post(w.Partner, home+"/redeliver", url.Values{"from": {"2026-01-01T00:00"}, "till": {"2026-01-03T00:00"}}), http.StatusConflict, "Nothing was delivered or given up")
		s.done(w.Partner, home+"/remove", url.Values{"version": {"5"}})
		want(t, s.get(w.Partner, home), http.StatusNotFound)
	})
}
