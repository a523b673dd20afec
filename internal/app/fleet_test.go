package app_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/heartbeat"
	"github.com/connectplaza/plaza/internal/licensekey"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// nodes runs test in a fresh world on each engine, with a second node of it.
func nodes(t *testing.T, test func(t *testing.T, w *apptest.World, second *app.Fleet)) {
	t.Helper()
	storetest.Addresses(t, func(t *testing.T, db *store.DB, address string) {
		t.Helper()
		w := apptest.New(t, db)
		test(t, w, node(t, w, address))
	})
}

// node returns another node of w, whose database is at address.
func node(t *testing.T, w *apptest.World, address string) *app.Fleet {
	t.Helper()
	db, err := store.Open(t.Context(), address)
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	box, err := secret.Parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
	must(t, err)
	f, err := app.NewFleet(t.Context(), app.New(db, app.Config{Now: w.Clock.Now, Steady: w.Clock.Steady, Texts: w.Texts, Box: box, PublicURL: "http://plaza.test", FastHash: true}))
	must(t, err)
	return f
}

// terms are the default ones, changed.
func terms(change func(*plaza.Terms)) plaza.Terms {
	t := plaza.DefaultTerms()
	if change != nil {
		change(&t)
	}
	return t
}

// seat is a ConnectAgent of the partner's with its key.
type seat struct {
	plaza.ConnectAgent

	key string
}

// sell makes a ConnectAgent of the partner's, for so many machines.
func sell(t *testing.T, w *apptest.World, machines int, change func(*plaza.Terms)) seat {
	t.Helper()
	p := must1[plaza.Plan](t)(w.CreatePlan(t.Context(), w.SignIn(t, "vendor@example.com"), plaza.NewPlan{
		Kind: plaza.ConnectAgentLicense, Name: "Plan " + rand.Text(), TermMonths: 12, GraceDays: 7, Machines: machines,
		Terms: terms(func(t *plaza.Terms) {
			t.Floating = machines > 1
			if change != nil {
				change(t)
			}
		}),
	}))
	return sellPlan(t, w, w.SignIn(t, "reseller@example.com"), w.Partner.Profile, p.ID, time.Time{})
}

func sellPlan(t *testing.T, w *apptest.World, by plaza.Actor, profile, plan string, starts time.Time) seat {
	t.Helper()
	a := must1[plaza.ConnectAgent](t)(w.CreateAgent(t.Context(), by, plaza.NewAgent{Profile: profile, Plan: plan, Name: "Agent", Starts: starts}))
	return seat{a, must1[string](t)(w.RevealLicenseKey(t.Context(), by, a.License.ID))}
}

// come lets the seat's agent in.
func come(t *testing.T, f *app.Fleet, s seat) *app.Bearer {
	t.Helper()
	return must1[*app.Bearer](t)(f.Identify(t.Context(), s.key, plaza.Origin{Address: "192.0.2.1"}))
}

// activate activates it on a machine.
func activate(t *testing.T, f *app.Fleet, s seat, fingerprint string) plaza.Activation {
	t.Helper()
	return must1[plaza.Activation](t)(f.Activate(t.Context(), come(t, f, s), plaza.NewActivation{Fingerprint: fingerprint, Host: "host-" + fingerprint}))
}

func ping(t *testing.T, f *app.Fleet, s seat, machine string) (app.Pong, error) {
	t.Helper()
	return f.Ping(t.Context(), come(t, f, s), machine, heartbeat.Beat{Generation: -1})
}

func check(t *testing.T, f *app.Fleet, s seat, fingerprint string) plaza.Verdict {
	t.Helper()
	v, _, err := f.Check(t.Context(), come(t, f, s), plaza.CheckScope{Fingerprint: plaza.Give(fingerprint)}, false)
	must(t, err)
	return v
}

// wantCode fails unless err is a refusal with the code.
func wantCode(t testing.TB, what string, err error, kind plaza.Kind, code string) plaza.Refusal {
	t.Helper()
	var r *plaza.Refusal
	if !errors.As(err, &r) || r.Code != code || r.Kind != kind {
		t.Errorf("%s: got %v, want %s %s", what, err, kind, code)
		return plaza.Refusal{}
	}
	return *r
}

func wantVerdict(t testing.TB, what string, v plaza.Verdict, code plaza.CheckCode, valid bool) {
	t.Helper()
	if v.Code != code || v.Valid != valid || v.Detail == "" {
		t.Errorf("%s: %+v, want %s, %t", what, v, code, valid)
	}
}

func flush(t *testing.T, f *app.Fleet) int {
	t.Helper()
	return must1[int](t)(f.Flush(t.Context()))
}

func liveness(t *testing.T, w *apptest.World, s seat) plaza.Liveness {
	t.Helper()
	return must1[plaza.ConnectAgent](t)(w.Agent(t.Context(), w.SignIn(t, "partner@example.com"), s.ID)).Liveness(w.Clock.Now())
}

