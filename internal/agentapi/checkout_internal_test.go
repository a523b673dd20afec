package agentapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/licensekey"
)

const (
	licenseOut = "/v1/licenses/" + licenseID + "/actions/check-out"
	machineOut = "/v1/machines/" + fingerprint + "/actions/check-out"
)

// opened returns what a file holds, as an answer of its own.
func (g got) opened(f *fake, secret string) got {
	g.t.Helper()
	text, kind := g.body, licensekey.LicenseFile
	if s, ok := g.at("data", "attributes", "certificate").(string); ok {
		text = s
	}
	if strings.HasPrefix(text, "-----BEGIN MACHINE") {
		kind = licensekey.MachineFile
	}
	plain, err := licensekey.OpenFile(f.public(), kind, []byte(text), secret)
	if err != nil {
		g.t.Fatalf("it cannot be opened: %v\n%s", err, g.body)
	}
	inside := got{t: g.t, status: 200, header: g.header, body: string(plain)}
	if problem := inside.shape(); problem != "" {
		g.t.Fatalf("%s: %s", problem, plain)
	}
	_ = json.Unmarshal(plain, &inside.doc)
	return inside
}

// holds returns the types of what is included, each with its number.
func (g got) holds() map[string]int {
	all := map[string]int{}
	list, ok := g.at("included").([]any)
	if !ok {
		return nil
	}
	for _, one := range list {
		m, _ := one.(map[string]any)
		kind, _ := m["type"].(string)
		all[kind]++
	}
	return all
}

func TestFilesHoldWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	c := open(t)
	for _, tt := range []struct {
		path, query, body string
		includes          []any
		holds             map[string]int
	}{
		{licenseOut, "", "", []any{}, nil},
		{licenseOut, "?include=", "", []any{}, nil},
		{licenseOut, "?include=entitlements", "", []any{"entitlements"}, map[string]int{"entitlements": 5}},
		{licenseOut, "?include=entitlements%2Cproduct,policy,entitlements", "", []any{"entitlements", "product", "policy"}, map[string]int{"entitlements": 5, "products": 1, "policies": 1}},
		{licenseOut, "?include[]=product&include%5B%5D=owner", "", []any{"product"}, map[string]int{"products": 1}},
		{licenseOut, "?include=group,users", "", []any{}, map[string]int{}},
		{licenseOut, "?include=product", `{"meta":{"include":["policy"]}}`, []any{"policy"}, map[string]int{"policies": 1}},
		{licenseOut, "?include=product", `{"meta":{"include":null}}`, []any{}, nil},
		{licenseOut, "", `{"meta":{"include":"policy,product"}}`, []any{"policy", "product"}, map[string]int{"products": 1, "policies": 1}},
		{machineOut, "", "{}", []any{}, nil},
		{machineOut, "?include=license.entitlements", "", []any{"license", "license.entitlements"}, map[string]int{"licenses": 1, "entitlements": 5}},
		{machineOut, "?include=license,components", "", []any{"license", "components"}, map[string]int{"licenses": 1, "components": 1}},
		{
			machineOut, "?include=components,license%2Clicense.entitlements,license.product,license.policy", "",
			[]any{"components", "license", "license.entitlements", "license.product", "license.policy"},
			map[string]int{"licenses": 1, "entitlements": 5, "products": 1, "policies": 1, "components": 1},
		},
		{machineOut, "?include=license.owner,environment", "", []any{}, map[string]int{}},
	} {
		g := c.ask(t, http.MethodPost, tt.path+tt.query, tt.body).is(200, "")
		if diff := cmp.Diff(any(tt.includes), g.at("data", "attributes", "includes")); diff != "" {
			t.Errorf("%s %s: %s", tt.query, tt.body, diff)
		}
		if diff := cmp.Diff(tt.holds, g.opened(c.fake, "").holds()); diff != "" {
			t.Errorf("%s %s holds: %s", tt.query, tt.body, diff)
		}
	}
	for _, tt := range [][2]string{{licenseOut, "machines"}, {licenseOut, "license"}, {licenseOut, "license.entitlements"}, {machineOut, "entitlements"}, {machineOut, "product"}, {machineOut, "LICENSE"}} {
		g := c.ask(t, http.MethodPost, tt[0]+"?include="+tt[1], "").is(400, "CHECKOUT_INCLUDE_INVALID")
		if detail, _ := g.at("errors", 0, "detail").(string); g.at("errors", 0, "source", "parameter") != "include" || !strings.Contains(detail, tt[1]) {
			t.Errorf("%v: %s", tt, g.body)
		}
	}
	c.ask(t, http.MethodPost, licenseOut, `{"meta":{"include":1}}`).is(400, "PARAMETER_INVALID")
}

