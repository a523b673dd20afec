package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/connectplaza/plaza"
)

// retryAfter is how long somebody should wait when the database is away.
const retryAfter = 5 * time.Second

// args are the arguments of a statement that is being put together.
type args []any

// add adds v and returns its placeholder.
func (a *args) add(v any) string {
	*a = append(*a, v)
	return "$" + strconv.Itoa(len(*a))
}

// in returns the condition that column is one of values.
func in[T ~string](a *args, column string, values []T) string {
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = a.add(string(v))
	}
	return column + " IN (" + strings.Join(marks, ", ") + ")"
}

// within returns the condition that the profile in column is in scope.
//
// A scope of one license holds no profile: what belongs to it is [args.withinLicense].
func (a *args) within(scope plaza.Scope, column string) string {
	switch {
	case scope.All():
		return "TRUE"
	case scope.License() != "":
		return "FALSE"
	}
	return column + " IN (SELECT profile_id FROM profile_tree WHERE ancestor_id = " + a.add(scope.Root()) + ")"
}

// owned returns the same condition, for a statement that finds its one row by ID, or some
// hundred by something else: the tree is asked whether this profile is in scope. Asked for
// all that are, SQLite looks for the row in each of them. column names its table, as the tree has one of that name.
func (a *args) owned(scope plaza.Scope, column string) string {
	if scope.All() || scope.License() != "" {
		return a.within(scope, column)
	}
	return "EXISTS (SELECT 1 FROM profile_tree own WHERE own.ancestor_id = " + a.add(scope.Root()) + " AND own.profile_id = " + column + ")"
}

// withinLicense returns the condition that what belongs to the profile and the
// license in the columns of table is in scope.
func (a *args) withinLicense(scope plaza.Scope, table string) string {
	if id := scope.License(); id != "" {
		return table + ".license_id = " + a.add(id)
	}
	return a.within(scope, table+".profile_id")
}

// like returns the condition that one of the columns, which are folded, holds
// text somewhere. Nothing is as long as longestSearch, and SQLite takes no pattern
// of any length.
func (a *args) like(text string, columns ...string) string {
	if utf8.RuneCountInString(text) > longestSearch {
		return "FALSE"
	}
	escape := strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)
	pattern := a.add("%" + escape.Replace(fold(text)) + "%")
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = c + " LIKE " + pattern + ` ESCAPE '\'`
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

const longestSearch = 500

// fold returns s as it is searched and sorted by.
func fold(s string) string { return strings.ToLower(s) }

// listing is a list of rows that can be sorted and leafed through.
type listing[T any] struct {
	args

	columns string // with those of scan
	from    string
	where   []string
	id      string            // column that tells rows apart
	texts   map[string]string // what to sort by: expression by name; never null
	times   map[string]string // the same, of those that are numbers
	first   string            // name of the sort if none is asked for; descending with a leading "-"
	scan    func(scanner) (T, error)
}

func (l *listing[T]) and(condition string) { l.where = append(l.where, condition) }

// cursor is a place between two rows.
type cursor struct {
	Key any    `json:"k"` // of the sort
	ID  string `json:"i"`
}

