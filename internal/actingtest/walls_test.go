package actingtest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
	invariant string // that is violated then, as a pattern
}

// walls are taken down one at a time: that the machine finds nothing is only worth
// something if it finds each of these. The first few are tried in every test run.
func walls() []wall {
	const app, store = "internal/app/", "internal/store/"
	return []wall{
		{"a deed looks again at what its actor rests on", app + "app.go", "if actor.Session == \"\" {", "if actor.Session != \"-\" {", "I6|I2|I1"},
		{"nobody makes a login for another", "policy.go", "roles: admins, changes: true, notActing: true}, // an invitation", "roles: admins, changes: true}, // an invitation", "I."},
		{"an end is on record", app + "acting.go", "\tfor _, t := range ended {", "\tfor _, t := range ended[:0] {", "I3"},

		{"to look changes nothing", "actor.go", "case a.Via.Mode != Manage:", "case a.Via.Mode == \"none\":", "I."},
		{"to act gives no right", "actor.go", "\treturn r.allows(a.Via.Kind, a.Via.Role)\n}", "\treturn nil\n}", "I."},
		{"nobody acts in what is not below", app + "acting.go", "if target.Profile == actor.Profile {", "if target.Profile == \"-\" {", "I."},
		{"the switch of the vendor", app + "access.go", "store.EndingEverywhere()", "store.EndingOne(\"-\")", "I."},
		{"time is up", store + "acting.go", "WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2\n\t\tAND", "WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2 - 60000000\n\t\tAND", "I."},
		{"a token is another after stopping", store + "session.go", "SET token_hash = $1, acting_id = NULLIF($2, '') WHERE", "SET token_hash = CASE WHEN $2 = '' THEN token_hash ELSE $1 END, acting_id = NULLIF($2, '') WHERE", "I."},
		{"once is once", store + "consent.go", "SET used_at = CASE WHEN once THEN", "SET used_at = CASE WHEN NOT once THEN", "I."},
		{"who is shut out does not come back", app + "login.go", "if err := tx.DropSessionsIn(ctx, l.ID); err != nil {", "if err := tx.DropSessionsIn(ctx, \"-\"); err != nil {", "I."},
		{"a profile that lets nobody in any more", app + "access.go", "return a.cease(ctx, tx, store.EndingShutOut(p.ID), plaza.EndAccess)", "return a.cease(ctx, tx, store.EndingOne(\"-\"), plaza.EndAccess)", "I."},
		{"who may see it", store + "list.go", "if scope.All() {", "if scope.All() || column == \"l.profile_id\" {", "I."},
	}
}

// TestWallsAreMissed builds the program without one of its walls, in a copy that
// nobody else sees, and has the machine find out.
func TestWallsAreMissed(t *testing.T) {
	t.Parallel()
	all := walls()
	if *target == 0 {
		all = all[:3]
	}
	for _, w := range all {
		t.Run(w.name, func(t *testing.T) {
			out, err := takenDown(t, w)
			if err == nil {
				t.Fatalf("nobody missed it:\n%s", out)
			}
			if !regexp.MustCompile(`(` + w.invariant + `)\d* violated at step`).MatchString(out) {
				t.Fatalf("no invariant was violated:\n%s", out)
			}
		})
	}
}

// takenDown runs the slice of the machine on SQLite without a wall.
func takenDown(t *testing.T, w wall) (string, error) {
	t.Helper()
	root := must1(filepath.Abs("../.."))(t)
	whole := string(must1(os.ReadFile(filepath.Join(root, w.file)))(t))
	if strings.Count(whole, w.line) != 1 {
		t.Fatalf("%q stands %d times in %s", w.line, strings.Count(whole, w.line), w.file)
	}
	dir := t.TempDir()
	without, overlay := filepath.Join(dir, "without.go"), filepath.Join(dir, "overlay.json")
	must(t, os.WriteFile(without, []byte(strings.Replace(whole, w.line, w.instead, 1)), 0o600))
	replace := map[string]map[string]string{"Replace": {filepath.Join(root, w.file): without}}
	must(t, os.WriteFile(overlay, must1(json.Marshal(replace))(t), 0o600))
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-vet=off", "-overlay", overlay, "-run", "^TestStateMachine$/^sqlite$",
		"./internal/actingtest", "-acting.slice", "12000", "-rapid.shrinktime", "1ms")
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	return string(out), err
}
