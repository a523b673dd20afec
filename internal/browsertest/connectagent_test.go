package browsertest

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestConnectAgentFromTheZip publishes the real ConnectAgent and installs it from what
// the dashboard gives, the program too: it turns green on the Monitor; killed, it turns grey in time; when its
// license is suspended it stops and says why, and when that is resumed it goes on
// under the activation it had.
func TestConnectAgentFromTheZip(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64 // of the real time, the server's
	base := serveAt(t, func() time.Time {
		return time.Now().Add(time.Duration(ahead.Load())) //nolint:forbidigo // the agent tells the real time
	})
	publishProgram(Open(t, base))
	p := Open(t, base)
	p.signIn(reseller)
	p.Go("/agents/new")
	p.Choose("#plan", "ConnectAgent")
	p.Fill("#name", "Zip agent")
	p.send()
	page, _, _ := strings.Cut(p.Path(), "?")
	a := p.unpack(page)

	wall := Open(t, base)
	wall.signIn(reseller)
	wall.Go("/monitor?q=Zip+agent")
	tile := func(word string) {
		t.Helper()
		wall.wait("the tile to say "+word, `document.querySelector("#wall .agent b")?.innerText === `+js(word))
	}
	tile("Never seen")
	a.start()
	tile("Online")
	first := a.machine()

	a.kill()
	ahead.Store(int64(11 * time.Minute))
	tile("Offline")
	a.start()
	tile("Online")

	p.Go(page)
	license := strings.TrimSuffix(p.Attribute(`main a[href^="/licenses/"]`, "href"), "/suspend")
	p.Go(license + "/suspend")
	p.Fill("#reason", "To see it stop")
	p.send()
	a.waitFor("msg=working")
	a.waitFor("suspended")
	a.status(1, "suspended")
	p.ClickFollow(to(license + "/resume"))
	a.waitFor("msg=working")
	a.status(0, "yes")
	if again := a.machine(); again != first {
		t.Errorf("it is activated as %s, before as %s", again, first)
	}
	p.Go(page)
	p.See("1 of 1 used")
	a.stop()
	tile("Offline")
}

// publishProgram builds the ConnectAgent for this machine as make does, and has the
// vendor publish it.
func publishProgram(p *Page) {
	p.t.Helper()
	program := filepath.Join(p.t.TempDir(), "built")
	build := exec.CommandContext(p.t.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, "github.com/connectplaza/plaza/cmd/connectagent")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		p.t.Fatalf("build the ConnectAgent: %v\n%s", err, out)
	}
	p.signIn(vendor)
	(&forms{p, map[string]bool{}}).publish(runtime.GOOS+"/"+runtime.GOARCH, program)
}

// realAgent is the real ConnectAgent in a folder of its own.
type realAgent struct {
	t    *testing.T
	dir  string
	log  *lines
	read int // so much of it
	cmd  *exec.Cmd
}

// unpack takes the ZIP file of the ConnectAgent at page, and installs what is in it.
func (p *Page) unpack(page string) *realAgent {
	p.t.Helper()
	p.Go(page + "/download")
	p.eval(`document.querySelector("#platform").value = ` + js(runtime.GOOS+"/"+runtime.GOARCH))
	text := Eval[string](p, `(async () => {
		const form = document.querySelector("main form[data-download]");
		const answer = await fetch(form.action, {method: "POST", body: new URLSearchParams(new FormData(form))});
		const bytes = new Uint8Array(await answer.arrayBuffer());
		return btoa(Array.from(bytes, b => String.fromCharCode(b)).join(""));
	})()`)
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		p.t.Fatal(err)
	}
	files, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		p.t.Fatalf("what was downloaded is no ZIP file: %v: %.200q", err, data)
	}
	a := &realAgent{t: p.t, dir: p.t.TempDir(), log: &lines{}}
	for _, f := range files.File {
		in, err := f.Open()
		if err != nil {
			p.t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			p.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(a.dir, filepath.Base(f.Name)), content, f.Mode()); err != nil {
			p.t.Fatal(err)
		}
	}
	if said, code := a.run("install", "--config", "connectagent.json"); code != 0 {
		p.t.Fatalf("install says %q and ends with %d", said, code)
	}
	p.t.Cleanup(func() {
		a.kill()
		p.t.Logf("the ConnectAgent: %s", a.log)
	})
	return a
}

