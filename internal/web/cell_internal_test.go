package web

import "testing"

// TestNoCellIsAFormula: what a spreadsheet would compute is a text to it.
func TestNoCellIsAFormula(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"": "", "Kassa-1": "Kassa-1", "a=b": "a=b", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)",
		"\t=1": "'\t=1", "\r=1": "'\r=1", "\x00=1": "'\x00=1", "'=1": "'=1", "é=": "é=",
	} {
		if got := cell(value); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}
