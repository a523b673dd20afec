package agentapi

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
)

const related = `"relationships":{"machine":{"data":{"type":"machines","id":"` + machineID + `"}}}`

// sample is a request for each route that goes well, and the status it gets.
func sample() map[string]struct {
	target, body string
	status       int
} {
	type m = struct {
		target, body string
		status       int
	}
	l := "licenses/" + licenseID
	return map[string]m{
		"GET ping":                                  {"ping", "", 200},
		"GET me":                                    {"me", "", 200},
		"GET licenses/{id}":                         {l, "", 200},
		"GET licenses/{id}/actions/validate":        {l + "/actions/validate", "", 200},
		"POST licenses/{id}/actions/validate":       {l + "/actions/validate", "", 200},
		"POST licenses/actions/validate-key":        {"licenses/actions/validate-key", `{"meta":{"key":"` + ownKey + `"}}`, 200},
		"POST licenses/{id}/actions/check-out":      {l + "/actions/check-out", "{}", 200},
		"GET licenses/{id}/actions/check-out":       {l + "/actions/check-out", "", 200},
		"GET licenses/{id}/machines":                {l + "/machines", "", 200},
		"GET licenses/{id}/machines/{m}":            {l + "/machines/" + fingerprint, "", 200},
		"GET licenses/{id}/entitlements":            {l + "/entitlements?page%5Bsize%5D=1", "", 200},
		"GET licenses/{id}/entitlements/{eid}":      {l + "/entitlements/e5aadd38-14ba-5ea3-9a7b-1ba5a5c5e5a1", "", 404},
		"GET machines":                              {"machines", "", 200},
		"POST machines":                             {"machines", activation("another"), 422},
		"GET machines/{m}":                          {"machines/" + fingerprint, "", 200},
		"PATCH machines/{m}":                        {"machines/" + machineID, `{"data":{"type":"machine","attributes":{"name":"n"}}}`, 200},
		"DELETE machines/{m}":                       {"machines/" + machineID, "", 204},
		"POST machines/{m}/actions/ping":            {"machines/" + machineID + "/actions/ping", "", 200},
		"POST machines/{m}/actions/ping-heartbeat":  {"machines/" + machineID + "/actions/ping-heartbeat", "", 200},
		"POST machines/{m}/actions/reset":           {"machines/" + machineID + "/actions/reset", "", 403},
		"POST machines/{m}/actions/reset-heartbeat": {"machines/" + machineID + "/actions/reset-heartbeat", "", 403},
		"POST machines/{m}/actions/check-out":       {"machines/" + machineID + "/actions/check-out", "", 200},
		"GET machines/{m}/actions/check-out":        {"machines/" + machineID + "/actions/check-out", "", 200},
		"POST machines/{m}/actions/report":          {"machines/" + machineID + "/actions/report", `{"meta":{"health":"ok"}}`, 200},
		"POST machines/{m}/actions/goodbye":         {"machines/" + machineID + "/actions/goodbye", "", 200},
		"GET machines/{m}/components":               {"machines/" + machineID + "/components", "", 200},
		"GET machines/{m}/components/{id}":          {"machines/" + machineID + "/components/" + componentID, "", 200},
		"GET machines/{m}/processes":                {"machines/" + machineID + "/processes", "", 200},
		"GET machines/{m}/processes/{id}":           {"machines/" + machineID + "/processes/" + processID, "", 200},
		"POST components":                           {"components", `{"data":{"type":"components","attributes":{"fingerprint":"x","name":"X"},` + related + `}}`, 201},
		"GET components":                            {"components", "", 200},
		"GET components/{id}":                       {"components/" + componentID, "", 200},
		"PATCH components/{id}":                     {"components/" + componentID, `{"data":{"type":"components","attributes":{"name":"Y"}}}`, 200},
		"DELETE components/{id}":                    {"components/" + componentID, "", 204},
		"POST processes":                            {"processes", `{"data":{"type":"processes","attributes":{"pid":"p"},` + related + `}}`, 201},
		"GET processes":                             {"processes", "", 200},
		"GET processes/{id}":                        {"processes/" + processID, "", 200},
		"DELETE processes/{id}":                     {"processes/" + processID, "", 204},
		"POST processes/{id}/actions/ping":          {"processes/" + processID + "/actions/ping", "", 200},
		"GET releases/{r}":                          {"releases/5.0.1", "", 200},
		"GET releases/{r}/upgrade":                  {"releases/4.2.0/upgrade?product=" + productID, "", 200},
		"GET releases/{r}/artifacts":                {"releases/5.0.1/artifacts", "", 200},
		"GET releases/{r}/artifacts/{a}":            {"releases/5.0.1/artifacts/connectagent_linux_amd64", "", 303},
	}
}

