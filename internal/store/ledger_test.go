package store_test

import (
	"database/sql"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// bareEngines runs test on each engine, with the database itself beside the store.
func bareEngines(t *testing.T, test func(t *testing.T, db *store.DB, raw *sql.DB)) {
	t.Helper()
	run := func(t *testing.T, driver, address string) {
		t.Helper()
		db, err := store.Open(t.Context(), address)
		must(t, err)
		raw, err := sql.Open(driver, address)
		must(t, err)
		t.Cleanup(func() { _, _ = raw.Close(), db.Close() })
		test(t, db, raw)
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, "sqlite", storetest.SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		run(t, "pgx", storetest.Postgres(t))
	})
}

// facts returns what the ledger says of a profile in a year around noon.
func facts(t *testing.T, db *store.DB, s plaza.Scope, profile string) (all []plaza.Fact) {
	t.Helper()
	read(t, db, func(tx *store.Tx) (err error) {
		all, err = tx.Facts(t.Context(), s, profile, noon().AddDate(-1, 0, 0), noon().AddDate(1, 0, 0))
		return err
	})
	return all
}

// stands returns the fact that a license, as it is read, is.
func stands(t *testing.T, db *store.DB, id string, at time.Time) (f plaza.Fact) {
	t.Helper()
	read(t, db, func(tx *store.Tx) error {
		l, err := tx.License(t.Context(), everyone(), id)
		f = plaza.Fact{
			License: l.ID, Profile: l.Profile, At: at, Plan: l.Plan, Edition: l.Edition, Kind: l.Kind, Starts: l.Starts, Until: l.GraceEnds(),
			Suspended: !l.Suspended.IsZero() || l.Halted, BillsSuspended: l.BillsSuspended, Ended: !l.Ended.IsZero(), Trial: l.Trial,
		}
		if l.Renews {
			f.Until = time.Time{}
		}
		return err
	})
	return f
}

// TestEveryChangeOfALicenseIsInTheLedger: what is written last there is what the
// license is.
func TestEveryChangeOfALicenseIsInTheLedger(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.profile("r", "v", plaza.Reseller)
		w.profile("p", "r", plaza.Partner)
		w.profile("stranger", "v", plaza.Reseller)
		l := w.license(plaza.License{Profile: "p", Ends: noon().Add(20 * day), GraceDays: 3, Promise: plaza.Promise{Edition: 1}, Awaits: true})
		other := w.license(plaza.License{Profile: "stranger"})
		now, rows := noon(), 1
		same := func(what string) {
			t.Helper()
			all := facts(t, db, everyone(), "p")
			if len(all) != rows {
				t.Fatalf("after %s there are %d rows, want %d: %+v", what, len(all), rows, all)
			}
			equal(t, what, all[rows-1], stands(t, db, l.ID, now))
		}
		same("it was made")
		for _, step := range []struct {
			what string
			rows int // that it adds
			do   func(tx *store.Tx) error
		}{
			{"its term began", 1, func(tx *store.Tx) error { l.Starts = now; return tx.BeginTerm(t.Context(), l) }},
			{"it was suspended", 1, func(tx *store.Tx) error {
				l.Suspended = now
				return tx.SetLicenseHalt(t.Context(), everyone(), l)
			}},
			{"its profile stood still", 0, func(tx *store.Tx) error { return halts(t, tx, "r", now, now) }},
			{"it was resumed, and its profile was not", 0, func(tx *store.Tx) error {
				l.Suspended = time.Time{}
				return tx.SetLicenseHalt(t.Context(), everyone(), l)
			}},
			{"its profile was resumed", 1, func(tx *store.Tx) error { return halts(t, tx, "r", time.Time{}, now) }},
			{"its profile stood still by itself", 1, func(tx *store.Tx) error { return halts(t, tx, "p", now, now) }},
			{"that was resumed", 1, func(tx *store.Tx) error { return halts(t, tx, "p", time.Time{}, now) }},
			{"it was renewed", 1, func(tx *store.Tx) error {
				l.Ends = l.Ends.Add(30 * day)
				return tx.SetLicenseTerm(t.Context(), everyone(), l)
			}},
			{"nothing that is billed changed", 0, func(tx *store.Tx) error {
				l.Machines = 9
				return tx.SetLicenseTerm(t.Context(), everyone(), l)
			}},
			{"it renews by itself", 1, func(tx *store.Tx) error {
				l.Renews = true
				return tx.SetLicenseTerm(t.Context(), everyone(), l)
			}},
			{"it did", 0, func(tx *store.Tx) error {
				l.Ends = l.Ends.Add(30 * day)
				return tx.SetLicenseTerm(t.Context(), everyone(), l)
			}},
			{"it has another edition, and is billed while it is suspended", 1, func(tx *store.Tx) error {
				l.Edition, l.BillsSuspended = 2, true
				return tx.SetLicenseTerm(t.Context(), everyone(), l)
			}},
			{"it is a trial", 1, func(tx *store.Tx) error {
				l.Trial = true
				return tx.SetLicenseTerm(t.Context(), everyone(), l)
			}},
			{"it ended", 1, func(tx *store.Tx) error {
				l.Ended = now
				return tx.SetLicenseHalt(t.Context(), everyone(), l)
			}},
		} {
			now = now.Add(time.Hour)
			read(t, db, func(tx *store.Tx) (err error) {
				l, err = tx.License(t.Context(), everyone(), l.ID)
				return err
			})
			l.Updated = now
			change(t, db, step.do)
			rows += step.rows
			if all := facts(t, db, everyone(), "p"); step.rows == 0 {
				now = all[len(all)-1].At // nothing was to be written
			}
			same(step.what)
		}
		if all := facts(t, db, within("stranger"), "stranger"); len(all) != 1 || all[0].License != other.ID {
			t.Errorf("of the stranger's there is %+v", all)
		}
		if all := facts(t, db, within("stranger"), "p"); len(all) != 0 {
			t.Errorf("a stranger reads %+v", all)
		}
		if all := facts(t, db, within("p"), "r"); len(all) != 0 {
			t.Errorf("somebody below reads %+v", all)
		}
	})
}