func TestConnectAgentsLife(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, s := t.Context(), sell(t, w, 1, nil)
		wantVerdict(t, "before", check(t, w.Fleet, s, "fp"), plaza.CheckNoMachine, false)
		if got := liveness(t, w, s); got != plaza.NeverSeen {
			t.Errorf("before it is %s", got)
		}
		m := activate(t, w.Fleet, s, "fp")
		wantVerdict(t, "activated", check(t, w.Fleet, s, "fp"), plaza.CheckValid, true)
		if got := liveness(t, w, s); got != plaza.Online {
			t.Errorf("activated it is %s", got)
		}
		name := "Hall 3"
		must1[plaza.Activation](t)(w.Fleet.Describe(ctx, come(t, w.Fleet, s), "fp", plaza.ActivationEdit{Name: &name}))
		if got := must1[plaza.Activation](t)(w.Fleet.Machine(t.Context(), come(t, w.Fleet, s), m.ID)); got.Name != name || got.Host != "host-fp" {
			t.Errorf("%+v", got)
		}
		for range 3 {
			w.Clock.Advance(time.Minute)
			p := must1[app.Pong](t)(ping(t, w.Fleet, s, "fp"))
			if p.Status != plaza.HeartbeatAlive || p.NextIn != time.Minute || p.Cloned || !p.Machine.Beat.Equal(w.Clock.Now()) {
				t.Errorf("%+v", p)
			}
			flush(t, w.Fleet)
			if got := liveness(t, w, s); got != plaza.Online {
				t.Errorf("beating it is %s", got)
			}
		}
		w.Clock.Advance(80 * time.Second)
		if got := liveness(t, w, s); got != plaza.Overdue {
			t.Errorf("silent it is %s", got)
		}
		must1[app.Pong](t)(ping(t, w.Fleet, s, m.ID))
		must1[plaza.Activation](t)(w.Fleet.Goodbye(t.Context(), come(t, w.Fleet, s), m.ID))
		flush(t, w.Fleet)
		if got := liveness(t, w, s); got != plaza.Offline {
			t.Errorf("after its goodbye it is %s", got)
		}
		w.Clock.Advance(time.Second)
		must1[app.Pong](t)(ping(t, w.Fleet, s, m.ID)) // not flushed
		must(t, w.Fleet.Deactivate(ctx, come(t, w.Fleet, s), "fp"))
		wantCode(t, "again", w.Fleet.Deactivate(ctx, come(t, w.Fleet, s), "fp"), plaza.NotFound, "NOT_FOUND")
		flush(t, w.Fleet)
		if got := liveness(t, w, s); got != plaza.Offline {
			t.Errorf("deactivated it is %s", got)
		}
		_, err := ping(t, w.Fleet, s, "fp")
		wantCode(t, "a heartbeat after the end", err, plaza.NotFound, "NOT_FOUND")
		wantVerdict(t, "deactivated", check(t, w.Fleet, s, "fp"), plaza.CheckNoMachine, false)
		activate(t, w.Fleet, s, "another")
		for verb, n := range map[plaza.Verb]int{plaza.AgentActivate: 2, plaza.AgentRelease: 1} {
			if got := w.Events(t, verb, plaza.Done); got != n {
				t.Errorf("%d times %s on record, want %d", got, verb, n)
			}
		}
	})
}

