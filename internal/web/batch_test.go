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
		chosen := "/licenses/bulk?license=" + id(one) + "&license=" + id(two)
		want(t, s.get(w.Reseller, chosen), http.StatusOK, "Renew 2 licenses", "Can be renewed: 1.", "2 Jan 2028", "This license has no end.", "Renew 1 license")
		want(t, s.get(w.Reseller, "/licenses/bulk"), http.StatusSeeOther)

		form := url.Values{"license": {id(one), id(two)}, "reason": {"the new year"}}
		rec := s.post(w.Reseller, "/licenses/bulk", form)
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
		want(t, s.post(w.Stranger, "/licenses/bulk", form), http.StatusNotFound)
		want(t, s.post(w.Partner, "/licenses/bulk", form), http.StatusForbidden)
		twice := url.Values{"license": {id(one), id(one)}}
		want(t, s.post(w.Reseller, "/licenses/bulk", twice), http.StatusUnprocessableEntity)
		wantsSignIn(t, s.get(nobody, batch))
	})
}

func TestManyLicensesAreEnded(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		id := func(path string) string { return strings.TrimPrefix(path, "/licenses/") }
		one, two := newLicense(t, w, w.Plans[plaza.Development].ID), newLicense(t, w, w.Plans[plaza.Development].ID)
		list := s.get(w.Reseller, "/licenses").Body.String()
		for _, kind := range plaza.BulkKinds() {
			if !strings.Contains(list, `name="kind" value="`+string(kind)+`"`) {
				t.Errorf("nobody can %s those that are chosen", kind)
			}
		}
		form := url.Values{"kind": {"end"}, "license": {id(one), id(two)}}
		want(t, s.get(w.Reseller, "/licenses/bulk?"+form.Encode()), http.StatusOK, "End 2 licenses", "Can be ended: 2.", "cannot be undone", "Each of them", "Partner", "Active Ended")
		want(t, s.post(w.Reseller, "/licenses/bulk", form), http.StatusUnprocessableEntity, "Say why", "End 2 licenses")
		form.Set("reason", "they went out of business")
		want(t, s.post(w.Reseller, "/licenses/bulk", with(form, "count", "1")), http.StatusUnprocessableEntity, "Type 2")
		form.Set("count", "2")
		want(t, s.post(w.Stranger, "/licenses/bulk", form), http.StatusNotFound)
		want(t, s.post(w.Partner, "/licenses/bulk", form), http.StatusForbidden)
		batch := s.done(w.Reseller, "/licenses/bulk", form)
		for range 2 {
			_, err := w.WorkOnBatch(t.Context(), plaza.Clerk)
			ok(t, err)
		}
		want(t, s.get(w.Reseller, batch), http.StatusOK, "End licenses", "Finished: 2 have ended.", "they went out of business", "What was done")
		want(t, s.get(w.Reseller, one), http.StatusOK, "Ended")
		want(t, s.get(w.Reseller, "/licenses/bulk?"+form.Encode()), http.StatusOK, "2 stay as they are.")
		form.Set("kind", "edition")
		want(t, s.get(w.Reseller, "/licenses/bulk?"+form.Encode()), http.StatusUnprocessableEntity)
		want(t, s.get(w.Reseller, "/batches"), http.StatusOK, "2 done")
	})
}

func TestManyAreMadeWithOneForm(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		want(t, s.get(w.Reseller, "/licenses/new"), http.StatusOK, "How many")
		if strings.Contains(shown(s.get(w.Partner, "/licenses/new")), "How many") {
			t.Error("the partner is to ask for many")
		}
		form := url.Values{"profile": {w.Partner.Profile}, "plan": {w.Plans[plaza.Development].ID}, "name": {"Fair"}, "count": {"many"}}
		want(t, s.post(w.Reseller, "/licenses", form), http.StatusUnprocessableEntity, "Choose a number from 1 to 10,000")
		form.Set("count", "2")
		batch := s.done(w.Reseller, "/licenses", form)
		want(t, s.get(w.Reseller, batch), http.StatusOK, "Issue licenses", "0 of 2", "For Partner, under A year of development.")
		_, err := w.WorkOnBatch(t.Context(), plaza.Clerk)
		ok(t, err)
		rec := s.get(w.Reseller, batch)
		want(t, rec, http.StatusOK, "Finished: 2 are issued.", "Open what was made")
		want(t, s.get(w.Reseller, "/licenses?kind=development&sort=-created&profile="+w.Partner.Profile), http.StatusOK, "Fair 1", "Fair 2", "2 of 2")
		form.Set("plan", w.Plans[plaza.ConnectAgentLicense].ID)
		agents := s.done(w.Reseller, "/agents", form)
		want(t, s.get(w.Reseller, agents), http.StatusOK, "Create ConnectAgents")
		want(t, s.get(w.Stranger, agents), http.StatusNotFound)
		want(t, s.post(w.Stranger, "/licenses", form), http.StatusNotFound)
	})
}

func TestLicensesTakeOverTheNewestEdition(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		p := newPlan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "Gold", TermMonths: 12, Machines: 1, Prices: []plaza.Money{{Currency: "EUR", Minor: 1000}}})
		license, path := newLicense(t, w, p.ID), "/plans/"+p.ID
		want(t, s.get(w.Reseller, path+"/apply"), http.StatusOK, "No license in your reach is under an older edition")
		ok(t, w.EditPlan(t.Context(), w.Vendor, p.ID, plaza.NewPlan{Name: "Gold", TermMonths: 12, Machines: 1, Prices: []plaza.Money{{Currency: "EUR", Minor: 1500}}}, 1))
		want(t, s.get(w.Reseller, path), http.StatusOK, "Put them under the newest edition…")
		want(t, s.get(w.Reseller, path+"/apply"), http.StatusOK, "10.00", "15.00", "Change 1 license")
		want(t, s.get(w.Stranger, path+"/apply"), http.StatusOK, "No license in your reach")
		want(t, s.get(w.Partner, path+"/apply"), http.StatusForbidden)
		want(t, s.post(w.Reseller, path+"/apply", url.Values{"reason": {""}}), http.StatusUnprocessableEntity)
		batch := s.done(w.Reseller, path+"/apply", url.Values{"reason": {because}})
		_, err := w.WorkOnBatch(t.Context(), plaza.Clerk)
		ok(t, err)
		want(t, s.get(w.Reseller, batch), http.StatusOK, "Finished: 1 is under the newest edition.")
		want(t, s.get(w.Partner, license), http.StatusOK, "Edition: 1 → 2", because)
	})
}
