package main

import (
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/storetest"
)

// TestDrill is a short slice of make drill-allowances. What it is worth without locks is
// shown where that takes a few steps for sure, on SQLite.
func TestDrill(t *testing.T) {
	t.Parallel()
	o := options{steps: 800, workers: 4, control: 20_000, races: 7, seed: 7}
	for name, address := range map[string]func(*testing.T) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, at := t.Context(), address(t)
			w, err := newWorld(ctx, at)
			if err != nil {
				t.Fatal(err)
			}
			defer w.close()
			s, err := w.walk(ctx, w.app, o.steps, o)
			if err != nil || s.wrong != "" {
				t.Fatalf("%v: %s", err, s.wrong)
			}
			if s.steps != o.steps || s.looks < o.steps || s.made == 0 || s.moves == 0 || s.transfers == 0 || s.full == 0 {
				t.Errorf("too little happened: %+v", s)
			}
			if name == "postgres" {
				return
			}
			control, err := w.control(ctx, at, o)
			if err != nil || !strings.Contains(control, "without the lock of the transaction it was wrong") {
				t.Errorf("%s: %v", control, err)
			}
		})
	}
}

// TestFaultsAreFound holds the check itself to account: each sort of fault, put into a
// moment in which nothing is wrong, is found.
func TestFaultsAreFound(t *testing.T) {
	t.Parallel()
	right := func() moment {
		return moment{
			profiles: map[string]profile{"v": {id: "v"}, "r": {id: "r", parent: "v", stopped: true, halted: true}, "p": {id: "p", parent: "r", halted: true}},
			tree:     map[[2]string]int{{"v", "v"}: 0, {"r", "r"}: 0, {"p", "p"}: 0, {"v", "r"}: 1, {"v", "p"}: 2, {"r", "p"}: 1},
			licenses: []license{{"p", "development", "a"}, {"r", "development", "b"}},
			bounds:   []bound{{"r", "development", "", 2}, {"r", "", "a", 1}},
		}
	}
	if got := right().fault(); got != "" {
		t.Errorf("nothing is wrong, and it says %q", got)
	}
	for name, spoil := range map[string]func(*moment){
		"not in the tree":       func(m *moment) { delete(m.tree, [2]string{"v", "p"}) },
		"at another depth":      func(m *moment) { m.tree[[2]string{"v", "p"}] = 1 },
		"still below another":   func(m *moment) { m.tree[[2]string{"x", "p"}] = 1 },
		"goes on":               func(m *moment) { m.profiles["p"] = profile{id: "p", parent: "r"} },
		"stands still":          func(m *moment) { m.profiles["v"] = profile{id: "v", halted: true} },
		"one more of a kind":    func(m *moment) { m.licenses = append(m.licenses, license{"p", "development", "b"}) },
		"one more under a plan": func(m *moment) { m.licenses[1].plan = "a" },
	} {
		m := right()
		spoil(&m)
		if m.fault() == "" {
			t.Errorf("%s: not found", name)
		}
	}
}