func TestFilesAreEncryptedIfAsked(t *testing.T) {
	t.Parallel()
	c := open(t)
	for _, tt := range []struct {
		query, body string
		encrypted   bool
	}{
		{"", "", false},
		{"?encrypt=", "", false},
		{"?encrypt=true", "", true},
		{"?encrypt=1", "", true},
		{"?encrypt=false", "", false},
		{"?encrypt=0", "", false},
		{"?encrypt=1", `{"meta":{"encrypt":false}}`, false},
		{"", `{"meta":{"encrypt":true}}`, true},
		{"?algorithm=aes-256-gcm%2Bed25519", "", true},
		{"?algorithm=aes-256-gcm+ed25519", "", true},
		{"?encrypt=1&algorithm=base64%2Bed25519", "", false},
		{"", `{"meta":{"algorithm":"aes-256-gcm+ed25519"}}`, true},
		{"?algorithm=", `{"meta":{"encrypt":true,"algorithm":null}}`, true},
	} {
		for path, secret := range map[string]string{licenseOut: ownKey, machineOut: ownKey + fingerprint} {
			g := c.ask(t, http.MethodPost, path+tt.query, tt.body).is(200, "")
			if want := map[bool]string{true: licensekey.Encrypted, false: licensekey.Clear}[tt.encrypted]; g.at("data", "attributes", "algorithm") != want {
				t.Errorf("%s %s: %v", tt.query, tt.body, g.at("data", "attributes", "algorithm"))
			}
			if !tt.encrypted {
				secret = ""
			}
			g.opened(c.fake, secret)
		}
	}
	for query, code := range map[string]string{"encrypt=yes": "PARAMETER_INVALID", "algorithm=rsa": "CHECKOUT_ALGORITHM_INVALID"} {
		c.ask(t, http.MethodPost, licenseOut+"?"+query, "").is(400, code)
	}
	c.ask(t, http.MethodPost, licenseOut, `{"meta":{"encrypt":"true"}}`).is(400, "PARAMETER_INVALID")
	c.ask(t, http.MethodPost, licenseOut, `{"meta":{"algorithm":"rsa"}}`).is(400, "CHECKOUT_ALGORITHM_INVALID")
}

func TestFilesLastAsLongAsAsked(t *testing.T) {
	t.Parallel()
	c := open(t)
	for _, tt := range []struct {
		key, query, body string
		ttl              any // nil: for ever; "": refused
		expiry           any
	}{
		{ownKey, "", "", 2629746.0, "2026-12-23T19:29:06.000Z"},
		{ownKey, "", "{}", 2629746.0, "2026-12-23T19:29:06.000Z"},
		{ownKey, "?ttl=86400", "", 86400.0, "2026-11-24T09:00:00.000Z"},
		{ownKey, "?ttl=31536000", "", 31536000.0, "2027-11-23T09:00:00.000Z"},
		{ownKey, "?ttl=3600", "", 3600.0, "2026-11-23T10:00:00.000Z"},
		{ownKey, "?ttl=86400", `{"meta":{"ttl":3600}}`, 3600.0, "2026-11-23T10:00:00.000Z"},
		{ownKey, "?ttl=3599", "", "", nil},
		{ownKey, "?ttl=31622401", "", "", nil},
		{ownKey, "?ttl=", "", "", nil},
		{ownKey, "?ttl=null", "", "", nil},
		{ownKey, "?ttl=1e6", "", "", nil},
		{ownKey, "", `{"meta":{"ttl":null}}`, "", nil},
		{ownKey, "", `{"meta":{"ttl":"86400"}}`, "", nil},
		{ownKey, "", `{"meta":{"ttl":86400.5}}`, "", nil},
		{strangerKey, "?ttl=", "", nil, nil},
		{strangerKey, "?ttl=3600", `{"meta":{"ttl":null}}`, nil, nil},
		{strangerKey, "?ttl=0", "", "", nil},
		{strangerKey, "?ttl=2147483648", "", "", nil},
	} {
		path := licenseOut
		if tt.key == strangerKey {
			path = strings.Replace(path, licenseID, strangerID, 1)
		}
		g := c.as(tt.key).ask(t, http.MethodPost, path+tt.query, tt.body)
		if tt.ttl == "" {
			if g.is(400, "CHECKOUT_TTL_INVALID").at("errors", 0, "source", "parameter") != "ttl" {
				t.Error(g.body)
			}
			continue
		}
		g.is(200, "")
		want := map[string]any{"issued": "2026-11-23T09:00:00.000Z", "expiry": tt.expiry, "ttl": tt.ttl}
		if diff := cmp.Diff(any(want), g.opened(c.fake, "").at("meta")); diff != "" {
			t.Errorf("%+v: %s", tt, diff)
		}
		for name, value := range want {
			if g.at("data", "attributes", name) != value {
				t.Errorf("%+v: %s is %v", tt, name, g.at("data", "attributes", name))
			}
		}
	}
}

