package app_test

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/heartbeat"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

func tryActivate(t *testing.T, f *app.Fleet, s seat, in plaza.NewActivation) error {
	t.Helper()
	return errOf(f.Activate(t.Context(), come(t, f, s), in))
}

func TestActivationHasItsLimits(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		f, s := w.Fleet, sell(t, w, 2, func(t *plaza.Terms) { t.Cores = 6 })
		one := activate(t, f, s, "one")
		r := wantCode(t, "again", tryActivate(t, f, s, plaza.NewActivation{Fingerprint: "one"}), plaza.Invalid, "FINGERPRINT_TAKEN")
		if r.Machine != one.ID || r.Pointer != "/data/attributes/fingerprint" {
			t.Errorf("%+v", r)
		}
		wantCode(t, "a machine's ID", tryActivate(t, f, s, plaza.NewActivation{Fingerprint: one.ID}), plaza.Invalid, "FINGERPRINT_CONFLICT")
		wantCode(t, "too many cores", tryActivate(t, f, s, plaza.NewActivation{Fingerprint: "two", Cores: 7}), plaza.Invalid, "MACHINE_CORE_LIMIT_EXCEEDED")
		must(t, tryActivate(t, f, s, plaza.NewActivation{Fingerprint: uuid.NewString(), Cores: 6}))
		wantCode(t, "one too many", tryActivate(t, f, s, plaza.NewActivation{Fingerprint: "three"}), plaza.Invalid, "MACHINE_LIMIT_EXCEEDED")
		r = wantCode(t, "taken comes before the limit", tryActivate(t, f, s, plaza.NewActivation{Fingerprint: "one"}), plaza.Invalid, "FINGERPRINT_TAKEN")
		if r.Machine != one.ID {
			t.Errorf("%+v", r)
		}
		must(t, f.Deactivate(t.Context(), come(t, f, s), "one"))
		w.Clock.Advance(time.Second)
		must(t, tryActivate(t, f, s, plaza.NewActivation{Fingerprint: "three"}))
		must(t, tryActivate(t, f, sell(t, w, 1, nil), plaza.NewActivation{Fingerprint: "three"})) // another license may
		if all := f.Machines(come(t, f, s)); len(all) != 2 || all[0].Fingerprint != "three" {
			t.Errorf("%+v", all)
		}
	})
}

// TestActivationIsLookedAtInOrder: whoever activates its own host again reads that
// it is taken, whatever else it says (agent API 4.1).
func TestActivationIsLookedAtInOrder(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		f, s, long := w.Fleet, sell(t, w, 1, nil), string(make([]rune, 256))
		one := activate(t, f, s, "one")
		for code, in := range map[string]plaza.NewActivation{
			"NAME_TOO_LONG":                   {Name: long},
			"PLATFORM_TOO_LONG":               {Platform: long},
			"COMPONENTS_LIMIT_EXCEEDED":       {Components: make([]plaza.NewComponent, 21)},
			"COMPONENTS_FINGERPRINT_CONFLICT": {Components: make([]plaza.NewComponent, 2)},
			"CORES_INVALID":                   {Wrong: plaza.Refuse(plaza.Invalid, "CORES_INVALID", "/data/attributes/cores", "less than 1")},
		} {
			in.Fingerprint = "one"
			if r := wantCode(t, code+" again", tryActivate(t, f, s, in), plaza.Invalid, "FINGERPRINT_TAKEN"); r.Machine != one.ID {
				t.Errorf("%+v", r)
			}
			in.Fingerprint = one.ID
			wantCode(t, code+" by its ID", tryActivate(t, f, s, in), plaza.Invalid, "FINGERPRINT_CONFLICT")
			in.Fingerprint = "two"
			wantCode(t, "before the seats", tryActivate(t, f, s, in), plaza.Invalid, code)
			in.Fingerprint = "actions"
			wantCode(t, code+" of a word", tryActivate(t, f, s, in), plaza.Invalid, "FINGERPRINT_NOT_ALLOWED")
		}
	})
}

