package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// newLicense gives the partner a development license, under a plan.
func newLicense(t *testing.T, w *apptest.World, plan string) string {
	t.Helper()
	l, err := w.IssueLicense(t.Context(), w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: plan, Name: "Build"})
	ok(t, err)
	return "/licenses/" + l.ID
}

func newPlan(t *testing.T, w *apptest.World, in plaza.NewPlan) plaza.Plan {
	t.Helper()
	p, err := w.CreatePlan(t.Context(), w.Vendor, in)
	ok(t, err)
	return p
}

const because = "As we agreed by telephone"

func TestALicenseIsRenewed(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		year := newPlan(t, w, plaza.NewPlan{
			Kind: plaza.Development, Name: "Paid", TermMonths: 12, Machines: 1, Prices: []plaza.Money{{Currency: "EUR", Minor: 1250}}, Renews: true, BillsSuspended: true,
		})
		path := newLicense(t, w, year.ID)
		want(t, s.get(w.Reseller, path), http.StatusOK, "Renew…", "Change plan…", "Renews by itself, for 1 year", "Billed")
		want(t, s.get(w.Reseller, path+"/suspend"), http.StatusOK, "It is billed while it is suspended")
		rec := s.get(w.Reseller, path+"/renew")
		want(t, rec, http.StatusOK, "Renew Build", "2 Jan 2027", "2 Jan 2028", "12.50", "1 year", "Its key and the machines")
		form := url.Values{"version": {value(rec, "version")}, "reason": {"as agreed"}}
		s.done(w.Reseller, path+"/renew", form)
		want(t, s.get(w.Partner, path), http.StatusOK, "2 Jan 2028", "renewed the license", "Reason: as agreed")
		rec = s.post(w.Reseller, path+"/renew", form)
		want(t, rec, http.StatusPreconditionFailed, "Somebody changed this license", "2 Jan 2029")
		s.done(w.Reseller, path+"/renew", url.Values{"version": {value(rec, "version")}, "reason": {""}})

		looker := w.Invite(t, w.Reseller, w.Partner.Profile, "Looker", plaza.Support)
		want(t, s.get(looker, path+"/renew"), http.StatusForbidden)
		want(t, s.post(looker, path+"/renew", form), http.StatusForbidden)
		if page := s.page(looker, path); strings.Contains(page, "Renew…") || strings.Contains(page, "Change plan…") {
			t.Error("somebody is offered what they may not")
		}
		for _, door := range []string{"/renew", "/plan"} {
			want(t, s.get(w.Stranger, path+door), http.StatusNotFound)
			want(t, s.post(w.Stranger, path+door, url.Values{"version": {"3"}, "plan": {year.ID}, "reason": {because}}), http.StatusNotFound)
			wantsSignIn(t, s.get(nobody, path+door))
		}
	})
}

func TestWhatCannotBeRenewedSaysWhy(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		endless := newPlan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "For ever", Machines: 1})
		path := newLicense(t, w, endless.ID)
		if page := s.page(w.Reseller, path); strings.Contains(page, "Renew…") {
			t.Error("it offers to renew what has no end")
		}
		rec := s.get(w.Reseller, path+"/renew")
		want(t, rec, http.StatusOK, "This license has no end", "Back to the license")
		if strings.Contains(shown(rec), "Renew license") {
			t.Error("it has a button all the same")
		}
		want(t, s.post(w.Reseller, path+"/renew", first()), http.StatusConflict, "This license has no end")
	})
}

func TestATrialIsTurnedIntoAPaidLicense(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		trial := newPlan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "Trial", TermMonths: 1, Trial: true, Machines: 1})
		path, year := newLicense(t, w, trial.ID), w.Plans[plaza.Development]
		want(t, s.get(w.Reseller, path), http.StatusOK, "Turn into a paid license…", "None: it is a trial")
		want(t, s.get(w.Reseller, path+"/suspend"), http.StatusOK, "It is not billed while it is suspended")
		want(t, s.get(w.Reseller, path+"/plan"), http.StatusOK, "Turn Build into a paid license", year.Name, "Term: 1 year", "See what changes")
		want(t, s.get(w.Reseller, path+"/plan?"), http.StatusOK, "Choose one of these.")
		rec := s.get(w.Reseller, path+"/plan?plan="+year.ID)
		want(t, rec, http.StatusOK, "Trial", year.Name, "2 Feb 2026", "2 Jan 2027", "0 days", "7 days", "DEVELOP", "Its key and the machines")
		form := url.Values{"version": {value(rec, "version")}, "plan": {value(rec, "plan")}, "reason": {"short"}}
		rec = s.post(w.Reseller, path+"/plan", form)
		want(t, rec, http.StatusUnprocessableEntity, "Say why", "2 Jan 2027")
		if value(rec, "reason") != "short" || value(rec, "plan") != year.ID {
			t.Error("what was typed is gone")
		}
		form.Set("reason", because)
		s.done(w.Reseller, path+"/plan", form)
		want(t, s.get(w.Partner, path), http.StatusOK, year.Name, "2 Jan 2027", "changed the plan of the license", because)
		want(t, s.get(w.Reseller, path+"/plan"), http.StatusOK, "There is no other plan")
		form.Set("plan", trial.ID)
		form.Set("version", "2")
		want(t, s.post(w.Reseller, path+"/plan", form), http.StatusConflict)
		more := newPlan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "More", TermMonths: 24, Machines: 1})
		form.Set("plan", more.ID)
		form.Set("version", "1")
		want(t, s.post(w.Reseller, path+"/plan", form), http.StatusPreconditionFailed, "Somebody changed this license", "Choose another plan")
		for _, unknown := range []string{nobodys, w.Plans[plaza.ConnectAgentLicense].ID, year.ID} {
			want(t, s.get(w.Reseller, path+"/plan?plan="+unknown), http.StatusOK, "Choose one of the plans", "See what changes")
			form.Set("plan", unknown)
		}
		form.Set("plan", nobodys)
		want(t, s.post(w.Reseller, path+"/plan", form), http.StatusUnprocessableEntity, "Choose one of the plans", "See what changes")
	})
}

func TestAPlanThatCannotBeChosenSaysWhy(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		full := newPlan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "Full", TermMonths: 1, Machines: 1})
		path := newLicense(t, w, w.Plans[plaza.Development].ID)
		_, err := w.CreateAllowance(t.Context(), w.Vendor, plaza.NewAllowance{Profile: w.Reseller.Profile, Plan: full.ID})
		ok(t, err)
		want(t, s.get(w.Reseller, path+"/plan?plan="+full.ID), http.StatusOK, "Change plan")
		rec := s.post(w.Reseller, path+"/plan", url.Values{"version": {"1"}, "plan": {full.ID}, "reason": {because}})
		want(t, rec, http.StatusConflict, "Your allowance of 0 licenses of the plan Full is used up")

		_, err = w.CreatePlan(t.Context(), w.Vendor, plaza.NewPlan{Kind: plaza.ConnectAgentLicense, Name: "Other", TermMonths: 1, Machines: 1})
		ok(t, err)
		l, err := w.License(t.Context(), w.Reseller, strings.TrimPrefix(path, "/licenses/"))
		ok(t, err)
		ok(t, w.EndLicense(t.Context(), w.Reseller, l.ID, because, l.Version))
		if page := s.page(w.Reseller, path); strings.Contains(page, "Change plan…") {
			t.Error("what has ended is offered another plan")
		}
		rec = s.get(w.Reseller, path+"/plan?plan="+full.ID)
		want(t, rec, http.StatusOK, "ended for good", "Choose another plan")
		if strings.Contains(rec.Body.String(), `name="reason"`) {
			t.Error("it has a form all the same")
		}
	})
}

func TestALicenseThatAwaitsItsActivationSaysSo(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		late := newPlan(t, w, plaza.NewPlan{Kind: plaza.ConnectAgentLicense, Name: "Late", TermMonths: 6, StartsActivated: true, Machines: 1})
		a, err := w.CreateAgent(t.Context(), w.Reseller, plaza.NewAgent{Profile: w.Partner.Profile, Plan: late.ID, Name: "Kassa"})
		ok(t, err)
		path := "/licenses/" + a.License.ID
		want(t, s.get(w.Partner, path), http.StatusOK, "When first activated", "6 months after that")
		want(t, s.get(w.Reseller, path+"/renew"), http.StatusOK, "there is nothing to renew yet")
		ok(t, w.EditPlan(t.Context(), w.Vendor, late.ID, plaza.NewPlan{Name: "Late", TermMonths: 3, Machines: 1}, 1))
		want(t, s.get(w.Partner, path), http.StatusOK, "as it was in edition 1")
		want(t, s.get(w.Reseller, path+"/plan"), http.StatusOK, "Late, as the plan is now")
	})
}