func TestEveryRouteAnswersSignedUnderBothBases(t *testing.T) {
	t.Parallel()
	all := sample()
	if len(all) != len(routes()) {
		t.Errorf("%d requests for %d routes", len(all), len(routes()))
	}
	for _, r := range routes() {
		name := r.method + " " + r.pattern
		s, ok := all[name]
		if !ok {
			t.Errorf("%s is not tried", name)
		}
		var bodies []string
		for _, b := range []string{base, "/v1/accounts/" + accountID + "/", "/v1/accounts/acme/"} {
			c := open(t)
			bodies = append(bodies, c.ask(t, r.method, b+s.target, s.body).is(s.status, "").header.Get("Content-Type"))
			c.ask(t, r.method, b+s.target, s.body, "Host", "plaza.example:8443")
			c.as("nobody's").ask(t, r.method, b+s.target, s.body)
		}
		if len(slices.Compact(bodies)) != 1 {
			t.Errorf("%s: the bases differ", name)
		}
	}
}

func TestNothingIsDoneWithoutAKey(t *testing.T) {
	t.Parallel()
	c := open(t)
	for _, r := range routes() {
		s := sample()[r.method+" "+r.pattern]
		if r.guests {
			c.as("").ask(t, r.method, base+s.target, s.body).is(200, "")
			continue
		}
		c.as("").ask(t, r.method, base+s.target, s.body).is(401, "TOKEN_MISSING")
		c.as("nobody's").ask(t, r.method, base+s.target, s.body).is(401, "LICENSE_INVALID")
	}
	c.ask(t, http.MethodGet, "/v1/machines/"+machineID, "").is(200, "") // it is still there
}

// TestNothingIsDoneThatTheKindOfActorMayNot: the table of rights binds here, too.
func TestNothingIsDoneThatTheKindOfActorMayNot(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.fake.licenses[ownKey].actor = plaza.Simulator
	for _, r := range routes() {
		s := sample()[r.method+" "+r.pattern]
		if r.guests {
			c.ask(t, r.method, base+s.target, s.body).is(200, "")
			continue
		}
		c.ask(t, r.method, base+s.target, s.body).is(403, "FORBIDDEN")
	}
}

// TestStrangerCannotTellWhatThereIs asks for everything of ours with another key:
// in a path it is not found, in a body forbidden, as what never was.
func TestStrangerCannotTellWhatThereIs(t *testing.T) {
	t.Parallel()
	c := open(t)
	stranger := c.as(strangerKey)
	nothing := strings.NewReplacer(licenseID, "33333333-4f2b-4d68-8e1a-9b0c7d6e5f42", machineID, "33333333-a596-4788-9a6b-5c4d3e2f1a07", fingerprint, "nothing",
		componentID, "33333333-34ef-4567-89ab-cdef01234567", processID, "33333333-1e0f-4a9b-8c7d-6e5f4a3b2c1d")
	for _, r := range routes() {
		s := sample()[r.method+" "+r.pattern]
		if s.target == nothing.Replace(s.target) && s.body == nothing.Replace(s.body) || s.status == 403 {
			continue
		}
		ours := stranger.ask(t, r.method, base+s.target, s.body)
		never := stranger.ask(t, r.method, base+nothing.Replace(s.target), nothing.Replace(s.body))
		want, code := 404, "NOT_FOUND"
		if s.target == nothing.Replace(s.target) {
			want, code = 403, "FORBIDDEN"
		}
		if ours.is(want, code).at("errors", 0, "detail") != never.is(want, code).at("errors", 0, "detail") {
			t.Errorf("%s %s tells what there is: %s", r.method, r.pattern, ours.body)
		}
	}
	for _, list := range []string{"machines", "components", "processes"} {
		if g := stranger.ask(t, http.MethodGet, base+list, ""); strings.Contains(g.body, licenseID) || strings.Contains(g.body, machineID) {
			t.Errorf("%s shows ours: %s", list, g.body)
		}
	}
	c.ask(t, http.MethodGet, "/v1/machines/"+machineID, "").is(200, "")
	if c.ask(t, http.MethodGet, "/v1/components", "").count("data") != 1 {
		t.Error("the stranger changed something")
	}
}

