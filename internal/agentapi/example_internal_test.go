package agentapi

import (
	"encoding/json"
	"net/http"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// examples returns the documents of the contract, by what they are.
func examples(t *testing.T) map[string]map[string]any {
	t.Helper()
	b, err := os.ReadFile("testdata/examples.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]map[string]any
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// pick returns a member of an object, as an object.
func pick(v any, name string) map[string]any {
	m, _ := v.(map[string]any)
	m, _ = m[name].(map[string]any)
	return m
}

// without removes what differs from one time to the next.
func without(v any, names ...string) any {
	for _, name := range names {
		delete(pick(v, "attributes"), name)
	}
	if m, ok := v.(map[string]any); ok && pick(m, "attributes")["certificate"] == nil && pick(m, "attributes")["algorithm"] != nil {
		delete(m, "id")
	}
	return v
}

func TestDocumentsAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	c, want := open(t), examples(t)
	if len(want) != 11 {
		t.Fatalf("%d examples", len(want))
	}
	for kind, ask := range map[string]struct {
		method, target string
		differs        []string
	}{
		"licenses":      {http.MethodGet, "/v1/me", []string{"key"}},
		"machines":      {http.MethodGet, "/v1/machines/" + fingerprint, nil},
		"processes":     {http.MethodGet, "/v1/processes/" + processID, nil},
		"components":    {http.MethodGet, "/v1/components/" + componentID, nil},
		"machine-files": {http.MethodPost, "/v1/machines/" + machineID + "/actions/check-out?encrypt=1&include=license.entitlements", []string{"certificate"}},
		"releases":      {http.MethodGet, "/v1/releases/4.2.3/upgrade", nil},
		"artifacts":     {http.MethodGet, "/v1/releases/5.0.1/artifacts/connectagent_linux_amd64", nil},
	} {
		g := c.ask(t, ask.method, ask.target, "")
		got, want := without(g.at("data"), ask.differs...), without(want[kind]["data"], ask.differs...)
		given, asked := pick(got, "relationships"), pick(want, "relationships")
		for name := range given { // the contract shortens some
			if _, ok := asked[name]; !ok && (len(asked) == 1 || kind == "releases") {
				delete(given, name)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", kind, diff)
		}
	}
}

func TestEntitlementIsThatOfTheContract(t *testing.T) {
	t.Parallel()
	c := open(t)
	g := c.ask(t, http.MethodGet, "/v1/licenses/"+licenseID+"/entitlements", "")
	got, _ := g.at("data", 1).(map[string]any)
	id, _ := got["id"].(string)
	want := pick(examples(t)["entitlements"], "data")
	if diff := cmp.Diff(want["attributes"], got["attributes"]); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	one := c.ask(t, http.MethodGet, "/v1/licenses/"+licenseID+"/entitlements/"+id, "").is(200, "")
	if diff := cmp.Diff(any(got), one.at("data")); diff != "" {
		t.Errorf("alone it is another: %s", diff)
	}
	c.ask(t, http.MethodGet, "/v1/licenses/"+licenseID+"/entitlements/"+machineID, "").is(404, "NOT_FOUND")
}

func TestCheckIsThatOfTheContract(t *testing.T) {
	t.Parallel()
	c, want := open(t), pick(examples(t)["check"], "meta")
	c.ask(t, http.MethodDelete, "/v1/machines/"+machineID, "").is(204, "")
	g := c.ask(t, http.MethodPost, "/v1/licenses/"+licenseID+"/actions/validate",
		`{"meta":{"nonce":1795424400,"scope":{"product":"`+productID+`","fingerprint":"6a3cb155dc28d909"}}}`+"\n")
	if diff := cmp.Diff(any(want), g.at("meta")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestErrorIsThatOfTheContract(t *testing.T) {
	t.Parallel()
	c, want := open(t), examples(t)["error"]
	g := c.ask(t, http.MethodPost, "/v1/machines", activation("another"))
	if diff := cmp.Diff(want["errors"], g.at("errors")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// activation is what asks for a license to be bound to a fingerprint.
func activation(fingerprint string) string {
	return `{"data":{"type":"machines","attributes":{"fingerprint":"` + fingerprint + `"},"relationships":{"license":{"data":{"type":"licenses","id":"` + licenseID + `"}}}}}` + "\n"
}
