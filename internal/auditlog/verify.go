package auditlog

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/connectplaza/plaza"
)

// Report is what a [Verifier] found.
type Report struct {
	Size     int64     // events that are sealed
	Gone     int64     // of these, those of which only the hash is left
	Erased   int64     // of these, those without what may tell something of a person
	Unsealed int64     // events that wait to be sealed
	Root     tlog.Hash // of the tree of those that are sealed
	Fault    *Fault    // the first event that does not fit; nil if the log is whole
}

// Fault is something that does not fit.
type Fault struct {
	Position int64     // below 0 if it has none
	ID       string    // of the event; empty if it is not there
	At       time.Time // of the event
	Why      string
}

func (f Fault) String() string {
	where := "an event without a position"
	if f.Position >= 0 {
		where = fmt.Sprintf("the event at position %d", f.Position)
	}
	if f.ID != "" {
		where += fmt.Sprintf(" (%s, %s)", f.ID, f.At.Format(time.RFC3339Nano))
	}
	return where + " does not fit: " + f.Why
}

// FaultError is a fault that something is not done because of.
type FaultError Fault

func (e FaultError) Error() string { return Fault(e).String() }

// order sorts faults: what has no place in the log comes after what has.
func (f Fault) order(other Fault) int {
	return cmp.Compare(uint64(f.Position), uint64(other.Position)) //nolint:gosec // below 0 becomes the largest
}

// Verifier goes through a log from its first event to its last, and finds out
// whether it is what was sealed. Give it every event in order, then what is not
// sealed, then call [Verifier.Report].
type Verifier struct {
	key         *Key
	checkpoints []Checkpoint // that lie ahead, by size
	signed      int64        // events of which a checkpoint was signed
	fits        int64        // events up to the last checkpoint that fits
	tree        Tree
	report      Report

	expired   int64   // events before this position may be gone
	gone      spans   // positions whose events are gone
	forgotten spans   // positions whose events may have been erased
	erased    []Fault // events that were erased, as the fault that each is unless it may
}

// NewVerifier returns a verifier of a log that the checkpoints are of. With the
// installation's own key it can tell events that Plaza did not write, also among
// those that are not sealed yet; key may be nil.
func NewVerifier(key *Key, checkpoints ...Checkpoint) *Verifier {
	v := &Verifier{key: key}
	for _, c := range checkpoints {
		v.signed = max(v.signed, c.Size)
		if c.Size > 0 { // of no events there is nothing to say
			v.checkpoints = append(v.checkpoints, c)
		}
	}
	slices.SortFunc(v.checkpoints, func(a, b Checkpoint) int { return cmp.Compare(a.Size, b.Size) })
	return v
}

// Event takes the event at the next position. If hashes is not nil, it is the
// hashes that are kept for this position: its own, and those that it completes.
func (v *Verifier) Event(r plaza.AuditRecord, hashes []tlog.Hash) {
	says := r.Position
	if r.Position = v.tree.size; says != r.Position {
		v.Stray(r, fmt.Sprintf("it says that its position is %d", says))
	}
	leaf := Leaf(r)
	stamped := v.key != nil && v.key.Stamped(r)
	why := v.odd(r, leaf, stamped, hashes)
	if why != "" {
		v.Stray(r, why)
	}
	if why == "" || stamped && !r.Erased() { // what it says is true, whatever was done to its hash
		v.permit(r)
	}
	if r.Erased() {
		v.report.Erased++
		v.erased = append(v.erased, fault(r, "it was erased, and no sealed event says so"))
	}
	if hashes != nil && !stamped {
		leaf = hashes[0] // so that the fault of one event is not found in others again
	}
	v.grow(leaf, hashes)
}

// odd returns what is the matter with the event at the next position, if
// anything is.
func (v *Verifier) odd(r plaza.AuditRecord, leaf tlog.Hash, stamped bool, hashes []tlog.Hash) string {
	differs := hashes != nil && hashes[0] != leaf
	switch {
	case differs && stamped:
		return "the hash that is kept of it is not its own"
	case differs:
		return "it is not what was sealed"
	case v.key != nil && !stamped:
		return "it does not bear the stamp of what Plaza wrote"
	case r.Erased() && !emptied(r):
		return "it says that it was erased, but it holds something"
	case !r.Erased() && len(r.Salt) != saltSize:
		return "its salt is not one"
	}
	return ""
}

