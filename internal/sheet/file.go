package sheet

import (
	"encoding/csv"
	"io"

	"github.com/xuri/excelize/v2"

	"github.com/connectplaza/plaza"
)

// file is a file that is being written.
type file interface {
	row(values []Value) error
	end() error // writes what is left
	abandon()   // lets go of everything
}

// open begins a file with the headings of its columns: in CSV their names, which never
// change; in Excel what they are called in the language of whoever reads it.
func (m *Maker) open(w io.Writer, v *View, in plaza.NewExport, names []string) (file, error) {
	if separator := in.Form.Separator(); separator != 0 {
		return openCSV(w, v, separator, names)
	}
	return openExcel(w, v, v.Say(in.List.Text()), names)
}

// csvFile is a file in CSV (RFC 4180), in UTF-8 with a mark that spreadsheets need to see
// that it is.
type csvFile struct {
	view  *View
	out   *csv.Writer
	cells []string
}

func openCSV(w io.Writer, v *View, separator rune, names []string) (file, error) {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return nil, err
	}
	f := &csvFile{view: v, out: csv.NewWriter(w), cells: make([]string, len(names))}
	f.out.UseCRLF, f.out.Comma = true, separator
	return f, f.out.Write(names)
}

func (f *csvFile) row(values []Value) error {
	for i, v := range values {
		f.cells[i] = v.csv(f.view)
	}
	return f.out.Write(f.cells)
}

func (f *csvFile) end() error {
	f.out.Flush()
	return f.out.Error()
}

func (*csvFile) abandon() {}

// excelFile is a workbook with one sheet.
type excelFile struct {
	view                    *View
	to                      io.Writer
	book                    *excelize.File
	sheet                   *excelize.StreamWriter
	head, cash, time, plain int // styles
	next                    int // row, from 1
	cells                   []any
}

func openExcel(w io.Writer, v *View, title string, names []string) (file, error) {
	f := &excelFile{view: v, to: w, book: excelize.NewFile(), next: 1, cells: make([]any, len(names))}
	if err := f.begin(title, names); err != nil {
		f.abandon()
		return nil, err
	}
	return f, nil
}

func (f *excelFile) begin(title string, names []string) (err error) {
	first := f.book.GetSheetName(0)
	if err := f.book.SetSheetName(first, title); err == nil { // what cannot be the name of a sheet is not
		first = title
	}
	style := func(format string, bold bool) (id int) {
		if err == nil {
			id, err = f.book.NewStyle(&excelize.Style{CustomNumFmt: &format, Font: &excelize.Font{Bold: bold}})
		}
		return id
	}
	f.head, f.cash, f.time, f.plain = style("@", true), style("0.00", false), style("yyyy-mm-dd hh:mm:ss", false), style("@", false)
	if err != nil {
		return err
	}
	if f.sheet, err = f.book.NewStreamWriter(first); err != nil {
		return err
	}
	const wide = 22 // characters
	if err := f.sheet.SetColWidth(1, len(names), wide); err != nil {
		return err
	}
	if err := f.sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for i, name := range names {
		f.cells[i] = excelize.Cell{StyleID: f.head, Value: f.view.T("column." + name)}
	}
	return f.write()
}

func (f *excelFile) row(values []Value) error {
	for i, v := range values {
		f.cells[i] = f.cell(v)
	}
	return f.write()
}

// cell returns v as a cell. What is text is one, also if it looks like a formula; times
// are dates, in the zone of whoever reads them.
func (f *excelFile) cell(v Value) any {
	switch v.kind {
	case moment:
		if v.at.IsZero() {
			return nil
		}
		return excelize.Cell{StyleID: f.time, Value: v.at.In(f.view.Zone())}
	case amount:
		if v.text == "" {
			return nil
		}
		return excelize.Cell{StyleID: f.cash, Value: v.number}
	case count:
		if v.text == "" {
			return nil
		}
		return v.number
	case words:
	}
	s := v.text
	if !v.word.IsZero() {
		s = f.view.Say(v.word)
	}
	if s == "" {
		return nil
	}
	return excelize.Cell{StyleID: f.plain, Value: s}
}

func (f *excelFile) write() error {
	at, err := excelize.CoordinatesToCellName(1, f.next)
	if err != nil {
		return err
	}
	f.next++
	return f.sheet.SetRow(at, f.cells)
}

func (f *excelFile) end() error {
	defer f.abandon()
	if err := f.sheet.Flush(); err != nil {
		return err
	}
	return f.book.Write(f.to)
}

func (f *excelFile) abandon() { _ = f.book.Close() } // which removes what stands in files
