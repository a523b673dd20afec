package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestAMistakeIsDeleted(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		path := newLicense(t, w, w.Plans[plaza.Development].ID)
		want(t, s.get(w.Reseller, path), http.StatusOK, "Delete…")
		if strings.Contains(shown(s.get(w.Partner, path)), "Delete…") {
			t.Error("the partner is offered what it may not")
		}
		rec := s.get(w.Reseller, path+"/delete")
		want(t, rec, http.StatusOK, "as if it had never been", "It is in no statement", "Delete license")
		form := url.Values{"version": {value(rec, "version")}, "reason": {""}}
		want(t, s.post(w.Reseller, path+"/delete", form), http.StatusUnprocessableEntity)
		form.Set("reason", because)
		want(t, s.get(w.Stranger, path+"/delete"), http.StatusNotFound)
		want(t, s.post(w.Stranger, path+"/delete", form), http.StatusNotFound)
		want(t, s.post(w.Partner, path+"/delete", form), http.StatusForbidden)
		if to := s.done(w.Reseller, path+"/delete", form); to != "/licenses" {
			t.Errorf("leads to %s", to)
		}
		want(t, s.get(w.Reseller, path), http.StatusNotFound)
		list, err := w.Licenses(t.Context(), w.Partner, plaza.LicenseFilter{Kinds: []plaza.LicenseKind{plaza.PartnerLicense}}, plaza.Page{})
		ok(t, err)
		base := "/licenses/" + list.Rows[0].ID
		rec = s.get(w.Reseller, base+"/delete")
		want(t, rec, http.StatusOK, "came with its profile", "Back to the license")
		if strings.Contains(shown(rec), "Delete license") {
			t.Error("it has a button all the same")
		}
	})
}
