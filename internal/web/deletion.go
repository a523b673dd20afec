package web

import (
	"net/http"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) deletionRoutes(m mount) {
	m.get("/licenses/{id}/delete", plaza.LicenseDelete, s.licenseDeleteForm)
	m.post("/licenses/{id}/delete", plaza.LicenseDelete, s.licenseDelete)
}

func (s *Web) licenseDeleteForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.licenseDeletePage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) licenseDeletePage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionLicenses)
	if err != nil {
		return err
	}
	l, clash, err := s.app.Deletion(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.LicenseDelete{Frame: f, License: l, Clash: clash, Form: form})
}

func (s *Web) licenseDelete(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.DeleteLicense(r.Context(), actor, id(r), r.PostFormValue("reason"), version(r)); err != nil {
		return s.revise(w, r, actor, err, s.licenseDeletePage)
	}
	return s.see(w, r, "/licenses", "license.deleted")
}
