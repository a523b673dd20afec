package actingtest

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/connectplaza/plaza"
)

// target makes the drill of a test: make drill-acting asks for a million.
var target = flag.Int64("acting.steps", 0, "how many steps to drill; 0: the slice that every test run takes")

func TestMain(m *testing.M) {
	flag.Parse()
	average := 150
	if *target > 0 {
		average = 400
	}
	for name, value := range map[string]int{"rapid.steps": average, "rapid.checks": 10, "rapid.nofailfile": 1} {
		if err := flag.Set(name, strconv.Itoa(value)); err != nil {
			panic(err)
		}
	}
	code := m.Run()
	if *target > 0 {
		if steps.Load() < *target {
			code = max(code, 1)
		}
		fmt.Fprintf(os.Stdout, "acting: %d steps, %d violations\n", steps.Load(), violations.Load())
	}
	os.Exit(code)
}

// slice is how many steps every test run takes on SQLite, and a third of it on
// PostgreSQL.
var slice = flag.Int64("acting.slice", 600, "how many steps to take without a drill")

// TestStateMachine takes worlds through histories until there were enough steps.
// Rapid says how to repeat one that failed, and makes it shorter first.
func TestStateMachine(t *testing.T) {
	t.Parallel()
	if *target > 0 {
		t.Cleanup(func() { everything(t) })
	}
	for _, w := range workers() {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			drill(t, newStory(t, w.driver), w.steps)
		})
	}
}

// seen counts what happened: that nothing was violated says little of what never
// came about.
var seen = struct {
	mu  sync.Mutex
	all map[string]int
}{all: map[string]int{}}

func tally(what ...string) {
	seen.mu.Lock()
	defer seen.mu.Unlock()
	seen.all[strings.TrimSpace(strings.Join(what, " "))]++
}

// everything prints what happened how often, and fails if something never did:
// each verb that leaves an event, done and refused, and each way to end.
func everything(t *testing.T) {
	t.Helper()
	want := []string{"acting.start under a consent, once: true", "acting.start under a consent, once: false"}
	for v := range rights {
		switch v {
		case plaza.LoginReinvite, plaza.AccountEdit, plaza.ProfileCreate, plaza.RequestMake: // tried from inside only
			want = append(want, string(v)+" refused")
			continue
		case plaza.OverviewRead, plaza.ProfileRead, plaza.LicenseRead, plaza.AgentRead, plaza.LoginRead, plaza.RequestRead,
			plaza.NoticeRead, plaza.HistoryRead, plaza.ExportRead: // nobody who is in is refused
			continue
		case plaza.ExportDownload, plaza.ExportCancel, plaza.ImportRead, plaza.ImportCreate, plaza.ImportCheck, plaza.ImportApply, plaza.ImportDiscard: // the matrix tries them
			continue
		case plaza.ExportCreate: // nobody who is in is refused
		case plaza.ActingStop, plaza.ActingRaise, plaza.SessionSignOut: // whoever is in may go
		default:
			want = append(want, string(v)+" refused")
		}
		if !looks(v) && v != plaza.ActingStop {
			want = append(want, string(v)+" done")
		}
	}
	for _, end := range []plaza.EndReason{
		plaza.EndLeft, plaza.EndSignedOut, plaza.EndTime, plaza.EndSession, plaza.EndProfile, plaza.EndAccess, plaza.EndOff, plaza.EndLogin, plaza.EndHalted,
	} {
		want = append(want, string(plaza.ActingStop)+" done "+string(end))
	}
	for _, what := range slices.Sorted(maps.Keys(seen.all)) {
		fmt.Fprintf(os.Stdout, "%9d %s\n", seen.all[what], what)
	}
	for _, what := range want {
		if seen.all[what] == 0 {
			t.Errorf("it never came to %s", what)
		}
	}
}

// worker drills on one engine.
type worker struct {
	name, driver string
	steps        int64
}

// workers are one for each engine, which take a slice; in a drill, several for
// SQLite, as it is quicker by far.
func workers() []worker {
	if *target == 0 {
		return []worker{{"sqlite", "sqlite", *slice}, {"postgres", "pgx", *slice / 3}}
	}
	few := *target / 50
	all := []worker{{"postgres", "pgx", few}}
	for i := range int64(2) {
		all = append(all, worker{fmt.Sprint("sqlite ", i+1), "sqlite", (*target - few + i) / 2})
	}
	return all
}

// drill takes copies of a story through histories until there were enough steps.
func drill(t *testing.T, s *story, enough int64) {
	t.Helper()
	defer func() {
		if t.Failed() {
			violations.Add(1)
		}
	}()
	var mine, told atomic.Int64
	began, failing := time.Now(), false //nolint:forbidigo // for whoever waits
	for mine.Load() < enough && !t.Failed() {
		rapid.Check(t, func(rt *rapid.T) {
			if mine.Load() >= enough && !failing {
				return // the rest of the histories of this round
			}
			failing = true // unless this one comes to its end
			w := s.open(t.Context())
			defer w.close()
			m := newMachine(rt, w)
			defer func() { mine.Add(int64(m.did)) }()
			rt.Repeat(m.actions())
			m.check()
			m.others()
			failing = false
		})
		if n := mine.Load(); *target > 0 && n-told.Load() >= 10_000 {
			told.Store(n)
			fmt.Fprintf(os.Stdout, "%s: %d steps after %s, %d violations\n", t.Name(), n, time.Since(began).Round(time.Second), violations.Load())
		}
	}
}
