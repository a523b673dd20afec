package web

import (
	"net/http"
	"slices"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) transferRoutes(m mount) {
	m.get("/licenses/{id}/transfer", plaza.LicenseTransfer, s.licenseTransferForm)
	m.post("/licenses/{id}/transfer", plaza.LicenseTransfer, s.licenseTransfer)
}

func (s *Web) licenseTransferForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.licenseTransferPage(w, r, actor, http.StatusOK, views.Form{})
}

// licenseTransferPage draws whom a license can be given to or, once somebody is chosen,
// what that does.
func (s *Web) licenseTransferPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionLicenses)
	if err != nil {
		return err
	}
	p := views.LicenseTransfer{Frame: f, Form: form}
	if p.Transfer, err = s.app.TransferOf(r.Context(), actor, id(r), r.FormValue("to")); err != nil {
		return err
	}
	if p.Choices, err = s.choices(r, actor, plaza.LicenseTransfer); err != nil {
		return err
	}
	p.Choices.Profiles = slices.DeleteFunc(p.Choices.Profiles, func(to plaza.Profile) bool { return to.ID == p.Transfer.License.Profile })
	return s.render(w, r, status, p)
}

func (s *Web) licenseTransfer(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	err := s.app.TransferLicense(r.Context(), actor, id(r), r.PostFormValue("to"), r.PostFormValue("reason"), version(r))
	if err != nil {
		return s.revise(w, r, actor, err, s.licenseTransferPage)
	}
	return s.see(w, r, "/licenses/"+id(r), "license.transferred")
}
