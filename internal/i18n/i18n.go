package i18n

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/go-playground/locales"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed catalog
var files embed.FS

// Language is one that Plaza speaks.
type Language struct {
	Code string // as in <html lang> and in a person's settings
	Name string // in the language itself
}

// Catalogue holds every message in every language. It never changes after
// [Load], so that any number of goroutines may read it.
type Catalogue struct {
	tongues []*tongue // as in known
	matcher language.Matcher
}

// tongue is one language, ready to be spoken.
type tongue struct {
	Language
	custom   locales.Translator
	messages map[string]*message
}

// Load reads the catalogues that are built into the program.
func Load() (*Catalogue, error) { return load(files, known) }

func load(files fs.FS, known []locale) (*Catalogue, error) {
	c := &Catalogue{}
	tags := make([]language.Tag, 0, len(known))
	for _, l := range known {
		messages, err := read(files, l.code)
		if err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", l.code, err)
		}
		tag, err := language.Parse(l.code)
		if err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", l.code, err)
		}
		tags = append(tags, tag)
		c.tongues = append(c.tongues, &tongue{Language{l.code, l.name}, l.custom(), messages})
	}
	if len(c.tongues) == 0 {
		return nil, errors.New("no language is known")
	}
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

// read returns the messages in the files of one language.
func read(files fs.FS, code string) (map[string]*message, error) {
	names, err := fs.Glob(files, path.Join("catalog", code, "*.toml"))
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("no files")
	}
	messages := map[string]*message{}
	for _, name := range names {
		if err := readFile(files, name, messages); err != nil {
			return nil, fmt.Errorf("%s: %w", path.Base(name), err)
		}
	}
	return messages, nil
}

func readFile(files fs.FS, name string, into map[string]*message) error {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	parsed, err := i18n.ParseMessageFileBytes(text, name, map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
	if err != nil {
		return err
	}
	for _, m := range parsed.Messages {
		if into[m.ID] != nil {
			return fmt.Errorf("%q stands in another file too", m.ID)
		}
		if into[m.ID], err = compile(m); err != nil {
			return fmt.Errorf("%q: %w", m.ID, err)
		}
	}
	return nil
}

// Languages returns what Plaza speaks, the language it falls back to first.
func (c *Catalogue) Languages() []Language {
	all := make([]Language, len(c.tongues))
	for i, t := range c.tongues {
		all[i] = t.Language
	}
	return all
}

// Match returns the code of the language that suits an Accept-Language header
// best.
func (c *Catalogue) Match(acceptLanguage string) string {
	_, i, _ := c.matcher.Match(wanted(acceptLanguage)...)
	return c.tongues[i].Code
}

// wanted returns the languages of an Accept-Language header, the dearest first.
// Where one entry is no language the others still count, in the order they are
// written in. A header longer than any browser's is not worth the reading.
func wanted(header string) []language.Tag {
	if len(header) > 1000 {
		return nil
	}
	tags, _, err := language.ParseAcceptLanguage(header)
	if err == nil {
		return tags
	}
	for entry := range strings.SplitSeq(header, ",") {
		if one, _, err := language.ParseAcceptLanguage(entry); err == nil {
			tags = append(tags, one...)
		}
	}
	return tags
}

// Keys returns the keys of all messages in the given language, sorted, or
// nothing if Plaza does not speak it.
func (c *Catalogue) Keys(lang string) []string {
	for _, t := range c.tongues {
		if t.Code == lang {
			return slices.Sorted(maps.Keys(t.messages))
		}
	}
	return nil
}

// Printer returns who speaks lang and tells the time of zone. A language that
// Plaza does not speak becomes the one it falls back to; no zone is UTC. It
// costs next to nothing: make one for every request.
func (c *Catalogue) Printer(lang string, zone *time.Location) *Printer {
	if zone == nil {
		zone = time.UTC
	}
	speaks := c.tongues[0]
	for _, t := range c.tongues {
		if t.Code == lang {
			speaks = t
		}
	}
	return &Printer{tongue: speaks, zone: zone}
}
