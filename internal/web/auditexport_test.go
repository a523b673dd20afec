package web_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// rowsOf returns a CSV answer as rows by the names of their columns.
func rowsOf(t *testing.T, body string) (all []map[string]string) {
	t.Helper()
	text, marked := strings.CutPrefix(body, "\uFEFF")
	if !marked || !strings.Contains(text, "\r\n") {
		t.Errorf("no mark of UTF-8, or other ends of lines: %q", body[:min(len(body), 40)])
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	ok(t, err)
	for _, row := range rows[1:] {
		named := map[string]string{}
		for i, name := range rows[0] {
			named[name] = row[i]
		}
		all = append(all, named)
	}
	return all
}

func TestLogIsTakenAlongAsItIsFiltered(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		a := newAgent(t, w, w.Reseller, w.Partner.Profile, "=HYPERLINK(\"https://evil.example\")")
		if page := s.get(w.Reseller, "/audit?object="+a.ID).Body.String(); !strings.Contains(page, "/audit/export?format=csv&amp;object="+a.ID) || !strings.Contains(page, "Nothing is sealed yet") {
			t.Error("no way to take it along, or it does not say that nothing is sealed")
		}
		if page := s.get(w.Reseller, "/agents/"+a.ID).Body.String(); !strings.Contains(page, `"/audit?object=`+a.ID+`"`) {
			t.Error("the history does not lead into the log")
		}

		rec := s.get(w.Reseller, "/audit/export?format=csv&object="+a.ID)
		rows := rowsOf(t, rec.Body.String())
		if len(rows) != 1 || rows[0]["verb"] != "agent.create" || rows[0]["who"] != "Reseller owner" || rows[0]["object_name"] != `'=HYPERLINK("https://evil.example")` || rows[0]["profile_name"] != "Partner" {
			t.Errorf("got %v", rows)
		}
		if h := rec.Header(); !strings.HasPrefix(h.Get("Content-Disposition"), `attachment; filename="audit-2026`) || !strings.HasPrefix(h.Get("Content-Type"), "text/csv") {
			t.Errorf("headers: %v", h)
		}
		rec = s.get(w.Reseller, "/audit/export?format=jsonl&verb=agent.create")
		var event struct {
			Class int   `json:"class_uid"`
			Type  int   `json:"type_uid"`
			Time  int64 `json:"time"`
			API   struct {
				Operation string `json:"operation"`
			} `json:"api"`
			Actor struct {
				User struct {
					Name string `json:"name"`
				} `json:"user"`
			} `json:"actor"`
			Metadata struct {
				UID string `json:"uid"`
			} `json:"metadata"`
		}
		ok(t, json.Unmarshal(rec.Body.Bytes(), &event))
		if event.Class != 6003 || event.Type != 600301 || event.Time != apptest.Start().UnixMilli() || event.API.Operation != "agent.create" || event.Actor.User.Name != "Reseller owner" || event.Metadata.UID == "" {
			t.Errorf("got %+v from %s", event, rec.Body)
		}
		want(t, s.get(w.Reseller, "/audit/export?format=xml"), http.StatusUnprocessableEntity)
		if rows := rowsOf(t, s.get(w.Reseller, "/audit/export?from=2030-01-01").Body.String()); len(rows) != 0 {
			t.Errorf("of what never was: %v", rows)
		}

		// Both the looking and the taking along stand in one's own log.
		page := s.page(w.Reseller, "/audit?verb=audit.read,audit.export")
		for _, says := range []string{"looked at the audit log", "took the audit log along", "object=" + a.ID, "Events: 1"} {
			if !strings.Contains(page, says) {
				t.Errorf("the log does not say %q", says)
			}
		}
		for _, stranger := range []plaza.Actor{w.Stranger, w.StrangerPartner} {
			if got := s.get(stranger, "/audit/export?object="+a.ID).Body.String(); strings.Contains(got, "HYPERLINK") || strings.Contains(got, "Reseller owner") {
				t.Errorf("a stranger takes along %s", got)
			}
		}
		manager := w.Invite(t, w.Reseller, w.Reseller.Profile, "Max", plaza.Manager)
		want(t, s.get(manager, "/audit/export"), http.StatusForbidden)
	})
}

// TestExportTellsNoMoreThanThePage: who is above stays unnamed.
func TestExportTellsNoMoreThanThePage(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		reseller := w.Reseller
		reseller.From = plaza.Origin{Address: "192.0.2.99", UserAgent: "Reseller's browser"}
		_, err := w.IssueLicense(t.Context(), reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID})
		ok(t, err)
		_, err = w.LogInAs(t.Context(), reseller, plaza.NewActing{Login: w.Partner.Login, Reason: "a reason that is long"})
		ok(t, err)
		for _, form := range []string{"csv", "jsonl"} {
			got := s.get(w.Partner, "/audit/export?format="+form).Body.String()
			for _, secret := range []string{"192.0.2.99", "Reseller's browser", w.Reseller.Login, w.Reseller.Profile, w.Reseller.Person, w.Vendor.Profile} {
				if strings.Contains(got, secret) {
					t.Errorf("%s tells %s", form, secret)
				}
			}
			if !strings.Contains(got, "license.issue") || !strings.Contains(got, "acting.start") {
				t.Errorf("%s: %s", form, got)
			}
		}
	})
}

func TestLogOfManyPagesIsTakenAlongWhole(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		const n = 2*plaza.MaxPageSize + 1
		for range n {
			_ = w.EndLicense(t.Context(), w.Partner, "none", "a reason", 1) // which is refused, and recorded
		}
		rows := rowsOf(t, s.get(w.Partner, "/audit/export?verb=license.end").Body.String())
		seen := map[string]bool{}
		for _, r := range rows {
			seen[r["id"]] = true
		}
		if len(rows) != n || len(seen) != n {
			t.Errorf("%d rows, %d events; want %d", len(rows), len(seen), n)
		}
	})
}

func TestPageSaysHowFarTheLogIsSealed(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		sealed, err := w.SealAudit(t.Context(), plaza.Sealer)
		ok(t, err)
		want(t, s.get(w.Vendor, "/audit"), http.StatusOK, "Sealed up to 2 Jan 2026", "events in all", sealed.Root.String()[:12])
		for _, below := range []plaza.Actor{w.Reseller, w.Stranger} {
			if page := s.page(below, "/audit"); !strings.Contains(page, "Sealed up to 2 Jan 2026") || strings.Contains(page, "in all") || strings.Contains(page, sealed.Root.String()[:12]) {
				t.Error("says nothing, or how much happens elsewhere")
			}
		}
	})
}
