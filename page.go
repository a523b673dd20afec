package plaza

import (
	"encoding/hex"
	"io"
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
// meanwhile. A million IDs take 16 MB, unless they are put elsewhere.
type Order struct {
	blocks [][]uuid
	texts  map[int]string // those that look otherwise
	n      int

	store OrderStore // of all blocks but the last; nil: they are here
	read  []uuid     // the block that was read last
	which int        // it is; from 1, 0: none
	err   error
}

// OrderStore keeps what is too much to have in memory, such as a file.
type OrderStore interface {
	io.ReaderAt
	io.WriterAt
}

// StoreIn has the IDs put in a store, which is empty and must be there for as long as o is
// used. It comes before the first of them.
func (o *Order) StoreIn(s OrderStore) { o.store = s }

// Err returns what went wrong with the store: then nothing that o returned can be relied on.
func (o *Order) Err() error { return o.err }

type uuid [16]byte

// block is how many IDs are kept together: what is full is never copied again.
const block = 4096

// Add notes that the row with this ID comes next.
func (o *Order) Add(id string) {
	if o.n%block == 0 {
		o.next()
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

// next begins a block, and puts the one before it in the store.
func (o *Order) next() {
	if o.store == nil || len(o.blocks) == 0 {
		o.blocks = append(o.blocks, make([]uuid, 0, block))
		return
	}
	full := make([]byte, 0, block*len(uuid{}))
	for _, u := range o.blocks[0] {
		full = append(full, u[:]...)
	}
	if _, err := o.store.WriteAt(full, int64(o.n-block)*int64(len(uuid{}))); err != nil {
		o.err = err
	}
	o.blocks[0] = o.blocks[0][:0]
}

// at returns the ID in a place.
func (o *Order) at(i int) uuid {
	which := i / block
	switch {
	case o.store == nil:
		return o.blocks[which][i%block]
	case which == (o.n-1)/block:
		return o.blocks[0][i%block]
	case o.which != which+1:
		full := make([]byte, block*len(uuid{}))
		if _, err := o.store.ReadAt(full, int64(which)*int64(len(full))); err != nil {
			o.err = err
		}
		o.read, o.which = o.read[:0], which+1
		for at := 0; at < len(full); at += len(uuid{}) {
			o.read = append(o.read, uuid(full[at:at+len(uuid{})]))
		}
	}
	return o.read[i%block]
}

// Len returns how many rows there are.
func (o *Order) Len() int { return o.n }

// IDs returns those of the rows from one place to before another.
func (o *Order) IDs(from, to int) []string {
	ids := make([]string, 0, to-from)
	for i := from; i < to; i++ {
		id, ok := o.texts[i]
		if !ok {
			id = o.at(i).String()
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
