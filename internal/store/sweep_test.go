package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// TestSweepingLooksAtEachOnce, however few at once, and only at what can be over.
func TestSweepingLooksAtEachOnce(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		terms := plaza.DefaultTerms()
		terms.Cull, terms.Revival = plaza.DeactivateDead, plaza.NoRevive
		change(t, db, func(tx *store.Tx) error {
			return tx.InsertPlan(t.Context(), plaza.Plan{ID: "culls", Kind: plaza.ConnectAgentLicense, Name: "culls", Terms: terms}, noon())
		})
		var silent, processes []string
		for i := range 12 {
			l := plaza.License{ID: w.id(), Profile: "v", Kind: plaza.ConnectAgentLicense, Plan: "culls", Starts: noon(), Created: noon()}
			if i%4 == 0 {
				l.Plan = string(l.Kind)
			}
			a := plaza.ConnectAgent{ID: w.id(), Profile: "v", Name: w.id(), Created: noon(), License: l}
			change(t, db, func(tx *store.Tx) error {
				if err := tx.InsertLicense(t.Context(), l, store.LicenseKey{Digest: []byte(l.ID), Sealed: []byte(l.ID)}); err != nil {
					return err
				}
				if err := tx.InsertAgent(t.Context(), a); err != nil {
					return err
				}
				m := plaza.Activation{ID: w.id(), Profile: "v", License: a.License.ID, Agent: a.ID, Created: noon()}
				p := plaza.Process{ID: w.id(), Created: noon(), Beat: noon()}
				if i%4 == 3 { // heard of
					p.Beat = noon().Add(time.Minute)
					if err := tx.InsertPulse(t.Context(), plaza.Pulse{ID: m.ID, At: p.Beat}); err != nil {
						return err
					}
				} else {
					processes = append(processes, p.ID)
				}
				if err := tx.InsertActivation(t.Context(), m); err != nil {
					return err
				}
				if i%4 == 1 || i%4 == 2 {
					silent = append(silent, m.ID)
				}
				return tx.InsertProcess(t.Context(), m, p)
			})
		}
		for _, most := range []int{1, 2, 5, 100} {
			var machines, others []string
			turns := 0
			read(t, db, func(tx *store.Tx) error {
				for after, more := "", true; more; more = after != "" {
					some, last, err := tx.SilentMachines(t.Context(), everyone(), after, most, noon().Add(time.Second))
					if err != nil {
						return err
					}
					for _, m := range some {
						machines = append(machines, m.ID)
					}
					after = last
					turns++
				}
				for after, more := "", true; more; more = after != "" {
					some, last, err := tx.SilentProcesses(t.Context(), everyone(), after, most, noon().Add(time.Second))
					if err != nil {
						return err
					}
					for _, p := range some {
						others = append(others, p.ID)
					}
					after = last
				}
				return nil
			})
			if !slices.Equal(machines, silent) || !slices.Equal(others, processes) || turns > 9/most+1 {
				t.Errorf("%d at once, %d times: %v and %v, want %v and %v", most, turns, machines, others, silent, processes)
			}
		}
	})
}
