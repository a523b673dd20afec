package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// beat lets an agent say something.
func (w *world) beat(agent string, at time.Time, h plaza.Health) {
	w.Helper()
	change(w, w.db, func(tx *store.Tx) error {
		return tx.PutHeartbeat(w.Context(), everyone(), plaza.Heartbeat{Agent: agent, At: at, Health: h})
	})
}

// pair is two agents of strangers, "p" and "q".
func pair(t *testing.T, db *store.DB) (w *world, ours, theirs plaza.ConnectAgent) {
	t.Helper()
	w = newWorld(t, db)
	w.profile("p", "v", plaza.Partner)
	w.profile("q", "v", plaza.Partner)
	return w, w.agent("p", "ours"), w.agent("q", "theirs")
}

func TestTilesAreThoseInScope(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w, ours, theirs := pair(t, db)
		w.beat(ours.ID, noon(), plaza.HealthError)
		theirs.License.Suspended = noon()
		change(t, db, func(tx *store.Tx) error { return tx.SetLicenseHalt(t.Context(), everyone(), theirs.License) })
		gone := w.agent("p", "gone")
		gone.License.Ended = noon()
		change(t, db, func(tx *store.Tx) error { return tx.SetLicenseHalt(t.Context(), everyone(), gone.License) })
		tiles := func(scope plaza.Scope, profile string, most int) (ids []string) {
			read(t, db, func(tx *store.Tx) error {
				all, err := tx.Tiles(t.Context(), scope, profile, most)
				for _, one := range all {
					ids = append(ids, one.ID)
					if one.Suspended != (one.ID == theirs.ID) {
						t.Errorf("suspended: %+v", one)
					}
					if one.ID == ours.ID && (one.Name != "ours" || one.ProfileName != "p" || !one.Seen.Equal(noon()) || one.Status(noon()) != plaza.AgentError) {
						t.Errorf("%+v", one)
					}
				}
				return err
			})
			slices.Sort(ids)
			return ids
		}
		for name, test := range map[string]struct {
			got, want []string
		}{
			"all":                 {tiles(within("v"), "", 9), []string{ours.ID, theirs.ID}},
			"of one":              {tiles(within("v"), "q", 9), []string{theirs.ID}},
			"a stranger's":        {tiles(within("p"), "", 9), []string{ours.ID}},
			"a stranger, by name": {tiles(within("p"), "q", 9), nil},
		} {
			if diff := cmp.Diff(test.want, test.got); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		if n := len(tiles(within("v"), "", 1)); n != 1 {
			t.Errorf("%d tiles where one is enough", n)
		}
	})
}

func TestHistoryHoldsEachStateOnce(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w, ours, theirs := pair(t, db)
		ids := []string{ours.ID, theirs.ID}
		note := func(now time.Time) { // as two nodes would
			read(t, db, func(tx *store.Tx) error {
				got, err := tx.Shifted(t.Context(), everyone(), now, 10)
				for _, id := range got {
					if !slices.Contains(ids, id) {
						t.Errorf("%s is none", id)
					}
				}
				return err
			})
			for range 2 {
				change(t, db, func(tx *store.Tx) error { return tx.NoteStates(t.Context(), everyone(), ids, now) })
			}
			read(t, db, func(tx *store.Tx) error {
				if got, err := tx.Shifted(t.Context(), everyone(), now, 10); err != nil || len(got) > 0 {
					t.Errorf("still another: %v, %v", got, err)
				}
				return nil
			})
		}
		states := func(scope plaza.Scope, agent string, from time.Time) (all []plaza.AgentState) {
			read(t, db, func(tx *store.Tx) (err error) {
				all, err = tx.AgentStates(t.Context(), scope, agent, from)
				return err
			})
			return all
		}
		note(noon())
		if got := states(everyone(), ours.ID, noon()); got != nil {
			t.Errorf("who was never seen was %v", got)
		}
		w.beat(ours.ID, noon(), plaza.HealthOK)
		note(noon().Add(time.Second))
		note(noon().Add(2 * time.Second))
		w.beat(ours.ID, noon().Add(time.Minute), plaza.HealthWarning)
		note(noon().Add(time.Minute))
		note(noon().Add(3 * time.Minute))
		note(noon().Add(time.Hour))
		want := []plaza.AgentState{
			{At: noon().Add(time.Second), State: plaza.AgentOnline},
			{At: noon().Add(time.Minute), State: plaza.AgentWarning},
			{At: noon().Add(3 * time.Minute), State: plaza.AgentOverdue},
			{At: noon().Add(time.Hour), State: plaza.AgentOffline},
		}
		if diff := cmp.Diff(want, states(within("p"), ours.ID, noon())); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want[1:], states(within("p"), ours.ID, noon().Add(2*time.Minute))); diff != "" {
			t.Errorf("from a time between: %s", diff)
		}
		if got := states(within("q"), ours.ID, noon()); got != nil {
			t.Errorf("a stranger sees %v", got)
		}
		change(t, db, func(tx *store.Tx) error { return tx.DropAgentStates(t.Context(), within("q"), noon().Add(day)) })
		change(t, db, func(tx *store.Tx) error {
			return tx.DropAgentStates(t.Context(), everyone(), noon().Add(4*time.Minute))
		})
		if diff := cmp.Diff(want[2:], states(within("p"), ours.ID, noon())); diff != "" {
			t.Errorf("what is kept: %s", diff)
		}
	})
}

