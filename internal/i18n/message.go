package i18n

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/go-playground/locales"
	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// message is one entry of a catalogue, taken apart when it is loaded: a page
// says hundreds of them. Nothing but gaps is understood in a text, so that a
// translator cannot write a program.
type message struct {
	plain string // the whole message, if fixed
	fixed bool   // there is nothing to choose and nothing to fill in
	forms [locales.PluralRuleOther + 1]text
}

// text is one plural form: what is said, and between it the gaps.
type text []piece

type piece struct {
	words string
	gap   string // the name of the gap that follows the words, or nothing
}

// gap is how a message leaves room: {{.Name}}.
var gap = regexp.MustCompile(`\{\{\.([A-Z][A-Za-z]*)\}\}`)

func compile(m *i18n.Message) (*message, error) {
	c := &message{}
	forms := 0
	for rule, source := range map[locales.PluralRule]string{
		locales.PluralRuleZero: m.Zero, locales.PluralRuleOne: m.One, locales.PluralRuleTwo: m.Two,
		locales.PluralRuleFew: m.Few, locales.PluralRuleMany: m.Many, locales.PluralRuleOther: m.Other,
	} {
		if source == "" {
			continue
		}
		forms++
		var err error
		if c.forms[rule], err = split(source); err != nil {
			return nil, err
		}
	}
	if c.forms[locales.PluralRuleOther] == nil {
		return nil, fmt.Errorf("there is no text, or no form %q", locales.PluralRuleOther)
	}
	if forms == 1 && len(c.gaps()) == 0 {
		c.fixed, c.plain = true, m.Other
	}
	return c, nil
}

func split(source string) (text, error) {
	var t text
	from := 0
	for _, at := range gap.FindAllStringSubmatchIndex(source, -1) {
		t = append(t, piece{words: source[from:at[0]], gap: source[at[2]:at[3]]})
		from = at[1]
	}
	t = append(t, piece{words: source[from:]})
	for _, p := range t {
		if strings.Contains(p.words, "{{") || strings.Contains(p.words, "}}") {
			return nil, fmt.Errorf("%q: a gap is written {{.Name}}", source)
		}
	}
	return t, nil
}

// gaps returns the names of the gaps in all forms, sorted.
func (m *message) gaps() []string {
	var names []string
	for _, form := range m.forms {
		for _, p := range form {
			if p.gap != "" {
				names = append(names, p.gap)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// form returns the text to use with the given plural rule.
func (m *message) form(rule locales.PluralRule) text {
	if t := m.forms[rule]; t != nil {
		return t
	}
	return m.forms[locales.PluralRuleOther]
}
