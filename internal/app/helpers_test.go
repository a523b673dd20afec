package app_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
	_ "modernc.org/sqlite"             // registers "sqlite"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

const (
	day    = 24 * time.Hour
	reason = "because of a test"
)

// worlds runs test in a fresh world on each engine.
func worlds(t *testing.T, test func(t *testing.T, w *apptest.World)) {
	t.Helper()
	storetest.Engines(t, func(t *testing.T, db *store.DB) { test(t, apptest.New(t, db)) })
}

// bare is a world whose database the test can reach past the store.
type bare struct {
	*apptest.World

	sql *sql.DB
}

// bareWorlds is worlds, with the database itself.
func bareWorlds(t *testing.T, test func(t *testing.T, w bare)) {
	t.Helper()
	open := func(t *testing.T, driver, address string) bare {
		t.Helper()
		db, err := store.Open(t.Context(), address)
		must(t, err)
		raw, err := sql.Open(driver, address)
		must(t, err)
		t.Cleanup(func() { _, _ = raw.Close(), db.Close() })
		return bare{apptest.New(t, db), raw}
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, open(t, "sqlite", storetest.SQLite(t)))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, open(t, "pgx", storetest.Postgres(t)))
	})
}

func (w bare) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	_, err := w.sql.ExecContext(t.Context(), statement, args...)
	must(t, err)
}

// dump returns everything that is kept, but for the log.
func (w bare) dump(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, table := range []string{
		"settings", "profiles", "profile_tree", "persons", "logins", "sessions", "acting_sessions", "invitations", "password_resets",
		"attempts", "plans", "licenses", "connectagents", "activations", "pulses", "requests", "notices", "mails",
		"releases", "artifacts", "artifact_parts", "ledger", "profile_places", "billing_terms", "adjustments",
	} {
		all[table] = w.rows(t, table)
	}
	return all
}

// rows returns every row of a table, sorted.
func (w bare) rows(t *testing.T, table string) (all []string) {
	t.Helper()
	rows, err := w.sql.QueryContext(t.Context(), "SELECT * FROM "+table)
	must(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	must(t, err)
	for rows.Next() {
		values, dest := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			dest[i] = &values[i]
		}
		must(t, rows.Scan(dest...))
		all = append(all, fmt.Sprint(values...))
	}
	must(t, rows.Err())
	slices.Sort(all)
	return all
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// must1 returns v unless there is an error.
func must1[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		must(t, err)
		return v
	}
}

// want fails unless err is of the kind.
func want(t testing.TB, what string, err error, kind plaza.Kind) {
	t.Helper()
	if err == nil || plaza.KindOf(err) != kind {
		t.Errorf("%s: got %v, want %s", what, err, kind)
	}
}

// wantField fails unless err says so of the field.
func wantField(t testing.TB, what string, err error, field, key string) {
	t.Helper()
	want(t, what, err, plaza.Invalid)
	if got := plaza.AsError(err).Fields[field].Key; got != key {
		t.Errorf("%s: of %s it says %q, want %q", what, field, got, key)
	}
}

// wantKey fails unless err is of the kind and says key.
func wantKey(t testing.TB, what string, err error, kind plaza.Kind, key string) {
	t.Helper()
	want(t, what, err, kind)
	if got := plaza.AsError(err).Msg.Key; err != nil && got != key {
		t.Errorf("%s: says %q, want %q", what, got, key)
	}
}

// strangers are those who must not tell what is the partner's from what never was.
func strangers(w *apptest.World) map[string]plaza.Actor {
	return map[string]plaza.Actor{"strange reseller": w.Stranger, "sibling": w.Enterprise, "strange partner": w.StrangerPartner}
}

// together does all deeds at the same time and returns their errors.
func together(deeds ...func() error) []error {
	errs := make([]error, len(deeds))
	var all sync.WaitGroup
	start := make(chan struct{})
	for i, deed := range deeds {
		all.Go(func() {
			<-start
			errs[i] = deed()
		})
	}
	close(start)
	all.Wait()
	return errs
}

// log returns the events on record, the newest first, as "verb result" of who
// may see all.
func log(t testing.TB, w *apptest.World) []plaza.AuditLine {
	t.Helper()
	return w.Log(t, plaza.AuditFilter{}, plaza.Page{Size: plaza.MaxPageSize}).Rows
}

// mails returns the mails to an address, the newest first.
func mails(t testing.TB, w *apptest.World, to string) []plaza.Mail {
	t.Helper()
	list := must1[plaza.List[plaza.Mail]](t)(w.Gate.Mailbox(t.Context(), plaza.Page{Size: plaza.MaxPageSize}))
	return slices.DeleteFunc(list.Rows, func(m plaza.Mail) bool { return !strings.EqualFold(m.To, to) })
}

// notices returns the kinds of an actor's notices, the newest first.
func notices(t testing.TB, w *apptest.World, a plaza.Actor) (kinds []plaza.NoticeKind) {
	t.Helper()
	for _, n := range must1[plaza.List[plaza.Notice]](t)(w.Notices(t.Context(), a, plaza.Page{})).Rows {
		kinds = append(kinds, n.Kind)
	}
	return kinds
}

// identify returns who holds the token.
func identify(t testing.TB, w *apptest.World, token string) plaza.Actor {
	t.Helper()
	v, err := w.Gate.Identify(t.Context(), token, plaza.Origin{})
	must(t, err)
	if v.Wants != app.WantsNothing || v.Ended != nil {
		t.Fatalf("no actor: %+v", v)
	}
	return v.Actor
}

