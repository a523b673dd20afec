package plaza

import (
	"slices"
)

// Allowance is how many licenses of a kind, or of a plan, a profile and all below
// it may hold. Every license counts until it is ended for good, also one that has
// expired: it can be renewed.
type Allowance struct {
	ID          string
	Profile     string
	ProfileName string
	Kind        LicenseKind // empty: it is for a plan
	Plan        string      // empty: it is for a kind
	PlanName    string
	Most        int
	Overage     int // how many more there may be, which are told of; 0: it is hard
	Used        int // how many there are
	Told        int // the percentage that was last told of: 0, 80 or 100
	Version     int
}

// Of returns what a is for, for people to read within a sentence.
func (a Allowance) Of() Text {
	if a.Plan != "" {
		return T("allowance.of_plan", "Name", a.PlanName)
	}
	return T("allowance.of_" + string(a.Kind))
}

// AllowanceState says how much of an allowance is used.
type AllowanceState string

// The states of an allowance.
const (
	AllowanceFree AllowanceState = "free"
	AllowanceNear AllowanceState = "near" // four fifths are used
	AllowanceFull AllowanceState = "full" // all of it is used
	AllowanceOver AllowanceState = "over" // more is used than it says, as its overage lets
)

// AllowanceStates returns every state of an allowance.
func AllowanceStates() []AllowanceState {
	return []AllowanceState{AllowanceOver, AllowanceFull, AllowanceNear, AllowanceFree}
}

// AllowanceFilter chooses allowances.
type AllowanceFilter struct {
	Text   string // in the name of the profile
	States []AllowanceState
}

// Text returns the name of s.
func (s AllowanceState) Text() Text { return T("allowance.state." + string(s)) }

// State returns how much of a is used.
func (a Allowance) State() AllowanceState {
	switch {
	case a.Used > a.Most:
		return AllowanceOver
	case a.Used == a.Most:
		return AllowanceFull
	case a.Level() > 0:
		return AllowanceNear
	}
	return AllowanceFree
}

// What is told of, in percent of an allowance.
const (
	LevelFull = 100
	LevelNear = 80
)

// Level returns the highest percentage that is told of and has been reached.
func (a Allowance) Level() int {
	switch {
	case a.Used >= a.Most:
		return LevelFull
	case a.Used*LevelFull >= a.Most*LevelNear:
		return LevelNear
	}
	return 0
}

// Exceeded reports whether there are more licenses than a lets there be.
func (a Allowance) Exceeded() bool { return a.Used > a.Most+a.Overage }

// NewAllowance bounds how many licenses a profile and all below it may hold: of a
// kind or of a plan, of which one is empty.
type NewAllowance struct {
	Profile string
	Kind    LicenseKind
	Plan    string
	Most    int
	Overage int
}

// mostAllowed limits an allowance: more licenses no installation has.
const mostAllowed = 10_000_000

// Validate reports every field that cannot be accepted as an Invalid error.
func (n NewAllowance) Validate() error {
	bad := problems{}
	if (n.Kind == "") == (n.Plan == "") || n.Kind != "" && !slices.Contains(LicenseKinds(), n.Kind) {
		bad.add("of", "problem.allowance_of")
	}
	bad.numbers(n.Most, n.Overage)
	return bad.err()
}

func (p problems) numbers(most, overage int) {
	p.between("most", most, 0, mostAllowed)
	p.between("overage", overage, 0, mostAllowed)
}

// AllowanceEdit changes how much an allowance allows.
type AllowanceEdit struct {
	Most    int
	Overage int
	Version int // of the allowance as it was when it was drawn
}

// Validate reports every field that cannot be accepted as an Invalid error.
func (e AllowanceEdit) Validate() error {
	bad := problems{}
	bad.numbers(e.Most, e.Overage)
	return bad.err()
}
