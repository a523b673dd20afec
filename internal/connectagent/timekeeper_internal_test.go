package connectagent

import (
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestNobodyGainsTimeByTheClock sets the clock of a machine without a server as it
// likes, and stops, kills and starts the agent. It works no longer than it was
// granted, plus the tolerance of the clock and what was not written down when it
// was killed.
func TestNobodyGainsTimeByTheClock(t *testing.T) {
	t.Parallel()
	const (
		day       = 24 * time.Hour
		step      = 30 * time.Minute
		graceDays = 3
	)
	dir, err := os.MkdirTemp(memory(), "connectagent") //nolint:usetesting // in memory, if there is such a place
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	granted := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	secret := stateSecret("a key", "a fingerprint")
	rapid.Check(t, func(r *rapid.T) {
		passed, offset, kills := time.Duration(0), time.Duration(0), 0
		days := graceDays
		start := func() *agent {
			began := passed
			a := &agent{
				config: Config{GraceDays: &days}, folder: folder(dir), secret: secret,
				time: &timekeeper{
					wall:    func() time.Time { return granted.Add(passed + offset) },
					elapsed: func() time.Duration { return passed - began },
				},
			}
			if err := a.begin(); err != nil {
				r.Fatal(err)
			}
			a.grant = &grant{Issued: granted, Expiry: granted.Add(5 * day)}
			return a
		}
		_ = os.Remove(folder(dir).path(stateFile)) // that of the case before
		a := start()
		a.time.fresh(granted)
		a.state.LastSuccess = granted
		a.judge(verdict{Valid: true, Code: codeValid})
		worked := time.Duration(0)
		for range rapid.IntRange(1, 12).Draw(r, "phases") {
			for range rapid.IntRange(0, 60).Draw(r, "steps") {
				works := a.standing().Works
				if err := a.keep(); err != nil {
					r.Fatal(err)
				}
				passed += step
				if works {
					worked += step
				}
			}
			switch rapid.SampledFrom([]string{"go on", "stop", "kill"}).Draw(r, "then") {
			case "stop":
				if err := a.keep(); err != nil {
					r.Fatal(err)
				}
				a = start()
			case "kill":
				kills++
				a = start()
			}
			offset += time.Duration(rapid.IntRange(-5*24, 5*24).Draw(r, "jump")) * time.Hour
		}
		if most := graceDays*day + clockTolerance + time.Duration(kills+1)*step; worked > most {
			r.Fatalf("it has worked for %s, and may for %s", worked, most)
		}
	})
}

// memory returns a directory that is not on a disk, if there is one.
func memory() string {
	if _, err := os.Stat("/dev/shm"); err != nil {
		return ""
	}
	return "/dev/shm"
}
