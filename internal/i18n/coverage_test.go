package i18n_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza/internal/i18n"
)

// TestEveryTextHasAKeyAndEveryKeyAUse reads the whole module: what a person
// reads comes from the catalogues, and the catalogues hold nothing else.
func TestEveryTextHasAKeyAndEveryKeyAUse(t *testing.T) {
	t.Parallel()
	f, err := scanModule(moduleRoot(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.asked) == 0 {
		t.Fatal("no message is asked for anywhere: the guard is blind")
	}
	for _, problem := range complaints(load(t), f) {
		t.Error(problem)
	}
}

// complaints compares what the sources ask for with what the catalogues have.
func complaints(c *i18n.Catalogue, f found) []string {
	var all []string
	keys := c.Keys("en")
	used := map[string]bool{}
	for _, a := range f.asked {
		matching := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return !a.key.matches(key) })
		if len(matching) == 0 {
			all = append(all, fmt.Sprintf("%s: no message has the key %q", a.at, a.key))
		}
		for _, key := range matching {
			used[key] = true
		}
		if key, ok := a.key.exact(); ok && !a.open {
			for _, gap := range c.Gaps(key) {
				if !slices.Contains(a.gaps, gap) {
					all = append(all, fmt.Sprintf("%s: %q is said without its gap %q", a.at, key, gap))
				}
			}
		}
	}
	for _, x := range f.texts {
		all = append(all, fmt.Sprintf("%s: text without a key: %q", x.at, x.words))
	}
	for _, key := range keys {
		named := func(k keyPattern) bool { return k.matches(key) }
		if !used[key] && !f.literals[key] && !slices.ContainsFunc(f.patterns, named) {
			all = append(all, fmt.Sprintf("catalog: %q is said nowhere", key))
		}
	}
	return all
}

// scanModule reads all Go and templ files below root but tests, generated files
// and other modules.
func scanModule(root string) (found, error) {
	all := found{literals: map[string]bool{}}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != root && foreign(path, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		scan := scannerOf(d.Name())
		if scan == nil {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		f, err := scan(name, string(source))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		all.asked = append(all.asked, f.asked...)
		all.patterns = append(all.patterns, f.patterns...)
		all.texts = append(all.texts, f.texts...)
		for s := range f.literals {
			all.literals[s] = true
		}
		return nil
	})
	return all, err
}

func foreign(path, name string) bool {
	if strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" {
		return true
	}
	_, err := os.Stat(filepath.Join(path, "go.mod"))
	return err == nil
}

func scannerOf(name string) func(name, source string) (found, error) {
	switch {
	case strings.HasSuffix(name, "_test.go"), strings.HasSuffix(name, "_templ.go"):
		return nil
	case strings.HasSuffix(name, ".go"):
		return scanGo
	case strings.HasSuffix(name, ".templ"):
		return scanTempl
	}
	return nil
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above this package")
		}
		dir = filepath.Dir(dir)
	}
}

// The rest shows that the guard bites.

func TestGuardFindsKeysThatDoNotExist(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		body string // of a function
		want []string
	}{
		"known":             {`p.T("error.invalid")`, nil},
		"unknown":           {`p.T("error.invalidd")`, []string{`x:3: no message has the key "error.invalidd"`}},
		"unknown, no key":   {`plaza.T("Hello")`, []string{`x:3: no message has the key "Hello"`}},
		"in the vocabulary": {`T("license.nope")`, []string{`x:3: no message has the key "license.nope"`}},
		"chained":           {`a.b.Printer().T("license.nope")`, []string{`x:3: no message has the key "license.nope"`}},
		"error":             {`plaza.Errorf(plaza.Invalid, "a.b")`, []string{`x:3: no message has the key "a.b"`}},
		"error, unwrapped":  {`Errorf(Invalid, "a.b")`, []string{`x:3: no message has the key "a.b"`}},
		"another Errorf":    {`fmt.Errorf("a.b %w", "a.b")`, nil},
		"a field":           {`bad.add("name", "name.nope")`, []string{`x:3: no message has the key "name.nope"`}},
		"another add":       {`set.Add("x", "no key"); wg.Add(1)`, nil},
		"said":              {`p.Say(plaza.T("a.b"))`, []string{`x:3: no message has the key "a.b"`}},
		"prefix":            {`p.T("error." + string(kind))`, nil},
		"unknown prefix":    {`p.T("errr." + string(kind))`, []string{`x:3: no message has the key "errr.…"`}},
		"middle":            {`p.T("time." + unit + "_ago", "Count", 1)`, nil},
		"unknown end":       {`p.T("time." + unit + "_then")`, []string{`x:3: no message has the key "time.…_then"`}},
		"joined literals":   {`p.T("error" + ".invalid")`, nil},
		"unreadable":        {`p.T(key); T(x)`, nil},
		"gap":               {`p.T("error.limited", "Wait", w)`, nil},
		"gap left out":      {`p.T("error.limited")`, []string{`x:3: "error.limited" is said without its gap "Wait"`}},
		"gap misspelled":    {`plaza.Errorf(k, "error.limited", "Wiat", w)`, []string{`x:3: "error.limited" is said without its gap "Wait"`}},
		"gaps passed on":    {`p.T("error.limited", args...)`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for kind, scan := range map[string]func(string, string) (found, error){"go": scanGo, "templ": scanTempl} {
				source := "package x\nfunc f() {\n" + tt.body + "\n}\n"
				if kind == "templ" {
					source = "package x\ntempl f() {\n<p>{ g(" + strings.Split(tt.body, ";")[0] + ") }</p>\n}\n"
				}
				f, err := scan("x", source)
				if err != nil {
					t.Fatal(err)
				}
				got := slices.DeleteFunc(complaints(load(t), f), func(s string) bool { return strings.HasPrefix(s, "catalog:") })
				if diff := cmp.Diff(tt.want, got); diff != "" && (len(tt.want) > 0 || len(got) > 0) {
					t.Errorf("%s (-want +got):\n%s", kind, diff)
				}
			}
		})
	}
}

