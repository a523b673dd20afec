package connectagent_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/connectplaza/plaza/internal/connectagent"
)

// world is a server, and a machine with an agent. Its time is that of synctest: it
// passes as soon as everybody waits.
type world struct {
	*server

	t      *testing.T
	dir    string
	data   string
	offset *atomic.Int64 // by which somebody has set the clock of the machine
	began  time.Time
	log    *buffer
	over   *http.Transport
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func inWorld(t *testing.T, f func(w *world)) {
	t.Helper()
	dir, err := os.MkdirTemp(quick(), "connectagent") //nolint:usetesting // in memory, if there is such a place
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	synctest.Test(t, func(t *testing.T) {
		w := &world{server: newServer(t), t: t, dir: dir, data: filepath.Join(dir, "data"), offset: new(atomic.Int64), began: time.Now(), log: &buffer{}}
		w.over = &http.Transport{DialContext: w.connect, MaxIdleConnsPerHost: 100}
		t.Cleanup(w.over.CloseIdleConnections)
		w.configure(nil)
		f(w)
		if strings.Contains(w.log.String(), w.key) {
			t.Error("the log has the license key")
		}
	})
}

// quick returns a directory where writing safely takes no time, if there is one:
// days of a test write every beat to the disk.
func quick() string {
	if _, err := os.Stat("/dev/shm"); err != nil {
		return ""
	}
	return "/dev/shm"
}

func (w *world) connect(ctx context.Context, _, _ string) (net.Conn, error) {
	w.Lock()
	cut := w.cut
	w.Unlock()
	if cut {
		return nil, errors.New("the cable is cut")
	}
	here, there := net.Pipe()
	select {
	case w.dial <- there:
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// slow has the agent do everything once an hour, for tests of many days.
func (w *world) slow() {
	w.nextIn = 3600
	w.configure(func(c object) { c["checkInterval"], c["heartbeatInterval"] = 3600, 3600 })
}

// cutCable takes the server away, or brings it back.
func (w *world) cutCable(cut bool) {
	w.set(func() { w.cut = cut })
	w.over.CloseIdleConnections()
}

// configure writes the configuration, with what change makes of it.
func (w *world) configure(change func(object)) {
	c := object{
		"server": "http://plaza.example:8443", "account": account, "product": product, "licenseKey": w.key, "name": "Kassa-1",
		"publicKey": hex.EncodeToString(w.signer[ed25519.SeedSize:]),
	}
	if change != nil {
		change(c)
	}
	text, _ := json.Marshal(c)
	if err := os.WriteFile(filepath.Join(w.dir, "config"), text, 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// env returns what a command finds itself in on the machine of w.
func (w *world) env(out *buffer, args ...string) connectagent.Env {
	return connectagent.Env{
		Args: append(args, "--config", filepath.Join(w.dir, "config"), "--data", w.data, "--fingerprint", "machine of w"),
		Out:  out, Err: w.log, Version: "1.2.3", Transport: w.over,
		Now:     func() time.Time { return time.Now().Round(0).Add(time.Duration(w.offset.Load())) },
		Elapsed: func() time.Duration { return time.Since(w.began) },
	}
}

// command runs a command to its end.
func (w *world) command(args ...string) (code int, out string) {
	w.t.Helper()
	var b buffer
	code = connectagent.Run(w.t.Context(), w.env(&b, args...))
	return code, b.String()
}

// process is an agent that runs.
type process struct {
	w    *world
	stop context.CancelFunc
	code chan int
	out  buffer
}

func (w *world) start(args ...string) *process {
	ctx, cancel := context.WithCancel(w.t.Context())
	p := &process{w: w, stop: cancel, code: make(chan int, 1)}
	env := w.env(&p.out, append([]string{"run"}, args...)...)
	go func() { p.code <- connectagent.Run(ctx, env) }()
	synctest.Wait()
	return p
}

// end tells p to stop, and waits until it has.
func (p *process) end() {
	p.w.t.Helper()
	p.stop()
	if code := <-p.code; code != 0 {
		p.w.t.Errorf("it ends with %d: %s", code, p.w.log.String())
	}
}

// pass lets time pass.
func (w *world) pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// wants fails unless status says that the agent may run, or may not because of why.
func (w *world) wants(works bool, why string) {
	w.t.Helper()
	code, out := w.command("status")
	if (code == 0) != works || !strings.Contains(out, why) {
		w.t.Errorf("after %s: status %d, want %t and %q in\n%s\n%s", time.Since(w.began), code, works, why, out, w.log.String())
	}
}

// said fails unless the log has said what since the last time.
func (w *world) said(what string) {
	w.t.Helper()
	if log := w.log.take(); !strings.Contains(log, what) {
		w.t.Errorf("after %s: the log does not say %q:\n%s", time.Since(w.began), what, log)
	}
}

// buffer can be written and read at once.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
	at int
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func (b *buffer) take() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.b.String()[b.at:]
	b.at = b.b.Len()
	return s
}
