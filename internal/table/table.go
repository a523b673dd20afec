// Package table reads tables that people send, as CSV or as Excel workbooks, and writes
// small ones for them to fill in.
//
// It must not know what the tables are about. What it reads may have been made by anybody,
// to do harm: what a file is, its content says, and what it unfolds to is bounded.
package table

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/connectplaza/plaza"
)

const (
	maxUnzipped = 128 << 20 // bytes that the content of a workbook may have: all of it is in memory for a while
	maxRow      = 1 << 20   // bytes of a row of CSV
	maxCells    = 16_384    // of a row before it is known which of them are empty: as wide as a spreadsheet can be
	maxRead     = 20 << 20  // cells of a workbook, empty ones too
	maxRows     = 1 << 20   // of a workbook, empty ones too: as long as a spreadsheet can be
)

// Read hands each row of data that is not empty to f, with its number as a spreadsheet
// shows it, from 1. Kinds: Invalid, with what is wrong with the file.
func Read(ctx context.Context, data []byte, f func(number int, cells []string) error) error {
	handed := f
	f = func(number int, cells []string) error {
		if err := ctx.Err(); err != nil { // nobody waits for it any more
			return err
		}
		return handed(number, cells)
	}
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return readExcel(data, f)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")): // Excel's before 2007
		return problem("problem.import_old_excel")
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return problem("problem.import_not_utf8")
	}
	return readCSV(data, f)
}

func problem(key string, args ...any) error {
	return &plaza.Error{Kind: plaza.Invalid, Msg: plaza.T("error.invalid"), Fields: map[string]plaza.Text{"file": plaza.T(key, args...)}}
}

func readCSV(data []byte, f func(int, []string) error) error {
	first, rest, _ := bytes.Cut(data, []byte("\n"))
	separator, number := separatorOf(first), 0
	if named, ok := strings.CutPrefix(strings.TrimRight(string(first), "\r"), "sep="); ok && len(named) == 1 { // for Excel
		separator, data, number = rune(named[0]), rest, 1
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord = separator, -1
	if !strings.ContainsRune(",;\t|", separator) {
		return problem("problem.import_separator")
	}
	if err := bounded(data, separator); err != nil {
		return err
	}
	before := 0
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			return problem("problem.import_csv", "Line", broken.StartLine+number)
		}
		if err != nil {
			return err
		}
		// A spreadsheet counts the lines that the reader skips, and a row of several lines once.
		line, _ := r.FieldPos(0)
		number += max(1, line-before)
		before = line + breaks(cells)
		for i, c := range cells {
			cells[i] = plaza.PlainCell(c)
		}
		if err := hand(number, cells, f); err != nil {
			return err
		}
	}
}

// bounded refuses CSV of which a row is too long or too wide to be read at all: a reader has
// all of a row in memory before anybody can look at it.
func bounded(data []byte, separator rune) error {
	quoted, cells, begun := false, 1, 0
	for i, b := range data {
		switch {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '\n':
			cells, begun = 1, i
		case rune(b) == separator:
			cells++
		}
		if cells > maxCells {
			return problem("problem.import_wide", "Max", plaza.MaxImportColumns)
		}
		if i-begun > maxRow {
			return problem("problem.import_long")
		}
	}
	return nil
}

// breaks returns how many more lines a row has for what breaks in its cells.
func breaks(cells []string) (n int) {
	for _, c := range cells {
		n += strings.Count(c, "\n")
	}
	return n
}

// separatorOf returns what separates the cells of a row: what of the usual ones it has
// most of, outside of quotes.
func separatorOf(row []byte) rune {
	best, most := ',', 0
	for _, separator := range ",;\t|" {
		count, quoted := 0, false
		for _, r := range string(row) {
			switch {
			case r == '"':
				quoted = !quoted
			case r == separator && !quoted:
				count++
			}
		}
		if count > most {
			best, most = separator, count
		}
	}
	return best
}

// hand hands a row on that is not empty, without what is empty at its end.
func hand(number int, cells []string, f func(int, []string) error) error {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	switch {
	case len(cells) == 0:
		return nil
	case len(cells) > plaza.MaxImportColumns:
		return problem("problem.import_wide", "Max", plaza.MaxImportColumns)
	}
	for _, c := range cells {
		if len(c) > plaza.MaxImportCell {
			return problem("problem.import_cell", "Row", number, "Max", plaza.MaxImportCell)
		}
	}
	return f(number, cells)
}

// readExcel reads the first sheet of a workbook: nothing of it is written to a disk, and
// cells are taken as they are kept, whatever they look like.
func readExcel(data []byte, f func(int, []string) error) (err error) {
	defer func() {
		if recover() != nil { // what reads it has met what it did not expect
			err = problem("problem.import_excel")
		}
	}()
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped,
	})
	if err != nil {
		return problem("problem.import_excel")
	}
	defer book.Close()
	rows, err := book.Rows(book.GetSheetName(0))
	if err != nil {
		return problem("problem.import_excel")
	}
	defer rows.Close()
	read := 0
	for number := 1; rows.Next(); number++ {
		cells, err := rows.Columns()
		if err != nil {
			return problem("problem.import_excel")
		}
		if read += len(cells); len(cells) > maxCells || read > maxRead || number > maxRows {
			return problem("problem.import_wide", "Max", plaza.MaxImportColumns)
		}
		for i, c := range cells {
			cells[i] = strings.ToValidUTF8(c, "\ufffd")
		}
		if err := hand(number, cells, f); err != nil {
			return err
		}
	}
	if rows.Error() != nil {
		return problem("problem.import_excel")
	}
	return nil
}

// WriteCSV writes rows as CSV, in UTF-8 with a mark that spreadsheets need to see that it
// is.
func WriteCSV(w io.Writer, rows [][]string) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	return out.WriteAll(rows)
}

// WriteExcel writes rows as a workbook of texts, the first of them as headings.
func WriteExcel(w io.Writer, rows [][]string) (err error) {
	book := excelize.NewFile()
	defer func() { err = errors.Join(err, book.Close()) }()
	name, text := book.GetSheetName(0), "@"
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, CustomNumFmt: &text})
	if err != nil {
		return err
	}
	plain, err := book.NewStyle(&excelize.Style{CustomNumFmt: &text})
	if err != nil {
		return err
	}
	const width = 26 // characters
	out, err := book.NewStreamWriter(name)
	if err == nil {
		err = out.SetColWidth(1, max(1, len(rows[0])), width)
	}
	for i, row := range rows {
		cells := make([]any, len(row))
		for j, c := range row {
			cells[j] = excelize.Cell{Value: c, StyleID: plain}
			if i == 0 {
				cells[j] = excelize.Cell{Value: c, StyleID: bold}
			}
		}
		if err == nil {
			err = out.SetRow("A"+strconv.Itoa(i+1), cells)
		}
	}
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		err = book.Write(w)
	}
	return err
}
