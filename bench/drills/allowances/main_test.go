package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/storetest"
)

// TestDrill is a short slice of make drill-allowances.
func TestDrill(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(*testing.T) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := drill(t.Context(), &out, address(t), options{steps: 1000, workers: 4, control: 20_000, races: 7, seed: 7}); err != nil {
				t.Fatalf("%v\n%s", err, &out)
			}
			for _, says := range []string{"control: without the lock", name + "\nallowances: 1000 steps, 0 over, 0 faults\n"} {
				if !strings.Contains(out.String(), says) {
					t.Errorf("it does not say %q:\n%s", says, &out)
				}
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
