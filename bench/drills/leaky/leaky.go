// Package leaky opens a database so that a lock is left out beneath Plaza, which knows
// nothing of it: it shows what a drill finds where there is something to find.
package leaky

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // registers "sqlite"

	"github.com/connectplaza/plaza/internal/store"
)

// Rows are the words with which PostgreSQL locks rows.
const Rows = " FOR NO KEY UPDATE"

// Open opens the database at address without a lock: PostgreSQL is not asked for it
// by the words, and SQLite, which has but the lock of its transactions, is given none.
func Open(address, words string) (db *sql.DB, engine string, err error) {
	if store.IsPostgres(address) {
		db = sql.OpenDB(connector{address, stdlib.GetDefaultDriver(), words, false})
		db.SetMaxOpenConns(24)
		db.SetMaxIdleConns(24)
		return db, "postgres", nil
	}
	plain, err := sql.Open("sqlite", address)
	if err != nil {
		return nil, "", err
	}
	db = sql.OpenDB(connector{"file:" + address + "?_pragma=busy_timeout(60000)&_pragma=journal_mode(wal)&_pragma=synchronous(off)", plain.Driver(), "", true})
	db.SetMaxOpenConns(8)
	return db, "sqlite3", plain.Close()
}

type connector struct {
	address string
	driver  driver.Driver
	words   string // that are left out; none: all stay
	bare    bool   // without transactions
}

// Connect opens a connection.
func (c connector) Connect(context.Context) (driver.Conn, error) {
	inner, err := c.driver.Open(c.address)
	return &conn{inner, c.words, c.bare}, err
}

// Driver returns the driver beneath.
func (c connector) Driver() driver.Driver { return c.driver }

// conn leaves out what locks.
type conn struct {
	driver.Conn

	words string
	bare  bool
}

func (c *conn) forget(query string) string {
	if c.words == "" {
		return query
	}
	return strings.ReplaceAll(query, c.words, "")
}

type noTx struct{}

// Commit does nothing.
func (noTx) Commit() error { return nil }

// Rollback does nothing.
func (noTx) Rollback() error { return nil }

// BeginTx begins a transaction, or pretends to.
func (c *conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if c.bare {
		return noTx{}, nil
	}
	if inner, ok := c.Conn.(driver.ConnBeginTx); ok {
		return inner.BeginTx(ctx, o)
	}
	return nil, errors.ErrUnsupported
}

// QueryContext asks without a lock.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if inner, ok := c.Conn.(driver.QueryerContext); ok {
		return inner.QueryContext(ctx, c.forget(query), args)
	}
	return nil, driver.ErrSkip
}

// ExecContext changes something.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if inner, ok := c.Conn.(driver.ExecerContext); ok {
		return inner.ExecContext(ctx, c.forget(query), args)
	}
	return nil, driver.ErrSkip
}

// CheckNamedValue leaves it to the driver beneath.
func (c *conn) CheckNamedValue(v *driver.NamedValue) error {
	if inner, ok := c.Conn.(driver.NamedValueChecker); ok {
		return inner.CheckNamedValue(v)
	}
	return driver.ErrSkip
}
