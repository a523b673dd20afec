package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// newAgent makes a ConnectAgent for somebody's profile.
func newAgent(t *testing.T, w *apptest.World, by plaza.Actor, profile, name string) plaza.ConnectAgent {
	t.Helper()
	a, err := w.CreateAgent(t.Context(), by, plaza.NewAgent{Profile: profile, Name: name, Plan: w.Plans[plaza.ConnectAgentLicense].ID})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAgentIsMadeAndShowsItsKey(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		want(t, s.get(w.Reseller, "/agents"), http.StatusOK, "No ConnectAgents yet")
		want(t, s.get(w.Reseller, "/agents/new?profile="+w.Partner.Profile), http.StatusOK, "For which profile", "A year of connectagent")
		form := url.Values{"profile": {w.Partner.Profile}, "plan": {w.Plans[plaza.ConnectAgentLicense].ID}, "name": {""}}
		want(t, s.post(w.Reseller, "/agents", form), http.StatusUnprocessableEntity)
		form.Set("starts", "tomorrow")
		want(t, s.post(w.Reseller, "/agents", form), http.StatusUnprocessableEntity)
		form.Del("starts")
		form.Set("name", "Kassa-1")
		path := s.done(w.Reseller, "/agents", form)
		page := s.page(w.Reseller, path)
		if !strings.Contains(page, "Never seen") || !strings.Contains(page, "Download agent") || !strings.Contains(page, "show the key, copy it") {
			t.Errorf("the new ConnectAgent's page says %s", page)
		}
		path, _, _ = strings.Cut(path, "?")
		want(t, s.post(w.Reseller, path+"/key", nil), http.StatusOK, "Copy")
		want(t, s.get(w.Reseller, "/agents?liveness=never&profile="+w.Partner.Profile), http.StatusOK, "Kassa-1", "1 of 1")
		want(t, s.get(w.Reseller, "/agents?liveness=online"), http.StatusOK, "Nothing matches")
		want(t, s.get(w.Partner, path), http.StatusOK, "Kassa-1")
		for _, stranger := range []plaza.Actor{w.Stranger, w.StrangerPartner, w.Enterprise} {
			want(t, s.get(stranger, path), http.StatusNotFound)
			want(t, s.post(stranger, path+"/key", nil), http.StatusNotFound)
			want(t, s.get(stranger, path+"/rename"), http.StatusNotFound)
			if page := s.page(stranger, "/agents"); strings.Contains(page, "Kassa-1") {
				t.Error("a stranger's list has it")
			}
		}
		want(t, s.get(w.Stranger, "/agents?profile="+w.Partner.Profile), http.StatusNotFound)
		wantsSignIn(t, s.get(nobody, path))
	})
}

func TestAgentRenamedByTwoShowsBothNames(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		path := "/agents/" + newAgent(t, w, w.Reseller, w.Partner.Profile, "Kassa-1").ID
		version := value(s.get(w.Reseller, path+"/rename"), "version")
		s.done(w.Partner, path+"/rename", url.Values{"name": {"Theirs"}, "version": {version}})
		rec := s.post(w.Reseller, path+"/rename", url.Values{"name": {"Mine"}, "version": {version}})
		want(t, rec, http.StatusPreconditionFailed, "Theirs", "Mine", "Save my version")
		if got := value(rec, "name"); got != "Mine" {
			t.Errorf("what was typed is gone: %q", got)
		}
		s.done(w.Reseller, path+"/rename", url.Values{"name": {value(rec, "name")}, "version": {value(rec, "version")}})
		want(t, s.get(w.Partner, path), http.StatusOK, "Mine")
		want(t, s.post(w.Partner, path+"/rename", url.Values{"name": {""}, "version": {"3"}}), http.StatusUnprocessableEntity)
	})
}

func TestAgentOfANormalProfileIsAskedFor(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		rec := s.get(w.Partner, "/agents/new")
		want(t, rec, http.StatusOK, "as a request", "Send request")
		if strings.Contains(shown(rec), "For which profile") {
			t.Error("whoever asks chooses no profile")
		}
		form := url.Values{"plan": {w.Plans[plaza.ConnectAgentLicense].ID}, "name": {"Kassa-2"}, "note": {"For the shop"}}
		path := s.done(w.Partner, "/agents", form)
		if !strings.HasPrefix(path, "/requests/") {
			t.Fatalf("leads to %s", path)
		}
		want(t, s.get(w.Partner, path), http.StatusOK, "ConnectAgent: Kassa-2", "For the shop", "Withdraw request")
		form.Set("name", "")
		want(t, s.post(w.Partner, "/agents", form), http.StatusUnprocessableEntity)
	})
}
