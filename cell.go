package plaza

import "strings"

// formula is what a text begins with that a spreadsheet computes.
const formula = "=+-@\t\r\x00"

// GuardCell returns s so that no spreadsheet takes it for a formula when it stands in a CSV
// file: with an apostrophe before it. So that [PlainCell] can undo it, a text gets one, too,
// that looks as if it had one.
func GuardCell(s string) string {
	if bare := strings.TrimLeft(s, "'"); bare != "" && strings.IndexByte(formula, bare[0]) >= 0 {
		return "'" + s
	}
	return s
}

// PlainCell returns the text of which [GuardCell] made s.
func PlainCell(s string) string {
	if bare, ok := strings.CutPrefix(s, "'"); ok && GuardCell(bare) == s {
		return bare
	}
	return s
}
