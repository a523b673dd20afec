package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestSearchFindsEverythingWithinReach(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		a := newAgent(t, w, w.Reseller, w.Partner.Profile, "Kassa-1")
		key, err := w.RevealLicenseKey(t.Context(), w.Reseller, a.License.ID)
		if err != nil {
			t.Fatal(err)
		}
		find := func(text string) string { return "/search?" + url.Values{"q": {text}}.Encode() }
		want(t, s.get(w.Reseller, "/search"), http.StatusOK, "license key or its last characters")
		want(t, s.get(w.Reseller, find("  kassa ")), http.StatusOK, "ConnectAgents 1", "Licenses 1")
		want(t, s.get(w.Reseller, find("partner")), http.StatusOK, "Partners 1", "Logins 1", "partner@example.com")
		want(t, s.get(w.Reseller, find(key)), http.StatusOK, "Licenses 1", "Kassa-1")
		want(t, s.get(w.Reseller, find(a.License.KeyHint)), http.StatusOK, "Licenses 1")
		want(t, s.get(w.Reseller, find("nowhere%_")), http.StatusOK, "Nothing found")
		want(t, s.get(w.Partner, find("kassa")), http.StatusOK, "ConnectAgents 1")
		for _, text := range []string{"kassa", key, "Partner@example.com", "Enterprise"} {
			for _, stranger := range []plaza.Actor{w.Stranger, w.StrangerPartner} {
				page := s.page(stranger, find(text))
				if strings.Contains(page, "Kassa-1") || strings.Contains(page, "Show") && strings.Contains(page, "Enterprise owner") {
					t.Errorf("a stranger finds %q: %s", text, page)
				}
			}
		}
	})
}
