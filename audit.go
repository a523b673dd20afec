package plaza

import (
	"net/url"
	"time"
)

// AuditEvent is one thing that was done or refused: who, what, to what, when,
// from where, for what reason, with what result.
type AuditEvent struct {
	ID         string
	At         time.Time
	Actor      Actor  // with Via, if somebody was acting
	Verb       Verb   //
	Profile    string // whose data it concerned
	ObjectKind string // "license", "profile", …: the noun before the dot of most verbs
	Object     string // ID
	ObjectName string // as it was called then
	Changes    []Change
	Reason     string // for this deed; that of an acting session stands with its beginning
	Result     Result
	Refusal    Kind // of the error, if Result is not Done
}

// Change is one value that an event changed.
type Change struct {
	Field string `json:"field"`
	Old   string `json:"old,omitempty"`
	New   string `json:"new,omitempty"`
}

// Changed notes that field had the value before and now has the other. It notes
// nothing if they are the same.
func (e *AuditEvent) Changed(field, before, after string) {
	if before != after {
		e.Changes = append(e.Changes, Change{Field: field, Old: before, New: after})
	}
}

// About says what e is about.
func (e *AuditEvent) About(profile, kind, id, name string) {
	e.Profile, e.ObjectKind, e.Object, e.ObjectName = profile, kind, id, name
}

// Result says how an attempt ended.
type Result string

// How an attempt can end.
const (
	Done    Result = "done"
	Refused Result = "refused"
)

// Text returns the name of r.
func (r Result) Text() Text { return T("audit.result." + string(r)) }

// Text returns what v does, as a sentence without a subject.
func (v Verb) Text() Text { return T("verb." + string(v)) }

// AuditFilter chooses audit events for a list. Zero values choose all.
type AuditFilter struct {
	Profile string // whose data they concerned: this profile's own only
	Object  string // ID
	Login   string // who did it, really or in whose name
	Acting  string // ID of the acting session
	Verbs   []Verb
	Results []Result
	From    time.Time // at this time or later
	Till    time.Time // before this time
}

// String returns what f chooses, for the record of who looked at what; empty if
// that is all.
func (f AuditFilter) String() string {
	all := url.Values{}
	for _, one := range []struct{ name, value string }{
		{"profile", f.Profile}, {"object", f.Object}, {"login", f.Login}, {"acting", f.Acting},
	} {
		if one.value != "" {
			all.Set(one.name, one.value[:min(len(one.value), 64)]) // an ID is shorter
		}
	}
	for _, v := range f.Verbs {
		all.Add("verb", string(v))
	}
	for _, r := range f.Results {
		all.Add("result", string(r))
	}
	if !f.From.IsZero() {
		all.Set("from", f.From.UTC().Format(time.RFC3339))
	}
	if !f.Till.IsZero() {
		all.Set("till", f.Till.UTC().Format(time.RFC3339))
	}
	return all.Encode()
}

// AuditSealing is how far the log is sealed, as somebody may see it.
type AuditSealing struct {
	Till   time.Time // what happened before, in the viewer's own profile or below, is sealed; zero: nothing is
	Events int       // sealed in all; the vendor's only
	Root   string    // of their tree; the vendor's only
}

// AuditFormat is a form in which the log can be taken along.
type AuditFormat string

// The forms in which the log can be taken along.
const (
	AuditCSV  AuditFormat = "csv"
	AuditOCSF AuditFormat = "jsonl" // JSON Lines with the names of the Open Cybersecurity Schema Framework
)

// AuditLine is an audit event as somebody may see it. Its reason is that of the
// acting session, if there was one that the viewer may know of and the deed has
// none of its own.
type AuditLine struct {
	AuditEvent

	ActorName   string // empty if the viewer may not know
	ActorAbove  bool   // somebody of a profile above the viewer's
	ViaName     string // who was really at the keyboard
	PassName    string // of the token that a program came in with, if the viewer may know
	ProfileName string // whose data it concerned
	Address     string // empty if somebody above was at the keyboard
	UserAgent   string // as Address
}
