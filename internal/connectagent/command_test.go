package connectagent_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza/internal/connectagent"
)

func TestWrongConfigurationIsNamed(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		for want, change := range map[string]func(object){
			`unknown field "sever"`:              func(c object) { c["sever"] = "x" },
			"server is missing":                  func(c object) { delete(c, "server") },
			"server must be an address":          func(c object) { c["server"] = "plaza.example" },
			"without anything behind":            func(c object) { c["server"] = "https://plaza.example/v1" },
			"publicKey must be":                  func(c object) { c["publicKey"] = "00" },
			"does not belong to publicKey":       func(c object) { c["publicKey"] = strings.Repeat("00", 32) },
			"licenseKey is missing":              func(c object) { delete(c, "licenseKey") },
			"licenseKey is not whole":            func(c object) { c["licenseKey"] = w.key[:100] },
			"product is another":                 func(c object) { c["product"] = account },
			"account is another":                 func(c object) { c["account"] = product },
			"graceDays must be":                  func(c object) { c["graceDays"] = 1000 },
			"checkInterval must be":              func(c object) { c["checkInterval"] = -1 },
			"heartbeatInterval must be":          func(c object) { c["heartbeatInterval"] = 1e6 },
			"cannot unmarshal string into Go st": func(c object) { c["graceDays"] = "14" },
		} {
			w.configure(change)
			w.log.take()
			for _, command := range []string{"install", "run", "status"} {
				if code, out := w.command(command); code != 2 || out != "" {
					t.Errorf("%s, %s: %d %q", want, command, code, out)
				}
			}
			w.said(want)
		}
	})
}

func TestInstall(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		for range 2 { // it does not matter how often
			if code, out := w.command("install"); code != 0 || !strings.Contains(out, "connectagent run --data "+w.data) {
				t.Fatalf("install: %d %s%s", code, out, w.log)
			}
			info, err := os.Stat(filepath.Join(w.data, "connectagent.json"))
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v %v", info, err)
			}
			w.start().end()
			w.wants(true, "machine-1")
		}
		if w.count("POST machines") != 1 {
			t.Error("the activation was lost")
		}
		w.set(func() { w.key = w.sell() })
		w.configure(nil)
		if code, _ := w.command("install"); code != 2 {
			t.Errorf("another key is installed over an activation: %d", code)
		}
		w.said("run connectagent deactivate first")
	})
}

// TestRootFindsWhatIsInstalled has root install a service, which then runs as the
// unit has it, and ask without a flag.
func TestRootFindsWhatIsInstalled(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		system := connectagent.Where{
			Data: w.data, Config: filepath.Join(w.dir, "etc", "connectagent.json"), Program: "/usr/local/bin/connectagent", Unit: "/etc/systemd/system/x",
		}
		as := func(args ...string) (int, string) {
			var b buffer
			env := w.env(&b)
			env.Args, env.Where = append(args, "--fingerprint", "machine of w"), &system
			return connectagent.Run(w.t.Context(), env), b.String()
		}
		if code, _ := as("status"); code != 2 {
			t.Errorf("status before install: %d", code)
		}
		w.said("run connectagent install --config FILE first")
		w.must(os.WriteFile(filepath.Join(w.dir, "connectagent.service"), nil, 0o600))
		code, out := as("install", "--config", filepath.Join(w.dir, "config"))
		if code != 0 || !strings.Contains(out, "is kept in "+system.Config) || !strings.Contains(out, "connectagent.service "+system.Unit) {
			t.Fatalf("install: %d %s%s", code, out, w.log)
		}
		if info, err := os.Stat(system.Config); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v %v", info, err)
		}
		w.start().end()
		if code, out := as("status"); code != 0 || !strings.Contains(out, "machine-1") {
			t.Errorf("status: %d %s%s", code, out, w.log)
		}
		if code, out := as("bundle", "--out", filepath.Join(w.dir, "request")); code != 0 {
			t.Errorf("bundle: %d %s%s", code, out, w.log)
		}
		if code, out := as("deactivate"); code != 0 {
			t.Errorf("deactivate: %d %s%s", code, out, w.log)
		}
	})
}

func TestLicenseSaysItsEndAndItsGrace(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		lines := func() string {
			_, out := w.command("license")
			return strings.Join(strings.Fields(out), " ")
		}
		if said := lines(); !strings.Contains(said, "May go on until never There is no machine file yet") {
			t.Errorf("of a key without end it says %s", said)
		}
		w.set(func() { w.grace = 14 * day })
		w.start().end()
		if said := lines(); !strings.Contains(said, " Ends 2000-12-18 00:00:00 UTC May go on until 2001-01-01 00:00:00 UTC, its days of grace included ") {
			t.Errorf("it says %s", said)
		}
		w.set(func() { w.grace = 0 })
		w.must(os.Remove(filepath.Join(w.data, "machine.lic")))
		p := w.start()
		w.pass(time.Minute)
		p.end()
		if said := lines(); !strings.Contains(said, " Ends 2001-01-01 00:00:00 UTC Entitlements") {
			t.Errorf("without grace it says %s", said)
		}
	})
}

func TestIntervalsByFlag(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.set(func() { w.nextIn = 0 }) // it leaves that to the agent
		if code, _ := w.command("status", "--check-interval", "-1"); code != 2 {
			t.Errorf("an interval of -1: %d", code)
		}
		p := w.start("--check-interval", "600", "--heartbeat-interval", "10")
		w.pass(10 * time.Minute)
		p.end()
		if beats, checks := w.count("POST ping"), w.count("POST validate"); beats < 50 || checks > 5 {
			t.Errorf("%d beats and %d checks in ten minutes", beats, checks)
		}
	})
}

