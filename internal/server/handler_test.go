package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza/internal/clock"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/server"
)

// quiet returns what serves h and logs nothing.
func quiet(h http.HandlerFunc) server.Config {
	return server.Config{Handler: h, Log: slog.New(slog.DiscardHandler), Now: clock.Fixed(time.Unix(0, 0))}
}

func serve(c server.Config, r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	server.Handler(c).ServeHTTP(rec, r)
	return rec
}

func get(t *testing.T, path string) *http.Request {
	t.Helper()
	return httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
}

// headers that every answer has.
var headers = map[string]string{
	"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
	"X-Content-Type-Options":     "nosniff",
	"Referrer-Policy":            "same-origin",
	"Cross-Origin-Opener-Policy": "same-origin",
	"Cache-Control":              "no-store",
	"Strict-Transport-Security":  "",
}

func TestEveryAnswerProtectsTheBrowser(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{
		"nothing written": func(http.ResponseWriter, *http.Request) {},
		"not found":       http.NotFound,
		"error":           func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusTeapot) },
		"panic":           func(http.ResponseWriter, *http.Request) { panic("oh") },
		"redirect":        func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusSeeOther) },
		"no content":      server.Alive,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec := serve(quiet(h), get(t, "/"))
			for key, want := range headers {
				if got := rec.Header().Get(key); got != want {
					t.Errorf("%s: %q, want %q", key, got, want)
				}
			}
		})
	}
}

func TestHandlerMayLetItsAnswerBeKept(t *testing.T) {
	t.Parallel()
	rec := serve(quiet(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}), get(t, "/assets/x.css"))
	if got := rec.Header().Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("Cache-Control: %q", got)
	}
}

func TestBrowserIsToldToStayWithHTTPS(t *testing.T) {
	t.Parallel()
	c := quiet(server.Alive)
	c.Secure = true
	if got := serve(c, get(t, "/")).Header().Get("Strict-Transport-Security"); got != "max-age=31536000" {
		t.Errorf("Strict-Transport-Security: %q", got)
	}
}

func TestRequestGetsAnIDOfOurs(t *testing.T) {
	t.Parallel()
	var seen []string
	c := quiet(func(_ http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Values(door.HeaderRequest)...)
	})
	for range 2 {
		r := get(t, "/")
		r.Header[door.HeaderRequest] = []string{"chosen outside", "twice"}
		rec := serve(c, r)
		if got := rec.Header().Get(door.HeaderRequest); got != seen[len(seen)-1] || len(got) != 36 {
			t.Errorf("answer says request %q, handler saw %q", got, seen)
		}
	}
	if len(seen) != 2 || seen[0] == seen[1] {
		t.Errorf("requests %q, want two different ones", seen)
	}
}

func TestClientAddress(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for name, tt := range map[string]struct {
		remote    string
		forwarded []string
		want      string
	}{
		"direct":                       {"192.0.2.1:1", nil, "192.0.2.1"},
		"stranger claims to forward":   {"192.0.2.1:1", []string{"198.51.100.7"}, "192.0.2.1"},
		"proxy":                        {"10.0.0.1:1", []string{"198.51.100.7"}, "198.51.100.7"},
		"proxy on the same machine":    {"[::1]:1", []string{"198.51.100.7"}, "198.51.100.7"},
		"invented before the proxy":    {"10.0.0.1:1", []string{"127.0.0.1, 198.51.100.7"}, "198.51.100.7"},
		"two proxies":                  {"10.0.0.1:1", []string{"127.0.0.1, 198.51.100.7, 10.0.0.2"}, "198.51.100.7"},
		"two headers":                  {"10.0.0.1:1", []string{"198.51.100.7", "10.0.0.2"}, "198.51.100.7"},
		"proxy says nothing":           {"10.0.0.1:1", nil, "10.0.0.1"},
		"proxy says nonsense":          {"10.0.0.1:1", []string{"198.51.100.7, <script>"}, "10.0.0.1"},
		"everybody is trusted":         {"10.0.0.1:1", []string{"10.0.0.3,10.0.0.2"}, "10.0.0.3"},
		"four in six":                  {"[::ffff:10.0.0.1]:1", []string{"::ffff:198.51.100.7"}, "198.51.100.7"},
		"no address, as in a test":     {"pipe", nil, ""},
		"six with a zone and no proxy": {"[fe80::1%eth0]:1", nil, "fe80::1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got string
			c := quiet(func(_ http.ResponseWriter, r *http.Request) {
				got = strings.Join(r.Header.Values(door.HeaderAddress), "|")
			})
			c.TrustedProxies = trusted
			r := get(t, "/")
			r.RemoteAddr, r.Header = tt.remote, http.Header{"X-Forwarded-For": tt.forwarded, door.HeaderAddress: {"203.0.113.1"}}
			serve(c, r)
			if got != tt.want {
				t.Errorf("address %q, want %q", got, tt.want)
			}
		})
	}
}

