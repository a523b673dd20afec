package agentapi

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// held is a fleet that takes its time with releases, and tells whom it let in.
type held struct {
	*fake

	in, out chan struct{}
	came    chan struct{}
	asked   atomic.Int64
	once    sync.Once
}

// letGo lets go of whom it keeps waiting.
func (h *held) letGo() { h.once.Do(func() { close(h.out) }) }

func (h *held) Release(_ context.Context, _ *app.Bearer, _ string) (plaza.Release, error) {
	h.in <- struct{}{}
	<-h.out
	return exampleRelease(), nil
}

func (h *held) Identify(ctx context.Context, key string, from plaza.Origin) (*app.Bearer, error) {
	h.asked.Add(1)
	b, err := h.fake.Identify(ctx, key, from)
	select {
	case h.came <- struct{}{}:
	default:
	}
	return b, err
}

// hold opens a door that works on one request at a time, and begins one.
func hold(t *testing.T, wait time.Duration, log io.Writer) (c *client, h *held, answered chan int) {
	t.Helper()
	h, answered = &held{fake: newFake(t), in: make(chan struct{}), out: make(chan struct{}), came: make(chan struct{}, 1)}, make(chan int, 1)
	c = open(t, func(c *Config) {
		c.Fleet, c.AtOnce, c.Queue, c.Wait, c.Log = h, 1, 1, wait, slog.New(slog.NewTextHandler(log, nil))
	})
	go func() { answered <- c.ask(t, http.MethodGet, "/v1/releases/5.0.1", "").status }()
	<-h.in
	<-h.came
	t.Cleanup(h.letGo) // or else a test that failed would wait for ever
	return c, h, answered
}

// TestACrowdIsSentAway before it costs anything, signed; heartbeats are not.
func TestACrowdIsSentAway(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	c, h, answered := hold(t, time.Millisecond, &log)
	for range 3 {
		g := c.ask(t, http.MethodGet, "/v1/me", "").is(503, "SERVICE_UNAVAILABLE")
		if g.header.Get("Retry-After") != "10" {
			t.Errorf("%v", g.header)
		}
	}
	c.as("").ask(t, http.MethodPost, "/v1/licenses/actions/validate-key", `{"meta":{"key":"k"}}`).is(503, "SERVICE_UNAVAILABLE")
	if n := h.asked.Load(); n != 1 {
		t.Errorf("%d keys were looked for", n)
	}
	c.ask(t, http.MethodGet, "/v1/ping", "").is(200, "")
	for _, target := range []string{"machines/" + machineID + "/actions/ping", "machines/" + machineID + "/actions/ping-heartbeat", "processes/" + processID + "/actions/ping"} {
		c.ask(t, http.MethodPost, base+target, "").is(200, "")
	}
	c.ask(t, http.MethodPost, "/v1/machines/"+machineID+"/actions/ping", `{"meta":{"generation":1}}`).is(200, "")
	c.ask(t, http.MethodGet, "/v1/nothing", "").is(404, "")
	h.letGo()
	if status := <-answered; status != 200 {
		t.Errorf("the first one got %d", status)
	}
	c.ask(t, http.MethodGet, "/v1/me", "").is(200, "")
	if n := strings.Count(log.String(), "\n"); n != 1 {
		t.Errorf("it is logged %d times: %s", n, log.String())
	}
}

// TestWhoWaitsComesIn once there is room.
func TestWhoWaitsComesIn(t *testing.T) {
	t.Parallel()
	c, h, first := hold(t, time.Hour, io.Discard)
	second := make(chan int, 1)
	go func() { second <- c.ask(t, http.MethodGet, "/v1/me", "").status }()
	h.letGo()
	if one, two := <-first, <-second; one != 200 || two != 200 {
		t.Errorf("%d, %d", one, two)
	}
}

func TestOnlySoManyWait(t *testing.T) {
	t.Parallel()
	c := newCrowd(1, 1, time.Hour)
	if !c.enter(t.Context()) {
		t.Fatal("nobody comes in")
	}
	in := make(chan bool)
	go func() { in <- c.enter(t.Context()) }()
	for len(c.waiting) == 0 {
		runtime.Gosched()
	}
	if c.enter(t.Context()) {
		t.Error("a third one came in")
	}
	if c.leave(); !<-in {
		t.Error("who waited did not come in")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if c.enter(gone) || len(c.waiting) != 0 {
		t.Error("who is gone waits")
	}
}

// TestASlowLineKeepsNobodyOut: nothing is worked on while a body is on its way.
func TestASlowLineKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	c, h, first := hold(t, time.Second, io.Discard)
	h.letGo()
	<-first
	body, more := io.Pipe()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.server.URL+"/v1/licenses/"+licenseID+"/actions/validate", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "License "+ownKey)
	slow := make(chan int)
	go func() {
		answer, err := c.server.Client().Do(r)
		if err != nil {
			t.Error(err)
			slow <- 0
			return
		}
		_ = answer.Body.Close()
		slow <- answer.StatusCode
	}()
	<-h.came
	for range 3 {
		c.ask(t, http.MethodGet, "/v1/me", "").is(200, "")
	}
	_, _ = more.Write([]byte("{}"))
	_ = more.Close()
	if status := <-slow; status != 200 {
		t.Errorf("the slow one got %d", status)
	}
}