func TestHealthFileIsReported(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		path := filepath.Join(w.dir, "health")
		p := w.start("--health-file", path)
		w.must(os.WriteFile(path, []byte(`{"health":"warning","message":"The queue is long."}`), 0o600))
		w.pass(10 * time.Second)
		w.must(os.WriteFile(path, []byte(`{"health":"warn`), 0o600)) // being written
		w.pass(10 * time.Second)
		os.Remove(path)
		w.pass(10 * time.Second)
		p.end()
		if len(w.bodies) != 3 || !strings.Contains(w.bodies[0], `"health":"ok"`) || !strings.Contains(w.bodies[0], `"version":"1.2.3"`) ||
			!strings.Contains(w.bodies[1], `"health":"warning"`) || !strings.Contains(w.bodies[1], `"level":"warning"`) ||
			!strings.Contains(w.bodies[2], `"health":"ok"`) {
			t.Errorf("reported %q", w.bodies)
		}
	})
}

func TestReportFitsIntoWhatTheServerTakes(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		path := filepath.Join(w.dir, "health")
		p := w.start("--health-file", path)
		for _, message := range []string{strings.Repeat("…", 1000), strings.Repeat("é", 1500) + "x", "", `The queue\u0000 is long.`} {
			w.must(os.WriteFile(path, []byte(`{"health":"warning","message":"`+message+`"}`), 0o600))
			w.pass(10 * time.Second)
		}
		p.end()
		if len(w.bodies) != 5 {
			t.Fatalf("%d reports have arrived, want 5: %s", len(w.bodies), w.log)
		}
		for i, body := range w.bodies {
			if strings.ContainsRune(body, '\uFFFD') || i == 1 && strings.Count(body, "…") < 1300 {
				t.Errorf("it was cut as %q", body)
			}
		}
	})
}

func TestReportThatIsRefusedIsSaidOnce(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		p := w.start()
		p.end()
		w.set(func() { w.unreported = true })
		w.log.take()
		p = w.start()
		w.pass(10 * time.Minute)
		if log := w.log.take(); strings.Count(log, `level=WARN msg="the report did not arrive"`) != 1 || !strings.Contains(log, "PARAMETER_INVALID") {
			t.Errorf("the log says %s", log)
		}
		w.set(func() { w.unreported, w.bodies = false, nil })
		w.pass(75 * time.Second)
		if len(w.bodies) != 1 {
			t.Errorf("%d reports when it is taken again", len(w.bodies))
		}
		p.end()
	})
}

func TestDeactivateSaysWhyItCannot(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.start().end()
		w.cutCable(true)
		if code, _ := w.command("deactivate"); code != 1 {
			t.Errorf("without a server: %d", code)
		}
		w.cutCable(false)
		w.set(func() { w.refusal = "LICENSE_SUSPENDED" })
		if code, _ := w.command("deactivate"); code != 1 {
			t.Errorf("suspended: %d", code)
		}
		w.said("The machine stays activated")
		w.wants(true, "machine-1")
		if code, said := w.command("deactivate", "--force"); code != 0 || !strings.Contains(said, "forgotten here") ||
			!strings.Contains(said, "server was not told") || !strings.Contains(said, "seat stays taken") || strings.Contains(said, "is released.") {
			t.Errorf("by force: %d %s", code, said)
		}
		w.wants(false, "none, deactivated on ")
	})
}

func TestSimulation(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.set(func() { w.seats = 50 })
		keys := w.key + "\n# another\n\n" + w.sell() + "\n"
		path := filepath.Join(w.dir, "keys")
		w.must(os.WriteFile(path, []byte(keys), 0o600))
		w.configure(func(c object) { delete(c, "licenseKey") })
		p := w.start("--simulate", "50", "--keys", path, "--unwell", "40")
		w.pass(5 * time.Minute)
		if n := len(w.machines); n != 50 {
			t.Errorf("%d machines, want 50", n)
		}
		p.end()
		lines := strings.Split(strings.TrimSpace(p.out.String()), "\n")
		if len(lines) != 31 {
			t.Errorf("%d lines of statistics in 5 minutes", len(lines))
		}
		want := regexp.MustCompile(`^agents 50  working 50  offline 0  stopped 0  beats 2\d\d  errors 0  p50 \S+  p99 \S+$`)
		if last := lines[len(lines)-1]; !want.MatchString(last) {
			t.Errorf("the last line is %q", last)
		}
		if all := strings.Join(w.bodies, ""); !strings.Contains(all, `"health":"error"`) || !strings.Contains(all, `"health":"warning"`) {
			t.Error("all were well")
		}
		if n := w.count("POST goodbye"); n != 50 {
			t.Errorf("%d have said goodbye", n)
		}
	})
}

func TestKeysInTheConfiguration(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.set(func() { w.seats = 4 })
		w.configure(func(c object) { delete(c, "licenseKey"); c["keys"] = []string{w.key, w.sell()} })
		p := w.start("--simulate", "4")
		w.pass(2 * time.Minute)
		p.end()
		if len(w.machines) != 4 {
			t.Errorf("%d machines, want 4", len(w.machines))
		}
	})
}
