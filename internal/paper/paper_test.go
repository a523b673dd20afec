package paper

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// letters are those that names and sums of our customers have.
const letters = "AZaz09 éèêëÉïîôûüÿçÇæœŒøØåÅßäöÄÖÜñÑáíóúý łŁąęśźżćń őűŐŰ čěřšťůž ğışİ ăâțș ðþ αΩ Жя €£ – — … · × ÷ ’‘“”« » %+-−,.:;/()[]'\"&@#=?!²½"

func document(rows int) Document {
	d := Document{
		Title: "Statement of Łódź & Sons, Apr 2026", Lead: "The month is over.", Foot: "Łódź", Made: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC),
		Facts: []Fact{{"Total", Cell{"1,234.50 EUR", 1234.5, Amount}}},
		Notes: []string{"A note that is so long that it does not fit into one line, and so goes on and on until it is over, which it is not before the next one."},
	}
	t := Table{Title: "What was used", Columns: []Column{{"Plan", 3, false}, {"Days", 1, true}, {"To pay", 2, true}}}
	for i := range rows {
		t.Rows = append(t.Rows, []Cell{{Text: "Plan " + strconv.Itoa(i) + strings.Repeat(" long", 30)}, {"1,000", 1000, Count}, {"-0.50 EUR", -0.5, Amount}})
	}
	t.Total = []Cell{{Text: "=Sum"}, {}, {"1.00 EUR", 1, Amount}}
	d.Tables = []Table{t}
	return d
}

func TestTheFontsHaveOurLetters(t *testing.T) {
	t.Parallel()
	for name, ttf := range map[string][]byte{"regular": goregular.TTF, "bold": gobold.TTF} {
		font, err := sfnt.Parse(ttf)
		if err != nil {
			t.Fatal(err)
		}
		var b sfnt.Buffer
		for _, r := range letters {
			if i, err := font.GlyphIndex(&b, r); err != nil || i == 0 {
				t.Errorf("%s has no %c", name, r)
			}
		}
	}
}

// TestAPDFHasThePagesItNeeds: a long table goes on, with its head on each page.
func TestAPDFHasThePagesItNeeds(t *testing.T) {
	t.Parallel()
	for rows, pages := range map[int]int{0: 1, 10: 1, 200: 14} {
		var b, again bytes.Buffer
		if err := PDF(&b, document(rows)); err != nil {
			t.Fatal(err)
		}
		if err := PDF(&again, document(rows)); err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(b.Bytes(), []byte("%PDF-")) || !bytes.Contains(b.Bytes(), []byte("/Count "+strconv.Itoa(pages)+"\n")) {
			t.Errorf("%d rows: %s", rows, regexp.MustCompile(`/Count \d+`).Find(b.Bytes()))
		}
		if !bytes.Equal(b.Bytes(), again.Bytes()) {
			t.Errorf("%d rows: the same document is another file", rows)
		}
		// What is drawn is text in UTF-16.
		drawn := inflated(t, b.Bytes())
		if n := strings.Count(drawn, utf16("To pay")); n < pages {
			t.Errorf("%d rows: the head stands on %d of %d pages", rows, n, pages)
		}
		for _, text := range []string{"Łódź", "1,234.50 EUR", "=Sum"} {
			if !strings.Contains(drawn, utf16(text)) {
				t.Errorf("%d rows: %s is not there", rows, text)
			}
		}
	}
}

// inflated returns all that the streams of a PDF file hold.
func inflated(t *testing.T, file []byte) string {
	t.Helper()
	var all strings.Builder
	for part := range bytes.SplitSeq(file, []byte("stream\n")) {
		r, err := zlib.NewReader(bytes.NewReader(part))
		if err != nil {
			continue
		}
		text, err := io.ReadAll(r)
		if err == nil {
			all.Write(text)
		}
	}
	return all.String()
}

// utf16 returns a text as it is drawn.
func utf16(text string) string {
	var b strings.Builder
	for _, r := range text {
		b.WriteByte(byte(r >> 8))
		b.WriteByte(byte(r))
	}
	return strings.NewReplacer("\\", "\\\\", "(", "\\(", ")", "\\)", "\r", "\\r").Replace(b.String())
}

// TestNoNumberIsCut: however large it is.
func TestNoNumberIsCut(t *testing.T) {
	t.Parallel()
	d := document(1)
	d.Tables[0].Rows[0][1] = Cell{"-123,456,789,012,345.67 EUR", 1, Amount}
	var b bytes.Buffer
	if err := PDF(&b, d); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(inflated(t, b.Bytes()), utf16("-123,456,789,012,345.67 EUR")) {
		t.Error("a part of it is not there")
	}
}

func TestALetterThatTheFontLacksIsSeen(t *testing.T) {
	t.Parallel()
	d := document(0)
	d.Tables[0].Rows = [][]Cell{{{Text: "山田 Yamada"}}}
	var b bytes.Buffer
	if err := PDF(&b, d); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(inflated(t, b.Bytes()), utf16("?? Yamada")) {
		t.Error("it is lost")
	}
}

func TestExcelComputesWithNumbersOnly(t *testing.T) {
	t.Parallel()
	d := document(2)
	d.Title = "a/b:c[d]*?" + strings.Repeat("x", 60)
	var b bytes.Buffer
	if err := Excel(&b, d); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	sheet := f.GetSheetName(0)
	for at, want := range map[string]struct {
		value string
		kind  excelize.CellType
	}{
		"B4": {"1234.5", excelize.CellTypeUnset}, "C8": {"-0.5", excelize.CellTypeUnset}, "B8": {"1000", excelize.CellTypeUnset},
		"A10": {"=Sum", excelize.CellTypeSharedString}, "C10": {"1", excelize.CellTypeUnset},
	} {
		value, err := f.GetCellValue(sheet, at, excelize.Options{RawCellValue: true})
		kind, failed := f.GetCellType(sheet, at)
		if err != nil || failed != nil || value != want.value || kind != want.kind {
			t.Errorf("%s of %q: %q of type %d, %v, %v", at, sheet, value, kind, err, failed)
		}
	}
}
