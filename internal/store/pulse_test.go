package store_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// TestPulsesMergeInAnyOrder: nodes write what they heard in whatever order, and
// again if they do not know whether they succeeded. The newest stays.
func TestPulsesMergeInAnyOrder(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		draw := rand.New(rand.NewPCG(3, 4))
		for round := range 60 {
			batches := make([][]plaza.Pulse, 4)
			for i := range batches {
				for _, id := range []string{"a", "b", "c"} {
					if draw.IntN(4) > 0 {
						batches[i] = append(batches[i], plaza.Pulse{
							ID: id, At: time.UnixMicro(1 + draw.Int64N(5)).UTC(), Goodbye: draw.IntN(3) == 0, Generation: draw.Int64N(5),
						})
					}
				}
			}
			put := func(suffix string, order []int) (all []plaza.Pulse) {
				for _, i := range order {
					part := slices.Clone(batches[i])
					for k := range part {
						part[k].ID += suffix
					}
					change(t, db, func(tx *store.Tx) error { return tx.PutPulses(t.Context(), part) })
				}
				read(t, db, func(tx *store.Tx) error {
					for _, id := range []string{"a", "b", "c"} {
						p, err := tx.Pulse(t.Context(), id+suffix)
						if err != nil {
							return err
						}
						p.ID = id
						all = append(all, p)
					}
					return nil
				})
				return all
			}
			one := put(" one "+strconv.Itoa(round), []int{0, 1, 2, 3})
			two := put(" two "+strconv.Itoa(round), append(draw.Perm(4), draw.Perm(4)...))
			if !slices.Equal(one, two) {
				t.Fatalf("%v: %v or %v", batches, one, two)
			}
		}
	})
}

// TestManyPulsesAtOnce, of several statements, some new and some not.
func TestManyPulsesAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		for round := range 3 {
			var all []plaza.Pulse
			for i := range 2300 + round*111 {
				all = append(all, plaza.Pulse{ID: "p" + strconv.Itoa(i), At: time.UnixMicro(int64(10 + round)).UTC(), Goodbye: i%7 == round, Generation: int64(round)})
			}
			slices.SortFunc(all, func(a, b plaza.Pulse) int { return cmp.Compare(a.ID, b.ID) })
			change(t, db, func(tx *store.Tx) error { return tx.PutPulses(t.Context(), all) })
			read(t, db, func(tx *store.Tx) error {
				for _, p := range all {
					got, err := tx.Pulse(t.Context(), p.ID)
					if err != nil {
						return err
					}
					if got != p {
						t.Fatalf("%+v, want %+v", got, p)
					}
				}
				return nil
			})
		}
	})
}

// TestNobodyIsHeardOfAfterItsEnd, not even of what went through no activation.
func TestNobodyIsHeardOfAfterItsEnd(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w, ours, _ := pair(t, db)
		w.beat(ours.ID, noon(), plaza.HealthOK)
		change(t, db, func(tx *store.Tx) error {
			return tx.EndActivation(t.Context(), everyone(), plaza.Activation{ID: ours.ID, Ended: noon(), EndedWhy: plaza.EndReleased})
		})
		w.beat(ours.ID, noon().Add(time.Minute), plaza.HealthOK)
		read(t, db, func(tx *store.Tx) error {
			p, err := tx.Pulse(t.Context(), ours.ID)
			if !p.At.Equal(noon()) || !p.Goodbye {
				t.Errorf("%+v", p)
			}
			return err
		})
	})
}
