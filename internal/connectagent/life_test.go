package connectagent_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"strings"
	"testing"
	"time"
)

func TestWholeLife(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.wants(false, "has not been in touch")
		p := w.start()
		w.said("msg=working machine=machine-1")
		w.wants(true, "valid")
		if n := w.count("POST ping"); n != 1 {
			t.Errorf("%d beats right after the activation, want 1", n)
		}
		w.pass(time.Hour)
		if n := w.count("POST ping"); n < 50 || n > 75 {
			t.Errorf("%d beats in an hour", n)
		}
		if n := w.count("POST validate"); n < 50 || n > 75 {
			t.Errorf("%d checks in an hour", n)
		}
		if w.count("POST report") != 1 || w.count("POST check-out") != 1 || w.count("GET me") != 1 {
			t.Errorf("asked for %v", w.told)
		}
		if log := w.log.take(); log != "" {
			t.Errorf("nothing has changed, and the log says %s", log)
		}
		p.end()
		if w.last[len(w.last)-1] != "POST goodbye" {
			t.Errorf("its last words are %v", w.last)
		}
		code, out := w.command("license")
		if code != 0 || !strings.Contains(out, "Warehouse agent") || !strings.Contains(out, "DEPLOY") || strings.Contains(out, w.key) {
			t.Errorf("license: %d %s", code, out)
		}

		w.log.take()
		p = w.start()
		w.said("working on the machine file")
		w.pass(5 * time.Second)
		w.said("msg=working machine=machine-1")
		p.end()
		if w.count("POST machines") != 1 {
			t.Error("it was activated again")
		}

		if code, out := w.command("deactivate"); code != 0 || !strings.Contains(out, "released") || len(w.machines) != 0 {
			t.Errorf("deactivate: %d %s", code, out)
		}
		w.wants(false, "This machine was deactivated on 2000-01-01 01:00:05 UTC. To go on, start connectagent run")
		w.pass(time.Hour)
		if code, out := w.command("deactivate"); code != 0 || !strings.Contains(out, "not activated any more") {
			t.Errorf("deactivate again: %d %s", code, out)
		}
		w.wants(false, "none, deactivated on 2000-01-01 01:00:05 UTC")
		w.log.take()
		p = w.start()
		w.said("not activated yet; the server is asked")
		p.end()
		w.wants(true, "machine-2")
		if _, out := w.command("status"); strings.Contains(out, "deactivated") {
			t.Errorf("it is activated again, and status says %s", out)
		}
	})
}

func TestMachineThatNeverWasActivatedIsNotSaidToBeDeactivated(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		if code, out := w.command("deactivate"); code != 0 || !strings.Contains(out, "not activated any more") {
			t.Errorf("deactivate: %d %s", code, out)
		}
		w.wants(false, "has not been in touch")
	})
}

func TestStatusShowsTheWholeFingerprint(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.wants(false, "\nFingerprint          machine of w\n")
		w.start().end()
		w.wants(true, "\nFingerprint          machine of w\n")
	})
}

func TestMachineFileIsRenewedAfterAThirdOfItsTime(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.slow()
		p := w.start()
		w.pass(7*24*time.Hour - time.Minute)
		if n := w.count("POST check-out"); n != 1 {
			t.Errorf("%d files in the first third", n)
		}
		w.pass(2 * time.Hour)
		if n := w.count("POST check-out"); n != 2 {
			t.Errorf("%d files at the second third, want 2", n)
		}
		p.end()
	})
}

func TestSuspendedAndResumedWithoutANewActivation(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		p := w.start()
		w.set(func() { w.refusal = "LICENSE_SUSPENDED" })
		w.pass(75 * time.Second)
		w.said("This license is suspended. Contact")
		w.wants(false, "This license is suspended. Contact")
		w.pass(20 * time.Minute)
		if log := w.log.take(); log != "" {
			t.Errorf("nothing has changed, and the log says %s", log)
		}
		// Nor does it work while the server is away, or after a restart.
		w.cutCable(true)
		w.pass(15 * time.Minute)
		w.wants(false, "This license is suspended")
		w.cutCable(false)
		w.pass(6 * time.Minute)
		p.end()
		p = w.start()
		w.wants(false, "This license is suspended")
		w.log.take()
		w.set(func() { w.refusal = "" })
		w.pass(75 * time.Second)
		w.said("msg=working ")
		w.wants(true, "valid")
		p.end()
		if n := w.count("POST machines"); n != 1 {
			t.Errorf("%d activations, want 1", n)
		}
	})
}

func TestExpiredAndRenewed(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		p := w.start()
		w.set(func() { w.expiry = time.Now() })
		w.pass(75 * time.Second)
		w.said("This license has expired.")
		w.set(func() { w.expiry = time.Now().AddDate(1, 0, 0) })
		w.pass(75 * time.Second)
		w.said("msg=working ")
		p.end()
	})
}

func TestEveryVerdictIsSaidInASentence(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		p := w.start()
		for code, want := range map[string]string{
			"BANNED": "The owner of this license is blocked.", "OVERDUE": "not been checked in", "ENTITLEMENTS_MISSING": "lacks a module",
			"TOO_MANY_MACHINES": "on more machines than it allows", "NEVER_HEARD_OF": "The server refuses (NEVER_HEARD_OF)",
		} {
			w.set(func() { w.verdict = code })
			w.log.take()
			w.pass(75 * time.Second)
			w.wants(false, want)
			w.said(want)
		}
		p.end()
	})
}

