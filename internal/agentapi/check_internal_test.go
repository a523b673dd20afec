package agentapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
)

const validatePath = "/v1/licenses/" + licenseID + "/actions/validate"

func TestScopeIsEchoedAsItWasSent(t *testing.T) {
	t.Parallel()
	c := open(t)
	for sent, want := range map[string]string{
		``:                        `{}`,
		`{}`:                      `{}`,
		`{"meta":{}}`:             `{}`,
		`{"meta":null}`:           `{}`,
		`{"meta":{"scope":null}}`: `{}`,
		`{"meta":{"scope":{}}}`:   `{}`,
		`{"meta":{"scope":{"x":{"y":[1,null, "é\u0041"]},"fingerprint":null}}}`: `{"x":{"y":[1,null, "é\u0041"]},"fingerprint":null}`,
	} {
		g := c.ask(t, http.MethodPost, validatePath, sent).is(200, "")
		if !strings.Contains(g.body, `"scope":`+want+`}`) {
			t.Errorf("%s: %s", sent, g.body)
		}
		if g.at("meta", "nonce") != nil || strings.Contains(g.body, `"nonce"`) {
			t.Errorf("%s: a nonce out of nothing", sent)
		}
	}
	if g := c.ask(t, http.MethodGet, validatePath, "").is(200, "VALID"); !strings.Contains(g.body, `"scope":{}`) {
		t.Error(g.body)
	}
	g := c.ask(t, http.MethodPost, validatePath, `{"meta":{"nonce":9223372036854775807}}`)
	if !strings.Contains(g.body, `"nonce":9223372036854775807`) {
		t.Error(g.body)
	}
}

func TestScopeCountsByBeingThere(t *testing.T) {
	t.Parallel()
	c := open(t)
	fp := `"fingerprint":"` + fingerprint + `"`
	for scope, want := range map[string]string{
		``:                                    "FINGERPRINT_SCOPE_REQUIRED",
		fp:                                    "VALID",
		fp + `,"product":""`:                  "PRODUCT_SCOPE_MISMATCH",
		fp + `,"product":null`:                "PRODUCT_SCOPE_MISMATCH",
		fp + `,"product":"` + productID + `"`: "VALID",
		fp + `,"policy":"x"`:                  "POLICY_SCOPE_MISMATCH",
		fp + `,"environment":null`:            "VALID",
		fp + `,"environment":"x"`:             "ENVIRONMENT_SCOPE_MISMATCH",
		fp + `,"user":"x"`:                    "USER_SCOPE_MISMATCH",
		fp + `,"entitlements":[]`:             "ENTITLEMENTS_SCOPE_EMPTY",
		fp + `,"entitlements":[null]`:         "ENTITLEMENTS_SCOPE_EMPTY",
		fp + `,"entitlements":["DEPLOY","MONITOR"]`:                      "VALID",
		fp + `,"entitlements":["deploy"]`:                                "ENTITLEMENTS_MISSING",
		fp + `,"machine":"` + machineID + `"`:                            "VALID",
		fp + `,"machine":"x"`:                                            "MACHINE_SCOPE_MISMATCH",
		fp + `,"fingerprints":["x"]`:                                     "VALID",
		`"fingerprints":["x"]`:                                           "FINGERPRINT_SCOPE_MISMATCH",
		`"fingerprints":[null]`:                                          "FINGERPRINT_SCOPE_EMPTY",
		`"fingerprints":null`:                                            "FINGERPRINT_SCOPE_EMPTY",
		`"fingerprint":""`:                                               "FINGERPRINT_SCOPE_EMPTY",
		`"fingerprint":null`:                                             "FINGERPRINT_SCOPE_EMPTY",
		fp + `,"components":[]`:                                          "COMPONENTS_SCOPE_EMPTY",
		fp + `,"components":["b0a2d9",null]`:                             "VALID",
		fp + `,"components":["x"]`:                                       "COMPONENTS_SCOPE_MISMATCH",
		`"fingerprints":["` + fingerprint + `"],"components":["b0a2d9"]`: "FINGERPRINT_SCOPE_REQUIRED",
		fp + `,"checksum":"x"`:                                           "CHECKSUM_SCOPE_MISMATCH",
		fp + `,"version":"x"`:                                            "VERSION_SCOPE_MISMATCH",
	} {
		g := c.ask(t, http.MethodPost, validatePath, `{"meta":{"scope":{`+scope+`}}}`)
		if g.status != 200 || g.code() != want || g.at("meta", "valid") != (want == "VALID") || g.at("meta", "detail") == "" {
			t.Errorf("%s: %d %s", scope, g.status, g.body)
		}
	}
}

func TestAnswerShowsTheCheckItself(t *testing.T) {
	t.Parallel()
	c := open(t)
	for _, g := range []got{
		c.ask(t, http.MethodPost, validatePath, ""),
		c.ask(t, http.MethodGet, validatePath, ""),
		c.as("").ask(t, http.MethodPost, "/v1/licenses/actions/validate-key", `{"meta":{"key":"`+ownKey+`"}}`),
	} {
		if at := "2026-11-23T09:00:00.000Z"; g.at("data", "attributes", "lastValidated") != at || g.at("meta", "ts") != at {
			t.Errorf("it shows an older one: %s", g.body)
		}
	}
}

