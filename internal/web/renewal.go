package web

import (
	"net/http"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) renewalRoutes(m mount) {
	m.ask(http.MethodGet, "/licenses/{id}/renew", plaza.LicenseRenew, s.licenseRenewForm)
	m.ask(http.MethodPost, "/licenses/{id}/renew", plaza.LicenseRenew, s.licenseRenew)
	m.ask(http.MethodGet, "/licenses/{id}/plan", plaza.LicensePlan, s.licensePlanForm)
	m.ask(http.MethodPost, "/licenses/{id}/plan", plaza.LicensePlan, s.licensePlan)
}

func (s *Web) licenseRenewForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.licenseRenewPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) licenseRenewPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionLicenses)
	if err != nil {
		return err
	}
	o, err := s.app.RenewalOf(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.LicenseRenewal{Frame: f, Outlook: o, Form: form})
}

func (s *Web) licenseRenew(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if !actor.Can(plaza.LicenseRenew) {
		return s.ask(w, r, actor, plaza.Wish{Renewal: &plaza.LicenseWish{License: id(r)}}, s.licenseRenewPage)
	}
	if err := s.app.RenewLicense(r.Context(), actor, id(r), r.PostFormValue("reason"), version(r)); err != nil {
		return s.revise(w, r, actor, err, s.licenseRenewPage)
	}
	return s.see(w, r, "/licenses/"+id(r), "license.renewed")
}

func (s *Web) licensePlanForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.licensePlanPage(w, r, actor, http.StatusOK, views.Form{})
}

// licensePlanPage draws the plans that a license can be put under or, once one is
// chosen, what becomes of the license under it.
func (s *Web) licensePlanPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionLicenses)
	if err != nil {
		return err
	}
	o, err := s.app.PlanChangeOf(r.Context(), actor, id(r), r.FormValue("plan"))
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.LicensePlan{Frame: f, Outlook: o, Form: unchosen(r, form, "plan")})
}

func (s *Web) licensePlan(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if !actor.Can(plaza.LicensePlan) {
		wish := plaza.Wish{Replan: &plaza.LicenseWish{License: id(r), Plan: r.PostFormValue("plan")}}
		return s.ask(w, r, actor, wish, s.licensePlanPage)
	}
	err := s.app.ChangePlan(r.Context(), actor, id(r), r.PostFormValue("plan"), r.PostFormValue("reason"), version(r))
	if err != nil {
		return s.revise(w, r, actor, err, s.licensePlanPage)
	}
	return s.see(w, r, "/licenses/"+id(r), "license.replanned")
}
