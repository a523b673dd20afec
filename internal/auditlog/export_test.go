package auditlog_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/auditlog"
)

// exported returns l as an export; an event without an ID is gone.
func exported(t testing.TB, l *sealedLog) string {
	t.Helper()
	var b bytes.Buffer
	e := auditlog.NewExport(&b)
	for i, r := range l.events {
		if r.ID == "" {
			must(t, e.Gone(l.hashes[i][0]))
			continue
		}
		must(t, e.Event(r))
	}
	must(t, e.End(l.last()))
	return b.String()
}

// imported verifies an export against the last checkpoint and the one at its end.
func imported(t testing.TB, l *sealedLog, text string) (auditlog.Report, error) {
	t.Helper()
	return auditlog.VerifyExport(strings.NewReader(text), public(t, l.key), []string{l.last().Note})
}

func TestExportProvesAsMuchAsTheDatabase(t *testing.T) {
	t.Parallel()
	l := newLog(t, 30)
	text := exported(t, l)
	r, err := imported(t, l, text)
	if must(t, err); r.Fault != nil || r.Size != 30 {
		t.Errorf("%+v", r)
	}
	r, err = auditlog.VerifyExport(strings.NewReader(text), public(t, l.key), nil) // by its own end alone
	if must(t, err); r.Fault != nil || r.Size != 30 {
		t.Errorf("%+v", r)
	}
	if _, err := auditlog.VerifyExport(strings.NewReader(text), public(t, keyOf(t, "B")), nil); err == nil {
		t.Error("another installation sealed it")
	}
	lines := strings.SplitAfter(text, "\n")
	for name, test := range map[string]struct {
		text string
		at   int64
		why  string
	}{
		"a line less":     {strings.Replace(text, lines[7], "", 1), 7, "its position is 8"},
		"a line twice":    {strings.Replace(text, lines[7], lines[7]+lines[7], 1), 8, "its position is 7"},
		"a value":         {strings.Replace(text, "2 of 7", "2 of 8", 1), 0, "not what was signed"},
		"without the end": {strings.Join(lines[:20], ""), 20, "it is gone"},
	} {
		r, err := imported(t, l, test.text)
		must(t, err)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantFault(t, r, test.at, test.why)
		})
	}
}

func TestExportWithEventsThatAreGone(t *testing.T) {
	t.Parallel()
	l := &sealedLog{key: keyOf(t, "A")}
	var tree auditlog.Tree
	for i := range 6 {
		l.add(t, &tree, event(i))
	}
	l.add(t, &tree, says(6, "audit.expire", "3", ""))
	for i := range 3 {
		l.events[i].ID = ""
	}
	r, err := imported(t, l, exported(t, l))
	if must(t, err); r.Fault != nil || r.Gone != 3 || r.Size != 7 {
		t.Errorf("%+v", r)
	}
}

// TestExportIsReadStrictly: what could be read in two ways is not read at all.
func TestExportIsReadStrictly(t *testing.T) {
	t.Parallel()
	l := newLog(t, 2)
	text := exported(t, l)
	for name, bad := range map[string]string{
		"a value twice":        strings.Replace(text, `"verb":"`, `"verb":"x","verb":"`, 1),
		"another case":         strings.Replace(text, `"verb":`, `"VERB":`, 1),
		"a field more":         strings.Replace(text, `"verb":`, `"more":1,"verb":`, 1),
		"space":                strings.Replace(text, `"verb":`, `"verb": `, 1),
		"after the end":        text + strings.SplitAfter(text, "\n")[0],
		"nothing":              "{}\n" + text,
		"an empty line":        "\n" + text,
		"no JSON":              "x\n" + text,
		"two things on a line": strings.Replace(text, `{"event":`, `{"gone":{"position":0,"hash":"`+l.last().Root.String()+`"},"event":`, 1),
		"no end of a line":     strings.Repeat("x", 2<<20),
	} {
		if _, err := imported(t, l, bad); err == nil {
			t.Errorf("%s: read", name)
		}
	}
}

func FuzzImport(f *testing.F) {
	l := newLog(f, 3)
	text := exported(f, l)
	f.Add(text)
	f.Add(strings.Replace(text, "event", "gone", 1))
	f.Add("{}\n")
	f.Fuzz(func(t *testing.T, bad string) {
		r, err := imported(t, l, bad)
		events, _, _ := strings.Cut(text, `{"checkpoint"`)
		if err == nil && r.Fault == nil && bad != strings.TrimSuffix(events, "\n") && !strings.HasPrefix(bad, events) {
			t.Errorf("taken for whole: %q", bad)
		}
	})
}
