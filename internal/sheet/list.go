package sheet

import (
	"context"
	"os"
	"slices"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// column is a column of a list of T.
type column[T any] struct {
	name string // as programs know it; never changes
	of   func(v *View, row T) Value
}

// paged is a list that comes in pages.
type paged[T any] struct {
	may     plaza.Verb
	read    func(ctx context.Context, a *app.App, v *View, p plaza.Page) (plaza.List[T], error)
	columns []column[T]
}

func (l paged[T]) verb() plaza.Verb { return l.may }

func (l paged[T]) names() []string { return namesOf(l.columns) }

func namesOf[T any](columns []column[T]) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return names
}

func (l paged[T]) count(ctx context.Context, a *app.App, v *View, most int) (int, error) {
	p := v.page()
	p.Size, p.Most = -1, most // a row would be found by sorting all
	some, err := l.read(ctx, a, v, p)
	return some.Total, err
}

// atOnce is how many rows are read together, and ahead how many of these parts are while
// one is written. From storeFrom rows on, which these are stands in a file.
const (
	atOnce    = 1000
	ahead     = 2
	storeFrom = 50_000
)

// part is what was read of a list.
type part[T any] struct {
	rows []T
	err  error
}

// each notes which rows there are, in their order, and reads them in parts: a list that
// is long is sorted once, and two parts are read while one is written.
func (l paged[T]) each(ctx context.Context, a *app.App, v *View, total int, row func([]Value) error, told func(total int) error) error {
	p := v.page()
	p.Order, p.Total = new(plaza.Order), total
	if total > storeFrom {
		if f, err := os.CreateTemp("", "plaza-export-"); err == nil { // or else it takes memory
			defer func() { _, _ = f.Close(), os.Remove(f.Name()) }()
			p.Order.StoreIn(f)
		}
	}
	if _, err := l.read(ctx, a, v, p); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	parts := make(chan chan part[T], ahead-1)
	go func() {
		defer close(parts)
		for from := 0; from < p.Order.Len(); from += atOnce {
			one := make(chan part[T], 1)
			select {
			case parts <- one:
			case <-ctx.Done():
				return
			}
			only := v.page()
			only.Only = p.Order.IDs(from, min(from+atOnce, p.Order.Len()))
			if err := p.Order.Err(); err != nil {
				one <- part[T]{nil, err}
				return
			}
			go func() {
				some, err := l.read(ctx, a, v, only)
				one <- part[T]{some.Rows, err}
			}()
		}
	}()
	for one := range parts {
		got := <-one
		if got.err != nil {
			return got.err
		}
		if err := l.write(v, got.rows, row); err != nil {
			return err
		}
		if err := told(p.Order.Len()); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (l paged[T]) write(v *View, rows []T, row func([]Value) error) error {
	values := make([]Value, len(l.columns))
	for _, r := range rows {
		for i, c := range l.columns {
			values[i] = c.of(v, r)
		}
		if err := row(values); err != nil {
			return err
		}
	}
	return nil
}

// whole is a list that comes in one piece.
type whole[T any] struct {
	may     plaza.Verb
	read    func(ctx context.Context, a *app.App, v *View) ([]T, error)
	columns []column[T]
}

func (l whole[T]) verb() plaza.Verb { return l.may }

func (l whole[T]) names() []string { return namesOf(l.columns) }

func (l whole[T]) count(ctx context.Context, a *app.App, v *View, _ int) (int, error) {
	all, err := l.read(ctx, a, v)
	return len(all), err
}

func (l whole[T]) each(ctx context.Context, a *app.App, v *View, _ int, row func([]Value) error, told func(total int) error) error {
	all, err := l.read(ctx, a, v)
	if err != nil {
		return err
	}
	if err := (paged[T]{columns: slices.Clone(l.columns)}).write(v, all, row); err != nil {
		return err
	}
	return told(len(all))
}
