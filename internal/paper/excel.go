package paper

import (
	"io"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// sheetNames are what a spreadsheet takes for the name of a sheet, in characters.
const sheetName = 31

// Excel writes d as a workbook: all of it on one sheet, but for the tables that stand
// apart.
func Excel(w io.Writer, d Document) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	s := sheet{f: f, name: cut(d.Title, sheetName)}
	if err := f.SetSheetName(f.GetSheetName(0), s.name); err != nil {
		return err
	}
	if err := s.styled(); err != nil {
		return err
	}
	s.row([]Cell{{Text: d.Title}}, true)
	s.row([]Cell{{Text: d.Lead}}, false)
	s.next++
	for _, fact := range d.Facts {
		s.row([]Cell{{Text: fact.Name}, fact.Value}, false)
	}
	for _, t := range d.Tables {
		if !t.Apart {
			s.next++
			s.table(t)
		}
	}
	s.next++
	for _, note := range d.Notes {
		s.row([]Cell{{Text: note}}, false)
	}
	s.widen()
	for _, t := range d.Tables {
		if t.Apart {
			s.begin(cut(t.Title, sheetName))
			s.table(t)
			s.widen()
		}
	}
	if s.err != nil {
		return s.err
	}
	return f.Write(w)
}

// cut returns at most so many characters of a name, without those that the name of a
// sheet cannot have.
func cut(name string, most int) string {
	clean := make([]rune, 0, most)
	for _, r := range name {
		switch r {
		case ':', '\\', '/', '?', '*', '[', ']', '\'':
			r = ' '
		}
		if len(clean) < most && r != utf8.RuneError {
			clean = append(clean, r)
		}
	}
	return string(clean)
}

// sheet is the one that is being written. After an error it does nothing.
type sheet struct {
	f      *excelize.File
	name   string
	next   int // row, from 0
	styles map[style]int
	err    error
}

type style struct {
	kind Kind
	bold bool
}

// styled makes the styles that cells have.
func (s *sheet) styled() error {
	s.styles = map[style]int{}
	formats := map[Kind]string{Words: "@", Count: "#,##0", Amount: "#,##0.00"}
	for kind, format := range formats {
		for _, bold := range []bool{false, true} {
			id, err := s.f.NewStyle(&excelize.Style{CustomNumFmt: &format, Font: &excelize.Font{Bold: bold}})
			if err != nil {
				return err
			}
			s.styles[style{kind, bold}] = id
		}
	}
	return nil
}

// begin goes on with another sheet.
func (s *sheet) begin(name string) {
	s.name, s.next = name, 0
	if s.err == nil {
		_, s.err = s.f.NewSheet(name)
	}
}

// widen gives the columns room.
func (s *sheet) widen() {
	const first, others = 34, 16 // characters
	if s.err == nil {
		s.err = s.f.SetColWidth(s.name, "A", "A", first)
	}
	if s.err == nil {
		s.err = s.f.SetColWidth(s.name, "B", "J", others)
	}
}

// table writes a table with its heading.
func (s *sheet) table(t Table) {
	s.row([]Cell{{Text: t.Title}}, true)
	head := make([]Cell, len(t.Columns))
	for i, c := range t.Columns {
		head[i].Text = c.Head
	}
	s.row(head, true)
	for _, row := range t.Rows {
		s.row(row, false)
	}
	if len(t.Total) > 0 {
		s.row(t.Total, true)
	}
}

// row writes a row. What is text is one, also if it looks like a formula.
func (s *sheet) row(cells []Cell, bold bool) {
	s.next++
	for i, c := range cells {
		if s.err != nil {
			return
		}
		var at string
		if at, s.err = excelize.CoordinatesToCellName(i+1, s.next); s.err != nil {
			return
		}
		if c.Kind == Words {
			s.err = s.f.SetCellStr(s.name, at, c.Text)
		} else {
			s.err = s.f.SetCellFloat(s.name, at, c.Number, -1, 64) //nolint:mnd // bits
		}
		if s.err == nil {
			s.err = s.f.SetCellStyle(s.name, at, at, s.styles[style{c.Kind, bold}])
		}
	}
}
