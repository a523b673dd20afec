// Package server listens, and puts around a handler what every request needs: an
// ID, the client's address, limits, a log line, the headers that protect the
// browser, and an answer even when the handler panics.
//
// It must not know what the handler does. What a handler may want to know of a
// request stands in two of its headers, [door.HeaderRequest] and
// [door.HeaderAddress]: whatever came from outside under these names is dropped
// first, so that nobody can claim to be somebody else.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"github.com/connectplaza/plaza/internal/clock"
)

// How long a connection may take for what.
const (
	headerTimeout = 5 * time.Second
	bodyTimeout   = 30 * time.Second
	idleTimeout   = 2 * time.Minute
	writeTimeout  = time.Minute // for a body read slowly, then a handler that takes its time
	drainTimeout  = 20 * time.Second
	workTimeout   = 20 * time.Second
	maxBody       = 1 << 20
	maxHeader     = 64 << 10
)

// Config says what to serve, and to whom.
type Config struct {
	Handler        http.Handler
	Agents         http.Handler              // answers everything below [AgentPath] in its own way; may be nil
	Large          func(*http.Request) int64 // bytes that a request may bring or fetch, if that is more than usual: it may take long; nil: none does
	Failed         http.Handler              // answers a request whose handler panicked, with status 500; nil: a plain sentence
	Log            *slog.Logger
	Now            clock.Func
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed, and X-Forwarded-Host for agents
	Secure         bool           // people come by https: tell browsers to stay there
	Ready          *Readiness     // turns red before the listener closes; may be nil
	Drain          time.Duration  // how long requests in flight may take at the end; zero: 20 s
	Work           time.Duration  // after which a handler's context ends; zero: 20 s
	Header         time.Duration  // in which a request's header must arrive; zero: 5 s
}

// Listen opens the address to serve at. The error says in one line what is in
// the way.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is taken: another program listens there", addr)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("%s is not allowed: ports below 1024 belong to root", addr)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("%s is not an address of this machine", addr)
	case err != nil:
		return nil, fmt.Errorf("listen at %s: %w", addr, err)
	}
	return l, nil
}

// Run serves at l until ctx ends. Then it first says that it is not ready any
// more, closes l, and waits for requests in flight; those that have not ended
// in time are cut off, which is an error.
func Run(ctx context.Context, l net.Listener, c Config) error {
	srv := &http.Server{
		Handler:           Handler(c),
		ReadHeaderTimeout: or(c.Header, headerTimeout),
		ReadTimeout:       bodyTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(c.Log.Handler(), slog.LevelDebug), // what strangers send, mostly
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	return drain(context.WithoutCancel(ctx), srv, c)
}

// drain ends srv so that nobody whose request was accepted notices.
func drain(ctx context.Context, srv *http.Server, c Config) error {
	c.Log.InfoContext(ctx, "stopping: requests in flight finish")
	if c.Ready != nil {
		c.Ready.closing.Store(true)
	}
	patience := or(c.Drain, drainTimeout)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := srv.Shutdown(ctx)
	if err == nil {
		return nil
	}
	_ = srv.Close() // cuts off the rest; what it says of them is of no use
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("requests were cut off that had not ended after %s", patience)
	}
	return fmt.Errorf("stop: %w", err)
}

func or(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}
