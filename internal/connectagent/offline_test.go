package connectagent_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const day = 24 * time.Hour

func TestItWorksOfflineWithinItsGraceAndNoLonger(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.slow()
		p := w.start()
		w.cutCable(true)
		w.pass(2 * time.Hour)
		w.said("msg=\"working offline\" until=\"2000-01-15 00:00:00 UTC\"")
		w.wants(true, "2000-01-15 00:00:00 UTC")
		p.end()
		w.pass(14*day - 3*time.Hour)
		p = w.start()
		w.pass(time.Hour - time.Second)
		w.wants(true, "")
		w.pass(time.Second)
		w.said("longer than the license allows")
		w.wants(false, "longer than the license allows")
		p.end()

		p = w.start()
		w.wants(false, "longer than the license allows")
		w.cutCable(false)
		w.pass(6 * time.Minute)
		w.said("msg=working ")
		w.wants(true, "2000-01-29")
		p.end()
	})
}

func TestOfflineItStopsWithTheLicense(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.slow()
		w.expiry = time.Now().Add(3 * day)
		p := w.start()
		p.end()
		w.cutCable(true)
		w.pass(3*day - time.Hour)
		p = w.start()
		w.pass(time.Hour - time.Second)
		w.wants(true, "2000-01-04 00:00:00 UTC")
		w.pass(time.Second)
		w.said("The license has expired, and the server cannot be reached")
		p.end()
	})
}

func TestBundleSaysWhatToDoNext(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.data = filepath.Join(w.dir, "the data")
		_, said := w.command("bundle", "--out", filepath.Join(w.dir, "request"))
		if want := "run: connectagent bundle --in ANSWER --config " + filepath.Join(w.dir, "config") + ` --data "` + w.data + `" --fingerprint "machine of w"`; !strings.Contains(said, want) {
			t.Errorf("it says %q, want %q", said, want)
		}
		if _, said := w.command("bundle", "--help"); strings.Contains(said, "--out=FILE --in=FILE") || !strings.Contains(said, "First: write") || !strings.Contains(said, "Then: take") {
			t.Errorf("its usage reads %s", said)
		}
		w.log.take()
		for want, args := range map[string][]string{"say with --out FILE": {"bundle"}, "can't be used together": {"bundle", "--out", "x", "--in", "y"}} {
			if code, said := w.command(args...); code != 2 || said != "" {
				t.Errorf("%v: %d %s", args, code, said)
			}
			w.said(want)
		}
	})
}

func TestDeactivatedMachineGoesOnWithAnAnswer(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.start().end()
		w.pass(time.Minute)
		w.command("deactivate")
		w.pass(time.Minute)
		if code, said := w.command("bundle", "--in", w.answerFile("answer", 100*day)); code != 0 {
			t.Errorf("an answer: %d %s%s", code, said, w.log)
		}
		w.wants(true, "machine-1")
		if _, out := w.command("status"); strings.Contains(out, "deactivated") {
			t.Errorf("status says %s", out)
		}
	})
}

func TestOfflineActivation(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.cutCable(true)
		out := filepath.Join(w.dir, "request")
		if code, said := w.command("bundle", "--out", out); code != 0 || !strings.Contains(said, "keep it to yourself") {
			t.Fatalf("bundle --out: %d %s%s", code, said, w.log)
		}
		text, _ := os.ReadFile(out)
		var r struct {
			Type             string
			Version, Cores   int
			Key, Fingerprint string
			Platform         string
			RequestedAt      time.Time
		}
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatal(err)
		}
		if r.Type != "plaza-offline-request" || r.Version != 1 || r.Key != w.key || r.Fingerprint != "machine of w" || r.Cores < 1 ||
			!strings.Contains(r.Platform, "/") || !r.RequestedAt.Equal(time.Now()) {
			t.Errorf("the request says %s", text)
		}

		in := filepath.Join(w.dir, "answer")
		for name, m := range map[string]*machine{
			"another machine": {id: "m", fingerprint: "another"}, "": {id: "machine-by-hand", fingerprint: r.Fingerprint},
		} {
			w.must(os.WriteFile(in, w.file(m, r.Key, 100*day), 0o600))
			if code, said := w.command("bundle", "--in", in); (code == 0) != (name == "") {
				t.Errorf("answer for %q: %d %s%s", name, code, said, w.log)
			}
		}
		w.wants(true, "2000-04-10 00:00:00 UTC")
		p := w.start()
		w.said("until=\"2000-04-10 00:00:00 UTC\"")
		p.end()
		w.pass(100*day - time.Hour)
		p = w.start()
		w.pass(time.Hour - time.Second)
		w.wants(true, "machine-by-hand")
		w.pass(time.Second)
		w.said("The machine file has expired")
		w.wants(false, "The machine file has expired")
		p.end()
		if code, _ := w.command("bundle", "--in", in); code != 2 {
			t.Errorf("an answer that has expired is taken: %d", code)
		}
	})
}