// halts suspends a profile, or resumes it.
func halts(t *testing.T, tx *store.Tx, id string, suspended, now time.Time) error {
	t.Helper()
	p, err := tx.Profile(t.Context(), everyone(), id)
	if err != nil {
		return err
	}
	p.Suspended = suspended
	return tx.SetProfileHalt(t.Context(), everyone(), p, now)
}

// daysOn returns how many days t is after noon.
func daysOn(t time.Time) int { return int(t.Sub(noon()) / day) }

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// TestTheLedgerNeverGoesBack: whatever the clock does, no row is from before the one
// before it.
func TestTheLedgerNeverGoesBack(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		l := w.license(plaza.License{Profile: "v"})
		l.Suspended, l.Updated = noon(), noon().Add(-time.Hour)
		change(t, db, func(tx *store.Tx) error { return tx.SetLicenseHalt(t.Context(), everyone(), l) })
		all := facts(t, db, everyone(), "v")
		if len(all) != 2 || !all[1].At.Equal(noon()) || !all[1].Suspended {
			t.Errorf("%+v", all)
		}
	})
}

// TestFactsBeginWithWhatHeld: of what was before, only what still mattered is read.
func TestFactsBeginWithWhatHeld(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.profile("p", "v", plaza.Partner)
		l := w.license(plaza.License{Profile: "p"})
		over := w.license(plaza.License{Profile: "p", Ends: noon().Add(day)})
		gone := w.license(plaza.License{Profile: "p", Ended: noon()})
		for i := range 3 {
			l.Suspended, l.Updated = time.Time{}, noon().Add(time.Duration(i+1)*10*day)
			if i%2 == 0 {
				l.Suspended = l.Updated
			}
			change(t, db, func(tx *store.Tx) error { return tx.SetLicenseHalt(t.Context(), everyone(), l) })
			l.Version++
		}
		at := func(from, till time.Duration) (all []string) {
			read(t, db, func(tx *store.Tx) error {
				found, err := tx.Facts(t.Context(), within("p"), "p", noon().Add(from), noon().Add(till))
				for _, f := range found {
					all = append(all, fmt.Sprint(f.License, " ", daysOn(f.At), " ", f.Suspended))
				}
				return err
			})
			return all
		}
		equal(t, "at first", at(0, 11*day), []string{l.ID + " 0 false", l.ID + " 10 true", over.ID + " 0 false", gone.ID + " 0 false", gone.ID + " 0 false"})
		equal(t, "while it was suspended", at(12*day, 19*day), []string(nil))
		equal(t, "then", at(12*day, 40*day), []string{l.ID + " 20 false", l.ID + " 30 true"})
		equal(t, "in the middle", at(21*day, 22*day), []string{l.ID + " 20 false"})
		equal(t, "before", at(-9*day, -day), []string(nil))
	})
}

