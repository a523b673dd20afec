package agentdoc_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/agentdoc"
)

// The examples of agent API 3.2.
const (
	licenseExample = `{"data": {"id": "c5a7e913-4f2b-4d68-8e1a-9b0c7d6e5f42", "type": "licenses",
  "attributes": {"name": "Warehouse agent", "key": "key/eyJhY2NvdW50Ijp7Imlk….2rHXNhIvaiVKJ3Tb…",
    "expiry": "2027-11-23T08:00:00.000Z", "status": "ACTIVE", "uses": 0, "suspended": false,
    "scheme": "ED25519_SIGN", "encrypted": false, "strict": true, "floating": false, "protected": false,
    "version": "5.0.1", "maxMachines": 1, "maxProcesses": 5, "maxUsers": null, "maxCores": null,
    "maxMemory": null, "maxDisk": null, "maxUses": null, "requireHeartbeat": true, "requireCheckIn": false,
    "lastValidated": "2026-11-23T08:59:59.120Z", "lastCheckIn": null, "nextCheckIn": null,
    "lastCheckOut": "2026-11-23T08:45:00.000Z", "metadata": {},
    "created": "2026-11-23T08:00:00.000Z", "updated": "2026-11-23T08:00:00.000Z"},
  "relationships": {"account": {"data": {"type": "accounts", "id": "0b6f5c1e-2d47-4a7e-9a5c-5f0e6d3b8a11"}},
    "product": {"data": {"type": "products", "id": "7c1d9f3a-58e2-4b06-8f4d-1a2b3c4d5e6f"}},
    "policy": {"data": {"type": "policies", "id": "2f8e4d6b-91c3-4e57-b0a8-6d5c4b3a2f10"}},
    "owner": {"data": null}, "group": {"data": null},
    "machines": {"meta": {"count": 1, "cores": 8, "memory": 0, "disk": 0}},
    "entitlements": {"links": {"related": "/v1/licenses/c5a7e913-4f2b-4d68-8e1a-9b0c7d6e5f42/entitlements"}}}}}`
	machineExample = `{"data": {"id": "e1d2c3b4-a596-4788-9a6b-5c4d3e2f1a07", "type": "machines",
  "attributes": {"fingerprint": "6a3cb155dc28d90900419e8b0a8f15f3ad89cc2ca4cba5c5a65b6753f1325601",
    "name": null, "hostname": "erp-01", "platform": "linux/amd64", "ip": null, "cores": 8, "memory": null, "disk": null,
    "requireHeartbeat": true, "heartbeatStatus": "ALIVE", "heartbeatDuration": 90,
    "lastHeartbeat": "2026-11-23T08:59:30.000Z", "nextHeartbeat": "2026-11-23T09:01:00.000Z",
    "maxProcesses": 5, "lastCheckOut": null, "metadata": {},
    "created": "2026-11-23T08:30:00.000Z", "updated": "2026-11-23T08:30:00.000Z"},
  "relationships": {"account": {"data": {"type": "accounts", "id": "0b6f5c1e-2d47-4a7e-9a5c-5f0e6d3b8a11"}},
    "product": {"data": {"type": "products", "id": "7c1d9f3a-58e2-4b06-8f4d-1a2b3c4d5e6f"}},
    "license": {"data": {"type": "licenses", "id": "c5a7e913-4f2b-4d68-8e1a-9b0c7d6e5f42"}},
    "owner": {"data": null}, "group": {"data": null},
    "components": {"links": {"related": "/v1/machines/e1d2c3b4-a596-4788-9a6b-5c4d3e2f1a07/components"}}}}}`
	componentExample = `{"id": "90ab12cd-34ef-4567-89ab-cdef01234567", "type": "components",
  "attributes": {"fingerprint": "b0a2d9", "name": "Board", "metadata": {},
    "created": "2026-11-23T08:30:00.000Z", "updated": "2026-11-23T08:30:00.000Z"},
  "relationships": {"account": {"data": {"type": "accounts", "id": "0b6f5c1e-2d47-4a7e-9a5c-5f0e6d3b8a11"}},
    "product": {"data": {"type": "products", "id": "7c1d9f3a-58e2-4b06-8f4d-1a2b3c4d5e6f"}},
    "license": {"data": {"type": "licenses", "id": "c5a7e913-4f2b-4d68-8e1a-9b0c7d6e5f42"}},
    "machine": {"data": {"type": "machines", "id": "e1d2c3b4-a596-4788-9a6b-5c4d3e2f1a07"}}}}`
	entitlementExample = `{"name": "Deploy", "code": "DEPLOY", "metadata": {},
    "created": "2026-11-23T08:00:00.000Z", "updated": "2026-11-23T08:00:00.000Z"}`
)

