package matrixtest

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	fmt.Fprint(os.Stdout, summary.String())
	os.Exit(code)
}

var summary strings.Builder // what is said at the end

// TestMatrix tries every cell, on one engine after the other: the policy that
// mutants change is the same for both.
func TestMatrix(t *testing.T) {
	for _, engine := range []struct {
		name  string
		fresh func(*testing.T) string
	}{{"sqlite", storetest.SQLite}, {"postgres", storetest.Postgres}} {
		t.Run(engine.name, func(t *testing.T) {
			r := newRun(t, engine.fresh(t))
			r.rules(t)
			r.calls(t)
			r.cells(t)
			r.elsewhere(t)
			r.agents(t)
			line := fmt.Sprintf("isolation matrix: %d cells, %d leaks", r.tried, r.leaks)
			if r.leaks == 0 {
				line += r.mutants(t)
			}
			fmt.Fprintf(&summary, "%s: %s\n%s\n", engine.name, r.details, line)
		})
	}
}

// run is the matrix on one engine.
type run struct {
	*oracle

	all   []cell
	heard map[scope][]int // in which of them each scope was heard
	tried int
	leaks int
	said  map[string]int // how many of a kind were wrong

	details string
}

func newRun(t *testing.T, address string) *run {
	t.Helper()
	w := newWorld(t, address)
	return &run{oracle: &oracle{w: w, known: map[string]string{}, done: map[string]bool{}}, all: w.cells(t), heard: map[scope][]int{}, said: map[string]int{}}
}

// wrong counts a cell, and what was wrong with it; the first few of a kind are
// told.
func (r *run) wrong(t *testing.T, kind, name, wrong string) {
	t.Helper()
	r.tried++
	if wrong == "" {
		return
	}
	r.leaks++
	const enough = 2
	if r.said[kind]++; r.said[kind] <= enough {
		t.Errorf("%s: %s", name, wrong)
	}
}

// rules tries what every verb says of everybody.
func (r *run) rules(t *testing.T) {
	t.Helper()
	rules, own := r.w.rules(t)
	for _, v := range plaza.Verbs() {
		r.wrong(t, "rule", string(v), misruled(v, rules[v], own[v]))
	}
}

// calls tries every method of the store that takes a scope.
func (r *run) calls(t *testing.T) {
	t.Helper()
	all := r.w.calls()
	for m := range reflect.TypeFor[*store.Tx]().Methods() {
		takes := false
		for in := range m.Type.Ins() {
			takes = takes || in == reflect.TypeFor[plaza.Scope]()
		}
		if _, ok := all[m.Name]; takes && !ok {
			t.Errorf("%s takes a scope, and store_test.go does not call it", m.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		r.wrong(t, "call", name, r.call(t, all[name]))
	}
	r.wrong(t, "call", "ProfileImpact", r.w.counted(t))
	r.wrong(t, "call", "SealedEvents", r.w.toldOtherwise(t))
}

// call tries one method, and hears its scopes.
func (r *run) call(t *testing.T, f call) string {
	t.Helper()
	r.w.e.heard = func(s scope) {
		if _, ok := r.heard[s]; !ok {
			r.heard[s] = nil
		}
	}
	defer func() { r.w.e.heard = func(scope) {} }()
	if wrong := r.w.leaks(t, f); wrong != "" {
		return wrong
	}
	return r.w.finds(t, f)
}

// cells tries every request there is.
func (r *run) cells(t *testing.T) {
	t.Helper()
	for i, c := range r.all {
		r.w.e.heard = func(s scope) {
			if in := r.heard[s]; len(in) == 0 || in[len(in)-1] != i {
				r.heard[s] = append(in, i)
			}
		}
		r.wrong(t, c.way.String()+string(c.want), c.String(), r.try(t, c))
		r.sweep(t)
	}
	r.w.e.heard = func(scope) {}
	for name, d := range ways(t) {
		if !d.anybody && !r.done[name] {
			t.Errorf("%s: nobody got there, so nobody knows whether anybody is kept out", name)
		}
	}
	for method := range r.w.e.unknown {
		t.Errorf("%s asks for profile_tree in a way that engine_test.go does not know, so nobody sees what happens without it", method)
	}
}

// sweep has PostgreSQL clear away what was undone, now and then.
func (r *run) sweep(t *testing.T) {
	t.Helper()
	const often = 1000
	if r.w.e.name == "postgres" && r.tried%often == 0 {
		must(t, r.w.e.run("VACUUM"))
	}
}

// short returns the beginning of a text.
func short(text string) string {
	const enough = 200
	return strings.ToValidUTF8(text[:min(len(text), enough)], "")
}
