package table_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/table"
)

// row is a row as it was read.
type row struct {
	Number int
	Cells  []string
}

func read(data []byte) (all []row, err error) {
	err = table.Read(context.Background(), data, func(number int, cells []string) error {
		all = append(all, row{number, cells})
		return nil
	})
	return all, err
}

func TestReadCSV(t *testing.T) {
	t.Parallel()
	want := []row{{1, []string{"a", "b"}}, {2, []string{"1", "x, y"}}, {4, []string{"2", "ü"}}}
	for name, file := range map[string]string{
		"commas":           "a,b\n1,\"x, y\"\n\n2,ü\n",
		"semicolons":       "a;b\r\n1;x, y\r\n;\r\n2;ü\r\n",
		"tabs":             "a\tb\n1\tx, y\n\n2\tü",
		"a mark":           "\ufeffa,b\n1,\"x, y\"\n,,\n2,ü,\n",
		"bars":             "a|b\n1|x, y\n\n2|ü\n",
		"quoted headings":  "\"a\";\"b\"\n1;x, y\n\n2;ü\n",
		"commas in quotes": "a;b\n1;\"x, y\"\n\n2;ü\n",
	} {
		got, err := read([]byte(file))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
	got, err := read([]byte("sep=;\na;\"b\nc\"\n1;2\n"))
	if diff := cmp.Diff([]row{{2, []string{"a", "b\nc"}}, {3, []string{"1", "2"}}}, got); diff != "" || err != nil {
		t.Errorf("a named separator, and a row of two lines: %v %s", err, diff)
	}
}

func TestWhatIsNoTableIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, why string }{
		"a quotation mark too much": {"a,b\n1,\"x\ny\n", "problem.import_csv"},
		"old Excel":                 {"\xd0\xcf\x11\xe0rest", "problem.import_old_excel"},
		"another encoding":          {"a,b\n\xfcber,1\n", "problem.import_not_utf8"},
		"UTF-16":                    {"\xff\xfea\x00,\x00b\x00", "problem.import_not_utf8"},
		"a zip of something else":   {string(zipped(t, "x", 10)), "problem.import_excel"},
		"half a workbook":           {"PK\x03\x04half", "problem.import_excel"},
		"a bomb":                    {string(zipped(t, "xl/worksheets/sheet1.xml", 300<<20)), "problem.import_excel"},
		"too many columns":          {strings.Repeat("a,", plaza.MaxImportColumns) + "a\n", "problem.import_wide"},
		"commas without end":        {"a\n" + strings.Repeat(",", 1<<16), "problem.import_wide"},
		"a quotation without end":   {"a\n\"" + strings.Repeat("x", 1<<21) + "\"", "problem.import_long"},
		"a line without end":        {"a\n" + strings.Repeat("x", 1<<21), "problem.import_long"},
		"a cell without end":        {"a\n" + strings.Repeat("x", plaza.MaxImportCell+1), "problem.import_cell"},
		"rows far to the right":     {string(workbook(t, strings.Repeat(`<row><c r="XFD1"><f></f></c></row>`, 1<<11))), "problem.import_wide"},
		"rows without end":          {string(workbook(t, strings.Repeat(`<row/>`, 1<<21))), "problem.import_wide"},
		"another separator":         {"sep=x\naxb\n", "problem.import_separator"},
	} {
		_, err := read([]byte(c.file))
		if e := plaza.AsError(err); err == nil || e.Kind != plaza.Invalid || e.Fields["file"].Key != c.why {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// workbook returns a workbook whose sheet has these rows, as XML.
func workbook(t *testing.T, rows string) []byte {
	t.Helper()
	var whole, b bytes.Buffer
	if err := excelize.NewFile().Write(&whole); err != nil {
		t.Fatal(err)
	}
	from, err := zip.NewReader(bytes.NewReader(whole.Bytes()), int64(whole.Len()))
	if err != nil {
		t.Fatal(err)
	}
	to := zip.NewWriter(&b)
	for _, f := range from.File {
		w, err := to.Create(f.Name)
		if err == nil && f.Name == "xl/worksheets/sheet1.xml" {
			_, err = io.WriteString(w, `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`+rows+`</sheetData></worksheet>`)
		} else if err == nil {
			var r io.ReadCloser
			if r, err = f.Open(); err == nil {
				_, err = io.Copy(w, r)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestNobodyWaits: what nobody waits for any more is not read to its end.
func TestNobodyWaits(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	rows := 0
	err := table.Read(ctx, []byte("a\nb\nc\n"), func(int, []string) error {
		rows++
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || rows != 1 {
		t.Errorf("%d rows: %v", rows, err)
	}
}

// zipped returns an archive with one file of so many zeros.
func zipped(t *testing.T, name string, size int64) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = io.CopyN(w, zeros{}, size)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestReadExcel(t *testing.T) {
	t.Parallel()
	book := excelize.NewFile()
	for at, v := range map[string]any{"A1": "name", "B1": "starts", "A3": "One", "B3": 46000, "C3": true, "A4": "=1+1"} {
		if err := book.SetCellValue("Sheet1", at, v); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := read(b.Bytes())
	want := []row{{1, []string{"name", "starts"}}, {3, []string{"One", "46000", "1"}}, {4, []string{"=1+1"}}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

// TestWhatIsWrittenIsRead: a file to fill in, in either form.
func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"Name", "Start"}, {"Jansen; \"Co\"", "2027-01-31"}}
	for name, write := range map[string]func(io.Writer, [][]string) error{"csv": table.WriteCSV, "xlsx": table.WriteExcel} {
		var b bytes.Buffer
		if err := write(&b, rows); err != nil {
			t.Fatal(err)
		}
		got, err := read(b.Bytes())
		if diff := cmp.Diff([]row{{1, rows[0]}, {2, rows[1]}}, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}

// FuzzRead: whatever somebody sends is read as rows that count up, or refused with a
// reason.
func FuzzRead(f *testing.F) {
	f.Add([]byte("a,b\n1,\"x\n\"\n\n2,3\n"))
	f.Add([]byte("sep=;\n\"a\";b\r\n"))
	f.Add([]byte("\ufeffa\tb"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.HasPrefix(data, []byte("PK")) {
			return // the library's own, and slow
		}
		last := 0
		err := table.Read(t.Context(), data, func(number int, cells []string) error {
			if number <= last || len(cells) == 0 || len(cells) > plaza.MaxImportColumns {
				return fmt.Errorf("row %d after %d has %d cells", number, last, len(cells))
			}
			last = number
			return nil
		})
		if e := plaza.AsError(err); err != nil && (e.Kind != plaza.Invalid || e.Fields["file"].IsZero()) {
			t.Error(err)
		}
	})
}
