package storetest

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/store"
)

// Addresses is [Engines] for tests that must know where the database is: it
// runs test with the address of a fresh one on each engine.
func Addresses(t *testing.T, test func(t *testing.T, db *store.DB, address string)) {
	t.Helper()
	for engine, fresh := range map[string]func(*testing.T) string{"sqlite": SQLite, "postgres": Postgres} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			address := fresh(t)
			test(t, open(t, address), address)
		})
	}
}

// Watch returns a function that reads every row of every table, whatever a scope
// would show of it: a line for each, sorted, that begins with the table's name.
func Watch(t *testing.T, address string) (rows func() []string) {
	t.Helper()
	driver, tables := "sqlite", "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
	if store.IsPostgres(address) {
		driver, tables = "pgx", "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
	} else {
		address = "file:" + address
	}
	db, err := sql.Open(driver, address) //nolint:forbidigo // it looks past the store
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	names := slices.Collect(maps.Keys(lines(t, db, tables)))
	return func() (all []string) {
		t.Helper()
		for _, name := range names {
			table := strings.Trim(name, `[]"`)
			for line := range lines(t, db, "SELECT * FROM "+table) {
				all = append(all, table+" "+line)
			}
		}
		slices.Sort(all)
		return all
	}
}

// lines returns the rows of a query as text.
func lines(t *testing.T, db *sql.DB, query string) map[string]bool {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		all[fmt.Sprintf("%q", row)] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TakeAway makes a PostgreSQL database unreachable from now on.
func TakeAway(t *testing.T, address string) {
	t.Helper()
	name := address[strings.LastIndexAny(address, "/=")+1:]
	name, _, _ = strings.Cut(name, "?")
	server := database(address, "postgres")
	run(t, server, "ALTER DATABASE "+name+" ALLOW_CONNECTIONS false")
	run(t, server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"'")
}
