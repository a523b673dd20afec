package agentapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
)

func TestBodiesAreHeldToTheirShape(t *testing.T) {
	t.Parallel()
	license := `"relationships":{"license":{"data":{"type":"licenses","id":"` + licenseID + `"}}}`
	machine := func(attributes string) string {
		return `{"data":{"type":"machines","attributes":{` + attributes + `},` + license + `}}`
	}
	parts := func(list string) string {
		return `{"data":{"type":"machines","attributes":{"fingerprint":"f"},"relationships":{"license":{"data":{"id":"` + licenseID + `"}},"components":{"data":` + list + `}}}}`
	}
	many := func(n int, s string) string { return strings.TrimSuffix(strings.Repeat(s+",", n), ",") }
	for name, tt := range map[string]struct {
		path, body string
		status     int
		code       string
		pointer    any
	}{
		"nothing":             {"machines", "", 400, "PARAMETER_INVALID", "/data"},
		"no JSON":             {"machines", "{", 400, "BAD_REQUEST", nil},
		"two documents":       {"machines", "{}{}", 400, "BAD_REQUEST", nil},
		"a list":              {"machines", "[]", 400, "BAD_REQUEST", nil},
		"a text":              {"machines", `"x"`, 400, "BAD_REQUEST", nil},
		"white space":         {"machines", ` `, 400, "BAD_REQUEST", nil},
		"no data":             {"machines", "{}", 400, "PARAMETER_INVALID", "/data"},
		"data of null":        {"machines", `{"data":null}`, 400, "PARAMETER_INVALID", "/data"},
		"data that is a list": {"machines", `{"data":[]}`, 400, "PARAMETER_INVALID", "/data"},
		"no type":             {"machines", `{"data":{}}`, 400, "PARAMETER_INVALID", "/data/type"},
		"another type":        {"machines", `{"data":{"type":"users"}}`, 400, "PARAMETER_INVALID", "/data/type"},
		"no attributes":       {"machines", `{"data":{"type":"machines"}}`, 400, "PARAMETER_INVALID", "/data/attributes"},
		"no fingerprint":      {"machines", machine(""), 400, "PARAMETER_INVALID", "/data/attributes/fingerprint"},
		"empty fingerprint":   {"machines", machine(`"fingerprint":""`), 400, "PARAMETER_INVALID", "/data/attributes/fingerprint"},
		"number for a text":   {"machines", machine(`"fingerprint":1`), 400, "PARAMETER_INVALID", "/data/attributes/fingerprint"},
		"list for a text":     {"machines", machine(`"fingerprint":"f","hostname":[]`), 400, "PARAMETER_INVALID", "/data/attributes/hostname"},
		"text for a number":   {"machines", machine(`"fingerprint":"f","cores":"8"`), 400, "PARAMETER_INVALID", "/data/attributes/cores"},
		"a broken number":     {"machines", machine(`"fingerprint":"f","cores":1.5`), 400, "PARAMETER_INVALID", "/data/attributes/cores"},
		"more than 32 bits":   {"machines", machine(`"fingerprint":"f","cores":2147483648`), 400, "PARAMETER_INVALID", "/data/attributes/cores"},
		"metadata of text":    {"machines", machine(`"fingerprint":"f","metadata":"x"`), 400, "PARAMETER_INVALID", "/data/attributes/metadata"},
		"no license":          {"machines", `{"data":{"type":"machines","attributes":{"fingerprint":"f"}}}`, 400, "PARAMETER_INVALID", "/data/relationships/license/data/id"},
		"components of text":  {"machines", parts(`"x"`), 400, "PARAMETER_INVALID", "/data/relationships/components/data"},
		"component of text":   {"machines", parts(`[{"attributes":{"fingerprint":"a"}},"x"]`), 400, "PARAMETER_INVALID", "/data/relationships/components/data/1"},
		"component of number": {"machines", parts(`[{"attributes":{"fingerprint":1}}]`), 400, "PARAMETER_INVALID", "/data/relationships/components/data/0/attributes/fingerprint"},

		"NUL":              {"machines", machine(`"fingerprint":"a` + "\x00" + `"`), 400, "ENCODING_INVALID", nil},
		"escaped NUL":      {"machines", machine(`"fingerprint":"f","x":["a\u0000"]`), 400, "ENCODING_INVALID", nil},
		"NUL in a name":    {"machines", machine(`"fingerprint":"f","a\u0000":1`), 400, "ENCODING_INVALID", nil},
		"no UTF-8":         {"machines", machine(`"fingerprint":"` + "\xff" + `"`), 400, "ENCODING_INVALID", nil},
		"half a pair":      {"machines", machine(`"fingerprint":"\ud800"`), 400, "ENCODING_INVALID", nil},
		"half a pair, two": {"machines", machine(`"fingerprint":"\ud800\u0041"`), 400, "ENCODING_INVALID", nil},
		"too deep":         {"machines", machine(`"fingerprint":"f","x":` + strings.Repeat("[", 62) + strings.Repeat("]", 62)), 400, "BAD_REQUEST", nil},
		"much too deep":    {"machines", strings.Repeat(`{"a":`, 50_000), 400, "BAD_REQUEST", nil},
		"deep enough":      {"machines", machine(`"fingerprint":"f","x":` + strings.Repeat("[", 61) + strings.Repeat("]", 61)), 422, "MACHINE_LIMIT_EXCEEDED", "/data"},

		"many values":   {"machines", `{"x":[` + many(10_000, "1") + `]}`, 400, "BAD_REQUEST", nil},
		"many names":    {"machines", `{"x":{` + many(10_000, `"":1`) + `}}`, 400, "BAD_REQUEST", nil},
		"enough values": {"machines", machine(`"fingerprint":"f","x":[` + many(9_900, "1") + `]`), 422, "MACHINE_LIMIT_EXCEEDED", "/data"},

		"another's license":     {"machines", strings.ReplaceAll(machine(`"fingerprint":"f","cores":0`), licenseID, strangerID), 403, "FORBIDDEN", nil},
		"a reserved word":       {"machines", machine(`"fingerprint":"actions"`), 422, "FINGERPRINT_NOT_ALLOWED", "/data/attributes/fingerprint"},
		"a long fingerprint":    {"machines", machine(`"fingerprint":"` + strings.Repeat("f", 4097) + `"`), 422, "FINGERPRINT_TOO_LONG", "/data/attributes/fingerprint"},
		"a fingerprint of 4096": {"machines", machine(`"fingerprint":"` + strings.Repeat("f", 4096) + `"`), 422, "MACHINE_LIMIT_EXCEEDED", "/data"},
		"taken before full":     {"machines", machine(`"fingerprint":"` + fingerprint + `"`), 422, "FINGERPRINT_TAKEN", "/data/attributes/fingerprint"},
		"no cores":              {"machines", machine(`"fingerprint":"f","cores":0`), 422, "CORES_INVALID", "/data/attributes/cores"},
		"less memory":           {"machines", machine(`"fingerprint":"f","memory":-1`), 422, "MEMORY_INVALID", "/data/attributes/memory"},
		"no disk":               {"machines", machine(`"fingerprint":"f","disk":0`), 422, "DISK_INVALID", "/data/attributes/disk"},
		"a long name":           {"machines", machine(`"fingerprint":"f","hostname":"` + strings.Repeat("é", 256) + `"`), 422, "HOSTNAME_TOO_LONG", "/data/attributes/hostname"},
		"deep metadata":         {"machines", machine(`"fingerprint":"f","metadata":{"a":{"b":{"c":{}, "d":[[]]}}}`), 422, "METADATA_INVALID", "/data/attributes/metadata"},
		"metadata":              {"machines", machine(`"fingerprint":"f","metadata":{"a":{"b":{"c":{}, "d":[]}}}`), 422, "MACHINE_LIMIT_EXCEEDED", "/data"},
		"much metadata":         {"machines", machine(`"fingerprint":"f","metadata":{"a":"` + strings.Repeat("x", 16<<10) + `"}`), 422, "METADATA_INVALID", "/data/attributes/metadata"},
		"many keys":             {"machines", machine(`"fingerprint":"f","metadata":{` + many(65, `"a":1`) + `}`), 422, "METADATA_INVALID", "/data/attributes/metadata"},
		"twice the same part":   {"machines", parts(`[{"attributes":{"fingerprint":"a"}},{"attributes":{"fingerprint":"a"}}]`), 422, "COMPONENTS_FINGERPRINT_CONFLICT", "/data/relationships/components/data/1/attributes/fingerprint"},
		"many parts":            {"machines", parts(`[` + many(21, `{"attributes":{"fingerprint":"a"}}`) + `]`), 422, "COMPONENTS_LIMIT_EXCEEDED", "/data/relationships/components/data"},

		"empty pid":         {"processes", `{"data":{"type":"process","attributes":{"pid":""},` + related + `}}`, 400, "PARAMETER_INVALID", "/data/attributes/pid"},
		"no machine":        {"processes", `{"data":{"type":"process","attributes":{"pid":"p"}}}`, 400, "PARAMETER_INVALID", "/data/relationships/machine/data/id"},
		"a taken pid":       {"processes", `{"data":{"type":"process","attributes":{"pid":"orders-4711"},` + related + `}}`, 422, "PID_TAKEN", "/data/attributes/pid"},
		"part without name": {"components", `{"data":{"type":"component","attributes":{"fingerprint":"x"},` + related + `}}`, 400, "PARAMETER_INVALID", "/data/attributes/name"},
		"a check's key":     {"licenses/actions/validate-key", `{"meta":{}}`, 400, "PARAMETER_INVALID", "/meta/key"},
		"a check's nonce":   {"licenses/" + licenseID + "/actions/validate", `{"meta":{"nonce":"1"}}`, 400, "PARAMETER_INVALID", "/meta/nonce"},
		"a check's scope":   {"licenses/" + licenseID + "/actions/validate", `{"meta":{"scope":[]}}`, 400, "PARAMETER_INVALID", "/meta/scope"},
		"a scope's list":    {"licenses/" + licenseID + "/actions/validate", `{"meta":{"scope":{"components":["a",1]}}}`, 400, "PARAMETER_INVALID", "/meta/scope/components/1"},
		"a scope's text":    {"licenses/" + licenseID + "/actions/validate", `{"meta":{"scope":{"fingerprint":["a"]}}}`, 400, "PARAMETER_INVALID", "/meta/scope/fingerprint"},
		"a ping's body":     {"machines/" + machineID + "/actions/ping", `{"meta":{"generation":"1"}}`, 400, "PARAMETER_INVALID", "/meta/generation"},
		"a generation":      {"machines/" + machineID + "/actions/ping", `{"meta":{"generation":9007199254740993}}`, 400, "PARAMETER_INVALID", "/meta/generation"},
		"the highest":       {"machines/" + machineID + "/actions/ping", `{"meta":{"generation":9223372036854775807}}`, 400, "PARAMETER_INVALID", "/meta/generation"},
		"a report's word":   {"machines/" + machineID + "/actions/report", `{"meta":{"health":"good"}}`, 400, "PARAMETER_INVALID", "/meta/health"},
		"no report":         {"machines/" + machineID + "/actions/report", ``, 400, "PARAMETER_INVALID", "/meta"},
		"many notices":      {"machines/" + machineID + "/actions/report", `{"meta":{"health":"ok","notifications":[` + many(51, `{"message":"m"}`) + `]}}`, 400, "PARAMETER_INVALID", "/meta/notifications"},
		"a long notice":     {"machines/" + machineID + "/actions/report", `{"meta":{"health":"ok","notifications":[{"level":"info","message":"` + strings.Repeat("m", 2049) + `"}]}}`, 400, "PARAMETER_INVALID", "/meta/notifications/0"},
		"a notice's time":   {"machines/" + machineID + "/actions/report", `{"meta":{"health":"ok","notifications":[{"message":"m","at":"now"}]}}`, 400, "PARAMETER_INVALID", "/meta/notifications/0/at"},
	} {
		g := open(t).ask(t, http.MethodPost, base+tt.path, tt.body)
		if g.status != tt.status || g.code() != tt.code || tt.pointer != nil && g.at("errors", 0, "source", "pointer") != tt.pointer {
			t.Errorf("%s: %d %s, want %d %s at %v", name, g.status, g.body, tt.status, tt.code, tt.pointer)
		}
	}
}

