// Package paper lays out documents: as a PDF file to be printed, and as an Excel file
// to be computed with. A document is words and numbers that somebody else has put into a
// language. It knows neither what they are about nor how they are sent.
package paper

import "time"

// Document is what a file holds.
type Document struct {
	Title  string
	Lead   string // below the title; may be empty
	Facts  []Fact
	Tables []Table
	Notes  []string
	Foot   string    // of each page: its numbers follow
	Made   time.Time // when it was written
}

// Fact is a name and a value.
type Fact struct {
	Name  string
	Value Cell
}

// Table is rows below a heading.
type Table struct {
	Title   string
	Columns []Column
	Rows    [][]Cell
	Total   []Cell // the last row; may be empty
	Apart   bool   // it is for a workbook, on a sheet of its own
}

// Column is how a column begins, and how wide it is compared with the others.
type Column struct {
	Head   string
	Width  float64
	Number bool // it stands at the right
}

// Cell is a value as people read it and, if it is a number, as that.
type Cell struct {
	Text   string
	Number float64
	Kind   Kind
}

// Kind says what a cell is to somebody who computes with it.
type Kind int

// The kinds of cell.
const (
	Words  Kind = iota
	Count       // a whole number
	Amount      // a number with two decimals
)
