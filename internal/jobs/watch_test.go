package jobs

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

func TestWatchNotesHowAgentsAre(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		a, err := w.CreateAgent(t.Context(), w.Reseller, plaza.NewAgent{Profile: w.Partner.Profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: "A"})
		if err == nil {
			err = w.RecordHeartbeats(t.Context(), plaza.Simulator, []plaza.Heartbeat{{Agent: a.ID, At: w.Clock.Now(), Health: plaza.HealthOK}})
		}
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		asked := 0
		go func() {
			defer close(ended)
			Watch(ctx, w.App, func() time.Time {
				if asked++; asked == 3 { // it has looked once
					cancel()
				}
				return w.Clock.Now()
			}, slog.New(slog.DiscardHandler))
		}()
		<-ended
		states, err := w.AgentStates(t.Context(), w.Partner, a.ID, apptest.Start())
		if err != nil || len(states) != 1 || states[0].State != plaza.AgentOnline {
			t.Errorf("%v, %v", states, err)
		}
	})
}
