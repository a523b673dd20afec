package web

import (
	"strconv"
	"testing"
)

func TestNotEverybodyListens(t *testing.T) {
	t.Parallel()
	var a audience
	for i := range mostOfServer {
		if session := strconv.Itoa(i % (mostOfServer / mostOfSession)); !a.enter(session) {
			t.Fatalf("the listener %d is turned away", i)
		}
	}
	if a.enter("another") {
		t.Error("more listen than a server can stand")
	}
	a.leave("0")
	if !a.enter("another") {
		t.Error("nobody takes the place of who left")
	}
	a.leave("another")
	for i := range mostOfServer - 1 {
		a.leave(strconv.Itoa((i + 1) % (mostOfServer / mostOfSession)))
	}
	if a.all != 0 || len(a.of) != 0 {
		t.Errorf("still counted: %d, %v", a.all, a.of)
	}
}
