package store_test

import (
	"database/sql"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// ownerless returns the tables whose rows belong to no profile, or do not say so
// in a column profile_id, and why.
func ownerless() map[string]string {
	return map[string]string{
		"goose_db_version": "belongs to the installation",
		"settings":         "belongs to the installation",
		"audit_hashes":     "belongs to the installation",
		"audit_log":        "belongs to the installation",
		"signing_keys":     "belongs to the installation",
		"fleet_changes":    "is what nodes tell each other; it holds no data",
		"pulses":           "has the ID of what it is of, which says whose it is; narrow because all are written every minute",
		"plan_prices":      "as the plans", "plans": "one catalogue for all",
		"releases":          "one catalogue for all",
		"artifacts":         "one catalogue for all",
		"artifact_parts":    "one catalogue for all",
		"requests_done":     "of the login that asked, whose ID it has",
		"attempts":          "of somebody who has no session yet",
		"profiles":          "is the profile",
		"profile_tree":      "says what is below what",
		"persons":           "may have logins in several profiles",
		"password_resets":   "a person's",
		"sessions":          "a person's; the profile follows from the login",
		"acting_sessions":   "stands between two profiles; it names both",
		"consents":          "stands between two profiles; it names both",
		"mail_choices":      "a person's",
		"factors":           "a person's",
		"recovery_codes":    "a person's",
		"browsers":          "a person's",
		"request_approvals": "stands between two profiles; it names both",
		"request_comments":  "stands between two profiles; it names both",
		"invitations":       "hangs on one login and is only ever found by its token",
		"moves":             "stands between profiles; it names them",
	}
}

// column is a column of a table and what it refers to.
type column struct {
	name    string
	notNull bool
}

type reference struct {
	to   string
	from []string // columns
}

// TestEveryRowSaysWhoseItIs holds the schema to two promises: what belongs to a
// profile says so, and none of it can point at what belongs to another.
func TestEveryRowSaysWhoseItIs(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, columns map[string][]column, references map[string][]reference) {
		t.Helper()
		free := ownerless()
		for name := range free {
			if _, there := columns[name]; !there {
				t.Errorf("%s is listed, but there is no such table", name)
			}
		}
		owned := func(table string) bool { _, ok := free[table]; return !ok }
		for table, all := range columns {
			if !owned(table) {
				continue
			}
			if !slices.Contains(all, column{"profile_id", true}) {
				t.Errorf("%s has no profile_id, or it may be null", table)
			}
			if table == "audit_events" {
				continue // outlives all it speaks of, and records what was reached for in vain
			}
			if !slices.ContainsFunc(references[table], func(r reference) bool {
				return r.to == "profiles" && slices.Equal(r.from, []string{"profile_id"})
			}) {
				t.Errorf("%s.profile_id does not refer to profiles", table)
			}
			for _, r := range references[table] {
				if owned(r.to) && !slices.Contains(r.from, "profile_id") {
					t.Errorf("%s refers to %s by %v alone, and so may point into another profile", table, r.to, r.from)
				}
			}
		}
		if len(columns) < 18 {
			t.Errorf("only %d tables found: %v", len(columns), slices.Sorted(maps.Keys(columns)))
		}
		if !slices.ContainsFunc(references["acting_sessions"], func(r reference) bool {
			return slices.Contains(r.from, "target_profile_id") && slices.Contains(r.from, "target_login_id")
		}) {
			t.Error("an acting session may name a login of another profile")
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		columns, references := describe(t, "sqlite", storetest.SQLite(t), `
			SELECT m.name, c.name, c."notnull" FROM sqlite_master m JOIN pragma_table_info(m.name) c
			WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`, `
			SELECT m.name, f."table", group_concat(f."from", ' ') FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f
			WHERE m.type = 'table' GROUP BY m.name, f."table", f.id`)
		check(t, columns, references)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		columns, references := describe(t, "pgx", storetest.Postgres(t), `
			SELECT table_name, column_name, is_nullable = 'NO' FROM information_schema.columns WHERE table_schema = 'public'`, `
			SELECT c.conrelid::regclass::text, c.confrelid::regclass::text, string_agg(a.attname::text, ' ')
			FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
			WHERE c.contype = 'f' GROUP BY c.oid, c.conrelid, c.confrelid`)
		check(t, columns, references)
	})
}

