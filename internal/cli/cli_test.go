package cli_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/connectplaza/plaza/internal/cli"
	"github.com/connectplaza/plaza/internal/clock"
	"github.com/connectplaza/plaza/internal/demo"
	"github.com/connectplaza/plaza/internal/mail/mailtest"
	"github.com/connectplaza/plaza/internal/storetest"
)

// now is when every command runs.
var now = clock.Fixed(time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC))

// run runs a command to its end.
func run(t *testing.T, input string, args ...string) (code int, out, err string) {
	t.Helper()
	var o, e bytes.Buffer
	code = cli.Run(t.Context(), cli.Env{Args: args, In: strings.NewReader(input), Out: &o, Err: &e, Now: now, Version: "v1.2.3"})
	return code, o.String(), e.String()
}

// wantRefusal fails unless a command ends with code 2 and one line that has all
// of the parts.
func wantRefusal(t *testing.T, args []string, parts ...string) {
	t.Helper()
	code, out, err := run(t, "", args...)
	if code != 2 || out != "" {
		t.Errorf("plaza %s: code %d, output %q; want 2 and none", strings.Join(args, " "), code, out)
	}
	if !strings.HasPrefix(err, "plaza: ") || strings.Count(err, "\n") != 1 {
		t.Errorf("plaza %s: got %q, want one line", strings.Join(args, " "), err)
	}
	for _, part := range parts {
		if !strings.Contains(err, part) {
			t.Errorf("plaza %s: got %q, want %q in it", strings.Join(args, " "), err, part)
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	if code, out, err := run(t, "", "version"); code != 0 || out != "plaza v1.2.3\n" || err != "" {
		t.Errorf("%d %q %q", code, out, err)
	}
}

func TestHelpExplainsEveryFlagAndItsVariable(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"serve", "demo", "migrate", "setup", "audit verify", "audit key", "audit checkpoint", "audit export", "license verify", "profiles", "logins list", "logins reset-password", "logins end-sessions", "logins reset-factors"} {
		code, out, _ := run(t, "", append(strings.Fields(command), "--help")...)
		if code != 0 {
			t.Errorf("plaza %s --help: code %d", command, code)
		}
		flags := regexp.MustCompile(`(?m)^ {2,6}--[a-z-]+`).FindAllString(out, -1)
		if len(flags) == 0 || len(flags) != strings.Count(out, "$PLAZA_") {
			t.Errorf("plaza %s --help has %d flags and %d variables", command, len(flags), strings.Count(out, "$PLAZA_"))
		}
	}
	_, out, _ := run(t, "", "demo", "--help")
	if !strings.Contains(strings.Join(strings.Fields(out), " "), "(default: plaza-demo.db)") {
		t.Errorf("demo does not say its database: %s", out)
	}
}

func TestWrongSettingStopsTheStartWithOneLine(t *testing.T) {
	t.Parallel()
	db := filepath.Join(t.TempDir(), "plaza.db")
	for _, command := range []string{"serve", "demo"} {
		wantRefusal(t, []string{command, "--database", db, "--smtp-port", "many"}, "--smtp-port (PLAZA_SMTP_PORT)", "many")
		wantRefusal(t, []string{command, "--database", db, "--time-zone", "Mars"}, "--time-zone (PLAZA_TIME_ZONE)", "Mars")
		wantRefusal(t, []string{command, "--database", "postgres://nowhere.invalid/x"}, "--secret-file (PLAZA_SECRET_FILE)", "PLAZA_SECRET")
		wantRefusal(t, []string{command, "--database", filepath.Join(db, "below")}, "--database (PLAZA_DATABASE)")
		wantRefusal(t, []string{command, "--database", db, "--addr", "192.0.2.1:80"}, "--addr (PLAZA_ADDR)")
		wantRefusal(t, []string{command, "--bogus"}, "--bogus")
	}
	wantRefusal(t, []string{"migrate", "--database", "postgres://nobody:hidden@127.0.0.1:1/x"}, "--database (PLAZA_DATABASE)")
	wantRefusal(t, nil, "serve", "setup")
}

func TestWrongVariableStopsTheStartToo(t *testing.T) {
	t.Setenv("PLAZA_LOG_LEVEL", "loud")
	wantRefusal(t, []string{"serve"}, "--log-level (PLAZA_LOG_LEVEL)", "loud")
}

func TestPasswordOfTheDatabaseIsNotShown(t *testing.T) {
	t.Parallel()
	if _, _, err := run(t, "", "migrate", "--database", "postgres://nobody:hidden@127.0.0.1:1/x"); strings.Contains(err, "hidden") {
		t.Errorf("got %s", err)
	}
}

func TestServeAsksForSetupFirst(t *testing.T) {
	t.Parallel()
	db := filepath.Join(t.TempDir(), "plaza.db")
	wantRefusal(t, []string{"serve", "--database", db, "--addr", "localhost:0"}, "--database (PLAZA_DATABASE)", "run plaza setup first")
}

// setup is a command line that needs only a password.
func setup(db string) []string {
	return []string{
		"setup", "--database", db, "--vendor", "ConnectPlaza", "--support-email", "support@vendor.example",
		"--owner-name", "Zoë", "--owner-email", "zoe@vendor.example",
	}
}

func TestSetupThenServe(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { t.Helper(); return filepath.Join(t.TempDir(), "plaza.db") },
		"postgres": storetest.Postgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := database(t)
			secret := []string{"--secret-file", filepath.Join(t.TempDir(), "secret")}
			if code, out, err := run(t, "correct horse battery\n", append(setup(db), secret...)...); code != 0 || !strings.Contains(out, "zoe@vendor.example") {
				t.Fatalf("setup: %d %q %q", code, out, err)
			}
			wantRefusal(t, append(setup(db), secret...), "is set up already")
			wantRefusal(t, append([]string{"demo", "--database", db, "--addr", "localhost:0"}, secret...), "was not made by plaza demo")
			p := start(t, append([]string{"serve", "--database", db, "--addr", "localhost:0", "--log-format", "json"}, secret...)...)
			url := p.wait(`"msg":"serving","url":"([^"]+)"`)
			if got := get(t, url+"/readyz"); got != http.StatusNoContent {
				t.Errorf("readyz: %d", got)
			}
			if got := signIn(t, url, "zoe@vendor.example", "correct horse battery"); got != "/" {
				t.Errorf("sign-in leads to %q", got)
			}
			if code := p.stop(); code != 0 {
				t.Errorf("ended with %d: %s", code, p)
			}
		})
	}
}

