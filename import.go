package plaza

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Import is a file with rows of what is to be made: all of them, or none.
type Import struct {
	ID          string
	Profile     string // of whoever sent it
	ProfileName string
	Login       string // who sent it; what it does, it does with the rights they have by then
	LoginName   string
	Pass        string // ID of the token that a program sent it with; empty: a person did
	Kind        ImportKind
	State       ImportState
	File        string   // what the file was called; may be empty
	Headings    []string // of its columns
	Columns     ImportColumns
	Rows        int
	Done        int  // rows that were looked at so far, or made
	Bad         int  // of these, what cannot be made
	Problem     Text // why it does not go on; zero: it does
	Created     time.Time
	Changed     time.Time // its state
}

// SentBy reports whether a sent i, and may go on with it: what a token sent is that token's,
// and what a person sent no program's.
func (i Import) SentBy(a Actor) bool { return i.Login == a.Login && i.Pass == a.PassID() }

// The most that there may be in a file.
const (
	MaxImport        = 64 << 20 // bytes
	MaxImportRows    = 100_000
	MaxImportColumns = 100
	MaxImportCell    = 2000 // bytes
)

// MostImports is how many imports of one login there are at the same time that are not over:
// each keeps its file.
const MostImports = 20

// ImportKept is how long an import is kept on which nothing happens.
const ImportKept = 7 * 24 * time.Hour

// ImportKind says what an import makes.
type ImportKind string

// What an import makes.
const (
	ImportPartners ImportKind = "partners"
	ImportLicenses ImportKind = "licenses" // to build with
	ImportLogins   ImportKind = "logins"
)

// ImportKinds returns every kind of import.
func ImportKinds() []ImportKind { return []ImportKind{ImportPartners, ImportLicenses, ImportLogins} }

// Text returns the name of k.
func (k ImportKind) Text() Text { return T("import.kind." + string(k)) }

// Verb returns what one needs to be allowed to do to make one thing of what k makes.
func (k ImportKind) Verb() Verb {
	switch k {
	case ImportPartners:
		return ProfileCreate
	case ImportLicenses:
		return LicenseIssue
	case ImportLogins:
	}
	return LoginCreate
}

// ImportField is something that a column of a file can hold.
type ImportField struct {
	Name     string // as in the form for one thing
	Required bool   // there must be a column of it
}

// Fields returns what rows of an import of kind k hold.
func (k ImportKind) Fields() []ImportField {
	switch k {
	case ImportPartners:
		return []ImportField{{"kind", false}, {"name", true}, {"parent", false}, {"plan", true}, {"support_email", false}, {"billing_id", false}, {"owner_name", false}, {"owner_email", false}}
	case ImportLicenses:
		return []ImportField{{"profile", true}, {"plan", true}, {"name", false}, {"starts", false}}
	case ImportLogins:
		return []ImportField{{"profile", true}, {"name", true}, {"email", true}, {"role", true}, {"dashboard", false}}
	}
	return nil
}

// Text returns the name of f.
func (f ImportField) Text() Text { return T("import.field." + f.Name) }

// ImportColumns says which column of a file, from 0, holds which field.
type ImportColumns map[string]int

// Check reports, as an Invalid error, the fields of k that need another column of as many
// as there are.
func (c ImportColumns) Check(k ImportKind, columns int) error {
	bad, taken := problems{}, map[int]bool{}
	for name := range c {
		if !slices.ContainsFunc(k.Fields(), func(f ImportField) bool { return f.Name == name }) {
			bad.add(name, "problem.choice")
		}
	}
	for _, f := range k.Fields() {
		at, ok := c[f.Name]
		switch {
		case !ok && f.Required:
			bad.add(f.Name, "problem.import_column")
		case ok && (at < 0 || at >= columns):
			bad.add(f.Name, "problem.choice")
		case ok && taken[at]:
			bad.add(f.Name, "problem.import_column_twice")
		}
		if ok {
			taken[at] = true
		}
	}
	return bad.err()
}

