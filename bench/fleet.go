package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/connectplaza/plaza/internal/store"
)

// fleetOptions are how the agents' API is measured.
type fleetOptions struct {
	agents  int
	dir     string // where the world is kept
	long    time.Duration
	rows    int    // of files that are imported
	profile string // prefix of files of profiles; empty: none
	peer    string // program of the peer; empty: it is not measured
}

// measureFleet measures P1, P2, P7 and P10 on each engine, and both yardsticks
// before and after in the same minutes.
func measureFleet(ctx context.Context, w io.Writer, o fleetOptions) error {
	fmt.Fprintf(w, "%d activated agents, chosen at random for each request; 64 connections that are kept, from a process of its own on the same cores.\n", o.agents)
	fmt.Fprintln(w, "*signed* is `net/http` answering 700 constant bytes that are hashed and signed as the API demands, after one record in memory was updated. Rates are answers per second.")
	fmt.Fprintln(w, "\n| Goal | Engine | Measured | Yardstick | Ratio | Goal | Met |\n|---|---|---|---|---|---|---|")
	for _, e := range fleetEngines(o) {
		if err := measureEngine(ctx, w, o, e); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	return nil
}

// fleetEngine is a database with a world in it.
type fleetEngine struct {
	name, address, keys string
}

func fleetEngines(o fleetOptions) []fleetEngine {
	n := strconv.Itoa(o.agents)
	all := []fleetEngine{{"sqlite", filepath.Join(o.dir, "plaza-"+n+".db"), filepath.Join(o.dir, "sqlite-"+n+".keys")}}
	if address := os.Getenv("TEST_POSTGRES_URL"); address != "" {
		all = append(all, fleetEngine{"postgres", address + " dbname=fleet", filepath.Join(o.dir, "postgres-"+n+".keys")})
	}
	return all
}

// ready makes the world of e if it is not there yet: a file is kept, a PostgreSQL
// database lives as long as its server.
func (e fleetEngine) ready(ctx context.Context, n int) error {
	if err := os.MkdirAll(filepath.Dir(e.keys), 0o750); err != nil {
		return err
	}
	if store.IsPostgres(e.address) {
		if err := createDatabase(ctx, os.Getenv("TEST_POSTGRES_URL"), "fleet"); err != nil {
			return err
		}
	} else if _, err := os.Stat(e.keys); err == nil {
		return migrate(ctx, e.address)
	}
	if !store.IsPostgres(e.address) {
		for _, more := range []string{"", "-wal", "-shm"} {
			_ = os.Remove(e.address + more)
		}
	}
	began := time.Now()
	if err := makeFleet(ctx, e.address, e.keys, n); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "bench: %s: made %d agents in %s\n", e.name, n, time.Since(began).Round(time.Second))
	return nil
}

// migrate brings a world to what this version keeps.
func migrate(ctx context.Context, address string) error {
	db, err := store.Open(ctx, address)
	if err != nil {
		return err
	}
	return errors.Join(db.Migrate(ctx), db.Close())
}

func createDatabase(ctx context.Context, server, name string) error {
	db, err := sql.Open("pgx", server)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "CREATE DATABASE "+name)
	return err
}

func measureEngine(ctx context.Context, w io.Writer, o fleetOptions, e fleetEngine) error {
	if err := e.ready(ctx, o.agents); err != nil {
		return err
	}
	bare, err := o.yardstick(ctx, e, serveBare)
	if err != nil {
		return err
	}
	signed, err := o.yardstick(ctx, e, serveSigned)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "| bare | – | %s | | | | |\n| signed | – | %s | %.0f bare | %.2f | | |\n",
		bare, signed, bare.PerSecond, signed.PerSecond/bare.PerSecond)
	beats := filepath.Join(o.dir, e.name+".beats")
	all, server, err := o.session(ctx, e, servePlaza, beats, askPing, askCheck)
	if err != nil {
		return err
	}
	ping, check := all[0], all[1]
	after, err := o.yardstick(ctx, e, serveSigned)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "| signed | – | %s, measured again after Plaza | | | | |\n", after)
	signed.PerSecond = (signed.PerSecond + after.PerSecond) / 2 // a machine is not as fast all the time
	missing, err := e.missing(ctx, beats, o.agents)
	if err != nil {
		return err
	}
	good := ping.PerSecond >= 0.8*signed.PerSecond && ping.P99 <= 20 && ping.Wrong == 0 && missing == 0 && server.goodbye.Lag <= 2000
	fmt.Fprintf(w, "| P1 | %s | %s, %d wrong, %d not in the database, durable after %.1f s | %.0f signed | %.2f | ≥ 0.80, p99 ≤ 20 ms, 0 errors, durable | %s |\n",
		e.name, ping, ping.Wrong, missing, server.goodbye.Lag/1000, signed.PerSecond, ping.PerSecond/signed.PerSecond, met(good))
	fmt.Fprintf(w, "| P2 | %s | %s, %d wrong | %.0f signed | %.2f | ≥ 0.65 | %s |\n",
		e.name, check, check.Wrong, signed.PerSecond, check.PerSecond/signed.PerSecond, met(check.PerSecond >= 0.65*signed.PerSecond && check.Wrong == 0))
	fmt.Fprintf(w, "| P7 | %s | %d MB resident with %d agents in memory (%d MB at most under load); they were read in %.1f s | | | ≤ 500 MB | %s |\n",
		e.name, server.hello.RSS, o.agents, server.goodbye.Peak, server.hello.Warm, met(server.hello.RSS <= 500))
	return e.overdue(ctx, w)
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func met(ok bool) string {
	if ok {
		return "met"
	}
	return "**not met**"
}