func TestOverageLetsMoreIn(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		for overage, most := range map[plaza.Overage]int{plaza.NoOverage: 4, plaza.Overage125: 5, plaza.Overage150: 6, plaza.Overage200: 8, plaza.AnyOverage: 11} {
			s, in := sell(t, w, 4, func(t *plaza.Terms) { t.Overage = overage }), 0
			for i := range 11 {
				err := tryActivate(t, w.Fleet, s, plaza.NewActivation{Fingerprint: strconv.Itoa(i)})
				if err == nil {
					in++
					continue
				}
				wantCode(t, string(overage), err, plaza.Invalid, "MACHINE_LIMIT_EXCEEDED")
			}
			if in != most {
				t.Errorf("%s lets in %d, want %d", overage, in, most)
			}
		}
	})
}

func TestFingerprintsThatAreUniqueAmongLicenses(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		account := func(t *plaza.Terms) { t.MachineUniqueness = plaza.UniquePerAccount }
		one, two := sell(t, w, 1, account), sell(t, w, 1, account)
		stranger := sellPlan(t, w, w.Stranger, w.StrangerPartner.Profile, one.License.Plan, time.Time{})
		activate(t, w.Fleet, stranger, "fp")
		r := wantCode(t, "another's", tryActivate(t, w.Fleet, two, plaza.NewActivation{Fingerprint: "fp"}), plaza.Invalid, "FINGERPRINT_TAKEN")
		if r.Machine != "" {
			t.Errorf("it tells which: %+v", r)
		}
		for i := range 5 { // of two that try at the same time, one succeeds
			fp, in := "race "+strconv.Itoa(i), 0
			for _, err := range together(
				func() error { return tryActivate(t, w.Fleet, one, plaza.NewActivation{Fingerprint: fp}) },
				func() error { return tryActivate(t, w.Fleet, two, plaza.NewActivation{Fingerprint: fp}) },
			) {
				if err == nil {
					in++
				}
			}
			if in != 1 {
				t.Errorf("%d succeeded", in)
			}
			for _, s := range []seat{one, two} {
				_ = w.Fleet.Deactivate(t.Context(), come(t, w.Fleet, s), fp)
			}
		}
	})
}

// TestAnEndedLicenseIsInNobodysWay: what it was activated on ends with it, and is still
// there to see.
func TestAnEndedLicenseIsInNobodysWay(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		account := func(t *plaza.Terms) {
			t.MachineUniqueness, t.ComponentUniqueness = plaza.UniquePerAccount, plaza.UniquePerAccount
		}
		old, next := sell(t, w, 2, account), sell(t, w, 2, account)
		in := plaza.NewActivation{Fingerprint: "fp", Components: []plaza.NewComponent{{Fingerprint: "cpu"}}}
		must(t, tryActivate(t, w.Fleet, old, in))
		activate(t, w.Fleet, old, "two")
		wantCode(t, "before", tryActivate(t, w.Fleet, next, in), plaza.Invalid, "FINGERPRINT_TAKEN")
		by := w.SignIn(t, "reseller@example.com")
		must(t, w.EndLicense(t.Context(), by, old.License.ID, reason, 1))
		must(t, tryActivate(t, w.Fleet, next, in))
		all := must1[[]plaza.Activation](t)(w.Activations(t.Context(), by, old.ID))
		if len(all) != 2 {
			t.Errorf("%d are left", len(all))
		}
		for _, m := range all {
			if !m.Ended.Equal(w.Clock.Now()) || m.EndedWhy != plaza.EndLicense || m.EndedBy != by.Login || m.Goodbye.IsZero() {
				t.Errorf("%+v", m)
			}
		}
	})
}

