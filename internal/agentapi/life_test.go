package agentapi_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/agentapi"
	"github.com/connectplaza/plaza/internal/agenttest"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/licensekey"
	"github.com/connectplaza/plaza/internal/server"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// site is a served world with one ConnectAgent in it.
type site struct {
	*apptest.World
	agenttest.Client

	agent plaza.ConnectAgent
	wire  app.Wire
}

// serve serves a world, as Plaza does, on a port of its own.
func serve(t *testing.T, w *apptest.World) *site {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	s := httptest.NewServer(server.Handler(server.Config{
		Handler: http.NotFoundHandler(), Agents: agentapi.Handler(agentapi.Config{Fleet: w.Fleet, Log: log}), Log: log, Now: w.Clock.Now,
	}))
	t.Cleanup(s.Close)
	agent, err := w.CreateAgent(t.Context(), w.Reseller, plaza.NewAgent{
		Profile: w.Partner.Profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: "Kassa-1",
	})
	must(t, err)
	key, err := w.RevealLicenseKey(t.Context(), w.Partner, agent.License.ID)
	must(t, err)
	wire := w.Fleet.Wire()
	return &site{World: w, agent: agent, wire: wire, Client: agenttest.Client{
		Base: s.URL + "/v1", Account: wire.Account, Public: w.Fleet.PublicKey(), Key: key, HTTP: s.Client(),
	}}
}

