package views

import (
	"bytes"
	"encoding/json"

	"github.com/connectplaza/plaza"
)

// Minute is how a field for a time holds it.
const Minute = "2006-01-02T15:04"

// deliveryDot returns the dot of a delivery's state.
func deliveryDot(s plaza.DeliveryState) string {
	switch s {
	case plaza.DeliveryDelivered:
		return "dot-green"
	case plaza.DeliveryFailed:
		return "dot-red"
	case plaza.DeliveryWaiting:
	}
	return "dot-amber"
}

// tryDot returns the dot of a try.
func tryDot(t plaza.DeliveryTry) string {
	if t.Problem == "" {
		return "dot-green"
	}
	return "dot-red"
}

// tryTitle returns what came of a try.
func (f Frame) tryTitle(t plaza.DeliveryTry) string {
	switch {
	case t.Problem == "":
		return f.T("delivery.taken", "Status", intText(t.Status))
	case t.Status != 0:
		return f.T("delivery.not_taken", "Status", intText(t.Status), "Problem", f.Say(t.Problem.Text()))
	}
	return f.Say(t.Problem.Text())
}

// indented returns the body of a message for people to read: the same values, with room
// between them.
func indented(body string) string {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(body), "", "  "); err != nil {
		return body
	}
	return b.String()
}
