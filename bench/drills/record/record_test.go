package record_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza/bench/drills/record"
)

func TestARowTakesThePlaceOfTheOneBefore(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "operating", "reliability.md")
	for _, r := range []record.Row{
		{Drill: "a", Engine: "sqlite", Outcome: "old"},
		{Drill: "a", Engine: "postgres", Outcome: "kept"},
		{Drill: "a", Engine: "sqlite", Outcome: "new", Took: 1500 * time.Millisecond},
	} {
		if err := record.Put(path, r); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(b); strings.Contains(s, "old") || !strings.Contains(s, "| new |  | 2s |") || !strings.Contains(s, "kept") || strings.Count(s, "\n|") != 4 {
		t.Error(s)
	}
}
