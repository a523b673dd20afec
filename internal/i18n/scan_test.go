package i18n_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	templ "github.com/a-h/templ/parser/v2"
	"github.com/a-h/templ/parser/v2/visitor"
)

// found is what the guard reads out of the sources.
type found struct {
	asked    []asked         // messages that are asked for
	literals map[string]bool // every string that looks like a key: tables of keys count as use
	patterns []keyPattern    // every beginning of a key that something is appended to
	texts    []text          // what is said to people without a key
}

// asked is one call that names a message.
type asked struct {
	at   string // file:line
	key  keyPattern
	gaps []string // the gaps it fills; unknown if open
	open bool     // it passes on args that cannot be read here
}

type text struct{ at, words string }

// keyPattern is a key of which some parts may be known only when the program
// runs: these are empty.
type keyPattern []string

func (k keyPattern) exact() (string, bool) {
	if len(k) == 1 && k[0] != "" {
		return k[0], true
	}
	return "", false
}

func (k keyPattern) String() string {
	parts := make([]string, len(k))
	for i, p := range k {
		if parts[i] = p; p == "" {
			parts[i] = "…"
		}
	}
	return strings.Join(parts, "")
}

func (k keyPattern) matches(key string) bool {
	if len(k) > 0 && !strings.HasPrefix(key, k[0]) {
		return false // so it is for most, and the expression below costs
	}
	parts := make([]string, len(k))
	for i, p := range k {
		if parts[i] = regexp.QuoteMeta(p); p == "" {
			parts[i] = ".+"
		}
	}
	return regexp.MustCompile("^" + strings.Join(parts, "") + "$").MatchString(key)
}

var (
	keyShaped    = regexp.MustCompile(`^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+$`)
	prefixShaped = regexp.MustCompile(`^[a-z][a-z0-9_-]*\.([a-z0-9_-]+[._-])*$`)
	quoted       = regexp.MustCompile(`"([a-z][a-z0-9_.-]*)"`)
	callInTempl  = regexp.MustCompile(`\b(?:[A-Za-z_][\w]*\.)*(?:T|Errorf|add|Add)\(`)
	productName  = regexp.MustCompile(`\b(ConnectPlaza|Plaza)\b`)
)

// pattern reads a key out of an expression: a literal, or literals joined with
// what is known only later. It is nil where nothing of the key is written.
func pattern(e ast.Expr) keyPattern {
	var k keyPattern
	var walk func(ast.Expr)
	walk = func(e ast.Expr) {
		switch e := e.(type) {
		case *ast.ParenExpr:
			walk(e.X)
			return
		case *ast.BinaryExpr:
			if e.Op == token.ADD {
				walk(e.X)
				walk(e.Y)
				return
			}
		case *ast.BasicLit:
			if s, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
				if n := len(k) - 1; n >= 0 && k[n] != "" {
					k[n] += s
				} else {
					k = append(k, s)
				}
				return
			}
		}
		k = append(k, "")
	}
	walk(e)
	if strings.Join(k, "") == "" {
		return nil
	}
	return k
}

// asks returns the message that a call names: plaza.T(key, …), p.T(key, …),
// plaza.Errorf(kind, key, …), problems.add(field, key, …).
func asks(call *ast.CallExpr) (asked, bool) {
	name, on := "", ""
	switch f := call.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if x, ok := f.X.(*ast.Ident); ok {
			on = x.Name
		}
	}
	at := 0
	switch {
	case name == "T":
	case name == "Errorf" && (on == "" || on == "plaza"), name == "add", name == "Add":
		at = 1
	default:
		return asked{}, false
	}
	if len(call.Args) <= at {
		return asked{}, false
	}
	a := asked{key: pattern(call.Args[at]), open: call.Ellipsis.IsValid()}
	if a.key == nil || at == 1 && !looksLikeKey(a.key[0]) {
		return asked{}, false
	}
	rest := call.Args[at+1:]
	for i := 0; i+1 < len(rest); i += 2 {
		if gap := pattern(rest[i]); len(gap) == 1 {
			a.gaps = append(a.gaps, gap[0])
		} else {
			a.open = true
		}
	}
	return a, true
}

