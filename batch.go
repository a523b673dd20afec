package plaza

import (
	"slices"
	"time"
)

// Batch is work on many things that somebody started. It goes on whether or not they
// wait for it, and does each thing once.
type Batch struct {
	ID          string
	Profile     string // of whoever started it
	ProfileName string
	Login       string // who started it; what it does, it does with the rights they have by then
	LoginName   string
	Kind        BatchKind
	Reason      string // may be empty
	Created     time.Time
	Finished    time.Time // zero: not yet
	Total       int
	Done        int
	Failed      int
}

// BatchKind says what a batch does to each thing.
type BatchKind string

// What a batch does.
const (
	BatchRenew BatchKind = "renew" // adds a term to a license
)

// Text returns the name of k.
func (k BatchKind) Text() Text { return T("batch.kind." + string(k)) }

// Percent returns how much of b is behind it, failed or not.
func (b Batch) Percent() int {
	const all = 100
	if b.Total == 0 {
		return all
	}
	return (b.Done + b.Failed) * all / b.Total
}

// BatchProblem is what of a batch failed, and why.
type BatchProblem struct {
	Object string // its ID
	Name   string
	Why    Text
}

// MostAtOnce is how many things one batch works on.
const MostAtOnce = 10_000

// NewRenewals asks to renew many licenses.
type NewRenewals struct {
	Licenses []string // IDs
	Reason   string   // may be empty
}

// Validate reports every field that cannot be accepted as an Invalid error. Naming one
// license twice is not accepted: nobody could tell whether two terms were meant.
func (n NewRenewals) Validate() error {
	bad := problems{}
	bad.many("licenses", n.Licenses)
	bad.reason("reason", n.Reason, 0)
	return bad.err()
}

// many notes that so many different things can be worked on at once.
func (p problems) many(field string, ids []string) {
	sorted := slices.Clone(ids)
	slices.Sort(sorted)
	switch {
	case len(ids) == 0:
		p.add(field, "problem.none_chosen")
	case len(ids) > MostAtOnce:
		p.add(field, "problem.too_many", "Max", MostAtOnce)
	case len(slices.Compact(sorted)) < len(ids):
		p.add(field, "problem.twice")
	}
}
