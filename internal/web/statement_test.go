package web_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// used has the partner use something that costs 31.00 a month, and something be booked.
func used(t *testing.T, w *apptest.World) {
	t.Helper()
	p, err := w.CreatePlan(t.Context(), w.Vendor, plaza.NewPlan{
		Kind: plaza.Development, Name: "=Dev", TermMonths: 12, Machines: 1, Prices: []plaza.Money{{Currency: "EUR", Minor: 31_00}},
	})
	ok(t, err)
	l, err := w.IssueLicense(t.Context(), w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: p.ID, Name: "Shop"})
	ok(t, err)
	ok(t, w.BillLicense(t.Context(), w.Reseller, l.ID, plaza.LicenseBilling{BillingID: "=L-1", Version: 1}))
	_, err = w.Adjust(t.Context(), w.Reseller, w.Partner.Profile, plaza.NewAdjustment{Minor: -25, Reason: "@they had to wait"})
	ok(t, err)
}

func TestAStatementIsShown(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		used(t, w)
		path := "/statements/" + w.Partner.Profile + "/2026-01"
		rec := s.get(w.Partner, "/statements")
		want(t, rec, http.StatusOK, "Statements", "Jan 2026", "So far", "Billing terms")
		if text := shown(rec); !strings.Contains(rec.Body.String(), path) || strings.Contains(text, "Book an adjustment") || strings.Contains(text, "Feb 2026") {
			t.Errorf("the partner's list: %s", text)
		}
		rec = s.get(w.Partner, path)
		want(t, rec, http.StatusOK, "Statement of Partner, Jan 2026", "So far", "=Dev", "1.00 EUR", "-0.25 EUR", "0.75 EUR", "they had to wait", "no price in EUR", "rounded half up")
		if text := shown(rec); strings.Contains(text, "By profile") || strings.Contains(text, "Billing terms…") {
			t.Errorf("the partner's statement: %s", text)
		}
		rec = s.get(w.Reseller, "/statements?profile="+w.Partner.Profile)
		want(t, rec, http.StatusOK, "What Partner used", "Book an adjustment…", "Billing terms…")
		want(t, s.get(w.Reseller, "/statements/"+w.Reseller.Profile+"/2026-01"), http.StatusOK, "By profile", "Partner", "Enterprise", "1.00 EUR")
		want(t, s.get(w.Reseller, "/partners/"+w.Partner.Profile), http.StatusOK, "Statements")
		for _, nothing := range []string{"2025-12", "2026-02", "2026-1", "never"} {
			want(t, s.get(w.Partner, "/statements/"+w.Partner.Profile+"/"+nothing), http.StatusNotFound)
		}
		for _, who := range []plaza.Actor{w.Stranger, w.StrangerPartner, w.Enterprise} {
			want(t, s.get(who, path), http.StatusNotFound)
			want(t, s.get(who, path+"/export?format=csv"), http.StatusNotFound)
			want(t, s.get(who, "/statements?profile="+w.Partner.Profile), http.StatusNotFound)
		}
		wantsSignIn(t, s.get(nobody, path))
	})
}

// TestAStatementIsTakenAlong: in every form, with the same numbers, and on record.
func TestAStatementIsTakenAlong(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		used(t, w)
		path := "/statements/" + w.Partner.Profile + "/2026-01/export?format="
		get := func(form, kind string) *httptest.ResponseRecorder {
			t.Helper()
			rec := s.get(w.Partner, path+form)
			if rec.Code != http.StatusOK || !strings.HasPrefix(rec.Header().Get("Content-Type"), kind) ||
				rec.Header().Get("Content-Disposition") != `attachment; filename="statement-partner-2026-01.`+form+`"` {
				t.Fatalf("%s: %d %v", form, rec.Code, rec.Header())
			}
			return rec
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(get("csv", "text/csv").Body.String(), "\uFEFF"))).ReadAll()
		ok(t, err)
		var got [][]string
		var named []string
		for _, r := range rows[1:] {
			got = append(got, []string{r[0], r[2], r[6], r[8], r[12], r[14], r[15], r[16], r[18], r[19], r[20]})
			if r[6] == "license" && r[8] == "'=Dev" {
				named = append(named, r[24], r[25], r[27])
			}
		}
		wanted := [][]string{
			{"2026-01", "Partner", "line", "'=Dev", "1", "1", "31.00", "1.00", "1.00", "EUR", ""},
			{"2026-01", "Partner", "line", "A year of partner", "1", "1", "", "0.00", "0.00", "EUR", ""},
			{"2026-01", "Partner", "license", "A year of partner", "1", "1", "", "", "0.00", "EUR", ""},
			{"2026-01", "Partner", "license", "'=Dev", "1", "1", "", "", "1.00", "EUR", ""},
			{"2026-01", "Partner", "adjustment", "", "", "", "", "", "-0.25", "EUR", "'@they had to wait"},
			{"2026-01", "Partner", "total", "", "2", "", "", "1.00", "0.75", "EUR", ""},
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("CSV (-want +got):\n%s", diff)
		}

		if diff := cmp.Diff([]string{"Shop", "'=L-1", "Partner"}, named); diff != "" {
			t.Errorf("the license in CSV (-want +got):\n%s", diff)
		}

		book, err := excelize.OpenReader(bytes.NewReader(get("xlsx", "application/vnd.openxmlformats").Body.Bytes()))
		ok(t, err)
		sheet := book.GetSheetName(0)
		cells, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
		ok(t, err)
		all := strings.Builder{}
		for _, row := range cells {
			all.WriteString(strings.Join(row, "|") + "\n")
		}
		for _, line := range []string{"Total|0.75", "=Dev|Development, edition 1|1||1|31|1|0|1", "@they had to wait|-0.25"} {
			if !strings.Contains(all.String(), line) {
				t.Errorf("Excel has no %q:\n%s", line, all.String())
			}
		}
		detail, err := book.GetRows("By license", excelize.Options{RawCellValue: true})
		ok(t, err)
		if len(detail) != 4 || strings.Join(detail[3][:4], "|") != "Shop|=L-1|Partner|=Dev" {
			t.Errorf("by license: %v", detail)
		}
		for row := range cells {
			formula, err := book.GetCellFormula(sheet, "A"+strconv.Itoa(row+1))
			if ok(t, err); formula != "" {
				t.Errorf("A%d is a formula: %s", row+1, formula)
			}
		}

		pdf := get("pdf", "application/pdf").Body.Bytes()
		if !bytes.HasPrefix(pdf, []byte("%PDF-")) || !bytes.Contains(pdf, []byte("/Count 1")) || !bytes.HasSuffix(bytes.TrimSpace(pdf), []byte("%%EOF")) {
			t.Errorf("it is no PDF of one page: %d bytes", len(pdf))
		}
		want(t, s.get(w.Partner, path+"exe"), http.StatusUnprocessableEntity)
		if n := w.Events(t, plaza.StatementExport, plaza.Done); n != 3 {
			t.Errorf("%d are on record", n)
		}
	})
}

