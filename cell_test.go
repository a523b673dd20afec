package plaza

import (
	"encoding/csv"
	"strings"
	"testing"
)

// TestNoCellIsAFormula: what a spreadsheet would compute is a text to it, and what was
// written is what is read again.
func TestNoCellIsAFormula(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "Kassa-1": "Kassa-1", "a=b": "a=b", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)",
		"\t=1": "'\t'=1", "\r=1": "'\r'=1", "x;=cmd()": "x;'=cmd()", "x,-1;a=b": "x,'-1;a=b", "x\n+1": "x\n'+1", `x;"=1`: `x;"'=1`,
		"x; =1": "x; =1", ";'=1": ";''=1", "=1;=2": "'=1;'=2", `"=1`: `"=1`, "\x00=1": "'\x00=1", "'=1": "''=1", "''=1": "'''=1", "'t Hof": "'t Hof", "é=": "é=", "'": "'",
	} {
		if got := GuardCell(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
		if got := PlainCell(GuardCell(text)); got != text {
			t.Errorf("%q comes back as %q", text, got)
		}
	}
}

// TestNoSeparatorMakesAFormula: whatever a file is written with, a spreadsheet that takes
// something else for the end of a cell computes nothing of it.
func TestNoSeparatorMakesAFormula(t *testing.T) {
	t.Parallel()
	texts := []string{"x;=cmd()", "x,=cmd()", "x\t=cmd()", "x\n=cmd()", `x;"=cmd()"`, `x;""=cmd()`, "=cmd();=cmd()", ";=", "-1,+1", "\t;\t=1", `a";"=1`}
	for _, written := range ",;\t" {
		for _, text := range texts {
			var b strings.Builder
			w := csv.NewWriter(&b)
			w.Comma = written
			for range 2 {
				if err := w.Write([]string{GuardCell("id"), GuardCell(text), GuardCell("end")}); err != nil {
					t.Fatal(err)
				}
			}
			w.Flush()
			for _, read := range ",;\t" {
				for _, cell := range strings.FieldsFunc(b.String(), func(r rune) bool { return r == read || r == '\n' }) {
					if bare := strings.Trim(cell, `"`); read != written && bare != "" && strings.Contains("=+-@", bare[:1]) {
						t.Errorf("%q, written with %q and read with %q, has the cell %q", text, written, read, cell)
					}
				}
			}
		}
	}
}

// FuzzGuardCell: every text comes back, and nothing is computed that begins it, or that stands
// behind a separator.
func FuzzGuardCell(f *testing.F) {
	for _, s := range []string{"", "=", "'=", "''", "\t", "x", "x;=1", `x;"'=1`, "\t\t=", ",,'-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		g := GuardCell(s)
		if PlainCell(g) != s {
			t.Errorf("%q comes back as %q", s, PlainCell(g))
		}
		for _, part := range strings.FieldsFunc(g, func(r rune) bool { return strings.ContainsRune(cellEnds, r) }) {
			if strings.Contains("=+-@", part[:1]) {
				t.Errorf("%q becomes %q", s, g)
			}
		}
	})
}
