package agentapi

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

func TestWhateverGoesWrongIsSigned(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fail   func(context.Context) error
		status int
		code   string
	}{
		"bug":       {func(context.Context) error { return errors.New("SELECT secret") }, 500, "INTERNAL_ERROR"},
		"panic":     {func(context.Context) error { panic("secret") }, 500, "INTERNAL_ERROR"},
		"invalid":   {func(context.Context) error { return plaza.Errorf(plaza.Invalid, "secret") }, 500, "INTERNAL_ERROR"},
		"away":      {func(context.Context) error { return &plaza.Error{Kind: plaza.Unavailable, Wait: time.Minute} }, 503, "SERVICE_UNAVAILABLE"},
		"too often": {func(context.Context) error { return &plaza.Error{Kind: plaza.Limited, Wait: time.Minute, Most: 300} }, 429, "TOO_MANY_REQUESTS"},
		"gone":      {func(context.Context) error { return plaza.Errorf(plaza.NotFound, "secret") }, 404, "NOT_FOUND"},
		"no":        {func(context.Context) error { return plaza.Errorf(plaza.Forbidden, "secret") }, 403, "FORBIDDEN"},
		"too slow":  {func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, 503, "SERVICE_UNAVAILABLE"},
		"too slow for the store": {func(ctx context.Context) error {
			<-ctx.Done()
			return &plaza.Error{Kind: plaza.Internal, Err: ctx.Err()}
		}, 503, "SERVICE_UNAVAILABLE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := open(t, func(c *Config) { c.Work = time.Millisecond })
			c.fake.fail = tt.fail
			g := c.ask(t, http.MethodGet, "/v1/components", "").is(tt.status, tt.code)
			if strings.Contains(g.body, "secret") {
				t.Errorf("it tells too much: %s", g.body)
			}
			if want := map[int]string{503: "30", 429: "60"}[tt.status]; name != "away" && g.header.Get("Retry-After") != want {
				t.Errorf("Retry-After is %q, want %q", g.header.Get("Retry-After"), want)
			}
			if limited := g.header.Get("X-RateLimit-Reset") != ""; limited != (tt.status == 429) {
				t.Errorf("%v", g.header)
			}
		})
	}
}