func TestActivationThatIsGoneIsMadeAnew(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		p := w.start()
		w.set(func() { clear(w.machines) })
		w.pass(75 * time.Second)
		w.said("the activation is gone")
		w.wants(true, "machine-2")
		p.end()
	})
}

func TestDeadMachineThatMayNotReviveIsActivatedAgain(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		p := w.start()
		w.set(func() { w.noRevive = true })
		w.cutCable(true)
		w.pass(10 * time.Minute)
		w.cutCable(false)
		w.pass(6 * time.Minute)
		w.said("taken this machine for dead")
		w.wants(true, "machine-2")
		p.end()
		if w.count("DELETE machine-1") != 1 {
			t.Errorf("it was not given back: %v", w.told)
		}
	})
}

func TestItBeatsBeforeItChecksAfterALongPause(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.start().end()
		w.pass(time.Hour)
		w.set(func() { w.last = nil })
		p := w.start()
		w.pass(61 * time.Second)
		if len(w.last) < 3 || w.last[0] != "POST ping" || w.last[1] != "POST report" || w.last[2] != "POST validate" {
			t.Errorf("it begins with %v", w.last)
		}
		p.end()
	})
}

func TestItAsksWithinSecondsAfterARestart(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.slow() // however rarely it beats and asks otherwise
		w.start().end()
		w.pass(time.Hour)
		beats, checks := w.count("POST ping"), w.count("POST validate")
		p := w.start()
		w.pass(5 * time.Second)
		if b, c := w.count("POST ping")-beats, w.count("POST validate")-checks; b != 1 || c != 1 {
			t.Errorf("%d beats and %d checks within 5 seconds, want one of each", b, c)
		}
		w.said("msg=working ")
		p.end()

		w.set(func() { w.status, w.after, w.last = 503, "600", nil })
		p = w.start()
		w.pass(10 * time.Minute)
		if len(w.last) != 1 {
			t.Errorf("the server asked to be left alone, and was asked for %v", w.last)
		}
		w.set(func() { w.status = 0 })
		w.pass(10 * time.Second)
		w.wants(true, "valid")
		if n := w.count("POST validate") - checks; n != 2 {
			t.Errorf("%d checks, want 2", n)
		}
		p.end()
	})
}

// TestAnotherSigningKey has the server sign with another key from some moment on.
func TestAnotherSigningKey(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		public := func(k ed25519.PrivateKey) string { return hex.EncodeToString(k[ed25519.SeedSize:]) }
		first, second := w.signer, ed25519.NewKeyFromSeed([]byte("the next seed of a server, is it"))
		keys := func(name string, keys ...string) func(object) {
			return func(c object) { delete(c, "publicKey"); c[name] = keys }
		}
		w.configure(keys("publicKeys", public(first), public(second)))
		p := w.start()
		w.wants(true, "valid")
		w.log.take()
		w.set(func() { w.signer = second })
		w.pass(5 * time.Minute)
		if log := w.log.take(); strings.Contains(log, "WARN") || w.count("POST validate") < 4 {
			t.Errorf("with another key the log says %s", log)
		}
		p.end()

		// A configuration of afterwards, for a license key of before.
		w.configure(keys("publicKeys", public(second)))
		if code, _ := w.command("install"); code != 2 {
			t.Errorf("a license key that nobody has signed: %d", code)
		}
		w.said("does not belong to publicKey")
		w.configure(func(c object) { keys("publicKeys", public(second))(c); c["formerKeys"] = []string{public(first)} })
		w.log.take()
		p = w.start()
		w.said("the machine file does not count") // that of before
		w.pass(75 * time.Second)
		w.wants(true, "2000-01-15")
		// What a former key signs now, somebody else may have signed.
		w.set(func() { w.signer = first })
		w.pass(10 * time.Minute)
		w.said("not signed by the server")
		file := w.answerFile("answer", 100*day)
		p.end()
		if code, _ := w.command("bundle", "--in", file); code != 2 {
			t.Errorf("an answer file by a former key: %d", code)
		}
		w.said("not made by this server")
		w.configure(func(c object) { keys("publicKeys", public(second))(c); c["formerKeys"] = []string{"00"} })
		if code, _ := w.command("install"); code != 2 {
			t.Errorf("a former key that is none: %d", code)
		}
	})
}

func TestNoSeatIsLeft(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.set(func() { w.seats = 0 })
		p := w.start()
		w.said("All seats of this license are taken")
		w.wants(false, "All seats of this license are taken")
		w.set(func() { w.seats = 1 })
		w.pass(75 * time.Second)
		w.wants(true, "valid")
		p.end()
	})
}

func TestCloneIsSaidLoudly(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		p := w.start()
		twin := *w
		twin.data += " of the twin"
		q := twin.start()
		w.pass(3 * time.Hour) // until one has beaten twice between two beats of the other
		w.said("this machine is cloned")
		w.wants(true, "CLONED")
		p.end()
		q.end()
	})
}

func TestTwoCannotShareADirectory(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		p := w.start()
		if code, _ := w.command("deactivate"); code != 2 {
			t.Errorf("deactivate while it runs: %d", code)
		}
		w.said("stop it first")
		p.end()
	})
}
