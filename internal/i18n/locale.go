package i18n

import (
	"github.com/go-playground/locales"
	"github.com/go-playground/locales/en_GB"
	"github.com/go-playground/locales/nl"
)

// locale is what a language needs besides its messages: a name for itself, and
// the customs of its numbers, months and plurals.
type locale struct {
	code   string // of the language, and of its folder in catalog
	name   string // in the language itself
	custom func() locales.Translator
}

// known lists the languages. The first is spoken when nothing else fits.
//
//nolint:gochecknoglobals // a constant table
var known = []locale{
	{"en", "English", en_GB.New},
	{"nl", "Nederlands", nl.New},
}
