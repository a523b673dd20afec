package actingtest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// wall is one line of the program that keeps a promise, and what stands there
// instead when the wall is taken down.
type wall struct {
	name      string
	file      string
	line      string
	instead   string
	invariant string // that is violated then; what can be found in two ways names both
}

// walls are taken down one at a time: that the machine finds nothing is only worth
// something if it finds each of these.
func walls() []wall {
	const app, store = "internal/app/", "internal/store/"
	return []wall{
		{"a deed looks again at what its actor rests on", app + "app.go", "if actor.Session == \"\" {", "if actor.Session != \"-\" {", "I6"},
		{"nobody makes a login for another", "policy.go", "roles: admins, changes: true, notActing: true}, // an invitation", "roles: admins, changes: true}, // an invitation", "I1"},
		{"an end is on record", app + "acting.go", "range ended {\n\t\tevent", "range ended[:0] {\n\t\tevent", "I3"},
		{"to look changes nothing", "actor.go", "case a.Via.Mode != Manage:", "case a.Via.Mode == \"none\":", "I1"},
		{"to act gives no right", "actor.go", "\treturn r.allows(a.Via.Kind, a.Via.Role)\n}", "\treturn nil\n}", "I1"},
		{"nobody acts in its own profile", app + "acting.go", "if target.Profile == actor.Profile {", "if target.Profile == \"-\" {", "I2"},
		{"the switch of the vendor", app + "access.go", "store.EndingEverywhere()", "store.EndingOne(\"-\")", "I3"},
		{"time is up", store + "acting.go", "WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2\n\t\tAND", "WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2 - 60000000\n\t\tAND", "I8"},
		{"a token is another after stopping", store + "session.go", "SET token_hash = $1, acting_id = NULLIF($2, '') WHERE", "SET token_hash = CASE WHEN $2 = '' THEN token_hash ELSE $1 END, acting_id = NULLIF($2, '') WHERE", "I6"},
		{"once is once", store + "consent.go", "SET used_at = CASE WHEN once THEN", "SET used_at = CASE WHEN NOT once THEN", "I6|I7"},
		{"who is shut out does not come back", app + "login.go", "if err := tx.DropSessionsIn(ctx, l.ID); err != nil {", "if err := tx.DropSessionsIn(ctx, \"-\"); err != nil {", "I6|I7"},
		{"a profile that lets nobody in any more", app + "access.go", "return a.cease(ctx, tx, store.EndingShutOut(p.ID), plaza.EndAccess)", "return a.cease(ctx, tx, store.EndingOne(\"-\"), plaza.EndAccess)", "I3"},
		{"who may see it", store + "list.go", "case scope.All():\n\t\treturn", "case scope.All() || column == \"l.profile_id\":\n\t\treturn", "I2|I9"},
	}
}

// TestWallsAreMissed builds the program without one of its walls, in a copy that
// nobody else sees, and has the machine find out: in the drill, as each of them is a
// build of its own, and the first one, on a machine that never built without the race
// detector, one of all that the program is made of. Every test run sees to it that
// each wall stands where it is looked for.
func TestWallsAreMissed(t *testing.T) {
	for _, w := range walls() {
		t.Run(w.name, func(t *testing.T) {
			overlay := without(t, w)
			if *target == 0 {
				return
			}
			out, err := machineWith(t, overlay)
			if err == nil {
				t.Fatalf("nobody missed it:\n%s", out)
			}
			found := regexp.MustCompile(`I\d+ violated at step .*`).FindString(out)
			if !slices.Contains(strings.Split(w.invariant, "|"), strings.Fields(found + " -")[0]) {
				t.Fatalf("want %s violated, got %q:\n%s", w.invariant, found, out)
			}
		})
	}
}

// without takes a wall down in an overlay for the go command, and returns its path.
func without(t *testing.T, w wall) string {
	t.Helper()
	file := filepath.Join(must1(filepath.Abs("../.."))(t), w.file)
	whole := string(must1(os.ReadFile(file))(t))
	if n := strings.Count(whole, w.line); n != 1 {
		t.Fatalf("%q stands %d times in %s", w.line, n, w.file)
	}
	dir := t.TempDir()
	instead, overlay := filepath.Join(dir, "instead.go"), filepath.Join(dir, "overlay.json")
	must(t, os.WriteFile(instead, []byte(strings.Replace(whole, w.line, w.instead, 1)), 0o600))
	replace := map[string]map[string]string{"Replace": {file: instead}}
	must(t, os.WriteFile(overlay, must1(json.Marshal(replace))(t), 0o600))
	return overlay
}

// machineWith runs the machine on SQLite with an overlay, until it finds something
// or has long looked.
func machineWith(t *testing.T, overlay string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-vet=off", "-overlay", overlay, "-run", "^TestStateMachine$/^sqlite$",
		"./internal/actingtest", "-acting.slice", "100000", "-rapid.shrinktime", "1ms")
	cmd.Dir = "../.."
	out, err := cmd.CombinedOutput()
	return string(out), err
}