// TestActivationsAtTheSameTime, on two nodes: no more than the limit and none less;
// of those who deactivate one, one succeeds.
func TestActivationsAtTheSameTime(t *testing.T) {
	t.Parallel()
	nodes(t, func(t *testing.T, w *apptest.World, second *app.Fleet) {
		s, fleets := sell(t, w, 3, nil), []*app.Fleet{w.Fleet, second}
		var deeds []func() error
		for i := range 24 {
			deeds = append(deeds, func() error {
				return tryActivate(t, fleets[i%2], s, plaza.NewActivation{Fingerprint: strconv.Itoa(i / 3)})
			})
		}
		count := map[string]int{}
		for _, err := range together(deeds...) {
			var r *plaza.Refusal
			if !errors.As(err, &r) {
				must(t, err)
				r = &plaza.Refusal{Code: "in"}
			}
			count[r.Code]++
		}
		equal(t, "outcomes", count, map[string]int{"in": 3, "FINGERPRINT_TAKEN": 6, "MACHINE_LIMIT_EXCEEDED": 15})
		var out atomic.Int32
		deeds = nil
		for _, f := range fleets {
			must(t, f.Follow(t.Context()))
		}
		for _, m := range second.Machines(come(t, second, s)) {
			for i := range 4 {
				deeds = append(deeds, func() error {
					f := fleets[i%2]
					b, err := f.Identify(t.Context(), s.key, plaza.Origin{})
					if err == nil {
						err = f.Deactivate(t.Context(), b, m.ID)
					}
					if err == nil {
						out.Add(1)
						return nil
					}
					wantCode(t, "the loser", err, plaza.NotFound, "NOT_FOUND")
					return nil
				})
			}
		}
		together(deeds...)
		if out.Load() != 3 {
			t.Errorf("%d were deactivated", out.Load())
		}
	})
}

// TestHeartbeatsAreWantedInTime: with the shortest deadline there is, too.
func TestHeartbeatsAreWantedInTime(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		for seconds, want := range map[int]time.Duration{60: 30 * time.Second, 90: time.Minute, 600: time.Minute} {
			s := sell(t, w, 1, func(t *plaza.Terms) { t.HeartbeatSeconds = seconds })
			activate(t, w.Fleet, s, "fp")
			if p := must1[app.Pong](t)(ping(t, w.Fleet, s, "fp")); p.NextIn != want {
				t.Errorf("who is dead after %d s beats every %s", seconds, p.NextIn)
			}
		}
	})
}

func TestRevivalStrategies(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		const deadline, tick = 90 * time.Second, time.Microsecond // the clock is as exact as the database
		for revival, window := range map[plaza.Revival]time.Duration{
			plaza.NoRevive: 0, "1_MINUTE_REVIVE": time.Minute, "2_MINUTE_REVIVE": 2 * time.Minute, "5_MINUTE_REVIVE": 5 * time.Minute,
			"10_MINUTE_REVIVE": 10 * time.Minute, "15_MINUTE_REVIVE": 15 * time.Minute, plaza.AlwaysRevive: 1000 * time.Hour,
		} {
			s := sell(t, w, 1, func(t *plaza.Terms) { t.Revival = revival })
			activate(t, w.Fleet, s, "fp")
			beats := func(after time.Duration, status plaza.HeartbeatStatus) {
				t.Helper()
				w.Clock.Advance(after)
				if p := must1[app.Pong](t)(ping(t, w.Fleet, s, "fp")); p.Status != status {
					t.Errorf("%s after %v: %s", revival, after, p.Status)
				}
			}
			beats(deadline, plaza.HeartbeatAlive)
			if window > 0 {
				beats(deadline+tick, plaza.HeartbeatResurrected)
				beats(deadline+window, plaza.HeartbeatResurrected)
				beats(0, plaza.HeartbeatAlive)
			}
			if revival == plaza.AlwaysRevive {
				continue
			}
			w.Clock.Advance(deadline + window + tick)
			_, err := ping(t, w.Fleet, s, "fp")
			wantCode(t, string(revival), err, plaza.Invalid, "MACHINE_HEARTBEAT_DEAD")
			wantVerdict(t, string(revival), check(t, w.Fleet, s, "fp"), plaza.CheckHeartbeatDead, false)
		}
	})
}

