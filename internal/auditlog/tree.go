package auditlog

import (
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Tree is the Merkle tree of a log, in the little of it that is needed to let it
// grow: the hashes of the whole subtrees, the largest first. The zero Tree is
// empty.
type Tree struct {
	size  int64
	peaks []tlog.Hash
}

// Peaks returns the places, as [tlog] numbers them, of the hashes that
// [NewTree] needs to go on with a log of the given size.
func Peaks(size int64) (places []int64) {
	var before int64
	for level := 62; level >= 0; level-- {
		if size&(1<<level) != 0 {
			places = append(places, tlog.StoredHashIndex(level, before>>level))
			before += 1 << level
		}
	}
	return places
}

// NewTree returns the tree of the log that checkpoint is of, from the hashes at
// its peaks. It fails if these are not those that were signed.
func NewTree(c Checkpoint, peaks []tlog.Hash) (*Tree, error) {
	t := &Tree{size: c.Size, peaks: peaks}
	if len(peaks) != len(Peaks(c.Size)) || t.Root() != c.Root {
		return nil, fmt.Errorf("the tree of %d events has not the root that was signed", c.Size)
	}
	return t, nil
}

// Size returns how many leaves t has.
func (t *Tree) Size() int64 { return t.size }

// Append adds a leaf and returns the hashes that it completes, itself first.
// They belong at the places from [Place] on.
func (t *Tree) Append(leaf tlog.Hash) []tlog.Hash {
	whole := []tlog.Hash{leaf}
	for n := t.size; n&1 == 1; n >>= 1 {
		last := len(t.peaks) - 1
		whole = append(whole, tlog.NodeHash(t.peaks[last], whole[len(whole)-1]))
		t.peaks = t.peaks[:last]
	}
	t.peaks = append(t.peaks, whole[len(whole)-1])
	t.size++
	return whole
}

// Place returns the place of the first of the hashes that the leaf at a position
// completes.
func Place(position int64) int64 { return tlog.StoredHashIndex(0, position) }

// Hashes returns how many hashes are kept of a log of the given size.
func Hashes(size int64) int64 { return tlog.StoredHashCount(size) }

// Root returns the hash of all leaves; that of no leaves is zero.
func (t *Tree) Root() (root tlog.Hash) {
	for i, peak := range slices.Backward(t.peaks) {
		if i == len(t.peaks)-1 {
			root = peak
			continue
		}
		root = tlog.NodeHash(peak, root)
	}
	return root
}