func TestSetupRefusesWhatTheDashboardWould(t *testing.T) {
	t.Parallel()
	db := filepath.Join(t.TempDir(), "plaza.db")
	for flag, args := range map[string][]string{
		"--owner-email (PLAZA_OWNER_EMAIL)":     {"--owner-email", "nobody"},
		"--support-email (PLAZA_SUPPORT_EMAIL)": {"--support-email", "nobody"},
		"--vendor (PLAZA_VENDOR)":               {"--vendor", strings.Repeat("x", 201)},
	} {
		code, _, err := run(t, "correct horse battery\n", append(setup(db), args...)...)
		if code != 2 || !strings.Contains(err, flag) {
			t.Errorf("%v: %d %s", args, code, err)
		}
	}
	if code, _, err := run(t, "short\n", setup(db)...); code != 2 || !strings.Contains(err, "PLAZA_OWNER_PASSWORD") {
		t.Errorf("short password: %d %s", code, err)
	}
	if code, _, err := run(t, "", setup(db)...); code != 2 || !strings.Contains(err, "password is missing") {
		t.Errorf("no password: %d %s", code, err)
	}
	if code, _, err := run(t, "correct horse battery\n", setup(db)[:9]...); code != 2 || !strings.Contains(err, "--owner-email (PLAZA_OWNER_EMAIL) is missing") {
		t.Errorf("no address: %d %s", code, err)
	}
}