func TestUnknownKeyIsNoError(t *testing.T) {
	t.Parallel()
	c := open(t)
	for _, key := range []string{"", ownKey} {
		g := c.as(key).ask(t, http.MethodPost, "/v1/licenses/actions/validate-key", `{"meta":{"key":"nobody's","scope":{"product":"x"},"nonce":1}}`).is(200, "NOT_FOUND")
		want := map[string]any{
			"ts": "2026-11-23T09:00:00.000Z", "valid": false, "code": "NOT_FOUND", "detail": "this license key is not known here", "nonce": 1.0,
			"scope": map[string]any{"product": "x"},
		}
		if diff := cmp.Diff(any(want), g.at("meta")); diff != "" || !strings.HasPrefix(g.body, `{"data":null,`) {
			t.Error(diff, g.body)
		}
	}
}

func TestLicenseAsksForItsOwnKeyOnly(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.ask(t, http.MethodPost, "/v1/licenses/actions/validate-key", `{"meta":{"key":"`+ownKey+`","scope":{"fingerprint":"`+fingerprint+`"}}}`).is(200, "VALID")
	c.ask(t, http.MethodPost, "/v1/licenses/actions/validate-key", `{"meta":{"key":"`+strangerKey+`"}}`).is(403, "FORBIDDEN")
	if !c.fake.licenses[strangerKey].checked.IsZero() {
		t.Error("the stranger's license was checked")
	}
}

func TestFloatingWithoutMachinesIsPlural(t *testing.T) {
	t.Parallel()
	c := open(t)
	for _, key := range []string{ownKey, strangerKey} {
		c.fake.licenses[key].standing.Machines = nil
	}
	c.ask(t, http.MethodPost, validatePath, `{"meta":{"scope":{"fingerprint":"x"}}}`).is(200, "NO_MACHINE")
	c.as(strangerKey).ask(t, http.MethodPost, "/v1/licenses/"+strangerID+"/actions/validate", `{"meta":{"scope":{"fingerprint":"x"}}}`).is(200, "NO_MACHINES")
}

func TestStatusOfLicense(t *testing.T) {
	t.Parallel()
	now := at("09:00:00")
	for name, tt := range map[string]struct {
		change func(*fakeLicense)
		want   string
	}{
		"as it is":            {func(*fakeLicense) {}, "ACTIVE"},
		"ends soon":           {func(l *fakeLicense) { l.standing.License.Ends = now.AddDate(0, 0, 30) }, "EXPIRING"},
		"ends a little later": {func(l *fakeLicense) { l.standing.License.Ends = now.AddDate(0, 0, 31) }, "ACTIVE"},
		"its profile wants to know earlier": {func(l *fakeLicense) {
			l.standing.License.Ends, l.standing.License.WarningDays = now.AddDate(0, 0, 50), 60
		}, "EXPIRING"},
		"in grace": {func(l *fakeLicense) {
			l.standing.License.Ends, l.standing.License.GraceDays = now.AddDate(0, 0, -1), 90
		}, "EXPIRING"},
		"ended":             {func(l *fakeLicense) { l.standing.License.Ends = now.AddDate(0, 0, -1) }, "EXPIRED"},
		"suspended":         {func(l *fakeLicense) { l.standing.License.Suspended = now }, "SUSPENDED"},
		"halted":            {func(l *fakeLicense) { l.standing.License.Halted = true }, "SUSPENDED"},
		"not yet":           {func(l *fakeLicense) { l.standing.License.Starts = now.AddDate(0, 0, 1) }, "SUSPENDED"},
		"of old":            {func(l *fakeLicense) { old(l); l.checked = now.AddDate(0, 0, -91) }, "INACTIVE"},
		"of old, used":      {func(l *fakeLicense) { old(l); l.checked = now.AddDate(0, 0, -89) }, "ACTIVE"},
		"of old, beats":     {func(l *fakeLicense) { old(l); l.standing.Machines = []plaza.Activation{{Beat: now}} }, "ACTIVE"},
		"of old, taken out": {func(l *fakeLicense) { old(l); l.standing.Machines = []plaza.Activation{{CheckedOut: now}} }, "ACTIVE"},
	} {
		l := newFake(t).licenses[ownKey]
		tt.change(l)
		f := &fake{licenses: map[string]*fakeLicense{ownKey: l}}
		b := f.bearer(ownKey)
		s := stamps{checked: l.checked, checkedOut: l.standing.License.CheckedOut, machines: f.Machines(b)}
		b.Standing.Machines = nil // which a copy does not keep up with
		if got := licenseStatus(b, s, now); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

// old makes a license that was made long ago and not used since.
func old(l *fakeLicense) {
	s := &l.standing
	l.checked = at("08:00:00").AddDate(-1, 0, 0)
	s.License.Created, s.License.CheckedOut, s.License.Ends, s.Machines = at("08:00:00").AddDate(-1, 0, 0), at("08:00:00").AddDate(-1, 0, 0), at("08:00:00").AddDate(9, 0, 0), nil
}