// TestHistoriesDoNotWaitForEachOther: PostgreSQL lets two transactions note the
// states of different ConnectAgents at the same time.
func TestHistoriesDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		_, ours, theirs := pair(t, db)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		change(t, db, func(tx *store.Tx) error {
			if err := tx.NoteStates(ctx, everyone(), []string{ours.ID}, noon()); err != nil || db.Engine() != "postgres" {
				return err // SQLite has one writer
			}
			return db.Tx(ctx, func(tx *store.Tx) error { return tx.NoteStates(ctx, everyone(), []string{theirs.ID}, noon()) })
		})
	})
}

func TestReportTellsWhatStandsInTheHistory(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w, ours, _ := pair(t, db)
		w.beat(ours.ID, noon(), plaza.HealthOK)
		for _, want := range []plaza.AgentStatus{plaza.AgentNever, plaza.AgentWarning, plaza.AgentWarning} {
			change(t, db, func(tx *store.Tx) error {
				got, err := tx.Report(t.Context(), within("p"), ours.ID, plaza.Report{Health: plaza.HealthWarning})
				if got != want {
					t.Errorf("it is %s, want %s", got, want)
				}
				must(t, err)
				return tx.NoteStates(t.Context(), within("p"), []string{ours.ID}, noon())
			})
		}
		want(t, "a stranger", db.Tx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Report(t.Context(), within("q"), ours.ID, plaza.Report{Health: plaza.HealthOK})
			return err
		}), plaza.NotFound)
	})
}