func TestSetupTakesThePasswordFromItsVariable(t *testing.T) {
	t.Setenv("PLAZA_OWNER_PASSWORD", "correct horse battery")
	if code, _, err := run(t, "", setup(filepath.Join(t.TempDir(), "plaza.db"))...); code != 0 {
		t.Errorf("%d %s", code, err)
	}
}

func TestSetupAsksAtATerminal(t *testing.T) {
	t.Parallel()
	keyboard, terminal := pty(t)
	db := filepath.Join(t.TempDir(), "plaza.db")
	ended := make(chan int, 1)
	go func() {
		ended <- cli.Run(t.Context(), cli.Env{
			Args: []string{"setup", "--database", db, "--vendor", "ConnectPlaza"}, In: terminal, Out: terminal, Err: terminal, Now: now,
		})
	}()
	var screen strings.Builder
	for _, step := range []struct{ wait, answer string }{
		{"requests from below go to: ", "support@vendor.example"},
		{"first owner: ", "\nZoë"},
		{"signs in with: ", "zoe@vendor.example"},
		{"Password of the owner: ", "correct horse battery"},
		{"The same again: ", "correct house battery"},
		{"differ.\r\nPassword of the owner: ", "correct horse battery"},
		{"The same again: ", "correct horse battery"},
	} {
		screen.WriteString(expect(t, keyboard, step.wait))
		if _, err := io.WriteString(keyboard, step.answer+"\n"); err != nil {
			t.Fatal(err)
		}
	}
	screen.WriteString(expect(t, keyboard, "sign in as zoe@vendor.example."))
	if code := <-ended; code != 0 {
		t.Errorf("ended with %d: %s", code, &screen)
	}
	if strings.Contains(screen.String(), "battery") {
		t.Errorf("the password is on the screen: %s", &screen)
	}
}

// pty returns a keyboard, from which the screen can be read, and the terminal it
// belongs to.
func pty(t *testing.T) (keyboard, terminal *os.File) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal("no terminal to be had: ", err)
	}
	if err := unix.IoctlSetPointerInt(int(keyboard.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(keyboard.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = terminal.Close()
		_ = keyboard.Close()
	})
	return keyboard, terminal
}

// expect reads the screen until it shows text.
func expect(t *testing.T, screen io.Reader, text string) (shown string) {
	t.Helper()
	one := make([]byte, 1)
	for !strings.HasSuffix(shown, text) {
		if _, err := screen.Read(one); err != nil {
			t.Fatalf("%v after %q, waiting for %q", err, shown, text)
		}
		shown += string(one)
	}
	return shown
}

func TestDemoStartsStopsAndKeepsItsData(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { t.Helper(); return filepath.Join(t.TempDir(), "demo.db") },
		"postgres": storetest.Postgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := []string{"demo", "--database", database(t), "--addr", "localhost:0", "--secret-file", filepath.Join(t.TempDir(), "secret")}
			sink := mailtest.New(t)
			mailed := []string{"--smtp-host", sink.Host, "--smtp-port", strconv.Itoa(sink.Port), "--smtp-tls", "none", "--smtp-from", "plaza@connectplaza.example"}

			p := start(t, append(args, mailed...)...)
			url := p.wait(`demo world is at (\S+)`)
			for _, email := range []string{demo.Reseller, demo.Partner, demo.Vendor} {
				if got := signIn(t, url, email, demo.Password); got != "/" {
					t.Errorf("%s: sign-in leads to %q", email, got)
				}
			}
			sink.WaitFor(t, 2) // what was asked for today
			if code := p.stop(); code != 0 {
				t.Fatalf("ended with %d: %s", code, p)
			}

			p = start(t, args...)
			url = p.wait(`demo world is at (\S+)`)
			if strings.Contains(p.String(), "Making") {
				t.Error("made anew at the second start")
			}
			if got := get(t, url+"/sign-in"); got != http.StatusOK {
				t.Errorf("sign-in page: %d", got)
			}
			if code := p.stop(); code != 0 {
				t.Fatalf("ended with %d: %s", code, p)
			}
		})
	}
}

