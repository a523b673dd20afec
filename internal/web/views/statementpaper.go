package views

import (
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/paper"
)

// StatementPaper returns a statement as a document, in the language and the zone of
// there: what the page shows, with the same numbers.
func StatementPaper(there *i18n.Printer, s *plaza.Statement) paper.Document {
	f := Frame{Printer: there}
	p := Statement{Frame: f, Statement: *s, There: there}
	d := paper.Document{Title: p.title(), Lead: p.state(), Notes: p.notes(), Foot: p.title(), Made: s.At}
	d.Facts = []paper.Fact{
		{Name: f.T("statement.total"), Value: f.amountCell(s.Total)},
		{Name: f.T("statement.used"), Value: f.amountCell(s.Used)},
		{Name: f.T("billing.discount_of", "Discount", f.discount(s.Terms)), Value: f.amountCell(negative(s.Discount))},
		{Name: f.T("statement.adjustments"), Value: f.amountCell(s.Adjusted)},
		{Name: f.T("statement.licenses"), Value: f.countCell(s.Licenses)},
	}
	if id := s.Terms.BillingID; id != "" {
		d.Facts = append(d.Facts, paper.Fact{Name: f.T("billing.billing_id"), Value: textCell(id)})
	}
	d.Tables = []paper.Table{p.linesTable()}
	if len(s.Adjustments) > 0 {
		d.Tables = append(d.Tables, p.adjustmentsTable())
	}
	if p.parted() {
		d.Tables = append(d.Tables, p.partsTable())
	}
	if len(s.Detail) > 0 {
		d.Tables = append(d.Tables, p.detailTable())
	}
	return d
}

func (f Frame) amountCell(m plaza.Money) paper.Cell {
	return paper.Cell{Text: f.Money(m), Number: float64(m.Minor) / 100, Kind: paper.Amount} //nolint:mnd // hundredths
}

// sumCell is amountCell where there is little room: without the currency, which is the
// same for all.
func (f Frame) sumCell(m plaza.Money) paper.Cell {
	c := f.amountCell(m)
	c.Text = strings.TrimSuffix(c.Text, "\u00a0"+string(m.Currency))
	return c
}

func (f Frame) countCell(n int) paper.Cell {
	return paper.Cell{Text: f.Num(n), Number: float64(n), Kind: paper.Count}
}

func textCell(text string) paper.Cell { return paper.Cell{Text: text} }

func (p Statement) linesTable() paper.Table {
	f, s := p.Frame, p.Statement
	t := paper.Table{Title: f.T("statement.lines"), Columns: []paper.Column{
		{Head: f.T("license.plan"), Width: 36},
		{Head: f.T("license.kind"), Width: 36},
		{Head: f.T("overview.licenses"), Width: 20, Number: true},
		{Head: f.T("statement.active_short"), Width: 14, Number: true},
		{Head: f.T("statement.days"), Width: 13, Number: true},
		{Head: f.T("statement.price_short"), Width: 20, Number: true},
		{Head: f.T("statement.used"), Width: 21, Number: true},
		{Head: f.T("billing.discount"), Width: 20, Number: true},
		{Head: f.T("statement.net"), Width: 23, Number: true},
	}}
	for _, l := range s.Lines {
		price := textCell(f.linePrice(l))
		if l.Known && !l.Trial {
			price = f.sumCell(l.Price)
		}
		ran := textCell("")
		if l.Kind == plaza.ConnectAgentLicense {
			ran = f.countCell(l.Active)
		}
		t.Rows = append(t.Rows, []paper.Cell{
			textCell(l.Name), textCell(f.lineKind(l)), f.countCell(l.Licenses), ran, f.countCell(l.Days), price,
			f.sumCell(l.Amount), f.sumCell(negative(l.Discount)), f.sumCell(l.Net),
		})
	}
	net := plaza.Money{Currency: s.Terms.Currency, Minor: s.Used.Minor - s.Discount.Minor}
	t.Total = []paper.Cell{
		textCell(f.T("statement.sum")), {}, f.countCell(s.Licenses), {}, {}, {}, f.sumCell(s.Used), f.sumCell(negative(s.Discount)), f.sumCell(net),
	}
	return t
}

func (p Statement) adjustmentsTable() paper.Table {
	f := p.Frame
	t := paper.Table{Title: f.T("statement.adjustments"), Columns: []paper.Column{
		{Head: f.T("statement.booked"), Width: 3}, {Head: f.T("form.reason"), Width: 10}, {Head: f.T("billing.amount"), Width: 4, Number: true},
	}}
	for _, a := range p.Statement.Adjustments {
		t.Rows = append(t.Rows, []paper.Cell{textCell(p.There.Date(a.Created)), textCell(a.Reason), f.sumCell(a.Amount)})
	}
	t.Total = []paper.Cell{textCell(f.T("statement.sum")), {}, f.sumCell(p.Statement.Adjusted)}
	return t
}

func (p Statement) partsTable() paper.Table {
	f := p.Frame
	t := paper.Table{Title: f.T("statement.parts"), Columns: []paper.Column{
		{Head: f.T("profile.one"), Width: 8},
		{Head: f.T("overview.licenses"), Width: 3, Number: true},
		{Head: f.T("statement.days"), Width: 3, Number: true},
		{Head: f.T("statement.net"), Width: 4, Number: true},
	}}
	for _, part := range p.Statement.Parts {
		t.Rows = append(t.Rows, []paper.Cell{textCell(part.Name), f.countCell(part.Licenses), f.countCell(part.Days), f.sumCell(part.Net)})
	}
	return t
}

// detailTable lists the licenses that were billed, for who computes with them.
func (p Statement) detailTable() paper.Table {
	f := p.Frame
	t := paper.Table{Title: f.T("statement.by_license"), Apart: true, Columns: []paper.Column{
		{Head: f.T("license.one")},
		{Head: f.T("billing.billing_id")},
		{Head: f.T("profile.one")},
		{Head: f.T("license.plan")},
		{Head: f.T("license.kind")},
		{Head: f.T("statement.active_short")},
		{Head: f.T("statement.days")},
		{Head: f.T("statement.net")},
		{Head: "ID"},
	}}
	for _, d := range p.Statement.Detail {
		ran := textCell("")
		if d.Active {
			ran = f.countCell(1)
		}
		t.Rows = append(t.Rows, []paper.Cell{
			textCell(f.detailName(d)), textCell(d.BillingID), textCell(d.PartName), textCell(d.Name),
			textCell(f.lineKind(plaza.StatementLine{PlanPrice: d.PlanPrice, Trial: d.Trial})), ran, f.countCell(d.Days), f.sumCell(d.Net), textCell(d.License),
		})
	}
	return t
}

// detailName returns what a license is called, as far as the viewer may know that.
func (f Frame) detailName(d plaza.LicenseDays) string {
	if d.LicenseName == "" && d.KeyHint == "" {
		return ""
	}
	return f.licenseName(plaza.License{Name: d.LicenseName, Kind: d.Kind, KeyHint: d.KeyHint})
}
