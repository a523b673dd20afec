package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/connectplaza/plaza"
)

const imports = "/imports"

// Import is a file with rows of what is to be made: all of them, or none.
type Import struct {
	ID        string            `json:"id"`
	Kind      plaza.ImportKind  `json:"kind"`
	State     plaza.ImportState `json:"state"`
	File      string            `json:"file"` // what it was called
	By        Ref               `json:"by"`   // the login that sent it
	Mine      bool              `json:"mine"` // this token sent it, and can go on with it
	Headings  []string          `json:"headings"`
	Columns   []ImportColumn    `json:"columns"` // what they hold, as far as that is known
	Rows      int               `json:"rows"`
	Done      int               `json:"done"`    // rows that were tried so far, or made
	Bad       int               `json:"bad"`     // of these, what cannot be made
	Problem   string            `json:"problem"` // why it does not go on; empty: it does
	CreatedAt time.Time         `json:"created_at"`
	ChangedAt time.Time         `json:"changed_at"` // its state
}

// ImportColumn says which column of a file, from 0, holds which field.
type ImportColumn struct {
	Field  string `json:"field"`
	Column int    `json:"column"`
}

// FaultyRow is a row that cannot be made, as a spreadsheet counts them.
type FaultyRow struct {
	Row      int          `json:"row"`
	Cells    []string     `json:"cells"`
	Problems []RowProblem `json:"problems"`
}

// RowProblem is why a row cannot be made.
type RowProblem struct {
	Field  string `json:"field"` // empty: it is about the whole row
	Value  string `json:"value"`
	Detail string `json:"detail"`
}

// ImportFilter chooses imports: there is nothing to choose by yet.
type ImportFilter struct{}

// Imports returns the imports of one's own profile.
func (c *Client) Imports(ctx context.Context, _ ImportFilter, p Page) (List[Import], error) {
	return thing[List[Import]](ctx, c, reading(imports, p.where().Values))
}

// Import returns an import.
func (c *Client) Import(ctx context.Context, id string) (Import, error) {
	return thing[Import](ctx, c, reading(at(imports, id), nil))
}

// SendImport sends a file with a name of what is to be made, CSV or Excel, which it reads as a
// whole. Nothing is made of it yet.
func (c *Client) SendImport(ctx context.Context, kind plaza.ImportKind, name string, file io.Reader) (Import, error) {
	content, err := io.ReadAll(file)
	if err != nil {
		return Import{}, err
	}
	q := query{url.Values{}}
	q.text("kind", string(kind))
	q.text("file", name)
	return thing[Import](ctx, c, call{method: http.MethodPost, path: imports, query: q.Values, file: content})
}

// FaultyRows returns the rows of an import that cannot be made.
func (c *Client) FaultyRows(ctx context.Context, id string, p Page) (List[FaultyRow], error) {
	return thing[List[FaultyRow]](ctx, c, reading(at(imports, id, "faulty-rows"), p.where().Values))
}

// CheckImport begins to try each row; without columns, with those that are known.
func (c *Client) CheckImport(ctx context.Context, id string, columns []ImportColumn) (Import, error) {
	return thing[Import](ctx, c, making(at(imports, id, "check"), struct {
		Columns []ImportColumn `json:"columns,omitempty"`
	}{columns}))
}

// ApplyImport begins to make all of an import that is ready.
func (c *Client) ApplyImport(ctx context.Context, id string) (Import, error) {
	return thing[Import](ctx, c, making(at(imports, id, "apply"), nil))
}

// DiscardImport deletes the rows of an import.
func (c *Client) DiscardImport(ctx context.Context, id string) (Import, error) {
	return thing[Import](ctx, c, making(at(imports, id, "discard"), nil))
}

// FinishImport waits until an import is worked on no more, and returns it as it is then. It
// calls progress, which may be nil, each time it has looked.
func (c *Client) FinishImport(ctx context.Context, id string, progress func(Import)) (Import, error) {
	for {
		i, err := c.Import(ctx, id)
		if err != nil {
			return i, err
		}
		if progress != nil {
			progress(i)
		}
		if !i.State.Works() {
			return i, nil
		}
		if err := c.wait(ctx, time.Second); err != nil {
			return i, err
		}
	}
}