// TestWhoseActivationEndedStaysOffline, though a node that does not know yet hears of it,
// for the first time or once more, and then writes what it heard.
func TestWhoseActivationEndedStaysOffline(t *testing.T) {
	t.Parallel()
	nodes(t, func(t *testing.T, w *apptest.World, second *app.Fleet) {
		ctx, by := t.Context(), w.SignIn(t, "partner@example.com")
		for what, change := range map[string]func(*plaza.Terms){
			"once more": nil, "for the first time": func(t *plaza.Terms) { t.HeartbeatBasis = plaza.FromFirstPing },
		} {
			s := sell(t, w, 2, change)
			must(t, w.SetAlarm(ctx, by, s.ID, plaza.AlarmEdit{On: true, Minutes: 5, Address: "night@example.com"}))
			m := activate(t, w.Fleet, s, "fp")
			other := activate(t, w.Fleet, s, "other")
			must1[plaza.Activation](t)(second.Machine(ctx, come(t, second, s), "fp"))
			w.Clock.Advance(time.Second)
			must1[string](t)(w.ReleaseActivation(ctx, by, other.ID))
			if change == nil {
				must1[app.Pong](t)(ping(t, w.Fleet, s, "fp")) // not flushed
			}
			must1[string](t)(w.ReleaseActivation(ctx, by, m.ID))
			w.Clock.Advance(time.Second)
			if _, err := ping(t, second, s, "fp"); change == nil {
				must(t, err)
			} else {
				wantCode(t, what, err, plaza.NotFound, "NOT_FOUND")
			}
			silent := len(mails(t, w, "night@example.com"))
			for range 2 {
				flush(t, w.Fleet)
				flush(t, second)
				if got := liveness(t, w, s); got == plaza.Online || got == plaza.Overdue {
					t.Errorf("heard of %s it is %s", what, got)
				}
				w.Clock.Advance(10 * time.Minute)
				must(t, w.WatchAgents(ctx, plaza.Janitor, apptest.Start()))
			}
			if n := len(mails(t, w, "night@example.com")); n != silent {
				t.Errorf("heard of %s, then not: %d mails", what, n-silent)
			}
			w.Clock.Advance(-20 * time.Minute)
		}
		// Of two machines that were dead one ended, and the other one runs.
		s := sell(t, w, 2, nil)
		gone := activate(t, w.Fleet, s, "gone")
		activate(t, w.Fleet, s, "stands")
		come(t, second, s)
		w.Clock.Advance(2 * time.Minute)
		must1[string](t)(w.ReleaseActivation(ctx, by, gone.ID))
		must1[app.Pong](t)(ping(t, w.Fleet, s, "stands"))
		flush(t, w.Fleet)
		must1[app.Pong](t)(ping(t, second, s, "gone"))
		flush(t, second)
		if got := liveness(t, w, s); got != plaza.Online {
			t.Errorf("with one that runs it is %s", got)
		}
	})
}

