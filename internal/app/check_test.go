package app_test

import (
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestCheckNotesWhen(t *testing.T) {
	t.Parallel()
	nodes(t, func(t *testing.T, w *apptest.World, second *app.Fleet) {
		ctx, f, s := t.Context(), w.Fleet, sell(t, w, 1, nil)
		if !f.Checked(come(t, f, s)).IsZero() {
			t.Error("it was checked before")
		}
		w.Clock.Advance(time.Second)
		_, at, err := f.Check(ctx, come(t, f, s), plaza.CheckScope{}, false)
		must(t, err)
		if !at.Equal(w.Clock.Now()) || !f.Checked(come(t, f, s)).Equal(at) {
			t.Errorf("checked at %v", at)
		}
		flush(t, f)
		if got := second.Checked(come(t, second, s)); !got.Equal(at) {
			t.Errorf("elsewhere %v", got)
		}
	})
}

// TestBareCheckAsksForNothing that terms require to be named.
func TestBareCheckAsksForNothing(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, f, s := t.Context(), w.Fleet, sell(t, w, 1, nil)
		activate(t, f, s, "fp")
		v, _, err := f.Check(ctx, come(t, f, s), plaza.CheckScope{}, false)
		must(t, err)
		wantVerdict(t, "nothing named", v, "FINGERPRINT_SCOPE_REQUIRED", false)
		v, _, err = f.Check(ctx, come(t, f, s), plaza.CheckScope{}, true)
		must(t, err)
		wantVerdict(t, "bare", v, plaza.CheckValid, true)
	})
}

func TestCheckLooksAtComponentsAndProcesses(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, f := t.Context(), w.Fleet
		s := sell(t, w, 1, func(t *plaza.Terms) { t.Processes, t.ComponentMatching = 1, plaza.MatchAll })
		m := must1[plaza.Activation](t)(f.Activate(ctx, come(t, f, s), plaza.NewActivation{
			Fingerprint: "fp", Components: []plaza.NewComponent{{Fingerprint: "cpu"}, {Fingerprint: "disk"}},
		}))
		with := func(components ...string) plaza.Verdict {
			v, _, err := f.Check(ctx, come(t, f, s), plaza.CheckScope{Fingerprint: plaza.Give("fp"), Components: plaza.Give(components)}, false)
			must(t, err)
			return v
		}
		wantVerdict(t, "both", with("cpu", "disk"), plaza.CheckValid, true)
		wantVerdict(t, "one of two", with("cpu", "board"), "COMPONENTS_SCOPE_MISMATCH", false)
		must1[plaza.Process](t)(f.Spawn(ctx, come(t, f, s), m.ID, "1", ""))
		wantVerdict(t, "a process", with("cpu"), plaza.CheckValid, true)
	})
}

func TestCheckOut(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, f, s := t.Context(), w.Fleet, sell(t, w, 1, nil)
		activate(t, f, s, "fp")
		w.Clock.Advance(time.Second)
		_, at, err := f.CheckOut(ctx, come(t, f, s), "")
		must(t, err)
		w.Clock.Advance(time.Second)
		m, later, err := f.CheckOut(ctx, come(t, f, s), "fp")
		must(t, err)
		b := come(t, f, s)
		if got := b.Standing.License.CheckedOut; !got.Equal(at) {
			t.Errorf("the license at %v, want %v", got, at)
		}
		if got := must1[plaza.Activation](t)(f.Machine(t.Context(), b, m.ID)).CheckedOut; !got.Equal(later) || !m.CheckedOut.Equal(later) {
			t.Errorf("the machine at %v, want %v", got, later)
		}
		_, _, err = f.CheckOut(ctx, b, "never")
		wantCode(t, "no such machine", err, plaza.NotFound, "NOT_FOUND")
	})
}

// TestACheckReadsOnlyWhatItLooksAt: what it does not need may be gone.
func TestACheckReadsOnlyWhatItLooksAt(t *testing.T) {
	t.Parallel()
	bareWorlds(t, func(t *testing.T, w bare) {
		ctx, f := t.Context(), w.Fleet
		free, limited := sell(t, w.World, 1, nil), sell(t, w.World, 1, func(t *plaza.Terms) { t.Processes = 2 })
		valid := func(what string, s seat, scope plaza.CheckScope) {
			t.Helper()
			scope.Fingerprint = plaza.Give("fp")
			v, _, err := f.Check(ctx, come(t, f, s), scope, false)
			must(t, err)
			wantVerdict(t, what, v, plaza.CheckValid, true)
		}
		parts := plaza.NewActivation{Fingerprint: "fp", Components: []plaza.NewComponent{{Fingerprint: "cpu"}}}
		must(t, tryActivate(t, f, free, parts))
		must(t, tryActivate(t, f, limited, parts))
		w.exec(t, `ALTER TABLE processes RENAME TO processes_away`)
		valid("components without processes", free, plaza.CheckScope{Components: plaza.Give([]string{"cpu"})})
		w.exec(t, `ALTER TABLE processes_away RENAME TO processes`)
		w.exec(t, `ALTER TABLE components RENAME TO components_away`)
		valid("processes without components", limited, plaza.CheckScope{})
	})
}
