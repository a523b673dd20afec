package api_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"github.com/connectplaza/plaza/internal/door"
)

// contract is what the API says of itself, to which every answer is held.
type contract struct {
	validator validator.Validator
	mux       *door.Mux

	mu   sync.Mutex
	kept map[string]bool // operations that were answered well
}

// described returns the contract of the API that is mounted on mux.
func described(t *testing.T, mux *door.Mux) *contract {
	t.Helper()
	doc, err := libopenapi.NewDocument(spec(t, mux))
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if ok, wrong := v.ValidateDocument(); !ok {
		for _, e := range wrong {
			t.Errorf("the description is no OpenAPI 3.1: %s: %s", e.Message, e.Reason)
		}
	}
	return &contract{validator: v, mux: mux, kept: map[string]bool{}}
}

// hold fails the test unless rec is an answer that the description knows to r, whose body
// was sent; and if it is a good one, r is a request that it knows.
func (c *contract) hold(t *testing.T, r *http.Request, body string, rec *httptest.ResponseRecorder) {
	t.Helper()
	name := c.operation(r)
	if name == "" || r.URL.Query().Has("fields") {
		return // nothing is described there, or a part of it was asked for
	}
	answer := rec.Result()
	defer answer.Body.Close()
	if ok, wrong := c.validator.ValidateHttpResponse(r, answer); !ok {
		for _, e := range wrong {
			t.Errorf("%s %s: the answer %d is not as described: %s: %s: %v\n%s", r.Method, r.URL, rec.Code, e.Message, e.Reason, e.SchemaValidationErrors, rec.Body)
		}
	}
	if rec.Code >= http.StatusMultipleChoices {
		return
	}
	r.Body = io.NopCloser(strings.NewReader(body))
	if ok, wrong := c.validator.ValidateHttpRequest(r); !ok {
		for _, e := range wrong {
			t.Errorf("%s %s: what was taken is not as described: %s: %s", r.Method, r.URL, e.Message, e.Reason)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept[name] = true
}

// operation returns the route that r takes, if it is one of the API's.
func (c *contract) operation(r *http.Request) string {
	for _, rt := range c.mux.Routes() {
		if !rt.Public && rt.Method == r.Method && matches(rt.Pattern, r.URL.Path) {
			return rt.String()
		}
	}
	return ""
}

func matches(pattern, path string) bool {
	a, b := strings.Split(pattern, "/"), strings.Split(path, "/")
	for i, part := range a {
		if len(a) != len(b) || part != b[i] && !strings.HasPrefix(part, "{") {
			return false
		}
	}
	return true
}

// whole fails the test unless every operation was answered well once: what nobody tried
// nobody has held to anything.
func (c *contract) whole(t *testing.T) {
	t.Helper()
	for _, rt := range c.mux.Routes() {
		if !rt.Public && !c.kept[rt.String()] {
			t.Errorf("nobody was answered well to %s", rt)
		}
	}
}
