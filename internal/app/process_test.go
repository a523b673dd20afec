package app_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
)

func spawn(t *testing.T, f *app.Fleet, s seat, machine, pid string) (plaza.Process, error) {
	t.Helper()
	return f.Spawn(t.Context(), come(t, f, s), machine, pid, "")
}

func pingProcess(t *testing.T, f *app.Fleet, s seat, id string) (plaza.HeartbeatStatus, error) {
	t.Helper()
	_, status, err := f.PingProcess(t.Context(), come(t, f, s), id)
	return status, err
}

func TestProcessSlots(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, f := t.Context(), w.Fleet
		for leasing, most := range map[plaza.Leasing]int{plaza.LeasePerMachine: 4, plaza.LeasePerLicense: 2} {
			s := sell(t, w, 2, func(t *plaza.Terms) { t.Processes, t.ProcessLeasing = 2, leasing })
			in := 0
			for _, fp := range []string{"one", "two"} {
				m := activate(t, f, s, fp)
				for pid := range 3 {
					_, err := spawn(t, f, s, m.ID, strconv.Itoa(pid))
					if err == nil {
						in++
						continue
					}
					wantCode(t, string(leasing), err, plaza.Invalid, "MACHINE_PROCESS_LIMIT_EXCEEDED")
				}
			}
			if in != most {
				t.Errorf("%s: %d live, want %d", leasing, in, most)
			}
			all := must1[[]plaza.Process](t)(f.Processes(ctx, come(t, f, s), ""))
			if len(all) != most {
				t.Errorf("%s: %d are listed", leasing, len(all))
			}
			must(t, f.EndProcess(ctx, come(t, f, s), all[0].ID))
			wantCode(t, "ended twice", f.EndProcess(ctx, come(t, f, s), all[0].ID), plaza.NotFound, "NOT_FOUND")
			must1[plaza.Process](t)(spawn(t, f, s, all[0].Activation, "next"))
		}
	})
}

func TestProcessSlotsAtTheSameTime(t *testing.T) {
	t.Parallel()
	nodes(t, func(t *testing.T, w *apptest.World, second *app.Fleet) {
		s := sell(t, w, 1, func(t *plaza.Terms) { t.Processes = 3 })
		m := activate(t, w.Fleet, s, "fp")
		var deeds []func() error
		for i := range 12 {
			f := []*app.Fleet{w.Fleet, second}[i%2]
			deeds = append(deeds, func() error { return errOf(spawn(t, f, s, m.ID, strconv.Itoa(i))) })
		}
		in := 0
		for _, err := range together(deeds...) {
			if err == nil {
				in++
			} else {
				wantCode(t, "the others", err, plaza.Invalid, "MACHINE_PROCESS_LIMIT_EXCEEDED")
			}
		}
		if in != 3 {
			t.Errorf("%d live", in)
		}
	})
}

// TestWhoMayNotEndAProcessForgetsNothing: what was last heard of it stays known.
func TestWhoMayNotEndAProcessForgetsNothing(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		f, mine, other := w.Fleet, sell(t, w, 1, nil), sell(t, w, 1, nil)
		m := activate(t, f, mine, "fp")
		p := must1[plaza.Process](t)(spawn(t, f, mine, m.ID, "1"))
		w.Clock.Advance(time.Minute)
		must1[plaza.HeartbeatStatus](t)(pingProcess(t, f, mine, p.ID)) // not flushed
		wantCode(t, "another's", f.EndProcess(t.Context(), come(t, f, other), p.ID), plaza.NotFound, "NOT_FOUND")
		if got := must1[plaza.Process](t)(f.Process(t.Context(), come(t, f, mine), p.ID)); !got.Beat.Equal(w.Clock.Now()) {
			t.Errorf("heard of at %v", got.Beat)
		}
	})
}

func TestProcessLife(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		f := w.Fleet
		s := sell(t, w, 1, func(t *plaza.Terms) { t.Processes, t.Revival = 1, "1_MINUTE_REVIVE" })
		m := activate(t, f, s, "fp")
		p := must1[plaza.Process](t)(spawn(t, f, s, m.ID, "1"))
		wantCode(t, "the same pid", errOf(spawn(t, f, s, m.ID, "1")), plaza.Invalid, "PID_TAKEN")
		wantCode(t, "a long pid", errOf(spawn(t, f, s, m.ID, strings.Repeat("1", 4097))), plaza.Invalid, "PID_TOO_LONG")
		w.Clock.Advance(time.Minute)
		if status, err := pingProcess(t, f, s, p.ID); err != nil || status != plaza.HeartbeatAlive {
			t.Errorf("%s, %v", status, err)
		}
		w.Clock.Advance(100 * time.Second)
		if status, err := pingProcess(t, f, s, p.ID); err != nil || status != plaza.HeartbeatResurrected {
			t.Errorf("%s, %v", status, err)
		}
		w.Clock.Advance(100 * time.Second) // dead, and its slot is free
		other := must1[plaza.Process](t)(spawn(t, f, s, m.ID, "2"))
		_, err := pingProcess(t, f, s, p.ID)
		wantCode(t, "there is no slot", err, plaza.Invalid, "PROCESS_HEARTBEAT_DEAD")
		must(t, f.EndProcess(t.Context(), come(t, f, s), other.ID))
		if status, err := pingProcess(t, f, s, p.ID); err != nil || status != plaza.HeartbeatResurrected {
			t.Errorf("%s, %v", status, err)
		}
		w.Clock.Advance(151 * time.Second)
		_, err = pingProcess(t, f, s, p.ID)
		wantCode(t, "after its window", err, plaza.Invalid, "PROCESS_HEARTBEAT_DEAD")
		must1[plaza.Process](t)(spawn(t, f, s, m.ID, "1")) // the pid is free with the dead one
		must(t, f.Deactivate(t.Context(), come(t, f, s), "fp"))
		if all := must1[[]plaza.Process](t)(f.Processes(t.Context(), come(t, f, s), "")); len(all) != 0 {
			t.Errorf("%d outlive their machine", len(all))
		}
	})
}
