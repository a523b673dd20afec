package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestPlanFromNewToWithdrawnAndBack(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		v := w.Vendor
		want(t, s.get(v, "/plans"), http.StatusOK, "A year of development", "12 months", "7 days", "New plan")
		want(t, s.get(v, "/plans/new"), http.StatusOK, "Create plan", "When it is first activated", "DEVELOP", "SEK")
		form := url.Values{
			"kind": {"connectagent"}, "name": {" Fleet "}, "term_months": {"6"}, "grace_days": {""}, "machines": {"3"}, "processes": {"4"},
			"modules": {"MONITOR", "DEPLOY", "OTHER"}, "starts_activated": {"yes"}, "renews": {"yes"}, "bills_suspended": {"yes"},
			"price_USD": {"1234.5"}, "price_EUR": {" 12,50 "},
		}
		path := s.done(v, "/plans", form)
		want(t, s.get(v, path), http.StatusOK, "Fleet", "ConnectAgent", "6 months", "When it is first activated", "Renewed by itself", "0 days", "DEPLOY, MONITOR",
			"Billed", "12.50 EUR", "1,234.50 USD", "0 licenses", "created the plan", "Price for a month: 12.50 EUR, 1234.50 USD", "Terms set anew")
		p := planAt(t, w, path)
		if !p.Terms.Floating || p.Terms.Processes != 4 || p.Machines != 3 || p.GraceDays != 0 || !p.Terms.Requires.Fingerprint {
			t.Errorf("made: %+v", p)
		}
		want(t, s.post(v, "/plans", form), http.StatusConflict, "There is a plan with this name already.")

		l := agentUnder(t, w, p.ID)
		edit := s.get(v, path+"/edit")
		want(t, edit, http.StatusOK, "1 license under this plan keeps what it was promised", "Edit Fleet")
		if value(edit, "price_EUR") != "12.50" || value(edit, "price_USD") != "1234.50" || value(edit, "version") != "1" || value(edit, "kind") != "" {
			t.Errorf("the form begins with %q", edit.Body.String())
		}
		form.Set("version", "1")
		form.Set("kind", "partner") // which nobody is asked for
		s.done(v, path+"/edit", form)
		if same := planAt(t, w, path); same.Edition != 1 || same.Kind != plaza.ConnectAgentLicense {
			t.Errorf("saved as it was: %+v", same)
		}
		form.Set("price_EUR", "13")
		form.Set("machines", "1")
		stale := s.post(v, path+"/edit", form)
		want(t, stale, http.StatusPreconditionFailed, "Somebody changed this", "Price in EUR 12.50 13", "Save my version")
		if value(stale, "version") != "2" {
			t.Errorf("offers to save version %q", value(stale, "version"))
		}
		form.Set("version", "2")
		s.done(v, path+"/edit", form)
		want(t, s.get(v, path), http.StatusOK, "Edition 2", "Licenses under this plan 1 license", "Of these, under an older edition 1 license", "13.00 EUR")
		if p = planAt(t, w, path); p.Terms.Floating {
			t.Error("floats on one machine")
		}
		if now, err := w.License(t.Context(), w.Partner, l); err != nil || now.Machines != 3 {
			t.Errorf("what it was promised: %+v, %v", now, err)
		}
		list := s.get(v, "/licenses?plan="+p.ID)
		want(t, list, http.StatusOK, "1 of 1")
		if body := s.get(v, path).Body.String(); !strings.Contains(body, `href="/licenses?plan=`+p.ID+`"`) {
			t.Error("no way to its licenses")
		}

		want(t, s.get(v, path+"/withdraw"), http.StatusOK, "Withdraw Fleet", "1 license under it goes on", "restore it at any time")
		want(t, s.post(v, path+"/withdraw", url.Values{"version": {"1"}}), http.StatusPreconditionFailed, "Somebody changed this plan meanwhile")
		s.done(v, path+"/withdraw", url.Values{"version": {"3"}})
		want(t, s.post(v, path+"/withdraw", url.Values{"version": {"4"}}), http.StatusConflict, "withdrawn already")
		want(t, s.get(v, path), http.StatusOK, "withdrawn on 2 Jan 2026", "Restore")
		want(t, s.get(v, "/plans"), http.StatusOK, "Nothing is made under these any more")
		choose := s.get(w.Reseller, "/agents/new?profile="+w.Partner.Profile)
		if want(t, choose, http.StatusOK, "A year of connectagent"); strings.Contains(shown(choose), "Fleet") {
			t.Error("can be chosen though it is withdrawn")
		}
		want(t, s.post(v, path+"/restore", url.Values{"version": {"3"}}), http.StatusPreconditionFailed)
		s.done(v, path+"/restore", url.Values{"version": {"4"}})
		want(t, s.post(v, path+"/restore", url.Values{"version": {"5"}}), http.StatusConflict, "not withdrawn")
		want(t, s.get(w.Reseller, "/agents/new"), http.StatusOK, "Fleet · 13.00 EUR · 1,234.50 USD a month")
	})
}

