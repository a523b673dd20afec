package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/connectplaza/plaza/internal/agentapi"
	"github.com/connectplaza/plaza/internal/api"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/licensekey"
	"github.com/connectplaza/plaza/internal/server"
	"github.com/connectplaza/plaza/internal/store"
)

// What a server serves.
const (
	serveBare   = "bare"
	serveSigned = "signed"
	servePlaza  = "plaza"
	serveREST   = "rest"
)

// hello is what a server says when it is ready, goodbye what it says at its end.
type hello struct {
	Address string  `json:"address"`
	Warm    float64 `json:"warm_s"` // how long it took to learn the agents
	RSS     int     `json:"rss_mb"`
}

type goodbye struct {
	RSS     int     `json:"rss_mb"`
	Peak    int     `json:"peak_mb"`
	Flushes int     `json:"flushes"`
	Written int     `json:"written"`  // pulses
	Lag     float64 `json:"lag_ms"`   // the longest that an answered heartbeat was in memory only
	Flush   float64 `json:"flush_ms"` // the longest flush
	Failed  string  `json:"failed,omitempty"`
}

// serveAgents is a server in a process of its own, so that its memory and time can
// be told from those of who asks. It ends with its standard input.
func serveAgents(args []string) error {
	fs := flag.NewFlagSet("serve", flag.ContinueOnError)
	what := fs.String("what", servePlaza, "what to serve")
	address := fs.String("db", "", "of plaza")
	n := fs.Int("agents", 0, "how many records signed has")
	cpu := fs.String("cpuprofile", "", "where to write a CPU profile")
	heap := fs.String("memprofile", "", "where to write a profile of memory")
	if err := fs.Parse(args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var handler http.Handler
	var err error
	p := &plazaServer{}
	began := time.Now()
	switch *what {
	case serveBare:
		handler = bareHandler()
	case serveSigned:
		handler = signedHandler(*n)
	case serveREST:
		handler, err = p.rest(ctx, *address)
	default:
		handler, err = p.open(ctx, *address)
	}
	if err != nil {
		return err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute}
	go func() { _ = srv.Serve(l) }()
	warm := time.Since(began).Seconds()
	runtime.GC()
	debug.FreeOSMemory()
	if err := json.NewEncoder(os.Stdout).Encode(hello{l.Addr().String(), warm, memory("VmRSS:")}); err != nil {
		return err
	}
	err = profiled(*cpu, func() error { _, err := io.Copy(io.Discard, os.Stdin); return err })
	_ = srv.Close()
	p.close()
	p.bye.RSS, p.bye.Peak = memory("VmRSS:"), memory("VmHWM:")
	if *heap != "" {
		runtime.GC()
		var b bytes.Buffer
		if err := pprof.WriteHeapProfile(&b); err != nil {
			return err
		}
		if err := os.WriteFile(*heap, b.Bytes(), 0o600); err != nil {
			return err
		}
	}
	_ = json.NewEncoder(os.Stdout).Encode(p.bye)
	return err
}

// memory returns a line of what the kernel says of this process, in megabytes.
func memory(name string) int {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(b) {
		var kb int
		if rest, ok := bytes.CutPrefix(line, []byte(name)); ok {
			_, _ = fmt.Sscan(string(rest), &kb)
			return kb >> 10
		}
	}
	return 0
}

// plazaServer is the agents' door exactly as plaza serves it.
type plazaServer struct {
	db      *store.DB
	fleet   *app.Fleet
	stop    chan struct{}
	stopped sync.WaitGroup
	bye     goodbye
}

func (p *plazaServer) open(ctx context.Context, address string) (http.Handler, error) {
	var err error
	if p.db, err = store.Open(ctx, address); err != nil {
		return nil, err
	}
	texts, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	a, err := openApp(p.db, texts, time.Now)
	if err != nil {
		return nil, err
	}
	if p.fleet, err = app.NewFleet(ctx, a); err != nil {
		return nil, err
	}
	if _, err := p.fleet.Warm(ctx); err != nil {
		return nil, err
	}
	p.stop = make(chan struct{})
	p.stopped.Go(func() { p.beat(ctx) })
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	return server.Handler(server.Config{
		Handler: http.NotFoundHandler(), Agents: agentapi.Handler(agentapi.Config{Fleet: p.fleet, Log: log}), Log: log, Now: time.Now,
	}), nil
}

// rest returns the API exactly as plaza serves it, but for how much one token may ask.
func (p *plazaServer) rest(ctx context.Context, address string) (http.Handler, error) {
	var err error
	if p.db, err = store.Open(ctx, address); err != nil {
		return nil, err
	}
	texts, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	a, err := openApp(p.db, texts, time.Now)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	mux := new(door.Mux)
	err = api.Mount(mux, api.Config{App: a, Gate: app.NewGate(a), Log: log, Texts: texts, Now: time.Now, PublicURL: "http://localhost", Pace: api.Pace{Each: time.Nanosecond, Burst: 1 << 30}})
	return server.Handler(server.Config{Handler: mux, Log: log, Now: time.Now}), err
}

// beat is jobs.Fleet, with a stopwatch.
func (p *plazaServer) beat(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	before := time.Now()
	for running := true; running; {
		select {
		case <-tick.C:
		case <-p.stop:
			running = false
		}
		began := time.Now()
		n, err := p.fleet.Flush(ctx)
		if err == nil {
			err = p.fleet.Follow(ctx)
		}
		if err != nil {
			p.bye.Failed = err.Error()
		}
		if n > 0 {
			p.bye.Flushes++
			p.bye.Written += n
			p.bye.Lag = max(p.bye.Lag, ms(time.Since(before)))
			p.bye.Flush = max(p.bye.Flush, ms(time.Since(began)))
		}
		before = began
	}
}

func (p *plazaServer) close() {
	if p.stop != nil {
		close(p.stop)
		p.stopped.Wait()
	}
	if p.db != nil {
		_ = p.db.Close()
	}
}

// bareHandler answers 700 constant bytes.
func bareHandler() http.Handler {
	body := bytes.Repeat([]byte("x"), 700)
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})
}

// record is what signed updates.
type record struct {
	at atomic.Int64
}

// signedHandler answers 700 constant bytes that it hashes and signs as the agents'
// API demands, after it updated one of n records in memory.
func signedHandler(n int) http.Handler {
	body := bytes.Repeat([]byte("x"), 700)
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	records := make([]record, max(n, 1))
	var next atomic.Int64
	buffers := sync.Pool{New: func() any { return new([]byte) }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now := time.Now()
		records[next.Add(7919)%int64(len(records))].at.Store(now.UnixMicro())
		b, _ := buffers.Get().(*[]byte)
		date := now.UTC().Format(http.TimeFormat)
		digest := licensekey.Digest(body)
		*b = licensekey.Answer{Method: r.Method, Target: r.RequestURI, Host: r.Host, Date: date, Digest: digest}.AppendText((*b)[:0])
		signature := licensekey.AppendSignature(nil, key, "0198f6f4-0000-7000-8000-000000000000", *b)
		buffers.Put(b)
		h := w.Header()
		h["Date"] = []string{date}
		h["Digest"] = []string{digest}
		h["Keygen-Signature"] = []string{string(signature)}
		h["Content-Type"] = []string{"application/vnd.api+json; charset=utf-8"}
		_, _ = w.Write(body)
	})
}