// TestAStrangersLicenseReachesNothing: what is another's cannot be told from what
// never was.
func TestAStrangersLicenseReachesNothing(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, f, mine := t.Context(), w.Fleet, sell(t, w, 1, nil)
		m := must1[plaza.Activation](t)(f.Activate(ctx, come(t, f, mine), plaza.NewActivation{Fingerprint: "fp", Components: []plaza.NewComponent{{Fingerprint: "cpu"}}}))
		p := must1[plaza.Process](t)(f.Spawn(ctx, come(t, f, mine), m.ID, "1", ""))
		for name, s := range map[string]seat{
			"stranger":           sellPlan(t, w, w.Stranger, w.StrangerPartner.Profile, w.Plans[plaza.ConnectAgentLicense].ID, time.Time{}),
			"sibling":            sellPlan(t, w, w.Reseller, w.Enterprise.Profile, w.Plans[plaza.ConnectAgentLicense].ID, time.Time{}),
			"the same profile's": sellPlan(t, w, w.Reseller, w.Partner.Profile, w.Plans[plaza.ConnectAgentLicense].ID, time.Time{}),
		} {
			b := come(t, f, s)
			tries := func(m, c, p string) map[string]error {
				text := "mine"
				all := map[string]error{
					"machine": errOf(f.Machine(t.Context(), b, m)), "goodbye": errOf(f.Goodbye(t.Context(), b, m)),
					"describe": errOf(f.Describe(ctx, b, m, plaza.ActivationEdit{Name: &text})), "deactivate": f.Deactivate(ctx, b, m),
					"ping": errOf(f.Ping(ctx, b, m, heartbeat.Beat{})), "components": errOf(f.Components(ctx, b, m)),
					"component": errOf(f.Component(ctx, b, c)), "rename": errOf(f.RenameComponent(ctx, b, c, &text)), "remove": f.RemoveComponent(ctx, b, c),
					"processes": errOf(f.Processes(ctx, b, m)), "process": errOf(f.Process(ctx, b, p)), "end": f.EndProcess(ctx, b, p),
					"add": errOf(f.AddComponent(ctx, b, m, plaza.NewComponent{Fingerprint: "x"})), "spawn": errOf(f.Spawn(ctx, b, m, "2", "")),
				}
				_, _, err := f.PingProcess(ctx, b, p)
				all["ping process"] = err
				_, _, err = f.CheckOut(ctx, b, m)
				all["check out"] = err
				return all
			}
			never := tries("never", "never", "never")
			for what, err := range tries(m.ID, m.Components[0].ID, p.ID) {
				kind, code := plaza.NotFound, "NOT_FOUND"
				if what == "add" || what == "spawn" {
					kind, code = plaza.Forbidden, "FORBIDDEN"
				}
				wantCode(t, name+": "+what, err, kind, code)
				if err != nil && (never[what] == nil || err.Error() != never[what].Error()) {
					t.Errorf("%s: %s says %v, of what never was %v", name, what, err, never[what])
				}
			}
			wantCode(t, name+" by fingerprint", errOf(f.Machine(t.Context(), b, "fp")), plaza.NotFound, "NOT_FOUND")
			wantVerdict(t, name+" checks", check(t, f, s, "fp"), plaza.CheckNoMachine, false)
			if len(f.Machines(b)) != 0 || len(must1[[]plaza.Component](t)(f.Components(ctx, b, ""))) != 0 || len(must1[[]plaza.Process](t)(f.Processes(ctx, b, ""))) != 0 {
				t.Errorf("%s sees something", name)
			}
		}
		if got := must1[plaza.Activation](t)(f.Machine(t.Context(), come(t, f, mine), "fp")); got.ID != m.ID || got.Name != "" {
			t.Errorf("%+v", got)
		}
		if len(must1[[]plaza.Component](t)(f.Components(ctx, come(t, f, mine), "fp"))) != 1 || len(must1[[]plaza.Process](t)(f.Processes(ctx, come(t, f, mine), "fp"))) != 1 {
			t.Error("something of it is gone")
		}
	})
}

// TestRefusedKeysAreLimited, for the same credential from the same address, and for
// whoever tries many.
func TestRefusedKeysAreLimited(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		s, here, there := sell(t, w, 1, nil), plaza.Origin{Address: "192.0.2.1"}, plaza.Origin{Address: "192.0.2.2"}
		try := func(key string, from plaza.Origin) error { return errOf(w.Fleet.Identify(t.Context(), key, from)) }
		for i := range 30 {
			if i%2 == 0 {
				wantCode(t, "a wrong key", try("never", here), plaza.Unauthenticated, "LICENSE_INVALID")
				continue
			}
			b, v, _, err := w.Fleet.CheckKey(t.Context(), "never", plaza.CheckScope{}, here)
			must(t, err)
			if wantVerdict(t, "a wrong key", v, plaza.CheckNotFound, false); b != nil {
				t.Error("it is somebody's")
			}
		}
		waits := func(what string, err error) {
			t.Helper()
			if want(t, what, err, plaza.Limited); plaza.AsError(err).Wait != time.Minute {
				t.Errorf("%s: wait %v", what, plaza.AsError(err).Wait)
			}
		}
		waits("the next one", try("never", here))
		_, _, _, err := w.Fleet.CheckKey(t.Context(), "never", plaza.CheckScope{}, here)
		waits("the next check", err)
		wantCode(t, "from elsewhere", try("never", there), plaza.Unauthenticated, "LICENSE_INVALID")
		for i := range 270 { // different ones
			key := rand.Text()
			if i%2 == 0 {
				key = "key/" + key + "." + key
			}
			wantCode(t, "another wrong one", try(key, here), plaza.Unauthenticated, "LICENSE_INVALID")
		}
		waits("one more", try(rand.Text(), here))
		waits("one more that says it is signed", try("key/"+rand.Text(), here))
		wantCode(t, "one more from elsewhere", try(rand.Text(), there), plaza.Unauthenticated, "LICENSE_INVALID")
		must(t, try(s.key, here))
		w.Clock.Advance(time.Minute)
		must(t, w.Fleet.Follow(t.Context()))
		wantCode(t, "a minute later", try("never", here), plaza.Unauthenticated, "LICENSE_INVALID")
	})
}