// TestWhatALicenseHasIsFoundByAnIndex: agents ask for it all day.
func TestWhatALicenseHasIsFoundByAnIndex(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, driver, address, query string) {
		t.Helper()
		db, err := sql.Open(driver, address)
		must(t, err)
		defer db.Close()
		for _, table := range []string{"activations", "components", "processes"} {
			var n int
			must(t, db.QueryRowContext(t.Context(), query, table).Scan(&n))
			if n == 0 {
				t.Errorf("no index finds the %s of a license", table)
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		check(t, "sqlite", storetest.SQLite(t), `SELECT count(*) FROM pragma_index_list($1) l JOIN pragma_index_info(l.name) c WHERE c.seqno = 0 AND c.name = 'license_id'`)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		check(t, "pgx", storetest.Postgres(t), `SELECT count(*) FROM pg_indexes WHERE tablename = $1 AND indexdef LIKE '%(license_id%'`)
	})
}

func describe(t *testing.T, driver, dsn, columnsQuery, referencesQuery string) (map[string][]column, map[string][]reference) {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	must(t, err)
	defer db.Close()
	columns, references := map[string][]column{}, map[string][]reference{}
	rows, err := db.QueryContext(t.Context(), columnsQuery)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var table string
		var c column
		must(t, rows.Scan(&table, &c.name, &c.notNull))
		columns[table] = append(columns[table], c)
	}
	must(t, rows.Err())
	refs, err := db.QueryContext(t.Context(), referencesQuery)
	must(t, err)
	defer refs.Close()
	for refs.Next() {
		var table, from string
		var r reference
		must(t, refs.Scan(&table, &r.to, &from))
		r.from = strings.Fields(from)
		references[table] = append(references[table], r)
	}
	must(t, refs.Err())
	return columns, references
}

func TestBothEnginesHaveTheSameColumns(t *testing.T) {
	t.Parallel()
	names := func(all map[string][]column) map[string][]string {
		got := map[string][]string{}
		for table, columns := range all {
			for _, c := range columns {
				got[table] = append(got[table], c.name)
			}
			slices.Sort(got[table])
		}
		delete(got, "goose_db_version")
		return got
	}
	lite, _ := describe(t, "sqlite", storetest.SQLite(t),
		`SELECT m.name, c.name, c."notnull" FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`,
		`SELECT '', '', '' WHERE FALSE`)
	post, _ := describe(t, "pgx", storetest.Postgres(t),
		`SELECT table_name, column_name, is_nullable = 'NO' FROM information_schema.columns WHERE table_schema = 'public'`,
		`SELECT '', '', '' WHERE FALSE`)
	if diff := cmp.Diff(names(lite), names(post)); diff != "" {
		t.Errorf("-sqlite +postgres:\n%s", diff)
	}
}

// unmade returns addresses of databases without a schema, by engine.
func unmade(t *testing.T) map[string]func(*testing.T) string {
	t.Helper()
	return map[string]func(*testing.T) string{
		"sqlite": func(t *testing.T) string {
			t.Helper()
			return filepath.Join(t.TempDir(), "new.db")
		},
		"postgres": func(t *testing.T) string {
			t.Helper()
			address := storetest.Postgres(t)
			db, err := sql.Open("pgx", address)
			must(t, err)
			defer db.Close()
			_, err = db.ExecContext(t.Context(), "CREATE SCHEMA fresh")
			must(t, err)
			if u, err := url.Parse(address); err == nil && u.Scheme != "" {
				q := u.Query()
				q.Set("search_path", "fresh")
				u.RawQuery = q.Encode()
				return u.String()
			}
			return address + " search_path=fresh"
		},
	}
}

func TestMigrateTwice(t *testing.T) {
	t.Parallel()
	for engine, address := range unmade(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			db, err := store.Open(t.Context(), address(t))
			must(t, err)
			defer db.Close()
			must(t, db.Migrate(t.Context()))
			newWorld(t, db)
			must(t, db.Migrate(t.Context()))
			read(t, db, func(tx *store.Tx) error { // and nothing is lost
				_, err := tx.Profile(t.Context(), within("v"), "v")
				return err
			})
		})
	}
}

func TestFourInstancesMigrateAtOnce(t *testing.T) {
	t.Parallel()
	for engine, address := range unmade(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			at := address(t)
			instance := func() error {
				db, err := store.Open(t.Context(), at)
				if err != nil {
					return err
				}
				defer db.Close()
				return db.Migrate(t.Context())
			}
			together(t, instance, instance, instance, instance)
			db, err := store.Open(t.Context(), at)
			must(t, err)
			defer db.Close()
			newWorld(t, db)
		})
	}
}

func TestOneVendor(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		newWorld(t, db)
		err := db.Tx(t.Context(), func(tx *store.Tx) error {
			return tx.InsertProfile(t.Context(), plaza.Profile{ID: "w", Kind: plaza.Vendor, Name: "w", Created: noon()})
		})
		want(t, "a second vendor", err, plaza.Conflict)
	})
}