// planAt returns the plan whose page is at an address.
func planAt(t *testing.T, w *apptest.World, path string) plaza.Plan {
	t.Helper()
	p, _, err := w.Plan(t.Context(), w.Vendor, strings.TrimPrefix(path, "/plans/"))
	ok(t, err)
	return p
}

// agentUnder makes a ConnectAgent of the partner's under a plan, and returns the ID
// of its license.
func agentUnder(t *testing.T, w *apptest.World, plan string) string {
	t.Helper()
	a, err := w.CreateAgent(t.Context(), w.Reseller, plaza.NewAgent{Profile: w.Partner.Profile, Plan: plan, Name: "Kassa-1"})
	ok(t, err)
	return a.License.ID
}

func TestPlanSaysWhatIsWrongAtTheField(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		good := func() url.Values {
			return url.Values{"kind": {"development"}, "name": {"P"}, "term_months": {"12"}, "machines": {"1"}, "starts_activated": {"no"}}
		}
		for name, tt := range map[string]struct {
			field, value, id, says string
		}{
			"no kind":          {"kind", "", "kind", "Choose one of the kinds."},
			"no name":          {"name", " ", "name", "Fill this in."},
			"no number":        {"term_months", "a year", "term_months", "Choose a number from 0 to 120."},
			"half a machine":   {"machines", "1.5", "machines", "Choose a number from 1 to 1,000."},
			"no machine":       {"machines", "", "machines", "Choose a number from 1 to 1,000."},
			"grace":            {"grace_days", "-1", "grace_days", "Choose a number from 0 to 90."},
			"processes":        {"processes", "-1", "processes", "Choose a number from 0 to 100,000."},
			"no amount":        {"price_SEK", "1,234.00", "prices", "Fill in amounts such as 12.50"},
			"too much":         {"price_EUR", "1000000.01", "prices", "Fill in amounts such as 12.50"},
			"less than nought": {"price_EUR", "-1", "prices", "Fill in amounts such as 12.50"},
			"never activated":  {"starts_activated", "yes", "starts_activated", "choose it for ConnectAgents"},
		} {
			form := good()
			form.Set(tt.field, tt.value)
			rec := s.post(w.Vendor, "/plans", form)
			want(t, rec, http.StatusUnprocessableEntity, tt.says)
			if body := rec.Body.String(); !strings.Contains(body, `id="`+tt.id+`"`) || !strings.Contains(body, `id="`+tt.id+`-problem"`) {
				t.Errorf("%s: not at the field %s", name, tt.id)
			}
			if tt.field != "starts_activated" && tt.field != "kind" && value(rec, tt.field) != tt.value {
				t.Errorf("%s: what was typed is lost: %q", name, value(rec, tt.field))
			}
		}
		form := good()
		form["term_months"], form["trial"], form["renews"] = []string{""}, []string{"yes"}, []string{"yes"}
		want(t, s.post(w.Vendor, "/plans", form), http.StatusUnprocessableEntity, "2 fields need a look", "A trial has an end", "Only a plan with a term")
		all, err := w.App.Plans(t.Context(), w.Vendor)
		if ok(t, err); len(all) != len(plaza.LicenseKinds()) {
			t.Errorf("%d plans", len(all))
		}
	})
}

