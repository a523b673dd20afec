package web

import (
	"bytes"
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/paper"
	"github.com/connectplaza/plaza/internal/sheet"
	"github.com/connectplaza/plaza/internal/web/views"
)

// statementType returns what kind of file a statement in a form is.
func statementType(form plaza.StatementFormat) string {
	switch form {
	case plaza.StatementCSV:
		return "text/csv; charset=utf-8; header=present"
	case plaza.StatementExcel:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case plaza.StatementPDF, plaza.StatementJSON:
	}
	return "application/pdf"
}

// statementFile returns a statement as a file, in the language of p.
func (s *Web) statementFile(p *i18n.Printer, of *plaza.Statement, form plaza.StatementFormat) (*bytes.Reader, error) {
	var b bytes.Buffer
	if form == plaza.StatementCSV {
		err := statementCSV(&b, of)
		return bytes.NewReader(b.Bytes()), err
	}
	there, err := s.there(p, of.Terms)
	if err != nil {
		return nil, err
	}
	write := paper.PDF
	if form == plaza.StatementExcel {
		write = paper.Excel
	}
	err = write(&b, views.StatementPaper(there, of))
	return bytes.NewReader(b.Bytes()), err
}

// moment returns a time as it stands in a file (RFC 3339); nothing if it is zero.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// statementCSV writes the lines of a statement, the licenses they are of, what was booked
// on it, and the total, as rows of one table (RFC 4180), in UTF-8 with a mark that spreadsheets need to see that
// it is.
func statementCSV(w io.Writer, s *plaza.Statement) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	rows := [][]string{{
		"month", "profile", "profile_name", "billing_id", "time_zone", "days_of_month", "row", "plan", "plan_name", "edition", "kind", "trial",
		"licenses", "active", "days", "price", "amount", "discount", "net", "currency", "reason", "since", "until",
		"license", "license_name", "license_billing_id", "part", "part_name",
	}}
	add := func(kind string, more ...string) {
		row := append([]string{
			s.Month.String(), s.Profile, sheet.Guard(s.ProfileName), sheet.Guard(s.Terms.BillingID), s.Terms.TimeZone, strconv.Itoa(len(s.Days)), kind,
		}, more...)
		rows = append(rows, append(row, moment(s.Since), moment(s.Until), "", "", "", "", ""))
	}
	in := string(s.Terms.Currency)
	for _, l := range s.Lines {
		price := ""
		if l.Known && !l.Trial {
			price = l.Price.Decimal()
		}
		add("line", l.Plan, sheet.Guard(l.Name), strconv.Itoa(l.Edition), string(l.Kind), strconv.FormatBool(l.Trial), strconv.Itoa(l.Licenses),
			strconv.Itoa(l.Active), strconv.Itoa(l.Days), price, l.Amount.Decimal(), l.Discount.Decimal(), l.Net.Decimal(), in, "")
	}
	for _, d := range s.Detail {
		active := 0
		if d.Active {
			active = 1
		}
		add("license", d.Plan, sheet.Guard(d.Name), strconv.Itoa(d.Edition), string(d.Kind), strconv.FormatBool(d.Trial), "1",
			strconv.Itoa(active), strconv.Itoa(d.Days), "", "", "", d.Net.Decimal(), in, "")
		last := rows[len(rows)-1]
		copy(last[len(last)-5:], []string{d.License, sheet.Guard(d.LicenseName), sheet.Guard(d.BillingID), d.Part, sheet.Guard(d.PartName)})
	}
	for _, a := range s.Adjustments {
		add("adjustment", "", "", "", "", "", "", "", "", "", "", "", a.Amount.Decimal(), in, sheet.Guard(a.Reason))
	}
	add("total", "", "", "", "", "", strconv.Itoa(s.Licenses), "", "", "", s.Used.Decimal(), s.Discount.Decimal(), s.Total.Decimal(), in, "")
	return out.WriteAll(rows)
}
