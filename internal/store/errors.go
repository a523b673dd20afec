package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"github.com/connectplaza/plaza"
)

// translate turns what the engines say into plaza errors: what was violated, and
// that the database is away. It is called once, where a transaction ends.
func translate(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*plaza.Error](err); ok {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if away(err) { // first: a server that takes no connection says so with a code too
		return unavailable(err)
	}
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok {
		return fromPostgres(pe.Code, err)
	}
	if se, ok := errors.AsType[*sqlite.Error](err); ok {
		return fromSQLite(se.Code(), err)
	}
	return err
}

// fromPostgres translates SQLSTATE code, see PostgreSQL's appendix A.
func fromPostgres(code string, err error) error {
	switch {
	case code == "23505":
		return conflict(err)
	case code == "23503":
		return &plaza.Error{Kind: plaza.NotFound, Msg: plaza.T("error.not_found"), Err: err}
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "53"), strings.HasPrefix(code, "57P"),
		strings.HasPrefix(code, "58"), code == "25006", code == "40001", code == "40P01":
		return unavailable(err)
	}
	return err
}

// inTheWay reports whether another transaction was the reason that this one was
// undone, so that the same again may well succeed.
func inTheWay(err error) bool {
	pe, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pe.Code == "40001" || pe.Code == "40P01")
}

// fromSQLite translates an extended result code; its low byte is the primary one.
func fromSQLite(code int, err error) error {
	switch code {
	case 1555, 2067:
		return conflict(err)
	case 787:
		return &plaza.Error{Kind: plaza.NotFound, Msg: plaza.T("error.not_found"), Err: err}
	}
	switch code & 0xff {
	case 5, 6, 8, 10, 13, 14: // busy, locked, read-only, I/O, full, cannot open
		return unavailable(err)
	}
	return err
}

// away reports whether err says that no connection is to be had.
func away(err error) bool {
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, driver.ErrBadConn)
}

func conflict(err error) error {
	return &plaza.Error{Kind: plaza.Conflict, Msg: plaza.T("error.conflict"), Err: err}
}

func unavailable(err error) error {
	return &plaza.Error{Kind: plaza.Unavailable, Msg: plaza.T("error.unavailable"), Wait: retryAfter, Err: err}
}
