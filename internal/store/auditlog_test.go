package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// event puts an event about a profile into the log.
func (w *world) event(profile string, at time.Time) string {
	w.Helper()
	r, err := plaza.AuditEvent{ID: w.id(), At: at, Actor: plaza.Janitor, Verb: plaza.Tidy, Profile: profile, Result: plaza.Done, Reason: "é"}.Record()
	must(w, err)
	r.Salt, r.Stamp = []byte("salt"), []byte("stamp")
	change(w, w.db, func(tx *store.Tx) error { return tx.AppendAudit(w.Context(), r) })
	return r.ID
}

// ids returns the IDs and positions of records.
func ids(all []plaza.AuditRecord) (ids []string, positions []int64) {
	for _, r := range all {
		ids, positions = append(ids, r.ID), append(positions, r.Position)
	}
	return ids, positions
}

func TestWhatIsSealedAndWhatIsNot(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		w := newWorld(t, db)
		w.profile("a", "v", plaza.Reseller)
		w.profile("b", "v", plaza.Reseller)
		first, second, third := w.event("a", noon()), w.event("b", noon().Add(time.Hour)), w.event("a", noon().Add(2*time.Hour))
		change(t, db, func(tx *store.Tx) error {
			must(t, tx.SealAudit(ctx, second, 0))
			must(t, tx.SealAudit(ctx, second, 5)) // it has a position
			must(t, tx.SealAudit(ctx, third, 7))
			must(t, tx.PutAuditHashes(ctx, 3, [][]byte{{1}, {2}}))
			return tx.PutAuditCheckpoint(ctx, "note")
		})
		read(t, db, func(tx *store.Tx) error {
			sealed, err := tx.AuditRecords(ctx, 0, 7)
			must(t, err)
			if got, at := ids(sealed); !slices.Equal(got, []string{second}) || at[0] != 0 || string(sealed[0].Salt) != "salt" || string(sealed[0].Stamp) != "stamp" || sealed[0].Erased() || sealed[0].Reason != "é" {
				t.Errorf("sealed are %+v", sealed)
			}
			strays, err := tx.StrayAudit(ctx, 7, 10)
			must(t, err)
			if got, at := ids(strays); !slices.Equal(got, []string{third}) || at[0] != 7 {
				t.Errorf("astray are %+v", strays)
			}
			waiting, err := tx.UnsealedAudit(ctx, "", 10)
			must(t, err)
			if got, at := ids(waiting); !slices.Equal(got, []string{first}) || at[0] >= 0 {
				t.Errorf("waiting are %+v", waiting)
			}
			if more, err := tx.UnsealedAudit(ctx, first, 10); err != nil || len(more) != 0 {
				t.Errorf("after the last: %v, %v", more, err)
			}
			hashes, err := tx.AuditHashesAt(ctx, []int64{4, 9})
			must(t, err)
			if len(hashes) != 1 || hashes[4][0] != 2 {
				t.Errorf("hashes are %v", hashes)
			}
			if note, err := tx.AuditCheckpoint(ctx); err != nil || note != "note" {
				t.Errorf("checkpoint is %q, %v", note, err)
			}
			// Whoever has no part in it does not learn that something waits.
			for profile, want := range map[string]time.Time{"v": noon(), "a": noon(), "b": {}, "nobody": {}} {
				if got, err := tx.UnsealedSince(ctx, within(profile)); err != nil || !got.Equal(want) {
					t.Errorf("for %s the oldest is of %v, %v; want %v", profile, got, err, want)
				}
			}
			return nil
		})
	})
}