// TestPlacesRemember: who has gone to somebody else stands in the statement of whoever
// had them, until then, and under the name that they had.
func TestPlacesRemember(t *testing.T) {
	t.Parallel()
	bareEngines(t, func(t *testing.T, db *store.DB, raw *sql.DB) {
		w := newWorld(t, db)
		for _, p := range []struct{ id, parent string }{{"r", "v"}, {"s", "v"}, {"m", "r"}} {
			w.profile(p.id, p.parent, plaza.Reseller)
		}
		p := w.profile("p", "m", plaza.Partner)
		l := w.license(plaza.License{Profile: "p"})
		exec := func(query string) {
			_, err := raw.ExecContext(t.Context(), query)
			must(t, err)
		}
		// The reseller m goes to s, with p below it.
		moved := noon().Add(10 * day)
		exec(`UPDATE profiles SET parent_id = 's' WHERE id = 'm'`)
		exec(`UPDATE profile_tree SET ancestor_id = 's' WHERE ancestor_id = 'r' AND profile_id IN ('m', 'p')`)
		change(t, db, func(tx *store.Tx) error { return tx.MovePlaces(t.Context(), "m", moved) })
		change(t, db, func(tx *store.Tx) error { return tx.MovePlaces(t.Context(), "m", moved.Add(day)) }) // nothing has moved since
		for _, id := range []string{"p", "m"} {
			q := w.get(id)
			q.Name = "renamed " + id
			change(t, db, func(tx *store.Tx) error { return tx.UpdateProfile(t.Context(), everyone(), q) })
		}
		at := func(s plaza.Scope, profile string, from, till time.Time) (all []string) {
			t.Helper()
			read(t, db, func(tx *store.Tx) error {
				places, err := tx.Places(t.Context(), s, profile, profile, from, till)
				for _, q := range places {
					until := "now"
					if !q.Until.IsZero() {
						until = strconv.Itoa(daysOn(q.Until))
					}
					all = append(all, fmt.Sprint(q.Profile, " in ", q.Part, " (", q.PartName, ") ", daysOn(q.Since), "-", until))
				}
				return err
			})
			return all
		}
		year := noon().AddDate(1, 0, 0)
		equal(t, "of r", at(within("r"), "r", noon(), year), []string{"m in m (m) 0-10", "p in m (m) 0-10", "r in r (r) 0-now"})
		equal(t, "of r, afterwards", at(within("r"), "r", moved, year), []string{"r in r (r) 0-now"})
		equal(t, "of s", at(within("s"), "s", noon(), year), []string{"m in m (renamed m) 10-now", "p in m (renamed m) 10-now", "s in s (s) 0-now"})
		equal(t, "of m", at(within("m"), "m", noon(), year), []string{"m in m (renamed m) 0-now", "p in p (renamed p) 0-now"})
		equal(t, "of v", at(within("v"), "v", noon(), year), []string{
			"m in r (r) 0-10", "m in s (s) 10-now", "p in r (r) 0-10", "p in s (s) 10-now", "r in r (r) 0-now", "s in s (s) 0-now", "v in v (v) 0-now",
		})
		equal(t, "of r, by s", at(within("s"), "r", noon(), year), []string(nil))
		if all := facts(t, db, within("r"), "r"); len(all) != 1 || all[0].License != l.ID || all[0].Profile != p.ID {
			t.Errorf("r, which had it, reads %+v", all)
		}

		// There and back at the same moment is no place.
		exec(`UPDATE profile_tree SET ancestor_id = 'r' WHERE ancestor_id = 's' AND profile_id IN ('m', 'p')`)
		change(t, db, func(tx *store.Tx) error { return tx.MovePlaces(t.Context(), "m", moved.Add(2*day)) })
		exec(`UPDATE profile_tree SET ancestor_id = 's' WHERE ancestor_id = 'r' AND profile_id IN ('m', 'p')`)
		change(t, db, func(tx *store.Tx) error { return tx.MovePlaces(t.Context(), "m", moved.Add(2*day)) })
		equal(t, "of r, which had it for no time", at(within("r"), "r", moved, year), []string{"r in r (r) 0-now"})
		equal(t, "of s, again", at(within("s"), "s", moved.Add(day), year), []string{
			"m in m (renamed m) 10-12", "m in m (renamed m) 12-now", "p in m (renamed m) 10-12", "p in m (renamed m) 12-now", "s in s (s) 0-now",
		})
	})
}

