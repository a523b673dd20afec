package matrixtest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"

	"github.com/connectplaza/plaza/internal/store"
)

// engine is a database that a store works on over a single connection. Around a
// cell it holds a transaction open, so that everything the cell does can be undone,
// however often the store commits. It hears every statement, and can take a scope
// out of it on the way.
type engine struct {
	name  string // as [store.DB.Engine] has it
	conn  connection
	depth int // of transactions within each other

	wrote map[string]bool    // tables written to since the cell began; true if by more than new rows
	heard func(scope)        // told of each scope that a statement holds
	drop  func(s scope) bool // whether a statement loses s

	unknown map[string]bool // methods with a statement about the tree of which it is not known what it is for
}

// connection is what both drivers' connections can do.
type connection interface {
	driver.Conn
	driver.ExecerContext
	driver.QueryerContext
}

// open returns the database at an address as an engine and the store on it.
func open(t *testing.T, address string) (*engine, *store.DB) {
	t.Helper()
	e := &engine{
		name: "sqlite3", wrote: map[string]bool{}, unknown: map[string]bool{},
		heard: func(scope) {}, drop: func(scope) bool { return false },
	}
	dialer, name := driver.Driver(&sqlite.Driver{}), "file:"+address+"?_pragma=foreign_keys(1)&_pragma=synchronous(off)"
	if store.IsPostgres(address) {
		e.name, dialer, name = "postgres", stdlib.GetDefaultDriver(), address
	}
	conn, err := dialer.Open(name)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	both, ok := conn.(connection)
	if !ok {
		t.Fatalf("%T cannot do what is needed", conn)
	}
	e.conn = both
	pool := sql.OpenDB(connector{e}) //nolint:forbidigo // it comes between the store and its driver
	t.Cleanup(func() { _ = pool.Close() })
	return e, store.Over(pool, e.name)
}

// cell runs f and undoes what it did.
func (e *engine) cell(t *testing.T, f func()) {
	t.Helper()
	e.wrote = map[string]bool{}
	must(t, e.run("BEGIN"))
	e.depth = 1
	f()
	if e.depth != 1 {
		t.Fatalf("%d transactions were left open", e.depth-1)
	}
	must(t, e.run("ROLLBACK"))
	e.depth = 0
}

// run runs a statement, past everything.
func (e *engine) run(statement string) error {
	_, err := e.conn.ExecContext(context.Background(), statement, nil)
	return err
}

// rows returns what a query gives, past everything: each row by the names of its
// columns.
func (e *engine) rows(t *testing.T, query string) (all []row) {
	t.Helper()
	rows, err := e.conn.QueryContext(t.Context(), query, nil)
	must(t, err)
	defer rows.Close()
	columns := rows.Columns()
	for {
		into := make([]driver.Value, len(columns))
		if err := rows.Next(into); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		r := row{}
		for i, name := range columns {
			r[name] = text(into[i])
		}
		all = append(all, r)
	}
}

// row is a row of a table, as text.
type row map[string]string

func text(v driver.Value) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []byte:
		return string(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case bool:
		return strconv.FormatBool(v)
	}
	return "?"
}

// statement returns query as it is to be run, and notes what it is.
func (e *engine) statement(query string) string {
	if m := writes.FindStringSubmatch(query); m != nil {
		e.wrote[m[2]] = e.wrote[m[2]] || m[1] != "INSERT INTO"
	}
	if !strings.Contains(query, "ancestor_id") {
		return query
	}
	verb := strings.Fields(query)[0]
	method, rest := caller(), query
	for _, p := range places {
		rest = p.pattern.ReplaceAllString(rest, "")
		query = p.pattern.ReplaceAllStringFunc(query, func(found string) string {
			s := scope{method, verb, p.pattern.ReplaceAllString(found, p.column)}
			e.heard(s)
			if !e.drop(s) {
				return found
			}
			return p.pattern.ReplaceAllString(found, p.without)
		})
	}
	if strings.Contains(rest, "ancestor_id") && !unscoped[method] {
		e.unknown[method] = true
	}
	return query
}

// unscoped are the methods that ask for profile_tree for another reason than to
// keep within it: they make it, climb it, or count what is below one that they found.
var unscoped = map[string]bool{
	"InsertProfile": true, "Above": true, "SetProfileHalt": true, "Plans": true, "PlanFor": true, "HoldAllowances": true, "AllowancesAbove": true, "AllowancesBelow": true,
	"Allowance": true, "Allowances": true, "ExpiryRules": true, "FirstApprover": true, "MoveProfile": true, "Height": true, "MoveLoad": true, "MoveEnds": true, "LapseConsents": true, "AllowancesOf": true, "HoldAllowancesAbove": true, "AuditEvents": true, "SealedEvents": true, "WebhooksAbove": true, "ForgetDeliveries": true,
	"InsertProfiles": true, "NotOffered": true, "AllowancesCounting": true,
	"MovePlaces": true, "BilledFor": true, "UntoldOfStatement": true, "ForgetLicenseBilling": true, "TermsFromBeyond": true, "Facts": true, "Places": true, "Running": true, "Formers": true,
	"FactorWanted": true, "FactorWantedAbove": true, // whoever above a profile said something of it
	"Token": true, "Tokens": true, "BearerByDigest": true, "TokenStands": true, "ExpiringTokens": true, // what they reach is below their own profile
}