func TestNotificationsAreKeptAndAcknowledged(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w, ours, theirs := pair(t, db)
		for _, a := range []string{ours.ID, theirs.ID} {
			w.beat(a, noon(), plaza.HealthOK)
		}
		n := 0
		tell := func(scope plaza.Scope, agent string, at time.Time, level plaza.NotificationLevel) string {
			n++
			id := fmt.Sprintf("n-%05d", n)
			change(t, db, func(tx *store.Tx) error {
				return tx.InsertNotification(t.Context(), scope, plaza.AgentNotification{
					ID: id, Agent: agent, Level: level, Location: "here\x00", Message: "<script>\xff", At: at, Received: noon(),
				})
			})
			return id
		}
		list := func(scope plaza.Scope, f plaza.NotificationFilter) (l plaza.List[plaza.AgentNotification]) {
			read(t, db, func(tx *store.Tx) (err error) {
				l, err = tx.Notifications(t.Context(), scope, f, plaza.Page{Size: plaza.MaxPageSize}, noon())
				return err
			})
			return l
		}
		first := tell(within("p"), ours.ID, noon(), plaza.LevelError)
		tell(within("p"), theirs.ID, noon(), plaza.LevelError) // out of scope: nothing
		other := tell(everyone(), theirs.ID, noon(), plaza.LevelInfo)
		if l := list(within("p"), plaza.NotificationFilter{}); l.Total != 1 || l.Rows[0].ID != first || l.Rows[0].AgentName != "ours" || l.Rows[0].ProfileName != "p" {
			t.Errorf("p sees %+v", l)
		}
		if l := list(within("v"), plaza.NotificationFilter{Levels: []plaza.NotificationLevel{plaza.LevelInfo}}); l.Total != 1 || l.Rows[0].ID != other {
			t.Errorf("of a level: %+v", l)
		}
		if l := list(within("p"), plaza.NotificationFilter{Agent: theirs.ID}); l.Total != 0 {
			t.Errorf("a stranger's agent: %+v", l)
		}
		w.beat(theirs.ID, noon(), plaza.HealthError)
		for name, wall := range map[string]plaza.MonitorFilter{
			"of a profile": {Profile: "q"}, "of a name": {Text: "THEIR"}, "of a profile's name": {Text: "q"},
			"of a status": {Statuses: []plaza.AgentStatus{plaza.AgentNever, plaza.AgentError}},
			"of all":      {Profile: "q", Text: "theirs", Statuses: []plaza.AgentStatus{plaza.AgentError}},
		} {
			if l := list(within("v"), plaza.NotificationFilter{Wall: wall}); l.Total != 1 || l.Rows[0].ID != other {
				t.Errorf("%s: %+v", name, l)
			}
			if l := list(within("p"), plaza.NotificationFilter{Wall: wall}); l.Total != 0 {
				t.Errorf("%s, to a stranger: %+v", name, l)
			}
		}
		if l := list(within("v"), plaza.NotificationFilter{Wall: plaza.MonitorFilter{Statuses: []plaza.AgentStatus{plaza.AgentOffline}}}); l.Total != 0 {
			t.Errorf("of a status that nobody has: %+v", l)
		}

		above, below := w.login("v", "above", plaza.Owner), w.login("p", "below", plaza.Owner)
		ack := func(scope plaza.Scope, by string, ids ...string) (got []plaza.AgentNotification) {
			change(t, db, func(tx *store.Tx) (err error) {
				got, err = tx.Acknowledge(t.Context(), scope, ids, by, noon())
				return err
			})
			return got
		}
		if got := ack(within("p"), below.ID, other); got != nil {
			t.Errorf("a stranger acknowledges %v", got)
		}
		if got := ack(within("v"), above.ID, first, "never"); len(got) != 1 || got[0].Agent != ours.ID || got[0].AgentName != "ours" || got[0].Profile != "p" {
			t.Errorf("acknowledged %+v", got)
		}
		if got := ack(within("p"), below.ID, first); got != nil {
			t.Errorf("acknowledged twice: %v", got)
		}
		if l := list(within("p"), plaza.NotificationFilter{}); l.Rows[0].ByName != "" || !l.Rows[0].Acknowledged.Equal(noon()) {
			t.Errorf("who is above shows: %+v", l.Rows[0])
		}
		yes, no := true, false
		if l := list(within("v"), plaza.NotificationFilter{Acknowledged: &yes, By: above.ID, AckedAt: noon()}); l.Total != 1 || l.Rows[0].ByName != "above" {
			t.Errorf("v sees %+v", l)
		}
		if l := list(within("p"), plaza.NotificationFilter{Acknowledged: &no}); l.Total != 0 {
			t.Errorf("left to do: %+v", l)
		}
		reopen := func(scope plaza.Scope) (got []plaza.AgentNotification) {
			change(t, db, func(tx *store.Tx) (err error) {
				got, err = tx.Reopen(t.Context(), scope, []string{first})
				return err
			})
			return got
		}
		if got := reopen(within("q")); got != nil {
			t.Errorf("a stranger reopens %v", got)
		}
		if got := reopen(within("p")); len(got) != 1 || list(within("p"), plaza.NotificationFilter{Acknowledged: &no}).Total != 1 {
			t.Errorf("reopened %v", got)
		}

		change(t, db, func(tx *store.Tx) error { // more than are kept
			for i := range plaza.KeptNotifications + 3 {
				err := tx.InsertNotification(t.Context(), everyone(), plaza.AgentNotification{
					ID: fmt.Sprintf("m-%05d", i), Agent: ours.ID, Level: plaza.LevelInfo, At: noon().Add(time.Duration(i) * time.Second), Received: noon(),
				})
				if err != nil {
					return err
				}
			}
			must(t, tx.TrimNotifications(t.Context(), within("q"), ours.ID, "", plaza.KeptNotifications)) // out of scope: nothing
			return tx.TrimNotifications(t.Context(), everyone(), ours.ID, "", plaza.KeptNotifications)
		})
		l := list(within("p"), plaza.NotificationFilter{})
		if l.Total != plaza.KeptNotifications || l.Rows[0].ID != fmt.Sprintf("m-%05d", plaza.KeptNotifications+2) {
			t.Errorf("%d are kept, the newest is %s", l.Total, l.Rows[0].ID)
		}
		if list(within("q"), plaza.NotificationFilter{}).Total != 1 {
			t.Error("another's went")
		}
	})
}

