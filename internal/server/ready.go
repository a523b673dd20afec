package server

import (
	"context"
	"net/http"
	"sync/atomic"
)

// Readiness tells a load balancer whether to send requests here: 204 if so, 503
// if what Plaza rests on is away or it is about to stop.
type Readiness struct {
	check   func(context.Context) error
	closing atomic.Bool
}

// NewReadiness returns a Readiness that asks check each time.
func NewReadiness(check func(context.Context) error) *Readiness { return &Readiness{check: check} }

func (r *Readiness) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if r.closing.Load() || r.check(req.Context()) != nil {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// Alive answers 204: the process runs. It is for whoever restarts one that does
// not.
func Alive(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }
