package store_test

import (
	"sync/atomic"
	"testing"

	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// TestReadersOfAFileTakeTurns, so that a flood of them takes no more memory and files
// than it should; each can still ask what was never asked before.
func TestReadersOfAFileTakeTurns(t *testing.T) {
	t.Parallel()
	const most, all = 24, 200
	db, err := store.Open(t.Context(), storetest.SQLite(t))
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	var inside atomic.Int64
	in, out, done := make(chan struct{}, all), make(chan struct{}), make(chan error, all)
	for range all {
		go func() {
			done <- db.Read(t.Context(), func(tx *store.Tx) error {
				defer inside.Add(-1)
				if n := inside.Add(1); n > most {
					t.Errorf("%d read at the same time", n)
				}
				in <- struct{}{}
				<-out
				_, err := tx.Setting(t.Context(), "nothing")
				return err
			})
		}()
	}
	for range most {
		<-in
	}
	for range all {
		out <- struct{}{}
	}
	for range all {
		must(t, <-done)
	}
}
