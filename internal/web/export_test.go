package web_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/sheet"
)

// offers is the form behind which a page has its list taken along.
var offers = regexp.MustCompile(`(?s)<input type="hidden" name="list" value="([a-z]+)">\s*<input type="hidden" name="query" value="([^"]*)">`)

// offered returns which list a page has taken along, and what it is filtered by.
func (s *site) offered(who plaza.Actor, path string) url.Values {
	s.t.Helper()
	rec := s.get(who, path)
	found := offers.FindStringSubmatch(rec.Body.String())
	if rec.Code != http.StatusOK || found == nil {
		s.t.Fatalf("GET %s as %s: %d, and nothing to take along", path, who.ProfileName, rec.Code)
	}
	return url.Values{"list": {found[1]}, "query": {strings.ReplaceAll(found[2], "&amp;", "&")}, "form": {"csv"}}
}

// pageIDs returns the IDs that the rows of a list lead to, on all its pages.
func (s *site) pageIDs(who plaza.Actor, path string) (ids []string) {
	s.t.Helper()
	links := regexp.MustCompile(`<a class="row-link" href="/[a-z]+/([0-9a-f-]{36})"`)
	next := regexp.MustCompile(`rel="next" href="([^"]*)"`)
	for path != "" {
		rec := s.get(who, path)
		if rec.Code != http.StatusOK {
			s.t.Fatalf("GET %s: %d", path, rec.Code)
		}
		for _, found := range links.FindAllStringSubmatch(rec.Body.String(), -1) {
			ids = append(ids, found[1])
		}
		if path = ""; next.MatchString(rec.Body.String()) {
			path = strings.ReplaceAll(next.FindStringSubmatch(rec.Body.String())[1], "&amp;", "&")
		}
	}
	return ids
}

// TestExportsAreWhatThePagesShow: the file has the rows that the pages of the list show,
// in their order, for everybody who sees the list, and however it is filtered and sorted.
func TestExportsAreWhatThePagesShow(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		for i := range 60 { // more than a page has
			_, err := w.IssueLicense(t.Context(), w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID, Name: fmt.Sprintf("dev %02d", i%7)})
			ok(t, err)
		}
		_, err := w.IssueLicense(t.Context(), w.Stranger, plaza.NewLicense{Profile: w.StrangerPartner.Profile, Plan: w.Plans[plaza.Development].ID, Name: "dev of a stranger"})
		ok(t, err)
		for i := range 3 {
			newAgent(t, w, w.Reseller, w.Partner.Profile, fmt.Sprintf("agent %d", i))
		}
		for _, who := range []plaza.Actor{w.Vendor, w.Reseller, w.Partner, w.Stranger, w.StrangerPartner} {
			for _, path := range []string{
				"/licenses", "/licenses?sort=-name", "/licenses?sort=ends&kind=development", "/licenses?q=dev+03", "/licenses?state=inactive",
				"/agents", "/agents?sort=-name", "/agents?liveness=never_seen", "/logins", "/logins?sort=-name&role=owner", "/partners", "/partners?sort=-created", "/requests?state=all",
			} {
				if strings.HasPrefix(path, "/partners") && !who.Kind.Administers() {
					continue
				}
				shown := s.pageIDs(who, path)
				if len(shown) == 0 {
					continue // there is nothing to take along
				}
				rec := s.post(who, "/exports", s.offered(who, path))
				want(t, rec, http.StatusOK)
				var got []string
				for _, row := range rowsOf(t, rec.Body.String()) {
					got = append(got, row["id"])
				}
				if !slices.Equal(got, shown) {
					t.Errorf("%s, %s: %d rows in the file, %d on the pages\n%v\n%v", who.ProfileName, path, len(got), len(shown), got, shown)
				}
			}
		}
		below := "/partners/" + w.Partner.Profile
		for _, path := range []string{below + "/licenses?kind=development", below + "/agents", below + "/logins"} {
			rec := s.post(w.Reseller, "/exports", s.offered(w.Reseller, path))
			if n := len(rowsOf(t, rec.Body.String())); n != len(s.pageIDs(w.Reseller, path)) || n == 0 {
				t.Errorf("%s: %d rows", path, n)
			}
			if n := len(rowsOf(t, s.post(w.Stranger, "/exports", s.offered(w.Reseller, path)).Body.String())); n != 0 {
				t.Errorf("%s: the stranger takes %d rows along", path, n)
			}
		}
	})
}

