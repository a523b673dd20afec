package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// whole is a page that holds everything a test puts in.
func whole() plaza.Page { return plaza.Page{Size: plaza.MaxPageSize} }

// TestStateAgrees holds what the SQL says of states to what Go says, for random
// rows near and on every boundary.
func TestStateAgrees(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		r := rand.New(rand.NewPCG(seed, 1))
		fillForStates(w, r)
		for i := range 5 {
			now := noon()
			if i > 0 {
				now = noon().Add(boundary(r))
			}
			t.Run(now.Format(time.RFC3339Nano), func(t *testing.T) {
				licensesAgree(t, db, now)
				agentsAgree(t, db, now)
				statusesAgree(t, db, now)
				requestsAgree(t, db, now)
			})
		}
		loginsAgree(t, db)
		profilesAgree(t, db)
	})
}

// boundary returns a time span near which something changes its state.
func boundary(r *rand.Rand) time.Duration {
	spans := []time.Duration{0, plaza.OnlineWithin, plaza.OfflineAfter, 7 * day, 30 * day, plaza.RequestOpenFor, time.Duration(r.IntN(80)-40) * day}
	beside := []time.Duration{-time.Microsecond, 0, time.Microsecond, time.Hour}
	span := spans[r.IntN(len(spans))] + beside[r.IntN(len(beside))]
	if r.IntN(2) == 0 {
		return -span
	}
	return span
}

func fillForStates(w *world, r *rand.Rand) {
	w.Helper()
	var profiles []plaza.Profile
	for i, days := range []int{0, 7, 30, 365} {
		p := w.profile(fmt.Sprintf("p%d", i), "v", plaza.Partner)
		p.WarningDays = days
		change(w, w.db, func(tx *store.Tx) error { return tx.UpdateProfile(w.Context(), everyone(), p) })
		p.Version++
		profiles = append(profiles, p)
	}
	profiles[3].Suspended = noon()
	w.halt(profiles[3])
	reseller := w.profile("r", "v", plaza.Reseller)
	profiles = append(profiles, w.profile("below", "r", plaza.Partner))
	reseller.Suspended, reseller.Closed = noon(), noon()
	w.halt(reseller)

	login := w.login("p0", "somebody", plaza.Owner)
	for range 60 {
		l := plaza.License{
			Profile: profiles[r.IntN(len(profiles))].ID, Kind: plaza.LicenseKinds()[r.IntN(3)], Starts: noon().Add(boundary(r)), GraceDays: r.IntN(3) * 7,
		}
		if r.IntN(4) > 0 {
			l.Ends = l.Starts.Add(max(time.Microsecond, boundary(r)))
			if ends := noon().Add(boundary(r)); ends.After(l.Starts) {
				l.Ends = ends
			}
		}
		l.Renews = r.IntN(4) == 0
		if r.IntN(8) == 0 {
			l.Suspended = noon()
		}
		if r.IntN(8) == 0 {
			l.Ended = noon()
		}
		w.license(l)
	}
	for i := range 30 {
		a := w.agent(profiles[i%3].ID, fmt.Sprintf("agent %d", i))
		if i%5 == 0 {
			continue // never seen
		}
		beat := plaza.Heartbeat{Agent: a.ID, At: noon().Add(boundary(r)), Goodbye: r.IntN(6) == 0, Health: plaza.Healths()[r.IntN(3)]}
		change(w, w.db, func(tx *store.Tx) error { return tx.PutHeartbeat(w.Context(), everyone(), beat) })
	}
	// On each boundary of this moment, and a moment on either side of it.
	for _, span := range []time.Duration{plaza.OnlineWithin, plaza.OfflineAfter} {
		for _, beside := range []time.Duration{-time.Microsecond, 0, time.Microsecond} {
			beat := plaza.Heartbeat{Agent: w.agent("p0", "boundary").ID, At: noon().Add(beside - span), Health: plaza.HealthOK}
			change(w, w.db, func(tx *store.Tx) error { return tx.PutHeartbeat(w.Context(), everyone(), beat) })
		}
	}
	for _, beside := range []time.Duration{-time.Microsecond, 0, time.Microsecond} {
		w.request(login, "boundary", noon().Add(beside-plaza.RequestOpenFor))
		w.license(plaza.License{Profile: "p2", Starts: noon().Add(beside)})
		for _, span := range []time.Duration{0, 7 * day, -30 * day} { // its end, its grace's, its window's
			w.license(plaza.License{Profile: "p2", Starts: noon().Add(-99 * day), Ends: noon().Add(beside - span), GraceDays: 7})
		}
	}
	for i := range 30 {
		q := w.request(login, fmt.Sprintf("wish %d", i), noon().Add(boundary(r)))
		if q.Decision = plaza.RequestStates()[r.IntN(4)]; q.Decision == plaza.RequestOpen {
			continue
		}
		q.Decided = noon()
		change(w, w.db, func(tx *store.Tx) error { return tx.DecideRequest(w.Context(), everyone(), q) })
	}
	for i := range 8 {
		l := w.login("p1", fmt.Sprintf("login %d", i), plaza.Manager)
		if i&1 == 0 {
			l.Accepted = time.Time{}
		}
		if i&2 == 0 {
			l.Disabled = noon()
		}
		change(w, w.db, func(tx *store.Tx) error { return tx.UpdateLogin(w.Context(), everyone(), l) })
	}
}

