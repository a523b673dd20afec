// Package store keeps Plaza's data in SQLite or PostgreSQL.
//
// There is one text per statement, written with $N placeholders and the SQL
// both engines share. Where they truly differ, the difference is a field of
// dialect. Everything that reads or changes what belongs to a profile takes a
// [plaza.Scope]. It knows no permission and no transport, and no other package
// imports database/sql.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // registers "sqlite"

	"github.com/connectplaza/plaza"
)

// dialect holds everything that differs between the engines.
type dialect struct {
	name      goose.Dialect
	forUpdate string                // ends a SELECT of rows to be changed; SQLite locks the whole file
	forShare  string                // ends a SELECT of rows that must stay as they are meanwhile
	lock      string                // takes a lock on a text until the transaction ends; SQLite needs none
	share     string                // takes it together with others who only share it
	still     string                // keeps others from writing a license until the transaction ends; SQLite needs none
	claim     string                // ends a SELECT that claims rows others may be claiming
	analyze   string                // counts what is where; SQLite does without
	pulse     func(i int) string    // the four parameters of the pulse at i, where there are many of them
	each      func(p string) string // the texts of the JSON array at a placeholder, as chosen_id of rows of chosen
	deferKeys string                // has foreign keys checked only when the transaction ends
	snapshot  sql.IsolationLevel    // that lets every query of a reader see the same moment; SQLite always does
}

func sqliteDialect() dialect {
	// It looks for numbered parameters by name, which takes it as long as to write.
	return dialect{
		name: goose.DialectSQLite3, pulse: func(int) string { return "(?, ?, ?, ?)" }, deferKeys: "PRAGMA defer_foreign_keys = ON",
		each: func(p string) string { return "(SELECT value AS chosen_id FROM json_each(" + p + ")) AS chosen" },
	}
}

func postgresDialect() dialect {
	return dialect{
		name: goose.DialectPostgres, forUpdate: " FOR NO KEY UPDATE", forShare: " FOR SHARE", claim: " FOR UPDATE SKIP LOCKED",
		still:   "LOCK TABLE licenses IN SHARE ROW EXCLUSIVE MODE",
		lock:    "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
		share:   "SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))",
		analyze: "ANALYZE", snapshot: sql.LevelRepeatableRead, deferKeys: "SET CONSTRAINTS ALL DEFERRED",
		each: func(p string) string {
			return "json_array_elements_text(CAST(" + p + " AS json)) AS chosen (chosen_id)"
		},
		pulse: func(i int) string {
			return fmt.Sprintf("($%d, $%d, CAST($%d AS BIGINT), $%d)", 4*i+1, 4*i+2, 4*i+3, 4*i+4)
		},
	}
}

// DB is an open database.
type DB struct {
	write *sql.DB
	read  *sql.DB // for SQLite, a pool of its own: readers never wait for the writer
	ready *statements
	seats chan struct{} // of those who read at the same time; nil: the pool counts them
	watch *watch
	dialect
}

// watch is who is told of changes of which nodes keep a copy.
type watch struct{ changed func(license string) }

// WatchFleet has f called whenever this node has changed something of which every
// node keeps a copy, with the ID of the license, or with nothing if it was whether
// some profile stands still. It must be called before db is used.
func (db *DB) WatchFleet(f func(license string)) { db.watch.changed = f }

// Open opens the database at address: PostgreSQL's postgres://… or host=…, or
// the path of a SQLite file, which is made if it is not there.
func Open(ctx context.Context, address string) (*DB, error) {
	if IsPostgres(address) {
		return openPostgres(ctx, address)
	}
	return openSQLite(ctx, address)
}

// IsPostgres reports whether address names a PostgreSQL server rather than a
// file.
func IsPostgres(address string) bool {
	for _, prefix := range []string{"postgres://", "postgresql://", "host="} {
		if strings.HasPrefix(address, prefix) {
			return true
		}
	}
	return false
}

// pgConns is how many connections one instance holds to PostgreSQL at most: a
// server takes 100 as delivered, and there may be several instances.
const pgConns = 24

func openPostgres(ctx context.Context, dsn string) (*DB, error) {
	db, err := open(ctx, "pgx", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(pgConns)
	db.SetMaxIdleConns(pgConns)
	return &DB{write: db, read: db, watch: new(watch), dialect: postgresDialect()}, nil
}

// Over returns the database behind a pool that somebody else has opened, for tests
// that come between the store and its driver. The engine is one that
// [DB.Engine] returns.
func Over(db *sql.DB, engine string) *DB {
	d := postgresDialect()
	if engine == string(goose.DialectSQLite3) {
		d = sqliteDialect()
	}
	return &DB{write: db, read: db, watch: new(watch), dialect: d}
}

// walPages is how many pages of 4 KiB the log of SQLite has before they are written
// where they belong. A million heartbeats change the same pages again and again:
// the longer the log, the seldomer each of them is written twice. It is 64 MB.
const walPages = "16000"

// readers is how many read a SQLite file at the same time; the others wait. Each
// costs some memory and a file. The pool itself has no limit: a reader prepares its
// statements beside its transaction, and would wait for itself.
const readers = 24

func openSQLite(ctx context.Context, path string) (*DB, error) {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_pragma=journal_mode(wal)&_pragma=synchronous(full)"
	write, err := open(ctx, "sqlite", dsn+"&_txlock=immediate&_pragma=temp_store(memory)&_pragma=wal_autocheckpoint("+walPages+")")
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	read, err := open(ctx, "sqlite", dsn+"&_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxIdleConns(8)
	ready := &statements{db: read, all: map[string]*sql.Stmt{}}
	return &DB{write: write, read: read, ready: ready, seats: make(chan struct{}, readers), watch: new(watch), dialect: sqliteDialect()}, nil
}

func open(ctx context.Context, driver, dsn string) (*sql.DB, error) {
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", driver, err)
	}
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", driver, err), db.Close())
	}
	return db, nil
}

