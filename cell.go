package plaza

import "strings"

const (
	// formula is what a text begins with that a spreadsheet computes.
	formula = "=+-@\t\r\x00"
	// cellEnds is what some spreadsheet or other, by its language and settings, takes for the end
	// of a cell, whatever the file was written with.
	cellEnds = ",;\t\r\n"
)

// GuardCell returns s so that no spreadsheet takes it for a formula when it stands in a CSV
// file, nor any part of it where another separator would make a cell of that: with an
// apostrophe before each. So that [PlainCell] can undo it, what looks as if it had one gets
// another.
func GuardCell(s string) string {
	at := formulas(s)
	if len(at) == 0 {
		return s
	}
	var b strings.Builder
	done := 0
	for _, i := range at {
		b.WriteString(s[done:i])
		b.WriteByte('\'')
		done = i
	}
	b.WriteString(s[done:])
	return b.String()
}

// PlainCell returns the text of which [GuardCell] made s.
func PlainCell(s string) string {
	at := formulas(s)
	var b strings.Builder
	done := 0
	for _, i := range at {
		if s[i] != '\'' {
			return s // GuardCell did not make it
		}
		b.WriteString(s[done:i])
		done = i + 1
	}
	b.WriteString(s[done:])
	return b.String()
}

// formulas returns where in s an apostrophe keeps a formula from being one: at the beginning,
// and behind what may end a cell and quotes; before apostrophes that are there.
func formulas(s string) (at []int) {
	for i := range len(s) {
		if i > 0 && strings.IndexByte(cellEnds, s[i-1]) < 0 {
			continue
		}
		rest := s[i:]
		if i > 0 {
			rest = strings.TrimLeft(rest, `"`)
		}
		if bare := strings.TrimLeft(rest, "'"); bare != "" && strings.IndexByte(formula, bare[0]) >= 0 {
			at = append(at, len(s)-len(rest))
		}
	}
	return at
}
