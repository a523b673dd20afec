package sheet

import (
	"strconv"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
)

// Value is what stands in a cell.
type Value struct {
	kind   kind
	text   string     // of words, as programs know them; of a number, as it is written
	word   plaza.Text // the same, as people read it; zero: just so
	number float64
	at     time.Time
}

type kind byte

const (
	words kind = iota
	count
	amount
	moment
)

// text returns a value that is what somebody typed, or an ID.
func text(s string) Value { return Value{text: s} }

// coded returns a value that programs know by a code, and people by its name; nothing if
// there is no code.
func coded[T ~string](code T, name plaza.Text) Value {
	if code == "" {
		return Value{}
	}
	return Value{text: string(code), word: name}
}

// said returns a value that is a sentence, in the language of whoever reads it.
func said(t plaza.Text) Value { return Value{word: t} }

// yes returns a value that is true or false.
func yes(b bool) Value {
	if b {
		return Value{text: "true", word: plaza.T("export.yes")}
	}
	return Value{text: "false", word: plaza.T("export.no")}
}

// number returns a value that is counted.
func number(n int) Value { return Value{kind: count, text: strconv.Itoa(n), number: float64(n)} }

// money returns the amount of m, without its currency.
func money(m plaza.Money) Value {
	const hundredths = 100
	return Value{kind: amount, text: m.Decimal(), number: float64(m.Minor) / hundredths}
}

// at returns a value that is a time; nothing if it is zero.
func at(t time.Time) Value { return Value{kind: moment, at: t} }

// CSV returns v as it stands in a file for programs: times are in UTC (RFC 3339).
func (v Value) csv(p *View) string {
	switch {
	case v.kind == moment && v.at.IsZero():
		return ""
	case v.kind == moment:
		return v.at.UTC().Format(time.RFC3339)
	case v.kind != words:
		return v.text
	case v.text == "" && !v.word.IsZero():
		return Guard(p.Say(v.word))
	}
	return Guard(v.text)
}

// formula is what a text begins with that a spreadsheet computes.
const formula = "=+-@\t\r\x00"

// Guard returns s so that no spreadsheet takes it for a formula: with an apostrophe before
// it. So that [Plain] can undo it, a text gets one, too, that looks as if it had one.
func Guard(s string) string {
	if bare := strings.TrimLeft(s, "'"); bare != "" && strings.IndexByte(formula, bare[0]) >= 0 {
		return "'" + s
	}
	return s
}

// Plain returns the text of which [Guard] made s.
func Plain(s string) string {
	if bare, ok := strings.CutPrefix(s, "'"); ok && Guard(bare) == s {
		return bare
	}
	return s
}