// TestHostThatAnAgentCalled is the one that a trusted proxy names, and what somebody
// else claims is nothing.
func TestHostThatAnAgentCalled(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		peer      string
		forwarded []string
		agents    string
	}{
		"a proxy":              {"10.0.0.1:5", []string{"plaza.example:8443"}, "plaza.example:8443"},
		"a proxy behind one":   {"10.0.0.1:5", []string{"plaza.example, inner"}, "plaza.example"},
		"a proxy that is IPv6": {"[::ffff:10.0.0.1]:5", []string{"plaza.example"}, "plaza.example"},
		"one that names none":  {"10.0.0.1:5", nil, "inner:8080"},
		"one that says it not": {"10.0.0.1:5", []string{" , x"}, "inner:8080"},
		"anybody":              {"192.0.2.1:5", []string{"plaza.example"}, "inner:8080"},
		"nobody":               {"pipe", []string{"plaza.example"}, "inner:8080"},
	} {
		var host string
		c := quiet(func(_ http.ResponseWriter, r *http.Request) { host = r.Host })
		c.Agents, c.TrustedProxies = c.Handler, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
		for path, want := range map[string]string{"/v1/me": tt.agents, "/": "inner:8080"} {
			r := get(t, path)
			r.Host, r.RemoteAddr, r.Header["X-Forwarded-Host"] = "inner:8080", tt.peer, tt.forwarded
			if serve(c, r); host != want {
				t.Errorf("%s: %s: %q, want %q", name, path, host, want)
			}
		}
	}
}

func TestPanicIsAnsweredAndLoggedOnce(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	c := quiet(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		panic("the cause")
	})
	c.Log = slog.New(slog.NewTextHandler(&log, nil))
	rec := serve(c, get(t, "/licenses"))
	if rec.Code != http.StatusInternalServerError || rec.Body.String() != "Internal Server Error\n" {
		t.Errorf("answer %d %q", rec.Code, rec.Body)
	}
	if n := strings.Count(log.String(), "handler panicked"); n != 1 || !strings.Contains(log.String(), "handler_test.go") {
		t.Errorf("logged %d times: %s", n, &log)
	}
	if !strings.Contains(log.String(), "status=500") {
		t.Errorf("no line about the request in %s", &log)
	}
}

func TestPanicIsAnsweredByAPage(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		page http.HandlerFunc
		want string
	}{
		"page": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, "<h1>Sorry</h1>")
		}, "<h1>Sorry</h1>"},
		"page panics too":   {func(http.ResponseWriter, *http.Request) { panic("too") }, "Internal Server Error\n"},
		"page says nothing": {func(http.ResponseWriter, *http.Request) {}, "Internal Server Error\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := quiet(func(http.ResponseWriter, *http.Request) { panic("the cause") })
			c.Failed = tt.page
			if rec := serve(c, get(t, "/")); rec.Code != http.StatusInternalServerError || rec.Body.String() != tt.want {
				t.Errorf("answer %d %q, want %q", rec.Code, rec.Body, tt.want)
			}
		})
	}
}