// TestAGoodbyeRevivesNobody: who is dead stays so, but has said that it stops.
func TestAGoodbyeRevivesNobody(t *testing.T) {
	t.Parallel()
	nodes(t, func(t *testing.T, w *apptest.World, second *app.Fleet) {
		ctx := t.Context()
		bye := func(f *app.Fleet, s seat) plaza.Activation {
			t.Helper()
			m := must1[plaza.Activation](t)(f.Goodbye(ctx, come(t, f, s), "fp"))
			flush(t, f)
			return m
		}
		s := sell(t, w, 1, func(t *plaza.Terms) { t.Revival = plaza.NoRevive })
		activate(t, w.Fleet, s, "fp")
		began := w.Clock.Now()
		w.Clock.Advance(91 * time.Second)
		if m := bye(w.Fleet, s); !m.Beat.Equal(began) || m.Goodbye.IsZero() {
			t.Errorf("%+v", m)
		}
		wantVerdict(t, "after it", check(t, w.Fleet, s, "fp"), plaza.CheckHeartbeatDead, false)
		_, err := ping(t, w.Fleet, s, "fp")
		wantCode(t, "after it", err, plaza.Invalid, "MACHINE_HEARTBEAT_DEAD")
		kept := must1[[]plaza.Activation](t)(w.Activations(ctx, w.SignIn(t, "partner@example.com"), s.ID))[0]
		if !kept.Beat.Equal(began) || kept.Goodbye.IsZero() {
			t.Errorf("kept: %+v", kept)
		}
		// Dead only as far as this node knows.
		s = sell(t, w, 1, nil)
		activate(t, w.Fleet, s, "fp")
		come(t, second, s)
		w.Clock.Advance(80 * time.Second)
		must1[app.Pong](t)(ping(t, w.Fleet, s, "fp"))
		flush(t, w.Fleet)
		w.Clock.Advance(20 * time.Second)
		if m := bye(second, s); !m.Beat.Equal(w.Clock.Now()) {
			t.Errorf("heard of elsewhere: %+v", m)
		}
		if got := liveness(t, w, s); got != plaza.Offline {
			t.Errorf("it is %s", got)
		}
		never := sell(t, w, 1, func(t *plaza.Terms) { t.HeartbeatBasis = plaza.FromFirstPing })
		activate(t, w.Fleet, never, "fp")
		if m := bye(w.Fleet, never); !m.Beat.IsZero() {
			t.Errorf("that has not beaten yet: %+v", m)
		}
		w.Clock.Advance(91 * time.Second)
		if m := bye(w.Fleet, never); !m.Beat.IsZero() {
			t.Errorf("that never beat: %+v", m)
		}
		if got := liveness(t, w, never); got != plaza.NeverSeen {
			t.Errorf("that never beat is %s", got)
		}
	})
}

func TestAMachineThatNeverBeat(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		watched := sell(t, w, 1, func(t *plaza.Terms) { t.HeartbeatBasis, t.Revival = plaza.FromFirstPing, "15_MINUTE_REVIVE" })
		free := sell(t, w, 1, func(t *plaza.Terms) { t.HeartbeatBasis, t.Heartbeat = plaza.FromFirstPing, false })
		activate(t, w.Fleet, watched, "fp")
		activate(t, w.Fleet, free, "fp")
		wantVerdict(t, "watched", check(t, w.Fleet, watched, "fp"), plaza.CheckNotStarted, false)
		wantVerdict(t, "free", check(t, w.Fleet, free, "fp"), plaza.CheckValid, true)
		w.Clock.Advance(91 * time.Second)
		wantVerdict(t, "watched, later", check(t, w.Fleet, watched, "fp"), plaza.CheckHeartbeatDead, false)
		wantVerdict(t, "free, later", check(t, w.Fleet, free, "fp"), plaza.CheckValid, true)
		_, err := ping(t, w.Fleet, watched, "fp")
		wantCode(t, "watched, too late", err, plaza.Invalid, "MACHINE_HEARTBEAT_DEAD")
		must1[app.Pong](t)(ping(t, w.Fleet, free, "fp"))
		w.Clock.Advance(91 * time.Second)
		wantVerdict(t, "free, once it began", check(t, w.Fleet, free, "fp"), plaza.CheckHeartbeatDead, false)
	})
}

