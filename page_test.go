package plaza

import (
	"fmt"
	"slices"
	"testing"
)

// TestOrderKeepsEveryID: whatever an ID looks like, it comes out as it went in.
func TestOrderKeepsEveryID(t *testing.T) {
	t.Parallel()
	ids := []string{"", "short", "01A20000-0000-7000-8000-000000000001", "01a20000-0000-7000-8000-00000000000g", "01a200000000-7000-8000-0000-00000000000"}
	for i := range 3*block + 7 {
		ids = append(ids, fmt.Sprintf("01a20000-0000-7000-8000-%012x", i))
	}
	var o Order
	for _, id := range ids {
		o.Add(id)
	}
	if got := o.IDs(0, o.Len()); !slices.Equal(got, ids) {
		t.Errorf("%d IDs, of %d", len(got), len(ids))
	}
	if got := o.IDs(block-1, block+1); !slices.Equal(got, ids[block-1:block+1]) {
		t.Errorf("across a border: %v", got)
	}
	if n := len(o.texts); n != 5 {
		t.Errorf("%d of them are kept as texts", n)
	}
}