func TestLimitsAreTold(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.fake.fail = func(context.Context) error { return &plaza.Error{Kind: plaza.Limited, Wait: time.Minute, Most: 300} }
	h := c.ask(t, http.MethodGet, "/v1/components", "").header
	for name, want := range map[string]string{"Window": "60s", "Count": "300", "Limit": "300", "Remaining": "0", "Reset": "1795424460"} {
		if got := h.Get("X-RateLimit-" + name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestFailureIsLoggedWithoutKeys(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	c := open(t, func(c *Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	for _, fail := range []func(context.Context) error{
		func(context.Context) error { return errors.New("the disk is full") },
		func(context.Context) error { panic("the disk is full") },
	} {
		log.Reset()
		c.fake.fail = fail
		g := c.ask(t, http.MethodPost, "/v1/licenses/"+escaped(ownKey)+"/actions/validate", "").is(500, "")
		id, _ := g.at("meta", "id").(string)
		for _, want := range []string{"the disk is full", id, "POST /v1/licenses/{id}/actions/validate"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log lacks %q: %s", want, log.String())
			}
		}
		if strings.Contains(log.String(), ownKey[:20]) || strings.Contains(log.String(), escaped(ownKey)) {
			t.Errorf("the log has the key: %s", log.String())
		}
	}
}

func TestBodiesAreLimited(t *testing.T) {
	t.Parallel()
	c := open(t)
	long := `{"data":"` + strings.Repeat("x", maxBody) + `"}`
	c.ask(t, http.MethodPost, "/v1/machines", long).is(413, "PAYLOAD_TOO_LARGE")
	c.ask(t, http.MethodPost, "/v1/machines", long[:maxBody]).is(400, "BAD_REQUEST")

	chunked, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.server.URL+"/v1/machines", io.MultiReader(strings.NewReader(long)))
	if err != nil {
		t.Fatal(err)
	}
	chunked.Header.Set("Authorization", "License "+ownKey)
	answer, err := c.server.Client().Do(chunked)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, _ := io.ReadAll(answer.Body)
	if g := (got{t, answer.StatusCode, answer.Header, string(b), nil}); g.status != 413 || g.problem(c.fake, http.MethodPost, "/v1/machines", chunked.URL.Host) != "" {
		t.Errorf("without a length it is %d: %s", g.status, g.body)
	}
}

func TestHeadersAreHeldToTheContract(t *testing.T) {
	t.Parallel()
	c := open(t)
	for _, tt := range []struct {
		name, value string
		status      int
		code        string
	}{
		{"Keygen-Version", "1.7", 200, ""},
		{"Keygen-Version", "v1.8", 200, ""},
		{"Keygen-Version", "", 200, ""},
		{"Keygen-Version", "1.6", 400, "INVALID_API_VERSION"},
		{"Keygen-Version", "vv1.7", 400, "INVALID_API_VERSION"},
		{"Keygen-Environment", "", 200, ""},
		{"Keygen-Environment", "sandbox", 400, "ENVIRONMENT_NOT_SUPPORTED"},
		{"Keygen-Accept-Signature", `algorithm="ed25519"`, 200, ""},
		{"Keygen-Accept-Signature", `keyid="` + accountID + `", algorithm="ed25519"`, 200, ""},
		{"Keygen-Accept-Signature", `keyid="` + productID + `", algorithm="ed25519"`, 400, "PARAMETER_INVALID"},
		{"Keygen-Accept-Signature", `keyid="` + accountID + `"`, 400, "PARAMETER_INVALID"},
		{"Keygen-Accept-Signature", `algorithm="rsa-pss-sha256"`, 400, "PARAMETER_INVALID"},
	} {
		g := c.ask(t, http.MethodGet, "/v1/me", "", tt.name, tt.value)
		if g.status != tt.status || g.code() != tt.code {
			t.Errorf("%s: %s: %d %s", tt.name, tt.value, g.status, g.code())
		}
		if tt.status == 400 && g.at("errors", 0, "source", "header") != tt.name {
			t.Errorf("%s: the source is %v", tt.name, g.at("errors", 0, "source"))
		}
		if want := map[bool]string{true: "1.8", false: "1.7"}[tt.value == "v1.8"]; g.header.Get("Keygen-Version") != want {
			t.Errorf("%s: %s: version %s", tt.name, tt.value, g.header.Get("Keygen-Version"))
		}
	}
	for accept, want := range map[string]string{
		"application/json": mediaJSON, "application/vnd.api+json": mediaAPI, "text/html": mediaAPI, "*/*": mediaAPI, "": mediaAPI,
		"text/html, Application/JSON;q=0.9": mediaJSON, "application/vnd.api+json, application/json": mediaAPI,
	} {
		if got := c.ask(t, http.MethodGet, "/v1/me", "", "Accept", accept).header.Get("Content-Type"); got != want+"; charset=utf-8" {
			t.Errorf("who accepts %q gets %q", accept, got)
		}
	}
	for kind, want := range map[string]int{
		"": 422, mediaJSON: 422, mediaAPI + "; charset=utf-8": 422, "text/plain": 415, "application/x-www-form-urlencoded": 415, "application/": 415,
	} {
		if g := c.ask(t, http.MethodPost, "/v1/machines", activation("another"), "Content-Type", kind); g.status != want {
			t.Errorf("%q: %d", kind, g.status)
		}
	}
}

func TestRequestKeepsItsID(t *testing.T) {
	t.Parallel()
	g := open(t).ask(t, http.MethodGet, "/v1/nothing", "", "X-Request-Id", machineID).is(404, "")
	if g.header.Get("X-Request-Id") != machineID || g.at("meta", "id") != machineID {
		t.Errorf("%v %s", g.header, g.body)
	}
}

func TestPingIsForNobody(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.fake.fail = func(context.Context) error { return errors.New("no database") }
	for _, key := range []string{"", "nobody's"} {
		g := c.as(key).ask(t, http.MethodGet, "/v1/ping", "").is(200, "")
		if g.body != "" || g.header.Get("Content-Length") != "0" || g.header.Get("Keygen-Version") != "1.7" {
			t.Errorf("%v %q", g.header, g.body)
		}
	}
}

func TestCredentialsComeInEveryForm(t *testing.T) {
	t.Parallel()
	c := open(t).as("")
	basic := func(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(s)) }
	for header, want := range map[string]string{
		"License " + ownKey:                              "",
		"license  " + ownKey + " ":                       "",
		"LICENSE " + ownKey:                              "",
		basic("license:" + ownKey):                       "", // its colon is not the one that counts
		strings.TrimRight(basic("license:"+ownKey), "="): "",
		"License nobody's":                               "LICENSE_INVALID",
		"License \xff":                                   "LICENSE_INVALID",
		"License " + strings.Repeat("k", 600):            "LICENSE_INVALID",
		"License":                                        "TOKEN_MISSING",
		"License ":                                       "TOKEN_MISSING",
		"":                                               "TOKEN_MISSING",
		"Digest x":                                       "TOKEN_MISSING",
		basic("license:"):                                "TOKEN_MISSING",
		"Bearer " + machineID:                            "TOKEN_FORMAT_INVALID",
		"Token " + machineID:                             "TOKEN_FORMAT_INVALID",
		"Bearer activ-1234":                              "TOKEN_INVALID",
		"token activ-1234":                               "TOKEN_INVALID",
		basic("token:activ-1234"):                        "TOKEN_INVALID",
		basic("activ-1234:"):                             "TOKEN_INVALID",
		basic(machineID + ":"):                           "TOKEN_FORMAT_INVALID",
		basic("someone@example.com:secret"):              "TOKEN_INVALID",
		"Basic %%%":                                      "TOKEN_INVALID",
	} {
		if g := c.ask(t, http.MethodGet, "/v1/me", "", "Authorization", header); g.code() != want || want != "" && g.status != 401 {
			t.Errorf("%q: %d %s, want %q", header, g.status, g.code(), want)
		}
	}
}

func TestCredentialInAddressCountsOnlyIfAllowed(t *testing.T) {
	t.Parallel()
	targets := map[string]string{
		"/v1/me?auth=license:" + escaped(ownKey): "", "/v1/me?auth=token:x": "TOKEN_INVALID", "/v1/me?token=" + machineID: "TOKEN_FORMAT_INVALID", "/v1/me?auth=x": "TOKEN_MISSING",
	}
	off, on := open(t).as(""), open(t, func(c *Config) { c.InQuery = true }).as("")
	for target, want := range targets {
		off.ask(t, http.MethodGet, target, "").is(401, "TOKEN_MISSING")
		if g := on.ask(t, http.MethodGet, target, ""); g.code() != want {
			t.Errorf("%s: %d %s", target, g.status, g.code())
		}
	}
	g := on.ask(t, http.MethodGet, "/v1/machines?page[number]=1&auth=license:"+escaped(ownKey), "").is(200, "")
	if strings.Contains(g.body, "auth") {
		t.Errorf("the links have the credential: %s", g.body)
	}
}

func TestRefusedLicense(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.fake.licenses[ownKey].refused = plaza.Refuse(plaza.Forbidden, "LICENSE_SUSPENDED", "", "this license is suspended")
	c.fake.licenses[ownKey].standing.License.Suspended = at("08:30:00")
	c.ask(t, http.MethodGet, "/v1/me", "").is(403, "LICENSE_SUSPENDED")
	body := `{"meta":{"key":"` + ownKey + `"}}`
	c.ask(t, http.MethodPost, "/v1/licenses/actions/validate-key", body).is(403, "LICENSE_SUSPENDED")
	g := c.as("").ask(t, http.MethodPost, "/v1/licenses/actions/validate-key", body).is(200, "SUSPENDED")
	if g.at("data", "attributes", "status") != "SUSPENDED" || g.at("data", "attributes", "suspended") != true || g.at("meta", "valid") != false {
		t.Error(g.body)
	}
	c.as(strangerKey).ask(t, http.MethodPost, "/v1/licenses/actions/validate-key", body).is(403, "FORBIDDEN")
}

func TestDeadlineCostsNothingUntilSomebodyWaits(t *testing.T) {
	t.Parallel()
	p := &patience{Context: t.Context(), after: time.Hour}
	if p.end(); p.Err() != nil {
		t.Error("it ended by itself")
	}
	p = &patience{Context: t.Context(), after: time.Hour}
	child, cancel := context.WithCancel(p)
	defer cancel()
	if _, ok := child.Deadline(); !ok {
		t.Error("there is no deadline")
	}
	p.end()
	if <-child.Done(); !errors.Is(p.Err(), context.Canceled) {
		t.Error("it goes on")
	}
}

// slow is a fleet whose Identify hangs until its context ends.
type slow struct{ *fake }

func (slow) Identify(ctx context.Context, _ string, _ plaza.Origin) (*app.Bearer, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestSlowDoorstepIsSigned(t *testing.T) {
	t.Parallel()
	c := open(t, func(c *Config) { c.Fleet, c.Work = slow{newFake(t)}, time.Millisecond })
	c.ask(t, http.MethodGet, "/v1/me", "").is(503, "SERVICE_UNAVAILABLE")
}