// TestCullingTakesEffectAtTheExactTime, but on no node that is younger than the
// silence: that could be its own.
func TestCullingTakesEffectAtTheExactTime(t *testing.T) {
	t.Parallel()
	storetest.Addresses(t, func(t *testing.T, db *store.DB, address string) {
		w := apptest.New(t, db)
		s := sell(t, w, 1, func(t *plaza.Terms) { t.Cull, t.Revival = plaza.DeactivateDead, "1_MINUTE_REVIVE" })
		keep := sell(t, w, 1, nil)
		activate(t, w.Fleet, s, "old")
		activate(t, w.Fleet, keep, "old")
		w.Clock.Advance(10 * time.Second)
		must1[app.Pong](t)(ping(t, w.Fleet, s, "old"))
		flush(t, w.Fleet)
		w.Clock.Advance(10 * time.Second)
		must1[app.Pong](t)(ping(t, w.Fleet, s, "old")) // not flushed: memory is the truth
		tries := func(f *app.Fleet) error { return tryActivate(t, f, s, plaza.NewActivation{Fingerprint: "new"}) }
		w.Clock.Advance(time.Microsecond)
		late := node(t, w, address)
		w.Clock.Advance(150*time.Second - 2*time.Microsecond)
		wantCode(t, "a moment before", tries(w.Fleet), plaza.Invalid, "MACHINE_LIMIT_EXCEEDED")
		w.Clock.Advance(time.Microsecond)
		wantCode(t, "on a node that is too young by a moment", tries(late), plaza.Invalid, "MACHINE_LIMIT_EXCEEDED")
		must(t, tries(w.Fleet))
		if all := w.Fleet.Machines(come(t, w.Fleet, s)); len(all) != 1 || all[0].Fingerprint != "new" {
			t.Errorf("%+v", all)
		}
		_, err := ping(t, w.Fleet, s, "old")
		wantCode(t, "the old one", err, plaza.NotFound, "NOT_FOUND")
		w.Clock.Advance(day)
		wantCode(t, "one that keeps its place", tryActivate(t, w.Fleet, keep, plaza.NewActivation{Fingerprint: "new"}), plaza.Invalid, "MACHINE_LIMIT_EXCEEDED")
	})
}

// TestAClonedMachineIsMarked once, where people see it, who are told, and goes on; also
// while that cannot be noted.
func TestAClonedMachineIsMarked(t *testing.T) {
	t.Parallel()
	nodes(t, func(t *testing.T, w *apptest.World, second *app.Fleet) {
		f, s := w.Fleet, sell(t, w, 1, nil)
		activate(t, f, s, "fp")
		come(t, second, s) // whose copy knows nothing of what follows
		over, cancel := context.WithCancel(t.Context())
		cancel()
		beat := func(ctx context.Context, f *app.Fleet, boot string) app.Pong {
			w.Clock.Advance(time.Second)
			return must1[app.Pong](t)(f.Ping(ctx, come(t, f, s), "fp", heartbeat.Beat{Generation: -1, Boot: boot}))
		}
		for _, on := range []*app.Fleet{f, second} {
			if beat(t.Context(), on, "a").Cloned || beat(t.Context(), on, "b").Cloned {
				t.Error("a restart is no clone")
			}
		}
		if p := beat(over, f, "a"); !p.Cloned || p.Unnoted == nil {
			t.Errorf("while nothing can be noted: %+v", p)
		}
		for i := range 6 {
			for _, on := range []*app.Fleet{f, second} {
				if p := beat(t.Context(), on, string(rune('b'-i%2))); !p.Cloned && on == f || p.Unnoted != nil {
					t.Errorf("it goes unnoticed, or unnoted: %+v", p)
				}
			}
		}
		if n := w.Events(t, plaza.AgentCloned, plaza.Done); n != 1 {
			t.Errorf("%d on record", n)
		}
		told := 0
		for _, kind := range notices(t, w, w.SignIn(t, "partner@example.com")) {
			if kind == plaza.NoticeAgentCloned {
				told++
			}
		}
		if told != 1 {
			t.Errorf("told %d times", told)
		}
		if m := must1[plaza.Activation](t)(f.Machine(t.Context(), come(t, f, s), "fp")); m.Cloned.IsZero() {
			t.Error("it is not marked")
		}
	})
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		f, s := w.Fleet, sell(t, w, 1, nil)
		activate(t, f, s, "fp")
		text, long := "x", string(make([]rune, 256))
		edit := func(s seat, e plaza.ActivationEdit) error {
			return errOf(f.Describe(t.Context(), come(t, f, s), "fp", e))
		}
		must(t, edit(s, plaza.ActivationEdit{Host: &text, Platform: &text}))
		wantCode(t, "too long", edit(s, plaza.ActivationEdit{Host: &long}), plaza.Invalid, "HOSTNAME_TOO_LONG")
		if m := must1[plaza.Activation](t)(f.Machine(t.Context(), come(t, f, s), "fp")); m.Host != "x" || m.Platform != "x" || m.Name != "" {
			t.Errorf("%+v", m)
		}
		shut := sell(t, w, 1, func(t *plaza.Terms) { t.Protected = true })
		activate(t, f, shut, "fp")
		wantCode(t, "protected", edit(shut, plaza.ActivationEdit{Host: &text}), plaza.Forbidden, "FORBIDDEN")
		part := must1[plaza.Component](t)(f.AddComponent(t.Context(), come(t, f, shut), must1[plaza.Activation](t)(f.Machine(t.Context(), come(t, f, shut), "fp")).ID, plaza.NewComponent{Fingerprint: "cpu", Name: "CPU"}))
		for _, name := range []*string{&text, nil} {
			wantCode(t, "a component of a protected one", errOf(f.RenameComponent(t.Context(), come(t, f, shut), part.ID, name)), plaza.Forbidden, "FORBIDDEN")
		}
	})
}

