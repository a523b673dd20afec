package actingtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
	_ "modernc.org/sqlite"             // registers "sqlite"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/clock"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// story is a world that was made once and of which every history gets a copy: a
// vendor, a reseller with a partner, an enterprise and a reseller of its own below
// it, and strangers. Nobody is signed in.
type story struct {
	plan   string // of development licenses
	begins time.Time
	people []person      // with their logins
	halls  []hall        // profiles, those above before those below
	copies func() string // makes another copy, and says where it is
	remove func(address string)
	driver string
	config app.Config // but for the time
}

// person and hall are what stands in the base world: who there is, and where.
type person struct {
	id, email string
	logins    []plaza.Login
}

type hall struct {
	plaza.Profile

	agent plaza.ConnectAgent // one of its own; none: those of the vendor and the strangers
}

// newStory makes the base world on one engine.
func newStory(t *testing.T, engine string) *story {
	t.Helper()
	w, address := newBase(t, engine)
	sub := w.Add(t, w.Reseller, plaza.Reseller, "Below")
	below := w.Add(t, sub, plaza.Partner, "Below partner")
	other := w.Add(t, w.Vendor, plaza.Reseller, "Other") // who tries; the stranger only looks
	others := w.Add(t, other, plaza.Partner, "Other partner")
	for _, who := range []struct {
		at   plaza.Actor
		name string
		role plaza.Role
	}{
		{w.Vendor, "V admin", plaza.Administrator},
		{w.Vendor, "V support", plaza.Support},
		{w.Reseller, "R admin", plaza.Administrator},
		{w.Reseller, "R manager", plaza.Manager},
		{w.Reseller, "R support", plaza.Support},
		{w.Reseller, "R auditor", plaza.Auditor},
		{w.Reseller, "Two", plaza.Support}, // one person, two logins
		{w.Partner, "Two", plaza.Auditor},
		{w.Partner, "P second", plaza.Owner},
		{w.Partner, "P manager", plaza.Manager},
		{w.Partner, "P member", plaza.Member},
	} {
		w.Invite(t, w.Vendor, who.at.Profile, who.name, who.role)
	}
	s := &story{}
	for _, a := range []plaza.Actor{w.Vendor, w.Reseller, w.Partner, w.Enterprise, sub, below, other, others, w.Stranger, w.StrangerPartner} {
		h := hall{Profile: must1(w.Profile(t.Context(), w.Vendor, a.Profile))(t)}
		if a.Kind != plaza.Vendor {
			in := plaza.NewAgent{Profile: a.Profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: "Agent"}
			h.agent = must1(w.CreateAgent(t.Context(), w.Vendor, in))(t)
		}
		s.halls = append(s.halls, h)
	}
	s.meet(t, w)
	w.Clock.Advance(13 * time.Hour) // so that nobody is signed in any more
	must(t, w.Tidy(t.Context(), plaza.Janitor))
	s.end(t, w, engine, address)
	return s
}

// newBase returns a world to be made the base of a story, and where it is.
func newBase(t *testing.T, engine string) (w *apptest.World, address string) {
	t.Helper()
	address = map[string]func(*testing.T) string{"sqlite": storetest.SQLite, "pgx": storetest.Postgres}[engine](t)
	return apptest.New(t, must1(store.Open(t.Context(), address))(t)), address
}

// end makes what w is now the base that copies are made of.
func (s *story) end(t *testing.T, w *apptest.World, engine, address string) {
	t.Helper()
	box := must1(secret.Parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="))(t) // as apptest's
	s.plan, s.driver, s.begins = w.Plans[plaza.Development].ID, engine, w.Clock.Now()
	s.config = app.Config{Texts: w.Texts, Box: box, PublicURL: "http://plaza.test", KeepMail: true, FastHash: true}
	must(t, w.DB.Close())
	if engine == "sqlite" {
		s.copySQLite(t, address)
	} else {
		s.copyPostgres(t, address)
	}
}

// meet writes down who there is.
func (s *story) meet(t *testing.T, w *apptest.World) {
	t.Helper()
	all := must1(w.Logins(t.Context(), w.Vendor, plaza.LoginFilter{}, plaza.Page{Sort: "created", Size: plaza.MaxPageSize}))(t)
	at := map[string]int{}
	for _, l := range all.Rows {
		i, known := at[l.Person]
		if !known {
			i = len(s.people)
			at[l.Person], s.people = i, append(s.people, person{id: l.Person, email: l.Email})
		}
		s.people[i].logins = append(s.people[i].logins, l)
	}
}

func (s *story) copySQLite(t *testing.T, address string) {
	t.Helper()
	dir, file := t.TempDir(), must1(os.ReadFile(address))(t)
	s.copies = func() string {
		path := filepath.Join(dir, strings.ToLower(rand.Text())+".db")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			panic(err)
		}
		return path
	}
	s.remove = func(address string) {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			_ = os.Remove(address + suffix) // whatever stays goes with the directory
		}
	}
}

