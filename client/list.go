package client

import (
	"context"
	"iter"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Page says which part of a list is wanted, and in which order.
type Page struct {
	Sort   string // by what; with - before it from the end; empty: as the server thinks best
	Limit  int    // 1 to 200; 0: 50
	After  string // Next of the page before
	Before string // Prev of the page after
}

// List is a part of a list.
type List[T any] struct {
	Data  []T    `json:"data"`
	Total int    `json:"total"` // on all pages
	Next  string `json:"next"`  // empty on the last page
	Prev  string `json:"prev"`  // empty on the first page
}

// Ref names a thing.
type Ref struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Each returns everything that is in a list, such as c.Licenses, from p on: it reads page
// after page as it goes. The first error is the last thing that it returns.
func Each[F, T any](ctx context.Context, list func(context.Context, F, Page) (List[T], error), f F, p Page) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			l, err := list(ctx, f, p)
			if err != nil {
				yield(*new(T), err)
				return
			}
			for _, one := range l.Data {
				if !yield(one, nil) {
					return
				}
			}
			if l.Next == "" {
				return
			}
			p.After, p.Before = l.Next, ""
		}
	}
}

// query is the part of an address that says what is wanted of a list.
type query struct{ url.Values }

// where returns the query for a page.
func (p Page) where() query {
	q := query{url.Values{}}
	q.text("sort", p.Sort)
	q.text("after", p.After)
	q.text("before", p.Before)
	if p.Limit > 0 {
		q.Set("limit", strconv.Itoa(p.Limit))
	}
	return q
}

func (q query) text(name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}

func (q query) time(name string, t time.Time) {
	if !t.IsZero() {
		q.Set(name, t.UTC().Format(time.RFC3339Nano))
	}
}

// filterWords keeps what is called one of words by name.
func filterWords[T ~string](q query, name string, words []T) {
	if len(words) == 0 {
		return
	}
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	q.Set("filter["+name+"]", strings.Join(all, ","))
}
