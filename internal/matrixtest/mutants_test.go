//go:build mutants

package matrixtest

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
)

var every = flag.Int("matrix.every", 40, "try every n-th mutant")

// mutants makes the program wrong in one place at a time, and sees whether
// something is found to be wrong.
func (r *run) mutants(t *testing.T) string {
	t.Helper()
	var all []mutant
	for _, m := range plaza.Mutants() {
		all = append(all, mutant{"policy: " + string(m.Verb) + " " + m.Entry, func(t *testing.T) string { return r.flipped(t, m) }})
	}
	for _, s := range slices.SortedFunc(maps.Keys(r.heard), func(a, b scope) int { return cmp.Compare(a.String(), b.String()) }) {
		all = append(all, mutant{"scope: " + s.String(), func(t *testing.T) string { return r.dropped(t, s) }})
	}
	by := map[string]int{}
	tried, killed := 0, 0
	for i, m := range all {
		if i%*every != 0 && (*every == 1 || i != len(all)-1) {
			continue
		}
		tried++
		where := m.kill(t)
		if where == "" {
			t.Errorf("survived: %s", m.name)
			continue
		}
		killed++
		kind, _, _ := strings.Cut(m.name, ":")
		by[kind+" by "+where]++
	}
	var found []string
	for _, what := range slices.Sorted(maps.Keys(by)) {
		found = append(found, fmt.Sprintf("%d of the %s", by[what], what))
	}
	r.details = fmt.Sprintf("%d mutants there are; noticed: %s", len(all), strings.Join(found, ", "))
	return fmt.Sprintf(", mutants killed %d of %d", killed, tried)
}

// mutant is the program with one thing wrong. Kill returns who notices; empty if
// nobody does.
type mutant struct {
	name string
	kill func(*testing.T) string
}

// flipped tries the cells that an entry of the policy should matter for.
func (r *run) flipped(t *testing.T, m plaza.Mutant) string {
	t.Helper()
	m.Flip()
	defer m.Flip()
	asks := map[string]bool{}
	for _, rt := range r.w.mux.Routes() {
		if !rt.Public && (rt.Verb == m.Verb || rt.Else == m.Verb) {
			asks[rt.String()] = true
		}
	}
	tried := map[string]bool{}
	for _, c := range r.all {
		key := c.who.name + c.way.String()
		if !asks[c.way.String()] || c.who.closed || tried[key] || c.want != forbidden && c.want != through || !concerns(m.Entry, c.who) {
			continue
		}
		tried[key] = true
		if r.notices(t, c) {
			return "a request"
		}
	}
	rules, own := r.w.rules(t)
	if misruled(m.Verb, rules[m.Verb], own[m.Verb]) != "" {
		return "the rules"
	}
	return ""
}

// concerns reports whether an entry of the policy is about p.
func concerns(entry string, p principal) bool {
	what, value, _ := strings.Cut(entry, " ")
	switch what {
	case "kind":
		return string(p.kind) == value || p.via != nil && string(p.via.kind) == value
	case "role":
		return string(p.role) == value || p.via != nil && string(p.via.role) == value
	case "own":
		return false
	}
	return p.via != nil
}

// dropped tries the cells in which a scope was heard, without it.
func (r *run) dropped(t *testing.T, s scope) string {
	t.Helper()
	r.w.e.drop = func(other scope) bool { return s == other }
	defer func() { r.w.e.drop = func(scope) bool { return false } }()
	const enough = 150
	in := r.heard[s]
	step := max(1, len(in)/enough)
	for i := 0; i < len(in); i += step {
		if r.notices(t, r.all[in[i]]) {
			return "a request"
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.w.calls())) {
		if r.w.leaks(t, r.w.calls()[name]) != "" {
			return "the store's methods"
		}
	}
	if r.w.counted(t) != "" || s.method == "SealedEvents" && r.w.toldOtherwise(t) != "" {
		return "the store's methods"
	}
	return ""
}

// notices reports whether a cell is not what it ought to be.
func (r *run) notices(t *testing.T, c cell) bool {
	t.Helper()
	o := oracle{w: r.w, known: maps.Clone(r.known), done: map[string]bool{}}
	return o.try(t, c) != ""
}