func looksLikeKey(s string) bool { return keyShaped.MatchString(s) || prefixShaped.MatchString(s) }

// scanGo reads a Go file.
func scanGo(name, source string) (found, error) {
	f := found{literals: map[string]bool{}}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, source, parser.SkipObjectResolution)
	if err != nil {
		return f, err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if a, ok := asks(n); ok {
				a.at = fmt.Sprintf("%s:%d", name, fset.Position(n.Pos()).Line)
				f.asked = append(f.asked, a)
			}
		case *ast.BinaryExpr:
			if k := pattern(n); len(k) > 1 && prefixShaped.MatchString(k[0]) {
				f.patterns = append(f.patterns, k)
			}
		case *ast.BasicLit:
			if s, err := strconv.Unquote(n.Value); err == nil && keyShaped.MatchString(s) {
				f.literals[s] = true
			}
		}
		return true
	})
	return f, nil
}

// scanTempl reads a templ file: the calls in it, and what it says without a key.
func scanTempl(name, source string) (found, error) {
	f := found{literals: map[string]bool{}}
	for _, at := range callInTempl.FindAllStringIndex(source, -1) {
		call, ok := callAt(source[at[0]:])
		if !ok {
			continue
		}
		if a, ok := asks(call); ok {
			a.at = fmt.Sprintf("%s:%d", name, 1+strings.Count(source[:at[0]], "\n"))
			f.asked = append(f.asked, a)
		}
	}
	for _, m := range quoted.FindAllStringSubmatch(source, -1) {
		f.literals[m[1]] = true
	}
	file, err := templ.ParseString(source)
	if err != nil {
		return f, err
	}
	f.texts, err = spoken(name, file)
	return f, err
}

// callAt parses the call that source begins with.
func callAt(source string) (*ast.CallExpr, bool) {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(source))
	s.Init(file, []byte(source), func(token.Position, string) {}, 0)
	for depth := 0; ; {
		pos, tok, _ := s.Scan()
		switch {
		case tok == token.EOF:
			return nil, false
		case tok == token.LPAREN:
			depth++
		case tok == token.RPAREN && depth > 1:
			depth--
		case tok == token.RPAREN:
			e, err := parser.ParseExpr(source[:file.Offset(pos)+1])
			call, ok := e.(*ast.CallExpr)
			return call, err == nil && ok
		}
	}
}

// spoken returns the texts of a template that have no key: between the tags, in
// attributes that are read to people, and as literals in braces at either place.
func spoken(name string, file *templ.TemplateFile) ([]text, error) {
	var texts []text
	say := func(line uint32, words string) {
		if speaks(words) {
			texts = append(texts, text{fmt.Sprintf("%s:%d", name, line+1), strings.TrimSpace(words)})
		}
	}
	literal := func(e templ.Expression) {
		if expr, err := parser.ParseExpr(e.Value); err == nil {
			if k := pattern(expr); len(k) == 1 {
				say(e.Range.From.Line, k[0])
			}
		}
	}
	v := visitor.New()
	v.Text = func(n *templ.Text) error {
		say(n.Range.From.Line, n.Value)
		return nil
	}
	v.StringExpression = func(n *templ.StringExpression) error {
		literal(n.Expression)
		return nil
	}
	v.ConstantAttribute = func(n *templ.ConstantAttribute) error {
		if readToPeople(n.Key.String()) {
			say(n.Range.From.Line, n.Value)
		}
		return nil
	}
	v.ExpressionAttribute = func(n *templ.ExpressionAttribute) error {
		if readToPeople(n.Key.String()) {
			literal(n.Expression)
		}
		return nil
	}
	err := file.Visit(v)
	return texts, err
}

func readToPeople(attribute string) bool {
	switch attribute {
	case "aria-label", "aria-description", "aria-roledescription", "aria-valuetext",
		"title", "alt", "placeholder", "label", "hx-confirm":
		return true
	}
	return false
}

// speaks reports whether there is a word in s other than the product's name.
func speaks(s string) bool {
	s = productName.ReplaceAllString(html.UnescapeString(s), "")
	return strings.ContainsFunc(s, unicode.IsLetter)
}