func (c cursor) String() string {
	b, err := json.Marshal(c)
	if err != nil { // a number or a string always can
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// parseCursor returns the place that s names in a list that is sorted by a
// number, or else by a text.
func parseCursor(s string, number bool) (cursor, error) {
	var c struct {
		Key json.RawMessage `json:"k"`
		ID  string          `json:"i"`
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	place := cursor{ID: c.ID}
	if number {
		var key *int64
		err = errors.Join(err, json.Unmarshal(c.Key, &key))
		place.Key = value(key)
	} else {
		var key *string
		err = errors.Join(err, json.Unmarshal(c.Key, &key))
		place.Key = value(key)
	}
	if err != nil || place.Key == nil || place.ID == "" {
		return place, &plaza.Error{Kind: plaza.Invalid, Msg: plaza.T("error.cursor"), Err: err}
	}
	return place, nil
}

// value returns what p points at; nil if that is nothing.
func value[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

// page returns the part of the list that p asks for. An unknown sort is Invalid,
// as is a cursor that no list gave out.
func (l *listing[T]) page(ctx context.Context, tx *Tx, p plaza.Page) (plaza.List[T], error) {
	var list plaza.List[T]
	if p.Order != nil {
		return list, l.note(ctx, tx, p)
	}
	if p.Only != nil {
		return l.only(ctx, tx, p)
	}
	where := strings.Join(l.where, " AND ")
	if list.Total = p.Total; list.Total == 0 {
		query := "SELECT count(*) FROM " + l.from + " WHERE " + where
		if p.Size < 0 && p.Most > 0 {
			query = "SELECT count(*) FROM (SELECT 1 FROM " + l.from + " WHERE " + where + " LIMIT " + l.add(p.Most+1) + ") AS counted"
		}
		total, err := tx.count(ctx, query, l.args...)
		if err != nil {
			return list, err
		}
		list.Total = total
	}
	if p.Size < 0 {
		return list, nil
	}

	key, desc, number, err := l.order(p)
	if err != nil {
		return list, err
	}
	backward := p.Before != ""
	if p.After != "" && backward {
		return list, plaza.Errorf(plaza.Invalid, "error.cursor")
	}
	if p.After == "" && !backward && list.Total == 0 {
		return list, nil
	}
	if p.After != "" || backward {
		c, err := parseCursor(p.After+p.Before, number)
		if err != nil {
			return list, err
		}
		sign := ">"
		if desc != backward {
			sign = "<"
		}
		where += " AND (" + key + ", " + l.id + ") " + sign + " (" + l.add(c.Key) + ", " + l.add(c.ID) + ")"
	}
	direction := " ASC"
	if desc != backward {
		direction = " DESC"
	}
	size := min(max(p.Size, 0), plaza.MaxPageSize)
	if size == 0 {
		size = plaza.PageSize
	}
	marks := make([]cursor, 0, size+1)
	query := "SELECT " + l.columns + ", " + key + ", " + l.id + " FROM " + l.from + " WHERE " + where +
		" ORDER BY " + key + direction + ", " + l.id + direction + " LIMIT " + l.add(size+1)
	rows, err := collect(ctx, tx, l.marking(&marks), query, l.args...)
	if err != nil {
		return list, err
	}
	more := len(rows) > size
	if more {
		rows, marks = rows[:size], marks[:size]
	}
	if backward {
		slices.Reverse(rows)
		slices.Reverse(marks)
	}
	list.Rows = rows
	if len(rows) > 0 {
		if more || backward {
			list.Next = marks[len(marks)-1].String()
		}
		if p.After != "" || (backward && more) {
			list.Prev = marks[0].String()
		}
	}
	return list, nil
}

// opaque returns the condition that all of the list's hold, so that no engine looks for
// rows by one of them.
func (l *listing[T]) opaque() string {
	return "CASE WHEN " + strings.Join(l.where, " AND ") + " THEN 1 ELSE 0 END = 1"
}

// manyRows is from how many rows on it takes less time to read a table from one end to the
// other than to look for each of them.
const manyRows = 50_000

// note notes which rows the list has, in the order that p asks for.
func (l *listing[T]) note(ctx context.Context, tx *Tx, p plaza.Page) error {
	key, desc, _, err := l.order(p)
	if err != nil {
		return err
	}
	where, direction := strings.Join(l.where, " AND "), " ASC"
	if p.Total > manyRows {
		where = l.opaque()
	}
	if desc {
		direction = " DESC"
	}
	rows, err := tx.query(ctx, "SELECT "+l.id+" FROM "+l.from+" WHERE "+where+" ORDER BY "+key+direction+", "+l.id+direction, l.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var id string
	for rows.Next() {
		if err := rows.Scan(&id); err != nil {
			return err
		}
		p.Order.Add(id)
	}
	return rows.Err()
}

// only returns those of the rows that have the IDs that p names, in that order. They are
// looked up by their IDs, whatever else there is to find them by: hence the CROSS JOIN,
// which SQLite never turns around.
func (l *listing[T]) only(ctx context.Context, tx *Tx, p plaza.Page) (list plaza.List[T], err error) {
	ids, err := json.Marshal(p.Only)
	if err != nil {
		return list, fmt.Errorf("encode which rows: %w", err)
	}
	marks := make([]cursor, 0, len(p.Only))
	query := "SELECT " + l.columns + ", '', " + l.id + " FROM " + tx.each(l.add(string(ids))) + " CROSS JOIN " + l.from +
		" WHERE " + l.id + " = chosen.chosen_id AND " + l.opaque()
	rows, err := collect(ctx, tx, l.marking(&marks), query, l.args...)
	if err != nil {
		return list, err
	}
	place := make(map[string]int, len(rows))
	for i, m := range marks {
		place[m.ID] = i
	}
	list.Rows = make([]T, 0, len(rows))
	for _, id := range p.Only {
		if i, ok := place[id]; ok {
			list.Rows = append(list.Rows, rows[i])
		}
	}
	list.Total = len(list.Rows)
	return list, nil
}

// order returns the expression to sort by, whether descending, and whether it is
// a number.
func (l *listing[T]) order(p plaza.Page) (key string, desc, number bool, err error) {
	name, desc := p.Sort, p.Desc
	if name == "" {
		name, desc = strings.CutPrefix(l.first, "-")
	}
	if key, ok := l.texts[name]; ok {
		return key, desc, false, nil
	}
	if key, ok := l.times[name]; ok {
		return key, desc, true, nil
	}
	return "", false, false, plaza.Errorf(plaza.Invalid, "error.sort")
}

// marking returns a scan that also notes the place of each row.
func (l *listing[T]) marking(marks *[]cursor) func(scanner) (T, error) {
	return func(row scanner) (T, error) {
		var c cursor
		v, err := l.scan(wider{row, []any{&c.Key, &c.ID}})
		if b, ok := c.Key.([]byte); ok {
			c.Key = string(b)
		}
		*marks = append(*marks, c)
		return v, err
	}
}

// wider is a row with columns that its scan function knows nothing of.
type wider struct {
	scanner
	more []any
}

func (w wider) Scan(dest ...any) error { return w.scanner.Scan(append(dest, w.more...)...) }

// when returns t as it is kept: null if it is zero.
func when(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// at is where a time is scanned into; null makes it zero.
func at(t *time.Time) *stamp { return &stamp{t} }

type stamp struct{ t *time.Time }

// Scan implements sql.Scanner.
func (s *stamp) Scan(src any) error {
	*s.t = time.Time{}
	if n, ok := src.(int64); ok {
		*s.t = time.UnixMicro(n).UTC()
	}
	return nil
}