func TestGuardFindsKeysThatNobodyUses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		body string
		dead bool // error.stale
	}{
		"nothing":           {`p.T("error.invalid")`, true},
		"said":              {`p.T("error.stale")`, false},
		"under a prefix":    {`p.T("error." + x)`, false},
		"a table":           {`_ = []string{"error.stale"}`, false},
		"a table's prefix":  {`_ = "error." + x`, false},
		"another prefix":    {`_ = "errors." + x`, true},
		"part of a longer":  {`_ = "error.stale.really"`, true},
		"only in a comment": {`// error.stale`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := scanGo("x", "package x\nfunc f() {\n"+tt.body+"\n}\n")
			if err != nil {
				t.Fatal(err)
			}
			got := slices.Contains(complaints(load(t), f), `catalog: "error.stale" is said nowhere`)
			if got != tt.dead {
				t.Errorf("reported %v, want %v", got, tt.dead)
			}
		})
	}
}

func TestGuardFindsTextWithoutAKey(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		html string // on line 3
		want []text
	}{
		"from the catalogue":  {`<p title={ p.T("a.b") }>{ p.T("c.d") }</p>`, nil},
		"text":                {`<p>Hello</p>`, []text{{"x:3", "Hello"}}},
		"deep":                {"<ul>\nfor _, x := range xs {\n<li>\nif x {\nYes\n} else {\n{ x }\n}\n</li>\n}\n</ul>", []text{{"x:7", "Yes"}}},
		"in a component":      {"@card() {\n<b>Total</b>\n}", []text{{"x:4", "Total"}}},
		"in a switch":         {"switch x {\ncase 1:\n<b>One</b>\n}", []text{{"x:5", "One"}}},
		"title of the page":   {`<title>Sign in</title>`, []text{{"x:3", "Sign in"}}},
		"the product":         {`<title>Plaza · ConnectPlaza</title>`, nil},
		"more than it":        {`<b>Plaza docs</b>`, []text{{"x:3", "Plaza docs"}}},
		"punctuation":         {`<b>·</b> — &nbsp;&times; 1/2 { "·" }`, nil},
		"entity of a letter":  {`<b>&eacute;</b>`, []text{{"x:3", "&eacute;"}}},
		"another script":      {`<b>こんにちは</b>`, []text{{"x:3", "こんにちは"}}},
		"label":               {`<b aria-label="Close" class="big">x1</b>`, []text{{"x:3", "Close"}, {"x:3", "x1"}}},
		"alt and placeholder": {`<img alt="Logo"/><input placeholder="Name" value="v" name="n"/>`, []text{{"x:3", "Logo"}, {"x:3", "Name"}}},
		"empty alt":           {`<img alt=""/>`, nil},
		"literal in braces":   {`<b title={ "Big" }>{ "Text" }</b>`, []text{{"x:3", "Big"}, {"x:3", "Text"}}},
		"conditional":         {"<b\nif x {\ntitle=\"Old\"\n}\n></b>", []text{{"x:5", "Old"}}},
		"comment":             {`<!-- Hello --><b></b>`, nil},
		"unread attributes":   {`<a href="/x" id="main" data-x="y" hx-target="#z"></a>`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := scanTempl("x", "package x\ntempl f() {\n"+tt.html+"\n}\n")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, f.texts, cmp.AllowUnexported(text{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestGuardSaysWhereItCannotRead(t *testing.T) {
	t.Parallel()
	if _, err := scanGo("x.go", "package"); err == nil {
		t.Error("Go: no error")
	}
	if _, err := scanTempl("x.templ", "package x\ntempl f() {\n<p>\n}\n"); err == nil {
		t.Error("templ: no error")
	}
}
