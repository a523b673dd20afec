package sheet

import (
	"encoding/csv"
	"io"

	"github.com/connectplaza/plaza"
)

// file is a file that is being written.
type file interface {
	row(values []Value) error
	end() error // writes what is left
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