func TestPanicInTheMiddleCutsTheConnection(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(server.Handler(quiet(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half of it")
		_ = http.NewResponseController(w).Flush()
		panic("the cause")
	})))
	defer srv.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.ReadAll(res.Body); err == nil {
		t.Error("half an answer was taken for a whole one")
	}
}

func TestBodyOverTheLimit(t *testing.T) {
	t.Parallel()
	h := quiet(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		}
	})
	for size, want := range map[int]int{1 << 20: http.StatusOK, 1<<20 + 1: http.StatusRequestEntityTooLarge} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(strings.Repeat("x", size)))
		if rec := serve(h, r); rec.Code != want {
			t.Errorf("%d bytes: %d, want %d", size, rec.Code, want)
		}
	}
}

func TestHandlerThatTakesTooLongIsAnswered(t *testing.T) {
	t.Parallel()
	c := quiet(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	c.Work = time.Nanosecond
	if rec := serve(c, get(t, "/")); rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" {
		t.Errorf("answer %d %v", rec.Code, rec.Header())
	}
}

func TestLogTellsWhatCameAndNoSecret(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	began := clock.NewManual(time.Unix(0, 0))
	c := server.Config{
		Log: slog.New(slog.NewJSONHandler(&log, nil)), Now: began.Now,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			began.Advance(1500 * time.Microsecond)
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, "nowhere")
		}),
	}
	const token = "dGhpcyBpcyBhIHNlY3JldCB0b2tlbiBvZiBzb21lYm9keQ"
	r := get(t, "/invitation/"+token+"?token="+token)
	r.RemoteAddr = "192.0.2.1:1"
	rec := serve(c, r)
	if strings.Contains(log.String(), token) {
		t.Errorf("token is logged: %s", &log)
	}
	var line map[string]any
	if err := json.Unmarshal(log.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"msg": "request", "method": "GET", "path": "/invitation/…", "status": 404.0, "bytes": 7.0, "ms": 1.5,
		"address": "192.0.2.1", "request": rec.Header().Get(door.HeaderRequest),
	} {
		if line[key] != want {
			t.Errorf("%s: %v, want %v", key, line[key], want)
		}
	}
}

func TestMasked(t *testing.T) {
	t.Parallel()
	const token = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
	for path, want := range map[string]string{
		"/": "/",
		"/licenses/0190b0a8-7c5e-7b7a-a0f5-3a8de0d2c6b1/suspend": "/licenses/0190b0a8-7c5e-7b7a-a0f5-3a8de0d2c6b1/suspend",
		"/invitation":                 "/invitation",
		"/invitation/":                "/invitation/",
		"/invitation/short":           "/invitation/…",
		"/invitation/" + token + "/x": "/invitation/…/x",
		"/reset-password/" + token:    "/reset-password/…",
		"/somewhere/else/" + token:    "/somewhere/else/…",
		"/docs/creating-licenses-for-a-partner-from-ones-own-account": "/docs/creating-licenses-for-a-partner-from-ones-own-account",
		"/" + strings.Repeat("é/", 100):                               "/" + strings.Repeat("é/", 66) + "…",
	} {
		if got := server.Masked(path); got != want {
			t.Errorf("Masked(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestProbesStayOutOfTheLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	c := quiet(server.Alive)
	c.Log = slog.New(slog.NewTextHandler(&log, nil))
	serve(c, get(t, "/readyz"))
	if log.Len() > 0 {
		t.Errorf("logged %s", &log)
	}
}

// TestWhatLastsHasNoDeadline: the deadline ends the context of a request, but not
// the one that a route which lasts takes instead, until nobody listens any more.
func TestWhatLastsHasNoDeadline(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	c := quiet(func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		whole := door.Lasting(r.Context())
		if whole.Err() != nil {
			t.Error("what lasts ended with the time for work")
		}
		leave()
		<-whole.Done()
	})
	c.Work = time.Nanosecond
	serve(c, get(t, "/").WithContext(ctx))
}