// Engine returns the name of the database system: "sqlite3" or "postgres".
func (db *DB) Engine() string { return string(db.name) }

// Close closes the database.
func (db *DB) Close() error {
	if db.read == db.write {
		return db.write.Close()
	}
	return errors.Join(db.ready.close(), db.read.Close(), db.write.Close())
}

// Tx is a transaction. All reads and writes go through one.
type Tx struct {
	tx    *sql.Tx
	ready *statements // nil: none are kept
	watch *watch
	dialect
	after []func()
}

// AfterCommit has f called once the transaction is committed, so that others can
// see what it did; not at all if it is undone.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

// Try runs f so that, if it fails, what f wrote is undone and the transaction goes on.
// What f hands to [Tx.AfterCommit] is called all the same.
func (tx *Tx) Try(ctx context.Context, f func() error) error {
	if _, err := tx.tx.ExecContext(ctx, "SAVEPOINT one"); err != nil {
		return err
	}
	failed := f()
	if failed != nil {
		if _, err := tx.tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT one"); err != nil {
			return errors.Join(failed, err)
		}
	}
	if _, err := tx.tx.ExecContext(ctx, "RELEASE SAVEPOINT one"); err != nil {
		return errors.Join(failed, err)
	}
	return failed
}

// tries is how often a transaction is begun that others get in the way of.
const tries = 4

// Tx runs f in a transaction, committing if f returns nil. If two transactions
// wait for each other and PostgreSQL undoes this one, it runs f again, so f must
// not mind.
func (db *DB) Tx(ctx context.Context, f func(*Tx) error) (err error) {
	for range tries {
		if err = run(ctx, db.write, nil, &Tx{dialect: db.dialect, watch: db.watch}, f); !inTheWay(err) {
			break
		}
	}
	return translate(err)
}

// Read runs f in a transaction that cannot write, and in which every query sees
// the data of the same moment: what is counted is what is listed. Within f nobody
// may call Read again: of many who do, each would wait for another.
func (db *DB) Read(ctx context.Context, f func(*Tx) error) error {
	if db.seats != nil {
		select {
		case db.seats <- struct{}{}:
			defer func() { <-db.seats }()
		case <-ctx.Done():
			return translate(fmt.Errorf("begin: %w", ctx.Err()))
		}
	}
	return translate(run(ctx, db.read, &sql.TxOptions{ReadOnly: true, Isolation: db.snapshot}, &Tx{dialect: db.dialect, ready: db.ready}, f))
}

func run(ctx context.Context, db *sql.DB, opts *sql.TxOptions, t *Tx, f func(*Tx) error) error {
	tx, err := db.BeginTx(ctx, opts)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // a no-op after Commit

	t.tx = tx
	if err := f(t); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	for _, then := range t.after {
		then()
	}
	return nil
}

// harmless returns args without what PostgreSQL refuses in a text, so that it
// finds nothing instead: both engines answer alike, and to be asked for nonsense
// is no fault of ours.
func harmless(args []any) []any {
	for i, v := range args {
		if s, ok := v.(string); ok && (strings.ContainsRune(s, 0) || !utf8.ValidString(s)) {
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
		}
	}
	return args
}

// exec runs a statement and returns how many rows it changed.
func (tx *Tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := tx.tx.ExecContext(ctx, query, harmless(args)...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// must runs a statement whose count of rows does not matter.
func (tx *Tx) must(ctx context.Context, query string, args ...any) error {
	_, err := tx.tx.ExecContext(ctx, query, harmless(args)...)
	return err
}

// count runs a query for one number.
func (tx *Tx) count(ctx context.Context, query string, args ...any) (n int, err error) {
	all, err := collect(ctx, tx, func(row scanner) (n int, err error) {
		err = row.Scan(&n)
		return n, err
	}, query, args...)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	return all[0], nil
}

type scanner interface{ Scan(dest ...any) error }

// collect runs a query and scans each row.
func collect[T any](ctx context.Context, tx *Tx, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()

	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// one runs a query for one row, or returns NotFound.
func one[T any](ctx context.Context, tx *Tx, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	all, err := collect(ctx, tx, scan, query, args...)
	if err == nil && len(all) == 0 {
		err = errNotFound()
	}
	if err != nil {
		var zero T
		return zero, err
	}
	return all[0], nil
}

// errNotFound is the one answer for what is not there and for what is out of
// reach.
func errNotFound() error { return plaza.Errorf(plaza.NotFound, "error.not_found") }
