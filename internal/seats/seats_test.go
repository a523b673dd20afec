package seats_test

import (
	"testing"

	"github.com/connectplaza/plaza/internal/seats"
)

// TestSeatsAreBounded: for each, and for all; and they are given back.
func TestSeatsAreBounded(t *testing.T) {
	t.Parallel()
	s := seats.New(4, 2)
	var free []func()
	take := func(who string, want bool) {
		t.Helper()
		f, ok := s.Take(who)
		if ok != want {
			t.Errorf("%s gets a seat: %t", who, ok)
		}
		if ok {
			free = append(free, f)
		}
	}
	for range 2 { // what was given back is there again
		free = nil
		take("a", true)
		take("a", true)
		take("a", false)
		take("b", true)
		take("c", true)
		take("d", false)
		free[0]()
		take("d", true)
		for _, f := range free[1:] {
			f()
		}
	}
}
