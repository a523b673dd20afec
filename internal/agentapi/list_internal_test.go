package agentapi

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
)

// crowded gives the license 25 machines, the newest first.
func crowded(t *testing.T) *client {
	t.Helper()
	c := open(t)
	var all []plaza.Activation
	for i := range 25 {
		all = append(all, plaza.Activation{
			ID: fmt.Sprintf("m%02d", 24-i), License: licenseID, Fingerprint: fmt.Sprintf("f%02d", 24-i), Created: at("08:00:00"), Beat: at("08:59:00").Add(time.Duration(-i) * 10 * time.Second),
		})
	}
	c.fake.licenses[ownKey].standing.Machines = all
	return c
}

func TestListsComeInParts(t *testing.T) {
	t.Parallel()
	c := crowded(t)
	for query, want := range map[string][2]any{ // how many there are, and the first
		"":                                      {10, "m24"},
		"?limit=1":                              {1, "m24"},
		"?limit=100":                            {25, "m24"},
		"?order=asc":                            {10, "m00"},
		"?order=desc&limit=3":                   {3, "m24"},
		"?page[number]=2":                       {10, "m14"},
		"?page%5Bnumber%5D=3":                   {5, "m04"},
		"?page[number]=3&page[size]=10&limit=1": {5, "m04"},
		"?page[size]=100":                       {25, "m24"},
		"?page[number]=4":                       {0, nil},
		"?page[number]=100&page[size]=100":      {0, nil},
		"?page[number]=2&order=asc":             {10, "m10"},
		"?fingerprint=f07":                      {1, "m07"},
		"?fingerprint=f7":                       {0, nil},
		"?status=ALIVE":                         {4, "m24"},
		"?status=DEAD&limit=100":                {21, "m20"},
		"?status=alive":                         {0, nil},
	} {
		g := c.ask(t, http.MethodGet, "/v1/machines"+query, "").is(200, "")
		if g.count("data") != want[0] || g.at("data", 0, "id") != want[1] {
			t.Errorf("%q: %d from %v, want %v", query, g.count("data"), g.at("data", 0, "id"), want)
		}
		if paged := g.at("links") != nil; paged != (len(query) > 5 && query[1:5] == "page") {
			t.Errorf("%q: links %v", query, g.at("links"))
		}
	}
	if g := c.as(strangerKey).ask(t, http.MethodGet, "/v1/processes", ""); g.body != `{"data":[]}` {
		t.Errorf("an empty list is %s", g.body)
	}
}

func TestPartsOutOfRangeAreRefused(t *testing.T) {
	t.Parallel()
	c := crowded(t)
	for query, parameter := range map[string]string{
		"limit=0": "limit", "limit=101": "limit", "limit=": "limit", "limit=x": "limit", "limit=-1": "limit",
		"page[number]=0": "page[number]", "page%5Bnumber%5D=101": "page[number]", "page[size]=101": "page[size]", "page[size]=0": "page[size]", "order=up": "order",
	} {
		for _, path := range []string{"machines", "components", "processes", "licenses/" + licenseID + "/entitlements", "licenses/" + licenseID + "/machines", "releases/5.0.1/artifacts"} {
			g := c.ask(t, http.MethodGet, base+path+"?"+query, "").is(400, "PARAMETER_INVALID")
			if g.at("errors", 0, "source", "parameter") != parameter {
				t.Errorf("%s: %s", query, g.body)
			}
		}
	}
	c.ask(t, http.MethodGet, "/v1/machines?fingerprint=%FF", "").is(400, "ENCODING_INVALID")
}

func TestLinksLeadToTheOtherParts(t *testing.T) {
	t.Parallel()
	c := crowded(t)
	link := func(n int) string { return fmt.Sprintf("/v1/machines?page%%5Bnumber%%5D=%d&page%%5Bsize%%5D=10", n) }
	for number, want := range map[string]map[string]any{
		"1": {"self": link(1), "prev": nil, "next": link(2), "first": link(1), "last": link(3)},
		"2": {"self": link(2), "prev": link(1), "next": link(3), "first": link(1), "last": link(3)},
		"3": {"self": link(3), "prev": link(2), "next": nil, "first": link(1), "last": link(3)},
		"9": {"self": link(9), "prev": nil, "next": nil, "first": link(1), "last": link(3)},
	} {
		for _, b := range []string{base, "/v1/accounts/acme/"} {
			g := c.ask(t, http.MethodGet, b+"machines?page[number]="+number, "")
			if diff := cmp.Diff(any(want), g.at("links")); diff != "" {
				t.Errorf("%s: %s", number, diff)
			}
		}
	}
	next, _ := c.ask(t, http.MethodGet, "/v1/machines?page[number]=1", "").at("links", "next").(string)
	if g := c.ask(t, http.MethodGet, next, "").is(200, ""); g.at("data", 0, "id") != "m14" {
		t.Errorf("it leads to %v", g.at("data", 0, "id"))
	}
}