// answerFile writes an answer file that is made now, and returns where it is.
func (w *world) answerFile(name string, ttl time.Duration) string {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	w.must(os.WriteFile(path, w.file(&machine{id: "machine-1", fingerprint: "machine of w"}, w.key, ttl), 0o600))
	return path
}

func TestOldAnswerDoesNotOverrideARefusal(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.set(func() { w.skew = 700 * time.Millisecond }) // what is signed is later than the second it says
		p := w.start()
		old := w.answerFile("old", 100*day)
		w.set(func() { w.refusal = "LICENSE_SUSPENDED" })
		w.pass(75 * time.Second)
		p.end()
		w.start().end() // it asks at once
		same := w.answerFile("of the same second", 100*day)
		own := filepath.Join(w.dir, "own")
		text, err := os.ReadFile(filepath.Join(w.data, "machine.lic"))
		w.must(err)
		w.must(os.WriteFile(own, text, 0o600))
		for _, file := range []string{old, same, own, filepath.Join(w.data, "machine.lic")} {
			if code, said := w.command("bundle", "--in", file); code != 2 {
				t.Errorf("bundle --in %s: %d %s", file, code, said)
			}
			w.said("the server has said something else")
			w.wants(false, "This license is suspended")
		}
		w.pass(time.Minute)
		if code, said := w.command("bundle", "--in", w.answerFile("new", 100*day)); code != 0 {
			t.Errorf("a new answer: %d %s%s", code, said, w.log)
		}
		w.wants(true, "2000-04-10")
	})
}

func TestFileOfAServerThatIsHeardDoesNotEndTheGrace(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.set(func() { w.skew = 700 * time.Millisecond })
		p := w.start()
		p.end() // before the server is heard again
		if code, said := w.command("bundle", "--in", filepath.Join(w.data, "machine.lic")); code != 0 {
			t.Errorf("its own file: %d %s%s", code, said, w.log)
		}
		w.wants(true, "2000-01-15")
		w.pass(time.Minute)
		old := w.answerFile("old", 100*day)
		p = w.start()
		w.pass(2 * time.Minute)
		p.end()
		if code, said := w.command("bundle", "--in", old); code != 0 {
			t.Errorf("a file from before: %d %s%s", code, said, w.log)
		}
		w.wants(true, "2000-01-15")
		w.pass(time.Minute)
		file := w.answerFile("new", 100*day)
		for range 2 { // once more, it is the one that is there
			if code, said := w.command("bundle", "--in", file); code != 0 {
				t.Errorf("a new answer: %d %s%s", code, said, w.log)
			}
			w.wants(true, "2000-04-10")
			p = w.start()
			w.pass(2 * time.Minute)
			p.end()
		}
	})
}

func TestClockThatWasFastComesRightWithANewAnswer(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.cutCable(true)
		first := w.answerFile("first", 30*day)
		take := func(file string, want int) {
			t.Helper()
			if code, said := w.command("bundle", "--in", file); code != want {
				t.Errorf("bundle --in %s: %d, want %d: %s%s", filepath.Base(file), code, want, said, w.log)
			}
		}
		wasFast := func() {
			t.Helper()
			w.offset.Store(int64(40 * day))
			p := w.start()
			w.pass(time.Minute)
			p.end()
			w.wants(false, "The machine file has expired")
			w.offset.Store(0)
			w.wants(false, "install a new answer file")
		}
		take(first, 0)
		w.wants(true, "2000-01-31")
		w.pass(time.Hour)
		wasFast()
		take(first, 2)
		w.wants(false, "install a new answer file")
		second := w.answerFile("second", 30*day)
		take(second, 0)
		w.wants(true, "2000-01-31 01:01:00")
		p := w.start()
		w.pass(time.Hour)
		p.end()
		w.wants(true, "2000-01-31 01:01:00")

		// What was taken once sets back nothing any more, nor does what is older.
		wasFast()
		take(second, 2)
		take(first, 2)
		w.wants(false, "install a new answer file")
	})
}

func TestChangedStateIsRefusedUntilTheServerIsReached(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.start().end()
		path := filepath.Join(w.data, "state.json")
		text, _ := os.ReadFile(path)
		changed := strings.Replace(string(text), `"lastSuccess":"2000`, `"lastSuccess":"2010`, 1)
		if changed == string(text) {
			t.Fatalf("nothing was changed in %s", text)
		}
		w.must(os.WriteFile(path, []byte(changed), 0o600))
		w.cutCable(true)
		p := w.start()
		w.said("The state file was changed")
		w.wants(false, "The state file was changed")
		p.end()
		w.wants(false, "The state file was changed")
		w.cutCable(false)
		p = w.start()
		w.pass(time.Second)
		w.wants(true, "machine-1")
		p.end()
		if w.count("POST machines") != 1 {
			t.Error("it was activated again")
		}
	})
}

