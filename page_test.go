package plaza

import (
	"fmt"
	"os"
	"path/filepath"
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
	file, err := os.Create(filepath.Join(t.TempDir(), "order"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, store := range []OrderStore{nil, file} {
		for _, many := range []int{len(ids), 2 * block, block, 3} {
			var o Order
			o.StoreIn(store)
			for _, id := range ids[:many] {
				o.Add(id)
			}
			if got := o.IDs(0, o.Len()); !slices.Equal(got, ids[:many]) || o.Err() != nil {
				t.Errorf("%d IDs, of %d, %v", len(got), many, o.Err())
			}
			if got := o.IDs(many/2-1, many/2+1); !slices.Equal(got, ids[many/2-1:many/2+1]) {
				t.Errorf("across a border: %v", got)
			}
			if n := len(o.texts); n != min(many, 5) {
				t.Errorf("%d of them are kept as texts", n)
			}
			if store != nil && len(o.blocks) > 1 {
				t.Errorf("%d blocks are in memory", len(o.blocks))
			}
		}
	}
}

// TestAStoreThatBreaksIsTold: nobody takes what it returned for IDs.
func TestAStoreThatBreaksIsTold(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "order"))
	if err != nil {
		t.Fatal(err)
	}
	var o Order
	o.StoreIn(file)
	for i := range block + 1 {
		o.Add(fmt.Sprintf("01a20000-0000-7000-8000-%012x", i))
	}
	if file.Close() != nil || o.Err() != nil {
		t.Fatal(o.Err())
	}
	if o.IDs(0, 1); o.Err() == nil {
		t.Error("nobody is told")
	}
}
