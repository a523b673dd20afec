package main

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

// leaky opens the database at address so that nobody who counts what a license
// allows keeps others from it: PostgreSQL is not asked to lock a row, and SQLite,
// which has but the lock of its transactions, is given none. It is the drill's
// control; Plaza itself knows nothing of it.
func leaky(address string) (db *sql.DB, engine string, err error) {
	if store.IsPostgres(address) {
		db = sql.OpenDB(connector{address, stdlib.GetDefaultDriver(), false})
		db.SetMaxOpenConns(24)
		return db, "postgres", nil
	}
	plain, err := sql.Open("sqlite", address)
	if err != nil {
		return nil, "", err
	}
	db = sql.OpenDB(connector{"file:" + address + "?_pragma=busy_timeout(60000)&_pragma=journal_mode(wal)&_pragma=synchronous(off)", plain.Driver(), true})
	db.SetMaxOpenConns(8)
	return db, "sqlite3", plain.Close()
}

type connector struct {
	address string
	driver  driver.Driver
	bare    bool // without transactions
}

// Connect opens a connection.
func (c connector) Connect(context.Context) (driver.Conn, error) {
	inner, err := c.driver.Open(c.address)
	return &conn{inner, c.bare}, err
}

// Driver returns the driver beneath.
func (c connector) Driver() driver.Driver { return c.driver }

// conn leaves out what locks a license.
type conn struct {
	driver.Conn

	bare bool
}

func forget(query string) string { return strings.ReplaceAll(query, " FOR NO KEY UPDATE", "") }

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
		return inner.QueryContext(ctx, forget(query), args)
	}
	return nil, driver.ErrSkip
}

// ExecContext changes something.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if inner, ok := c.Conn.(driver.ExecerContext); ok {
		return inner.ExecContext(ctx, query, args)
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