// TestEveryListIsTakenAlong: which lists of the dashboard can be taken along stands here,
// and why others cannot.
func TestEveryListIsTakenAlong(t *testing.T) {
	t.Parallel()
	without := map[string]string{
		"monitor.go":       "the wall is what the list of ConnectAgents is; what stands below it is taken along",
		"audit.go":         "the log has an export of its own, which proves more",
		"PartnerAudit":     "is a part of the log",
		"views.Mailbox{":   "whoever looks at the mailbox of a demo is nobody",
		"views.Webhooks{":  "a handful, each with an address that may be a secret",
		"views.Statement{": "has exports of its own",
		"views.Imports{":   "a handful of files; what was made of them stands in lists that are taken along",
	}
	files, err := os.ReadDir(".")
	ok(t, err)
	uses := regexp.MustCompile(`listing\(r\)(\.Exported\(plaza\.Export[A-Z])?`)
	exported := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") || f.Name() == "list.go" {
			continue
		}
		b, err := os.ReadFile(f.Name())
		ok(t, err)
		for line := range strings.Lines(string(b)) {
			found := uses.FindStringSubmatch(line)
			if found == nil || found[1] != "" {
				exported += len(found) / 2
				continue
			}
			excused := false
			for part := range without {
				excused = excused || part == f.Name() || strings.Contains(line, part)
			}
			if !excused {
				t.Errorf("%s: this list cannot be taken along; say why:%s", f.Name(), line)
			}
		}
	}
	if most := len(plaza.ExportLists()); exported < most {
		t.Errorf("%d lists on pages, of %d that can be taken along", exported, most)
	}
	for _, l := range plaza.ExportLists() {
		if sheet.Verb(l) == "" {
			t.Errorf("nothing is known of %s but its name", l)
		}
	}
}

// TestEveryListCanBeExported: also the empty ones, in every form, by who may see them; and
// by nobody else.
func TestEveryListCanBeExported(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		hook, _, err := w.CreateWebhook(t.Context(), w.Vendor, plaza.WebhookEdit{Name: "Hook", URL: "https://example.com/hook", All: true})
		ok(t, err)
		support := w.Invite(t, w.Reseller, w.Reseller.Profile, "Support", plaza.Support)
		for _, l := range plaza.ExportLists() {
			form := url.Values{"list": {string(l)}, "query": {"webhook=" + hook.ID}, "form": {"csv"}}
			for _, who := range []plaza.Actor{w.Vendor, w.Reseller, w.Partner, support} {
				rec := s.post(who, "/exports", form)
				switch {
				case l == plaza.ExportDeliveries && who.Profile != w.Vendor.Profile && who.Can(sheet.Verb(l)):
					want(t, rec, http.StatusNotFound)
				case who.Can(sheet.Verb(l)):
					want(t, rec, http.StatusOK)
					_ = rowsOf(t, rec.Body.String())
				default:
					want(t, rec, http.StatusForbidden)
				}
			}
			for _, f := range plaza.ExportForms() {
				rec := s.post(w.Vendor, "/exports", with(form, "form", string(f)))
				want(t, rec, http.StatusOK)
				if end := `.` + f.Ending() + `"`; !strings.HasSuffix(rec.Header().Get("Content-Disposition"), end) {
					t.Errorf("%s as %s is called %s", l, f, rec.Header().Get("Content-Disposition"))
				}
			}
		}
		form := url.Values{"list": {"licenses"}, "form": {"csv"}}
		for name, value := range map[string]string{"list": "sessions", "form": "pdf", "query": "%zz"} {
			want(t, s.post(w.Vendor, "/exports", with(form, name, value)), http.StatusUnprocessableEntity)
		}
		want(t, s.post(w.Vendor, "/exports", with(form, "query", "sort=nonsense")), http.StatusUnprocessableEntity)
		wantsSignIn(t, s.get(nobody, "/exports"))
		if n := w.Events(t, plaza.ExportCreate, plaza.Done); n < len(plaza.ExportLists()) {
			t.Errorf("%d exports are on record", n)
		}
	})
}

