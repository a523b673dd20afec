package agentapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// TestAgentFindsItsUpgrade asks for what the vendor published, over real HTTP.
func TestAgentFindsItsUpgrade(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := serve(t, w)
		w.Publish(t, "5.0.0")
		r := w.Publish(t, "5.0.1")
		sum, signature := w.Sign(t, "ConnectAgent 5.0.1\n")
		got := s.Do(t, "GET", "/releases/5.0.0/upgrade?product="+s.wire.Product+"&channel=stable&constraint=5.0", nil).One(t)
		if got.ID != r.ID || got.Type != "releases" || got.Attributes["version"] != "5.0.1" {
			t.Errorf("got %+v", got)
		}
		for path, code := range map[string]string{
			"/releases/5.0.1/upgrade": "NOT_FOUND", "/releases/5.0.0/upgrade?constraint=%3E5": "CONSTRAINT_INVALID", "/releases/9.9.9": "NOT_FOUND",
			"/releases/5.0.1/artifacts/other": "NOT_FOUND",
		} {
			if got := s.Do(t, "GET", path, nil).Code(); got != code {
				t.Errorf("%s: got %s, want %s", path, got, code)
			}
		}
		all := s.Do(t, "GET", "/releases/5.0.1/artifacts?platform=linux", nil).All(t)
		if len(all) != 1 || all[0].Attributes["checksum"] != sum || all[0].Attributes["signature"] != signature {
			t.Errorf("got %+v", all)
		}
		a := s.Do(t, "GET", "/releases/5.0.1/artifacts/connectagent_linux_amd64", nil)
		if to := a.Header.Get("Location"); a.Status != http.StatusSeeOther || !strings.HasPrefix(to, "http://plaza.test/artifacts/"+a.One(t).ID+"/") {
			t.Errorf("%d, to %s", a.Status, to)
		}
	})
}