func TestPlansAreTheVendorsToChange(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		plan := w.Plans[plaza.Development]
		path := "/plans/" + plan.ID
		_, err := w.IssueLicense(t.Context(), w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: plan.ID})
		ok(t, err)
		others := map[string]plaza.Actor{"1 license": w.Partner, "0 licenses": w.Stranger}
		for count, actor := range others {
			page := s.get(actor, path)
			want(t, page, http.StatusOK, plan.Name, "Licenses under this plan "+count)
			for _, word := range []string{path + "/edit", path + "/withdraw", "History"} {
				if strings.Contains(page.Body.String(), word) {
					t.Errorf("%s is shown %q", actor.Name, word)
				}
			}
			if strings.Contains(shown(s.get(actor, "/plans")), "New plan") {
				t.Errorf("%s is offered to make one", actor.Name)
			}
		}
		for _, actor := range []plaza.Actor{w.Reseller, w.Partner, w.Stranger} {
			for _, get := range []string{"/plans/new", path + "/edit", path + "/withdraw"} {
				want(t, s.get(actor, get), http.StatusForbidden)
			}
			for _, post := range []string{"/plans", path + "/edit", path + "/withdraw", path + "/restore"} {
				want(t, s.post(actor, post, url.Values{"version": {"1"}}), http.StatusForbidden)
			}
		}
		want(t, s.get(w.Vendor, "/plans/never"), http.StatusNotFound)
		want(t, s.get(w.Vendor, "/plans/never/edit"), http.StatusNotFound)
		want(t, s.get(w.Vendor, "/plans/never/withdraw"), http.StatusNotFound)
		want(t, s.post(w.Vendor, "/plans/never/edit", nil), http.StatusNotFound)
		want(t, s.post(w.Vendor, "/plans/never/restore", nil), http.StatusNotFound)
	})
}

func TestWhichPlansAProfileHas(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		reseller, partner := "/partners/"+w.Reseller.Profile, "/partners/"+w.Partner.Profile
		dev, agent := w.Plans[plaza.Development], w.Plans[plaza.ConnectAgentLicense]
		want(t, s.get(w.Vendor, reseller+"/settings"), http.StatusOK, "It has all plans that can be offered to it.", "Choose plans")
		want(t, s.get(w.Reseller, partner+"/plans"), http.StatusOK, "Plans for Partner", "All that can be offered", agent.Name)

		form := url.Values{"offer": {"some"}, "plans": {dev.ID, agent.ID}, "version": {versionOn(s, w.Vendor, reseller)}}
		to := s.done(w.Vendor, reseller+"/plans", form)
		want(t, s.get(w.Vendor, to), http.StatusOK, "It has these plans only: A year of", "A year of development", agent.Name)
		want(t, s.post(w.Vendor, reseller+"/plans", form), http.StatusPreconditionFailed, "Somebody changed this")
		page := s.get(w.Reseller, partner+"/plans")
		if want(t, page, http.StatusOK, dev.Name); strings.Contains(shown(page), w.Plans[plaza.PartnerLicense].Name) {
			t.Error("offers on what it does not have")
		}
		beyond := url.Values{"offer": {"some"}, "plans": {w.Plans[plaza.PartnerLicense].ID}, "version": {versionOn(s, w.Reseller, partner)}}
		want(t, s.post(w.Reseller, partner+"/plans", beyond), http.StatusUnprocessableEntity, "Choose from what can be offered.")
		s.done(w.Reseller, partner+"/plans", url.Values{"version": {versionOn(s, w.Reseller, partner)}}) // which does not say all
		want(t, s.get(w.Reseller, partner+"/settings"), http.StatusOK, "No plan is offered to it")
		want(t, s.get(w.Partner, "/plans"), http.StatusOK, "No plans yet", "Ask whoever you buy from")
		want(t, s.get(w.Partner, "/plans/"+dev.ID), http.StatusNotFound)
		s.done(w.Reseller, partner+"/plans", url.Values{"offer": {"all"}, "plans": {"ignored"}, "version": {versionOn(s, w.Reseller, partner)}})
		want(t, s.get(w.Partner, "/plans"), http.StatusOK, dev.Name, agent.Name)

		for name, actor := range map[string]plaza.Actor{"stranger": w.Stranger, "stranger's partner": w.StrangerPartner, "the partner itself": w.Partner} {
			status := http.StatusNotFound
			if actor.Kind == plaza.Partner {
				status = http.StatusForbidden
			}
			for _, path := range []string{partner, reseller} {
				if got := s.get(actor, path+"/plans"); got.Code != status {
					t.Errorf("%s: %s: %d", name, path, got.Code)
				}
				if got := s.post(actor, path+"/plans", url.Values{"offer": {"all"}, "version": {"1"}}); got.Code != status {
					t.Errorf("%s: POST %s: %d", name, path, got.Code)
				}
			}
		}
		want(t, s.get(w.Reseller, reseller+"/plans"), http.StatusNotFound)
		want(t, s.post(w.Reseller, reseller+"/plans", form), http.StatusNotFound)
	})
}

// versionOn returns the version of a partner that the form of its plans is about.
func versionOn(s *site, actor plaza.Actor, partner string) string {
	s.t.Helper()
	return value(s.get(actor, partner+"/plans"), "version")
}
