package paper

import (
	"io"
	"strconv"
	"strings"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// Measures of a page of A4, in millimetres.
const (
	margin   = 18.0
	width    = 210.0 - 2*margin
	lineHigh = 5.0
	rowHigh  = 6.5
	bottom   = 20.0
)

// Sizes of the words, in points.
const (
	sizeTitle  = 17.0
	sizeHead   = 11.0
	sizeWords  = 9.0
	sizeFooter = 8.0
)

// page is the PDF file that is being written.
type page struct {
	*fpdf.Fpdf

	font *sfnt.Font
}

// PDF writes d as pages of A4. Words that do not fit into a column go on in its next
// line, numbers are smaller there. A letter that the font does not have, which has the
// Latin, Greek and Cyrillic ones, is a question mark.
func PDF(w io.Writer, d Document) error {
	font, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		return err
	}
	p := page{fpdf.New("P", "mm", "A4", ""), font}
	p.AddUTF8FontFromBytes("go", "", goregular.TTF)
	p.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	p.SetTitle(d.Title, true)
	p.SetCreationDate(d.Made)
	p.SetModificationDate(d.Made)
	p.SetCatalogSort(true) // so that the same document is the same file
	p.SetMargins(margin, margin, margin)
	p.SetAutoPageBreak(true, bottom)
	p.AliasNbPages("")
	p.SetFooterFunc(func() {
		p.SetY(-bottom + lineHigh)
		p.SetFont("go", "", sizeFooter)
		p.SetTextColor(90, 90, 90) //nolint:mnd // grey
		p.CellFormat(width/2, lineHigh, p.fit(d.Foot, width/2), "", 0, "L", false, 0, "")
		p.CellFormat(width/2, lineHigh, strconv.Itoa(p.PageNo())+" / {nb}", "", 0, "R", false, 0, "")
		p.SetTextColor(0, 0, 0)
	})
	p.AddPage()
	p.SetFont("go", "B", sizeTitle)
	p.MultiCell(width, sizeTitle/2, p.written(d.Title), "", "L", false)
	p.words(d.Lead)
	p.Ln(lineHigh)
	p.facts(d.Facts)
	for _, t := range d.Tables {
		if t.Apart {
			continue
		}
		p.table(t)
	}
	p.Ln(lineHigh)
	for _, note := range d.Notes {
		p.words("– " + note)
	}
	return p.Output(w)
}

// words writes a paragraph.
func (p page) words(text string) {
	p.SetFont("go", "", sizeWords)
	p.MultiCell(width, lineHigh, p.written(text), "", "L", false)
}

func (p page) facts(all []Fact) {
	const name = 55.0
	for _, f := range all {
		p.SetFont("go", "", sizeWords)
		p.CellFormat(name, rowHigh, p.fit(f.Name, name), "", 0, "L", false, 0, "")
		p.SetFont("go", "B", sizeWords)
		p.CellFormat(width-name, rowHigh, p.fit(f.Value.Text, width-name), "", 1, "L", false, 0, "")
	}
}

// table writes a table; its head stands on each page that it goes over.
func (p page) table(t Table) {
	whole := 0.0
	for _, c := range t.Columns {
		whole += c.Width
	}
	heads := make([]Cell, len(t.Columns))
	for i, c := range t.Columns {
		heads[i].Text = c.Head
	}
	head := func() {
		p.SetFont("go", "B", sizeWords)
		p.lay(t.Columns, heads, whole).write("B")
	}
	p.room(4 * rowHigh) //nolint:mnd // the heading is not alone at the end of a page
	p.Ln(lineHigh)
	p.SetFont("go", "B", sizeHead)
	p.CellFormat(width, rowHigh, p.fit(t.Title, width), "", 1, "L", false, 0, "")
	head()
	for _, cells := range t.Rows {
		p.SetFont("go", "", sizeWords)
		r := p.lay(t.Columns, cells, whole)
		if p.room(r.high) {
			head()
			p.SetFont("go", "", sizeWords)
		}
		r.write("")
	}
	if len(t.Total) > 0 {
		p.SetFont("go", "B", sizeWords)
		r := p.lay(t.Columns, t.Total, whole)
		p.room(r.high)
		r.write("T")
	}
}

// room begins a new page unless there is so much room on this one, and reports whether
// it did.
func (p page) room(high float64) bool {
	_, pageHigh := p.GetPageSize()
	if p.GetY()+high <= pageHigh-bottom {
		return false
	}
	p.AddPage()
	return true
}

// row is a row of a table, in the font in which it was laid out.
type row struct {
	page

	cells []laid
	high  float64
}

// laid is a cell: the lines of its words, or one number.
type laid struct {
	width  float64
	align  string
	number bool
	lines  []string
}

// lay breaks the words of a row into lines.
func (p page) lay(columns []Column, cells []Cell, whole float64) row {
	r := row{page: p, high: rowHigh}
	for i, c := range columns {
		one := laid{width: width * c.Width / whole, align: "L"}
		if c.Number {
			one.align = "R"
		}
		if i < len(cells) {
			text := p.written(cells[i].Text)
			if one.number = cells[i].Kind != Words; one.number {
				one.lines = []string{text}
			} else {
				one.lines = p.SplitText(text, one.width)
			}
		}
		r.cells = append(r.cells, one)
		r.high = max(r.high, rowHigh+float64(len(one.lines)-1)*lineHigh)
	}
	return r
}

func (r row) write(border string) {
	x, y := r.GetXY()
	for _, c := range r.cells {
		r.SetXY(x, y)
		r.CellFormat(c.width, r.high, "", border, 0, "", false, 0, "")
		for i, line := range c.lines {
			if c.number {
				r.shrink(line, c.width)
			}
			r.SetXY(x, y+float64(i)*lineHigh)
			r.CellFormat(c.width, rowHigh, line, "", 0, c.align, false, 0, "")
			r.SetFontSize(sizeWords)
		}
		x += c.width
	}
	r.SetXY(r.left(), y+r.high)
}

func (p page) left() float64 {
	left, _, _, _ := p.GetMargins()
	return left
}

// shrink makes what is written next so small that a number fits into a width: a part of
// one would be another.
func (p page) shrink(text string, room float64) {
	const step, least = 0.25, 3.0
	room -= 2 * p.GetCellMargin() //nolint:mnd // left and right
	for size := sizeWords; size > least && p.GetStringWidth(p.written(text)) > room; size -= step {
		p.SetFontSize(size)
	}
}

// fit returns as much of a text as a width has room for.
func (p page) fit(text string, room float64) string {
	text = p.written(text)
	room -= 2 * p.GetCellMargin() //nolint:mnd // left and right
	if p.GetStringWidth(text) <= room {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && p.GetStringWidth(string(runes)+"…") > room {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// written returns a text with a question mark for each letter that the font does not
// have: nothing that is there must seem not to be.
func (p page) written(text string) string {
	var b sfnt.Buffer
	return strings.Map(func(r rune) rune {
		if i, err := p.font.GlyphIndex(&b, r); err != nil || i == 0 {
			return '?'
		}
		return r
	}, text)
}