// TestHaltingWaitsForLicenses: whoever suspends a profile and whoever makes, suspends or
// resumes licenses in it come one after the other: the ledger is right in the end.
func TestHaltingWaitsForLicenses(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.profile("p", "v", plaza.Partner)
		for round := range 8 {
			l := w.license(plaza.License{Profile: "p", ID: fmt.Sprintf("old-%06d", round)})
			fresh := plaza.License{
				ID: fmt.Sprintf("new-%06d", round), Profile: "p", Kind: plaza.Development, Plan: "development", Starts: noon(), Created: noon(),
			}
			var halt time.Time
			if round%2 == 0 {
				halt = noon()
			}
			together(t, func() error {
				return db.Tx(t.Context(), func(tx *store.Tx) error { return halts(t, tx, "p", halt, noon()) })
			}, func() error {
				l.Suspended = noon()
				return db.Tx(t.Context(), func(tx *store.Tx) error { return tx.SetLicenseHalt(t.Context(), everyone(), l) })
			}, func() error {
				return db.Tx(t.Context(), func(tx *store.Tx) error {
					return tx.InsertLicense(t.Context(), fresh, store.LicenseKey{Digest: []byte(fresh.ID), Sealed: []byte("x")})
				})
			})
			for _, id := range []string{l.ID, fresh.ID} {
				var last plaza.Fact
				for _, f := range facts(t, db, everyone(), "p") {
					if f.License == id {
						last = f
					}
				}
				equal(t, id, last, stands(t, db, id, noon()))
			}
		}
	})
}

// TestTheLedgerBeginsWithWhatThereIs: a database that is older than the ledger has what
// its licenses tell: since when they are there, suspended and ended.
func TestTheLedgerBeginsWithWhatThereIs(t *testing.T) {
	t.Parallel()
	drivers := map[string]string{"sqlite": "sqlite", "postgres": "pgx"}
	dialects := map[string]goose.Dialect{"sqlite": goose.DialectSQLite3, "postgres": goose.DialectPostgres}
	for engine, address := range unmade(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			at := address(t)
			raw, err := sql.Open(drivers[engine], at)
			must(t, err)
			defer raw.Close()
			p, err := goose.NewProvider(dialects[engine], raw, os.DirFS("migrations"), goose.WithDisableGlobalRegistry(true))
			must(t, err)
			_, err = p.UpTo(t.Context(), 12)
			must(t, err)
			exec := func(query string, args ...any) {
				t.Helper()
				_, err := raw.ExecContext(t.Context(), query, args...)
				must(t, err)
			}
			on := func(days int) int64 { return noon().Add(time.Duration(days) * day).UnixMicro() }
			for _, q := range []struct{ id, parent, kind string }{{"v", "", "vendor"}, {"r", "v", "reseller"}, {"p", "r", "partner"}, {"s", "v", "partner"}} {
				exec(`INSERT INTO profiles (id, parent_id, kind, name, name_fold, support_email, warning_days, created_at, suspend_reason, halted, version)
					VALUES ($1, NULLIF($2, ''), $3, $1, $1, '', 30, $4, '', FALSE, 1)`, q.id, q.parent, q.kind, on(0))
			}
			for _, below := range []string{"v/v/0", "r/r/0", "p/p/0", "s/s/0", "v/r/1", "v/s/1", "r/p/1", "v/p/2"} {
				f := strings.Split(below, "/")
				exec(`INSERT INTO profile_tree (ancestor_id, profile_id, depth) VALUES ($1, $2, CAST($3 AS BIGINT))`, f[0], f[1], f[2])
			}
			exec(`INSERT INTO plans (id, kind, name, term_months, grace_days, trial, machines, created_at, terms) VALUES ('d', 'development', 'd', 0, 0, FALSE, 1, $1, '')`, on(0))
			license := func(id, profile string, suspended, ended any, renews bool) {
				t.Helper()
				exec(`INSERT INTO licenses (id, profile_id, plan_id, kind, name, name_fold, key_digest, key_sealed, key_hint, starts_at, ends_at, grace_ends_at,
						grace_days, machines, trial, created_at, suspend_reason, version, terms, suspended_at, ended_at, renews)
					VALUES ($1, $2, 'd', 'development', '', '', $3, $3, '', $4, $5, $5, 0, 1, FALSE, $4, '', 1, '', $6, $7, $8)`,
					id, profile, []byte(id), on(1), on(50), suspended, ended, renews)
			}
			license("1 works", "s", nil, nil, false)
			license("2 renews", "s", nil, nil, true)
			license("3 suspended", "s", on(5), nil, false)
			license("4 suspended, then ended", "s", on(5), on(9), false)
			license("5 ended", "s", nil, on(9), false)
			license("6 stands still", "p", nil, nil, false)
			license("7 ended before it stood still", "p", nil, on(4), false)
			license("8 suspended while it stood still", "p", on(9), nil, false)
			exec(`UPDATE profiles SET suspended_at = $1, halted = TRUE WHERE id = 'r'`, on(7))
			exec(`UPDATE profiles SET halted = TRUE WHERE id = 'p'`)

			db, err := store.Open(t.Context(), at)
			must(t, err)
			defer db.Close()
			must(t, db.Migrate(t.Context()))
			var got []string
			for _, f := range facts(t, db, within("v"), "v") {
				what := "stands"
				switch {
				case f.Ended:
					what = "ended"
				case f.Suspended:
					what = "suspended"
				}
				until := "for ever"
				if !f.Until.IsZero() {
					until = "until " + strconv.Itoa(daysOn(f.Until))
				}
				got = append(got, fmt.Sprint(f.License, ": ", daysOn(f.At), " ", what, " ", until))
			}
			equal(t, "the ledger", got, []string{
				"1 works: 1 stands until 50", "2 renews: 1 stands for ever", "3 suspended: 1 stands until 50", "3 suspended: 5 suspended until 50",
				"4 suspended, then ended: 1 stands until 50", "4 suspended, then ended: 5 suspended until 50", "4 suspended, then ended: 9 ended until 50",
				"5 ended: 1 stands until 50", "5 ended: 9 ended until 50", "6 stands still: 1 stands until 50", "6 stands still: 7 suspended until 50",
				"7 ended before it stood still: 1 stands until 50", "7 ended before it stood still: 4 ended until 50",
				"8 suspended while it stood still: 1 stands until 50", "8 suspended while it stood still: 7 suspended until 50",
			})
			read(t, db, func(tx *store.Tx) error {
				places, err := tx.Places(t.Context(), within("r"), "r", "r", noon(), noon().Add(day))
				if len(places) != 2 || places[0].Profile != "p" || places[0].Part != "p" || !places[0].Since.Equal(noon()) {
					t.Errorf("%+v", places)
				}
				return err
			})
		})
	}
}
