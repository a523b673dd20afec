package storetest_test

import (
	"os"
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
	if os.Getenv("TEST_POSTGRES_URL") != "" || os.Getenv("PLAZA_TEST_ALL") == "1" || os.Getenv("CI") != "" {
		t.Skip("there is one")
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
