package store

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
)

// valuesAtOnce is how many values one statement writes at most. More make it no faster, and
// neither engine takes any number.
const valuesAtOnce = 4000

// insert adds many rows, some hundred with one statement: into is the table with its
// columns, and row what stands for each, with a question mark for each of its values.
func (tx *Tx) insert(ctx context.Context, into, row string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	for some := range slices.Chunk(rows, max(1, valuesAtOnce/max(1, len(rows[0])))) {
		values := make([]any, 0, len(some)*len(some[0]))
		for _, r := range some {
			values = append(values, r...)
		}
		if err := tx.run(ctx, tx.inserting(into, row, len(some)), len(rows) > 1, harmless(values)); err != nil {
			return err
		}
	}
	return nil
}

// run runs a statement that will be run again, if there is much to do. PostgreSQL's driver
// knows by itself what it has run before.
func (tx *Tx) run(ctx context.Context, query string, again bool, values []any) error {
	if !again || tx.forUpdate != "" {
		_, err := tx.tx.ExecContext(ctx, query, values...)
		return err
	}
	s, err := tx.prepared(ctx, query) //nolint:sqlclosecheck // it is closed with the transaction
	if err == nil {
		_, err = s.ExecContext(ctx, values...)
	}
	return err
}

// inserting returns the statement that adds so many rows.
func (tx *Tx) inserting(into, row string, count int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + into + " VALUES ")
	parts, number := strings.Split(row, "?"), 0
	for i := range count {
		if i > 0 {
			b.WriteString(", ")
		}
		for j, part := range parts {
			if b.WriteString(part); j == len(parts)-1 {
				break
			}
			number++
			b.WriteString(tx.mark(number))
		}
	}
	return b.String()
}

// prepared returns a statement that is read once in a transaction, however often it is
// run.
func (tx *Tx) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := tx.again[query]; s != nil {
		return s, nil
	}
	s, err := tx.tx.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if tx.again == nil {
		tx.again = map[string]*sql.Stmt{}
	}
	tx.again[query] = s
	return s, nil
}

// marks returns a row of so many question marks.
func marks(count int) string {
	return "(?" + strings.Repeat(", ?", count-1) + ")"
}

// numbered is how PostgreSQL names the value at i, from 1.
func numbered(i int) string { return "$" + strconv.Itoa(i) }
