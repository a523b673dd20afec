package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
)

// answers stands for a server that gives one answer after the other, and the last one ever after.
type answers struct {
	*client.Client

	all    []http.HandlerFunc
	keys   []string // Idempotency-Key of each request
	bodies []string
	waited []time.Duration
}

func answering(t *testing.T, all ...http.HandlerFunc) *answers {
	t.Helper()
	s := &answers{all: all}
	c, err := client.New(client.Config{
		URL: "https://plaza.test/", Token: "plaza_secret", HTTP: &http.Client{Transport: s},
		Wait: func(_ context.Context, d time.Duration) error {
			s.waited = append(s.waited, d)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Client = c
	return s
}

// RoundTrip takes a request to the next answer.
func (s *answers) RoundTrip(r *http.Request) (answer *http.Response, err error) {
	answers := s.all[min(len(s.keys), len(s.all)-1)]
	s.keys = append(s.keys, r.Header.Get("Idempotency-Key"))
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s.bodies = append(s.bodies, string(body))
	rec := httptest.NewRecorder()
	defer func() {
		if recover() != nil {
			answer, err = nil, io.ErrUnexpectedEOF
		}
	}()
	answers(rec, r)
	return rec.Result(), nil
}

// says answers with a status and a problem, or a license.
func says(status int, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		if status >= http.StatusBadRequest {
			w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"id": "one", "code": "limited", "detail": "Slower", "errors": [{"location": "body.name", "message": "is missing"}]}`)
	}
}

// hangsUp ends the connection without an answer.
func hangsUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func TestWhatIsSentAgainIsDoneOnce(t *testing.T) {
	t.Parallel()
	s := answering(t, says(http.StatusTooManyRequests, "Retry-After", "7"), says(http.StatusServiceUnavailable), hangsUp, says(http.StatusCreated))
	l, err := s.IssueLicense(t.Context(), client.NewLicense{Plan: "a plan"})
	if err != nil || l.ID != "one" {
		t.Fatal(l, err)
	}
	if len(s.keys) != 4 || s.keys[0] == "" || len(slices.Compact(s.keys)) != 1 || len(slices.Compact(s.bodies)) != 1 {
		t.Errorf("sent %v with %v", s.bodies, s.keys)
	}
	if want := []time.Duration{7 * time.Second, time.Second, 2 * time.Second}; !slices.Equal(s.waited, want) {
		t.Errorf("waited %v, want %v", s.waited, want)
	}
	first := s.keys[0]
	if _, err := s.IssueLicense(t.Context(), client.NewLicense{Plan: "a plan"}); err != nil || s.keys[len(s.keys)-1] == first {
		t.Errorf("another license has the key of the first: %v", err)
	}
}

func TestWhatMayBeDoneTwiceIsNotSentAgain(t *testing.T) {
	t.Parallel()
	name := "New"
	for what, call := range map[string]func(*client.Client) error{
		"edit": func(c *client.Client) error {
			_, err := c.EditProfile(t.Context(), "one", 3, client.ProfileEdit{Name: &name})
			return err
		},
		"remove": func(c *client.Client) error { return c.RemoveAllowance(t.Context(), "one", 3) },
		"reveal": func(c *client.Client) error {
			_, err := c.RevealLicenseKey(t.Context(), "one")
			return err
		},
	} {
		for how, answer := range map[string]http.HandlerFunc{"hangs up": hangsUp, "is not available": says(http.StatusServiceUnavailable)} {
			s := answering(t, answer, says(http.StatusOK))
			if err := call(s.Client); err == nil || len(s.bodies) != 1 {
				t.Errorf("%s, when the server %s: sent %d times: %v", what, how, len(s.bodies), err)
			}
		}
		s := answering(t, says(http.StatusTooManyRequests), says(http.StatusOK))
		if err := call(s.Client); err != nil || len(s.bodies) != 2 {
			t.Errorf("%s, which was not even looked at: sent %d times: %v", what, len(s.bodies), err)
		}
	}
}

func TestAChangeIsForAVersion(t *testing.T) {
	t.Parallel()
	for version, want := range map[int]string{0: `"0"`, 7: `"7"`, client.Any: "*"} {
		said := ""
		s := answering(t, func(w http.ResponseWriter, r *http.Request) {
			said = r.Header.Get("If-Match")
			says(http.StatusOK)(w, r)
		})
		if _, err := s.SetAlarm(t.Context(), "one", version, client.AlarmEdit{}); err != nil || said != want {
			t.Errorf("version %d: said %s, want %s: %v", version, said, want, err)
		}
	}
}

func TestItGivesUp(t *testing.T) {
	t.Parallel()
	s := answering(t, says(http.StatusTooManyRequests, "Retry-After", "1"))
	_, err := s.Me(t.Context())
	p, ok := errors.AsType[*client.Problem](err)
	if !ok || len(s.keys) != 4 || p.RetryAfter != time.Second || p.Status != http.StatusTooManyRequests {
		t.Errorf("after %d times: %v", len(s.keys), err)
	}
	if client.KindOf(err) != plaza.Limited || err.Error() != "Slower; name: is missing" {
		t.Errorf("it says %v", err)
	}
	s = answering(t, says(http.StatusTooManyRequests, "Retry-After", "86400"))
	if _, err := s.Me(t.Context()); err == nil || len(s.waited) != 0 {
		t.Errorf("waited %v: %v", s.waited, err)
	}
	s = answering(t, says(http.StatusForbidden))
	if _, err := s.Me(t.Context()); err == nil || len(s.keys) != 1 {
		t.Errorf("asked %d times for what is forbidden: %v", len(s.keys), err)
	}
}

func TestTheTokenGoesNowhereElse(t *testing.T) {
	t.Parallel()
	s := answering(t, says(http.StatusTemporaryRedirect, "Location", "https://elsewhere.test/"), says(http.StatusOK))
	if _, err := s.Me(t.Context()); err == nil || !strings.Contains(err.Error(), "https://elsewhere.test/") || len(s.keys) != 1 {
		t.Errorf("asked %d times: %v", len(s.keys), err)
	}
	for url, says := range map[string]string{
		"": "no address", "plaza.example": "no address", "ftp://plaza.example": "no address", "https://": "no address",
		"https://me:pass@plaza.test": "no address", "https://plaza.test/?x=1": "no address", "http://plaza.test": "use https", "http://10.0.0.1": "use https", "https://x\x7f": "cannot be read",
	} {
		if _, err := client.New(client.Config{URL: url, Token: "plaza_x"}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", url, err)
		}
	}
	for url, plain := range map[string]bool{"https://plaza.test": false, "http://localhost:8080": false, "http://127.0.0.1": false, "http://[::1]:80": false, "http://plaza.test": true} {
		if _, err := client.New(client.Config{URL: url, Token: "plaza_x", Plain: plain}); err != nil {
			t.Errorf("%q: %v", url, err)
		}
	}
	for _, token := range []string{"", "two words", "line\nbreak", "é"} {
		if _, err := client.New(client.Config{URL: "https://plaza.test", Token: token}); err == nil {
			t.Errorf("takes %q for a token", token)
		}
	}
}

func TestWhatIsNotPlazaIsToldFromIt(t *testing.T) {
	t.Parallel()
	for _, answer := range []http.HandlerFunc{
		func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>Welcome</html>") },
		func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no such page", http.StatusNotFound) },
	} {
		if _, err := answering(t, answer).Me(t.Context()); err == nil || client.KindOf(err) != "" {
			t.Errorf("it says %v", err)
		}
	}
}

func TestEachReadsPageAfterPage(t *testing.T) {
	t.Parallel()
	var asked []string
	page := func(next string, ids ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.URL.Query().Get("after"))
			_, _ = io.WriteString(w, `{"data": [{"id": "`+strings.Join(ids, `"}, {"id": "`)+`"}], "next": "`+next+`"}`)
		}
	}
	s := answering(t, page("two", "a", "b"), page("three", "c"), page("", "d"))
	read := func(until string) (ids string, err error) {
		for l, err := range client.Each(t.Context(), s.Licenses, client.LicenseFilter{}, client.Page{}) {
			if err != nil {
				return ids, err
			}
			if ids += l.ID; l.ID == until {
				break
			}
		}
		return ids, nil
	}
	if ids, err := read(""); err != nil || ids != "abcd" || !slices.Equal(asked, []string{"", "two", "three"}) {
		t.Errorf("read %s by %q: %v", ids, asked, err)
	}
	s = answering(t, page("two", "a", "b"), page("three", "c"), page("", "d"))
	if ids, err := read("b"); err != nil || ids != "ab" || len(s.keys) != 1 {
		t.Errorf("read %s in %d pages: %v", ids, len(s.keys), err)
	}
	s = answering(t, page("two", "a"), says(http.StatusNotFound))
	if ids, err := read(""); err == nil || ids != "a" {
		t.Errorf("read %s: %v", ids, err)
	}
}
