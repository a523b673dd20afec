package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// TestEachMailIsClaimedOnce lets several postmen claim at the same time.
func TestEachMailIsClaimedOnce(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		newWorld(t, db)
		const mails = 30
		change(t, db, func(tx *store.Tx) error {
			for i := range mails {
				m := plaza.Mail{ID: fmt.Sprintf("m%02d", i), Profile: "v", Created: noon(), Next: noon()}
				if i%10 == 0 {
					m.Next = noon().Add(time.Microsecond) // not due
				}
				must(t, tx.InsertMail(t.Context(), m))
			}
			return nil
		})
		var mu sync.Mutex
		claimed := map[string]int{}
		postman := func() error {
			for {
				var due []plaza.Mail
				err := db.Tx(t.Context(), func(tx *store.Tx) (err error) {
					due, err = tx.ClaimMails(t.Context(), everyone(), 4, noon(), noon().Add(time.Minute))
					return err
				})
				if err != nil || len(due) == 0 {
					return err
				}
				mu.Lock()
				for _, m := range due {
					claimed[m.ID]++
					if m.Tries != 1 || !m.Next.Equal(noon().Add(time.Minute)) {
						t.Errorf("%s: %d tries, next %s", m.ID, m.Tries, m.Next)
					}
				}
				mu.Unlock()
			}
		}
		together(t, postman, postman, postman, postman)
		for id, n := range claimed {
			if n != 1 {
				t.Errorf("%s was claimed %d times", id, n)
			}
		}
		if len(claimed) != mails*9/10 {
			t.Errorf("%d claimed, want %d", len(claimed), mails*9/10)
		}
	})
}

func TestHeartbeats(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		a := w.agent("v", "agent")
		beat := func(after time.Duration, goodbye bool, scope plaza.Scope) plaza.ConnectAgent {
			t.Helper()
			var got plaza.ConnectAgent
			change(t, db, func(tx *store.Tx) (err error) {
				h := plaza.Heartbeat{Agent: a.ID, At: noon().Add(after), Goodbye: goodbye, Health: plaza.HealthError, Message: after.String()}
				if err := tx.PutHeartbeat(t.Context(), scope, h); err != nil {
					return err
				}
				got, err = tx.Agent(t.Context(), everyone(), a.ID)
				return err
			})
			return got
		}
		if got := beat(0, false, within("nobody")); !got.Seen.IsZero() {
			t.Error("somebody out of scope spoke for the agent")
		}
		if got := beat(0, false, everyone()); !got.Seen.Equal(noon()) || !got.Activated.Equal(noon()) || got.Message != "0s" {
			t.Errorf("first: %+v", got)
		}
		if got := beat(time.Minute, true, everyone()); got.Goodbye.IsZero() || !got.Activated.Equal(noon()) {
			t.Errorf("goodbye: %+v", got)
		}
		if got := beat(time.Second, false, everyone()); got.Goodbye.IsZero() || got.Message != "1m0s" {
			t.Errorf("an old one changes nothing: %+v", got)
		}
		if got := beat(2*time.Minute, false, everyone()); !got.Goodbye.IsZero() || got.Version != 1 {
			t.Errorf("back again: %+v", got)
		}
	})
}