// TestTakenComesBeforeAllElse: whatever else is wrong, an agent that activates its
// own host again reads that, and goes on.
func TestTakenComesBeforeAllElse(t *testing.T) {
	t.Parallel()
	c := open(t)
	for _, more := range []string{
		`"cores":0`, `"memory":-1`, `"disk":0`, `"name":"` + strings.Repeat("n", 256) + `"`, `"metadata":{"a":{"b":{"c":{"d":{}}}}}`,
	} {
		body := strings.Replace(activation(fingerprint), `"attributes":{`, `"attributes":{`+more+`,`, 1)
		g := c.ask(t, http.MethodPost, "/v1/machines", body).is(422, "FINGERPRINT_TAKEN")
		if g.at("errors", 0, "meta", "machineId") != machineID {
			t.Errorf("%s: %s", more, g.body)
		}
	}
	parts := strings.TrimSuffix(strings.Repeat(`{"attributes":{"fingerprint":"a"}},`, 21), ",")
	body := strings.Replace(activation(fingerprint), `"relationships":{`, `"relationships":{"components":{"data":[`+parts+`]},`, 1)
	c.ask(t, http.MethodPost, "/v1/machines", body).is(422, "FINGERPRINT_TAKEN")
}

// TestEveryWrongComponentIsAnErrorOfItsOwn, so that a client can tell which.
func TestEveryWrongComponentIsAnErrorOfItsOwn(t *testing.T) {
	t.Parallel()
	parts := `{"attributes":{"fingerprint":"a"}},{"attributes":{"fingerprint":"b"}},{"attributes":{"fingerprint":"a"}},{"attributes":{"fingerprint":"a"}}`
	body := strings.Replace(activation("another"), `"relationships":{`, `"relationships":{"components":{"data":[`+parts+`]},`, 1)
	g := open(t).ask(t, http.MethodPost, "/v1/machines", body).is(422, "COMPONENTS_FINGERPRINT_CONFLICT")
	if g.count("errors") != 2 {
		t.Fatal(g.body)
	}
	for i, of := range []int{2, 3} {
		if g.at("errors", i, "source", "pointer") != plaza.ComponentPointer(of) || g.at("errors", i, "code") != "COMPONENTS_FINGERPRINT_CONFLICT" || g.at("errors", i, "detail") == nil {
			t.Errorf("%d: %s", i, g.body)
		}
	}
}

