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
	Pass        string // ID of the token that a program started it with; empty: a person did
	Kind        BatchKind
	Input       BatchInput
	Holder      string // name of the profile that it makes things for; empty if the viewer may not know, or it makes nothing
	Reason      string // may be empty
	Whole       bool   // it is done to all or to none
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
	BatchSuspend BatchKind = "suspend" // makes a license invalid until it is resumed
	BatchResume  BatchKind = "resume"  // undoes that
	BatchEnd     BatchKind = "end"     // ends a license for good
)

// BulkKinds returns what somebody can do to many licenses that they choose.
func BulkKinds() []BatchKind { return []BatchKind{BatchRenew, BatchSuspend, BatchResume, BatchEnd} }

// Verb returns what one needs to be allowed to do k to one license that there is.
func (k BatchKind) Verb() Verb {
	switch k {
	case BatchEdition:
		return LicensePlan
	case BatchSuspend:
		return LicenseSuspend
	case BatchResume:
		return LicenseResume
	case BatchEnd:
		return LicenseEnd
	case BatchRenew, BatchIssue, BatchAgents:
	}
	return LicenseRenew
}

// BatchInput is what a batch makes many of; empty if it changes what there is.
type BatchInput struct {
	License *NewLicense `json:"license,omitempty"`
	Agent   *NewAgent   `json:"agent,omitempty"`
	Plan    string      `json:"plan,omitempty"` // what the plan was called under which they are, or are put
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

// Bulk asks to do the same to many licenses.
type Bulk struct {
	Kind     BatchKind // one of [BulkKinds]
	Licenses []string  // IDs
	Reason   string    // may be empty, unless something is suspended or ends
	Again    int       // how many they are, typed again: if they end
	Whole    bool      // to all or to none: up to [MostWhole], and they do not end
}

// MostWhole is the most that can be done to all or to none: nobody else writes meanwhile.
const MostWhole = 1000

// Chosen reports, as an Invalid error, if what b does or to which licenses cannot be
// accepted. Naming one license twice is not: nobody could tell whether two terms were meant.
func (b Bulk) Chosen() error { return b.chosen().err() }

func (b Bulk) chosen() problems {
	bad := problems{}
	if !slices.Contains(BulkKinds(), b.Kind) {
		bad.add("kind", "problem.choice")
	}
	bad.many("licenses", b.Licenses)
	return bad
}

// Validate reports every field that cannot be accepted as an Invalid error.
func (b Bulk) Validate() error {
	bad := b.chosen()
	least := 0
	if b.Grave() {
		least = MinReason
	}
	bad.reason("reason", b.Reason, least)
	if b.Whole && (b.Kind == BatchEnd || len(b.Licenses) > MostWhole) {
		bad.add("whole", "problem.whole", "Max", MostWhole)
	}
	if b.Kind == BatchEnd && b.Again != len(b.Licenses) {
		bad.add("count", "problem.count_again", "Count", len(b.Licenses))
	}
	return bad.err()
}

// Grave reports whether what b does stops ConnectAgents.
func (b Bulk) Grave() bool { return b.Kind == BatchSuspend || b.Kind == BatchEnd }

// Do returns l as b makes it, as of now. Months are counted in zone. Kinds: Conflict.
func (b Bulk) Do(l License, now time.Time, zone *time.Location) (License, error) {
	switch b.Kind {
	case BatchSuspend:
		return l.Suspend(now, b.Reason)
	case BatchResume:
		return l.Resume()
	case BatchEnd:
		return l.End(now)
	case BatchRenew, BatchIssue, BatchAgents, BatchEdition:
	}
	return l.Renewed(now, zone)
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

// BulkOutlook is what a [Bulk] would do.
type BulkOutlook struct {
	Bulk

	Lines  []BulkLine // the first of them
	Able   int        // to how many it can be done
	From   time.Time  // when the first term of those that are renewed ends then
	Till   time.Time  // and the last
	Agents int        // how many ConnectAgents stop, or if they are resumed go on
	Billed int        // how many of those that are suspended are billed meanwhile
	Unable []Unable   // why it cannot be done to the others, most first
}

// BulkLine is what would become of one license.
type BulkLine struct {
	Before, After License
	Why           Text // nothing, for that reason; zero: it can be done
}

// bulkLines is how many licenses are named: a page of a list.
const bulkLines = MaxPageSize

// Unable is why something cannot be done to some of many things.
type Unable struct {
	Why   Text
	Count int
}

// Outlook returns what b would do to licenses, as of now. Months are counted in zone.
func (b Bulk) Outlook(licenses []License, now time.Time, zone *time.Location) BulkOutlook {
	o := BulkOutlook{Bulk: b}
	for _, l := range licenses {
		next, err := b.Do(l, now, zone)
		line := BulkLine{Before: l, After: next}
		if err != nil {
			line.Why = AsError(err).Msg
			o.unable(line.Why)
		}
		if len(o.Lines) < bulkLines {
			o.Lines = append(o.Lines, line)
		}
		if err != nil {
			continue
		}
		o.Able++
		if l.Agent != "" && l.State(now).Valid() != next.State(now).Valid() {
			o.Agents++
		}
		if b.Kind == BatchSuspend && l.BillsSuspended {
			o.Billed++
		}
		if b.Kind == BatchRenew {
			if o.From.IsZero() || next.Ends.Before(o.From) {
				o.From = next.Ends
			}
			o.Till = later(o.Till, next.Ends)
		}
	}
	slices.SortStableFunc(o.Unable, func(a, b Unable) int { return b.Count - a.Count })
	return o
}

func (o *BulkOutlook) unable(why Text) {
	i := slices.IndexFunc(o.Unable, func(u Unable) bool { return u.Why.Key == why.Key })
	if i < 0 {
		i = len(o.Unable)
		o.Unable = append(o.Unable, Unable{Why: why})
	}
	o.Unable[i].Count++
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
