// Command bench measures Plaza against yardsticks in the same run.
//
// It makes the demo world on each engine, serves it on loopback exactly as
// plaza does, and asks for pages as a signed-in reseller. It prints a table and
// writes it to bench/results.md. Absolute figures say little on a shared
// machine; the ratios to the yardstick do.
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/clock"
	"github.com/connectplaza/plaza/internal/demo"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/server"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/web"
)

func main() {
	if len(os.Args) > 1 && (os.Args[1] == "load" || os.Args[1] == "serve" || os.Args[1] == "export") { // a process of its own
		role := map[string]func([]string) error{"load": load, "serve": serveAgents, "export": export}[os.Args[1]]
		if err := role(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, "bench "+os.Args[1]+":", err)
			os.Exit(1)
		}
		return
	}
	out := flag.String("out", "bench/results.md", "where to write the table; empty: nowhere")
	long := flag.Duration("for", 3*time.Second, "how long to ask for each page")
	profile := flag.String("cpuprofile", "", "where to write a CPU profile; empty: nowhere")
	only := flag.String("only", "", "which sections to measure, separated by commas; empty: all of them")
	var o fleetOptions
	flag.IntVar(&o.agents, "agents", 1_000_000, "how many ConnectAgents there are")
	flag.StringVar(&o.dir, "world", "bench/world", "where the world of the agents is kept")
	flag.DurationVar(&o.long, "load", 10*time.Second, "how long the agents ask")
	flag.StringVar(&o.profile, "profiles", "", "what the names of profiles of the agents' API begin with; empty: none")
	flag.IntVar(&o.rows, "rows", plaza.MaxImportRows, "how many rows the files have that are imported")
	flag.StringVar(&o.peer, "peer", "", "program of the peer, to which the API is compared; empty: it is not")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := profiled(*profile, func() error { return run(ctx, *out, *only, sections(*long, o)) })
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// profiled runs f and writes where its time went, if path is not empty.
func profiled(path string, f func() error) error {
	if path == "" {
		return f()
	}
	w, err := os.Create(path) //nolint:gosec // whoever measures says where
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(w); err != nil {
		return errors.Join(err, w.Close())
	}
	err = f()
	pprof.StopCPUProfile()
	return errors.Join(err, w.Close())
}

// pages are what is asked for: the goals of P3, on the demo world.
var pages = []string{"/", "/licenses", "/partners", "/agents"} //nolint:gochecknoglobals // a constant

// section is a part of the report, which can be measured by itself.
type section struct {
	name    string // for -only
	heading string
	measure func(ctx context.Context, w io.Writer) error
}

func sections(long time.Duration, o fleetOptions) []section {
	return []section{
		{"pages", "Pages", func(ctx context.Context, w io.Writer) error { return measurePages(ctx, w, long) }},
		{"agents", "Agents' API", func(ctx context.Context, w io.Writer) error { return measureFleet(ctx, w, o) }},
		{"rest", "REST", func(ctx context.Context, w io.Writer) error { return measureREST(ctx, w, o) }},
		{"imports", "Imports", func(ctx context.Context, w io.Writer) error { return measureImports(ctx, w, o.rows) }},
		{"files", "Files", func(ctx context.Context, w io.Writer) error { return measureFiles(ctx, w, o) }},
	}
}

// run measures each section, or only one of them, and writes the report: of what is not
// measured now, what was measured last stays in it.
func run(ctx context.Context, out, only string, all []section) error {
	old, err := os.ReadFile(out) //nolint:gosec // whoever measures says where
	if err != nil && out != "" && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	report := bytes.NewBufferString("# Results\n\nMade by `make bench`; nothing here is typed by hand.\n")
	wanted := strings.Split(only, ",")
	known := false
	for _, s := range all {
		part := before(string(old), s.heading)
		if only == "" || slices.Contains(wanted, s.name) {
			known = true
			var now bytes.Buffer
			w := io.MultiWriter(&now, os.Stdout)
			fmt.Fprintf(w, "\n## %s\n\n", s.heading)
			origin(ctx, w)
			if err := s.measure(ctx, w); err != nil {
				return err
			}
			part = now.String()
		}
		report.WriteString(part)
	}
	if !known {
		return fmt.Errorf("there is no section %s", only)
	}
	if out == "" {
		return nil
	}
	return os.WriteFile(out, report.Bytes(), 0o600)
}

// before returns what a report said under a heading.
func before(report, heading string) string {
	_, part, found := strings.Cut(report, "\n## "+heading+"\n")
	if !found {
		return ""
	}
	part, _, _ = strings.Cut(part, "\n## ")
	return "\n## " + heading + "\n" + part
}

func measurePages(ctx context.Context, report io.Writer, long time.Duration) error {
	heading(report)
	bare, err := measureBare(ctx, long)
	if err != nil {
		return err
	}
	row(report, "bare", "–", bare, bare)
	for _, engine := range engines() {
		if err := measurePlaza(ctx, report, engine, bare, long); err != nil {
			return fmt.Errorf("%s: %w", engine.name, err)
		}
	}
	return nil
}

