package demo_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/clock"
	"github.com/connectplaza/plaza/internal/demo"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

var now = time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC)

// world is a demo world, with its vendor at the keyboard.
type world struct {
	*app.App

	gate   *app.Gate
	clock  *clock.Manual
	vendor plaza.Actor
}

// opener returns what opens db for a demo world.
func opener(t *testing.T, db *store.DB) demo.Open {
	t.Helper()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	box, err := secret.Parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
	if err != nil {
		t.Fatal(err)
	}
	return func(now clock.Func, mailed chan<- struct{}) *app.App {
		return app.New(db, app.Config{
			Now: now, Texts: texts, Box: box, PublicURL: "http://plaza.test", KeepMail: true, FastHash: true, Mailed: mailed,
		})
	}
}

func build(t *testing.T, db *store.DB, now time.Time) *world {
	t.Helper()
	open := opener(t, db)
	if err := demo.Build(t.Context(), open, now); err != nil {
		t.Fatal(err)
	}
	w := &world{clock: clock.NewManual(now)}
	w.App = open(w.clock.Now, nil)
	w.gate = app.NewGate(w.App)
	w.vendor = w.signIn(t, demo.Vendor)
	return w
}

func (w *world) signIn(t *testing.T, email string) plaza.Actor {
	t.Helper()
	token, err := w.gate.SignIn(t.Context(), email, demo.Password, plaza.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	v, err := w.gate.Identify(t.Context(), token, plaza.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	return v.Actor
}

// all returns every row of a list.
func all[F, T any](t *testing.T, actor plaza.Actor, list func(context.Context, plaza.Actor, F, plaza.Page) (plaza.List[T], error), f F) (rows []T) {
	t.Helper()
	page := plaza.Page{Size: plaza.MaxPageSize}
	for {
		l, err := list(t.Context(), actor, f, page)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, l.Rows...)
		if page.After = l.Next; page.After == "" {
			return rows
		}
	}
}

func TestWorld(t *testing.T) {
	t.Parallel()
	another := make(chan []string, 1) // what there is in the world that was made first
	if os.Getenv("TEST_POSTGRES_URL") == "" {
		db, err := store.Open(t.Context(), storetest.SQLite(t))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		another <- facts(t, build(t, db, now))
	}
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := build(t, db, now)
		for _, test := range []struct {
			name string
			run  func(*testing.T, *world)
		}{ // one after the other: each leaves traces
			{"is the same each time", func(t *testing.T, w *world) {
				own := facts(t, w)
				select {
				case another <- own: // the other engine's is held against it
				case other := <-another:
					if diff := cmp.Diff(other, own); diff != "" {
						t.Error(diff)
					}
				}
			}},
			{"is as big as it is said to be", asBigAsSaid},
			{"has a history", hasAHistory},
			{"opens to its sign-ins", opensToItsSignIns},
			{"has somebody who moved", hasMoved},
			{"has agents that stay as alive as they are", staysAlive},
		} {
			t.Run(test.name, func(t *testing.T) { test.run(t, w) })
		}
	})
}

func asBigAsSaid(t *testing.T, w *world) {
	t.Helper()
	got := map[string]int{}
	everyProfile := plaza.ProfileFilter{States: plaza.ProfileStates()}
	for _, p := range all(t, w.vendor, w.Profiles, everyProfile) {
		got["profile "+string(p.State())]++
		if p.Kind == plaza.Reseller {
			got["resellers"]++
		} else {
			got["customers"]++
		}
	}
	for _, l := range all(t, w.vendor, w.Licenses, plaza.LicenseFilter{States: plaza.LicenseStates()}) {
		got["licenses"]++
		got["license "+string(l.State(now))]++
	}
	for _, a := range all(t, w.vendor, w.Agents, plaza.AgentFilter{}) {
		got["agents"]++
		got["agent "+string(a.Liveness(now))]++
		if a.Liveness(now) == plaza.Online {
			got["agent online "+string(a.Health)]++
		}
	}
	for _, l := range all(t, w.vendor, w.Logins, plaza.LoginFilter{}) {
		got["logins"]++
		got["login "+string(l.State())]++
		got["role "+string(l.Role)]++
	}
	for _, r := range all(t, w.vendor, w.Requests, plaza.RequestFilter{}) {
		got["request "+string(r.State(now))]++
	}
	t.Log(got)
	for what, want := range map[string]int{"resellers": 3, "customers": 40, "licenses": 490, "agents": 340, "logins": 120, "profile suspended": 1, "profile closed": 1} {
		if got[what] != want {
			t.Errorf("%d %s, want %d", got[what], what, want)
		}
	}
	for _, s := range plaza.LicenseStates() {
		atLeast(t, got, "license "+string(s), 5)
	}
	for _, l := range plaza.Livenesses() {
		atLeast(t, got, "agent "+string(l), 5)
	}
	for _, h := range plaza.Healths() {
		atLeast(t, got, "agent online "+string(h), 5)
	}
	for _, s := range plaza.LoginStates() {
		atLeast(t, got, "login "+string(s), 4)
	}
	for _, r := range plaza.Roles() {
		atLeast(t, got, "role "+string(r), 4)
	}
	for _, s := range plaza.RequestStates() {
		atLeast(t, got, "request "+string(s), 3)
	}
}