// ImportState is where an import stands.
type ImportState string

// The states of an import.
const (
	ImportMatching  ImportState = "matching"  // waits for somebody to say what its columns hold
	ImportChecking  ImportState = "checking"  // is being tried
	ImportReady     ImportState = "ready"     // all of it can be made
	ImportFaulty    ImportState = "faulty"    // some of it cannot be
	ImportApplying  ImportState = "applying"  // is being made
	ImportApplied   ImportState = "applied"   // was made, all of it
	ImportFailed    ImportState = "failed"    // nothing was made, see [Import.Problem]
	ImportDiscarded ImportState = "discarded" // by somebody
	ImportLapsed    ImportState = "lapsed"    // nobody went on with it
)

// ImportStates returns every state of an import.
func ImportStates() []ImportState {
	return []ImportState{
		ImportMatching, ImportChecking, ImportReady, ImportFaulty, ImportApplying, ImportApplied, ImportFailed, ImportDiscarded, ImportLapsed,
	}
}

// Text returns the name of s.
func (s ImportState) Text() Text { return T("import.state." + string(s)) }

// Waits reports whether an import in state s waits for somebody to go on with it.
func (s ImportState) Waits() bool {
	return slices.Contains([]ImportState{ImportMatching, ImportReady, ImportFaulty, ImportFailed}, s)
}

// Works reports whether an import in state s is being worked on.
func (s ImportState) Works() bool { return s == ImportChecking || s == ImportApplying }

// Over reports whether nothing becomes of an import in state s any more.
func (s ImportState) Over() bool { return !s.Waits() && !s.Works() }

// Check returns i as it is when it is to be tried with these columns, from now on; nil: with
// those that it has. Kinds: Conflict, Invalid.
func (i Import) Check(columns ImportColumns, now time.Time) (Import, error) {
	if !i.State.Waits() {
		return i, i.not()
	}
	if columns == nil {
		columns = i.Columns
	}
	if err := columns.Check(i.Kind, len(i.Headings)); err != nil {
		return i, err
	}
	i.Columns = ImportColumns{}
	for _, f := range i.Kind.Fields() {
		if at, ok := columns[f.Name]; ok {
			i.Columns[f.Name] = at
		}
	}
	return i.again(now), nil
}

func (i Import) again(now time.Time) Import {
	i.State, i.Changed, i.Done, i.Bad, i.Problem = ImportChecking, now, 0, 0, Text{}
	return i
}

// Apply returns i as it is when it is to be made, from now on. Kinds: Conflict, unless all of
// it can be.
func (i Import) Apply(now time.Time) (Import, error) {
	if i.State != ImportReady {
		return i, i.not()
	}
	i.State, i.Changed, i.Done = ImportApplying, now, 0
	return i, nil
}

// Discard returns i as it is when somebody wants it no more. Kinds: Conflict, if it is over
// or is being made.
func (i Import) Discard(now time.Time) (Import, error) {
	if i.State.Over() || i.State == ImportApplying {
		return i, i.not()
	}
	i.State, i.Changed = ImportDiscarded, now
	return i, nil
}

// Judged returns i after all of its rows were tried.
func (i Import) Judged(now time.Time) Import {
	i.State, i.Changed = ImportReady, now
	if i.Bad > 0 {
		i.State = ImportFaulty
	}
	return i
}

// Applied returns i after all of it was made.
func (i Import) Applied(now time.Time) Import {
	i.State, i.Changed, i.Done = ImportApplied, now, i.Rows
	return i
}

// Failed returns i after something kept it from being made or tried.
func (i Import) Failed(why Text, now time.Time) Import {
	i.State, i.Changed, i.Done, i.Problem = ImportFailed, now, 0, why
	return i
}

// Overtaken returns i, which could be made when it was tried and cannot now, as it is when
// it is to be tried again.
func (i Import) Overtaken(why Text, now time.Time) Import {
	i = i.again(now)
	i.Problem = T("import.overtaken", "Why", why)
	return i
}

