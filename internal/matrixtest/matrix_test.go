package matrixtest

import (
	"testing"
	"time"

	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// TestMatrix tries every cell on both engines.
func TestMatrix(t *testing.T) {
	t.Parallel()
	storetest.Addresses(t, func(t *testing.T, _ *store.DB, address string) {
		w := newWorld(t, address)
		o := &oracle{w: w, known: map[string]string{}}
		seen := map[string]int{}
		start, n, failed := time.Now(), 0, 0
		for _, c := range w.cells(t) {
			if n++; n%1000 == 0 && w.e.name == "postgres" {
				must(t, w.e.run("VACUUM")) // what was undone still lies there
			}
			if wrong := o.try(t, c); wrong != "" {
				failed++
				key := c.way.String() + string(c.want) + wrong[:min(len(wrong), 30)]
				if seen[key]++; seen[key] <= 2 {
					t.Errorf("%s: %s", c, wrong)
				}
			}
		}
		t.Logf("%d cells, %d leaks, %v", n, failed, time.Since(start))
	})
}