func TestBillingIsSet(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		home := "/statements/" + w.Partner.Profile
		rec := s.get(w.Reseller, home+"/terms")
		want(t, rec, http.StatusOK, "Billing terms of Partner", "Months that are over stay as they are", "Europe/Paris")
		form := url.Values{"currency": {"DEM"}, "discount": {"101"}, "time_zone": {"Mars"}, "billing_id": {"D-4711"}, "version": {value(rec, "version")}}
		want(t, s.post(w.Reseller, home+"/terms", form), http.StatusUnprocessableEntity, "Choose one of the currencies.", "from 0 to 100", "Choose one of the time zones.")
		form = with(with(with(form, "currency", "USD"), "discount", "12,5"), "time_zone", "Europe/Paris")
		if to := s.done(w.Reseller, home+"/terms", form); to != "/statements?profile="+w.Partner.Profile {
			t.Errorf("leads to %s", to)
		}
		want(t, s.get(w.Partner, "/statements"), http.StatusOK, "USD", "12.50 %", "Europe/Paris", "D-4711")
		rec = s.post(w.Reseller, home+"/terms", with(form, "discount", "20"))
		want(t, rec, http.StatusPreconditionFailed, "12.50", "20", "Save my version")

		want(t, s.get(w.Reseller, home+"/adjust"), http.StatusOK, "Amount in USD", "for Partner to see")
		book := url.Values{"amount": {"nothing"}, "reason": {"short"}}
		want(t, s.post(w.Reseller, home+"/adjust", book), http.StatusUnprocessableEntity, "Fill in an amount", "Say why")
		book = url.Values{"amount": {"−12,50"}, "reason": {"They had to wait"}}
		to := s.done(w.Reseller, home+"/adjust", book)
		if to != home+"/2026-01#adjustments" {
			t.Errorf("leads to %s", to)
		}
		want(t, s.get(w.Partner, home+"/2026-01"), http.StatusOK, "-12.50 USD", "They had to wait")
		form.Set("version", "1")
		want(t, s.post(w.Reseller, home+"/terms", with(form, "currency", "EUR")), http.StatusConflict, "Something was booked in USD")

		for _, door := range []string{"/terms", "/adjust"} {
			want(t, s.get(w.Stranger, home+door), http.StatusNotFound)
			want(t, s.post(w.Stranger, home+door, with(with(form, "amount", "5"), "reason", "a long reason")), http.StatusNotFound)
			want(t, s.get(w.Partner, home+door), http.StatusForbidden)
			want(t, s.get(w.Reseller, "/statements/"+w.Reseller.Profile+door), http.StatusNotFound)
		}
	})
}

// TestAPartOfAMonthIsNoMonth: of a period that a move ended, the page does not say that the month is over.
func TestAPartOfAMonthIsNoMonth(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		ctx := t.Context()
		w.Clock.Advance(10 * time.Minute)
		m, err := w.ProposeMove(ctx, w.Vendor, plaza.NewMove{Profile: w.Partner.Profile, To: w.Stranger.Profile, Reason: because})
		ok(t, err)
		for _, who := range []plaza.Actor{w.Reseller, w.Stranger} {
			got, err := w.Move(ctx, who, m.ID)
			ok(t, err)
			_, err = w.AgreeToMove(ctx, who, m.ID, plaza.MoveAgreement{Name: m.ProfileName, Version: got.Version})
			ok(t, err)
		}
		w.Clock.Advance(10 * time.Minute)
		text := shown(s.get(w.Vendor, "/statements/"+w.Partner.Profile+"/2026-01?period=1"))
		if strings.Contains(text, "The month is over") {
			t.Errorf("on %s it says that the month is over", w.Clock.Now())
		}
	})
}