// agree checks a list that is asked for state by state: every row is in the
// state it was asked for, and all of them together are all there are.
func agree[R any, S ~string](t *testing.T, what string, states []S, all int, list func(...S) (plaza.List[R], error), state func(R) S) {
	t.Helper()
	sum := 0
	for _, s := range states {
		got, err := list(s)
		must(t, err)
		sum += got.Total
		if got.Total != len(got.Rows) {
			t.Errorf("%s %s: total %d, but %d rows", what, s, got.Total, len(got.Rows))
		}
		for _, row := range got.Rows {
			if state(row) != s {
				t.Errorf("%s: SQL says %s, Go says %s: %+v", what, s, state(row), row)
			}
		}
	}
	if sum != all {
		t.Errorf("%s: %d in the states together, %d in all", what, sum, all)
	}
}

func licensesAgree(t *testing.T, db *store.DB, now time.Time) {
	t.Helper()
	read(t, db, func(tx *store.Tx) error {
		list := func(states ...plaza.LicenseState) (plaza.List[plaza.License], error) {
			return tx.Licenses(t.Context(), everyone(), plaza.LicenseFilter{States: states}, whole(), now)
		}
		all, err := list(plaza.LicenseStates()...)
		must(t, err)
		state := func(l plaza.License) plaza.LicenseState { return l.State(now) }
		agree(t, "licenses", plaza.LicenseStates(), all.Total, list, state)
		present, err := list()
		must(t, err)
		agree(t, "present licenses", plaza.PresentStates(), present.Total, list, state)
		want := map[plaza.LicenseCount]int{}
		for _, l := range all.Rows {
			want[plaza.LicenseCount{Kind: l.Kind, State: l.State(now)}]++
		}
		got := map[plaza.LicenseCount]int{}
		counts, err := tx.LicenseCounts(t.Context(), everyone(), now)
		for _, c := range counts {
			got[plaza.LicenseCount{Kind: c.Kind, State: c.State}] = c.Count
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("counts of licenses (-list +counts):\n%s", diff)
		}
		return err
	})
}

func agentsAgree(t *testing.T, db *store.DB, now time.Time) {
	t.Helper()
	read(t, db, func(tx *store.Tx) error {
		list := func(f plaza.AgentFilter) plaza.List[plaza.ConnectAgent] {
			got, err := tx.Agents(t.Context(), everyone(), f, whole(), now)
			must(t, err)
			return got
		}
		all := list(plaza.AgentFilter{})
		agree(t, "agents", plaza.Livenesses(), all.Total, func(l ...plaza.Liveness) (plaza.List[plaza.ConnectAgent], error) {
			return list(plaza.AgentFilter{Liveness: l}), nil
		}, func(a plaza.ConnectAgent) plaza.Liveness { return a.Liveness(now) })
		counts, err := tx.AgentCounts(t.Context(), everyone(), now)
		o := plaza.Overview{Agents: counts}
		for _, l := range append(plaza.Livenesses(), "") {
			for _, h := range append(plaza.Healths(), "") {
				f := plaza.AgentFilter{}
				if l != "" {
					f.Liveness = []plaza.Liveness{l}
				}
				if h != "" {
					f.Health = []plaza.Health{h}
				}
				if got, want := o.AgentsIn(l, h), list(f).Total; got != want {
					t.Errorf("agents %q and %q: %d counted, %d listed", l, h, got, want)
				}
			}
		}
		return err
	})
}

