package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestWhenPeopleAreToldOfAnEndIsSet(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		want(t, s.get(w.Reseller, "/profile"), http.StatusOK, "Before a license ends…")
		want(t, s.get(w.Partner, "/profile/expiry"), http.StatusForbidden)
		if strings.Contains(shown(s.get(w.Partner, "/profile")), "Before a license ends") {
			t.Error("the partner is offered what it may not")
		}
		want(t, s.get(w.Reseller, "/profile/expiry"), http.StatusOK, "Left empty: 30, 14, 7, 1")
		form := url.Values{"steps_development": {"soon"}, "steps_partner": {"0"}, "steps_connectagent": {"5, 45,5"}}
		want(t, s.post(w.Reseller, "/profile/expiry", form), http.StatusUnprocessableEntity, "Type days from 1 to 365")
		form.Set("steps_development", "")
		s.done(w.Reseller, "/profile/expiry", form)
		rec := s.get(w.Reseller, "/profile/expiry")
		for field, v := range map[string]string{"steps_development": "", "steps_partner": "0", "steps_connectagent": "45, 5"} {
			if got := value(rec, field); got != v {
				t.Errorf("%s is %q, want %q", field, got, v)
			}
		}
		rec = s.get(w.Stranger, "/profile/expiry")
		if got := value(rec, "steps_connectagent"); got != "" {
			t.Errorf("another reseller has %q", got)
		}
	})
}

func TestMailsAreChosenOnTheAccount(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		want(t, s.get(w.Partner, "/account"), http.StatusOK, "Choose when")
		want(t, s.get(w.Partner, "/account/mails"), http.StatusOK, "Licenses that end soon", "Once a day")
		want(t, s.post(w.Partner, "/account/mails", url.Values{"ends": {"sometimes"}}), http.StatusUnprocessableEntity)
		s.done(w.Partner, "/account/mails", url.Values{"ends": {"daily"}, "allowances": {"off"}, "requests": {"at_once"}, "statements": {"daily"}, "tokens": {"off"}})
		got, err := w.MailChoices(t.Context(), w.Partner)
		ok(t, err)
		if got[plaza.TopicEnds] != plaza.MailDaily || got[plaza.TopicAllowances] != plaza.MailOff || got[plaza.TopicRequests] != plaza.MailAtOnce {
			t.Errorf("%v", got)
		}
		if other, err := w.MailChoices(t.Context(), w.StrangerPartner); err != nil || other[plaza.TopicEnds] != plaza.MailAtOnce {
			t.Errorf("another person's: %v %v", other, err)
		}
	})
}