func TestAlarmsAreRaisedOnceAndCleared(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w, ours, theirs := pair(t, db)
		put := func(scope plaza.Scope, m plaza.AgentAlarm) error {
			return db.Tx(t.Context(), func(tx *store.Tx) error { return tx.PutAlarm(t.Context(), scope, m) })
		}
		m := plaza.AgentAlarm{Agent: ours.ID, After: 5 * time.Minute, Address: "help@p.example"}
		want(t, "a stranger", put(within("q"), m), plaza.NotFound)
		must(t, put(within("p"), m))
		want(t, "twice new", put(within("p"), m), plaza.Stale)
		m.Version, m.After = 1, 10*time.Minute
		want(t, "a stranger changes", put(within("q"), m), plaza.NotFound)
		must(t, put(within("v"), m))
		want(t, "late", put(within("p"), m), plaza.Stale)
		get := func(scope plaza.Scope) (got plaza.AgentAlarm) {
			read(t, db, func(tx *store.Tx) (err error) {
				got, err = tx.Alarm(t.Context(), scope, ours.ID)
				return err
			})
			return got
		}
		if got := get(within("p")); got.After != 10*time.Minute || got.Version != 2 || got.Address != m.Address || got.Profile != "p" {
			t.Errorf("%+v", got)
		}
		if got := get(within("q")); got.Version != 0 {
			t.Errorf("a stranger sees %+v", got)
		}
		must(t, put(everyone(), plaza.AgentAlarm{Agent: theirs.ID, After: 2 * time.Minute, Address: "help@q.example"}))

		start := noon().Add(-day)
		turn := func(now, since time.Time) (raised, back []string) {
			change(t, db, func(tx *store.Tx) error {
				up, err := tx.RaiseAlarms(t.Context(), everyone(), now, since)
				must(t, err)
				over, err := tx.ClearAlarms(t.Context(), everyone(), now)
				for _, one := range up {
					raised = append(raised, one.AgentName+" of "+one.ProfileName+" to "+one.Address)
				}
				for _, one := range over {
					back = append(back, one.AgentName)
				}
				return err
			})
			return raised, back
		}
		is := func(name string, now, since time.Time, raised, back []string) {
			t.Helper()
			gotRaised, gotBack := turn(now, since)
			if diff := cmp.Diff([][]string{raised, back}, [][]string{gotRaised, gotBack}); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		silent := []string{"ours of p to help@p.example"}
		is("never seen", noon(), start, nil, nil)
		w.beat(ours.ID, noon(), plaza.HealthOK)
		is("within its time", noon().Add(10*time.Minute), start, nil, nil)
		is("the server is not up for long", noon().Add(11*time.Minute), noon().Add(2*time.Minute), nil, nil)
		is("silent", noon().Add(11*time.Minute), start, silent, nil)
		is("still silent", noon().Add(12*time.Minute), start, nil, nil)
		w.beat(ours.ID, noon().Add(13*time.Minute), plaza.HealthOK)
		is("back", noon().Add(13*time.Minute), start, nil, []string{"ours"})
		change(t, db, func(tx *store.Tx) error {
			return tx.PutHeartbeat(t.Context(), everyone(), plaza.Heartbeat{Agent: ours.ID, At: noon().Add(14 * time.Minute), Goodbye: true, Health: plaza.HealthOK})
		})
		is("said goodbye", noon().Add(time.Hour), start, nil, nil)
		w.beat(ours.ID, noon().Add(2*time.Hour), plaza.HealthOK)
		is("silent again", noon().Add(3*time.Hour), start, silent, nil)
		must(t, put(within("p"), plaza.AgentAlarm{Agent: ours.ID, Version: 2}))
		is("switched off", noon().Add(4*time.Hour), start, nil, nil)

		w.beat(theirs.ID, noon(), plaza.HealthOK)
		theirs.License.Suspended = noon()
		change(t, db, func(tx *store.Tx) error { return tx.SetLicenseHalt(t.Context(), everyone(), theirs.License) })
		is("without a valid license", noon().Add(time.Hour), start, nil, nil)
	})
}
