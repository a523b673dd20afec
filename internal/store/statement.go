package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// statements are the prepared ones of SQLite's readers, by their text: preparing
// one anew takes about as long as running it. PostgreSQL's driver keeps its own.
type statements struct {
	db *sql.DB

	mu  sync.Mutex
	all map[string]*sql.Stmt
}

// enoughStatements is how many are kept: there are as many texts as there are
// queries, times the ways in which lists are filtered and sorted.
const enoughStatements = 500

// of returns the statement of query, or nil if it is not kept.
func (s *statements) of(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stmt := s.all[query]; stmt != nil || len(s.all) >= enoughStatements {
		return stmt, nil
	}
	stmt, err := s.db.PrepareContext(ctx, query) //nolint:sqlclosecheck // close does
	if err == nil {
		s.all[query] = stmt
	}
	return stmt, err
}

func (s *statements) close() (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, stmt := range s.all {
		err = errors.Join(err, stmt.Close())
	}
	return err
}

// query runs a query, prepared before where such are kept.
func (tx *Tx) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	args = harmless(args)
	if tx.ready == nil {
		return tx.tx.QueryContext(ctx, query, args...)
	}
	stmt, err := tx.ready.of(ctx, query)
	if err != nil {
		return nil, err
	}
	if stmt == nil {
		return tx.tx.QueryContext(ctx, query, args...)
	}
	return tx.tx.StmtContext(ctx, stmt).QueryContext(ctx, args...) //nolint:sqlclosecheck // ends with the transaction
}

// Analyze counts what is where, so that queries are planned well: for a database
// that was filled in one go. PostgreSQL does it by itself, but only in time. SQLite
// plans as well without, and with it would plan each prepared statement anew
// whenever a value is bound to it.
func (tx *Tx) Analyze(ctx context.Context) error {
	if tx.analyze == "" {
		return nil
	}
	return tx.must(ctx, tx.analyze)
}
