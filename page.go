package plaza

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
	Size   int    // zero: PageSize
	Total  int    // rows on all pages, if whoever asks knows; zero: they are counted
}

// List is one page of the rows that somebody may see.
type List[T any] struct {
	Rows  []T
	Total int    // rows on all pages
	Next  string // cursor for Page.After; empty on the last page
	Prev  string // cursor for Page.Before; empty on the first page
}
