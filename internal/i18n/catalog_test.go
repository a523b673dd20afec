package i18n

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/go-playground/locales"
	"github.com/google/go-cmp/cmp"
)

func loaded(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryFolderIsALanguageAndEveryLanguageAFolder(t *testing.T) {
	t.Parallel()
	folders, err := fs.ReadDir(files, "catalog")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, f := range folders {
		got = append(got, f.Name())
	}
	for _, l := range known {
		want = append(want, l.code)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the table of locales and the folders differ (-table +folders):\n%s", diff)
	}
}

func TestEveryLanguageHasTheSameFiles(t *testing.T) {
	t.Parallel()
	list := func(code string) []string {
		names, err := fs.Glob(files, "catalog/"+code+"/*")
		if err != nil {
			t.Fatal(err)
		}
		for i, name := range names {
			names[i] = strings.TrimPrefix(name, "catalog/"+code+"/")
		}
		return names
	}
	first := known[0].code
	for _, l := range known[1:] {
		if diff := cmp.Diff(list(first), list(l.code)); diff != "" {
			t.Errorf("files of %s and %s differ (-%[1]s +%[2]s):\n%[3]s", first, l.code, diff)
		}
	}
}

func TestEveryLanguageHasTheSameKeys(t *testing.T) {
	t.Parallel()
	c := loaded(t)
	first := c.Languages()[0].Code
	for _, l := range c.Languages()[1:] {
		if diff := cmp.Diff(c.Keys(first), c.Keys(l.Code)); diff != "" {
			t.Errorf("keys of %s and %s differ (-%[1]s +%[2]s):\n%[3]s", first, l.Code, diff)
		}
	}
}

func TestEveryPluralHasTheFormsItsLanguageNeeds(t *testing.T) {
	t.Parallel()
	c := loaded(t)
	plural := map[string]bool{} // in at least one language
	for _, l := range c.tongues {
		for key, m := range l.messages {
			if len(forms(m)) > 1 {
				plural[key] = true
			}
		}
	}
	for _, l := range c.tongues {
		needed := slices.Sorted(slices.Values(l.custom.PluralsCardinal()))
		for key := range plural {
			m := l.messages[key]
			if m == nil {
				continue // said by another test
			}
			if diff := cmp.Diff(needed, forms(m)); diff != "" {
				t.Errorf("%s: %q has other plural forms than the language (-needs +has):\n%s", l.Code, key, diff)
			}
		}
	}
}

func TestGapsAreTheSameInEveryLanguageAndForm(t *testing.T) {
	t.Parallel()
	c := loaded(t)
	for key, first := range c.tongues[0].messages {
		for _, l := range c.tongues {
			m := l.messages[key]
			if m == nil {
				continue // said by another test
			}
			if diff := cmp.Diff(first.gaps(), m.gaps()); diff != "" {
				t.Errorf("%q: gaps of %s and %s differ (-%[2]s +%[3]s):\n%[4]s", key, c.tongues[0].Code, l.Code, diff)
			}
			for _, rule := range forms(m) {
				if diff := cmp.Diff(uncounted(m.gaps()), uncounted((&message{forms: [7]text{m.forms[rule]}}).gaps())); diff != "" {
					t.Errorf("%s: %q: the form %q lacks a gap:\n%s", l.Code, key, rule, diff)
				}
			}
		}
	}
}

// uncounted returns gaps without Count: "one license" needs no number.
func uncounted(gaps []string) []string {
	return slices.DeleteFunc(append([]string{}, gaps...), func(name string) bool { return name == "Count" })
}

func TestNoTextIsEmptyOrSloppy(t *testing.T) {
	t.Parallel()
	for _, l := range loaded(t).tongues {
		for key, m := range l.messages {
			for _, rule := range forms(m) {
				var b strings.Builder
				for _, p := range m.forms[rule] {
					b.WriteString(p.words + p.gap)
				}
				switch s := b.String(); {
				case strings.TrimSpace(s) == "":
					t.Errorf("%s: %q (%s) is empty", l.Code, key, rule)
				case strings.TrimSpace(s) != s:
					t.Errorf("%s: %q (%s) begins or ends with a space: %q", l.Code, key, rule, s)
				case strings.Contains(s, "  "):
					t.Errorf("%s: %q (%s) has two spaces in a row: %q", l.Code, key, rule, s)
				}
			}
		}
	}
}

func forms(m *message) []locales.PluralRule {
	var rules []locales.PluralRule
	for rule, form := range m.forms {
		if form != nil {
			rules = append(rules, locales.PluralRule(rule))
		}
	}
	return rules
}

func TestLoadRefusesABrokenCatalogue(t *testing.T) {
	t.Parallel()
	good := &fstest.MapFile{Data: []byte(`"a.b" = "Text"`)}
	for name, extra := range map[string]fstest.MapFS{
		"no TOML":             {"catalog/nl/a.toml": {Data: []byte(`"a.b" = `)}},
		"no file":             {"catalog/nl/a.txt": good},
		"empty text":          {"catalog/nl/a.toml": {Data: []byte(`"a.b" = ""`)}},
		"a number":            {"catalog/nl/a.toml": {Data: []byte(`"a.b" = 1`)}},
		"no other":            {"catalog/nl/a.toml": {Data: []byte("[\"a.b\"]\none = \"x\"")}},
		"unknown form":        {"catalog/nl/a.toml": {Data: []byte("[\"a.b\"]\none = \"x\"\nothr = \"y\"")}},
		"a key in two files":  {"catalog/nl/a.toml": good, "catalog/nl/b.toml": good},
		"a gap without a dot": {"catalog/nl/a.toml": {Data: []byte(`"a.b" = "{{Name}}"`)}},
		"a gap left open":     {"catalog/nl/a.toml": {Data: []byte(`"a.b" = "{{.Name}"`)}},
		"a program":           {"catalog/nl/a.toml": {Data: []byte(`"a.b" = "{{if .Name}}x{{end}}"`)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			extra["catalog/en/a.toml"] = good
			_, err := load(extra, known)
			if err == nil || !strings.Contains(err.Error(), "catalogue nl: ") {
				t.Errorf("error %v, want one that names the catalogue", err)
			}
		})
	}
	if _, err := load(fstest.MapFS{"catalog/en/a.toml": good, "catalog/nl/a.toml": good}, known); err != nil {
		t.Errorf("whole catalogues: %v", err)
	}
	if _, err := load(fstest.MapFS{}, nil); err == nil {
		t.Error("no language at all: no error")
	}
}
