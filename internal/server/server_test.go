package server_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza/internal/server"
)

// running is a server in the middle of its work.
type running struct {
	addr  string
	stop  context.CancelFunc
	ended chan error
}

func run(t *testing.T, c server.Config) running {
	t.Helper()
	l, err := server.Listen(t.Context(), "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r := running{addr: l.Addr().String(), stop: cancel, ended: make(chan error, 1)}
	go func() { r.ended <- server.Run(ctx, l, c) }()
	t.Cleanup(cancel)
	return r
}

// ask sends one request and returns the answer's status, or 0 if there is none.
func (r running) ask(t *testing.T, path string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, "http://"+r.addr+path, nil)
	if err != nil {
		t.Error(err)
		return 0
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return 0
	}
	return res.StatusCode
}

func TestRequestInFlightFinishesBeforeTheEnd(t *testing.T) {
	t.Parallel()
	arrived, finish := make(chan struct{}), make(chan struct{})
	c := quiet(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-finish
		w.WriteHeader(http.StatusAccepted)
	})
	c.Ready = server.NewReadiness(func(context.Context) error { return nil })
	r := run(t, c)
	status := make(chan int, 1)
	go func() { status <- r.ask(t, "/") }()
	<-arrived
	r.stop()
	for ready(t, c.Ready) { // red as soon as it is told to stop, while the request is still in flight
	}
	select {
	case err := <-r.ended:
		t.Fatalf("ended with a request in flight: %v", err)
	default:
	}
	close(finish)
	if got := <-status; got != http.StatusAccepted {
		t.Errorf("request in flight got %d, want 202", got)
	}
	if err := <-r.ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	if got := r.ask(t, "/"); got != 0 {
		t.Errorf("answered %d after the end", got)
	}
}

func ready(t *testing.T, h http.Handler) bool {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, get(t, "/readyz"))
	return rec.Code == http.StatusNoContent
}

func TestRequestThatDoesNotEndIsCutOff(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	c := quiet(func(http.ResponseWriter, *http.Request) {
		close(arrived)
		<-release
	})
	c.Drain = time.Millisecond
	r := run(t, c)
	status := make(chan int, 1)
	go func() { status <- r.ask(t, "/") }()
	<-arrived
	r.stop()
	if err := <-r.ended; err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("ended with %v", err)
	}
	if got := <-status; got != 0 {
		t.Errorf("request got %d, want none", got)
	}
}

func TestHeaderThatDoesNotArriveEndsTheConnection(t *testing.T) {
	t.Parallel()
	c := quiet(func(http.ResponseWriter, *http.Request) { t.Error("reached the handler") })
	c.Header = 10 * time.Millisecond
	r := run(t, c)
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "); err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Unix(1<<40, 0)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(bufio.NewReader(conn)); err != nil { // ends when the server hangs up
		t.Fatal(err)
	}
}

func TestAddressThatIsTakenIsOneLine(t *testing.T) {
	t.Parallel()
	l, err := server.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = server.Listen(t.Context(), l.Addr().String())
	if want := l.Addr().String() + " is taken: another program listens there"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %q", err, want)
	}
	if _, err = server.Listen(t.Context(), "192.0.2.1:8080"); err == nil || !strings.Contains(err.Error(), "is not an address of this machine") {
		t.Errorf("got %v", err)
	}
}

func TestNotReadyWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	var away error
	h := server.NewReadiness(func(context.Context) error { return away })
	if !ready(t, h) {
		t.Error("not ready")
	}
	away = errors.New("away")
	if ready(t, h) {
		t.Error("ready without a database")
	}
}
