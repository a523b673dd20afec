package browsertest

import (
	"strings"
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
	p.eval(`delete window.EventSource; document.querySelector("#wall-age [data-age]").textContent = "";
		import(document.querySelector('script[src*="/app."]').src)`)
	p.wait("another way", `document.querySelector("#wall-age")?.innerText.startsWith("Updated")`)
}
