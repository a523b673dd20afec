package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) accountRoutes(m mount) {
	m.get("/account", plaza.AccountRead, s.account)
	m.post("/account", plaza.AccountEdit, s.accountEdit)
	m.get("/account/password", plaza.AccountPassword, s.accountPasswordForm)
	m.post("/account/password", plaza.AccountPassword, s.accountPassword)
}

func (s *Web) account(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.accountPage(w, r, actor, http.StatusOK, views.Form{})
}

// accountPage draws the account; with form in the place of what stands there, if
// it was filled in.
func (s *Web) accountPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionAccount)
	if err != nil {
		return err
	}
	person, err := s.app.Account(r.Context(), actor)
	if err != nil {
		return err
	}
	if form.Values == nil {
		form.Values = url.Values{
			"name": {person.Name}, "language": {person.Language}, "time_zone": {person.TimeZone}, "version": {strconv.Itoa(person.Version)},
		}
	}
	return s.render(w, r, status, views.Account{Frame: f, Person: person, Form: form, Languages: s.texts.Languages(), Zone: s.printer(r, plaza.Actor{}).Zone()})
}

func (s *Web) accountEdit(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	err := s.app.EditAccount(r.Context(), actor, plaza.PersonEdit{
		Name: r.PostFormValue("name"), Language: r.PostFormValue("language"), TimeZone: r.PostFormValue("time_zone"), Version: version(r),
	}.Clean())
	if err != nil {
		return s.revise(w, r, actor, err, s.accountPage)
	}
	return s.see(w, r, "/account", "account.saved")
}

func (s *Web) accountPasswordForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.accountPasswordPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) accountPasswordPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionAccount)
	if err != nil {
		return err
	}
	person, err := s.app.Account(r.Context(), actor)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.AccountPassword{Frame: f, Person: person, Form: form})
}

func (s *Web) accountPassword(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	password, err := typedTwice(r)
	if err == nil {
		err = s.app.ChangePassword(r.Context(), actor, r.PostFormValue("old"), password)
	}
	if err != nil {
		return s.again(w, r, actor, err, s.accountPasswordPage)
	}
	return s.see(w, r, "/account", "account.password_changed")
}