// TestTheLifeOfAnAgent plays it over real HTTP: every answer is verified by the
// client, also those that refuse and those without a body.
func TestTheLifeOfAnAgent(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := serve(t, w)
		for _, base := range []string{"", "/accounts/" + s.wire.Account, "/accounts/" + s.wire.Slug} {
			c := s.Client
			c.Base += base
			s.live(t, c)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const fingerprint = "6a3cb155dc28d90900419e8b0a8f15f3ad89cc2ca4cba5c5a65b6753f1325601"

func (s *site) live(t *testing.T, c agenttest.Client) {
	t.Helper()
	license := "/licenses/" + s.agent.License.ID
	me := c.Do(t, "GET", "/me", nil).One(t)
	if me.ID != s.agent.License.ID || me.Attributes["key"] != c.Key {
		t.Errorf("me: %+v", me)
	}
	if _, err := licensekey.Verify(c.Public, c.Key); err != nil {
		t.Errorf("the key: %v", err)
	}
	check := func(want string) agenttest.Answer {
		t.Helper()
		a := c.Do(t, "POST", license+"/actions/validate", map[string]any{"meta": map[string]any{
			"nonce": 4711, "scope": map[string]any{"product": s.wire.Product, "fingerprint": fingerprint},
		}})
		if a.Doc.Meta["code"] != want || a.Doc.Meta["valid"] != (want == "VALID") || a.Doc.Meta["nonce"] != 4711.0 {
			t.Errorf("check: %v, want %s", a.Doc.Meta, want)
		}
		return a
	}
	check("NO_MACHINE")

	activation := map[string]any{"data": map[string]any{
		"type": "machines", "attributes": map[string]any{"fingerprint": fingerprint, "hostname": "erp-01", "platform": "linux/amd64", "cores": 8},
		"relationships": map[string]any{"license": map[string]any{"data": map[string]any{"type": "licenses", "id": s.agent.License.ID}}},
	}}
	made := c.Do(t, "POST", "/machines", activation)
	if made.Status != http.StatusCreated || made.Header.Get("Location") == "" {
		t.Fatalf("activate: %d %s", made.Status, made.Body)
	}
	machine := made.One(t)
	again := c.Do(t, "POST", "/machines", activation)
	if again.Status != http.StatusUnprocessableEntity || again.Code() != "FINGERPRINT_TAKEN" || again.Doc.Errors[0].Meta["machineId"] != machine.ID {
		t.Errorf("activate again: %d %s", again.Status, again.Body)
	}
	check("VALID")

	told := 0.0
	for i := range 100 {
		s.Clock.Advance(time.Minute)
		a := c.Do(t, "POST", "/machines/"+fingerprint+"/actions/ping", map[string]any{"meta": map[string]any{"generation": int64(told), "boot": "one"}})
		if beat := a.One(t); a.Status != http.StatusOK || beat.Attributes["heartbeatStatus"] != "ALIVE" || a.Doc.Meta["cloned"] != false {
			t.Fatalf("heartbeat %d: %d %s", i, a.Status, a.Body)
		}
		before := told
		if told, _ = a.Doc.Meta["generation"].(float64); told <= before {
			t.Fatalf("heartbeat %d is of generation %.0f, after %.0f", i, told, before)
		}
	}
	check("VALID")
	s.processes(t, c, machine.ID)
	s.checkOut(t, c, machine.ID)

	if gone := c.Do(t, "DELETE", "/machines/"+machine.ID, nil); gone.Status != http.StatusNoContent || len(gone.Body) != 0 {
		t.Errorf("deactivate: %d %s", gone.Status, gone.Body)
	}
	if gone := c.Do(t, "DELETE", "/machines/"+fingerprint, nil); gone.Status != http.StatusNotFound || gone.Code() != "NOT_FOUND" {
		t.Errorf("deactivate again: %d %s", gone.Status, gone.Body)
	}
	check("NO_MACHINE")
	c.Key = "key/none.none"
	if a := c.Do(t, "GET", "/me", nil); a.Status != http.StatusUnauthorized || a.Code() != "LICENSE_INVALID" {
		t.Errorf("an unknown key: %d %s", a.Status, a.Body)
	}
}

func (s *site) processes(t *testing.T, c agenttest.Client, machine string) {
	t.Helper()
	for i := range 5 {
		a := c.Do(t, "POST", "/processes", map[string]any{"data": map[string]any{
			"type": "process", "attributes": map[string]any{"pid": "orders-" + strconv.Itoa(i)},
			"relationships": map[string]any{"machine": map[string]any{"data": map[string]any{"type": "machines", "id": machine}}},
		}})
		if a.Status != http.StatusCreated {
			t.Fatalf("spawn: %d %s", a.Status, a.Body)
		}
		p := a.One(t)
		if a := c.Do(t, "POST", "/processes/"+p.ID+"/actions/ping", nil); a.Status != http.StatusOK || a.One(t).Attributes["status"] != "ALIVE" {
			t.Errorf("ping of a process: %d %s", a.Status, a.Body)
		}
	}
	all := c.Do(t, "GET", "/machines/"+machine+"/processes?limit=100", nil).All(t)
	if len(all) != 5 {
		t.Errorf("%d processes, want 5", len(all))
	}
	for _, p := range all {
		if a := c.Do(t, "DELETE", "/processes/"+p.ID, nil); a.Status != http.StatusNoContent {
			t.Errorf("end a process: %d %s", a.Status, a.Body)
		}
	}
}

// checkOut takes files and opens them as an agent without a server does.
func (s *site) checkOut(t *testing.T, c agenttest.Client, machine string) {
	t.Helper()
	file := c.Do(t, "POST", "/licenses/"+s.agent.License.ID+"/actions/check-out?encrypt=1&include=entitlements", nil).One(t)
	s.open(t, c, licensekey.LicenseFile, text(t, file.Attributes["certificate"]), licensekey.Secret(c.Key, ""), "entitlements")

	file = c.Do(t, "POST", "/machines/"+machine+"/actions/check-out", map[string]any{"meta": map[string]any{
		"encrypt": true, "ttl": 31_536_000, "include": []string{"license.entitlements"},
	}}).One(t)
	s.open(t, c, licensekey.MachineFile, text(t, file.Attributes["certificate"]), licensekey.Secret(c.Key, fingerprint), "licenses", "entitlements")

	raw := c.Do(t, "GET", "/machines/"+machine+"/actions/check-out?ttl=3600", nil)
	s.open(t, c, licensekey.MachineFile, string(raw.Body), "")
	if a := c.Do(t, "POST", "/machines/"+machine+"/actions/check-out?ttl=1", nil); a.Status != http.StatusBadRequest || a.Code() != "CHECKOUT_TTL_INVALID" {
		t.Errorf("a file for a second: %d %s", a.Status, a.Body)
	}
}

func (s *site) open(t *testing.T, c agenttest.Client, kind licensekey.FileKind, file, secret string, included ...string) {
	t.Helper()
	plain, err := licensekey.OpenFile(c.Public, kind, []byte(file), secret)
	if err != nil {
		t.Fatalf("open a %s file: %v\n%s", kind, err, file)
	}
	var doc agenttest.Document
	must(t, json.Unmarshal(plain, &doc))
	for _, want := range included {
		if !strings.Contains(string(plain), `"type":"`+want+`"`) {
			t.Errorf("no %s in the %s file: %s", want, kind, plain)
		}
	}
	if len(included) == 0 && len(doc.Included) > 0 {
		t.Errorf("the %s file holds what nobody asked for: %s", kind, plain)
	}
	if doc.Meta["issued"] == nil || doc.Meta["ttl"] == nil {
		t.Errorf("the %s file does not say how long it is good: %s", kind, plain)
	}
}

func text(t *testing.T, v any) string {
	t.Helper()
	s, ok := v.(string)
	if !ok {
		t.Fatalf("%v is no text", v)
	}
	return s
}
