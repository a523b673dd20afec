package browsertest

import (
	"bufio"
	"context"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/connectplaza/plaza/internal/cli"
	"github.com/connectplaza/plaza/internal/demo"
)

// Who is in the demo world.
const (
	reseller     = demo.Reseller
	partner      = demo.Partner
	vendor       = demo.Vendor
	resellerName = "Sanne de Wit"
)

// serve runs plaza demo as the command line does, on a world of its own, and
// returns its address. It stops at the end of the test.
func serve(t *testing.T) string {
	t.Helper()
	return serveAt(t, time.Now) //nolint:forbidigo // the program under test tells the real time
}

// serveAt is serve at whatever time now tells.
func serveAt(t *testing.T, now func() time.Time) string {
	t.Helper()
	template, err := world()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"demo.db", "demo.db.secret"} {
		data, err := os.ReadFile(filepath.Join(template, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	base, stop, err := start(context.WithoutCancel(t.Context()), dir, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if code := stop(); code != 0 {
			t.Errorf("plaza demo ended with %d", code)
		}
	})
	return base
}

// world makes the demo world, once for all tests of this process, in a folder
// that TestMain deletes.
var world = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "plaza-browsertest-")
	if err != nil {
		return "", err
	}
	made = dir
	_, stop, err := start(context.Background(), dir, time.Now) //nolint:forbidigo // the same
	if err == nil {
		stop()
	}
	return dir, err
})

var made string

func TestMain(m *testing.M) {
	code := m.Run()
	if made != "" {
		_ = os.RemoveAll(made)
	}
	os.Exit(code)
}

var announced = regexp.MustCompile(`is at (http://\S+)`)

// start starts plaza demo with its data in dir. It returns where it serves, and
// what stops it and returns its exit code.
func start(ctx context.Context, dir string, now func() time.Time) (base string, stop func() int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	out, in := io.Pipe()
	ended := make(chan int, 1)
	var log strings.Builder
	go func() {
		ended <- cli.Run(ctx, cli.Env{
			Args: []string{"demo", "--addr", "localhost:0", "--database", filepath.Join(dir, "demo.db"), "--log-level", "warn"},
			In:   strings.NewReader(""), Out: in, Err: &log, Version: "test",
			Now: now,
		})
		_ = in.Close()
	}()
	stop = func() int {
		cancel()
		return <-ended
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if found := announced.FindStringSubmatch(lines.Text()); found != nil {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return found[1], stop, nil
		}
	}
	code := stop()
	return "", stop, &startError{code, log.String()}
}

type startError struct {
	code int
	log  string
}

func (e *startError) Error() string { return "plaza demo did not start: " + e.log }

// signIn signs in as somebody of the demo world.
func (p *Page) signIn(email string) {
	p.t.Helper()
	p.Go("/sign-in")
	p.Fill("#email", email)
	p.Fill("#password", demo.Password)
	p.send()
	p.WaitFor("main h1")
}

// mailedLink returns where the newest mail to somebody leads, below prefix: what
// the Mailbox page shows.
func (p *Page) mailedLink(email, prefix string) string {
	p.t.Helper()
	p.See(email)
	link := Eval[string](p, `(() => {
		const mail = [...document.querySelectorAll("a[href^='/mailbox/']")].find(a => a.closest("tr, li, article")?.innerText.includes(`+js(email)+`));
		return mail ? mail.getAttribute("href") : "";
	})()`)
	if link != "" {
		p.Go(link)
	}
	href := p.Attribute(`main a[href*="`+prefix+`"]`, "href")
	u, err := url.Parse(href)
	if err != nil || href == "" {
		p.t.Fatalf("no mail to %s leads to %s\n%s", email, prefix, p.where())
	}
	return u.Path
}
