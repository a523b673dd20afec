package app_test

import (
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

func culling(t *plaza.Terms) { t.Cull, t.Revival = plaza.DeactivateDead, "1_MINUTE_REVIVE" }

// ended returns how many machines of the seat ended for being silent.
func ended(t *testing.T, w *apptest.World, s seat) (n int) {
	t.Helper()
	for _, m := range must1[[]plaza.Activation](t)(w.Activations(t.Context(), w.SignIn(t, "partner@example.com"), s.ID)) {
		if m.EndedWhy == plaza.EndCulled && m.EndedBy == plaza.Janitor.Own {
			n++
		}
	}
	return n
}

// TestSweepingEndsWhatIsOver, without anybody asking, once, by whichever node; and
// nothing that was heard of here a moment ago, or that keeps its place.
func TestSweepingEndsWhatIsOver(t *testing.T) {
	t.Parallel()
	storetest.Addresses(t, func(t *testing.T, db *store.DB, address string) {
		w := apptest.New(t, db)
		second := node(t, w, address)
		over, beats, keeps := sell(t, w, 2, culling), sell(t, w, 1, culling), sell(t, w, 1, nil)
		for _, s := range []seat{over, beats, keeps} {
			activate(t, w.Fleet, s, "one")
		}
		activate(t, w.Fleet, over, "two")
		come(t, second, over)
		sweep := func(what string, f *app.Fleet, ends int) {
			t.Helper()
			must(t, f.Sweep(t.Context()))
			if got := ended(t, w, over); got != ends {
				t.Errorf("%s: %d ended, want %d", what, got, ends)
			}
		}
		w.Clock.Advance(time.Microsecond)
		late := node(t, w, address)
		w.Clock.Advance(149 * time.Second)
		must1[app.Pong](t)(ping(t, w.Fleet, over, "two"))
		must1[app.Pong](t)(ping(t, w.Fleet, beats, "one")) // memory is the truth
		w.Clock.Advance(time.Second - 2*time.Microsecond)
		sweep("a moment before", w.Fleet, 0)
		w.Clock.Advance(time.Microsecond)
		sweep("by a node that is too young by a moment", late, 0)
		for _, err := range together(
			func() error { return w.Fleet.Sweep(t.Context()) }, func() error { flush(t, w.Fleet); return second.Sweep(t.Context()) },
		) {
			must(t, err)
		}
		sweep("at the time", w.Fleet, 1)
		if n := w.Events(t, plaza.AgentRelease, plaza.Done); n != 1 {
			t.Errorf("%d on record", n)
		}
		if e := w.Log(t, plaza.AuditFilter{Verbs: []plaza.Verb{plaza.AgentRelease}}, plaza.Page{}).Rows[0]; e.Verb != plaza.AgentRelease || e.Actor.Own != plaza.Janitor.Own || e.Object != over.ID {
			t.Errorf("on record: %+v", e)
		}
		for where, f := range map[string]*app.Fleet{"here": w.Fleet, "elsewhere": second} {
			must(t, f.Follow(t.Context()))
			_, err := ping(t, f, over, "one")
			wantCode(t, "a heartbeat after the end "+where, err, plaza.NotFound, "NOT_FOUND")
			must1[app.Pong](t)(ping(t, f, over, "two"))
			must1[app.Pong](t)(ping(t, f, beats, "one"))
		}
		w.Clock.Advance(day)
		listen(t, w, 150*time.Second)
		must(t, w.Fleet.Sweep(t.Context()))
		if ended(t, w, beats) != 1 || ended(t, w, keeps) != 0 {
			t.Error("a day later: what is silent stands, or what keeps its place does not")
		}
	})
}

func TestSweepingEndsDeadProcesses(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		limited, always := sell(t, w, 1, func(t *plaza.Terms) { t.Revival = "1_MINUTE_REVIVE" }), sell(t, w, 1, nil)
		var all []plaza.Process
		for _, s := range []seat{limited, always} {
			m := activate(t, w.Fleet, s, "fp")
			for _, pid := range []string{"silent", "beats"} {
				all = append(all, must1[plaza.Process](t)(spawn(t, w.Fleet, s, m.ID, pid)))
			}
		}
		stand := func(what string, s seat, n int) {
			t.Helper()
			must(t, w.Fleet.Sweep(t.Context()))
			if got := must1[[]plaza.Process](t)(w.Fleet.Processes(t.Context(), come(t, w.Fleet, s), "")); len(got) != n {
				t.Errorf("%s: %d stand, want %d", what, len(got), n)
			}
		}
		beat := func(s seat, p plaza.Process) {
			t.Helper()
			must1[plaza.HeartbeatStatus](t)(pingProcess(t, w.Fleet, s, p.ID))
		}
		w.Clock.Advance(149 * time.Second)
		beat(limited, all[1])
		w.Clock.Advance(time.Second)
		stand("at the end of the window", limited, 2)
		w.Clock.Advance(time.Microsecond)
		stand("after it", limited, 1)
		stand("what can always come back", always, 2)
		_, err := pingProcess(t, w.Fleet, limited, all[0].ID)
		wantCode(t, "a heartbeat after the end", err, plaza.NotFound, "NOT_FOUND")
		w.Clock.Advance(day - time.Minute - time.Microsecond)
		beat(always, all[3])
		stand("within a day", always, 2)
		w.Clock.Advance(time.Microsecond)
		stand("after a day", always, 1)
	})
}