func TestRawFileIsTheCertificate(t *testing.T) {
	t.Parallel()
	c := open(t)
	for path, id := range map[string]string{licenseOut: licenseID, machineOut: machineID} {
		g := c.ask(t, http.MethodGet, path+"?include=&ttl=86400", "").is(200, "")
		if g.header.Get("Content-Type") != "application/octet-stream" || g.header.Get("Content-Disposition") != `attachment; filename="`+id+`.lic"` {
			t.Errorf("%v", g.header)
		}
		if got := g.opened(c.fake, "").at("data", "attributes", "lastCheckOut"); got != "2026-11-23T09:00:00.000Z" {
			t.Errorf("lastCheckOut is %v", got)
		}
		c.ask(t, http.MethodGet, path+"?ttl=1", "").is(400, "CHECKOUT_TTL_INVALID")
	}
}

// TestPolicyHasEveryAttribute holds the policy in a file to agent API 11.
func TestPolicyHasEveryAttribute(t *testing.T) {
	t.Parallel()
	c := open(t)
	g := c.ask(t, http.MethodPost, licenseOut+"?include=policy,product", "").opened(c.fake, "")
	want := map[string]any{
		"name": "Enterprise", "scheme": "ED25519_SIGN", "duration": 31536000.0, "strict": true, "floating": false, "maxMachines": 1.0, "maxProcesses": 5.0, "maxCores": nil,
		"overageStrategy": "NO_OVERAGE", "machineUniquenessStrategy": "UNIQUE_PER_LICENSE", "machineMatchingStrategy": "MATCH_ANY",
		"componentUniquenessStrategy": "UNIQUE_PER_MACHINE", "componentMatchingStrategy": "MATCH_ANY", "machineLeasingStrategy": "PER_LICENSE",
		"processLeasingStrategy": "PER_MACHINE", "authenticationStrategy": "LICENSE", "expirationStrategy": "RESTRICT_ACCESS",
		"expirationBasis": "FROM_CREATION", "renewalBasis": "FROM_EXPIRY", "requireFingerprintScope": true, "requireProductScope": false,
		"requirePolicyScope": false, "requireMachineScope": false, "requireComponentsScope": false, "requireChecksumScope": false,
		"requireVersionScope": false, "requireHeartbeat": true, "heartbeatDuration": 90.0, "heartbeatBasis": "FROM_CREATION",
		"heartbeatCullStrategy": "KEEP_DEAD", "heartbeatResurrectionStrategy": "ALWAYS_REVIVE", "protected": false, "checkOutMaxTtl": 31622400.0,
		"usePool": false, "encrypted": false, "requireCheckIn": false, "requireUserScope": false, "requireEnvironmentScope": false,
		"maxUsers": nil, "maxUses": nil, "maxMemory": nil, "maxDisk": nil, "checkInInterval": nil, "checkInIntervalCount": nil,
		"transferStrategy": "KEEP_EXPIRY", "metadata": map[string]any{}, "created": "2026-11-23T08:00:00.000Z", "updated": "2026-11-23T08:00:00.000Z",
	}
	if diff := cmp.Diff(any(want), g.at("included", 1, "attributes")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	product := map[string]any{
		"name": "ConnectAgent", "code": "connectagent", "url": nil, "distributionStrategy": "LICENSED", "platforms": []any{}, "metadata": map[string]any{},
		"created": "2026-11-23T08:00:00.000Z", "updated": "2026-11-23T08:00:00.000Z",
	}
	if diff := cmp.Diff(any(product), g.at("included", 0, "attributes")); diff != "" || g.at("included", 0, "id") != productID {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestUnlimitedIsNull(t *testing.T) {
	t.Parallel()
	c := open(t)
	l := c.fake.licenses[ownKey]
	l.standing.License.Machines, l.standing.License.Ends, l.standing.Term = 0, at("00:00:00").AddDate(-2025, -10, -22), 0
	terms := *l.standing.Terms
	terms.Processes, terms.Modules = 0, nil
	l.standing.Terms = &terms
	l.standing.License = plaza.License{ID: licenseID, Plan: policyID, Created: at("08:00:00")}
	l.build, l.checked = "", at("08:00:00").Add(-1)
	g := c.ask(t, http.MethodGet, "/v1/me", "").is(200, "")
	for _, name := range []string{"name", "expiry", "version", "maxMachines", "maxProcesses", "lastCheckOut"} {
		if v, ok := pick(g.at("data"), "attributes")[name]; v != nil || !ok {
			t.Errorf("%s is %v", name, v)
		}
	}
	if got := c.ask(t, http.MethodGet, "/v1/licenses/"+licenseID+"/entitlements", "").body; got != `{"data":[]}` {
		t.Error(got)
	}
}
