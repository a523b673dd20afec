package browsertest

import (
	"context"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// TestTheMonitorMoves watches the wall: it becomes live by itself, what changes on
// it changes nothing else, and its numbers are those of its tiles.
func TestTheMonitorMoves(t *testing.T) {
	t.Parallel()
	p := Open(t, serve(t), Size(1440, 900))
	p.signIn(reseller)
	p.Press("g")
	p.Press("m")
	p.wait("the Monitor", `location.pathname === "/monitor"`)
	p.wait("news", `document.querySelector("#wall-age")?.innerText === "Live"`)
	p.eval(`document.querySelector(".agent > a").focus();
		window.changes = 0;
		new MutationObserver(() => { window.changes++; }).observe(document.querySelector("#wall"), {subtree: true, childList: true, attributes: true, characterData: true});
		window.here = document.activeElement; scrollTo(0, 300);`)
	p.wait("something to change", `window.changes > 0`)
	if !Eval[bool](p, `document.activeElement === window.here && scrollY === 300`) {
		t.Error("the wall took the focus, or moved the page")
	}
	sums := `(() => {
		const wall = document.querySelector("#wall"), wrong = [];
		for (const s of ["online", "warning", "error", "overdue", "offline", "never"]) {
			const tiles = wall.querySelectorAll(".agent-" + s).length;
			const said = Number(document.querySelector('[data-shown="' + s + '"]').textContent);
			const chip = Number(document.querySelector('[data-status="' + s + '"] [data-count]').textContent);
			if (tiles !== said || tiles !== chip) wrong.push(s + ": " + [tiles, said, chip]);
		}
		return wrong.join("; ");
	})()`
	if wrong := Eval[string](p, sums); wrong != "" {
		t.Errorf("tiles, summary and chips differ: %s", wrong)
	}
	p.ClickFollow(`[data-status="error"]`)
	p.look("the Monitor at work")
	if p.Count(".agent:not(.agent-error)") != 0 || p.Count(".agent") == 0 {
		t.Error("others than errors are shown")
	}
	p.Go(p.Attribute(".agent > a", "href")) // which may be gone before a click meets it
	p.See("How it was")
	p.look("a ConnectAgent with its band")
	p.Go(p.Path() + "/alarm")
	p.Click("#on")
	p.ClickFollow("main form.form button.btn-primary")
	p.See("After 10 minutes of silence a mail goes to")
	p.Go("/monitor?seen=all")
	p.ClickFollow(`#notifications tbody form button`)
	p.See("1 notification acknowledged.")
	p.look("notifications, of which one was acknowledged")
	p.ClickFollow(`#notifications .flash button`)
	p.See("Undone: it waits to be acknowledged again.")
}

// TestTheMonitorKeepsItsOrder: what gets another name, or another profile, moves to
// where that belongs, with its numbers and the focus.
func TestTheMonitorKeepsItsOrder(t *testing.T) {
	t.Parallel()
	p := Open(t, serve(t))
	p.signIn(reseller)
	p.Go("/monitor")
	p.wait("news", `document.querySelector("#wall-age")?.innerText === "Live"`)
	p.eval(`dispatchEvent(new Event("pagehide")); // nobody else changes anything
		window.wall = document.querySelector("#wall");
		window.group = (tile) => tile.closest(".wall-group");
		window.tell = (tile, change) => wall.apply({turn: "", at: Date.now(), tiles: [{
			id: tile.id.slice(5), profile: group(tile).dataset.profile, holder: group(tile).querySelector("h2").textContent,
			name: tile.firstElementChild.textContent, status: "online", ...change,
		}]});
		window.ordered = () => {
			const names = (all) => [...all].map((e) => e.textContent.toLowerCase());
			const sorted = (all) => all.every((name, i) => i === 0 || all[i - 1] <= name);
			const groups = [...wall.querySelectorAll(".wall-group")];
			return sorted(names(wall.querySelectorAll("h2"))) && groups.every((g) => sorted(names(g.querySelectorAll(".agent > a"))) &&
				Number(g.querySelector("[data-all]").textContent) === g.querySelectorAll(".agent").length);
		};
		window.some = [...wall.querySelectorAll(".wall-group")].find((g) => g.querySelectorAll(".agent").length > 2).querySelector(".agent")`)
	is := func(what, expression string) {
		t.Helper()
		if !Eval[bool](p, expression) {
			t.Errorf("not so: %s", what)
		}
	}
	is("it is in order at first", `ordered()`)
	p.eval(`some.firstElementChild.focus(); tell(some, {name: "zzz"})`)
	is("a new name moves it to the end", `some.innerText.startsWith("zzz") && some === group(some).querySelector(".agents").lastElementChild && ordered()`)
	is("the focus stays", `document.activeElement === some.firstElementChild`)
	p.eval(`window.old = group(some); tell(some, {holder: "zzz GmbH"})`)
	is("a new name of its profile", `group(some) === old && old.querySelector("h2").textContent === "zzz GmbH" && ordered()`)
	is("the focus stays again", `document.activeElement === some.firstElementChild`)
	p.eval(`tell(some, {profile: "another", holder: "Aaa"})`)
	is("another profile", `group(some) !== old && group(some) === wall.firstElementChild && group(some).querySelectorAll(".agent").length === 1 && ordered()`)
	p.eval(`window.alone = group(some); tell(some, {profile: old.dataset.profile, holder: "zzz GmbH"})`)
	is("and back", `group(some) === old && !alone.isConnected && ordered()`)
}

// TestTheMonitorWithoutScript says how old it is, and works.
func TestTheMonitorWithoutScript(t *testing.T) {
	t.Parallel()
	p := Open(t, serve(t), NoScript)
	p.signIn(partner)
	p.Go("/monitor")
	if age := p.Text("#wall-age"); !strings.HasPrefix(age, "As of ") {
		t.Errorf("says %q", age)
	}
	p.ClickFollow(`[data-status="online"]`)
	p.ClickFollow(".agent > a")
	p.See("Online")
}

// TestTheMonitorWithoutStreams asks by itself where it cannot listen.
func TestTheMonitorWithoutStreams(t *testing.T) {
	t.Parallel()
	p := Open(t, serve(t))
	p.signIn(partner)
	p.Go("/monitor")
	p.wait("news", `document.querySelector("#wall-age")?.innerText === "Live"`)
	p.eval(`dispatchEvent(new Event("pagehide")); delete window.EventSource; document.querySelector("#wall-age [data-age]").textContent = "";
		import(document.querySelector('script[src*="/app."]').src)`)
	p.wait("another way", `document.querySelector("#wall-age")?.innerText.startsWith("Updated")`)
}

// TestTheMonitorSaysWhenItIsCutOff: whether a connection breaks or falls silent, the
// wall does not pass for live, and it is again as soon as something comes through.
func TestTheMonitorSaysWhenItIsCutOff(t *testing.T) {
	t.Parallel()
	l := newLine(t, serve(t))
	p := Open(t, l.base)
	p.forgive("net::ERR_", "Failed to fetch")
	says := func(age, dot string) {
		t.Helper()
		p.wait("the wall to say "+age, `document.querySelector("#wall-age")?.innerText.startsWith("`+age+`") && document.querySelector("#wall-age .`+dot+`") !== null`)
	}
	p.signIn(partner)
	p.Go("/monitor")
	says("Live", "dot-green")
	l.cut()
	says("No connection", "dot-grey")
	p.eval(`document.querySelector("#wall").dataset.still = 4000`) // so that nobody has to wait for half a minute
	l.mend()
	says("Live", "dot-green")
	l.hold()
	says("No connection", "dot-grey")
	l.mend()
	says("Live", "dot-green")

	p.eval(`dispatchEvent(new Event("pagehide")); delete window.EventSource; import(document.querySelector('script[src*="/app."]').src)`)
	says("Updated", "dot-green")
	l.cut()
	says("No connection", "dot-grey")
	l.mend()
	says("Updated", "dot-green")
}

// line is a network between a browser and a server.
type line struct {
	base string

	mu    sync.Mutex
	state lineState
	turn  chan struct{} // closed when the state changes
	conns map[net.Conn]bool
}

type lineState int

const (
	whole lineState = iota
	broken
	silent
)

func newLine(t *testing.T, server string) *line {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	in, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(in.Addr().String())
	l := &line{base: "http://localhost:" + port, turn: make(chan struct{}), conns: map[net.Conn]bool{}}
	t.Cleanup(func() {
		_ = in.Close()
		l.cut()
	})
	go func() {
		for {
			near, err := in.Accept()
			if err != nil {
				return
			}
			far, err := new(net.Dialer).DialContext(context.WithoutCancel(t.Context()), "tcp", u.Host)
			if err != nil || !l.connect(near, far) {
				_ = near.Close()
				continue
			}
			go l.carry(near, far)
			go l.carry(far, near)
		}
	}()
	return l
}

func (l *line) connect(near, far net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state == broken {
		_ = far.Close()
		return false
	}
	l.conns[near], l.conns[far] = true, true
	return true
}

// carry passes on what comes, unless the line is silent.
func (l *line) carry(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	for b := make([]byte, 32<<10); ; {
		n, err := from.Read(b)
		for {
			l.mu.Lock()
			state, turn := l.state, l.turn
			l.mu.Unlock()
			if state != silent {
				break
			}
			<-turn
		}
		if _, wrong := to.Write(b[:n]); err != nil || wrong != nil {
			return
		}
	}
}

func (l *line) become(state lineState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = state
	close(l.turn)
	l.turn = make(chan struct{})
	if state == broken {
		for c := range l.conns {
			_ = c.Close()
		}
		clear(l.conns)
	}
}

func (l *line) cut()  { l.become(broken) }
func (l *line) hold() { l.become(silent) }
func (l *line) mend() { l.become(whole) }