// TestGuessingIsNobodyElsesTrouble: beside one who guesses, and however many come
// from one address, every good key opens what it did, also where nobody knows it yet.
func TestGuessingIsNobodyElsesTrouble(t *testing.T) {
	t.Parallel()
	nodes(t, func(t *testing.T, w *apptest.World, second *app.Fleet) {
		ctx, from := t.Context(), plaza.Origin{Address: "2001:db8::1"}
		s, ended := sell(t, w, 1, nil), sell(t, w, 1, nil)
		activate(t, w.Fleet, s, "fp")
		must(t, w.EndLicense(ctx, w.SignIn(t, "reseller@example.com"), ended.License.ID, reason, 1))
		for _, f := range []*app.Fleet{w.Fleet, second} {
			for i := range 400 {
				_ = errOf(f.Identify(ctx, rand.Text(), plaza.Origin{Address: fmt.Sprintf("2001:db8::%x", i)}))
			}
			want(t, "a guess", errOf(f.Identify(ctx, rand.Text(), from)), plaza.Limited)
			want(t, "one from the same network", errOf(f.Identify(ctx, rand.Text(), plaza.Origin{Address: "2001:db8::abcd:1"})), plaza.Limited)
			wantCode(t, "one from the next", errOf(f.Identify(ctx, rand.Text(), plaza.Origin{Address: "2001:db8:0:1::1"})), plaza.Unauthenticated, "LICENSE_INVALID")
			for range 1000 {
				b := must1[*app.Bearer](t)(f.Identify(ctx, s.key, from))
				must1[app.Pong](t)(f.Ping(ctx, b, "fp", heartbeat.Beat{Generation: -1}))
			}
			_, v, _, err := f.CheckKey(ctx, s.key, plaza.CheckScope{Fingerprint: plaza.Give("fp")}, from)
			must(t, err)
			wantVerdict(t, "a check", v, plaza.CheckValid, true)
			wantCode(t, "one that was good", errOf(f.Identify(ctx, ended.key, from)), plaza.Unauthenticated, "LICENSE_INVALID")
		}
	})
}

// TestOldKeysAreNoGuesses, even while this node has no copy of the license: we did not
// sign them, but somebody came in with them.
func TestOldKeysAreNoGuesses(t *testing.T) {
	t.Parallel()
	bareWorlds(t, func(t *testing.T, w bare) {
		const old = "a key of before"
		ctx, from, s := t.Context(), plaza.Origin{Address: "192.0.2.1"}, sell(t, w.World, 1, nil)
		digest := w.Box.Digester("license key")(old)
		w.exec(t, "UPDATE licenses SET key_digest = $1 WHERE id = $2", digest[:], s.License.ID)
		must(t, errOf(w.Fleet.Identify(ctx, old, from)))
		for range 400 {
			_ = errOf(w.Fleet.Identify(ctx, rand.Text(), from))
		}
		must(t, w.RenameAgent(ctx, w.Partner, s.ID, plaza.AgentEdit{Name: "Renamed", Version: 1}))
		want(t, "a guess", errOf(w.Fleet.Identify(ctx, rand.Text(), from)), plaza.Limited)
		must(t, errOf(w.Fleet.Identify(ctx, old, from)))
	})
}

// TestForgedKeysCostNoTransaction: under a context that is over none can begin. The
// answer is that for any key which is not known.
func TestForgedKeysCostNoTransaction(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		s, from := sell(t, w, 1, nil), plaza.Origin{Address: "192.0.2.1"}
		come(t, w.Fleet, s)
		over, cancel := context.WithCancel(t.Context())
		cancel()
		_, other, err := ed25519.GenerateKey(rand.Reader)
		must(t, err)
		for what, key := range map[string]string{
			"another's": licensekey.Sign(other, licensekey.Dataset{License: s.License.ID, Created: w.Clock.Now()}),
			"changed":   "key/A" + strings.TrimPrefix(s.key, "key/"), "cut off": s.key[:len(s.key)-4], "nothing": "key/", "long": "key/" + strings.Repeat("a.", 1<<17),
		} {
			err := errOf(w.Fleet.Identify(over, key, from))
			wantCode(t, what, err, plaza.Unauthenticated, "LICENSE_INVALID")
			if unknown := errOf(w.Fleet.Identify(t.Context(), "never", from)); err == nil || err.Error() != unknown.Error() {
				t.Errorf("%s: it says %v", what, err)
			}
			_, v, _, err := w.Fleet.CheckKey(over, key, plaza.CheckScope{}, from)
			must(t, err)
			wantVerdict(t, what, v, plaza.CheckNotFound, false)
		}
		if errOf(w.Fleet.Identify(over, rand.Text(), from)) == nil || errOf(w.Fleet.Identify(over, "never", from)) == nil {
			t.Error("nobody looked for a key that may be one")
		}
		must1[plaza.SigningKey](t)(w.RotateSigningKey(t.Context(), w.Vendor, time.Time{}))
		come(t, w.Fleet, sell(t, w, 1, nil)) // signed with a key that was not there before
	})
}

