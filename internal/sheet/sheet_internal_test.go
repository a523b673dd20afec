package sheet

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/i18n"
)

// TestSeatsAreBounded: for each, and for all; and they are given back.
func TestSeatsAreBounded(t *testing.T) {
	t.Parallel()
	m := New(nil, nil, nil)
	who := func(person string) plaza.Actor { return plaza.Actor{Login: "login", Person: person} }
	var free []func()
	take := func(person string) {
		t.Helper()
		f, ok := m.seats.Take(person)
		if !ok {
			t.Fatalf("%s has no seat", person)
		}
		free = append(free, f)
	}
	refused := func(person string) {
		t.Helper()
		_, _, err := m.Make(t.Context(), who(person), plaza.NewExport{})
		if plaza.KindOf(err) != plaza.Limited || plaza.AsError(err).Wait == 0 {
			t.Errorf("%s: %v", person, err)
		}
	}
	take("a")
	take("a")
	refused("a")
	take("b")
	take("c")
	refused("d")
	free[0]()
	take("d")
	for _, f := range free[1:] {
		f()
	}
}

// TestExcelGoesOutAsItComes: what stands in the cells is read again as it was, and most of a
// long file is out before its last row is there.
func TestExcelGoesOutAsItComes(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("", 2*60*60)
	var b bytes.Buffer
	f, err := openExcel(&b, &View{Printer: texts.Printer("en", zone)}, "Licenses", []string{"id", "name", "starts", "machines", "price"})
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("é", 40_000)
	told := []string{"=1+1", "<b>&\"'", "_x0041_", "a\tb\nc", "'x", "  x  ", "x\x00y", long, ""}
	for _, s := range told {
		err := f.row([]Value{text(s), yes(true), at(time.Date(2026, 7, 1, 22, 30, 15, 0, time.UTC)), number(7), money(plaza.Money{Minor: -1250, Currency: "EUR"})})
		if err != nil {
			t.Fatal(err)
		}
	}
	const many = 20_000
	for n := range many {
		if err := f.row([]Value{text(time.Unix(int64(n)*7919, 0).String()), {}, {}, number(n), {}}); err != nil {
			t.Fatal(err)
		}
	}
	before := b.Len()
	if err := f.end(); err != nil {
		t.Fatal(err)
	}
	if before < b.Len()*3/4 {
		t.Errorf("%d of %d bytes were out before the end", before, b.Len())
	}
	book, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Licenses")
	if err != nil || len(rows) != 1+len(told)+many {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, want := range told {
		switch want {
		case long:
			want = strings.Repeat("é", 32_767)
		case "x\x00y":
			want = "x\ufffdy"
		}
		got := rows[i+1]
		if got[0] != want || got[1] != "yes" || got[2] != "2026-07-02 00:30:15" || got[3] != "7" || got[4] != "-12.50" {
			t.Errorf("%.50q is read as %.200q", want, got)
		}
		if formula, err := book.GetCellFormula("Licenses", "A"+strconv.Itoa(i+2)); err != nil || formula != "" {
			t.Errorf("%.50q is a formula: %s, %v", want, formula, err)
		}
	}
}

// TestQueryThatSaysNothingIsRefused: who asks with a program would get more than they meant.
func TestQueryThatSaysNothingIsRefused(t *testing.T) {
	t.Parallel()
	who := plaza.Actor{Login: "l", Profile: "p", Kind: plaza.Reseller, Role: plaza.Owner}
	for query, good := range map[string]bool{
		"": true, "state=active": true, "state=active,expiring&sort=-ends": true, "q=Bakkerij&kind=development": true, "state=inactive": true, "from=2027-01-31": true,
		"state=nonsense": false, "state=all": false, "state=active,nonsense": false, "foo=bar": false, "from=31 January": false, "%zz": false,
	} {
		if err := checkQuery(who, plaza.ExportLicenses, query); (err == nil) != good {
			t.Errorf("%q: %v", query, err)
		}
	}
	for list, query := range map[plaza.ExportList]string{plaza.ExportRequests: "state=open", plaza.ExportMoves: "state=mine"} { // as the page begins
		if err := checkQuery(who, list, query); err != nil {
			t.Errorf("%s, %s: %v", list, query, err)
		}
	}
	for _, l := range plaza.ExportLists() {
		if err := checkQuery(who, l, "foo=bar"); plaza.KindOf(err) != plaza.Invalid {
			t.Errorf("%s takes foo=bar: %v", l, err)
		}
		if err := checkQuery(who, l, "sort=name"); err != nil {
			t.Errorf("%s: %v", l, err)
		}
	}
}
