// Package door holds what Plaza's ways in have in common: the register of
// routes, who is at the door, and the status each kind of error gets.
//
// It decides nothing. Permission is the use case's business; the register
// exists so that the guard tests, and whoever asks what an outsider can reach,
// can read it.
package door

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/connectplaza/plaza"
)

// What server tells the doors about a request, in headers that it sets itself
// after it has dropped whatever came from outside under these names.
const (
	HeaderRequest = "X-Request-Id" // ID of the request
	HeaderAddress = "X-Real-Ip"    // of the client
)

// Route is one way in.
type Route struct {
	Method  string     // empty for any
	Pattern string     // a path, as [http.ServeMux] reads it
	Verb    plaza.Verb // what an actor must be allowed to do
	Else    plaza.Verb // or else this, which is another thing that happens there; optional
	Object  string     // kind of what the ID in Pattern is of; empty if there is none
	Public  bool       // anyone may come in; there is no Verb then
	Large   int64      // bytes that may come in or go out by it, if that is more than usual: it may take long
	Lasts   bool       // its answer goes on for as long as somebody listens, see [Lasting]
}

func (r Route) String() string { return strings.TrimSpace(r.Method + " " + r.Pattern) }

// Mux is an [http.ServeMux] that can say what is mounted on it. All doors mount
// on the same one. The zero Mux is empty and ready to use.
type Mux struct {
	mux    http.ServeMux
	routes []Route
}

// Handle mounts h at r.
func (m *Mux) Handle(r Route, h http.Handler) {
	m.mux.Handle(r.String(), h)
	m.routes = append(m.routes, r)
}

// Routes returns everything mounted, in the order it was.
func (m *Mux) Routes() []Route { return slices.Clone(m.routes) }

// Allowed returns the methods by which r's path can be reached.
func (m *Mux) Allowed(r *http.Request) (methods []string) {
	for _, rt := range m.routes {
		probe := &http.Request{Method: rt.Method, Host: r.Host, URL: r.URL}
		if _, pattern := m.mux.Handler(probe); rt.Method != "" && pattern == rt.String() {
			methods = append(methods, rt.Method)
		}
	}
	return methods
}

// Large returns [Route.Large] of the route that r takes.
func (m *Mux) Large(r *http.Request) int64 {
	_, pattern := m.mux.Handler(r)
	for _, rt := range m.routes {
		if rt.Large > 0 && rt.String() == pattern {
			return rt.Large
		}
	}
	return 0
}

func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.mux.ServeHTTP(w, r) }

// Status returns the status that tells a client of an error of kind k.
func Status(k plaza.Kind) int {
	switch k {
	case plaza.Invalid:
		return http.StatusUnprocessableEntity
	case plaza.Unauthenticated:
		return http.StatusUnauthorized
	case plaza.Forbidden, plaza.Unproved:
		return http.StatusForbidden
	case plaza.NotFound:
		return http.StatusNotFound
	case plaza.Conflict:
		return http.StatusConflict
	case plaza.Stale:
		return http.StatusPreconditionFailed
	case plaza.Limited:
		return http.StatusTooManyRequests
	case plaza.Unavailable:
		return http.StatusServiceUnavailable
	case plaza.Internal:
	}
	return http.StatusInternalServerError
}

type lasting struct{}

// WithLasting returns ctx, which ends when a request has taken its time, with whole,
// which ends when nobody waits for the answer any more.
func WithLasting(ctx, whole context.Context) context.Context {
	return context.WithValue(ctx, lasting{}, whole) //nolint:forbidigo // nothing else goes the way of a request, and a context is what it holds
}

// Lasting returns the context of a request whose answer goes on and on: one that
// takes no time into account. A handler that uses it has to end by itself when the
// server does.
func Lasting(ctx context.Context) context.Context {
	if whole, ok := ctx.Value(lasting{}).(context.Context); ok {
		return whole
	}
	return ctx
}
