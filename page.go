package plaza

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// PageSize is how many rows a page of a list has unless asked otherwise.
const PageSize = 50

// MaxPageSize is the most rows a page of a list may have.
const MaxPageSize = 200

// Page says which part of a list to return, and in which order.
type Page struct {
	Sort   string // name of a column; empty: the list's own order
	Desc   bool
	After  string // cursor of the page before; from List.Next
	Before string // cursor of the page after; from List.Prev
	Size   int    // zero: PageSize; below zero: no rows, they are only counted
	Most   int    // if they are only counted, it is enough to know that there are more; zero: all are counted
	Total  int    // rows on all pages, if whoever asks knows; zero: they are counted

	Order *Order   // if it is not nil, no rows are returned: their IDs are noted in it
	Only  []string // those with these IDs, in that order, as far as they are still there; if it is not nil
}

// Span returns which rows of a list of so many p asks for, from one till another that is not
// among them, where a place in the list is the number of rows before it. Kinds: Invalid.
func (p Page) Span(total int) (from, till int, err error) {
	size := min(max(p.Size, 0), MaxPageSize)
	if size == 0 {
		size = PageSize
	}
	if p.After == "" && p.Before == "" {
		return 0, min(size, total), nil
	}
	place, err := strconv.Atoi(p.After + p.Before)
	if err != nil || place < 0 || p.After != "" && p.Before != "" {
		return 0, 0, Errorf(Invalid, "error.cursor")
	}
	if p.Before != "" {
		till = min(place, total)
		return max(till-size, 0), till, nil
	}
	from = min(place, total)
	return from, min(from+size, total), nil
}

// List is one page of the rows that somebody may see.
type List[T any] struct {
	Rows  []T
	Total int    // rows on all pages
	Next  string // cursor for Page.After; empty on the last page
	Prev  string // cursor for Page.Before; empty on the first page
}

// Order is which rows a list has, in which order: with it, a long one is read in parts
// without being sorted for each of them, and no row is read twice, however they change
// meanwhile. A million IDs take 16 MB.
type Order struct {
	blocks [][]uuid
	texts  map[int]string // those that look otherwise
	n      int
}

type uuid [16]byte

// block is how many IDs are kept together: what is full is never copied again.
const block = 4096

// Add notes that the row with this ID comes next.
func (o *Order) Add(id string) {
	if o.n%block == 0 {
		o.blocks = append(o.blocks, make([]uuid, 0, block))
	}
	u, ok := parseUUID(id)
	if !ok {
		if o.texts == nil {
			o.texts = map[int]string{}
		}
		o.texts[o.n] = id
	}
	last := len(o.blocks) - 1
	o.blocks[last] = append(o.blocks[last], u)
	o.n++
}

// Len returns how many rows there are.
func (o *Order) Len() int { return o.n }

// IDs returns those of the rows from one place to before another.
func (o *Order) IDs(from, to int) []string {
	ids := make([]string, 0, to-from)
	for i := from; i < to; i++ {
		id, ok := o.texts[i]
		if !ok {
			id = o.blocks[i/block][i%block].String()
		}
		ids = append(ids, id)
	}
	return ids
}

// dashes is how long the parts of a UUID are.
var dashes = [...]int{8, 4, 4, 4, 12} //nolint:gochecknoglobals // a constant

// parseUUID reads a UUID as it is written here; anything else is none.
func parseUUID(s string) (u uuid, ok bool) {
	const long = 36
	if len(s) != long {
		return u, false
	}
	if _, err := hex.Decode(u[:], []byte(strings.ReplaceAll(s, "-", ""))[:min(2*len(u), long-strings.Count(s, "-"))]); err != nil {
		return u, false
	}
	return u, u.String() == s
}

func (u uuid) String() string {
	var b strings.Builder
	all := hex.EncodeToString(u[:])
	for i, n := range dashes {
		if i > 0 {
			b.WriteByte('-')
		}
		b.WriteString(all[:n])
		all = all[n:]
	}
	return b.String()
}
