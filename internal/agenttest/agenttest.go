// Package agenttest is a ConnectAgent for tests: a client of the agents' API that
// trusts no answer it has not verified.
package agenttest

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/licensekey"
)

// Client speaks to an agents' API over real HTTP.
type Client struct {
	Base    string // as https://plaza.example/v1
	Account string
	Public  ed25519.PublicKey
	Key     string // the license key; empty: it comes in with nothing
	HTTP    *http.Client
}

// Answer is a verified answer.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Doc    Document
}

// Document is a JSON:API document, as far as tests look into it.
type Document struct {
	Data     json.RawMessage
	Included []Resource
	Meta     map[string]any
	Errors   []Error
}

// Resource is one thing in a document.
type Resource struct {
	ID            string
	Type          string
	Attributes    map[string]any
	Relationships map[string]json.RawMessage
}

// Error is one error in a document.
type Error struct {
	Title, Code, Detail string
	Source              map[string]string
	Meta                map[string]any
}

// One returns the resource that a holds.
func (a Answer) One(t testing.TB) (r Resource) {
	t.Helper()
	if err := json.Unmarshal(a.Doc.Data, &r); err != nil {
		t.Fatalf("no resource in %s: %v", a.Body, err)
	}
	return r
}

// All returns the resources that a holds.
func (a Answer) All(t testing.TB) (all []Resource) {
	t.Helper()
	if err := json.Unmarshal(a.Doc.Data, &all); err != nil || all == nil {
		t.Fatalf("no list in %s: %v", a.Body, err)
	}
	return all
}

// Code returns the code of the first error in a; empty if there is none.
func (a Answer) Code() string {
	if len(a.Doc.Errors) == 0 {
		return ""
	}
	return a.Doc.Errors[0].Code
}

// Do asks for path, which may be written in any way that a path can be, with body
// as JSON unless it is nil, and fails the test unless the answer is signed as it
// must be and JSON where it has to be.
func (c Client) Do(t testing.TB, method, path string, body any) Answer {
	t.Helper()
	var sent io.Reader = http.NoBody
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		sent = bytes.NewReader(b)
	}
	return c.Send(t, method, path, sent, nil)
}

// Send is Do with a body of whatever kind, and more headers.
func (c Client) Send(t testing.TB, method, path string, body io.Reader, header http.Header) Answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, c.Base, body)
	if err != nil {
		t.Fatal(err)
	}
	target := req.URL.Path + path
	req.URL.Opaque = target // as it is, to the byte
	if before, query, ok := strings.Cut(target, "?"); ok {
		req.URL.Opaque, req.URL.RawQuery = before, query
	}
	req.URL = &url.URL{Scheme: req.URL.Scheme, Host: req.URL.Host, Opaque: req.URL.Opaque, RawQuery: req.URL.RawQuery}
	if c.Key != "" {
		req.Header.Set("Authorization", "License "+c.Key)
	}
	req.Header.Set("Accept", "application/vnd.api+json")
	if body != http.NoBody {
		req.Header.Set("Content-Type", "application/vnd.api+json")
	}
	maps.Copy(req.Header, header)
	client := *c.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	a := Answer{Status: res.StatusCode, Header: res.Header}
	if a.Body, err = io.ReadAll(res.Body); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	c.verify(t, method, target, req.URL.Host, a)
	if json.Valid(a.Body) {
		if err := json.Unmarshal(a.Body, &a.Doc); err != nil {
			t.Fatalf("%s %s: %v in %s", method, path, err, a.Body)
		}
	}
	return a
}

// verify fails the test unless a is signed for what was asked.
func (c Client) verify(t testing.TB, method, target, host string, a Answer) {
	t.Helper()
	h := a.Header
	said := licensekey.Answer{Method: method, Target: target, Host: host, Date: h.Get("Date"), Digest: h.Get("Digest")}
	if err := licensekey.VerifyAnswer(c.Public, c.Account, said, h.Get("Keygen-Signature")); err != nil {
		t.Errorf("%s %s answers %d: %v (%q)", method, target, a.Status, err, h.Get("Keygen-Signature"))
	}
	if want := licensekey.Digest(a.Body); said.Digest != want {
		t.Errorf("%s %s answers %d: digest %q, want %q", method, target, a.Status, said.Digest, want)
	}
	if h.Get("Keygen-Date") != said.Date || h.Get("Keygen-Digest") != said.Digest {
		t.Errorf("%s %s answers %d: its own date and digest are not the same", method, target, a.Status)
	}
	if a.Status >= http.StatusBadRequest && !json.Valid(a.Body) {
		t.Errorf("%s %s answers %d with what is no JSON: %s", method, target, a.Status, a.Body)
	}
}
