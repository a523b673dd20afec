package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// excelFile is a workbook with one sheet, whose rows go out as they come: excelize, which
// makes the rest of it, would hand over the whole at its end.
type excelFile struct {
	view              *View
	pack              *zip.Writer
	sheet             *bufio.Writer
	after             []byte // what stands behind the rows
	cash, time, plain int    // styles
	columns           []string
	next              int // row, from 1
}

func openExcel(w io.Writer, v *View, title string, names []string) (file, error) {
	f := &excelFile{view: v, pack: zip.NewWriter(w), next: 2, columns: make([]string, len(names))}
	for i := range names {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return nil, err
		}
		f.columns[i] = name
	}
	empty, err := f.empty(title, names)
	if err != nil {
		return nil, err
	}
	return f, f.begin(empty)
}

// empty returns the workbook with its headings, and no row.
func (f *excelFile) empty(title string, names []string) (packed []byte, err error) {
	book := excelize.NewFile()
	defer book.Close() // everything is in memory
	first := book.GetSheetName(0)
	if err := book.SetSheetName(first, title); err == nil { // what cannot be the name of a sheet is not
		first = title
	}
	style := func(format string, bold bool) (id int) {
		if err == nil {
			id, err = book.NewStyle(&excelize.Style{CustomNumFmt: &format, Font: &excelize.Font{Bold: bold}})
		}
		return id
	}
	head := style("@", true)
	f.cash, f.time, f.plain = style("0.00", false), style("yyyy-mm-dd hh:mm:ss", false), style("@", false)
	if err != nil {
		return nil, err
	}
	out, err := book.NewStreamWriter(first)
	if err != nil {
		return nil, err
	}
	const wide = 22 // characters
	cells := make([]any, len(names))
	for i, name := range names {
		cells[i] = excelize.Cell{StyleID: head, Value: f.view.T("column." + name)}
	}
	for _, do := range []func() error{
		func() error { return out.SetColWidth(1, len(names), wide) },
		func() error {
			return out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
		},
		func() error { return out.SetRow("A1", cells) },
		out.Flush,
	} {
		if err := do(); err != nil {
			return nil, err
		}
	}
	b, err := book.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// theSheet is where the rows stand in a workbook of excelize's.
const theSheet = "xl/worksheets/sheet1.xml"

// begin writes an empty workbook as far as its headings.
func (f *excelFile) begin(empty []byte) error {
	from, err := zip.NewReader(bytes.NewReader(empty), int64(len(empty)))
	if err != nil {
		return fmt.Errorf("read an empty workbook: %w", err)
	}
	for _, part := range from.File {
		if part.Name == theSheet {
			continue
		}
		if err := f.pack.Copy(part); err != nil {
			return err
		}
	}
	in, err := from.Open(theSheet)
	if err != nil {
		return fmt.Errorf("read an empty sheet: %w", err)
	}
	defer in.Close()
	whole, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	const end = "</sheetData>"
	at := bytes.Index(whole, []byte(end))
	if at < 0 {
		return fmt.Errorf("an empty sheet has no %s", end)
	}
	to, err := f.pack.Create(theSheet)
	if err != nil {
		return err
	}
	f.sheet, f.after = bufio.NewWriter(to), whole[at:]
	_, err = f.sheet.Write(whole[:at])
	return err
}

// row writes a row. What is text is one, also if it looks like a formula; times are dates, in
// the zone of whoever reads them.
func (f *excelFile) row(values []Value) error {
	number := strconv.Itoa(f.next)
	f.next++
	f.put(`<row r="`, number, `">`)
	for i, v := range values {
		f.cell(f.columns[i]+number, v)
	}
	_, err := f.sheet.WriteString(`</row>`)
	return err
}

// put writes texts as they are. What goes wrong is told by whatever is written last.
func (f *excelFile) put(texts ...string) {
	for _, t := range texts {
		_, _ = f.sheet.WriteString(t)
	}
}

func (f *excelFile) cell(at string, v Value) {
	switch {
	case v.kind == moment && v.at.IsZero(), v.kind != moment && v.kind != words && v.text == "":
	case v.kind == moment:
		f.put(`<c r="`, at, `" s="`, strconv.Itoa(f.time), `"><v>`, serial(v.at.In(f.view.Zone())), `</v></c>`)
	case v.kind == amount:
		f.put(`<c r="`, at, `" s="`, strconv.Itoa(f.cash), `"><v>`, v.text, `</v></c>`)
	case v.kind == count:
		f.put(`<c r="`, at, `"><v>`, v.text, `</v></c>`)
	default:
		s := v.text
		if !v.word.IsZero() {
			s = f.view.Say(v.word)
		}
		if s == "" {
			return
		}
		f.put(`<c r="`, at, `" s="`, strconv.Itoa(f.plain), `" t="inlineStr"><is><t xml:space="preserve">`)
		_ = xml.EscapeText(f.sheet, []byte(cellText(s))) // as put
		f.put(`</t></is></c>`)
	}
}

// serial returns the number by which spreadsheets know what a clock shows: days since the end
// of 1899.
func serial(t time.Time) string {
	shown := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	const day, digits = 24 * 60 * 60, 10
	seconds := shown.Unix() - time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC).Unix()
	return strconv.FormatFloat(float64(seconds)/day, 'f', digits, 64)
}

// meant finds what a spreadsheet would read as a character that it is the number of.
var meant = regexp.MustCompile(`_x([0-9A-Fa-f]{4}_)`)

// cellText returns s as it stands in a cell, where there is room for so many characters.
func cellText(s string) string {
	const most = 32_767
	if len(s) > most && utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most])
	}
	if !strings.Contains(s, "_x") {
		return s
	}
	return meant.ReplaceAllString(s, "_x005F_x$1")
}

func (f *excelFile) end() error {
	if _, err := f.sheet.Write(f.after); err != nil {
		return err
	}
	if err := f.sheet.Flush(); err != nil {
		return err
	}
	return f.pack.Close()
}
