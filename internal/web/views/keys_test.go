package views

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
)

// TestManualNamesTheKeysOfTheMenu holds the manual's page about keys against every
// menu that there is.
func TestManualNamesTheKeysOfTheMenu(t *testing.T) {
	t.Parallel()
	row := regexp.MustCompile("(?m)^\\| `(g)` `([a-z])` \\| (.*) \\|$")
	for _, lang := range []string{"en", "nl"} {
		page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "manual", lang, "keys.md"))
		if err != nil {
			t.Fatal(err)
		}
		named, there := map[string]string{}, map[string]string{}
		for _, m := range row.FindAllStringSubmatch(string(page), -1) {
			named[m[1]+" "+m[2]] = m[3]
		}
		f := testFrame(t, lang)
		for _, f.Actor.Kind = range plaza.ProfileKinds() {
			top, manage, insight := f.menu()
			for _, item := range slices.Concat(top, manage, insight) {
				there[item.Key] = item.Label
			}
		}
		if diff := cmp.Diff(there, named); diff != "" {
			t.Errorf("%s/keys.md (-menu +manual):\n%s", lang, diff)
		}
	}
}
