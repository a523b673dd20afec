package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/connectplaza/plaza/internal/clock"
	"github.com/connectplaza/plaza/internal/door"
)

// Handler returns c's handler with everything around it, the outermost last. It
// is what [Run] serves.
func Handler(c Config) http.Handler {
	h := c.Handler
	h = deadline(h, or(c.Work, workTimeout), c.large)
	h = recovered(h, c.Log, c.Failed)
	h = protected(h, c.Secure)
	h = logged(h, c.Log, c.Now)
	h = limited(paced(identified(h, c.TrustedProxies), c.Now, c.large), c.large)
	if c.Agents == nil {
		return h
	}
	// Agents get every answer signed, also one to a panic, a body that is too big or
	// what takes too long, and there are too many of them for a line in the log each.
	agents := identified(addressed(c.Agents, c.TrustedProxies), c.TrustedProxies)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, AgentPath) {
			agents.ServeHTTP(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// AgentPath is what the paths of the agents' API begin with.
const AgentPath = "/v1/"

// large returns how much r may bring or fetch if that is more than usual, or 0.
func (c Config) large(r *http.Request) int64 {
	if c.Large == nil {
		return 0
	}
	return c.Large(r)
}

// limited lets a handler read no more than maxBody bytes, or what is large and a
// form around it: the next one is an [http.MaxBytesError]. It must be outermost, as
// only the server's own writer knows how to close the connection then.
func limited(next http.Handler, large func(*http.Request) int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody+large(r))
		next.ServeHTTP(w, r)
	})
}

// identified gives the request an ID, which the answer tells, and notes where it
// came from.
func identified(next http.Handler, trusted []netip.Prefix) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := uuid.Must(uuid.NewV7()).String()
		r.Header.Set(door.HeaderRequest, id)
		r.Header.Set(door.HeaderAddress, clientAddress(r, trusted))
		w.Header().Set(door.HeaderRequest, id)
		next.ServeHTTP(w, r)
	})
}

// addressed gives the request the host that the client called, where a trusted proxy
// names it: agents hold an answer to the one they called. Of several names the first
// is the client's; who invents one is told what it said.
func addressed(next http.Handler, trusted []netip.Prefix) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Host"), ",")
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if host = strings.TrimSpace(host); host != "" && err == nil && among(trusted, peer.Addr().Unmap().WithZone("")) && !strings.HasPrefix(r.Host, host+":") {
			r.Host = host // or else it is the same, and knows the port, which some proxies leave out of the name
		}
		next.ServeHTTP(w, r)
	})
}

// clientAddress returns the address that a request came from. Where that is a
// trusted proxy, it is the one that the proxy names: in a chain of them the last
// that is not trusted, since everything before it may be invented.
func clientAddress(r *http.Request, trusted []netip.Prefix) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	addr := peer.Addr().Unmap().WithZone("")
	chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for len(chain) > 0 && among(trusted, addr) {
		before, err := netip.ParseAddr(strings.TrimSpace(chain[len(chain)-1]))
		if err != nil {
			break
		}
		addr, chain = before.Unmap().WithZone(""), chain[:len(chain)-1]
	}
	return addr.String()
}

func among(networks []netip.Prefix, addr netip.Addr) bool {
	for _, n := range networks {
		if n.Contains(addr) {
			return true
		}
	}
	return false
}

// logged writes a line about each request: how long the server took for it, not
// how long the network did.
func logged(next http.Handler, log *slog.Logger, now clock.Func) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, began := &answer{ResponseWriter: w}, now()
		defer note(log, r, a, now, began) // also when a panic cuts the connection
		next.ServeHTTP(a, r)
		if a.status == 0 {
			a.WriteHeader(http.StatusOK) // as the server would, but with our headers
		}
	})
}

func note(log *slog.Logger, r *http.Request, a *answer, now clock.Func, began time.Time) {
	path, took := Masked(r.URL.Path), now().Sub(began)
	log.LogAttrs(r.Context(), levelOf(path), "request",
		slog.String("method", r.Method), slog.String("path", path), slog.Int("status", a.status), slog.Int64("bytes", a.bytes),
		slog.Float64("ms", float64(took.Microseconds())/1000),
		slog.String("request", r.Header.Get(door.HeaderRequest)), slog.String("address", r.Header.Get(door.HeaderAddress)))
}

