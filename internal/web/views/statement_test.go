package views

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/paper"
)

// hostileStatement is one with everything in it.
func hostileStatement() plaza.Statement {
	in := func(minor int64) plaza.Money { return plaza.Money{Currency: hostile, Minor: minor} }
	price := plaza.PlanPrice{Plan: hostile, Name: hostile, Kind: plaza.Development, Edition: 3, Price: in(4900), Known: true}
	agent, unknown := price, price
	agent.Kind, unknown.Known = plaza.ConnectAgentLicense, false
	s := plaza.Statement{
		Profile: hostile, ProfileName: hostile, At: noon(), Period: plaza.Period{
			Month: plaza.Month{Year: 2026, Month: time.February}, Number: 2, Since: noon().AddDate(0, 0, 1), Until: noon().AddDate(0, 0, 9),
			Terms: plaza.BillingTerms{Currency: hostile, Discount: 1250, TimeZone: "Europe/Amsterdam", BillingID: hostile},
		},
		Lines: []plaza.StatementLine{
			{PlanPrice: price, Licenses: 1200, Days: 30000, Amount: in(52_500_00), Discount: in(6_562_50), Net: in(45_937_50)},
			{PlanPrice: agent, Licenses: 2, Days: 3, Active: 1, Amount: in(1), Net: in(1)},
			{PlanPrice: price, Trial: true, Licenses: 1, Days: 1},
			{PlanPrice: unknown, Licenses: 1, Days: 1},
		},
		Detail: []plaza.LicenseDays{{PlanPrice: price, License: hostile, Part: hostile, Days: 3, Active: true, LicenseName: hostile, BillingID: hostile, PartName: hostile}},
		Parts:  []plaza.StatementPart{{Profile: hostile, Name: hostile, Licenses: 1, Days: 1, Net: in(1)}, {Profile: "2", Name: hostile}},
		Adjustments: []plaza.Adjustment{
			{ID: hostile, Amount: in(-1250), Reason: hostile, Created: noon()}, {ID: "2", Amount: in(5), Reason: hostile, Created: noon()},
		},
		Licenses: 1204, Used: in(52_500_01), Discount: in(6_562_50), Adjusted: in(-1245), Total: in(45_925_06),
	}
	for i := range 28 {
		s.Days = append(s.Days, plaza.StatementDay{Begins: time.Date(2026, 2, 1+i, 0, 0, 0, 0, time.UTC), Licenses: i * 43})
	}
	return s
}

func statementPages(f Frame) [][2]Page {
	full, empty := hostileStatement(), plaza.Statement{Period: plaza.Period{Month: plaza.Month{Year: 2026, Month: 1}}}
	empty.Days = []plaza.StatementDay{{Begins: noon()}}
	soFar := full
	soFar.SoFar = true
	own := full
	own.Profile, own.Parts = "profile", nil
	march, february := plaza.Period{Month: plaza.Month{Year: 2026, Month: 3}}, full.Period
	february.Until = time.Time{}
	periods := []plaza.Period{march, february, full.Period}
	terms := full.Terms
	return [][2]Page{
		{Statements{Frame: f, There: f.Printer}, Statements{Frame: f, Of: plaza.Billed{Profile: hostile, Name: hostile, Terms: terms, Periods: periods}, There: f.Printer, Choices: hostileChoices()}},
		{Statements{Frame: f, There: f.Printer}, Statements{Frame: f, Of: plaza.Billed{Profile: "profile", Name: hostile, Periods: periods}, There: f.Printer}},
		{
			Statements{Frame: f, There: f.Printer, Formers: []plaza.Former{{Profile: "former", Name: "Gone", Left: noon()}}},
			Statements{
				Frame: f, Of: plaza.Billed{Profile: hostile, Name: hostile, Left: noon(), Terms: terms, Periods: periods}, There: f.Printer, Choices: hostileChoices(),
				Formers: []plaza.Former{{Profile: hostile, Name: hostile, Left: noon()}, {Profile: "2", Name: hostile, Left: noon()}},
			},
		},
		{Statement{Frame: f, There: f.Printer, Statement: empty}, Statement{Frame: f, There: f.Printer, Statement: full, Before: full.Period, After: march}},
		{Statement{Frame: f, There: f.Printer, Statement: empty}, Statement{Frame: f, There: f.Printer, Statement: soFar, Left: noon(), Before: full.Period}},
		{Statement{Frame: f, There: f.Printer, Statement: empty}, Statement{Frame: f, There: f.Printer, Statement: soFar, Before: full.Period, After: march}},
		{Statement{Frame: f, There: f.Printer, Statement: empty}, Statement{Frame: f, There: f.Printer, Statement: own}},
	}
}

func TestAStatementCanBePrinted(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := hostileStatement()
	for _, lang := range []string{"en", "nl"} {
		for _, write := range []func(*bytes.Buffer, paper.Document) error{
			func(b *bytes.Buffer, d paper.Document) error { return paper.PDF(b, d) },
			func(b *bytes.Buffer, d paper.Document) error { return paper.Excel(b, d) },
		} {
			var b bytes.Buffer
			if err := write(&b, StatementPaper(texts.Printer(lang, time.UTC), &s)); err != nil || b.Len() < 1000 {
				t.Errorf("%s: %d bytes, %v", lang, b.Len(), err)
			}
		}
	}
}

// TestAPaperSaysWhatThePageDoes: every number of the one stands on the other.
func TestAPaperSaysWhatThePageDoes(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	s := hostileStatement()
	d := StatementPaper(f.Printer, &s)
	var got []float64
	for _, row := range append(d.Tables[0].Rows, d.Tables[0].Total) {
		got = append(got, row[len(row)-1].Number)
	}
	if diff := cmp.Diff([]float64{45_937.50, 0.01, 0, 0, 45_937.51}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(d.Tables) != 4 || !d.Tables[3].Apart || len(d.Tables[3].Rows) != 1 || d.Facts[0].Value.Number != 45_925.06 || d.Tables[0].Rows[3][5].Kind != paper.Words || d.Tables[0].Rows[2][5].Text != "free" {
		t.Errorf("%+v", d)
	}
}

func TestEveryFifthDayIsNamed(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	var got []string
	p := Statement{Frame: f, There: f.Printer, Statement: hostileStatement()}
	for _, b := range p.bars().Bars {
		if b.Label != "" {
			got = append(got, b.Label)
		}
	}
	if diff := cmp.Diff([]string{"1", "5", "10", "15", "20", "25"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
