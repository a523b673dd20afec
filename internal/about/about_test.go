package about_test

import (
	"slices"
	"testing"

	"github.com/connectplaza/plaza/internal/about"
)

func TestEveryPartHasALicense(t *testing.T) {
	t.Parallel()
	parts, err := about.Parts()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		if p.Name == "" || p.Version == "" || p.License == "" || p.Text == "" {
			t.Errorf("%s %s lacks something: license %q, %d bytes of text", p.Name, p.Version, p.License, len(p.Text))
		}
	}
	for _, name := range []string{"Go", "github.com/a-h/templ", "modernc.org/sqlite", "@tabler/core", "htmx.org"} {
		if !slices.ContainsFunc(parts, func(p about.Part) bool { return p.Name == name }) {
			t.Errorf("%s is not on the list", name)
		}
	}
}
