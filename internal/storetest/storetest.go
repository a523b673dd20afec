// Package storetest gives tests a real database, empty but for its schema: what
// the store promises must hold on both engines alike. It knows how to make a
// database quickly, and nothing of what is put into it.
package storetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/connectplaza/plaza/internal/store"
)

// Engines runs test against a fresh SQLite database and against a fresh
// PostgreSQL database on the server that TEST_POSTGRES_URL names.
func Engines(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, open(t, SQLite(t)))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, open(t, Postgres(t)))
	})
}

// SQLite makes a migrated SQLite database and returns its path.
func SQLite(t *testing.T) string {
	t.Helper()
	template, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "plaza.db")
	if err := os.WriteFile(path, template, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Postgres makes a migrated PostgreSQL database, to be dropped at the end of
// the test, and returns its address. Without a server the test is skipped, or
// fails where everything must be tested.
func Postgres(t *testing.T) string {
	t.Helper()
	server := os.Getenv("TEST_POSTGRES_URL")
	switch {
	case server != "":
	case os.Getenv("CI") != "" || os.Getenv("PLAZA_TEST_ALL") == "1":
		t.Fatal("TEST_POSTGRES_URL names no PostgreSQL server; run scripts/postgres go test …")
	default:
		t.Skip("no PostgreSQL: run scripts/postgres go test … for both engines")
	}
	template, err := postgresTemplate()
	if err != nil {
		t.Fatal(err)
	}
	name := "plaza_test_" + strings.ToLower(rand.Text())
	run(t, server, "CREATE DATABASE "+name+" TEMPLATE "+template.name)
	t.Cleanup(func() { run(t, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	return database(server, name)
}

func open(t *testing.T, address string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// sqliteTemplate holds a migrated file, made once in a process.
//
//nolint:gochecknoglobals // made once, then constant
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "plaza-storetest-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := migrate(context.Background(), filepath.Join(dir, "plaza.db")); err != nil {
		return nil, err
	}
	return fs.ReadFile(os.DirFS(dir), "plaza.db")
})

// template is a migrated database and the connection that holds the lock on its
// name. Whoever lets go of the connection has it closed by the garbage collector,
// and the database dropped by the next process.
type template struct {
	name string
	lock *pgx.Conn
}

// postgresTemplate names a migrated database, made once in a process. As no
// process knows its last test, each sweeps up behind those that have ended: the
// one that uses a template holds a lock on its name for as long as it lives.
//
//nolint:gochecknoglobals // made once, then constant
var postgresTemplate = sync.OnceValues(func() (template, error) {
	ctx := context.Background()
	server := os.Getenv("TEST_POSTGRES_URL")
	conn, err := pgx.Connect(ctx, server) // stays open, and with it the lock
	if err != nil {
		return template{}, err
	}
	if err := sweep(ctx, conn); err != nil {
		return template{}, err
	}
	name := templatePrefix + strings.ToLower(rand.Text())
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(hashtext($1))", name); err != nil {
		return template{}, err
	}
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		return template{}, err
	}
	return template{name, conn}, migrate(ctx, database(server, name))
})

const templatePrefix = "plaza_template_"

// sweep drops the templates that no living process uses.
func sweep(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, "SELECT datname FROM pg_database WHERE starts_with(datname, $1)", templatePrefix)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		var unused bool
		if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock(hashtext($1))", name).Scan(&unused); err != nil {
			return err
		}
		if !unused {
			continue
		}
		if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)"); err != nil {
			return err
		}
	}
	return nil
}

func migrate(ctx context.Context, address string) error {
	db, err := store.Open(ctx, address)
	if err != nil {
		return err
	}
	if err := db.Migrate(ctx); err != nil {
		_ = db.Close() // the first error says more
		return err
	}
	return db.Close()
}

// run sends one statement to the server, outside of any test database.
func run(t *testing.T, server, statement string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context()) // at clean-up the test's own is over
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(ctx, statement)
	if closed := conn.Close(ctx); err == nil {
		err = closed
	}
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", statement, err))
	}
}

// database returns the address of another database on the same server.
func database(server, name string) string {
	if u, err := url.Parse(server); err == nil && u.Scheme != "" {
		u.Path = "/" + name
		return u.String()
	}
	return server + " dbname=" + name // the last one counts
}
