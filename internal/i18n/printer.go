package i18n

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-playground/locales"

	"github.com/connectplaza/plaza"
)

// Printer speaks one language and tells the time of one zone. It may be used by
// several goroutines at once.
type Printer struct {
	tongue *tongue
	zone   *time.Location
}

// Lang returns the code of the language, as for <html lang>.
func (p *Printer) Lang() string { return p.tongue.Code }

// Zone returns the zone whose time is told.
func (p *Printer) Zone() *time.Location { return p.zone }

// T returns the message with the given key. Args are pairs of a gap's name and
// what goes in there, drawn by [Printer.Value]; "Count" chooses the plural. A
// message that is not there is its own key: a page never breaks on it.
func (p *Printer) T(key string, args ...any) string {
	m := p.tongue.messages[key]
	switch {
	case m == nil:
		return key
	case m.fixed:
		return m.plain
	}
	return p.fill(m, func(name string) any {
		for i := 0; i+1 < len(args); i += 2 {
			if args[i] == name {
				return args[i+1]
			}
		}
		return nil
	})
}

// Say returns what t says, like [Printer.T].
func (p *Printer) Say(t plaza.Text) string {
	m := p.tongue.messages[t.Key]
	switch {
	case m == nil:
		return t.Key
	case m.fixed:
		return m.plain
	}
	return p.fill(m, func(name string) any { return t.Args[name] })
}

func (p *Printer) fill(m *message, value func(name string) any) string {
	rule := locales.PluralRuleOther
	if n, ok := integer(value("Count")); ok {
		rule = p.tongue.custom.CardinalPluralRule(float64(n), 0)
	}
	var b strings.Builder
	for _, piece := range m.form(rule) {
		b.WriteString(piece.words)
		if piece.gap != "" {
			b.WriteString(p.Value(value(piece.gap)))
		}
	}
	return b.String()
}

// Value draws v as it stands in the gap of a message: a [plaza.Text] is said, a
// time is a date, a month has its name, a duration is rounded, a list is joined, an integer and an amount
// of money are written as the language does. (A year or a port is no amount: give it as a string.)
func (p *Printer) Value(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case plaza.Text:
		return p.Say(v)
	case time.Time:
		return p.Date(v)
	case time.Duration:
		return p.Duration(v)
	case []string:
		return p.List(v)
	case plaza.Month:
		return p.Month(v.Begins(p.zone))
	case plaza.Money:
		return p.Money(v)
	case fmt.Stringer:
		return v.String()
	}
	if n, ok := integer(v); ok {
		return p.number(n)
	}
	return fmt.Sprint(v)
}

// Num draws n with the language's marks between the thousands.
func (p *Printer) Num(n int) string { return p.number(int64(n)) }

func (p *Printer) number(n int64) string {
	if n >= 0 && n < 1000 {
		return strconv.FormatInt(n, 10) // without marks everywhere, and by far the most
	}
	return p.tongue.custom.FmtNumber(float64(n), 0)
}

// Percent draws a share between 0 and 1 in whole percents.
func (p *Printer) Percent(share float64) string {
	whole := math.Round(share*100) + 0 // plus zero: no "-0"
	if math.IsNaN(whole) || math.IsInf(whole, 0) {
		whole = 0 // a share of nothing
	}
	return p.tongue.custom.FmtPercent(whole, 0)
}

// Money draws an amount with the language's marks and the code of its currency, as
// in "1,234.50 EUR": a sign such as $ is that of a dozen currencies. The two stay on
// one line.
func (p *Printer) Money(m plaza.Money) string {
	return p.tongue.custom.FmtNumber(float64(m.Minor)/hundredths, 2) + noBreak + string(m.Currency)
}

// Amount draws an amount as it is typed into a form: without marks between the
// thousands, and without its currency.
func (p *Printer) Amount(m plaza.Money) string {
	return strings.Replace(m.Decimal(), ".", p.decimalMark(), 1)
}

const (
	hundredths = 100 // that make one of each currency
	noBreak    = "\u00a0"
)

// decimalMark returns what stands between a number and its fraction.
func (p *Printer) decimalMark() string {
	return strings.Trim(p.tongue.custom.FmtNumber(0.5, 1), "05")
}

// List joins items as in "a, b and c".
func (p *Printer) List(items []string) string {
	switch n := len(items); n {
	case 0:
		return ""
	case 1:
		return items[0]
	default:
		return p.T("list.and", "Rest", strings.Join(items[:n-1], ", "), "Last", items[n-1])
	}
}

// integer returns v as an amount, if it is one.
func integer(v any) (int64, bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case int32:
		return int64(v), true
	case int16:
		return int64(v), true
	case int8:
		return int64(v), true
	case uint8:
		return int64(v), true
	case uint16:
		return int64(v), true
	case uint32:
		return int64(v), true
	case uint:
		return int64(min(v, math.MaxInt64)), true
	case uint64:
		return int64(min(v, math.MaxInt64)), true
	}
	return 0, false
}