func atLeast(t *testing.T, got map[string]int, what string, n int) {
	t.Helper()
	if got[what] < n {
		t.Errorf("%d %s, want %d at least", got[what], what, n)
	}
}

func opensToItsSignIns(t *testing.T, w *world) {
	t.Helper()
	for email, profile := range map[string]string{
		demo.Vendor: "ConnectPlaza", demo.Reseller: "ComputersAreUs Holding", demo.Partner: "Bakkerij Jansen",
	} {
		actor := w.signIn(t, email)
		if actor.ProfileName != profile || actor.Role != plaza.Owner {
			t.Errorf("%s is %s of %s, want owner of %s", email, actor.Role, actor.ProfileName, profile)
		}
		o, err := w.Overview(t.Context(), actor)
		if err != nil {
			t.Fatal(err)
		}
		if want := map[string]int{demo.Reseller: 1}[email]; o.Moves.Total != want {
			t.Errorf("%s is to agree to %d moves, want %d", email, o.Moves.Total, want)
		}
		for what, n := range map[string]int{
			"inactive licenses":    o.LicensesIn("", plaza.InactiveStates()...),
			"development licenses": o.LicensesIn(plaza.Development, plaza.PresentStates()...),
			"agents online":        o.AgentsIn(plaza.Online, ""),
			"logins":               o.LoginsIn(plaza.LoginActive),
			"open requests":        len(o.Requests.Rows),
			"expiring":             o.Expiring.Total,
		} {
			t.Log(email, what, n)
			if n == 0 {
				t.Errorf("%s has no %s", email, what)
			}
		}
	}
}

func hasAHistory(t *testing.T, w *world) {
	t.Helper()
	got := map[plaza.Verb]int{}
	var months [12]int
	events := all(t, w.vendor, w.AuditEvents, plaza.AuditFilter{})
	for i, e := range events {
		got[e.Verb]++
		if age := now.Sub(e.At); age < 360*24*time.Hour {
			months[age/(30*24*time.Hour)]++
		}
		if e.At.After(now) || i > 0 && e.At.After(events[i-1].At) {
			t.Errorf("%s is out of order or in the future", e.At)
		}
	}
	t.Log(len(events), got, months)
	for _, v := range []plaza.Verb{
		plaza.ActingStart, plaza.ActingRaise, plaza.ActingStop, plaza.LicenseSuspend, plaza.LicenseResume, plaza.LicenseEnd,
		plaza.LicenseReveal, plaza.LoginDisable, plaza.RequestApprove, plaza.RequestDecline, plaza.RequestComment, plaza.MovePropose, plaza.MoveAgree, plaza.SessionSignIn, plaza.ProfileEdits,
	} {
		if got[v] == 0 {
			t.Errorf("nobody ever did %s", v)
		}
	}
	for i, n := range months {
		if n < 10 {
			t.Errorf("only %d events %d months ago", n, i)
		}
	}
}

// hasMoved sees that one customer went to another reseller, and is known to both as it was.
func hasMoved(t *testing.T, w *world) {
	t.Helper()
	formers, err := w.Formers(t.Context(), w.signIn(t, demo.Reseller))
	if err != nil || len(formers) != 1 {
		t.Fatalf("%+v have left, %v", formers, err)
	}
	b, err := w.Statements(t.Context(), w.vendor, formers[0].Profile)
	if err != nil {
		t.Fatal(err)
	}
	parts := 0
	for _, p := range b.Periods {
		parts = max(parts, p.Number)
	}
	if parts != 2 {
		t.Errorf("no month of it has two statements: %+v", b.Periods)
	}
}

