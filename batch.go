package plaza

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
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
	Input       BatchInput
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
	BatchRenew   BatchKind = "renew"   // adds a term to a license
	BatchIssue   BatchKind = "issue"   // makes a development license
	BatchAgents  BatchKind = "agents"  // makes a ConnectAgent
	BatchEdition BatchKind = "edition" // puts a license under the newest edition of its plan
)

// BatchInput is what a batch makes many of; empty if it changes what there is.
type BatchInput struct {
	License *NewLicense `json:"license,omitempty"`
	Agent   *NewAgent   `json:"agent,omitempty"`
}

// For returns which profile in is for, under which plan, and for what kind of license.
func (in BatchInput) For() (profile, plan string, kind LicenseKind) {
	if in.Agent != nil {
		return in.Agent.Profile, in.Agent.Plan, ConnectAgentLicense
	}
	return in.License.Profile, in.License.Plan, Development
}

// Validate reports every field that cannot be accepted as an Invalid error.
func (in BatchInput) Validate(now time.Time) error {
	if in.Agent != nil {
		return in.Agent.Validate(now)
	}
	return in.License.Validate(now)
}

// Named returns in for the thing with a number, from 1, of so many: its name, if it has
// one, ends with that.
func (in BatchInput) Named(number, total int) BatchInput {
	suffix := strconv.Itoa(number)
	suffix = " " + strings.Repeat("0", len(strconv.Itoa(total))-len(suffix)) + suffix // so that they sort
	switch {
	case in.License != nil && in.License.Name != "":
		l := *in.License
		l.Name += suffix
		in.License = &l
	case in.Agent != nil:
		a := *in.Agent
		a.Name += suffix
		in.Agent = &a
	}
	return in
}

// Text returns the name of k.
func (k BatchKind) Text() Text { return T("batch.kind." + string(k)) }

// Makes reports whether b makes things, rather than changing them.
func (b Batch) Makes() bool { return b.Kind == BatchIssue || b.Kind == BatchAgents }

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

// CheckCount returns an Invalid error unless so many things can be made at once.
func CheckCount(count int) error {
	bad := problems{}
	bad.between("count", count, 1, MostAtOnce)
	return bad.err()
}

// EditionCount is how many licenses there are under an edition of a plan, and what they
// cost a month.
type EditionCount struct {
	Edition int
	Count   int
	Prices  []Money
}

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

// Renewals is what renewing many licenses would do.
type Renewals struct {
	Licenses []string  // IDs
	Able     int       // how many of them can be renewed
	From     time.Time // when the first term of these ends then
	Till     time.Time // and the last
	Unable   []Unable  // and why the others cannot, most first
}

// Unable is why something cannot be done to some of many things.
type Unable struct {
	Why   Text
	Count int
}

// RenewalsOf returns what renewing licenses would do, as of now. Months are counted in
// zone.
func RenewalsOf(licenses []License, now time.Time, zone *time.Location) (r Renewals) {
	for _, l := range licenses {
		r.Licenses = append(r.Licenses, l.ID)
		next, err := l.Renewed(now, zone)
		if err != nil {
			r.unable(AsError(err).Msg)
			continue
		}
		r.Able++
		if r.From.IsZero() || next.Ends.Before(r.From) {
			r.From = next.Ends
		}
		r.Till = later(r.Till, next.Ends)
	}
	slices.SortStableFunc(r.Unable, func(a, b Unable) int { return b.Count - a.Count })
	return r
}

func (r *Renewals) unable(why Text) {
	i := slices.IndexFunc(r.Unable, func(u Unable) bool { return u.Why.Key == why.Key })
	if i < 0 {
		i = len(r.Unable)
		r.Unable = append(r.Unable, Unable{Why: why})
	}
	r.Unable[i].Count++
}

// About returns what a notice keeps of a batch that is finished: what it did, to how many,
// and to how many it could not.
func (b Batch) About() string { return fmt.Sprintf("%s/%d/%d", b.Kind, b.Done, b.Failed) }

// batchDone returns what became of a batch, of which a notice kept about.
func batchDone(about string) Text {
	kind, counts, _ := strings.Cut(about, "/")
	done, failed, _ := strings.Cut(counts, "/")
	n, err := strconv.Atoi(done)
	if err != nil { // of before that was kept
		return T("notice.batch_done", "About", about)
	}
	text := T("batch.finished."+kind, "Count", n)
	if not, err := strconv.Atoi(failed); err == nil && not > 0 {
		return T("notice.batch_done_but", "Done", text, "Failed", T("batch.failed", "Count", not))
	}
	return text
}