func TestRegisterHasEveryRoute(t *testing.T) {
	t.Parallel()
	all := Routes()
	if len(all) != 2*len(routes()) {
		t.Errorf("%d routes", len(all))
	}
	seen := map[string]bool{}
	mux := http.NewServeMux()
	for _, r := range all {
		if seen[r.String()] {
			t.Errorf("%s is there twice", r)
		}
		seen[r.String()] = true
		if public := strings.HasSuffix(r.Pattern, "/ping") && !strings.Contains(r.Pattern, "actions") || strings.HasSuffix(r.Pattern, "/validate-key"); public != r.Public || public != (r.Verb == "") {
			t.Errorf("%s: public %v, verb %q", r, r.Public, r.Verb)
		}
		if strings.Contains(strings.ReplaceAll(r.Pattern, "{account}", ""), "{") && r.Object == "" {
			t.Errorf("%s: of what is the ID?", r)
		}
		if !r.Public && plaza.ConnectAgentActor(licenseID, "p", plaza.Origin{}).May(r.Verb) != nil {
			t.Errorf("%s: an agent may not %s", r, r.Verb)
		}
		mux.HandleFunc(r.String(), http.NotFound) // panics on a pattern it cannot read
	}
}

func TestPathsAreTakenAsTheyStand(t *testing.T) {
	t.Parallel()
	c := open(t)
	for target, want := range map[string]int{
		"/v1/machines/%3Cinvalid%3E":           404,
		"/v1/machines/host.example.json":       404,
		"/v1/releases/%3Cnot%20set%3E/upgrade": 404,
		"/v1/me/":                              404,
		"/v1//me":                              404,
		"/v1/../v1/me":                         404,
		"/v1/./me":                             404,
		"/v1":                                  404,
		"/v1/":                                 404,
		"/v1/machines/":                        404,
		"/v1/machines//actions/ping":           404,
		"/v1/ME":                               404,
		"/v2/me":                               404,
		"/v1/tokens":                           404,
		"/v1/accounts":                         404,
		"/v1/accounts/":                        404,
		"/v1/accounts/acme":                    404,
		"/v1/accounts//me":                     404,
		"/v1/accounts/other/me":                404,
		"/v1/accounts/ACME/me":                 404,
		"/v1/machines/%FF":                     400,
		"/v1/machines/a%00b":                   400,
		"/v1/m%65":                             200,
		"/v1/me?a=%zz&b":                       200,
		"/v1/me?":                              200,
		"/v1/licenses/" + escaped(ownKey):      200,
		"/v1/licenses/" + escaped(ownKey) + "/machines": 200,
		"/v1/licenses/" + escaped(strangerKey):          404,
		"/v1/machines/" + fingerprint + "?x=/../":       200,
	} {
		if g := c.ask(t, http.MethodGet, target, ""); g.status != want {
			t.Errorf("%s: %d, want %d", target, g.status, want)
		}
	}
	for _, method := range []string{http.MethodPut, http.MethodOptions, http.MethodHead, "FETCH"} {
		if g := c.ask(t, method, "/v1/me", ""); g.status != 404 {
			t.Errorf("%s: %d", method, g.status)
		}
	}
}

// escaped is a key as a client's URL library writes it into a path.
func escaped(key string) string {
	return strings.NewReplacer("/", "%2F", "+", "%2B", ":", "%3A", "=", "%3D").Replace(key)
}

func TestStrangeFingerprintIsFound(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.ask(t, http.MethodDelete, "/v1/machines/"+machineID, "").is(204, "")
	c.ask(t, http.MethodPost, "/v1/machines", activation(`a b<c>/é.json`)).is(201, "")
	g := c.ask(t, http.MethodGet, "/v1/machines/a%20b%3Cc%3E%2F%C3%A9.json", "").is(200, "")
	if g.at("data", "attributes", "fingerprint") != "a b<c>/é.json" {
		t.Errorf("it is another: %s", g.body)
	}
	c.ask(t, http.MethodDelete, "/v1/machines/a%20b%3Cc%3E%2F%C3%A9.json", "").is(204, "")
	c.ask(t, http.MethodDelete, "/v1/machines/a%20b%3Cc%3E%2F%C3%A9.json", "").is(404, "NOT_FOUND")
}
