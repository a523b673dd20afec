package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestLoginIsMadeInvitedAndChanged(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		want(t, s.get(w.Reseller, "/logins/new?profile="+w.Partner.Profile), http.StatusOK, "Dashboard right", "Licenses, ConnectAgents")
		form := url.Values{
			"profile": {w.Partner.Profile}, "name": {"Jan"}, "email": {"not an address"}, "role": {"manager"}, "dashboard": {"yes"},
		}
		rec := s.post(w.Reseller, "/logins", form)
		want(t, rec, http.StatusUnprocessableEntity)
		if got := value(rec, "name"); got != "Jan" {
			t.Errorf("what was typed is gone: %q", got)
		}
		form.Set("email", "jan@example.com")
		path := s.done(w.Reseller, "/logins", form)
		want(t, s.get(w.Reseller, path), http.StatusOK, "Invitation sent to jan@example.com", "7 days")
		want(t, s.post(w.Reseller, "/logins", form), http.StatusUnprocessableEntity)
		path, _, _ = strings.Cut(path, "?")
		want(t, s.get(w.Reseller, "/logins?state=invited&role=manager&q=jan"), http.StatusOK, "jan@example.com")

		s.done(w.Reseller, path+"/reinvite", nil)
		version := value(s.get(w.Reseller, path+"/edit"), "version")
		edit := url.Values{"name": {"Jan"}, "role": {"auditor"}, "dashboard": {"yes"}, "version": {version}}
		s.done(w.Reseller, path+"/edit", edit)
		edit.Set("role", "member")
		rec = s.post(w.Reseller, path+"/edit", edit)
		want(t, rec, http.StatusPreconditionFailed, "Auditor", "Member", "Save my version")
		edit.Set("version", value(rec, "version"))
		s.done(w.Reseller, path+"/edit", edit)
		want(t, s.get(w.Reseller, path), http.StatusOK, "Member")

		s.done(w.Reseller, path+"/disable", url.Values{"version": {value(s.get(w.Reseller, path+"/edit"), "version")}})
		want(t, s.get(w.Reseller, path), http.StatusOK, "Disabled", "Enable")
		want(t, s.post(w.Reseller, path+"/reinvite", nil), http.StatusConflict, "accepted, or the login is disabled")
		s.done(w.Reseller, path+"/enable", url.Values{"version": {value(s.get(w.Reseller, path+"/edit"), "version")}})
		for _, stranger := range []plaza.Actor{w.Stranger, w.StrangerPartner, w.Enterprise} {
			want(t, s.get(stranger, path), http.StatusNotFound)
			want(t, s.get(stranger, path+"/edit"), http.StatusNotFound)
			for _, act := range []string{"/edit", "/disable", "/enable", "/reinvite"} {
				want(t, s.post(stranger, path+act, edit), http.StatusNotFound)
			}
		}
	})
}

func TestMemberGetsNoDashboardWhateverWasTicked(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		path := s.done(w.Reseller, "/logins", url.Values{
			"profile": {w.Partner.Profile}, "name": {"Mia"}, "email": {"mia@example.com"}, "role": {"member"}, "dashboard": {"yes"},
		})
		l, err := w.Login(t.Context(), w.Reseller, strings.TrimSuffix(strings.TrimPrefix(path, "/logins/"), "?new=1"))
		if err != nil || l.Dashboard || l.Role != plaza.Member {
			t.Errorf("got %+v, %v", l, err)
		}
	})
}

func TestLastOwnerStays(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		path := "/logins/" + w.Partner.Login
		rec := s.post(w.Reseller, path+"/edit", url.Values{"name": {"P"}, "role": {"manager"}, "dashboard": {"yes"}, "version": {"1"}})
		want(t, rec, http.StatusConflict, "last owner")
		want(t, s.post(w.Reseller, path+"/disable", url.Values{"version": {"1"}}), http.StatusConflict, "last owner")
		want(t, s.post(w.Partner, path+"/disable", url.Values{"version": {"1"}}), http.StatusConflict, "your own login")
	})
}

func TestAdministratorCannotReachBeyond(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		admin := w.Invite(t, w.Reseller, w.Reseller.Profile, "Ada", plaza.Administrator)
		want(t, s.get(admin, "/logins/new"), http.StatusOK, "may do more than yours")
		owner := s.page(admin, "/logins/"+w.Reseller.Login)
		if !strings.Contains(owner, "so you cannot change it") || strings.Contains(owner, "Disable") {
			t.Errorf("an owner's page for an administrator: %s", owner)
		}
		manager := w.Invite(t, w.Reseller, w.Reseller.Profile, "Max", plaza.Manager)
		want(t, s.get(manager, "/logins/new"), http.StatusForbidden)
		want(t, s.get(manager, "/logins"), http.StatusOK, "Ada")
	})
}