func TestActivationReadsWhatClientsSend(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.fake.licenses[ownKey].standing.License.Machines = 2
	body, err := json.Marshal(examples(t)["activation"])
	if err != nil {
		t.Fatal(err)
	}
	sent := strings.Replace(string(body), `"data":{`, `"data":{"id":"ignored","unknown":[{}],`, 1)
	g := c.ask(t, http.MethodPost, "/v1/machines", strings.Replace(sent, `"cores":8`, `"cores":8,"metadata":{"A b":[1, null]},"name":null,"memory":17179869184`, 1)).is(201, "")
	id, _ := g.at("data", "id").(string)
	if g.header.Get("Location") != "/v1/machines/"+id || id == "ignored" {
		t.Errorf("the location of %s is %s", id, g.header.Get("Location"))
	}
	want := map[string]any{
		"fingerprint": "6a3cb155dc28d909", "name": nil, "hostname": "erp-01", "platform": "linux/amd64", "ip": nil, "cores": 8.0, "memory": 17179869184.0,
		"disk": nil, "requireHeartbeat": true, "heartbeatStatus": "ALIVE", "heartbeatDuration": 90.0, "lastHeartbeat": "2026-11-23T09:00:00.000Z",
		"nextHeartbeat": "2026-11-23T09:01:30.000Z", "maxProcesses": 5.0, "lastCheckOut": nil, "metadata": map[string]any{"A b": []any{1.0, nil}},
		"created": "2026-11-23T09:00:00.000Z", "updated": "2026-11-23T09:00:00.000Z",
	}
	if diff := cmp.Diff(any(want), g.at("data", "attributes")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	parts := c.ask(t, http.MethodGet, "/v1/machines/6a3cb155dc28d909/components?order=asc", "").is(200, "")
	if parts.count("data") != 2 || parts.at("data", 0, "attributes", "name") != "Board" || parts.at("data", 1, "attributes", "fingerprint") != "77c1e4" {
		t.Error(parts.body)
	}
	again := c.ask(t, http.MethodPost, "/v1/machines", sent).is(422, "FINGERPRINT_TAKEN")
	if again.at("errors", 0, "meta", "machineId") != id {
		t.Errorf("it does not say which machine: %s", again.body)
	}
}

func TestDescriptionChangesWhatIsNamed(t *testing.T) {
	t.Parallel()
	c := open(t)
	g := c.ask(t, http.MethodPatch, "/v1/machines/"+fingerprint,
		`{"data":{"type":"machines","attributes":{"name":"n","platform":null,"fingerprint":"other","cores":"ignored","metadata":1}}}`).is(200, "")
	for name, want := range map[string]any{"name": "n", "platform": nil, "hostname": "erp-01", "fingerprint": fingerprint, "cores": 8.0} {
		if got := g.at("data", "attributes", name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	c.ask(t, http.MethodPatch, "/v1/machines/"+fingerprint, `{"data":{"type":"machines"}}`).is(200, "")
	terms := *c.fake.licenses[ownKey].standing.Terms
	terms.Protected = true
	c.fake.licenses[ownKey].standing.Terms = &terms
	c.ask(t, http.MethodPatch, "/v1/machines/"+fingerprint, `{"data":{"type":"machines"}}`).is(403, "FORBIDDEN")
}

func TestReportIsReadInFull(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.ask(t, http.MethodPost, "/v1/machines/"+fingerprint+"/actions/report",
		`{"meta":{"health":"warning","message":"disk","version":"5.0.1","notifications":[{"level":"error","location":"orders","message":"m","at":"2026-11-23T08:00:00Z"},{"level":"info","message":"n"}]}}`).is(200, "")
	want := plaza.Report{Health: "warning", Message: "disk", Build: "5.0.1", Notifications: []plaza.NewNotification{
		{Level: "error", Location: "orders", Message: "m", At: at("08:00:00")}, {Level: "info", Message: "n"},
	}}
	if diff := cmp.Diff(want, c.fake.said); diff != "" {
		t.Error(diff)
	}
}

func TestTextIsReadAsItWasMeant(t *testing.T) {
	t.Parallel()
	n, err := parse([]byte(` { "a" : "x\"\\\/\b\f\n\r\té\u00e9\ud83d\ude00", "a\tb":[ 1 , -2.5e3,true , false,null,{},[] ] , "a":"last" } `))
	if err != nil {
		t.Fatal(err)
	}
	if got := n.members[0].value.text; got != "x\"\\/\b\f\n\r\téé😀" {
		t.Errorf("%q", got)
	}
	if n.member("a").text != "last" || n.member("A").kind != absent {
		t.Error("another member")
	}
	var kinds []kind
	for _, item := range n.member("a\tb").items {
		kinds = append(kinds, item.kind)
	}
	if diff := cmp.Diff([]kind{number, number, boolean, boolean, null, object, array}, kinds); diff != "" {
		t.Error(diff)
	}
	if n.member("a\tb").items[1].raw != "-2.5e3" || n.member("a\tb").items[5].raw != "{}" {
		t.Error("raw text")
	}
}