func at(text string) time.Time {
	t, err := time.Parse("15:04:05.000", text)
	if err != nil {
		panic(err)
	}
	return time.Date(2026, 11, 23, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

func installation() agentdoc.Installation {
	return agentdoc.Installation{
		AccountID: "0b6f5c1e-2d47-4a7e-9a5c-5f0e6d3b8a11", ProductID: "7c1d9f3a-58e2-4b06-8f4d-1a2b3c4d5e6f",
		ProductName: "ConnectAgent", Created: at("08:00:00.000"),
	}
}

func activation() plaza.Activation {
	return plaza.Activation{
		ID: "e1d2c3b4-a596-4788-9a6b-5c4d3e2f1a07", License: "c5a7e913-4f2b-4d68-8e1a-9b0c7d6e5f42",
		Fingerprint: "6a3cb155dc28d90900419e8b0a8f15f3ad89cc2ca4cba5c5a65b6753f1325601", Host: "erp-01", Platform: "linux/amd64", Cores: 8,
		Created: at("08:30:00.000"), Updated: at("08:30:00.000"), Beat: at("08:59:30.000"),
	}
}

func licensed() agentdoc.Licensed {
	terms := plaza.DefaultTerms()
	terms.Processes = 5
	return agentdoc.Licensed{
		Standing: plaza.Standing{
			License: plaza.License{
				ID: "c5a7e913-4f2b-4d68-8e1a-9b0c7d6e5f42", Name: "Warehouse agent", Plan: "2f8e4d6b-91c3-4e57-b0a8-6d5c4b3a2f10", PlanName: "A year",
				Machines: 1, Starts: at("08:00:00.000"), Ends: at("08:00:00.000").AddDate(1, 0, 0),
				Created: at("08:00:00.000"), Updated: at("08:00:00.000"),
			},
			Terms: &terms, Term: 31_536_000 * time.Second, PlanMade: at("08:00:00.000"), Machines: []plaza.Activation{activation()},
		},
		Key: "key/eyJhY2NvdW50Ijp7Imlk….2rHXNhIvaiVKJ3Tb…", Build: "5.0.1", Checked: at("08:59:59.120"), CheckedOut: at("08:45:00.000"),
	}
}

// same fails unless got is example, member by member in that order.
func same(t *testing.T, example string, got any) {
	t.Helper()
	var want bytes.Buffer
	if err := json.Compact(&want, []byte(example)); err != nil {
		t.Fatal(err)
	}
	is, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), string(is)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

type data struct {
	Data any `json:"data"`
}

func TestDocumentsAreThoseOfTheAgentsAPI(t *testing.T) {
	t.Parallel()
	i, now := installation(), at("09:00:00.000")
	m, terms := activation(), licensed().Terms
	same(t, licenseExample, data{i.License(licensed(), now)})
	same(t, machineExample, data{i.Machine(m, terms, now)})
	same(t, componentExample, i.Component(plaza.Component{
		ID: "90ab12cd-34ef-4567-89ab-cdef01234567", Activation: m.ID, Fingerprint: "b0a2d9", Name: "Board", Created: m.Created, Updated: m.Created,
	}, m.License))
	same(t, entitlementExample, i.Entitlement(plaza.ModuleDeploy).Attributes)
	if i.Entitlement(plaza.ModuleDeploy).ID == i.Entitlement(plaza.ModuleControl).ID || i.Entitlement("").Type != "entitlements" {
		t.Error("an entitlement is known by its code")
	}
}

// TestPolicyHasEveryAttribute compares the names with the list of agent API 11.
func TestPolicyHasEveryAttribute(t *testing.T) {
	t.Parallel()
	p := installation().Policy(licensed().Standing)
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Attributes map[string]any `json:"attributes"`
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"scheme": "ED25519_SIGN", "duration": 31_536_000.0, "strict": true, "floating": false, "maxMachines": 1.0, "maxProcesses": 5.0, "maxCores": nil,
		"overageStrategy": "NO_OVERAGE", "machineUniquenessStrategy": "UNIQUE_PER_LICENSE", "machineMatchingStrategy": "MATCH_ANY",
		"componentUniquenessStrategy": "UNIQUE_PER_MACHINE", "componentMatchingStrategy": "MATCH_ANY", "machineLeasingStrategy": "PER_LICENSE",
		"processLeasingStrategy": "PER_MACHINE", "authenticationStrategy": "LICENSE", "expirationStrategy": "RESTRICT_ACCESS",
		"expirationBasis": "FROM_CREATION", "renewalBasis": "FROM_EXPIRY", "requireFingerprintScope": true, "requireProductScope": false,
		"requirePolicyScope": false, "requireMachineScope": false, "requireComponentsScope": false, "requireChecksumScope": false,
		"requireVersionScope": false, "requireHeartbeat": true, "heartbeatDuration": 90.0, "heartbeatBasis": "FROM_CREATION",
		"heartbeatCullStrategy": "KEEP_DEAD", "heartbeatResurrectionStrategy": "ALWAYS_REVIVE", "protected": false, "checkOutMaxTtl": 31_622_400.0,
		"usePool": false, "encrypted": false, "requireCheckIn": false, "requireUserScope": false, "requireEnvironmentScope": false,
		"maxUsers": nil, "maxUses": nil, "maxMemory": nil, "maxDisk": nil, "checkInInterval": nil, "checkInIntervalCount": nil,
		"transferStrategy": "KEEP_EXPIRY", "name": "A year", "metadata": map[string]any{},
		"created": "2026-11-23T08:00:00.000Z", "updated": "2026-11-23T08:00:00.000Z",
	} {
		is, there := got.Attributes[name]
		if diff := cmp.Diff(want, is); diff != "" || !there {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		delete(got.Attributes, name)
	}
	for name := range got.Attributes {
		t.Errorf("%s is not an attribute of a policy", name)
	}
	same(t, `{"name": "ConnectAgent", "code": "connectagent", "url": null, "distributionStrategy": "LICENSED", "platforms": [], "metadata": {},
		"created": "2026-11-23T08:00:00.000Z", "updated": "2026-11-23T08:00:00.000Z"}`, installation().Product().Attributes)
}

func TestStatusOfALicense(t *testing.T) {
	t.Parallel()
	now := at("09:00:00.000")
	for want, change := range map[string]func(*agentdoc.Licensed){
		"ACTIVE":    func(*agentdoc.Licensed) {},
		"SUSPENDED": func(l *agentdoc.Licensed) { l.License.Halted = true },
		"EXPIRED":   func(l *agentdoc.Licensed) { l.License.Ends = now.Add(-time.Hour) },
		"EXPIRING":  func(l *agentdoc.Licensed) { l.License.Ends = now.Add(time.Hour) },
		"INACTIVE": func(l *agentdoc.Licensed) {
			long := now.AddDate(0, -6, 0)
			l.License.Created, l.Checked, l.CheckedOut, l.Machines = long, long, long, nil
		},
	} {
		l := licensed()
		change(&l)
		text, err := json.Marshal(installation().License(l, now).Attributes)
		if err != nil || !bytes.Contains(text, []byte(`"status":"`+want+`"`)) {
			t.Errorf("want %s in %s", want, text)
		}
	}
}

func TestLicenseWithGraceSaysWhenItsTermEnds(t *testing.T) {
	t.Parallel()
	for days, want := range map[int]string{
		0:  `"expiry":"2027-11-23T08:00:00.000Z","status"`,
		14: `"expiry":"2027-12-07T08:00:00.000Z","ends":"2027-11-23T08:00:00.000Z","status"`,
	} {
		l := licensed()
		l.License.GraceDays = days
		text, err := json.Marshal(installation().License(l, at("09:00:00.000")).Attributes)
		if err != nil || !bytes.Contains(text, []byte(want)) {
			t.Errorf("%d days of grace: want %s in %s", days, want, text)
		}
	}
	l := licensed()
	l.License.GraceDays, l.License.Ends = 14, time.Time{}
	if text, err := json.Marshal(installation().License(l, at("09:00:00.000")).Attributes); err != nil || bytes.Contains(text, []byte(`"ends"`)) {
		t.Errorf("without end: %s", text)
	}
}

func TestFileHoldsWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	i, issued := installation(), at("09:00:00.000")
	r := agentdoc.Resource{ID: "1", Type: "licenses", Attributes: map[string]string{"name": "<a & b>"}, Relationships: struct{}{}}
	const head = `{"data":{"id":"1","type":"licenses","attributes":{"name":"<a & b>"},"relationships":{}},`
	for want, got := range map[string][]byte{
		head + `"meta":{"issued":"2026-11-23T09:00:00.000Z","expiry":"2026-11-24T09:00:00.000Z","ttl":86400}}`: agentdoc.File(r, nil, issued, issued.AddDate(0, 0, 1)),
		head + `"included":[],"meta":{"issued":"2026-11-23T09:00:00.000Z","expiry":null,"ttl":null}}`:          agentdoc.File(r, []agentdoc.Resource{}, issued, time.Time{}),
	} {
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	if got := agentdoc.File(r, []agentdoc.Resource{i.Product()}, issued, issued); !bytes.Contains(got, []byte(`"included":[{"id":"`+i.ProductID)) {
		t.Errorf("%s", got)
	}
}