// About returns what a notice keeps of i: what it makes, and how many.
func (i Import) About() string { return fmt.Sprintf("%s/%d", i.Kind, i.Rows) }

// importOver returns what became of an import that was applied or failed, of which a notice
// kept about.
func importOver(applied bool, about string) Text {
	kind, rows, _ := strings.Cut(about, "/")
	n, _ := strconv.Atoi(rows) // as About has written it
	if applied {
		return T("import.done."+kind, "Count", n)
	}
	return T("import.failed."+kind, "Count", n)
}

func (i Import) not() error { return Errorf(Conflict, "import.not_now", "State", i.State.Text()) }

// Percent returns how much of i has been looked at.
func (i Import) Percent() int {
	const all = 100
	if i.Rows == 0 {
		return all
	}
	return i.Done * all / i.Rows
}

// ImportLine is a row of a file.
type ImportLine struct {
	Number int      `json:"n"` // as a spreadsheet counts it: the headings are row 1
	Cells  []string `json:"c"`
}

// Cell returns what l holds in a field; nothing if there is no column of it.
func (l ImportLine) Cell(c ImportColumns, field string) string {
	at, ok := c[field]
	if !ok || at >= len(l.Cells) {
		return ""
	}
	return strings.TrimSpace(l.Cells[at])
}

// ImportProblem is why a row of a file cannot be made.
type ImportProblem struct {
	Row   int    `json:"row"`
	Field string `json:"field,omitempty"` // empty: it is about the whole row
	Value string `json:"value,omitempty"`
	Why   Text   `json:"why"`
}

// NewImport asks for things to be made from a file.
type NewImport struct {
	Kind ImportKind
	File string // what it is called; may be empty
}

// Clean returns n with a name that can be shown.
func (n NewImport) Clean() NewImport {
	name := []rune(strings.ToValidUTF8(n.File, "?"))
	if i := slices.IndexFunc(name, func(r rune) bool { return !plainText(string(r)) }); i >= 0 {
		name = name[:i]
	}
	n.File = strings.TrimSpace(string(name[:min(len(name), MaxName)]))
	return n
}

// Validate reports every field that cannot be accepted as an Invalid error.
func (n NewImport) Validate() error {
	bad := problems{}
	if !slices.Contains(ImportKinds(), n.Kind) {
		bad.add("kind", "problem.choice")
	}
	return bad.err()
}

// ImportDay returns the beginning of the day that somebody wrote in a cell, in zone: as
// 2027-01-31, as 31-01-2027, or as the number by which spreadsheets know it. The zero time,
// which is now, if that is today or nothing; not ok if it is no day.
func ImportDay(text string, zone *time.Location, now time.Time) (t time.Time, ok bool) {
	if text == "" {
		return t, true
	}
	for _, layout := range []string{time.DateOnly, "2-1-2006"} {
		if day, err := time.ParseInLocation(layout, text, zone); err == nil {
			return notToday(day, zone, now), true
		}
	}
	if days, isNumber := serialDay(text); isNumber {
		return notToday(time.Date(1899, time.December, 30+days, 0, 0, 0, 0, zone), zone, now), true
	}
	return t, false
}

func notToday(day time.Time, zone *time.Location, now time.Time) time.Time {
	if day.Format(time.DateOnly) == now.In(zone).Format(time.DateOnly) {
		return time.Time{}
	}
	return day
}

// serialDay returns the number of a day from 1982 till 2119 as spreadsheets count.
func serialDay(text string) (days int, ok bool) {
	const first, last, digits = 30_000, 80_000, 5
	if len(text) != digits {
		return 0, false
	}
	for _, r := range text {
		if r < '0' || r > '9' {
			return 0, false
		}
		days = days*10 + int(r-'0') //nolint:mnd // decimal
	}
	return days, days >= first && days <= last
}