func TestWhatAnAgentMayInEachState(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, f := t.Context(), w.Fleet
		identify := func(s seat) error { return errOf(f.Identify(ctx, s.key, plaza.Origin{})) }
		checked := func(s seat) plaza.Verdict {
			_, v, _, err := f.CheckKey(ctx, s.key, plaza.CheckScope{Fingerprint: plaza.Give("fp")}, plaza.Origin{})
			must(t, err)
			return v
		}
		scheduled := sellPlan(t, w, w.Reseller, w.Partner.Profile, w.Plans[plaza.ConnectAgentLicense].ID, w.Clock.Now().Add(day))
		restrict := sell(t, w, 2, nil)
		revoke := sell(t, w, 2, func(t *plaza.Terms) { t.Expiration = plaza.RevokeAccess })
		maintain := sell(t, w, 2, func(t *plaza.Terms) { t.Expiration = plaza.MaintainAccess })
		ended := sell(t, w, 2, nil)

		wantCode(t, "scheduled", identify(scheduled), plaza.Forbidden, "LICENSE_SUSPENDED")
		wantVerdict(t, "scheduled", checked(scheduled), plaza.CheckSuspended, false)
		w.Clock.Advance(day)
		must(t, identify(scheduled))
		for _, s := range []seat{restrict, revoke, maintain, ended} {
			activate(t, f, s, "fp")
		}
		before := come(t, f, ended)
		must(t, w.EndLicense(ctx, w.SignIn(t, "reseller@example.com"), ended.License.ID, reason, 1))
		wantCode(t, "ended", identify(ended), plaza.Unauthenticated, "LICENSE_INVALID")
		wantVerdict(t, "ended", checked(ended), plaza.CheckNotFound, false)
		_, err := f.Activate(ctx, before, plaza.NewActivation{Fingerprint: "new"})
		wantCode(t, "ended since it came in", err, plaza.Unauthenticated, "LICENSE_INVALID")

		w.Clock.Advance(apptest.Start().AddDate(1, 0, 0).Sub(w.Clock.Now()))
		for _, s := range []seat{restrict, revoke, maintain} {
			_, err := f.Activate(ctx, come(t, f, s), plaza.NewActivation{Fingerprint: "new"})
			wantCode(t, "new in grace", err, plaza.Forbidden, "LICENSE_EXPIRED")
			_, err = f.Activate(ctx, come(t, f, s), plaza.NewActivation{Fingerprint: "fp"})
			wantCode(t, "the same in grace", err, plaza.Invalid, "FINGERPRINT_TAKEN")
			must1[app.Pong](t)(ping(t, f, s, "fp"))
			wantVerdict(t, "in grace", checked(s), plaza.CheckValid, true)
		}
		w.Clock.Advance(7*day - time.Microsecond)
		must1[app.Pong](t)(ping(t, f, restrict, "fp"))
		wantVerdict(t, "at the last moment", checked(restrict), plaza.CheckValid, true)
		w.Clock.Advance(time.Microsecond)
		must1[app.Pong](t)(ping(t, f, restrict, "fp"))
		must1[app.Pong](t)(ping(t, f, maintain, "fp"))
		wantVerdict(t, "expired", checked(restrict), plaza.CheckExpired, false)
		wantVerdict(t, "expired, maintained", checked(maintain), plaza.CheckExpired, true)
		wantCode(t, "expired, revoked", identify(revoke), plaza.Forbidden, "LICENSE_EXPIRED")
		wantVerdict(t, "expired, revoked", checked(revoke), plaza.CheckExpired, false)
		_, err = f.Activate(ctx, come(t, f, restrict), plaza.NewActivation{Fingerprint: "new"})
		wantCode(t, "new after its end", err, plaza.Forbidden, "LICENSE_EXPIRED")
	})
}

