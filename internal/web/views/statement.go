package views

import (
	"net/url"
	"strconv"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/i18n"
)

// statementsPath returns the address of the list of a profile's statements.
func statementsPath(profile string) string {
	return "/statements?" + url.Values{"profile": {profile}}.Encode()
}

// StatementPath returns the address of a statement.
func StatementPath(profile string, p plaza.Period) string {
	return "/statements/" + profile + "/" + p.Month.String() + numbered(p, url.Values{})
}

// partPath leads to the statement of a part, in the period in which it was there.
func partPath(part plaza.StatementPart) string {
	return "/statements/" + part.Profile + "?" + url.Values{"at": {part.At.UTC().Format(time.RFC3339Nano)}}.Encode()
}

// numbered returns the query of an address, in which it says which period of its month
// p is, if it is not all of it.
func numbered(p plaza.Period, query url.Values) string {
	if p.Number > 0 {
		query.Set("period", strconv.Itoa(p.Number))
	}
	if len(query) == 0 {
		return ""
	}
	return "?" + query.Encode()
}

// period returns what a period is called: its month and, if it is not all of that, from
// when or until when it is.
func (f Frame) period(p plaza.Period) string {
	month := f.Month(p.Month.Begins(f.Zone()))
	since, until := f.DateTime(p.Since), f.DateTime(p.Until)
	switch {
	case since == "" && until == "":
		return month
	case until == "":
		return f.T("statement.period_since", "Month", month, "Time", since)
	case since == "":
		return f.T("statement.period_until", "Month", month, "Time", until)
	}
	return f.T("statement.period_between", "Month", month, "Since", since, "Until", until)
}

// lead returns whose statements they are.
func (p Statements) lead() string {
	switch {
	case p.Of.Profile == p.Frame.Actor.Profile:
		return p.Frame.T("statement.lead_own")
	case !p.Of.Left.IsZero():
		return p.Frame.T("statement.lead_left", "Name", p.Of.Name, "Time", p.Frame.DateTime(p.Of.Left))
	}
	return p.Frame.T("statement.lead", "Name", p.Of.Name)
}

// chosen returns the form that chooses whose statements are shown.
func (p Statements) chosen() Form { return Form{Values: url.Values{"profile": {p.Of.Profile}}} }

// title returns whose statement it is, and of which month.
func (p Statement) title() string {
	return p.Frame.T("statement.title", "Name", p.Statement.ProfileName, "Month", p.there().period(p.Statement.Period))
}

// there returns the frame as it is where the profile is billed.
func (p Statement) there() Frame { return p.Frame.at(p.There) }

func (p Statements) there() Frame { return p.Frame.at(p.There) }

// at returns f as who speaks as p draws it.
func (f Frame) at(p *i18n.Printer) Frame {
	f.Printer = p
	return f
}

// state returns whether it is complete, in a sentence.
func (p Statement) state() string {
	part := !p.Statement.Until.IsZero()
	switch {
	case p.Statement.SoFar && part:
		return p.Frame.T("statement.so_far_part", "Time", p.There.DateTime(p.Statement.At))
	case p.Statement.SoFar:
		return p.Frame.T("statement.so_far_lead", "Time", p.There.DateTime(p.Statement.At))
	case part:
		return p.Frame.T("statement.complete_part")
	}
	return p.Frame.T("statement.complete_lead")
}

// export returns the address of a statement in a form.
func (p Statement) export(form plaza.StatementFormat) string {
	of := p.Statement.Period
	return "/statements/" + p.Statement.Profile + "/" + of.Month.String() + "/export" + numbered(of, url.Values{"format": {string(form)}})
}

// parted reports whether there is more than one part, or one that is not the profile
// itself.
func (p Statement) parted() bool {
	parts := p.Statement.Parts
	return len(parts) > 1 || len(parts) == 1 && parts[0].Profile != p.Statement.Profile
}

// discount returns how much is taken off.
func (f Frame) discount(t plaza.BillingTerms) string {
	return f.T("billing.percent", "Percent", f.Amount(plaza.Money{Minor: int64(t.Discount)}))
}

// negative returns an amount that is taken off.
func negative(m plaza.Money) plaza.Money {
	m.Minor = -m.Minor
	return m
}

// lineKind returns of what kind of license a line is, under which edition.
func (f Frame) lineKind(l plaza.StatementLine) string {
	kind := l.Kind.Text()
	if l.Trial {
		return f.T("statement.trial_line", "Kind", kind, "Edition", l.Edition)
	}
	return f.T("statement.line", "Kind", kind, "Edition", l.Edition)
}

// linePrice returns what a license costs for a month.
func (f Frame) linePrice(l plaza.StatementLine) string {
	switch {
	case l.Trial:
		return f.T("statement.free")
	case !l.Known:
		return f.T("statement.no_price", "Currency", string(l.Price.Currency))
	}
	return f.Money(l.Price)
}

// active returns how many ConnectAgents of a line ran; nothing of another kind.
func (f Frame) active(l plaza.StatementLine) string {
	if l.Kind != plaza.ConnectAgentLicense {
		return ""
	}
	return f.Num(l.Active)
}

// notes returns how a statement was computed.
func (p Statement) notes() []string {
	f, t := p.Frame, p.Statement.Terms
	all := []string{
		f.T("statement.note_days", "Count", len(p.Statement.Days), "Zone", zoneName(t.TimeZone)),
		f.T("statement.note_rounding"),
		f.T("statement.note_currency", "Currency", string(t.Currency)),
	}
	if of := p.Statement.Period; !of.Since.IsZero() || !of.Until.IsZero() {
		all = append(all, f.T("statement.note_period"))
	}
	if t.BillingID != "" {
		all = append(all, f.T("statement.note_billing_id", "ID", t.BillingID))
	}
	return all
}

// bars lays out how many licenses were billed on each day; every fifth day is named.
func (p Statement) bars() standingBars {
	days := make([]plaza.MonthCount, len(p.Statement.Days))
	for i, d := range p.Statement.Days {
		days[i] = plaza.MonthCount{Month: d.Begins, Count: d.Licenses}
	}
	return monthBars(days, p.dayName, p.Frame.Num)
}

func (p Statement) dayName(t time.Time) string {
	const named = 5
	n := t.In(p.There.Zone()).Day()
	if n != 1 && n%named != 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// busiestDay returns the day on which most licenses were billed, in words.
func (p Statement) busiestDay() string {
	var most plaza.StatementDay
	for _, d := range p.Statement.Days {
		if d.Licenses > most.Licenses {
			most = d
		}
	}
	return p.Frame.T("statement.busiest", "Count", most.Licenses, "Date", p.There.Date(most.Begins))
}
