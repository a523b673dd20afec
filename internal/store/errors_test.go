package store_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

func TestViolationsAreTold(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.profile("p", "v", plaza.Partner)
		w.profile("q", "v", plaza.Partner)
		license := w.license(plaza.License{Profile: "p", Kind: plaza.ConnectAgentLicense})
		login := w.login("p", "l", plaza.Owner)
		ctx := t.Context()
		for name, test := range map[string]struct {
			f    func(*store.Tx) error
			kind plaza.Kind
		}{
			"a plan of the same name": {func(tx *store.Tx) error {
				return tx.InsertPlan(ctx, plaza.Plan{ID: "other", Kind: plaza.Development, Name: "development", Machines: 1}, noon())
			}, plaza.Conflict},
			"a person with the same address": {func(tx *store.Tx) error {
				return tx.InsertPerson(ctx, plaza.Person{ID: "other", Email: login.Email}, noon())
			}, plaza.Conflict},
			"a second login of the same person": {func(tx *store.Tx) error {
				l := login
				l.ID = "other"
				return tx.InsertLogin(ctx, l)
			}, plaza.Conflict},
			"a license of nobody": {func(tx *store.Tx) error {
				l := license
				l.ID, l.Profile = "other", "nobody"
				return tx.InsertLicense(ctx, l, store.LicenseKey{Digest: []byte("x"), Sealed: []byte("x")})
			}, plaza.NotFound},
			"a key that is taken": {func(tx *store.Tx) error {
				l := license
				l.ID = "other"
				return tx.InsertLicense(ctx, l, store.LicenseKey{Digest: []byte(license.ID), Sealed: []byte("x")})
			}, plaza.Conflict},
			"an agent on a license of another profile": {func(tx *store.Tx) error {
				return tx.InsertAgent(ctx, plaza.ConnectAgent{ID: "other", Profile: "q", License: license, Created: noon()})
			}, plaza.NotFound},
			"a request in the name of another profile's login": {func(tx *store.Tx) error {
				return tx.InsertRequest(ctx, plaza.Request{ID: "other", Profile: "q", Login: login.ID, Kind: plaza.RequestLogin, Created: noon()})
			}, plaza.NotFound},
			"acting as a login that is elsewhere": {func(tx *store.Tx) error {
				target := login
				target.Profile = "q"
				return tx.InsertActing(ctx, "s", plaza.Acting{ID: "x", Login: login.ID, Profile: "p", Mode: plaza.Look, Started: noon(), Expires: noon()}, target, "")
			}, plaza.NotFound},
		} {
			want(t, name, db.Tx(ctx, test.f), test.kind)
			err := plaza.AsError(db.Tx(ctx, test.f))
			if err.Err == nil || err.Msg.IsZero() {
				t.Errorf("%s: %+v has no cause or no message", name, err)
			}
		}
	})
}

func TestErrorsOfTheCallerStay(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		mine := errors.New("mine")
		if err := db.Tx(t.Context(), func(*store.Tx) error { return mine }); !errors.Is(err, mine) {
			t.Errorf("got %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := db.Read(ctx, func(*store.Tx) error { return nil })
		if !errors.Is(err, context.Canceled) || plaza.KindOf(err) == plaza.Unavailable {
			t.Errorf("given up by the caller: %v", err)
		}
	})
}

// TestGivingUpMidway: a caller who hangs up is no fault of the database's.
func TestGivingUpMidway(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.Read(ctx, func(tx *store.Tx) error {
			cancel()
			_, err := tx.Plans(ctx, "")
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

func TestNothingIsLeftOfWhatFailed(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		told := false
		_ = db.Tx(t.Context(), func(tx *store.Tx) error {
			tx.AfterCommit(func() { told = true })
			must(t, tx.InsertProfile(t.Context(), plaza.Profile{ID: "x", Parent: "v", Kind: plaza.Partner, Created: noon()}))
			return errors.New("no")
		})
		if told {
			t.Error("told of what was undone")
		}
		read(t, db, func(tx *store.Tx) error {
			_, err := tx.Profile(t.Context(), within("v"), "x")
			want(t, "what was undone", err, plaza.NotFound)
			return nil
		})
		change(t, w.db, func(tx *store.Tx) error {
			tx.AfterCommit(func() { told = true })
			return nil
		})
		if !told {
			t.Error("not told of what was done")
		}
	})
}

func TestWritingWhereOneOnlyReads(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		err := db.Read(t.Context(), func(tx *store.Tx) error { return tx.PutSetting(t.Context(), "a", "b") })
		want(t, "a database that takes no writes", err, plaza.Unavailable)
		if plaza.AsError(err).Wait <= 0 {
			t.Error("no waiting time")
		}
		read(t, db, func(tx *store.Tx) error {
			got, err := tx.Setting(t.Context(), "a")
			if got != "" {
				t.Error("it was written")
			}
			return err
		})
	})
}

func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		address := storetest.Postgres(t)
		db, err := store.Open(t.Context(), address)
		must(t, err)
		defer db.Close()
		newWorld(t, db)
		admin, err := sql.Open("pgx", address+" dbname=postgres")
		must(t, err)
		defer admin.Close()
		var name string
		other, err := sql.Open("pgx", address)
		must(t, err)
		must(t, other.QueryRowContext(t.Context(), "SELECT current_database()").Scan(&name))
		must(t, other.Close())
		_, err = admin.ExecContext(t.Context(), "ALTER DATABASE "+name+" WITH ALLOW_CONNECTIONS false")
		must(t, err)
		_, err = admin.ExecContext(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
		must(t, err)
		for range 3 {
			err := db.Read(t.Context(), func(tx *store.Tx) error { _, err := tx.Plans(t.Context(), ""); return err })
			want(t, "PostgreSQL went away", err, plaza.Unavailable)
		}
		_, err = admin.ExecContext(t.Context(), "ALTER DATABASE "+name+" WITH ALLOW_CONNECTIONS true")
		must(t, err)
		read(t, db, func(tx *store.Tx) error { _, err := tx.Plans(t.Context(), ""); return err }) // back, without a restart
	})
	for name, address := range map[string]string{
		"a PostgreSQL that is not there": "host=/nowhere user=nobody dbname=none",
		"a closed port":                  "postgres://nobody@127.0.0.1:1/none?connect_timeout=2",
		"a directory that is not there":  filepath.Join(t.TempDir(), "not", "there.db"),
		"a directory":                    t.TempDir(),
		"what is a file":                 "/dev/null/plaza.db",
	} {
		db, err := store.Open(t.Context(), address)
		if err == nil || db != nil {
			t.Errorf("%s: %v, open %t", name, err, db != nil)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"postgres://a@b/c": true, "postgresql://a@b/c": true, "host=/tmp dbname=x": true,
		"plaza.db": false, "/var/lib/plaza.db": false, "./postgres.db": false, "C:\\plaza.db": false,
	} {
		if got := store.IsPostgres(address); got != want {
			t.Errorf("%s: PostgreSQL is %t", address, got)
		}
	}
}

// TestPathsOfAllSorts opens files whose names mean something in an address.
func TestPathsOfAllSorts(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b.db", "50%.db", "what?.db", "a#b.db", "a&b=c.db", "É🦆.db", "a'b.db"} {
		path := filepath.Join(t.TempDir(), name)
		db, err := store.Open(t.Context(), path)
		must(t, err)
		must(t, db.Migrate(t.Context()))
		must(t, db.Close())
		if found, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.db")); len(found) != 1 || found[0] != path {
			t.Errorf("%s was made as %v", name, found)
		}
	}
}
