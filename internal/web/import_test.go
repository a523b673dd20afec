package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/web/views"
)

func TestImportFromFileToList(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		r := w.Reseller
		holds := func(path, part string) {
			t.Helper()
			if page := s.get(r, path).Body.String(); !strings.Contains(page, part) {
				t.Errorf("%s does not hold %q: %q", path, part, page)
			}
		}
		work := func() {
			t.Helper()
			_, err := w.WorkOnImport(t.Context(), plaza.Clerk)
			ok(t, err)
		}
		want(t, s.get(r, "/imports"), http.StatusOK, "No import yet", "New import")
		want(t, s.get(r, "/imports/new?kind=licenses"), http.StatusOK, "Development licenses", "Logins", "Partners (xlsx)", "64 MB")
		send := func(who plaza.Actor, kind, file string) (int, string) {
			t.Helper()
			rec := s.upload(who, "/imports", file, "context", views.Context(who), "kind", kind)
			if rec.Code == http.StatusSeeOther {
				return rec.Code, rec.Header().Get("Location")
			}
			return rec.Code, rec.Body.String()
		}
		if code, page := send(r, "licenses", ""); code != http.StatusUnprocessableEntity || !strings.Contains(page, "nothing in this file") {
			t.Errorf("%d", code)
		}
		if code, page := send(r, "", "name\nx\n"); code != http.StatusUnprocessableEntity || !strings.Contains(page, "Choose one of these") {
			t.Errorf("%d", code)
		}
		_, path := send(r, "licenses", "Who,Plan,Name\nPartner,A year of development,=One\nNobody,A year of development,=Two\n")
		want(t, s.get(r, path), http.StatusOK, "agent.bin", "Columns to match", "Who", "=One", "Try it", "7 days")
		want(t, s.post(r, path+"/check", url.Values{"plan": {"1"}}), http.StatusUnprocessableEntity, "Choose the column")
		want(t, s.post(r, path+"/check", url.Values{"plan": {"1"}, "profile": {"1"}}), http.StatusUnprocessableEntity, "chosen for something else")
		want(t, s.post(r, path+"/apply", nil), http.StatusConflict, "cannot be done")
		s.done(r, path+"/check", url.Values{"profile": {"0"}, "plan": {"1"}, "name": {"2"}})
		want(t, s.get(r, path), http.StatusOK, "Being tried", "0 of 2 rows")
		holds(path, `hx-trigger="every 1s"`)
		work()
		want(t, s.get(r, path), http.StatusOK, "Rows to put right", "1 row cannot be made, of 2", "Who", "No profile of yours", "Nobody", "Try it again")
		holds(path+"/report", "Row,Who,Plan,Name,Problem\r\n3,Nobody,A year of development,'=Two,Profile: No profile of yours is called this.\r\n")
		for _, who := range []plaza.Actor{w.Stranger, w.Vendor} {
			want(t, s.get(who, path), http.StatusNotFound)
			want(t, s.get(who, path+"/report"), http.StatusNotFound)
			want(t, s.post(who, path+"/discard", nil), http.StatusNotFound)
		}
		want(t, s.get(w.Partner, path), http.StatusForbidden)
		colleague := w.Invite(t, r, r.Profile, "colleague", plaza.Manager)
		want(t, s.get(colleague, path), http.StatusOK, "Only Reseller owner, who sent it")
		want(t, s.post(colleague, path+"/discard", nil), http.StatusNotFound)
		s.done(r, path+"/discard", nil)
		want(t, s.get(r, path), http.StatusOK, "Discarded")

		_, path = send(r, "licenses", "Profile;Plan;Name\nPartner;A year of development;From a file\n")
		s.done(r, path+"/check", url.Values{"profile": {"0"}, "plan": {"1"}, "name": {"2"}})
		work()
		want(t, s.get(r, path), http.StatusOK, "Ready to import", "Import 1 row")
		s.done(r, path+"/apply", nil)
		want(t, s.get(r, path), http.StatusOK, "Being imported", "other changes may have to wait")
		work()
		want(t, s.get(r, path), http.StatusOK, "Imported: 1 license.")
		want(t, s.get(w.Partner, "/licenses"), http.StatusOK, "From a file")
		want(t, s.get(r, "/notices"), http.StatusOK, "Imported: 1 license.")
		holds("/notices", path)
		want(t, s.get(r, "/imports"), http.StatusOK, "Imported", "Discarded")

		holds("/imports/template?kind=logins&format=csv", "Profile,Name,E-mail address,Role,Dashboard right\r\nReseller,Jan Jansen,")
		if rec := s.get(r, "/imports/template?kind=partners&format=xlsx"); rec.Code != http.StatusOK || !strings.HasPrefix(rec.Body.String(), "PK") {
			t.Error(rec.Code)
		} else if code, path := send(r, "partners", rec.Body.String()); code != http.StatusSeeOther {
			t.Errorf("the template is not read: %d", code)
		} else {
			want(t, s.get(r, path), http.StatusOK, "Jansen & Co", "A year of partner")
		}
		want(t, s.get(r, "/imports/template?kind=plans&format=csv"), http.StatusNotFound)
	})
}
