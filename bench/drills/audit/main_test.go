package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/storetest"
)

// TestDrill is a short slice of make drill-audit.
func TestDrill(t *testing.T) {
	t.Parallel()
	for engine, address := range map[string]func(*testing.T) string{"sqlite3": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := drill(t.Context(), &out, address(t), 200, 42); err != nil {
				t.Fatalf("%v\n%s", err, &out)
			}
			for _, says := range []string{"the untouched log is whole", "passes for whole with", engine + "\naudit: 200 tamperings, 200 found\n"} {
				if !strings.Contains(out.String(), says) {
					t.Errorf("it does not say %q:\n%s", says, &out)
				}
			}
		})
	}
}
