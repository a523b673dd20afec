package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestALicenseIsTransferred(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		path := newLicense(t, w, w.Plans[plaza.Development].ID)
		door := path + "/transfer"
		want(t, s.get(w.Reseller, path), http.StatusOK, "Transfer…")
		if strings.Contains(shown(s.get(w.Partner, path)), "Transfer…") {
			t.Error("the partner is offered what it may not")
		}
		rec := s.get(w.Reseller, door)
		want(t, rec, http.StatusOK, "Partner holds it now", "Enterprise", "Reseller")
		if strings.Contains(shown(rec), "Stranger") {
			t.Error("it can be given to a stranger")
		}
		rec = s.get(w.Reseller, door+"?to="+w.Enterprise.Profile)
		want(t, rec, http.StatusOK, "Enterprise sees it from now on, and Partner no longer does", "Transfer license")
		want(t, s.get(w.Reseller, door+"?to="+w.Stranger.Profile), http.StatusNotFound)
		form := url.Values{"version": {value(rec, "version")}, "to": {w.Enterprise.Profile}, "reason": {""}}
		want(t, s.post(w.Reseller, door, form), http.StatusUnprocessableEntity, "Enterprise sees it from now on")
		form.Set("reason", because)
		want(t, s.get(w.Stranger, door), http.StatusNotFound)
		want(t, s.post(w.Stranger, door, form), http.StatusNotFound)
		want(t, s.post(w.Partner, door, form), http.StatusForbidden)
		if to := s.done(w.Reseller, door, form); to != path {
			t.Errorf("leads to %s", to)
		}
		want(t, s.get(w.Partner, path), http.StatusNotFound)
		want(t, s.get(w.Enterprise, path), http.StatusOK, "transferred the license")
		want(t, s.get(w.Enterprise, "/notices"), http.StatusOK, "A license was transferred to your profile")
		want(t, s.post(w.Reseller, door, form), http.StatusConflict, "Enterprise holds it already")
		want(t, s.get(w.Reseller, door+"?to="+w.Enterprise.Profile), http.StatusOK, "Enterprise holds it already", "Choose another profile")
	})
}

// TestALicenseIsTransferredDownwards: whoever is above goes on to see it, and is told so.
func TestALicenseIsTransferredDownwards(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		l, err := w.IssueLicense(t.Context(), w.Reseller, plaza.NewLicense{Profile: w.Reseller.Profile, Plan: w.Plans[plaza.Development].ID, Name: "Build"})
		ok(t, err)
		text := shown(s.get(w.Reseller, "/licenses/"+l.ID+"/transfer?to="+w.Partner.Profile))
		for _, bad := range []string{"and Reseller no longer does", "from today on they are on that of Partner"} {
			if strings.Contains(text, bad) {
				t.Errorf("says %q", bad)
			}
		}
		want(t, s.get(w.Reseller, "/licenses/"+l.ID), http.StatusOK)
	})
}