// command runs what was unpacked, in the folder where it was. It looks every second
// rather than every minute, and is a machine of its own with files of its own.
func (a *realAgent) command(arg ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.WithoutCancel(a.t.Context()), filepath.Join(a.dir, "connectagent"), arg...)
	cmd.Dir = a.dir
	cmd.Env = append(os.Environ(),
		"CONNECTAGENT_DATA="+filepath.Join(a.dir, "data"), "CONNECTAGENT_FINGERPRINT=a machine in a test",
		"CONNECTAGENT_HEARTBEAT_INTERVAL=1", "CONNECTAGENT_CHECK_INTERVAL=1",
	)
	return cmd
}

// run runs a command that ends, and returns what it said and its exit code.
func (a *realAgent) run(arg ...string) (said string, code int) {
	a.t.Helper()
	cmd := a.command(arg...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		a.t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// status waits until the agent has kept what it logged: it ends with code then, and
// says words.
func (a *realAgent) status(code int, words string) {
	a.t.Helper()
	late := time.After(patience)
	for {
		said, got := a.run("status")
		if got == code && strings.Contains(said, words) {
			return
		}
		select {
		case <-late:
			a.t.Fatalf("status says %q and ends with %d, want %d", said, got, code)
		default: // each try starts a program, which is wait enough
		}
	}
}

func (a *realAgent) start() {
	a.t.Helper()
	a.cmd = a.command("run")
	a.cmd.Stdout, a.cmd.Stderr = a.log, a.log
	if err := a.cmd.Start(); err != nil {
		a.t.Fatal(err)
	}
}

// kill ends it as a power cut does.
func (a *realAgent) kill() {
	if a.cmd != nil {
		_ = a.cmd.Process.Kill()
		_ = a.cmd.Wait()
		a.cmd = nil
	}
}

// stop ends it as a service manager does.
func (a *realAgent) stop() {
	a.t.Helper()
	if err := a.cmd.Process.Signal(os.Interrupt); err != nil {
		a.t.Fatal(err)
	}
	if err := a.cmd.Wait(); err != nil {
		a.t.Errorf("it ended with %v: %s", err, a.log)
	}
	a.cmd = nil
}

// machine returns the ID of its activation.
func (a *realAgent) machine() string {
	a.t.Helper()
	content, err := os.ReadFile(filepath.Join(a.dir, "data", "state.json"))
	if err != nil {
		a.t.Fatal(err)
	}
	var kept struct{ State struct{ Machine string } }
	if err := json.Unmarshal(content, &kept); err != nil || kept.State.Machine == "" {
		a.t.Fatalf("it keeps no machine: %v: %s", err, content)
	}
	return kept.State.Machine
}

// waitFor waits until it has logged words, after those that were waited for before.
func (a *realAgent) waitFor(words string) {
	a.t.Helper()
	late := time.After(patience)
	for {
		more := a.log.more() // before looking: what comes in between is not missed
		if i := strings.Index(a.log.String()[a.read:], words); i >= 0 {
			a.read += i + len(words)
			return
		}
		select {
		case <-more:
		case <-late:
			a.t.Fatalf("it does not say %q:\n%s", words, a.log)
		}
	}
}

// lines is what a program logs, for who waits for it.
type lines struct {
	mu    sync.Mutex
	text  bytes.Buffer
	added chan struct{}
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.added != nil {
		close(l.added)
		l.added = nil
	}
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// more is closed when something is added to what String returned before or after
// the call.
func (l *lines) more() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.added == nil {
		l.added = make(chan struct{})
	}
	return l.added
}