func TestSettingBackTheClockIsRefused(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		p := w.start()
		w.cutCable(true)
		w.pass(10 * time.Minute)
		w.offset.Store(int64(-23 * time.Hour))
		w.wants(true, "")
		w.offset.Store(int64(-25 * time.Hour))
		w.wants(false, "The clock of this machine was set back")
		w.pass(6 * time.Minute)
		w.said("The clock of this machine was set back")
		w.cutCable(false)
		w.pass(6 * time.Minute)
		w.said("msg=working ")
		p.end()
	})
}

func TestClockThatWasFastComesRightWithTheServer(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.start().end()
		w.cutCable(true)
		w.offset.Store(int64(10 * day))
		p := w.start()
		w.pass(2 * time.Minute)
		p.end()
		w.offset.Store(int64(0))
		w.wants(false, "The clock of this machine was set back")
		w.cutCable(false)
		p = w.start()
		w.pass(time.Minute)
		w.wants(true, "2000-01-15")
		p.end()
		w.wants(true, "2000-01-15")
	})
}

func TestAnswersThatTheServerDidNotSignDoNotCount(t *testing.T) {
	t.Parallel()
	for name, forge := range map[string]func(*answer){
		"unsigned":       func(a *answer) { a.header.Del("Keygen-Signature") },
		"another body":   func(a *answer) { a.body = append(a.body, ' ') },
		"another digest": func(a *answer) { a.header.Set("Digest", "sha-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=") },
		"another date":   func(a *answer) { a.header.Set("Date", time.Now().Add(time.Second).UTC().Format(http.TimeFormat)) },
		"a page":         func(a *answer) { *a = answer{status: 404, body: []byte("<h1>Not found</h1>"), header: http.Header{}} },
		"a redirect":     func(a *answer) { *a = answer{status: 302, header: http.Header{"Location": {"http://other.example/"}}} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inWorld(t, func(w *world) {
				p := w.start()
				w.set(func() { w.forged = forge })
				w.pass(10 * time.Minute)
				log := w.log.take()
				if !strings.Contains(log, "not signed by the server") || !strings.Contains(log, "working offline") {
					t.Errorf("the log says %s", log)
				}
				if n := strings.Count(log, "not signed by the server"); n > 2 {
					t.Errorf("it says so %d times", n)
				}
				w.wants(true, "2000-01-15")
				p.end()
			})
		})
	}
}

func TestKeptAnswersDoNotCount(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		p := w.start()
		w.set(func() { w.skew = -6 * time.Minute })
		w.pass(2 * time.Minute)
		w.said("older than 5 minutes")
		w.set(func() { w.skew = 0 })
		w.pass(6 * time.Minute)
		// An answer to an earlier question, which is not too old.
		var kept *answer
		w.set(func() {
			w.forged = func(a *answer) {
				if !strings.Contains(string(a.body), "nonce") {
					return
				}
				if kept == nil {
					one := *a
					kept = &one
				}
				*a = *kept
			}
		})
		w.pass(3 * time.Minute)
		w.said("not signed by the server")
		p.end()
	})
}

func TestBackOff(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		p := w.start()
		w.set(func() { w.status, w.told = 500, map[string]int{} })
		w.pass(2 * time.Hour)
		n := w.count("POST ping") + w.count("POST validate")
		if n < 30 || n > 250 { // 5 minutes with full jitter are 2.5 on average, for two
			t.Errorf("it has asked %d times in two hours", n)
		}
		w.set(func() { w.status, w.told = 0, map[string]int{} })
		w.pass(5*time.Minute + time.Second)
		if w.count("POST validate") == 0 {
			t.Error("it has not come back within 5 minutes")
		}
		w.wants(true, "valid")
		p.end()
	})
}

func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	for _, status := range []int{503, 429} {
		inWorld(t, func(w *world) {
			p := w.start()
			w.set(func() { w.status, w.after = status, "600" })
			w.pass(80 * time.Second)
			w.set(func() { w.told = map[string]int{} })
			w.pass(500 * time.Second)
			if n := w.count("POST ping"); n != 0 {
				t.Errorf("it has asked %d times", n)
			}
			w.set(func() { w.status = 0 })
			w.pass(3 * time.Minute)
			if n := w.count("POST ping"); n == 0 {
				t.Error("it has not come back")
			}
			p.end()
		})
	}
}

func TestServerSaysWhenTheNextBeatIs(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.set(func() { w.nextIn = 600 })
		p := w.start()
		w.pass(2 * time.Hour)
		if n := w.count("POST ping"); n < 10 || n > 16 {
			t.Errorf("%d beats in two hours, want about 12", n)
		}
		p.end()
	})
}