// facts returns everything in w that has a name, with how it stands.
func facts(t *testing.T, w *world) (lines []string) {
	t.Helper()
	line := func(parts ...string) { lines = append(lines, strings.Join(parts, " | ")) }
	for _, p := range all(t, w.vendor, w.Profiles, plaza.ProfileFilter{States: plaza.ProfileStates()}) {
		line(p.Name, string(p.State()), p.Created.UTC().String())
	}
	for _, l := range all(t, w.vendor, w.Licenses, plaza.LicenseFilter{States: plaza.LicenseStates()}) {
		line(l.ProfileName, l.Name, l.PlanName, string(l.State(now)), l.Created.UTC().String())
	}
	for _, a := range all(t, w.vendor, w.Agents, plaza.AgentFilter{}) {
		line(a.ProfileName, a.Name, string(a.Liveness(now)), string(a.Health), a.Message, a.Host, a.Created.UTC().String())
	}
	for _, l := range all(t, w.vendor, w.Logins, plaza.LoginFilter{}) {
		line(l.ProfileName, l.Name, l.Email, string(l.Role), string(l.State()))
	}
	for _, e := range all(t, w.vendor, w.AuditEvents, plaza.AuditFilter{}) {
		line(e.At.UTC().String(), e.ActorName, string(e.Verb), e.ObjectName)
	}
	return lines
}

func TestAnyDayMakesAWorld(t *testing.T) {
	t.Parallel()
	for _, day := range []time.Time{
		time.Date(2027, 1, 1, 0, 0, 1, 0, time.UTC),
		time.Date(2027, 3, 31, 23, 59, 0, 0, time.UTC),
	} {
		t.Run(day.Format(time.DateOnly), func(t *testing.T) {
			t.Parallel()
			db, err := store.Open(t.Context(), storetest.SQLite(t))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			w := build(t, db, day)
			o, err := w.Overview(t.Context(), w.vendor)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range plaza.LicenseStates() {
				if o.LicensesIn("", s) == 0 && s != plaza.LicenseEnded {
					t.Errorf("no license is %s", s)
				}
			}
		})
	}
}

func TestUnfinishedWorldIsNoWorld(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		open := opener(t, db)
		interrupting := func(now clock.Func, mailed chan<- struct{}) *app.App {
			asked := 0
			return open(func() time.Time {
				if asked++; asked == 500 {
					cancel()
				}
				return now()
			}, mailed)
		}
		if err := demo.Build(ctx, interrupting, now); err == nil {
			t.Fatal("was not interrupted")
		}
		by, err := open(clock.Fixed(now), nil).MadeBy(t.Context(), plaza.Installer)
		if err != nil || by != app.MadeByUnfinished {
			t.Errorf("made by %q, %v; want %q", by, err, app.MadeByUnfinished)
		}
		if err := demo.Build(t.Context(), open, now); plaza.KindOf(err) != plaza.Conflict {
			t.Errorf("built over it: %v", err)
		}
	})
}

func staysAlive(t *testing.T, w *world) {
	t.Helper()
	count := func() map[plaza.Liveness]int {
		n := map[plaza.Liveness]int{}
		for _, a := range all(t, w.vendor, w.Agents, plaza.AgentFilter{}) {
			if a.License.State(w.clock.Now()).Valid() { // the others fall silent as they end
				n[a.Liveness(w.clock.Now())]++
			}
		}
		return n
	}
	want := count()
	w.clock.Advance(20 * time.Hour) // nobody runs the demo overnight
	if got := count(); got[plaza.Online] != 0 {
		t.Fatalf("%d agents online without having spoken", got[plaza.Online])
	}
	agents, err := demo.Wake(t.Context(), w.App)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := agents.Beat(t.Context(), w.clock.Advance(30*time.Second)); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(29 * time.Second)
		got := count()
		if abs(got[plaza.Online]-want[plaza.Online]) > 25 || abs(got[plaza.Overdue]-want[plaza.Overdue]) > 15 { // a few are silent for a while
			t.Errorf("alive: %v, want about %v", got, want)
		}
		w.clock.Advance(-29 * time.Second)
	}
}

func abs(n int) int { return max(n, -n) }
