package storetest_test

import (
	"testing"

	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

func TestEveryTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for range 8 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			storetest.Engines(t, func(t *testing.T, db *store.DB) {
				if err := db.Migrate(t.Context()); err != nil { // nothing is left to do
					t.Fatal(err)
				}
			})
		})
	}
}

func TestWithoutAServerNothingIsSilentlyLeftOut(t *testing.T) {
	for _, variable := range []string{"TEST_POSTGRES_URL", "PLAZA_TEST_ALL", "CI"} {
		t.Setenv(variable, "")
	}
	var skipped bool
	t.Run("postgres", func(t *testing.T) {
		defer func() { skipped = t.Skipped() }()
		storetest.Postgres(t)
	})
	if !skipped {
		t.Error("no server, and yet the test went on")
	}
}