// TestWhatAnAgentSaysOfItsMachineIsOnRecord, and that it makes a file.
func TestWhatAnAgentSaysOfItsMachineIsOnRecord(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, f, s := t.Context(), w.Fleet, sell(t, w, 1, nil)
		m := activate(t, f, s, "fp")
		part := must1[plaza.Component](t)(f.AddComponent(ctx, come(t, f, s), m.ID, plaza.NewComponent{Fingerprint: "cpu", Name: "CPU"}))
		records := func(what string, verb plaza.Verb, changes []plaza.Change, do func(b *app.Bearer) error) {
			t.Helper()
			before := len(log(t, w))
			must(t, do(come(t, f, s)))
			all := log(t, w)
			if changes == nil {
				equal(t, what, len(all), before)
				return
			}
			if len(all) != before+1 || all[0].Verb != verb || all[0].Object != s.ID || all[0].ObjectKind != "agent" || all[0].ObjectName != "Agent" || all[0].Profile != w.Partner.Profile {
				t.Fatalf("%s: %d events, the last %+v", what, len(all)-before, all[0])
			}
			equal(t, what, all[0].Changes, changes)
		}
		name, host, core := "Till", "host-fp", "Core"
		edit := plaza.ActivationEdit{Name: &name, Host: &host}
		describe := func(b *app.Bearer) error { return errOf(f.Describe(ctx, b, m.ID, edit)) }
		records("described", plaza.AgentDescribe, []plaza.Change{{Field: "name", New: "Till"}}, describe)
		records("described as before", plaza.AgentDescribe, nil, describe)
		records("renamed", plaza.AgentDescribe, []plaza.Change{{Field: "component", Old: "CPU", New: "Core"}}, func(b *app.Bearer) error {
			return errOf(f.RenameComponent(ctx, b, part.ID, &core))
		})
		records("removed", plaza.AgentDescribe, []plaza.Change{{Field: "component", Old: "Core"}}, func(b *app.Bearer) error {
			return f.RemoveComponent(ctx, b, part.ID)
		})
		out := func(machine string) func(b *app.Bearer) error {
			return func(b *app.Bearer) error {
				_, _, err := f.CheckOut(ctx, b, machine)
				return err
			}
		}
		records("a license file", plaza.FileCheckOut, []plaza.Change{{Field: "file", New: "license"}}, out(""))
		records("a machine file", plaza.FileCheckOut, []plaza.Change{{Field: "file", New: "machine"}, {Field: "machine", New: "host-fp"}}, out(m.ID))
	})
}