func (s *story) copyPostgres(t *testing.T, address string) {
	t.Helper()
	server := os.Getenv("TEST_POSTGRES_URL")
	named := func(name string) string {
		if u, err := url.Parse(server); err == nil && u.Scheme != "" {
			u.Path = "/" + name
			return u.String()
		}
		return server + " dbname=" + name
	}
	base := address[strings.LastIndexAny(address, "/=")+1:]
	run := func(statement string) {
		ctx := context.WithoutCancel(t.Context())
		conn, err := pgx.Connect(ctx, server)
		if err == nil {
			_, err = conn.Exec(ctx, statement)
			_ = conn.Close(ctx)
		}
		if err != nil {
			panic(err)
		}
	}
	s.copies = func() string {
		name := "plaza_acting_" + strings.ToLower(rand.Text())
		run("CREATE DATABASE " + name + " TEMPLATE " + base)
		return named(name)
	}
	s.remove = func(address string) {
		run("DROP DATABASE " + address[strings.LastIndexAny(address, "/=")+1:] + " WITH (FORCE)")
	}
}

// world is one copy of a story, with two instances of the program at work on it.
type world struct {
	*story

	address string
	ctx     context.Context //nolint:containedctx // of the whole history
	clock   *clock.Manual
	config  app.Config
	dbs     [2]*store.DB
	apps    [2]*app.App
	sql     *sql.DB   // reaches past the store
	log     *sql.Stmt // reads the newest of the audit log
}

// open makes a copy of the story to live in; close throws it away.
func (s *story) open(ctx context.Context) *world {
	w := &world{story: s, address: s.copies(), ctx: ctx, clock: clock.NewManual(s.begins), config: s.config}
	w.config.Now = w.clock.Now
	for i := range w.apps {
		w.start(i)
	}
	var err error
	if w.sql, err = sql.Open(s.driver, w.address); err != nil {
		panic(err)
	}
	w.sql.SetMaxOpenConns(1)
	w.log, err = w.sql.PrepareContext(ctx, `
		SELECT id, verb, result, actor_login_id, via_login_id, acting_id, profile_id, changes FROM audit_events
		WHERE id > $1 ORDER BY id`)
	if err != nil {
		panic(err)
	}
	return w
}

// start starts one of the instances, also anew.
func (w *world) start(i int) {
	if w.dbs[i] != nil {
		_ = w.dbs[i].Close() // as when the program is killed
	}
	db, err := store.Open(w.ctx, w.address)
	if err != nil {
		panic(err)
	}
	w.dbs[i], w.apps[i] = db, app.New(db, w.config)
}

func (w *world) close() {
	_ = w.sql.Close()
	for _, db := range w.dbs {
		_ = db.Close()
	}
	w.remove(w.address)
}

// query returns the rows of a query, each value as text.
func (w *world) query(query string, args ...any) [][]string {
	return texts(w.sql.QueryContext(w.ctx, query, args...))
}

func texts(rows *sql.Rows, err error) (all [][]string) {
	if err != nil {
		panic(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		panic(err)
	}
	for rows.Next() {
		row, dest := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range row {
			dest[i] = &row[i]
		}
		if err := rows.Scan(dest...); err != nil {
			panic(err)
		}
		line := make([]string, len(columns))
		for i, v := range row {
			line[i] = v.String
		}
		all = append(all, line)
	}
	if err := rows.Err(); err != nil {
		panic(err)
	}
	return all
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// must1 returns v unless there is an error.
func must1[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		must(t, err)
		return v
	}
}