// Gone takes the next position, of whose event only the hashes are left.
func (v *Verifier) Gone(hashes []tlog.Hash) {
	v.report.Gone++
	v.gone = v.gone.with(v.tree.size)
	var leaf tlog.Hash
	if len(hashes) == 0 || hashes[0] == leaf {
		v.Note(Fault{Position: v.tree.size, Why: "it is gone, and its hash too"})
	} else {
		leaf = hashes[0]
	}
	v.grow(leaf, hashes)
}

// Stray takes an event that stands where none should, and says why.
func (v *Verifier) Stray(r plaza.AuditRecord, why string) { v.Note(fault(r, why)) }

// Unsealed takes an event that is not sealed yet.
func (v *Verifier) Unsealed(r plaza.AuditRecord) {
	v.report.Unsealed++
	r.Position = plaza.Unsealed
	if r.Erased() || v.key != nil && !v.key.Stamped(r) {
		v.Stray(r, "it does not bear the stamp of what Plaza wrote")
	}
}

// Last takes the checkpoint that stands at the end of a log: its root is to be
// that of all events.
func (v *Verifier) Last(c Checkpoint) {
	v.signed = max(v.signed, c.Size)
	if c.Size == v.tree.size {
		v.compare(c)
	}
}

// compare compares the root with that of a checkpoint of the same size.
func (v *Verifier) compare(c Checkpoint) {
	if c.Root == v.tree.Root() {
		v.fits = c.Size
	} else if v.report.Fault == nil {
		v.Note(Fault{Position: v.fits, Why: fmt.Sprintf("it, or another one up to position %d, is not what was signed, and its hash was made to go with it", c.Size-1)})
	}
}

// Report returns what was found.
func (v *Verifier) Report() Report {
	if first, found := v.gone.from(v.expired); found {
		v.Note(Fault{Position: first, Why: "it is gone, and no sealed event says that its time was over"})
	}
	for _, f := range v.erased {
		if !v.forgotten.has(f.Position) {
			v.Note(f)
			break
		}
	}
	switch size := v.tree.size; {
	case size < v.signed:
		v.Note(Fault{Position: size, Why: fmt.Sprintf("it is gone: a checkpoint was signed of %d events, and here are %d", v.signed, size)})
	case size > v.signed:
		v.Note(Fault{Position: v.signed, Why: "no checkpoint was signed of it"})
	}
	v.report.Size, v.report.Root = v.tree.size, v.tree.Root()
	return v.report
}

// grow adds a leaf to the tree, compares what it completes with the hashes that
// are kept, and the root with the checkpoint of this size, if there is one.
func (v *Verifier) grow(leaf tlog.Hash, hashes []tlog.Hash) {
	position := v.tree.size
	whole := v.tree.Append(leaf)
	for level := 1; level < len(whole) && len(hashes) > 1; level++ {
		if v.report.Fault == nil && (level >= len(hashes) || hashes[level] != whole[level]) {
			first := position + 1 - 1<<level
			v.Note(Fault{Position: first, Why: fmt.Sprintf("the hash that is kept of positions %d to %d is not theirs", first, position)})
		}
	}
	for len(v.checkpoints) > 0 && v.checkpoints[0].Size == v.tree.size {
		v.compare(v.checkpoints[0])
		v.checkpoints = v.checkpoints[1:]
	}
}

// permit notes what r, which is as it was sealed, says about others.
func (v *Verifier) permit(r plaza.AuditRecord) {
	switch till, positions := Expiry(r), forgetting(r); {
	case till <= r.Position:
		v.expired = max(v.expired, till)
		v.forgotten = append(v.forgotten, positions.before(r.Position)...)
	}
}

// Note takes a fault that somebody has found.
func (v *Verifier) Note(f Fault) {
	if v.report.Fault == nil || f.order(*v.report.Fault) < 0 {
		v.report.Fault = &f
	}
}

func fault(r plaza.AuditRecord, why string) Fault {
	return Fault{Position: r.Position, ID: r.ID, At: r.Time(), Why: why}
}
