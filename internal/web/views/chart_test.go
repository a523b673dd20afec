package views

import (
	"strconv"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
)

func TestLyingBarsFitAndKeepTheirOrder(t *testing.T) {
	t.Parallel()
	rows := []barRow{
		{Label: "a", Shares: []share{{"x", "dot-green", 1000, false}, {"y", "dot-red", 0, false}, {"z", "dot-amber", 1, false}}},
		{Label: "b", Shares: []share{{"x", "dot-green", 1, false}, {"y", "dot-red", 1, false}, {"z", "dot-amber", 1, false}}},
		{Label: "c"},
	}
	bars := lyingBars(rows, strconv.Itoa)
	if len(bars) != 3 || len(bars[0].Boxes) != 2 || len(bars[1].Boxes) != 3 || len(bars[2].Boxes) != 0 {
		t.Fatalf("got %+v", bars)
	}
	for _, bar := range bars {
		right := 0.0
		for _, b := range bar.Boxes {
			if b.X < right || b.W < 3 || b.Y < 0 || b.Y+b.H > chartHeight {
				t.Errorf("%s: a box at %v", bar.Label, b)
			}
			right = b.X + b.W
		}
		if bar.NumberAt < right || bar.NumberAt > chartWidth-20 {
			t.Errorf("%s: its number stands at %v, its bar ends at %v", bar.Label, bar.NumberAt, right)
		}
	}
	if bars[0].Number != "1001" || bars[0].Boxes[1].Class != "chart-amber" {
		t.Errorf("got %+v", bars[0])
	}
}

func TestMonthBarsStandOnTheLineAndBelowTheTop(t *testing.T) {
	t.Parallel()
	for _, most := range []int{0, 1, 2, 3, 7, 99, 100, 12345} {
		months := make([]plaza.MonthCount, 12)
		months[3].Count, months[4].Count = most, most/2
		c := monthBars(months, func(time.Time) string { return "m" }, strconv.Itoa)
		if len(c.Bars) != 12 || len(c.Lines) < 2 || len(c.Lines) > 5 {
			t.Fatalf("%d: %d bars, %d lines", most, len(c.Bars), len(c.Lines))
		}
		base := c.Lines[0].Y
		for _, b := range c.Bars {
			if b.Box.Y < 15 || b.Box.X+b.Box.W > chartWidth || base-b.Box.Y-b.Box.H > 0.01 {
				t.Errorf("%d: a bar at %+v", most, b.Box)
			}
			if (b.Number == "") != (b.Box.H == 0) {
				t.Errorf("%d: %q on a bar of %v", most, b.Number, b.Box.H)
			}
		}
		if top := c.Lines[len(c.Lines)-1]; top.Y < 15 {
			t.Errorf("%d: the highest line is at %v", most, top.Y)
		}
	}
}

func TestGridStepIsRound(t *testing.T) {
	t.Parallel()
	for most, want := range map[int]int{0: 1, 1: 1, 3: 1, 4: 2, 10: 5, 28: 10, 48: 20, 100: 50, 301: 200, 1000: 500} {
		if got := gridStep(most); got != want {
			t.Errorf("up to %d in steps of %d, want %d", most, got, want)
		}
	}
}

func TestUnit(t *testing.T) {
	t.Parallel()
	for x, want := range map[float64]string{0: "0", 1.25: "1.3", 12: "12", 99.96: "100"} {
		if got := unit(x); got != want {
			t.Errorf("%v: got %q, want %q", x, got, want)
		}
	}
}

func TestShorterKeepsWholeCharacters(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{"": "", "kort": "kort", "précis": "préc…"} {
		if got := shorter(words, 5); got != want {
			t.Errorf("%q: got %q, want %q", words, got, want)
		}
	}
}