// dead fails unless the token opens nothing.
func dead(t testing.TB, w *apptest.World, what, token string) {
	t.Helper()
	_, err := w.Gate.Identify(t.Context(), token, plaza.Origin{})
	want(t, what, err, plaza.Unauthenticated)
}

func profile(t testing.TB, w *apptest.World, id string) plaza.Profile {
	t.Helper()
	return must1[plaza.Profile](t)(w.Profile(t.Context(), w.Vendor, id))
}

func login(t testing.TB, w *apptest.World, id string) plaza.Login {
	t.Helper()
	return must1[plaza.Login](t)(w.Login(t.Context(), w.Vendor, id))
}

func license(t testing.TB, w *apptest.World, id string) plaza.License {
	t.Helper()
	return must1[plaza.License](t)(w.License(t.Context(), w.Vendor, id))
}

// issued returns a new development license of the partner's.
func issued(t testing.TB, w *apptest.World) plaza.License {
	t.Helper()
	return must1[plaza.License](t)(w.IssueLicense(t.Context(), w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID, Name: "L"}))
}

// agent returns a new ConnectAgent of the partner's.
func agent(t testing.TB, w *apptest.World) plaza.ConnectAgent {
	t.Helper()
	return must1[plaza.ConnectAgent](t)(w.CreateAgent(t.Context(), w.Reseller, plaza.NewAgent{Profile: w.Partner.Profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: "A"}))
}

// keyOf returns the license key of a ConnectAgent.
func keyOf(t testing.TB, w *apptest.World, a plaza.ConnectAgent) string {
	t.Helper()
	return must1[string](t)(w.RevealLicenseKey(t.Context(), w.Vendor, a.License.ID))
}

// activated returns the activation of a ConnectAgent that came in by itself.
func activated(t testing.TB, w *apptest.World, a plaza.ConnectAgent, host string) plaza.Activation {
	t.Helper()
	b := must1[*app.Bearer](t)(w.Fleet.Identify(t.Context(), keyOf(t, w, a), plaza.Origin{Address: "192.0.2.7"}))
	return must1[plaza.Activation](t)(w.Fleet.Activate(t.Context(), b, plaza.NewActivation{Fingerprint: "fingerprint of " + host, Host: host, Platform: "linux/amd64", Cores: 4}))
}

// request returns what a machine that reaches no server writes.
func request(t testing.TB, w *apptest.World, a plaza.ConnectAgent, host string) string {
	t.Helper()
	return string(must1[[]byte](t)(json.Marshal(plaza.OfflineRequest{
		Type: "plaza-offline-request", Version: 1, Key: keyOf(t, w, a), Fingerprint: "fingerprint of " + host, Hostname: host,
		Platform: "linux/amd64", Cores: 8, RequestedAt: w.Clock.Now(),
	})))
}

// suspend suspends a profile; resume resumes it.
func suspend(t testing.TB, w *apptest.World, by plaza.Actor, id string) {
	t.Helper()
	must(t, w.SuspendProfile(t.Context(), by, id, reason, profile(t, w, id).Version))
}

func resume(t testing.TB, w *apptest.World, by plaza.Actor, id string) {
	t.Helper()
	must(t, w.ResumeProfile(t.Context(), by, id, profile(t, w, id).Version))
}

// disable disables a login.
func disable(t testing.TB, w *apptest.World, by plaza.Actor, id string) {
	t.Helper()
	must(t, w.DisableLogin(t.Context(), by, id, login(t, w, id).Version))
}

func enable(t testing.TB, w *apptest.World, by plaza.Actor, id string) {
	t.Helper()
	must(t, w.EnableLogin(t.Context(), by, id, login(t, w, id).Version))
}

// logInAs returns the reseller's owner acting as the partner's, and its token.
func logInAs(t testing.TB, w *apptest.World, by plaza.Actor, as string, mode plaza.Mode) (plaza.Actor, string) {
	t.Helper()
	token := must1[string](t)(w.LogInAs(t.Context(), by, plaza.NewActing{Login: as, Reason: reason, Ticket: "T-1"}))
	a := identify(t, w, token)
	if mode != plaza.Look {
		must(t, w.RaiseActing(t.Context(), a, mode))
		a = identify(t, w, token)
	}
	return a, token
}

func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// asks has a profile let nobody in without asking, and returns its owner.
func asks(t testing.TB, w *apptest.World, owner plaza.Actor) plaza.Actor {
	t.Helper()
	must(t, w.SetSupportAccess(t.Context(), owner, plaza.AccessAsk, profile(t, w, owner.Profile).Version))
	return owner
}

// consent returns what by asks the profile of owner for.
func consent(t testing.TB, w *apptest.World, by, owner plaza.Actor) plaza.Consent {
	t.Helper()
	return must1[plaza.Consent](t)(w.AskConsent(t.Context(), by, plaza.NewConsent{
		Profile: owner.Profile, Reason: reason, Until: w.Clock.Now().Add(day),
	}))
}

// looker is a token for looking at licenses.
func looker(w *apptest.World) plaza.NewToken {
	return plaza.NewToken{Name: "Program", Verbs: []plaza.Verb{plaza.LicenseRead}, Expires: w.Clock.Now().AddDate(0, 1, 0)}
}