// origin says where, when and of what the figures are.
func origin(ctx context.Context, w io.Writer) {
	commit := "unknown"
	if b, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output(); err == nil {
		commit = strings.TrimSpace(string(b))
	}
	fmt.Fprintf(w, "Commit %s, %s, %s, %d cores shared with the client, %s.\n\n", commit, time.Now().UTC().Format(time.DateOnly), cpu(), runtime.NumCPU(), runtime.Version())
}

// heading begins the table of pages.
func heading(w io.Writer) {
	fmt.Fprintln(w, "The demo world (44 profiles, 400 licenses), one client for the times, eight for the throughput. *bare* is `net/http` answering 700 constant bytes.")
	fmt.Fprintln(w, "\n| page | engine | p50 ms | p99 ms | requests/s | ratio to bare | bytes |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|")
}

func cpu() string {
	b, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(b)) {
		if name, model, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(model)
		}
	}
	return runtime.GOARCH
}

func row(w io.Writer, page, engine string, f, bare figures) {
	fmt.Fprintf(w, "| %s | %s | %.2f | %.2f | %.0f | %.3f | %d |\n", page, engine,
		ms(f.p50), ms(f.p99), f.perSecond, f.perSecond/bare.perSecond, f.bytes)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// engine is a database to measure on.
type engine struct {
	name    string
	address func() (string, func(), error)
}

func engines() []engine {
	all := []engine{{"sqlite", func() (string, func(), error) {
		dir, err := os.MkdirTemp("", "plaza-bench-")
		return filepath.Join(dir, "plaza.db"), func() { _ = os.RemoveAll(dir) }, err
	}}}
	if address := os.Getenv("TEST_POSTGRES_URL"); address != "" {
		all = append(all, engine{"postgres", func() (string, func(), error) { return address, func() {}, nil }})
	}
	return all
}

func measureBare(ctx context.Context, long time.Duration) (figures, error) {
	body := bytes.Repeat([]byte("x"), 700)
	base, stop, err := serve(ctx, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	}))
	if err != nil {
		return figures{}, err
	}
	defer stop()
	return measure(ctx, base, "/", "", long)
}

func measurePlaza(ctx context.Context, report io.Writer, e engine, bare figures, long time.Duration) error {
	address, clean, err := e.address()
	if err != nil {
		return err
	}
	defer clean()
	db, err := store.Open(ctx, address)
	if err != nil {
		return err
	}
	defer db.Close()
	handler, gate, err := world(ctx, db)
	if err != nil {
		return err
	}
	token, err := gate.SignIn(ctx, "reseller@computersareus.example", "plaza-demo-2026", plaza.Origin{})
	if err != nil {
		return err
	}
	base, stop, err := serve(ctx, handler)
	if err != nil {
		return err
	}
	defer stop()
	for _, page := range pages {
		f, err := measure(ctx, base, page, token, long)
		if err != nil {
			return fmt.Errorf("%s: %w", page, err)
		}
		row(report, page, e.name, f, bare)
	}
	return nil
}

// world makes the demo world in db and returns the handler that plaza serves.
func world(ctx context.Context, db *store.DB) (http.Handler, *app.Gate, error) {
	if err := db.Migrate(ctx); err != nil {
		return nil, nil, err
	}
	texts, err := i18n.Load()
	if err != nil {
		return nil, nil, err
	}
	box, err := secret.Parse(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 32)))
	if err != nil {
		return nil, nil, err
	}
	open := func(now clock.Func, mailed chan<- struct{}) *app.App {
		return app.New(db, app.Config{
			Now: now, Texts: texts, Box: box, PublicURL: "http://localhost", Mailed: mailed, KeepMail: true, FastHash: true,
		})
	}
	if err := demo.Build(ctx, open, time.Now()); err != nil {
		return nil, nil, err
	}
	handler, gate := dashboard(open(time.Now, nil), texts, time.Now)
	return handler, gate, nil
}

// dashboard returns what plaza serves to people.
func dashboard(a *app.App, texts *i18n.Catalogue, now clock.Func) (http.Handler, *app.Gate) {
	gate := app.NewGate(a)
	log := slog.New(slog.DiscardHandler)
	mux := new(door.Mux)
	web.Mount(mux, web.Config{App: a, Gate: gate, Log: log, Texts: texts, Now: now, PublicURL: "http://localhost", Demo: true})
	return server.Handler(server.Config{Handler: mux, Log: log, Now: now}), gate
}

// serve serves h on loopback until stop is called.
func serve(ctx context.Context, h http.Handler) (base string, stop func(), err error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
	}()
	return "http://" + l.Addr().String(), func() { _ = srv.Close() }, nil
}