// statusesAgree looks at what the history would say, and takes it back.
func statusesAgree(t *testing.T, db *store.DB, now time.Time) {
	t.Helper()
	undo := errors.New("enough seen")
	err := db.Tx(t.Context(), func(tx *store.Tx) error {
		all, err := tx.Agents(t.Context(), everyone(), plaza.AgentFilter{}, whole(), now)
		must(t, err)
		var ids []string
		for _, a := range all.Rows {
			ids = append(ids, a.ID)
		}
		must(t, tx.NoteStates(t.Context(), everyone(), ids, now))
		for _, a := range all.Rows {
			states, err := tx.AgentStates(t.Context(), everyone(), a.ID, now)
			must(t, err)
			got := plaza.AgentNever
			if len(states) > 0 {
				got = states[0].State
			}
			if want := a.Status(now); got != want {
				t.Errorf("%+v is %s, and %s in the database", a, want, got)
			}
		}
		return undo
	})
	if !errors.Is(err, undo) {
		t.Error(err)
	}
}

func requestsAgree(t *testing.T, db *store.DB, now time.Time) {
	t.Helper()
	read(t, db, func(tx *store.Tx) error {
		list := func(states ...plaza.RequestState) (plaza.List[plaza.Request], error) {
			return tx.Requests(t.Context(), everyone(), plaza.RequestFilter{States: states}, whole(), now)
		}
		all, err := list()
		must(t, err)
		agree(t, "requests", plaza.RequestStates(), all.Total, list, func(r plaza.Request) plaza.RequestState { return r.State(now) })
		open, err := list(plaza.RequestOpen)
		must(t, err)
		n, err := tx.OpenRequests(t.Context(), everyone(), "", now)
		if n != open.Total {
			t.Errorf("%d requests wait, %d are listed", n, open.Total)
		}
		return err
	})
}

func loginsAgree(t *testing.T, db *store.DB) {
	t.Helper()
	read(t, db, func(tx *store.Tx) error {
		list := func(states ...plaza.LoginState) (plaza.List[plaza.Login], error) {
			return tx.Logins(t.Context(), everyone(), plaza.LoginFilter{States: states}, whole())
		}
		all, err := list()
		must(t, err)
		agree(t, "logins", plaza.LoginStates(), all.Total, list, plaza.Login.State)
		counts, err := tx.LoginCounts(t.Context(), everyone())
		for _, s := range plaza.LoginStates() {
			want := len(slices.DeleteFunc(slices.Clone(all.Rows), func(l plaza.Login) bool { return l.State() != s }))
			if got := (plaza.Overview{Logins: counts}).LoginsIn(s); got != want {
				t.Errorf("%d logins are %s, counted %d", want, s, got)
			}
		}
		return err
	})
}

func profilesAgree(t *testing.T, db *store.DB) {
	t.Helper()
	read(t, db, func(tx *store.Tx) error {
		list := func(states ...plaza.ProfileState) (plaza.List[plaza.Profile], error) {
			return tx.Profiles(t.Context(), within("v"), plaza.ProfileFilter{States: states}, whole())
		}
		all, err := list(plaza.ProfileStates()...)
		must(t, err)
		agree(t, "profiles", plaza.ProfileStates(), all.Total, list, plaza.Profile.State)
		counts, err := tx.ProfileStates(t.Context(), within("v"))
		for _, s := range plaza.ProfileStates() {
			want, err := list(s)
			must(t, err)
			if counts[s] != want.Total {
				t.Errorf("%d profiles are %s, counted %d", want.Total, s, counts[s])
			}
		}
		return err
	})
}
