package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// allowed bounds how many licenses of a kind a profile may hold, and returns the
// path of the allowance.
func allowed(t *testing.T, w *apptest.World, by plaza.Actor, profile string, kind plaza.LicenseKind, most int) string {
	t.Helper()
	a, err := w.CreateAllowance(t.Context(), by, plaza.NewAllowance{Profile: profile, Kind: kind, Most: most})
	ok(t, err)
	return "/allowances/" + a.ID
}

func TestAnAllowanceIsSetChangedAndRemoved(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		home := "/partners/" + w.Partner.Profile
		want(t, s.get(w.Reseller, "/allowances"), http.StatusOK, "Nothing limits", "No profile below you has an allowance", "Set an allowance…")
		want(t, s.get(w.Reseller, home), http.StatusOK, "No allowance", "Set an allowance…")
		rec := s.get(w.Reseller, "/allowances/new?profile="+w.Partner.Profile)
		want(t, rec, http.StatusOK, "All development licenses", "Plan A year of development", "the limit is hard")
		if !strings.Contains(rec.Body.String(), `value="`+w.Partner.Profile+`" selected`) || strings.Contains(rec.Body.String(), `<option value="`+w.Reseller.Profile) {
			t.Error("the form is not for the partner, or lets one choose oneself")
		}
		form := url.Values{"profile": {w.Partner.Profile}, "of": {""}, "most": {"many"}, "overage": {"0"}}
		want(t, s.post(w.Reseller, "/allowances", form), http.StatusUnprocessableEntity, "Choose a kind of license or a plan.", "Choose a number from 0")
		form.Set("of", "plan:"+w.Plans[plaza.Development].ID)
		form.Set("most", "2")
		if to := s.done(w.Reseller, "/allowances", form); to != home+"#allowances" {
			t.Errorf("leads to %s", to)
		}
		want(t, s.post(w.Reseller, "/allowances", form), http.StatusConflict)
		want(t, s.get(w.Reseller, home), http.StatusOK, "Plan A year of development", "0 of 2", "Free", "Change…", "Remove…")
		want(t, s.get(w.Reseller, "/allowances"), http.StatusOK, "Partner", "0 of 2")
		rec = s.get(w.Partner, "/allowances")
		want(t, rec, http.StatusOK, "Your allowances", "0 of 2")
		if text := shown(rec); strings.Contains(text, "Change…") || strings.Contains(text, "Set an allowance") || strings.Contains(text, "below you") {
			t.Errorf("the partner is offered what it may not: %s", text)
		}

		all, err := w.Allowances(t.Context(), w.Reseller, w.Partner.Profile)
		ok(t, err)
		path := "/allowances/" + all[0].ID
		rec = s.get(w.Reseller, path+"/edit")
		want(t, rec, http.StatusOK, "In use now: 0 licenses of the plan")
		edit := url.Values{"most": {"5"}, "overage": {"1"}, "version": {value(rec, "version")}}
		s.done(w.Reseller, path+"/edit", edit)
		edit.Set("most", "7")
		rec = s.post(w.Reseller, path+"/edit", edit)
		want(t, rec, http.StatusPreconditionFailed, "5", "7", "Save my version")
		s.done(w.Reseller, path+"/edit", url.Values{"most": {"7"}, "overage": {"1"}, "version": {value(rec, "version")}})
		want(t, s.get(w.Partner, "/allowances"), http.StatusOK, "0 of 7", "Overage: 1")

		rec = s.get(w.Reseller, path+"/remove")
		want(t, rec, http.StatusOK, "No license changes", "as the profiles above it may")
		want(t, s.post(w.Reseller, path+"/remove", first()), http.StatusPreconditionFailed, "Somebody changed this allowance")
		if to := s.done(w.Reseller, path+"/remove", url.Values{"version": {value(rec, "version")}}); to != home+"#allowances" {
			t.Errorf("leads to %s", to)
		}
		want(t, s.get(w.Partner, "/allowances"), http.StatusOK, "Nothing limits")
	})
}

func TestStrangersReachNoAllowance(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		path := allowed(t, w, w.Vendor, w.Reseller.Profile, plaza.Development, 9)
		for name, who := range map[string]plaza.Actor{"a stranger": w.Stranger, "whose it is": w.Reseller} {
			for _, door := range []string{"/edit", "/remove"} {
				want(t, s.get(who, path+door), http.StatusNotFound)
				want(t, s.post(who, path+door, url.Values{"most": {"99"}, "overage": {"0"}, "version": {"1"}}), http.StatusNotFound)
			}
			if name == "a stranger" && strings.Contains(s.page(who, "/allowances"), "of 9") {
				t.Error("a stranger's list has it")
			}
		}
		form := url.Values{"profile": {w.Partner.Profile}, "of": {"kind:development"}, "most": {"1"}, "overage": {"0"}}
		want(t, s.post(w.Stranger, "/allowances", form), http.StatusNotFound)
		want(t, s.get(w.Stranger, "/allowances/new?profile="+w.Partner.Profile), http.StatusNotFound)
		want(t, s.post(w.Partner, "/allowances", form), http.StatusForbidden)
		form.Set("profile", w.Reseller.Profile)
		want(t, s.post(w.Reseller, "/allowances", form), http.StatusUnprocessableEntity, "whoever is above decides")
		form.Set("profile", w.Partner.Profile)
		form.Set("of", "plan:"+nobodys)
		want(t, s.post(w.Reseller, "/allowances", form), http.StatusUnprocessableEntity, "does not have that plan")
		wantsSignIn(t, s.get(nobody, "/allowances"))
		want(t, s.get(w.Vendor, path+"/edit"), http.StatusOK)
		want(t, s.get(w.StrangerPartner, "/allowances/new"), http.StatusForbidden)
	})
}

// TestAFullAllowanceIsSaidWhereSomethingIsMade: on every form, with what was typed.
func TestAFullAllowanceIsSaidWhereSomethingIsMade(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		asking := asked(t, w, w.Partner, plaza.Wish{License: &plaza.NewLicense{Name: "Build", Plan: w.Plans[plaza.Development].ID}})
		for kind, most := range map[plaza.LicenseKind]int{plaza.Development: 0, plaza.ConnectAgentLicense: 0, plaza.PartnerLicense: 1} {
			allowed(t, w, w.Vendor, w.Reseller.Profile, kind, most)
		}
		for path, form := range map[string]url.Values{
			"/licenses":         {"profile": {w.Partner.Profile}, "plan": {w.Plans[plaza.Development].ID}, "name": {"Kept"}},
			"/agents":           {"profile": {w.Partner.Profile}, "plan": {w.Plans[plaza.ConnectAgentLicense].ID}, "name": {"Kept"}},
			"/partners":         with(newPartner(w), "name", "Kept"),
			asking + "/approve": first(),
		} {
			rec := s.post(w.Reseller, path, form)
			want(t, rec, http.StatusConflict, "Your allowance of", "is used up")
			if got := value(rec, "name"); form.Has("name") && got != "Kept" {
				t.Errorf("%s: what was typed became %q", path, got)
			}
		}
		if page := s.page(w.Reseller, "/licenses"); strings.Contains(page, "Kept") {
			t.Error("one was made all the same")
		}
		want(t, s.get(w.Reseller, "/"), http.StatusOK, "1 of 1 partner licenses are in use", "Used up")
		if page := s.page(w.Stranger, "/"); strings.Contains(page, "partner licenses are in use") {
			t.Error("a stranger is told")
		}
	})
}
