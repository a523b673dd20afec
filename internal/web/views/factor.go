package views

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mileusna/useragent"
	"rsc.io/qr"

	"github.com/connectplaza/plaza"
)

// quiet is the room that a camera needs around a code, in modules.
const quiet = 4

// codeBox returns the view box of a code.
func codeBox(c *qr.Code) string {
	side := c.Size + 2*quiet //nolint:mnd // at both sides
	return fmt.Sprintf("0 0 %d %d", side, side)
}

// codePath returns the dark modules of a code as a path: one stroke for each row of them.
func codePath(c *qr.Code) string {
	var b strings.Builder
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			from := x
			for x < c.Size && c.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	return b.String()
}

// inFours returns text in groups, so that it can be typed.
func inFours(text string) string {
	var parts []string
	for part := range slices.Chunk([]rune(text), 4) { //nolint:mnd // as people read
		parts = append(parts, string(part))
	}
	return strings.Join(parts, " ")
}

// sent is one field that somebody sent before they were asked for a proof.
type sent struct{ Name, Value string }

// sent returns every field that comes along once more, in one order.
func (p Proof) sent() (all []sent) {
	for name, values := range p.Sent {
		if name == "context" { // which is that of every form
			continue
		}
		for _, v := range values {
			all = append(all, sent{name, v})
		}
	}
	slices.SortStableFunc(all, func(a, b sent) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// factorRules returns what a profile can say, as choices.
func (p FactorRule) choices() (all []choice) {
	for _, r := range plaza.FactorRules() {
		if r.Validate(p.Frame.Actor.Kind) == nil {
			all = append(all, choice{Value: string(r), Label: p.Frame.Say(r.Text())})
		}
	}
	return all
}

// browserName returns what a browser is, as far as it says so.
func (f Frame) browserName(agent string) string {
	switch ua := useragent.Parse(agent); {
	case ua.Name == "" || agent == "":
		return f.T("factor.browser_unknown")
	case ua.OS == "":
		return ua.Name
	default:
		return f.T("factor.browser_on", "Browser", ua.Name, "System", ua.OS)
	}
}
