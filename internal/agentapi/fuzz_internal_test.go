package agentapi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzDocument reads a document. It must hold what encoding/json finds in it, and
// what is to be written again must be right.
func FuzzDocument(f *testing.F) {
	for _, s := range sample() {
		f.Add([]byte(s.body))
	}
	if b, err := os.ReadFile("testdata/examples.json"); err == nil {
		f.Add(b)
	}
	for _, s := range []string{`{"a":"\ud83d\ude00\u0041\"\\"}`, `[1,-0.5e+3,[],{}," "]`, `{"a":1,"a":{"b":null}}`, "{", `"\ud800"`, "\x00", strings.Repeat("[", 70), ` true `} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		n, err := parse(body)
		if err != nil {
			if f := faultOf(err); f.status != http.StatusBadRequest || f.detail == "" {
				t.Fatalf("%q: %v", body, err)
			}
			return
		}
		var want any
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		if err := d.Decode(&want); err != nil {
			t.Fatalf("%q is taken: %v", body, err)
		}
		if diff := cmp.Diff(want, plainOf(t, &n)); diff != "" {
			t.Fatalf("%q: -want +got\n%s", body, diff)
		}
		e := &exchange{said: n}
		if q, err := e.readQuestion(true); err == nil && (!json.Valid([]byte(q.said)) || q.nonce != "" && !json.Valid([]byte(q.nonce)) || !clean(q.key)) {
			t.Fatalf("%q: %+v", body, q)
		}
		if m := e.document(&err).metadata(); m != "" && !json.Valid([]byte(m)) {
			t.Fatalf("%q: metadata %q", body, m)
		}
	})
}

// plainOf returns a value as encoding/json has it.
func plainOf(t *testing.T, n *node) any {
	t.Helper()
	switch n.kind {
	case null:
		return nil
	case boolean:
		return n.raw == "true"
	case number:
		return json.Number(n.raw)
	case text:
		if !clean(n.text) {
			t.Fatalf("%q is no text", n.text)
		}
		return n.text
	case array:
		all := []any{}
		for i := range n.items {
			all = append(all, plainOf(t, &n.items[i]))
		}
		return all
	case object:
		all := map[string]any{}
		for i := range n.members {
			all[n.members[i].name] = plainOf(t, n.member(n.members[i].name))
		}
		return all
	case absent:
	}
	t.Fatalf("there is nothing: %+v", n)
	return nil
}

// FuzzAuthorization reads a credential: one of the two, and a text.
func FuzzAuthorization(f *testing.F) {
	for _, s := range []string{
		"License " + ownKey, "Bearer " + machineID, "Token x", "Basic " + base64.StdEncoding.EncodeToString([]byte("license:"+ownKey)),
		"Basic " + base64.StdEncoding.EncodeToString([]byte("token:x:y")), "Basic eDo", "Basic \xff", "License \x00", "", " ", "Digest",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		c, err := parseAuthorization(header)
		if err != nil {
			if f := faultOf(err); f.status != http.StatusUnauthorized || f.code == "" || c != (credential{}) {
				t.Fatalf("%q: %+v %v", header, c, err)
			}
			return
		}
		if c.key != "" && c.token != "" || !clean(c.key) || !clean(c.token) {
			t.Fatalf("%q: %+v", header, c)
		}
	})
}

// FuzzRouter asks for anything. The answer is signed, is a document, and leads
// nowhere else.
func FuzzRouter(f *testing.F) {
	for name, s := range sample() {
		method, _, _ := strings.Cut(name, " ")
		f.Add(method, base+s.target, s.body)
		f.Add(method, "/v1/accounts/acme/"+s.target, s.body)
	}
	for _, target := range []string{"/v1/../me", "//v1/me", "http://plaza.example/v1/me", "*", "", "/v1/machines/%2F%2e%2e", "/v1/machines/%zz", "/v1/machines/%00", "/v1/me?page[number]=%ff", "/v1/accounts//me", "/v1/machines?order=asc&page[size]=1"} {
		f.Add(http.MethodGet, target, "")
	}
	f.Fuzz(func(t *testing.T, method, target, body string) {
		if strings.ContainsAny(method+target, " \n") || method == "" {
			return // no such request line arrives
		}
		fleet := newFake(t)
		h := Handler(Config{Fleet: fleet, Log: slog.New(slog.DiscardHandler)})
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
		r.Method, r.RequestURI, r.URL, r.Host = method, target, &url.URL{}, "plaza.example:8443"
		r.Header.Set("Authorization", "License "+ownKey)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		g := got{t, w.Code, w.Result().Header, w.Body.String(), nil}
		if g.status == http.StatusUnauthorized {
			t.Fatalf("%s %q: the key is not known", method, target)
		}
		if problem := g.problem(fleet, method, targetOf(r), r.Host); problem != "" {
			t.Fatalf("%s %q %q: %s\n%d %s", method, target, body, problem, g.status, g.body)
		}
		if g.status >= 500 || g.status >= 300 && g.status < 400 && g.status != http.StatusSeeOther {
			t.Fatalf("%s %q: %d", method, target, g.status)
		}
	})
}
