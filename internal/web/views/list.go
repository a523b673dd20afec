package views

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/connectplaza/plaza"
)

// Listing is the address of a list, from which the addresses of its other pages,
// orders and filters are made.
type Listing struct {
	Path  string
	Query url.Values
	Keep  string   // a parameter that does not filter but says which list this is
	Own   []string // the parameters that filter, where another list is on the page; nil: all do

	Export plaza.ExportList // under which name it can be taken along; empty: it cannot
	Of     []string         // what chooses its rows besides its address: a parameter and its value, in turn
}

// Exported returns l as a list that can be taken along. What chooses its rows besides its
// address are pairs of a parameter and its value.
func (l Listing) Exported(as plaza.ExportList, of ...string) Listing {
	l.Export, l.Of = as, of
	return l
}

// exported returns what the rows of l are filtered and sorted by, wherever they begin.
func (l Listing) exported() string {
	q := url.Values{}
	for name, values := range l.Query {
		if name != "after" && name != "before" && strings.Join(values, "") != "" {
			q[name] = values
		}
	}
	for i := 0; i+1 < len(l.Of); i += 2 {
		q.Set(l.Of[i], l.Of[i+1])
	}
	return q.Encode()
}

// with returns the address with a parameter set, from the first page on; an
// empty value takes the parameter away.
func (l Listing) with(name, value string) string {
	q := maps.Clone(l.Query)
	if q == nil {
		q = url.Values{}
	}
	q.Del("after")
	q.Del("before")
	if value == "" {
		q.Del(name)
	} else {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return l.Path
	}
	return l.Path + "?" + q.Encode()
}

// page returns the address of the page after or before a cursor.
func (l Listing) page(direction, cursor string) string {
	return l.with(direction, cursor)
}

// clear returns the address without anything that filters.
func (l Listing) clear() string {
	if l.Own != nil {
		q := maps.Clone(l.Query)
		maps.DeleteFunc(q, func(name string, _ []string) bool { return slices.Contains(l.Own, name) })
		return Listing{Path: l.Path, Query: q}.with("", "")
	}
	return Listing{Path: l.Path}.with(l.Keep, l.Query.Get(l.Keep))
}

// sorted returns how the list is sorted by a column: "", "ascending" or
// "descending". first is the list's own order.
func (l Listing) sorted(column, first string) string {
	by := l.Query.Get("sort")
	if by == "" {
		by = first
	}
	switch name, desc := strings.CutPrefix(by, "-"); {
	case name != column:
		return ""
	case desc:
		return "descending"
	}
	return "ascending"
}

// sort returns the address that sorts by a column, the other way if it is sorted
// by it already.
func (l Listing) sort(column, first string) string {
	if l.sorted(column, first) == "ascending" {
		return l.with("sort", "-"+column)
	}
	return l.with("sort", column)
}

// Filtered reports whether the address filters at all.
func (l Listing) Filtered() bool {
	for name := range l.Query {
		if l.Own != nil && !slices.Contains(l.Own, name) {
			continue
		}
		if name != "sort" && name != "after" && name != "before" && name != l.Keep {
			return true
		}
	}
	return false
}

// filter is one thing to filter a list by.
type filter struct {
	Name    string // of the parameter
	Label   string
	Value   string // that is chosen, as a person reads it; empty: none
	Choices []choice
}