// TestSuspensionIsSeenAtOnce, here and, once it has looked, on another node; after
// it everything goes on without a new activation.
func TestSuspensionIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	nodes(t, func(t *testing.T, w *apptest.World, second *app.Fleet) {
		ctx, s := t.Context(), sell(t, w, 1, nil)
		activate(t, w.Fleet, s, "fp")
		fleets := map[string]*app.Fleet{"here": w.Fleet, "elsewhere": second}
		goes := func(what string) {
			t.Helper()
			for where, f := range fleets {
				must(t, f.Follow(ctx))
				wantVerdict(t, what+" "+where, check(t, f, s, "fp"), plaza.CheckValid, true)
				must1[app.Pong](t)(ping(t, f, s, "fp"))
			}
		}
		stands := func(what string) {
			t.Helper()
			for where, f := range map[string]*app.Fleet{"here": w.Fleet, "elsewhere": second} {
				if where == "elsewhere" {
					must(t, f.Follow(ctx))
				}
				wantCode(t, what+" "+where, errOf(f.Identify(ctx, s.key, plaza.Origin{})), plaza.Forbidden, "LICENSE_SUSPENDED")
				_, v, _, err := f.CheckKey(ctx, s.key, plaza.CheckScope{}, plaza.Origin{})
				must(t, err)
				wantVerdict(t, what+" "+where, v, plaza.CheckSuspended, false)
			}
		}
		goes("before")
		before := come(t, w.Fleet, s)
		must(t, w.SuspendLicense(ctx, w.Reseller, s.License.ID, reason, 1))
		stands("its license")
		_, err := w.Fleet.Activate(ctx, before, plaza.NewActivation{Fingerprint: "new"})
		wantCode(t, "suspended since it came in", err, plaza.Forbidden, "LICENSE_SUSPENDED")
		must(t, w.ResumeLicense(ctx, w.Reseller, s.License.ID, 2))
		goes("its license")
		suspend(t, w, w.Reseller, w.Partner.Profile)
		stands("its profile")
		resume(t, w, w.Reseller, w.Partner.Profile)
		goes("its profile")
		suspend(t, w, w.Vendor, w.Reseller.Profile)
		stands("the one above")
		resume(t, w, w.Vendor, w.Reseller.Profile)
		goes("the one above")
		must(t, w.EndLicense(ctx, w.SignIn(t, "reseller@example.com"), s.License.ID, reason, 3))
		for _, f := range fleets {
			must(t, f.Follow(ctx))
			wantCode(t, "ended", errOf(f.Identify(ctx, s.key, plaza.Origin{})), plaza.Unauthenticated, "LICENSE_INVALID")
		}
	})
}

// TestWhoCouldNotFollowMissesNothing: neither what changed while it could not, for
// minutes, nor, after longer than changes are kept, what nobody can tell it any more.
func TestWhoCouldNotFollowMissesNothing(t *testing.T) {
	t.Parallel()
	nodes(t, func(t *testing.T, w *apptest.World, second *app.Fleet) {
		ctx := t.Context()
		over, cancel := context.WithCancel(ctx)
		cancel()
		stands := func(what string, s seat) {
			t.Helper()
			wantCode(t, what, errOf(second.Identify(ctx, s.key, plaza.Origin{})), plaza.Forbidden, "LICENSE_SUSPENDED")
		}
		for _, gap := range []time.Duration{31 * time.Second, 9 * time.Minute} {
			s := sell(t, w, 1, nil)
			must(t, second.Follow(ctx))
			come(t, second, s)
			w.Clock.Advance(time.Second)
			must(t, w.SuspendLicense(ctx, w.Vendor, s.License.ID, reason, 1))
			w.Clock.Advance(gap)
			want(t, "it cannot follow", second.Follow(over), plaza.KindOf(context.Canceled))
			must(t, second.Follow(ctx))
			stands("after "+gap.String(), s)
		}
		one, two := sell(t, w, 1, nil), sellPlan(t, w, w.Stranger, w.StrangerPartner.Profile, w.Plans[plaza.ConnectAgentLicense].ID, time.Time{})
		must(t, second.Follow(ctx))
		come(t, second, one)
		come(t, second, two)
		w.Clock.Advance(time.Second)
		must(t, w.SuspendLicense(ctx, w.Vendor, one.License.ID, reason, 1))
		suspend(t, w, w.Vendor, w.Stranger.Profile)
		w.Clock.Advance(10 * time.Minute)
		must(t, w.DB.Tx(ctx, func(tx *store.Tx) error { return tx.DropFleetChanges(ctx, w.Clock.Now().Add(-time.Minute)) }))
		must(t, second.Follow(ctx))
		stands("after longer than changes are kept: its license", one)
		stands("after longer than changes are kept: the one above", two)
		w.Clock.Advance(-5 * time.Minute) // the clock is put right
		must(t, second.Follow(ctx))
		must(t, w.ResumeLicense(ctx, w.Vendor, one.License.ID, 2))
		must(t, second.Follow(ctx))
		come(t, second, one)
	})
}

// TestAnotherNodeKnowsWhatHappenedHere before it has looked, when an agent asks it.
func TestAnotherNodeKnowsWhatHappenedHere(t *testing.T) {
	t.Parallel()
	nodes(t, func(t *testing.T, w *apptest.World, second *app.Fleet) {
		s := sell(t, w, 1, nil)
		wantVerdict(t, "before", check(t, second, s, "fp"), plaza.CheckNoMachine, false)
		m := activate(t, w.Fleet, s, "fp")
		wantVerdict(t, "after", check(t, second, s, "fp"), plaza.CheckValid, true)
		must(t, w.Fleet.Deactivate(t.Context(), come(t, w.Fleet, s), m.ID))
		must(t, second.Follow(t.Context()))
		must1[*app.Bearer](t)(second.Identify(t.Context(), s.key, plaza.Origin{}))
		activate(t, w.Fleet, s, "fp")
		if p := must1[app.Pong](t)(ping(t, second, s, "fp")); p.Status != plaza.HeartbeatAlive {
			t.Errorf("%+v", p)
		}
		// It beats there for minutes: here it is not dead.
		for range 5 {
			w.Clock.Advance(time.Minute)
			must1[app.Pong](t)(ping(t, second, s, "fp"))
		}
		flush(t, second)
		wantVerdict(t, "beating elsewhere", check(t, w.Fleet, s, "fp"), plaza.CheckValid, true)
		if p := must1[app.Pong](t)(ping(t, w.Fleet, s, "fp")); p.Status != plaza.HeartbeatAlive {
			t.Errorf("%+v", p)
		}
	})
}