// writes finds what a statement does to which table.
var writes = regexp.MustCompile(`^\s*(INSERT INTO|UPDATE|DELETE FROM) (\w+)`)

// scope is one place where a statement says which profiles it is about.
type scope struct {
	method string // of [store.Tx]
	verb   string // SELECT, UPDATE or DELETE
	column string // what must be within
}

func (s scope) String() string { return s.method + " " + s.verb + " " + s.column }

// places are the shapes a scope has in SQL, and what stands there without it: any
// profile is as good as those that were meant. The parameter has to stay.
var places = []struct {
	pattern         *regexp.Regexp
	column, without string
}{
	{
		regexp.MustCompile(`([\w.]+) IN \(SELECT profile_id FROM profile_tree WHERE ancestor_id = (\$\d+)\)`),
		"$1", "($0 OR TRUE)",
	},
	{
		regexp.MustCompile(`(\w+)\.ancestor_id = (\$\d+)( AND \w+\.profile_id = ([\w.]+))?`),
		"$1 $4", "$1.ancestor_id = $1.profile_id AND $2 = $2$3",
	},
	{
		regexp.MustCompile(`t\.ancestor_id = actor\.profile_id AND t\.profile_id = p\.id AND t\.depth > 0`),
		"p.id below actor.profile_id", "t.ancestor_id = p.id AND t.profile_id = p.id",
	},
}

// caller returns the method of [store.Tx] whose statement is being run.
func caller() string {
	const method = "internal/store.(*Tx)."
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		frame, more := frames.Next()
		if _, name, ok := strings.Cut(frame.Function, method); ok && name[0] < 'a' {
			return name
		}
		if !more {
			return "?"
		}
	}
}

// connector hands the engine out as if it were many connections.
type connector struct{ e *engine }

func (c connector) Connect(context.Context) (driver.Conn, error) { return shared(c), nil }
func (c connector) Driver() driver.Driver                        { return nil }

type shared struct{ e *engine }

func (s shared) Close() error { return nil }
func (s shared) Begin() (driver.Tx, error) {
	return s.BeginTx(context.Background(), driver.TxOptions{})
}
func (s shared) Prepare(query string) (driver.Stmt, error) { return prepared{s, query}, nil }

// prepared is a statement that is run anew each time.
type prepared struct {
	shared

	query string
}

func (prepared) NumInput() int { return -1 }

func (prepared) Exec([]driver.Value) (driver.Result, error) { return nil, errors.ErrUnsupported }

func (prepared) Query([]driver.Value) (driver.Rows, error) { return nil, errors.ErrUnsupported }

func (p prepared) ExecContext(ctx context.Context, values []driver.NamedValue) (driver.Result, error) {
	return p.shared.ExecContext(ctx, p.query, values)
}

func (p prepared) QueryContext(ctx context.Context, values []driver.NamedValue) (driver.Rows, error) {
	return p.shared.QueryContext(ctx, p.query, values)
}

func (s shared) CheckNamedValue(v *driver.NamedValue) error {
	if c, ok := s.e.conn.(driver.NamedValueChecker); ok {
		return c.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (s shared) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return s.e.conn.ExecContext(ctx, s.e.statement(query), args)
}

func (s shared) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return s.e.conn.QueryContext(ctx, s.e.statement(query), args)
}

// BeginTx begins a transaction; within another one, that is a savepoint.
func (s shared) BeginTx(context.Context, driver.TxOptions) (driver.Tx, error) {
	begin := "BEGIN"
	if s.e.depth > 0 {
		begin = "SAVEPOINT " + s.e.point()
	}
	if err := s.e.run(begin); err != nil {
		return nil, err
	}
	s.e.depth++
	return s, nil
}

func (e *engine) point() string { return "level" + strconv.Itoa(e.depth) }

func (s shared) Commit() error {
	s.e.depth--
	if s.e.depth > 0 {
		return s.e.run("RELEASE " + s.e.point())
	}
	return s.e.run("COMMIT")
}

func (s shared) Rollback() error {
	s.e.depth--
	if s.e.depth > 0 {
		return errors.Join(s.e.run("ROLLBACK TO "+s.e.point()), s.e.run("RELEASE "+s.e.point()))
	}
	return s.e.run("ROLLBACK")
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
