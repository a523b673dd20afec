package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/storetest"
)

// TestMain lets the program of the tests be a courier too.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "-work" {
		if err := work(context.Background(), os.Args[2], slices.Contains(os.Args, "-careless=true")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestDrill is a short slice of make drill-webhooks.
func TestDrill(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(*testing.T) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := drill(t.Context(), &out, address(t), options{events: 600, kills: 2, seed: 7}); err != nil {
				t.Fatalf("%v\n%s", err, &out)
			}
			for _, says := range []string{"control: noting it before it is sent", name + "\nwebhooks: 600 events, 2 kills, 0 lost\n"} {
				if !strings.Contains(out.String(), says) {
					t.Errorf("it does not say %q:\n%s", says, &out)
				}
			}
		})
	}
}
