package agentapi

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/licensekey"
)

// A fleet is what the door asks, and nothing else is.
var _ fleet = (*app.Fleet)(nil)

// client asks a door, and looks at what every answer must have.
type client struct {
	fake   *fake
	server *httptest.Server
	key    string // in the header; empty: none
}

// open opens a door to a fake fleet, on a port of its own.
func open(t *testing.T, change ...func(*Config)) *client {
	t.Helper()
	f := newFake(t)
	c := Config{Fleet: f, Log: slog.New(slog.DiscardHandler)}
	for _, one := range change {
		one(&c)
	}
	s := httptest.NewServer(Handler(c))
	t.Cleanup(s.Close)
	return &client{f, s, ownKey}
}

// as returns a client that comes with another key.
func (c *client) as(key string) *client { return &client{c.fake, c.server, key} }

// got is an answer.
type got struct {
	t      *testing.T
	status int
	header http.Header
	body   string
	doc    any
}

// ask asks for a path as it stands here, and holds the answer to its signature.
func (c *client) ask(t *testing.T, method, target, body string, header ...string) got {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, c.server.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.URL = &url.URL{Scheme: "http", Host: r.URL.Host, Opaque: target}
	if c.key != "" {
		r.Header.Set("Authorization", "License "+c.key)
	}
	host := r.URL.Host
	for i := 0; i < len(header); i += 2 {
		if r.Header.Set(header[i], header[i+1]); header[i] == "Host" {
			r.Host, host = header[i+1], header[i+1]
		}
	}
	answer, err := (&http.Transport{DisableCompression: true}).RoundTrip(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, target, err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	g := got{t, answer.StatusCode, answer.Header, string(b), nil}
	if problem := g.problem(c.fake, method, target, host); problem != "" {
		t.Errorf("%s %s: %s\n%d %v\n%s", method, target, problem, g.status, g.header, g.body)
	}
	_ = json.Unmarshal(b, &g.doc)
	return g
}

// problem returns what is wrong with an answer, whatever was asked for.
func (g got) problem(f *fake, method, target, host string) string {
	h := g.header
	a := licensekey.Answer{Method: method, Target: target, Host: host, Date: h.Get("Date"), Digest: h.Get("Digest")}
	if err := licensekey.VerifyAnswer(f.public(), accountID, a, h.Get("Keygen-Signature")); err != nil {
		return "signature: " + err.Error()
	}
	_, err := uuid.Parse(h.Get("X-Request-Id"))
	switch {
	case h.Get("Digest") != licensekey.Digest([]byte(g.body)):
		return "the digest is another body's"
	case h.Get("Date") != h.Get("Keygen-Date") || h.Get("Digest") != h.Get("Keygen-Digest") || h.Get("Date") != "Mon, 23 Nov 2026 09:00:00 GMT":
		return "date or digest differ"
	case len(h["Date"]) != 1 || h.Get("Keygen-Account") != accountID || h.Get("Keygen-Version") == "" || err != nil:
		return "a header is missing"
	case h.Get("Cache-Control") != "no-store, no-transform, max-age=0" || h.Get("Content-Encoding") != "":
		return "it may be kept or changed"
	case g.status == http.StatusUnauthorized && h.Get("WWW-Authenticate") != `Bearer realm="plaza"`:
		return "a 401 that does not say how"
	case (g.body == "") != (h.Get("Content-Type") == ""):
		return "content type"
	case strings.HasPrefix(h.Get("Content-Type"), "application/octet-stream") || g.body == "":
		return ""
	}
	return g.shape()
}

// shape returns what is wrong with a document (agent API 3.1).
func (g got) shape() string {
	var doc struct {
		Data   json.RawMessage `json:"data"`
		Errors []struct {
			Title  string            `json:"title"`
			Code   string            `json:"code"`
			Detail string            `json:"detail"`
			Source map[string]string `json:"source"`
		} `json:"errors"`
		Meta struct {
			ID string `json:"id"`
		} `json:"meta"`
		Included []json.RawMessage `json:"included"`
	}
	if err := json.Unmarshal([]byte(g.body), &doc); err != nil {
		return "no document: " + err.Error()
	}
	if g.status >= http.StatusBadRequest {
		switch {
		case len(doc.Errors) == 0 || doc.Errors[0].Code == "" || doc.Errors[0].Detail == "" || doc.Errors[0].Title == "":
			return "an error that says nothing"
		case len(doc.Errors[0].Source) > 1 || doc.Meta.ID != g.header.Get("X-Request-Id") || doc.Data != nil:
			return "an error of another shape"
		}
		return ""
	}
	all := doc.Included
	switch {
	case string(doc.Data) == "null" && strings.Contains(g.body, `"code":"NOT_FOUND"`):
	case strings.HasPrefix(string(doc.Data), "["):
		var list []json.RawMessage
		_ = json.Unmarshal(doc.Data, &list)
		all = append(all, list...)
	default:
		all = append(all, doc.Data)
	}
	for _, one := range all {
		if problem := resourceProblem(one); problem != "" {
			return problem
		}
	}
	return ""
}

// resourceProblem returns what would make a client stumble over a resource.
func resourceProblem(b []byte) string {
	var r struct {
		ID            string                     `json:"id"`
		Type          string                     `json:"type"`
		Attributes    map[string]json.RawMessage `json:"attributes"`
		Relationships map[string]struct {
			Data  json.RawMessage `json:"data"`
			Meta  json.RawMessage `json:"meta"`
			Links json.RawMessage `json:"links"`
		} `json:"relationships"`
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return err.Error()
	}
	if r.ID == "" || r.Type == "" || r.Relationships == nil || r.Attributes == nil {
		return "a resource without its parts"
	}
	for name, rel := range r.Relationships {
		if strings.HasPrefix(string(rel.Data), "[") || rel.Data == nil && rel.Meta == nil && rel.Links == nil {
			return "relationship " + name
		}
	}
	if m, ok := r.Attributes["metadata"]; ok && !strings.HasPrefix(string(m), "{") {
		return "metadata is no object"
	}
	for _, name := range []string{"created", "updated"} {
		if v, ok := r.Attributes[name]; ok && string(v) == "null" {
			return name + " is null"
		}
	}
	return ""
}

// is fails unless the answer has a status and, if one is named, a code.
func (g got) is(status int, code string) got {
	g.t.Helper()
	if g.status != status || code != "" && g.code() != code {
		g.t.Fatalf("it is %d %q, want %d %q: %s", g.status, g.code(), status, code, g.body)
	}
	return g
}

// code returns the code of an error, or of a check.
func (g got) code() string {
	if s, ok := g.at("errors", 0, "code").(string); ok {
		return s
	}
	s, _ := g.at("meta", "code").(string)
	return s
}

// at returns what stands at a place of the document; nil if nothing does.
func (g got) at(path ...any) any {
	v := g.doc
	for _, step := range path {
		switch key := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[key]
		case int:
			l, _ := v.([]any)
			if key >= len(l) {
				return nil
			}
			v = l[key]
		}
	}
	return v
}

// count returns how many things there are at a place.
func (g got) count(path ...any) int {
	g.t.Helper()
	l, ok := g.at(path...).([]any)
	if !ok {
		g.t.Fatalf("there is no list at %v: %s", path, g.body)
	}
	return len(l)
}
