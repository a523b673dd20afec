package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestManyLicensesAreRenewed(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		endless := newPlan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "For ever", Machines: 1})
		id := func(path string) string { return strings.TrimPrefix(path, "/licenses/") }
		one, two := newLicense(t, w, w.Plans[plaza.Development].ID), newLicense(t, w, endless.ID)
		if page := s.get(w.Reseller, "/licenses").Body.String(); strings.Count(page, `name="license"`) != 4 {
			t.Error("not every license can be chosen")
		}
		if page := s.get(w.Partner, "/licenses").Body.String(); strings.Contains(page, `name="license"`) {
			t.Error("the partner can choose licenses to renew")
		}
		chosen := "/licenses/renew?license=" + id(one) + "&license=" + id(two)
		want(t, s.get(w.Reseller, chosen), http.StatusOK, "Renew 2 licenses", "Can be renewed: 1.", "2 Jan 2028", "This license has no end.", "Renew 1 license")
		want(t, s.get(w.Reseller, "/licenses/renew"), http.StatusSeeOther)

		form := url.Values{"license": {id(one), id(two)}, "reason": {"the new year"}}
		rec := s.post(w.Reseller, "/licenses/renew", form)
		batch := rec.Header().Get("Location")
		if rec.Code != http.StatusSeeOther || !strings.HasPrefix(batch, "/batches/") {
			t.Fatalf("%d to %q", rec.Code, batch)
		}
		want(t, s.get(w.Reseller, batch), http.StatusOK, "0 of 2", "It goes on when you leave")
		if page := s.get(w.Reseller, batch).Body.String(); !strings.Contains(page, `hx-trigger="every 1s"`) {
			t.Error("it does not ask again")
		}
		worked, err := w.WorkOnBatch(t.Context(), plaza.Clerk)
		ok(t, err)
		if !worked {
			t.Fatal("there is nothing to do")
		}
		page := s.get(w.Reseller, batch).Body.String()
		if !strings.Contains(page, "Finished: 1 is renewed.") || !strings.Contains(page, "1 was not done.") || strings.Contains(page, "every 1s") {
			t.Error(page)
		}
		if page := s.get(w.Vendor, "/batches").Body.String(); !strings.Contains(page, batch) {
			t.Error(page)
		}
		want(t, s.get(w.Reseller, one), http.StatusOK, "2 Jan 2028", "the new year")

		for _, who := range []plaza.Actor{w.Stranger, w.Partner} {
			want(t, s.get(who, batch), http.StatusNotFound)
			if page := s.get(who, "/batches").Body.String(); strings.Contains(page, batch) {
				t.Errorf("%s sees it", who.ProfileName)
			}
		}
		want(t, s.get(w.Stranger, chosen), http.StatusNotFound)
		want(t, s.post(w.Stranger, "/licenses/renew", form), http.StatusNotFound)
		want(t, s.post(w.Partner, "/licenses/renew", form), http.StatusForbidden)
		twice := url.Values{"license": {id(one), id(one)}}
		want(t, s.post(w.Reseller, "/licenses/renew", twice), http.StatusUnprocessableEntity)
		wantsSignIn(t, s.get(nobody, batch))
	})
}
