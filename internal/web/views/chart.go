package views

import (
	"math"
	"strconv"
	"time"

	"github.com/connectplaza/plaza"
)

// The measures of a chart, in the units of its viewBox: about as many pixels as
// it is wide when one of two stands in a row.
const (
	chartWidth  = 360.0
	chartHeight = 180.0
)

// share is a part of a bar, or of a whole: so many of something.
type share struct {
	Label   string
	Dot     string // in lists, and so its colour here
	Count   int
	Striped bool // to tell it from another of the same colour
}

// barRow is one bar of a chart that lies on its side, made of shares.
type barRow struct {
	Label  string
	Path   string // of the list with what the bar counts
	Shares []share
}

// total returns how much the whole bar counts.
func (r barRow) total() (n int) {
	for _, s := range r.Shares {
		n += s.Count
	}
	return n
}

// box is a rectangle that is filled with the colour of a class.
type box struct {
	Class      string
	Striped    bool
	X, Y, W, H float64
}

// lyingBar is a bar as it is drawn: where its label stands, its boxes, and where
// its number stands.
type lyingBar struct {
	Label    string
	Y        float64 // of the words
	Boxes    []box
	Number   string
	NumberAt float64
}

// lyingBars lays bars out below each other. If they have several shares each is
// as wide as there is room, so that one compares shares; else the longest is.
// What is there is seen: nothing that counts is narrower than 3.
func lyingBars(rows []barRow, number func(int) string) (all []lyingBar) {
	const left, right, thick = 100.0, 44.0, 14.0
	room := chartWidth - left - right
	pitch := chartHeight / float64(max(len(rows), 1))
	most := 1
	for _, r := range rows {
		most = max(most, r.total())
	}
	for i, r := range rows {
		middle := pitch * (float64(i) + 0.5)
		whole := most
		if len(r.Shares) > 1 {
			whole = max(r.total(), 1)
		}
		bar := lyingBar{Label: r.Label, Y: middle + 4, Number: number(r.total()), NumberAt: left}
		bar.Boxes = r.boxes(room/float64(whole), room)
		for i := range bar.Boxes {
			b := &bar.Boxes[i]
			b.X, b.Y, b.H = b.X+left, middle-thick/2, thick
			bar.NumberAt = b.X + b.W
		}
		bar.NumberAt += 6
		all = append(all, bar)
	}
	return all
}

// boxes returns the shares of r side by side, each one as wide as its count says
// but none too narrow to be seen, in no more than room.
func (r barRow) boxes(each, room float64) (all []box) {
	const least, gap = 3.0, 1.5
	x := 0.0
	for _, s := range r.Shares {
		if s.Count > 0 {
			w := max(least, each*float64(s.Count)-gap)
			all = append(all, box{Class: chartClass(s.Dot), Striped: s.Striped, X: x, W: w})
			x += w + gap
		}
	}
	if over := x - gap - room; over > 0 { // the least ones took more than their share
		widest := 0
		for i := range all {
			if all[i].W > all[widest].W {
				widest = i
			}
		}
		all[widest].W -= over
		for i := widest + 1; i < len(all); i++ {
			all[i].X -= over
		}
	}
	return all
}

// chartClass returns the class that fills a shape with the colour of a dot.
func chartClass(dot string) string {
	switch dot {
	case "dot-green":
		return "chart-green"
	case "dot-amber":
		return "chart-amber"
	case "dot-red":
		return "chart-red"
	case "dot-blue":
		return "chart-blue"
	}
	return "chart-grey"
}

// standingBars is a chart of bars that stand beside each other.
type standingBars struct {
	Lines []gridLine
	Bars  []standingBar
}

// gridLine is a level of a chart with its number.
type gridLine struct {
	Y     float64
	Label string
}

// standingBar is one bar as it is drawn, with the words below and above it.
type standingBar struct {
	Box    box
	Middle float64
	Label  string
	Number string // empty for nothing
	Above  float64
}

// monthBars lays out how many there are of something in each month.
func monthBars(months []plaza.MonthCount, name func(time.Time) string, number func(int) string) standingBars {
	const left, top, foot = 26.0, 16.0, 22.0
	most := 0
	for _, m := range months {
		most = max(most, m.Count)
	}
	step := gridStep(most)
	highest := float64(step * max(1, (most+step-1)/step))
	base := chartHeight - foot
	height := func(n int) float64 { return (base - top) * float64(n) / highest }
	var c standingBars
	for level := 0; float64(level) <= highest; level += step {
		c.Lines = append(c.Lines, gridLine{Y: base - height(level), Label: number(level)})
	}
	pitch := (chartWidth - left) / float64(max(len(months), 1))
	for i, m := range months {
		middle := left + pitch*(float64(i)+0.5)
		h := height(m.Count)
		bar := standingBar{
			Box:    box{Class: "chart-accent", X: middle - pitch*0.31, Y: base - h, W: pitch * 0.62, H: h},
			Middle: middle, Label: name(m.Month), Above: base - h - 5,
		}
		if m.Count > 0 {
			bar.Number = number(m.Count)
		}
		c.Bars = append(c.Bars, bar)
	}
	return c
}

// gridStep returns a round number of which about three make most.
func gridStep(most int) int {
	rough := float64(most) / 3
	if rough <= 1 {
		return 1
	}
	ten := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, times := range []float64{1, 2, 5, 10} {
		if rough <= times*ten {
			return int(times * ten)
		}
	}
	return int(10 * ten)
}

// unit returns a length as it stands in a drawing.
func unit(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }

// shorter returns at most so many characters of words.
func shorter(words string, most int) string {
	runes := []rune(words)
	if len(runes) <= most {
		return words
	}
	return string(runes[:most-1]) + "…"
}