func TestHeartbeatIsToldToItsSender(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.fake.now = at("09:00:00")
	path := "/v1/machines/" + fingerprint + "/actions/ping"
	for i, tt := range []struct {
		body   string
		meta   map[string]any
		status string
	}{
		{"", map[string]any{"nextIn": 60.0, "generation": 1.0, "cloned": false}, "ALIVE"},
		{`{"meta":{"generation":1,"boot":"b"}}`, map[string]any{"nextIn": 60.0, "generation": 2.0, "cloned": false}, "ALIVE"},
		{`{"meta":{"generation":1}}`, map[string]any{"nextIn": 60.0, "generation": 3.0, "cloned": false}, "ALIVE"},
		{`{"meta":{"generation":1}}`, map[string]any{"nextIn": 60.0, "generation": 4.0, "cloned": true}, "ALIVE"},
		{`{}`, map[string]any{"nextIn": 60.0, "generation": 5.0, "cloned": false}, "ALIVE"},
	} {
		g := c.ask(t, http.MethodPost, path, tt.body).is(200, "")
		if diff := cmp.Diff(any(tt.meta), g.at("meta")); diff != "" || g.at("data", "attributes", "heartbeatStatus") != tt.status {
			t.Errorf("%d: %s %s", i, diff, g.body)
		}
	}
	c.fake.licenses[ownKey].standing.Machines[0].Beat = at("08:00:00")
	if got := c.ask(t, http.MethodGet, "/v1/machines/"+fingerprint, "").at("data", "attributes", "heartbeatStatus"); got != "DEAD" {
		t.Errorf("it is %v", got)
	}
	if got := c.ask(t, http.MethodPost, path, "").at("data", "attributes", "heartbeatStatus"); got != "RESURRECTED" {
		t.Errorf("it is %v", got)
	}
	if got := c.ask(t, http.MethodGet, "/v1/machines/"+fingerprint, "").at("data", "attributes", "heartbeatStatus"); got != "ALIVE" {
		t.Errorf("it is %v", got)
	}
	terms := *c.fake.licenses[ownKey].standing.Terms
	terms.Revival = plaza.NoRevive
	c.fake.licenses[ownKey].standing.Terms, c.fake.licenses[ownKey].standing.Machines[0].Beat = &terms, at("08:00:00")
	c.ask(t, http.MethodPost, path, "").is(422, "MACHINE_HEARTBEAT_DEAD")
}

func TestArtifactIsFetchedElsewhere(t *testing.T) {
	t.Parallel()
	c := open(t)
	path := "/v1/releases/5.0.1/artifacts/" + artifactID
	for prefer, want := range map[string]struct {
		status   int
		location string
	}{
		"": {303, "https://plaza.example/download/token"}, "no-redirect": {200, "https://plaza.example/download/token"}, "no-download": {200, ""}, "wait=5": {303, "https://plaza.example/download/token"},
	} {
		g := c.ask(t, http.MethodGet, path, "", "Prefer", prefer).is(want.status, "")
		if g.header.Get("Location") != want.location || g.at("data", "id") != artifactID {
			t.Errorf("%q: %v", prefer, g.header)
		}
	}
	c.ask(t, http.MethodGet, "/v1/releases/5.0.1/artifacts/other", "").is(404, "NOT_FOUND")
	for query, want := range map[string]int{"": 1, "?platform=linux&arch=amd64": 1, "?platform=windows": 0, "?filetype=exe": 0} {
		if g := c.ask(t, http.MethodGet, "/v1/releases/5.0.1/artifacts"+query, "").is(200, ""); g.count("data") != want {
			t.Errorf("%s: %s", query, g.body)
		}
	}
}

func TestUpgradeIsAskedForByTheContract(t *testing.T) {
	t.Parallel()
	c := open(t)
	for target, want := range map[string]int{
		"4.2.0/upgrade": 200, "4.2.0/upgrade?product=" + productID + "&channel=stable&package=&constraint=5.0": 200,
		"4.1.9/upgrade": 404, "5.0.1/upgrade": 404, releaseID + "/upgrade": 404, "6.0.0/upgrade": 404, "%3Cnot%20set%3E/upgrade": 404,
		"4.2.0/upgrade?product=" + machineID: 404, "4.2.0/upgrade?product=": 404, "4.2.0/upgrade?package=x": 404, "4.2.0/upgrade?channel=nightly": 404,
		"4.2.0/upgrade?constraint=v5": 400, "4.2.0/upgrade?constraint=4": 404,
	} {
		if g := c.ask(t, http.MethodGet, "/v1/releases/"+target, ""); g.status != want {
			t.Errorf("%s: %d %s", target, g.status, g.body)
		}
	}
	c.ask(t, http.MethodGet, "/v1/releases/4.2.0/upgrade?constraint=x", "").is(400, "CONSTRAINT_INVALID")
}
