package auditlog_test

import (
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/connectplaza/plaza/internal/auditlog"
)

func public(t testing.TB, k auditlog.Key) auditlog.PublicKey {
	t.Helper()
	p, err := k.Public()
	must(t, err)
	return p
}

func TestCheckpointIsWhatWasSigned(t *testing.T) {
	t.Parallel()
	l := newLog(t, 5)
	c := l.last()
	lines := strings.Split(c.Note, "\n")
	if lines[0] != l.key.Name() || lines[1] != "5" || lines[2] != c.Root.String() || lines[3] != "" || !strings.HasPrefix(lines[4], "— "+l.key.Name()+" ") {
		t.Errorf("not of the form of tlog-checkpoint:\n%s", c.Note)
	}
	got, err := public(t, l.key).Open(c.Note)
	if must(t, err); got != c {
		t.Errorf("got %+v, want %+v", got, c)
	}
	if _, err := public(t, keyOf(t, "B")).Open(c.Note); err == nil {
		t.Error("another installation signed it")
	}
	if keyOf(t, "A").String() != l.key.String() || keyOf(t, "B").String() == l.key.String() {
		t.Error("a key must be that of its secret, always")
	}
}

// TestCheckpointIsReadStrictly signs what Plaza would not write.
func TestCheckpointIsReadStrictly(t *testing.T) {
	t.Parallel()
	k := keyOf(t, "A")
	root := newLog(t, 1).last().Root.String()
	for name, text := range map[string]string{
		"good":                  k.Name() + "\n1\n" + root + "\n",
		"another log":           "plaza/0000000000000000\n1\n" + root + "\n",
		"no size":               k.Name() + "\n\n" + root + "\n",
		"a sign":                k.Name() + "\n+1\n" + root + "\n",
		"a zero before":         k.Name() + "\n01\n" + root + "\n",
		"below nothing":         k.Name() + "\n-1\n" + root + "\n",
		"more than a number":    k.Name() + "\n9223372036854775808\n" + root + "\n",
		"half a root":           k.Name() + "\n1\n" + root[:20] + "\n",
		"a root that is padded": k.Name() + "\n1\n" + root + "=\n",
		"a line more":           k.Name() + "\n1\n" + root + "\nmore\n",
		"a line less":           k.Name() + "\n1\n",
	} {
		signed, err := note.Sign(&note.Note{Text: text}, k)
		must(t, err)
		if _, err := public(t, k).Open(string(signed)); (err == nil) != (name == "good") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNotesOfAFile(t *testing.T) {
	t.Parallel()
	l := newLog(t, 3)
	var file strings.Builder
	for _, c := range l.checkpoints {
		file.WriteString(c.Note + "\n")
	}
	for name, text := range map[string]string{
		"appended": file.String(), "from Windows": strings.ReplaceAll(file.String(), "\n", "\r\n"), "with space around it": "\n\n" + file.String() + "\n\n",
		"in a mail, with half a one behind it": "Hello,\n\nKeep this.\n\n" + file.String() + "Kind regards,\n\n" + l.last().Note[:20],
	} {
		notes := auditlog.Notes(text)
		if len(notes) != 3 {
			t.Fatalf("%s: %d notes", name, len(notes))
		}
		for i, n := range notes {
			if n != l.checkpoints[i].Note {
				t.Errorf("%s: note %d is\n%s", name, i, n)
			}
		}
	}
	for _, text := range []string{"", "nonsense", "a\n\n— b", l.last().Note[:20]} {
		notes := auditlog.Notes(text)
		if _, err := public(t, l.key).Open(notes[len(notes)-1]); err == nil {
			t.Errorf("%q is no checkpoint", text)
		}
	}
}

func FuzzCheckpoint(f *testing.F) {
	l := newLog(f, 3)
	k := public(f, l.key)
	f.Add(l.last().Note)
	f.Add(l.key.Name() + "\n3\n\n— x y\n")
	f.Add("\n\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, n := range append(auditlog.Notes(text), text) {
			c, err := k.Open(n)
			if err == nil && (c.Size < 1 || c.Size > 3 || c.Root != l.checkpoints[c.Size-1].Root) {
				t.Errorf("nobody signed this: %q", n)
			}
		}
	})
}