// listen has the node of w follow the others for so long.
func listen(t *testing.T, w *apptest.World, long time.Duration) {
	t.Helper()
	must(t, w.Fleet.Follow(t.Context()))
	for end := w.Clock.Now().Add(long); w.Clock.Now().Before(end); {
		w.Clock.Advance(5 * time.Second)
		must(t, w.Fleet.Follow(t.Context()))
	}
}

// silent is a machine with a process that were heard of until now, and a node that
// listened meanwhile.
func silent(t *testing.T, w *apptest.World) seat {
	t.Helper()
	s := sell(t, w, 1, culling)
	m := activate(t, w.Fleet, s, "old")
	p := must1[plaza.Process](t)(spawn(t, w.Fleet, s, m.ID, "1"))
	for range 3 {
		w.Clock.Advance(time.Minute)
		must1[app.Pong](t)(ping(t, w.Fleet, s, "old"))
		must1[plaza.HeartbeatStatus](t)(pingProcess(t, w.Fleet, s, p.ID))
	}
	return s
}

// stands fails the test if something of s ended.
func stands(t *testing.T, w *apptest.World, what string, s seat) {
	t.Helper()
	must(t, w.Fleet.Sweep(t.Context()))
	wantCode(t, what, tryActivate(t, w.Fleet, s, plaza.NewActivation{Fingerprint: "new"}), plaza.Invalid, "MACHINE_LIMIT_EXCEEDED")
	if n := len(must1[[]plaza.Process](t)(w.Fleet.Processes(t.Context(), come(t, w.Fleet, s), ""))); ended(t, w, s) != 0 || n != 1 {
		t.Errorf("%s: something ended", what)
	}
}

// TestAClockThatLeapsEndsNothing until the node has listened for long enough anew.
func TestAClockThatLeapsEndsNothing(t *testing.T) {
	t.Parallel()
	for _, leap := range []time.Duration{time.Hour, 3 * time.Minute} {
		t.Run(leap.String(), func(t *testing.T) {
			t.Parallel()
			worlds(t, func(t *testing.T, w *apptest.World) {
				s := silent(t, w)
				w.Clock.Set(w.Clock.Now().Add(leap))
				stands(t, w, "after a leap", s)
				w.Clock.Advance(150*time.Second - time.Microsecond)
				stands(t, w, "a moment before it has listened for long enough", s)
				w.Clock.Advance(time.Microsecond)
				must(t, w.Fleet.Sweep(t.Context()))
				if ended(t, w, s) != 1 {
					t.Error("what is silent after a leap never ends")
				}
			})
		})
	}
}

// TestADeafNodeEndsNothing: it stood still, or could not reach the database, and does
// not know what others heard.
func TestADeafNodeEndsNothing(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		s := silent(t, w)
		must(t, w.Fleet.Follow(t.Context()))
		w.Clock.Advance(10 * time.Minute)
		stands(t, w, "before it looked", s)
		listen(t, w, 0)
		stands(t, w, "when it has just looked", s)
		listen(t, w, 145*time.Second)
		stands(t, w, "a moment before it has listened for long enough", s)
		listen(t, w, 5*time.Second)
		must(t, w.Fleet.Sweep(t.Context()))
		if ended(t, w, s) != 1 {
			t.Error("what is silent after that never ends")
		}
	})
}