// levelOf keeps what asks every few seconds out of the log.
func levelOf(path string) slog.Level {
	if path == "/livez" || path == "/readyz" {
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// protected sets the headers that tell a browser what the page may not do. A
// handler may replace them; no-store it may only outdo by saying how the answer
// is to be kept.
func protected(next http.Handler, secure bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "+
			"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// recovered answers a request whose handler panicked, and logs where. An answer
// that has begun already is cut off, so that nobody takes it for a whole one.
func recovered(next http.Handler, log *slog.Logger, failed http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer rescue(w, r, log, failed)
		next.ServeHTTP(w, r)
	})
}

// rescue is deferred: it does what recovered promises.
func rescue(w http.ResponseWriter, r *http.Request, log *slog.Logger, failed http.Handler) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler { //nolint:errorlint // it is this very value
		panic(cause)
	}
	log.ErrorContext(r.Context(), "handler panicked", slog.Any("cause", cause), slog.String("path", Masked(r.URL.Path)),
		slog.String("request", r.Header.Get(door.HeaderRequest)), slog.String("stack", string(debug.Stack())))
	if begun(w) {
		panic(http.ErrAbortHandler)
	}
	answerInstead(r.Context(), w, r, failed, log)
}

// answerInstead lets failed answer; if even that panics, plain words do.
func answerInstead(ctx context.Context, w http.ResponseWriter, r *http.Request, failed http.Handler, log *slog.Logger) {
	defer func() {
		if cause := recover(); cause != nil {
			log.ErrorContext(ctx, "page for failures panicked", slog.Any("cause", cause))
		}
		if !begun(w) {
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		}
	}()
	if failed != nil {
		failed.ServeHTTP(w, r)
	}
}

// deadline ends a request's context after a time, unless what it brings or fetches
// is large. Whoever is still waiting for an answer gets one. Only a route that lasts
// takes [door.Lasting] instead.
func deadline(next http.Handler, after time.Duration, large func(*http.Request) int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if large(r) > 0 {
			next.ServeHTTP(w, r)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), after)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(door.WithLasting(ctx, r.Context())))
		if !begun(w) && r.Context().Err() == nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			w.Header().Set("Retry-After", "30")
			http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
		}
	})
}

// begun reports whether an answer is on its way already.
func begun(w http.ResponseWriter) bool {
	a, ok := w.(*answer)
	return ok && a.status != 0
}

// answer notes what is written to it.
type answer struct {
	http.ResponseWriter

	status int
	bytes  int64
}

func (a *answer) WriteHeader(status int) {
	informs := status < http.StatusOK && status != http.StatusSwitchingProtocols // and the answer is yet to come
	if a.status == 0 && !informs {
		a.status = status
		if h := a.Header(); h.Get("Cache-Control") == "" {
			h.Set("Cache-Control", "no-store")
		}
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	n, err := a.ResponseWriter.Write(p)
	a.bytes += int64(n)
	return n, err
}

// Unwrap lets an [http.ResponseController] reach the server's own writer.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Masked returns path as it may be logged: without the secrets that open
// something, and not endlessly long. They follow known words; elsewhere whatever
// looks like one is hidden too.
func Masked(path string) string {
	const longest, secret = 200, 40 // bytes; an ID has 36, a token 43
	parts := strings.Split(path, "/")
	for i, part := range parts {
		fetches := i > 2 && parts[i-3] == "artifacts" //nolint:mnd // the ID, the end, and then the proof
		follows := fetches || i > 0 && (parts[i-1] == "invitation" || parts[i-1] == "reset-password" || parts[i-1] == "consent")
		if part != "" && follows || len(part) >= secret && strings.ToLower(part) != part {
			parts[i] = "…"
		}
	}
	path = strings.Join(parts, "/")
	if len(path) > longest {
		path = strings.ToValidUTF8(path[:longest], "") + "…"
	}
	return path
}