// said is what a server said.
type said struct {
	hello   hello
	goodbye goodbye
}

// yardstick returns how fast what Plaza is compared with answers.
func (o fleetOptions) yardstick(ctx context.Context, e fleetEngine, what string) (loaded, error) {
	all, _, err := o.session(ctx, e, what, "", askPing)
	if err != nil {
		return loaded{}, err
	}
	return all[0], nil
}

// String returns how fast it was. What an answer cost says something on a busy
// machine, too.
func (l loaded) String() string {
	return fmt.Sprintf("%.0f, p99 %.1f ms, %.0f µs of a core each", l.PerSecond, l.P99, micros(l.cpu))
}

// spent returns how much time of a core a process has taken.
func spent(pid int) time.Duration {
	const tick = 10 * time.Millisecond
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat") //nolint:gosec // a number
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick
}

// process is a server in a process of its own, which says on its standard output how it is
// and ends with its standard input.
type process struct {
	*exec.Cmd

	in    io.Closer
	words *json.Decoder
}

// start starts a server, and hears what it says when it is ready.
func start(ctx context.Context, hello any, program string, args ...string) (*process, error) {
	p := &process{Cmd: exec.CommandContext(ctx, program, args...)} //nolint:gosec // ourselves, or what whoever measures says
	p.Stderr = os.Stderr
	in, err := p.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.in, p.words = in, json.NewDecoder(out)
	if err := p.Start(); err != nil {
		return nil, err
	}
	if err := p.words.Decode(hello); err != nil {
		return nil, errors.Join(err, p.end(nil))
	}
	return p, nil
}

// end ends the server, and hears what it says then.
func (p *process) end(goodbye any) error {
	err := p.in.Close()
	if err == nil && goodbye != nil {
		err = p.words.Decode(goodbye)
	}
	return errors.Join(err, p.Wait())
}

// profiles returns the flags by which a server of Plaza writes where its time and memory went.
func (o fleetOptions) profiles(e fleetEngine) []string {
	if o.profile == "" {
		return nil
	}
	return []string{"-cpuprofile", o.profile + e.name + ".cpu", "-memprofile", o.profile + e.name + ".mem"}
}

// session starts a server, puts it under each load in turn, and ends it. When each
// agent was last answered in the first is written to beats.
func (o fleetOptions) session(ctx context.Context, e fleetEngine, what, beats string, kinds ...string) (all []loaded, s said, err error) {
	args := []string{"serve", "-what", what, "-db", e.address, "-agents", strconv.Itoa(o.agents)}
	if what == servePlaza {
		args = append(args, o.profiles(e)...)
	}
	server, err := start(ctx, &s.hello, os.Args[0], args...)
	if err != nil {
		return nil, s, err
	}
	for _, kind := range kinds {
		var l loaded
		if l, err = o.load(ctx, server.Process.Pid, s.hello.Address, "-kind", kind, "-keys", e.keys, "-beats", beats); err != nil {
			break
		}
		if l.Wrong > 0 {
			fmt.Fprintf(os.Stderr, "bench: %s %s: %d wrong answers, such as %.300s\n", e.name, kind, l.Wrong, l.Example)
		}
		all, beats = append(all, l), ""
	}
	if err = errors.Join(err, server.end(&s.goodbye)); err == nil && s.goodbye.Failed != "" {
		err = errors.New(s.goodbye.Failed)
	}
	return all, s, err
}

// load puts a server under a load, first to warm up.
func (o fleetOptions) load(ctx context.Context, server int, address string, what ...string) (l loaded, err error) {
	for _, phase := range []struct {
		long time.Duration
		seed string
	}{{o.long / 3, "2"}, {o.long, "1"}} {
		load := exec.CommandContext(ctx, os.Args[0], append([]string{"load", "-addr", address, "-for", phase.long.String(), "-seed", phase.seed}, what...)...) //nolint:gosec // ourselves
		load.Stderr = os.Stderr
		load.Env = append(os.Environ(), "GOMAXPROCS=1")
		before := spent(server)
		b, err := load.Output()
		if err != nil {
			return l, err
		}
		l = loaded{}
		if err := json.NewDecoder(bytes.NewReader(b)).Decode(&l); err != nil {
			return l, err
		}
		l.cpu = (spent(server) - before) / time.Duration(max(l.Answers, 1))
	}
	return l, nil
}

// raw opens the database past the store.
func (e fleetEngine) raw() (*sql.DB, error) {
	if store.IsPostgres(e.address) {
		return sql.Open("pgx", e.address)
	}
	return sql.Open("sqlite", "file:"+e.address+"?_pragma=synchronous(off)&_pragma=cache_size(-500000)&_pragma=busy_timeout(5000)")
}

// missing returns how many agents were answered whose heartbeat is not in the
// database, or only an older one.
func (e fleetEngine) missing(ctx context.Context, beats string, n int) (missing int, err error) {
	heard, err := readBeats(beats, n)
	if err != nil {
		return 0, err
	}
	db, err := e.raw()
	if err != nil {
		return 0, err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, "SELECT id, at FROM pulses")
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	kept := make(map[string]int64, n)
	for rows.Next() {
		var id string
		var at int64
		if err := rows.Scan(&id, &at); err != nil {
			return 0, err
		}
		kept[id] = at
	}
	for i, at := range heard {
		if at > 0 && kept[id(ofMachine, i)] < at {
			missing++
		}
	}
	return missing, rows.Err()
}
