package api

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

// Pick is the part of a request that says which members an answer has.
type Pick struct {
	Fields string `query:"fields" doc:"Members that the answer is to have, separated by commas; without it, all of them. Then members are missing that are always there otherwise" example:"id,name"`
}

// Leaf is the part of a request that says which page of a list it is for. The order is a
// parameter of each list, which knows by what it can be sorted.
type Leaf struct {
	Pick

	Limit  int    `query:"limit"  minimum:"1" maximum:"200" default:"50" doc:"Things on a page"`
	After  string `query:"after"  doc:"The page after this place: next of the page before"`
	Before string `query:"before" doc:"The page before this place: prev of the page after"`
}

// page returns which page of a list l is for, in an order.
func (l Leaf) page(sort string) plaza.Page {
	name, desc := strings.CutPrefix(sort, "-")
	return plaza.Page{Sort: name, Desc: desc, After: l.After, Before: l.Before, Size: l.Limit}
}

// list is a page of a list on the wire.
type list[T any] struct {
	Data  []T    `json:"data"  doc:"The things on this page"`
	Total int    `json:"total" doc:"Things on all pages"`
	Next  string `json:"next"  doc:"Place for after, to read the next page; empty on the last one"`
	Prev  string `json:"prev"  doc:"Place for before, to read the page before; empty on the first one"`
}

// listOut answers with a page of a list.
type listOut[T any] struct {
	Body list[T]
}

// wireList returns l on the wire.
func wireList[T, W any](l plaza.List[T], wire func(T) W) *listOut[W] {
	out := &listOut[W]{Body: list[W]{Data: make([]W, len(l.Rows)), Total: l.Total, Next: l.Next, Prev: l.Prev}}
	for i, one := range l.Rows {
		out.Body.Data[i] = wire(one)
	}
	return out
}

// wireAll returns all, which is no list in parts, on the wire.
func wireAll[T, W any](all []T, wire func(T) W) *listOut[W] {
	return wireList(plaza.List[T]{Rows: all, Total: len(all)}, wire)
}

// words returns what a parameter names, as values of a type.
func words[T ~string](names []string) []T {
	all := make([]T, len(names))
	for i, name := range names {
		all[i] = T(name)
	}
	return all
}

// ref names another thing.
type ref struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// maybe names another thing, or is null.
type maybe struct{ *ref }

// MarshalJSON writes one or the other.
func (m maybe) MarshalJSON() ([]byte, error) { return json.Marshal(m.ref) }

// Schema says so, which huma does not of a pointer to an object.
func (maybe) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{r.Schema(reflect.TypeFor[ref](), true, ""), {Type: "null"}}}
}

// refTo returns what names a thing; null if there is none.
func refTo(id, name string) maybe {
	if id == "" {
		return maybe{}
	}
	return maybe{&ref{ID: id, Name: name}}
}

// at returns a time on the wire; null if there is none.
func at(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// or returns what is there, else the other thing.
func or[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}