// TestWhatIsCalledOrWarnsOtherwiseIsSeen here at once and on another node.
func TestWhatIsCalledOrWarnsOtherwiseIsSeen(t *testing.T) {
	t.Parallel()
	nodes(t, func(t *testing.T, w *apptest.World, second *app.Fleet) {
		ctx, s, by := t.Context(), sell(t, w, 1, nil), w.SignIn(t, "partner@example.com")
		fleets := []*app.Fleet{w.Fleet, second}
		for _, f := range fleets {
			come(t, f, s)
		}
		must(t, w.RenameAgent(ctx, by, s.ID, plaza.AgentEdit{Name: "Other", Version: 1}))
		must(t, w.EditProfile(ctx, by, by.Profile, plaza.ProfileEdit{Name: "Partner", WarningDays: 77, Version: profile(t, w, by.Profile).Version}))
		must(t, second.Follow(ctx))
		for i, f := range fleets {
			if l := come(t, f, s).Standing.License; l.AgentName != "Other" || l.WarningDays != 77 {
				t.Errorf("node %d: %s, %d", i, l.AgentName, l.WarningDays)
			}
		}
	})
}

// TestWhatWasActivatedElsewhereIsThere at once, for whatever names it, though this node
// has a copy from before.
func TestWhatWasActivatedElsewhereIsThere(t *testing.T) {
	t.Parallel()
	nodes(t, func(t *testing.T, w *apptest.World, second *app.Fleet) {
		ctx, text := t.Context(), "x"
		for what, try := range map[string]func(b *app.Bearer) error{
			"the machine": func(b *app.Bearer) error { return errOf(second.Machine(ctx, b, "fp")) },
			"all of them": func(b *app.Bearer) error {
				all, err := second.AllMachines(ctx, b)
				if len(all) != 1 {
					t.Errorf("%d machines", len(all))
				}
				return err
			},
			"its file": func(b *app.Bearer) error {
				_, _, err := second.CheckOut(ctx, b, "fp")
				return err
			},
			"its components": func(b *app.Bearer) error { return errOf(second.Components(ctx, b, "fp")) },
			"its processes":  func(b *app.Bearer) error { return errOf(second.Processes(ctx, b, "fp")) },
			"its report": func(b *app.Bearer) error {
				return errOf(second.Report(ctx, b, "fp", plaza.Report{Health: plaza.HealthOK}))
			},
			"what it says": func(b *app.Bearer) error {
				return errOf(second.Describe(ctx, b, "fp", plaza.ActivationEdit{Name: &text}))
			},
			"its goodbye": func(b *app.Bearer) error { return errOf(second.Goodbye(ctx, b, "fp")) },
			"its end":     func(b *app.Bearer) error { return second.Deactivate(ctx, b, "fp") },
		} {
			s := sell(t, w, 1, nil)
			come(t, second, s)
			activate(t, w.Fleet, s, "fp")
			if err := try(come(t, second, s)); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

func TestRotationOfSigningKeys(t *testing.T) {
	t.Parallel()
	nodes(t, func(t *testing.T, w *apptest.World, second *app.Fleet) {
		ctx, s, old := t.Context(), sell(t, w, 1, nil), w.Fleet.PublicKey()
		next := must1[plaza.SigningKey](t)(w.RotateSigningKey(ctx, w.Vendor, w.Clock.Now().Add(time.Hour)))
		fleets := []*app.Fleet{w.Fleet, second}
		signs := func(key string) {
			t.Helper()
			for i, f := range fleets {
				must(t, f.Follow(ctx))
				a := licensekey.Answer{Method: "GET", Target: "/v1/me", Host: "h", Date: "d", Digest: licensekey.Digest(nil)}
				must(t, licensekey.VerifyAnswer(f.PublicKey(), f.Wire().Account, a, string(f.AppendSignature(nil, a.AppendText(nil)))))
				if string(f.PublicKey()) != key {
					t.Errorf("node %d signs with another", i)
				}
				come(t, f, s)
			}
		}
		signs(string(old))
		w.Clock.Advance(time.Hour)
		signs(string(next.Public))
		must1[licensekey.Dataset](t)(licensekey.Verify(old, s.key))
		sold := sell(t, w, 1, nil)
		must1[licensekey.Dataset](t)(licensekey.Verify(next.Public, sold.key))
		come(t, second, sold)
	})
}

// TestHeartbeatsCostNoTransaction: under a context that is over none can begin.
func TestHeartbeatsCostNoTransaction(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		f, s := w.Fleet, sell(t, w, 2, nil)
		activate(t, f, s, "one")
		activate(t, f, s, "two")
		come(t, f, s)
		flush(t, f)
		over, cancel := context.WithCancel(t.Context())
		cancel()
		w.Clock.Advance(time.Minute)
		for range 100 {
			b := must1[*app.Bearer](t)(f.Identify(over, s.key, plaza.Origin{Address: "192.0.2.7"}))
			for _, machine := range []string{"one", "two"} {
				must1[app.Pong](t)(f.Ping(over, b, machine, heartbeat.Beat{Generation: -1}))
			}
			v, _, err := f.Check(over, b, plaza.CheckScope{Product: plaza.Give(f.Wire().Product), Fingerprint: plaza.Give("one")}, false)
			must(t, err)
			wantVerdict(t, "it", v, plaza.CheckValid, true)
		}
		if n, err := f.Flush(over); err == nil || n != 0 {
			t.Errorf("a flush that cannot write: %d, %v", n, err)
		}
		if n := flush(t, f); n != 3 {
			t.Errorf("%d were written, want two machines and the check", n)
		}
		if n := flush(t, f); n != 0 {
			t.Errorf("%d were written again", n)
		}
		m := must1[plaza.Activation](t)(f.Machine(t.Context(), come(t, f, s), "one"))
		must(t, w.DB.Read(t.Context(), func(tx *store.Tx) error {
			p, err := tx.Pulse(t.Context(), m.ID)
			if !p.At.Equal(w.Clock.Now()) || p.Generation != m.Generation {
				t.Errorf("kept: %+v; known: %+v", p, m)
			}
			return err
		}))
	})
}

// TestAWarmNodeAsksNobody: it knows every agent that may come, and none that may
// not.
func TestAWarmNodeAsksNobody(t *testing.T) {
	t.Parallel()
	nodes(t, func(t *testing.T, w *apptest.World, second *app.Fleet) {
		ended, all := sell(t, w, 1, nil), []seat(nil) // it comes first
		must(t, w.EndLicense(t.Context(), w.Reseller, ended.License.ID, reason, 1))
		must(t, w.DB.Tx(t.Context(), func(tx *store.Tx) error { // as it was left behind where a license once ended alone
			return tx.InsertActivation(t.Context(), plaza.Activation{
				ID: "left", Profile: ended.Profile, License: ended.License.ID, Agent: ended.ID, Fingerprint: "left", Created: w.Clock.Now(),
			})
		}))
		for i := range 3 {
			s := sell(t, w, 2, nil)
			for k := range i {
				activate(t, w.Fleet, s, string(rune('a'+k)))
			}
			all = append(all, s)
		}
		if n := must1[int](t)(second.Warm(t.Context())); n != len(all) {
			t.Errorf("%d licenses, want %d", n, len(all))
		}
		over, cancel := context.WithCancel(t.Context())
		cancel()
		for i, s := range all {
			b := must1[*app.Bearer](t)(second.Identify(over, s.key, plaza.Origin{}))
			equal(t, "machines", second.Machines(b), w.Fleet.Machines(come(t, w.Fleet, s)))
			if len(b.Standing.Machines) != i {
				t.Errorf("%d machines", len(b.Standing.Machines))
			}
		}
		wantCode(t, "ended", errOf(second.Identify(t.Context(), ended.key, plaza.Origin{})), plaza.Unauthenticated, "LICENSE_INVALID")
		// What changes while it reads, or later, is read again.
		must(t, w.SuspendLicense(t.Context(), w.Reseller, all[1].License.ID, reason, 1))
		must(t, second.Follow(t.Context()))
		wantCode(t, "suspended", errOf(second.Identify(t.Context(), all[1].key, plaza.Origin{})), plaza.Forbidden, "LICENSE_SUSPENDED")
	})
}

// TestAnAgentIsWhereItStillRuns: of two machines the one that stands counts.
func TestAnAgentIsWhereItStillRuns(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		s := sell(t, w, 2, nil)
		activate(t, w.Fleet, s, "one")
		w.Clock.Advance(time.Second)
		activate(t, w.Fleet, s, "two")
		must(t, w.Fleet.Deactivate(t.Context(), come(t, w.Fleet, s), "two"))
		flush(t, w.Fleet)
		if got := liveness(t, w, s); got != plaza.Online {
			t.Errorf("with one left it is %s", got)
		}
		must(t, w.Fleet.Deactivate(t.Context(), come(t, w.Fleet, s), "one"))
		flush(t, w.Fleet)
		if got := liveness(t, w, s); got != plaza.Offline {
			t.Errorf("with none left it is %s", got)
		}
	})
}
