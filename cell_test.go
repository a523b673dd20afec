package plaza

import "testing"

// TestNoCellIsAFormula: what a spreadsheet would compute is a text to it, and what was
// written is what is read again.
func TestNoCellIsAFormula(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "Kassa-1": "Kassa-1", "a=b": "a=b", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)",
		"\t=1": "'\t=1", "\r=1": "'\r=1", "\x00=1": "'\x00=1", "'=1": "''=1", "''=1": "'''=1", "'t Hof": "'t Hof", "é=": "é=", "'": "'",
	} {
		if got := GuardCell(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
		if got := PlainCell(GuardCell(text)); got != text {
			t.Errorf("%q comes back as %q", text, got)
		}
	}
}

// FuzzGuardCell: every text comes back, and none begins with what is computed.
func FuzzGuardCell(f *testing.F) {
	for _, s := range []string{"", "=", "'=", "''", "\t", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		g := GuardCell(s)
		if PlainCell(g) != s {
			t.Errorf("%q comes back as %q", s, PlainCell(g))
		}
		if g != "" && g != s && g[0] != '\'' {
			t.Errorf("%q becomes %q", s, g)
		}
	})
}