// TestExportedCells: what a spreadsheet would compute is a text to it, in each form.
func TestExportedCells(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		const evil = `=HYPERLINK("https://evil.example"),;` + "x"
		newAgent(t, w, w.Reseller, w.Partner.Profile, evil)
		for form, comma := range map[string]rune{"csv": ',', "csv-semicolon": ';', "csv-tab": '\t'} {
			rec := s.post(w.Reseller, "/exports", url.Values{"list": {"agents"}, "form": {form}})
			in := csv.NewReader(strings.NewReader(strings.TrimPrefix(rec.Body.String(), "\uFEFF")))
			in.Comma = comma
			rows, err := in.ReadAll()
			ok(t, err)
			if len(rows) != 2 || rows[0][1] != "name" || rows[1][1] != "'"+evil || plaza.PlainCell(rows[1][1]) != evil {
				t.Errorf("%s: %q", form, rows)
			}
		}
		rec := s.post(w.Reseller, "/exports", url.Values{"list": {"agents"}, "form": {"xlsx"}})
		book, err := excelize.OpenReader(bytes.NewReader(rec.Body.Bytes()))
		ok(t, err)
		defer book.Close()
		name := book.GetSheetName(0)
		rows, err := book.GetRows(name)
		ok(t, err)
		if len(rows) != 2 || rows[0][1] != "Name" || rows[1][1] != evil || name != "ConnectAgents" {
			t.Errorf("%s: %q", name, rows)
		}
		if f, err := book.GetCellFormula(name, "B2"); err != nil || f != "" {
			t.Errorf("it is a formula: %q %v", f, err)
		}
		last, err := excelize.CoordinatesToCellName(len(rows[0]), 2)
		ok(t, err)
		if kind, err := book.GetCellType(name, last); err != nil || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber && kind != excelize.CellTypeDate {
			t.Errorf("a time is of type %v", kind)
		}
		if at, err := book.GetCellValue(name, last); err != nil || at != apptest.Start().Format("2006-01-02 15:04:05") {
			t.Errorf("made at %q, %v", at, err)
		}
	})
}

// exporter returns what makes files.
func exporter(w *apptest.World) app.ExportWriter {
	return sheet.New(w.App, w.Texts, w.Clock.Now).Export
}

// start has a file made while nobody waits, as if the list were long.
func start(t *testing.T, w *apptest.World, who plaza.Actor, in plaza.NewExport) plaza.Export {
	t.Helper()
	e, err := w.StartExport(t.Context(), who, in, plaza.ExportAtOnce+1)
	ok(t, err)
	return e
}

var aList = plaza.NewExport{List: plaza.ExportLicenses, Form: plaza.ExportComma, Language: "en", TimeZone: "UTC"}

// TestLongListsAreMadeMeanwhile: with a page that tells how far it is, and a link that
// is good for an hour, for whoever asked and nobody else.
func TestLongListsAreMadeMeanwhile(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		colleague := w.Invite(t, w.Reseller, w.Reseller.Profile, "Colleague", plaza.Administrator)
		e := start(t, w, w.Reseller, aList)
		page := "/exports/" + e.ID
		want(t, s.get(w.Reseller, page), http.StatusOK, "0 of 10,001 rows", "It goes on when you leave", "Cancel")
		if body := s.get(w.Reseller, page).Body.String(); !strings.Contains(body, `hx-trigger="every 1s"`) {
			t.Error("it does not ask again")
		}
		want(t, s.get(w.Reseller, page+"/file"), http.StatusNotFound)
		worked, err := w.WorkOnExport(t.Context(), plaza.Clerk, exporter(w))
		ok(t, err)
		if !worked {
			t.Fatal("there is nothing to do")
		}
		want(t, s.get(w.Reseller, page), http.StatusOK, "Download licenses-20260102-030405.csv", "Until", "Delete the file")
		want(t, s.get(w.Reseller, "/exports"), http.StatusOK, "Licenses", "Ready")
		file := s.get(w.Reseller, page+"/file")
		want(t, file, http.StatusOK)
		if at := s.post(w.Reseller, "/exports", s.offered(w.Reseller, "/licenses")); at.Body.String() != file.Body.String() {
			t.Error("it is another file than the one that is made at once")
		}
		if n := w.Events(t, plaza.ExportDownload, plaza.Done); n != 1 {
			t.Errorf("%d downloads are on record", n)
		}
		for _, who := range []plaza.Actor{colleague, w.Vendor, w.Partner, w.Stranger} {
			want(t, s.get(who, page), http.StatusNotFound)
			want(t, s.get(who, page+"/file"), http.StatusNotFound)
			want(t, s.post(who, page+"/cancel", nil), http.StatusNotFound)
			if body := s.get(who, "/exports").Body.String(); strings.Contains(body, e.ID) {
				t.Errorf("%s sees it", who.Name)
			}
		}
		for _, site := range []string{"cross-site", "same-site"} {
			r := s.request(w.Reseller, http.MethodGet, page+"/file", nil)
			r.Header.Set("Sec-Fetch-Site", site)
			want(t, s.do(r), http.StatusForbidden)
		}
		keep := func(d time.Duration) { // at work, so that the session goes on
			for range 4 {
				w.Clock.Advance(d / 4)
				s.get(w.Reseller, "/")
			}
		}
		keep(plaza.ExportKept - time.Second)
		want(t, s.get(w.Reseller, page+"/file"), http.StatusOK)
		w.Clock.Advance(time.Second)
		want(t, s.get(w.Reseller, page+"/file"), http.StatusNotFound)
		want(t, s.get(w.Reseller, page), http.StatusNotFound)
		_, err = w.WorkOnExport(t.Context(), plaza.Clerk, exporter(w))
		ok(t, err)
	})
}

