package sheet

import "testing"

// TestNoCellIsAFormula: what a spreadsheet would compute is a text to it, and whoever reads
// the file gets back what was typed.
func TestNoCellIsAFormula(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"": "", "Kassa-1": "Kassa-1", "a=b": "a=b", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)",
		"\t=1": "'\t=1", "\r=1": "'\r=1", "\x00=1": "'\x00=1", "é=": "é=", "'": "'", "'tis": "'tis", "''": "''",
		"'=1": "''=1", "''-1": "'''-1",
	} {
		got := Guard(value)
		if got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
		if back := Plain(got); back != value {
			t.Errorf("%q comes back as %q", value, back)
		}
	}
}

// FuzzGuard: every text comes back, and none begins with what is computed.
func FuzzGuard(f *testing.F) {
	for _, s := range []string{"", "=", "'=", "''", "\t", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		g := Guard(s)
		if Plain(g) != s {
			t.Errorf("%q comes back as %q", s, Plain(g))
		}
		if g != "" && g != s && g[0] != '\'' {
			t.Errorf("%q becomes %q", s, g)
		}
	})
}
