package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestAuditIsFiltered(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		a := newAgent(t, w, w.Reseller, w.Partner.Profile, "Kassa-1")
		today := apptest.Start().Format("2006-01-02")
		for path, says := range map[string]string{
			"/audit":                   "created the ConnectAgent Kassa-1",
			"/audit?verb=agent.create": "1 of 1",
			"/audit?verb=agent.create&login=" + w.Reseller.Login: "1 of 1",
			"/audit?object=" + a.ID:                              "About: Kassa-1",
			"/audit?profile=" + w.Partner.Profile:                "Profile: Partner",
			"/audit?result=refused":                              "Nothing matches",
			"/audit?from=" + today + "&till=" + today:            "Kassa-1",
			"/audit?from=2026-02-01":                             "Nothing matches",
			"/audit?from=never&verb=nothing":                     "Kassa-1",
		} {
			want(t, s.get(w.Reseller, path), http.StatusOK, says)
		}
		want(t, s.get(w.Partner, "/audit?verb=agent.create"), http.StatusOK, "Your supplier", "Kassa-1")
		want(t, s.get(w.Reseller, "/audit?sort=who"), http.StatusUnprocessableEntity)
		for _, stranger := range []plaza.Actor{w.Stranger, w.StrangerPartner} {
			for _, query := range []string{"", "?object=" + a.ID} {
				if page := s.page(stranger, "/audit"+query); strings.Contains(page, "Kassa-1") {
					t.Error("a stranger's log has it")
				}
			}
			want(t, s.get(stranger, "/audit?profile="+w.Partner.Profile), http.StatusNotFound)
			want(t, s.get(stranger, "/audit?login="+w.Reseller.Login), http.StatusNotFound)
		}
		manager := w.Invite(t, w.Reseller, w.Reseller.Profile, "Max", plaza.Manager)
		want(t, s.get(manager, "/audit"), http.StatusForbidden)
	})
}

func TestRefusalsAreMarked(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		a := newAgent(t, w, w.Reseller, w.Partner.Profile, "Kassa-1")
		want(t, s.post(w.Stranger, "/agents/"+a.ID+"/rename", first()), http.StatusNotFound)
		want(t, s.get(w.Stranger, "/audit?result=refused"), http.StatusOK, "Refused", "not within reach")
	})
}
