package plaza

import (
	"net/url"
	"slices"
	"time"
)

// Export is a list that somebody takes along as a file, exactly as they had it before
// them: with what it was filtered by, and in that order. It is for the session in which
// it was asked for, or for the token, and ends with it.
type Export struct {
	NewExport
	ExportOwner

	ID       string
	Profile  string // of whoever asked for it
	Role     Role   // of the login then: with another, it is nobody's any more
	Created  time.Time
	Total    int // rows that the list has; 0: that is not known yet
	Rows     int // that are in it so far
	Size     int // bytes, once it is finished
	Parts    int // that it is kept in
	Turn     int // how often it was begun: one that broke off is made anew
	Finished time.Time
	Expires  time.Time // nobody can download it from then on; zero: it is not finished
	Why      Text      // it could not be made; zero: it could, so far
}

// ExportOwner is for whom a file is: one session in which somebody is at work, acting or not,
// or one token.
type ExportOwner struct {
	Login   string // who is at work in it, or as whom somebody acts
	Session string // empty: it is for a token
	Acting  string // ID of the acting session in which it was asked for; empty: none
	Pass    string // ID of the token; empty: it is for a session
	Home    string // the login whose session or token it is
}

// ExportOwner returns for whom a file is that a asks for.
func (a Actor) ExportOwner() ExportOwner {
	o := ExportOwner{Login: a.Login, Session: a.Session, Pass: a.PassID(), Home: a.Home().Login}
	if a.Via != nil {
		o.Acting = a.Via.ID
	}
	return o
}

// NewExport is what a file is asked for.
type NewExport struct {
	List     ExportList
	Query    string // what the list is filtered and sorted by, as in its address
	Form     ExportForm
	Language string // of the words in it
	TimeZone string // of the times in it
}

// ExportList names a list that can be taken along.
type ExportList string

// The lists that can be taken along. The audit log has an export of its own.
const (
	ExportLicenses      ExportList = "licenses"
	ExportPartners      ExportList = "partners"
	ExportAgents        ExportList = "agents"
	ExportNotifications ExportList = "notifications"
	ExportLogins        ExportList = "logins"
	ExportRequests      ExportList = "requests"
	ExportAllowances    ExportList = "allowances"
	ExportPlans         ExportList = "plans"
	ExportBatches       ExportList = "batches"
	ExportMoves         ExportList = "moves"
	ExportReleases      ExportList = "releases"
	ExportDeliveries    ExportList = "deliveries"
	ExportVisits        ExportList = "visits"
	ExportTokens        ExportList = "tokens"
	ExportNotices       ExportList = "notices"
	ExportMails         ExportList = "mails"
)

// ExportLists returns every list that can be taken along.
func ExportLists() []ExportList {
	return []ExportList{
		ExportLicenses, ExportPartners, ExportAgents, ExportNotifications, ExportLogins, ExportRequests, ExportAllowances, ExportPlans,
		ExportBatches, ExportMoves, ExportReleases, ExportDeliveries, ExportVisits, ExportTokens, ExportNotices, ExportMails,
	}
}

// Text returns the name of l.
func (l ExportList) Text() Text { return T("export.list." + string(l)) }

// ExportForm is a form of a file.
type ExportForm string

// The forms of files: for people, and for programs with one separator or another.
const (
	ExportExcel     ExportForm = "xlsx"
	ExportComma     ExportForm = "csv"
	ExportSemicolon ExportForm = "csv-semicolon"
	ExportTab       ExportForm = "csv-tab"
)

// ExportForms returns every form.
func ExportForms() []ExportForm {
	return []ExportForm{ExportExcel, ExportComma, ExportSemicolon, ExportTab}
}

// Text returns the name of f.
func (f ExportForm) Text() Text { return T("export.form." + string(f)) }

// Separator returns what stands between two cells of a file in CSV; 0: it is none.
func (f ExportForm) Separator() rune {
	switch f {
	case ExportComma:
		return ','
	case ExportSemicolon:
		return ';'
	case ExportTab:
		return '\t'
	case ExportExcel:
	}
	return 0
}

// Type returns what kind of file one in f is.
func (f ExportForm) Type() string {
	if f == ExportExcel {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8; header=present"
}

// Ending returns how the name of a file ends.
func (f ExportForm) Ending() string {
	if f == ExportExcel {
		return "xlsx"
	}
	return "csv"
}

const (
	// ExportAtOnce is up to how many rows a file is made while somebody waits.
	ExportAtOnce = 10_000
	// ExcelRows is how many rows fit below the headings of a sheet.
	ExcelRows = 1_048_576 - 1
	// ExportKept is how long a file can be downloaded that was made in the background.
	ExportKept = time.Hour
	// MostExports is how many files somebody has made in the background at the same time: in
	// all their sessions, acting or not, and by all their tokens.
	MostExports = 3
	// ExportTurns is how often it is begun to make a file until that is given up.
	ExportTurns = 3

	longestQuery = 4000 // bytes
)

// Validate reports every field that cannot be accepted as an Invalid error, of a list
// that has so many rows.
func (in NewExport) Validate(rows int) error {
	bad := problems{}
	if !slices.Contains(ExportLists(), in.List) {
		bad.add("list", "problem.choice")
	}
	if _, err := url.ParseQuery(in.Query); err != nil || len(in.Query) > longestQuery {
		bad.add("query", "problem.choice")
	}
	switch {
	case !slices.Contains(ExportForms(), in.Form):
		bad.add("form", "problem.choice")
	case in.Form == ExportExcel && rows > ExcelRows:
		bad.add("form", "problem.excel_rows", "Count", rows, "Max", ExcelRows)
	}
	return bad.err()
}

// ExportState is how far an export is.
type ExportState string

// The states of an export.
const (
	ExportRunning ExportState = "running"
	ExportReady   ExportState = "ready"
	ExportFailed  ExportState = "failed"
)

// Text returns the name of s.
func (s ExportState) Text() Text { return T("export.state." + string(s)) }

// State returns how far e is.
func (e Export) State() ExportState {
	switch {
	case e.Finished.IsZero():
		return ExportRunning
	case e.Why.IsZero():
		return ExportReady
	}
	return ExportFailed
}

// Percent returns how much of e is there.
func (e Export) Percent() int {
	const all = 100
	switch {
	case !e.Finished.IsZero():
		return all
	case e.Total == 0:
		return 0
	}
	return min(e.Rows*all/e.Total, all)
}

// FileName returns what the file is called.
func (e Export) FileName() string {
	return string(e.List) + "-" + e.Created.UTC().Format("20060102-150405") + "." + e.Form.Ending()
}