// TestAnOutageEndsNoProcess that can always come back, as long as it was.
func TestAnOutageEndsNoProcess(t *testing.T) {
	t.Parallel()
	nodes(t, func(t *testing.T, w *apptest.World, _ *app.Fleet) {
		s := sell(t, w, 1, nil)
		p := must1[plaza.Process](t)(spawn(t, w.Fleet, s, activate(t, w.Fleet, s, "fp").ID, "1"))
		w.Clock.Advance(2 * day)
		f := must1[*app.Fleet](t)(app.NewFleet(t.Context(), app.New(w.DB, app.Config{Now: w.Clock.Now, Steady: w.Clock.Steady, Texts: w.Texts, Box: w.Box, PublicURL: "http://plaza.test"})))
		w.Clock.Advance(time.Hour)
		must(t, f.Sweep(t.Context()))
		if status := must1[plaza.HeartbeatStatus](t)(pingProcess(t, f, s, p.ID)); status != plaza.HeartbeatResurrected {
			t.Errorf("it is %s", status)
		}
	})
}

// TestANodeForgetsWhatItNeedNotKnow: a process is then read where it was written, a
// machine of a copy never is.
func TestANodeForgetsWhatItNeedNotKnow(t *testing.T) {
	t.Parallel()
	bareWorlds(t, func(t *testing.T, w bare) {
		f, s := w.Fleet, sell(t, w.World, 1, nil)
		m := activate(t, f, s, "fp")
		p := must1[plaza.Process](t)(spawn(t, f, s, m.ID, "1"))
		w.Clock.Advance(time.Second)
		must1[app.Pong](t)(ping(t, f, s, "fp"))
		must1[plaza.HeartbeatStatus](t)(pingProcess(t, f, s, p.ID))
		flush(t, f)
		heard := w.Clock.Now()
		w.exec(t, `UPDATE pulses SET at = at - 1000000`) // so that it shows where it is read
		beat := func() time.Time {
			return must1[plaza.Process](t)(f.Process(t.Context(), come(t, f, s), p.ID)).Beat
		}
		if !beat().Equal(heard) {
			t.Error("memory is not the truth")
		}
		for range 3 {
			w.Clock.Advance(10 * time.Minute)
			must(t, f.Sweep(t.Context()))
		}
		if got := beat(); !got.Equal(heard.Add(-time.Second)) {
			t.Errorf("it is known for ever: %v", got)
		}
		must1[plaza.Activation](t)(f.Describe(t.Context(), come(t, f, s), "fp", plaza.ActivationEdit{})) // it is read anew
		if got := must1[plaza.Activation](t)(f.Machine(t.Context(), come(t, f, s), "fp")); !got.Beat.Equal(heard) {
			t.Errorf("of its machine it knows %v, want %v", got.Beat, heard)
		}
	})
}

// TestTidyDropsWhatIsOver of what nodes tell each other, and of processes.
func TestTidyDropsWhatIsOver(t *testing.T) {
	t.Parallel()
	bareWorlds(t, func(t *testing.T, w bare) {
		f, s := w.Fleet, sell(t, w.World, 1, nil)
		m := activate(t, f, s, "fp")
		var all []plaza.Process
		for _, pid := range []string{"ended", "ended later", "lives"} {
			all = append(all, must1[plaza.Process](t)(spawn(t, f, s, m.ID, pid)))
		}
		pulses := len(w.rows(t, "pulses"))
		must(t, f.EndProcess(t.Context(), come(t, f, s), all[0].ID))
		w.Clock.Advance(time.Second)
		must(t, f.EndProcess(t.Context(), come(t, f, s), all[1].ID))
		stand := func(what string, changes bool, processes int) {
			t.Helper()
			must(t, w.Tidy(t.Context(), plaza.Janitor))
			if n := len(w.rows(t, "fleet_changes")); (n > 0) != changes {
				t.Errorf("%s: %d changes", what, n)
			}
			if n, of := len(w.rows(t, "processes")), len(w.rows(t, "pulses")); n != processes || of != pulses-3+processes {
				t.Errorf("%s: %d processes, %d pulses", what, n, of)
			}
		}
		w.Clock.Advance(10*time.Minute - time.Second)
		stand("within ten minutes", true, 3)
		w.Clock.Advance(time.Second)
		stand("after ten minutes", false, 3)
		w.Clock.Advance(day - 10*time.Minute)
		stand("after a day", false, 2)
	})
}
