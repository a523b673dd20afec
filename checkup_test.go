package plaza_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/connectplaza/plaza"
)

// TestCheckCodesHasEveryCode reads the check: an outcome that is not listed would
// have no text.
func TestCheckCodesHasEveryCode(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "check.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	code, found := regexp.MustCompile(`^[A-Z]+(_[A-Z]+)*$`), 0
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			s, err := strconv.Unquote(lit.Value)
			if err == nil && code.MatchString(s) {
				found++
				if !slices.Contains(plaza.CheckCodes(), plaza.CheckCode(s)) {
					t.Errorf("%s is not listed", s)
				}
			}
		}
		return true
	})
	if found < len(plaza.CheckCodes()) {
		t.Errorf("only %d codes found", found)
	}
}
