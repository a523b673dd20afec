package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/storetest"
)

// TestDrill is a short slice of make drill-activation.
func TestDrill(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(*testing.T) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := drill(t.Context(), &out, address(t), options{rounds: 4, parallel: 40, control: 40, seed: 7}); err != nil {
				t.Fatalf("%v\n%s", err, &out)
			}
			for _, says := range []string{"control: without the lock", name + "\nactivation: 4 rounds, 0 over the limit\n"} {
				if !strings.Contains(out.String(), says) {
					t.Errorf("it does not say %q:\n%s", says, &out)
				}
			}
		})
	}
}
