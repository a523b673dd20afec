package cli_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// put writes a file and returns its path.
func put(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// tamper changes what is in a database past Plaza.
func tamper(t *testing.T, address, statement string) {
	t.Helper()
	driver := "sqlite"
	if store.IsPostgres(address) {
		driver = "pgx"
	}
	db, err := sql.Open(driver, address) //nolint:forbidigo // it reaches past the store
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// wantWhole fails unless a command says that the log is whole.
func wantWhole(t *testing.T, args []string, parts ...string) {
	t.Helper()
	code, out, err := run(t, "", args...)
	if code != 0 || !strings.Contains(out, ": whole\n") {
		t.Errorf("plaza %s: %d %q %q", strings.Join(args, " "), code, out, err)
	}
	for _, part := range parts {
		if !strings.Contains(out, part) {
			t.Errorf("plaza %s: got %q, want %q in it", strings.Join(args, " "), out, part)
		}
	}
}

// wantBroken fails unless a command ends with code 1 and one line that has all of
// the parts.
func wantBroken(t *testing.T, args []string, parts ...string) {
	t.Helper()
	code, out, err := run(t, "", args...)
	if code != 1 || out != "" || strings.Count(err, "\n") != 1 {
		t.Errorf("plaza %s: %d %q %q", strings.Join(args, " "), code, out, err)
	}
	for _, part := range parts {
		if !strings.Contains(err, part) {
			t.Errorf("plaza %s: got %q, want %q in it", strings.Join(args, " "), err, part)
		}
	}
}

func TestAuditLogIsVerified(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(*testing.T) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := database(t)
			at := []string{"--database", db, "--secret-file", filepath.Join(t.TempDir(), "secret")}
			audit := func(more ...string) []string { return append(append([]string{"audit"}, more...), at...) }
			if code, _, err := run(t, "correct horse battery\n", append(setup(db), at[2:]...)...); code != 0 {
				t.Fatal(err)
			}
			wantWhole(t, audit("verify"), "nothing is sealed yet", "1 not sealed yet", "No checkpoint from elsewhere")
			wantRefusal(t, audit("checkpoint"), "nothing is sealed yet")

			_, text, _ := run(t, "", audit("export")...)
			export := put(t, "export.jsonl", text)
			_, key, _ := run(t, "", audit("key")...)
			key = strings.TrimSpace(key)
			_, note, _ := run(t, "", audit("checkpoint")...)
			checkpoint := put(t, "checkpoint", note)
			if strings.Count(text, "\n") != 3 || !strings.HasPrefix(note, strings.Split(key, "+")[0]+"\n2\n") {
				t.Errorf("export:\n%s\ncheckpoint:\n%s\nkey:\n%s", text, note, key)
			}
			wantWhole(t, audit("verify", "--checkpoint", checkpoint), "2 events, sealed to position 1, root "+strings.Split(note, "\n")[2])
			wantWhole(t, []string{"audit", "verify", "--export", export, "--key", key, "--checkpoint", checkpoint}, "2 events")
			wantWhole(t, audit("verify", "--export", export), "2 events")

			other := put(t, "other", strings.Replace(note, "\n2\n", "\n3\n", 1))
			wantBroken(t, audit("verify", "--checkpoint", other), "signature")
			wantBroken(t, []string{"audit", "verify", "--export", put(t, "cut.jsonl", strings.Join(strings.SplitAfter(text, "\n")[:1], "")), "--key", key, "--checkpoint", checkpoint}, "position 1", "it is gone")
			wantBroken(t, []string{"audit", "verify", "--export", put(t, "changed.jsonl", strings.Replace(text, "ConnectPlaza", "Somebody", 1)), "--key", key}, "position 0")
			wantBroken(t, []string{"audit", "verify", "--export", put(t, "odd.jsonl", strings.Replace(text, `":`, `": `, 1)), "--key", key}, "line 1")

			wantRefusal(t, audit("forget", "--person", "nobody@example.com"), "--person (PLAZA_PERSON)", "nobody has that address")
			wantRefusal(t, audit("forget"), "--person")
			if code, out, err := run(t, "", audit("forget", "--person", "Zoe@vendor.example")...); code != 0 || out != "No event tells anything of Zoe@vendor.example.\n" {
				t.Errorf("forget: %d %q %q", code, out, err)
			}

			tamper(t, db, "UPDATE audit_events SET object_name = 'Somebody' WHERE position = 0")
			wantBroken(t, audit("verify"), "position 0 (0", "2026-11-23T15:04:05Z", "not what was sealed")
			tamper(t, db, "DELETE FROM audit_events WHERE position = 0")
			wantBroken(t, audit("verify"), "position 0", "it is gone")
		})
	}
}

func TestAuditRefusesWhatIsNotThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := filepath.Join(dir, "plaza.db")
	for _, command := range [][]string{{"verify"}, {"key"}, {"checkpoint"}, {"export"}, {"forget", "--person", "zoe@vendor.example"}} {
		audit := append(append([]string{"audit"}, command...), "--database")
		wantRefusal(t, append(audit, db), "--database (PLAZA_DATABASE)", "not there")
		wantRefusal(t, append(audit, storetest.SQLite(t)), "run plaza setup first")
	}
	if _, err := os.Stat(db); err == nil {
		t.Error("made a database")
	}
	if code, _, err := run(t, "correct horse battery\n", setup(db)...); code != 0 {
		t.Fatal(err)
	}
	at := []string{"audit", "verify", "--database", db}
	wantRefusal(t, append(at, "--checkpoint", filepath.Join(dir, "none")), "--checkpoint (PLAZA_CHECKPOINT)")
	wantRefusal(t, append(at, "--export", filepath.Join(dir, "none")), "--export (PLAZA_EXPORT)")
	wantRefusal(t, append(at, "--export", db, "--key", "none"), "--key (PLAZA_KEY)")
	wantRefusal(t, append(at, "--key", "none"), "--key (PLAZA_KEY)", "--export")
	if err := os.Remove(db + ".secret"); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, at, "--secret-file (PLAZA_SECRET_FILE)", "backup")
}