func TestExportsAreCancelled(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		one := start(t, w, w.Reseller, aList)
		if to := s.done(w.Reseller, "/exports/"+one.ID+"/cancel", nil); to != "/exports" {
			t.Errorf("to %s", to)
		}
		want(t, s.get(w.Reseller, "/exports/"+one.ID), http.StatusNotFound)
		if worked, err := w.WorkOnExport(t.Context(), plaza.Clerk, exporter(w)); err != nil || worked {
			t.Errorf("it is made all the same: %v %v", worked, err)
		}
		for range plaza.MostExports {
			start(t, w, w.Reseller, aList)
		}
		if _, err := w.StartExport(t.Context(), w.Reseller, aList, plaza.ExportAtOnce+1); plaza.KindOf(err) != plaza.Conflict {
			t.Errorf("one more: %v", err)
		}
		excel := aList
		excel.Form = plaza.ExportExcel
		if _, err := w.StartExport(t.Context(), w.Stranger, excel, plaza.ExcelRows+1); plaza.KindOf(err) != plaza.Invalid {
			t.Errorf("more rows than Excel takes: %v", err)
		}
	})
}

// TestExportsThatBreakOffAreBegunAnew: whatever was there of them.
func TestExportsThatBreakOffAreBegunAnew(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		e := start(t, w, w.Reseller, aList)
		ctx, kill := context.WithCancel(t.Context())
		_, err := w.WorkOnExport(ctx, plaza.Clerk, func(_ context.Context, _ plaza.Actor, _ plaza.Export, out io.Writer, done app.ExportProgress) error {
			if err := done(3, plaza.ExportAtOnce+1); err != nil {
				return err
			}
			if _, err := out.Write(bytes.Repeat([]byte("half a file\n"), 200_000)); err != nil {
				return err
			}
			kill()
			return ctx.Err()
		})
		if err == nil {
			t.Fatal("it was not killed")
		}
		want(t, s.get(w.Reseller, "/exports/"+e.ID), http.StatusOK, "3 of 10,001 rows")
		if worked, err := w.WorkOnExport(t.Context(), plaza.Clerk, exporter(w)); err != nil || worked {
			t.Errorf("two make it at the same time: %v %v", worked, err)
		}
		w.Clock.Advance(3 * time.Minute)
		worked, err := w.WorkOnExport(t.Context(), plaza.Clerk, exporter(w))
		ok(t, err)
		if !worked {
			t.Fatal("nobody takes it up")
		}
		file := s.get(w.Reseller, "/exports/"+e.ID+"/file")
		if rows := rowsOf(t, file.Body.String()); len(rows) == 0 || strings.Contains(file.Body.String(), "half a file") {
			t.Errorf("%d rows", len(rows))
		}
	})
}

// TestExportsFailForGood: what cannot be made is not tried for ever.
func TestExportsFailForGood(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		in := aList
		in.Query = "sort=nonsense"
		e := start(t, w, w.Reseller, in)
		if _, err := w.WorkOnExport(t.Context(), plaza.Clerk, exporter(w)); plaza.KindOf(err) != plaza.Invalid {
			t.Errorf("got %v", err)
		}
		want(t, s.get(w.Reseller, "/exports/"+e.ID), http.StatusOK, "This export could not be made.")
		want(t, s.get(w.Reseller, "/exports/"+e.ID+"/file"), http.StatusNotFound)
		if worked, err := w.WorkOnExport(t.Context(), plaza.Clerk, exporter(w)); err != nil || worked {
			t.Errorf("it is tried again: %v %v", worked, err)
		}
	})
}

// TestExportsEndWithTheSession: what is being made, and what can be downloaded.
func TestExportsEndWithTheSession(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		for _, made := range []bool{false, true} {
			who := w.Invite(t, w.Reseller, w.Reseller.Profile, fmt.Sprintf("Leaver %v", made), plaza.Administrator)
			e := start(t, w, who, aList)
			if made {
				_, err := w.WorkOnExport(t.Context(), plaza.Clerk, exporter(w))
				ok(t, err)
				want(t, s.get(who, "/exports/"+e.ID+"/file"), http.StatusOK)
			}
			ok(t, w.SignOut(t.Context(), who))
			again := w.SignIn(t, fmt.Sprintf("Leaver-%v@example.com", made))
			want(t, s.get(again, "/exports/"+e.ID+"/file"), http.StatusNotFound)
			_, err := w.WorkOnExport(t.Context(), plaza.Clerk, func(context.Context, plaza.Actor, plaza.Export, io.Writer, app.ExportProgress) error {
				t.Error("a file is made for nobody")
				return nil
			})
			ok(t, err)
		}
	})
}