func TestDemoThatWasInterruptedIsNotServed(t *testing.T) {
	t.Parallel()
	db := filepath.Join(t.TempDir(), "demo.db")
	args := []string{"demo", "--database", db, "--addr", "localhost:0"}
	p := start(t, args...)
	p.wait(`(Making)`)
	if code := p.stop(); code == 0 && !strings.Contains(p.String(), "demo world is at") {
		t.Errorf("ended with 0: %s", p)
	}
	code, _, err := run(t, "", "setup", "--database", db)
	if code != 2 || !strings.Contains(err, "is set up already") && !strings.Contains(err, "is missing") {
		t.Errorf("setup over it: %d %s", code, err)
	}
	if strings.Contains(err, "is set up already") {
		wantRefusal(t, args, "was not finished", "make run-fresh")
		wantRefusal(t, []string{"serve", "--database", db, "--addr", "localhost:0"}, "was not finished")
	}
}

func TestLostSecretIsNotReplaced(t *testing.T) {
	t.Parallel()
	db := filepath.Join(t.TempDir(), "plaza.db")
	if code, _, err := run(t, "correct horse battery\n", setup(db)...); code != 0 {
		t.Fatal(err)
	}
	args := []string{"serve", "--database", db, "--addr", "localhost:0"}
	p := start(t, args...)
	p.wait(`(serving)`)
	p.stop()
	if err := os.Remove(db + ".secret"); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, args, "--secret-file (PLAZA_SECRET_FILE)", "backup")
}

func TestAddressThatIsTaken(t *testing.T) {
	t.Parallel()
	db := filepath.Join(t.TempDir(), "plaza.db")
	if code, _, err := run(t, "correct horse battery\n", setup(db)...); code != 0 {
		t.Fatal(err)
	}
	p := start(t, "serve", "--database", db, "--addr", "localhost:0")
	at, err := url.Parse(p.wait(`msg=serving url=(\S+)`))
	if err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, []string{"serve", "--database", db, "--addr", at.Host}, "--addr (PLAZA_ADDR)", at.Host+" is taken")
	p.stop()
}

// program is a command that is running.
type program struct {
	t      *testing.T
	cancel context.CancelFunc
	ended  chan int

	mu      sync.Mutex
	text    string
	written chan struct{} // closed, and replaced, whenever something is written
}

func start(t *testing.T, args ...string) *program {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	p := &program{t: t, cancel: cancel, ended: make(chan int, 1), written: make(chan struct{})}
	go func() {
		p.ended <- cli.Run(ctx, cli.Env{Args: args, In: strings.NewReader(""), Out: p, Err: p, Now: now})
	}()
	t.Cleanup(cancel)
	return p
}

func (p *program) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text += string(b)
	close(p.written)
	p.written = make(chan struct{})
	return len(b), nil
}

func (p *program) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text
}

// wait returns what the first group matches, as soon as it was written.
func (p *program) wait(pattern string) string {
	p.t.Helper()
	for {
		p.mu.Lock()
		found, written := regexp.MustCompile(pattern).FindStringSubmatch(p.text), p.written
		p.mu.Unlock()
		if found != nil {
			return found[1]
		}
		select {
		case <-written:
		case code := <-p.ended:
			p.t.Fatalf("ended with %d: %s", code, p)
		}
	}
}

// stop ends the command as Ctrl-C does, and returns its exit code.
func (p *program) stop() int {
	p.cancel()
	return <-p.ended
}

func get(t *testing.T, address string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := new(http.Client).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

// signIn signs in and returns where that leads.
func signIn(t *testing.T, address, email, password string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	form := url.Values{"email": {email}, "password": {password}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/sign-in", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusSeeOther {
		t.Errorf("sign-in of %s: %d %s %v", email, res.StatusCode, body, errors.Join(err))
	}
	return res.Header.Get("Location")
}
