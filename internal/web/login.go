package web

import (
	"net/http"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/sheet"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) loginRoutes(m mount) {
	m.get("/logins", plaza.LoginRead, s.logins)
	m.ask(http.MethodGet, "/logins/new", plaza.LoginCreate, s.loginNew)
	m.ask(http.MethodPost, "/logins", plaza.LoginCreate, s.loginCreate)
	m.get("/logins/{id}", plaza.LoginRead, s.login)
	m.get("/logins/{id}/edit", plaza.LoginEdits, s.loginEditForm)
	m.post("/logins/{id}/edit", plaza.LoginEdits, s.loginEdit)
	m.post("/logins/{id}/disable", plaza.LoginDisable, s.loginDisable)
	m.post("/logins/{id}/enable", plaza.LoginEnable, s.loginEnable)
	m.post("/logins/{id}/reinvite", plaza.LoginReinvite, s.loginReinvite)
}

func (s *Web) logins(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionLogins)
	if err != nil {
		return err
	}
	filter := sheet.LoginFilter(r.Form)
	list, err := s.app.Logins(r.Context(), actor, filter, page(r))
	if err != nil {
		return err
	}
	p := views.Logins{Frame: f, Listing: listing(r).Exported(plaza.ExportLogins), Filter: filter, List: list}
	if p.Profile, err = s.filtering(r, actor); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, p)
}

func (s *Web) login(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.loginPage(w, r, actor, http.StatusOK, views.Form{})
}

// loginPage draws a login, with why something could not be done to it.
func (s *Web) loginPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionLogins)
	if err != nil {
		return err
	}
	l, profile, err := s.loginIn(r, actor)
	if err != nil {
		return err
	}
	history, err := s.app.History(r.Context(), actor, l.ID, plaza.Page{})
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.Login{
		Frame: f, Login: l, Kind: profile.Kind, Form: form, History: history, Fresh: r.FormValue("new") != "",
	})
}

// loginIn returns the login in the path and its profile, whose kind says what
// its role may do.
func (s *Web) loginIn(r *http.Request, actor plaza.Actor) (l plaza.Login, p plaza.Profile, err error) {
	if l, err = s.app.Login(r.Context(), actor, id(r)); err == nil {
		p, err = s.app.Profile(r.Context(), actor, l.Profile)
	}
	return l, p, err
}

func (s *Web) loginNew(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	form := s.preset(r, actor)
	form.Values.Set("role", string(plaza.Manager))
	form.Values.Set("dashboard", "yes")
	return s.loginForm(w, r, actor, http.StatusOK, form)
}

func (s *Web) loginForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionLogins)
	if err != nil {
		return err
	}
	choices, err := s.choices(r, actor, plaza.LoginCreate)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.LoginNew{Frame: f, Form: form, Choices: choices})
}

// dashboard reports whether the Dashboard right was given in a form. A member
// never has it, whatever was ticked before the role was chosen.
func dashboard(r *http.Request, role plaza.Role) bool {
	return r.PostFormValue("dashboard") != "" && role != plaza.Member
}

func (s *Web) loginCreate(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	role := plaza.Role(r.PostFormValue("role"))
	in := plaza.NewLogin{
		Profile: r.PostFormValue("profile"), Name: r.PostFormValue("name"), Email: r.PostFormValue("email"),
		Role: role, Dashboard: dashboard(r, role),
	}
	if !actor.Can(plaza.LoginCreate) {
		return s.ask(w, r, actor, plaza.Wish{Login: &in}, s.loginForm)
	}
	l, err := s.app.CreateLogin(r.Context(), actor, in)
	if err != nil {
		return s.again(w, r, actor, err, s.loginForm)
	}
	return s.see(w, r, "/logins/"+l.ID+"?new=1", "")
}

func (s *Web) loginEditForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.loginEditPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) loginEditPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionLogins)
	if err != nil {
		return err
	}
	l, profile, err := s.loginIn(r, actor)
	if err != nil {
		return err
	}
	if form.Values == nil {
		form.Values = views.LoginValues(l)
	}
	return s.render(w, r, status, views.LoginEdit{Frame: f, Login: l, Kind: profile.Kind, Form: form})
}

func (s *Web) loginEdit(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	role := plaza.Role(r.PostFormValue("role"))
	in := plaza.LoginEdit{Name: r.PostFormValue("name"), Role: role, Dashboard: dashboard(r, role), Version: version(r)}
	if err := s.app.EditLogin(r.Context(), actor, id(r), in.Clean()); err != nil {
		return s.revise(w, r, actor, err, s.loginEditPage)
	}
	return s.see(w, r, "/logins/"+id(r), "login.edited")
}

func (s *Web) loginDisable(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.DisableLogin(r.Context(), actor, id(r), version(r)); err != nil {
		return s.again(w, r, actor, err, s.loginPage)
	}
	return s.see(w, r, "/logins/"+id(r), "login.disabled")
}

func (s *Web) loginEnable(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.EnableLogin(r.Context(), actor, id(r), version(r)); err != nil {
		return s.again(w, r, actor, err, s.loginPage)
	}
	return s.see(w, r, "/logins/"+id(r), "login.enabled")
}

func (s *Web) loginReinvite(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.ReinviteLogin(r.Context(), actor, id(r)); err != nil {
		return s.again(w, r, actor, err, s.loginPage)
	}
	return s.see(w, r, "/logins/"+id(r), "login.reinvited")
}
