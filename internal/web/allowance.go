package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/sheet"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) allowanceRoutes(m mount) {
	m.get("/allowances", plaza.AllowanceRead, s.allowances)
	m.get("/allowances/new", plaza.AllowanceCreate, s.allowanceNew)
	m.post("/allowances", plaza.AllowanceCreate, s.allowanceCreate)
	m.get("/allowances/{id}/edit", plaza.AllowanceEdits, s.allowanceEditForm)
	m.post("/allowances/{id}/edit", plaza.AllowanceEdits, s.allowanceEdit)
	m.get("/allowances/{id}/request", plaza.AllowanceAsk, s.allowanceAskForm)
	m.post("/allowances/{id}/request", plaza.AllowanceAsk, s.allowanceAsk)
	m.get("/allowances/{id}/remove", plaza.AllowanceRemove, s.allowanceRemoveForm)
	m.post("/allowances/{id}/remove", plaza.AllowanceRemove, s.allowanceRemove)
}

func (s *Web) allowances(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionAllowances)
	if err != nil {
		return err
	}
	p := views.Allowances{Frame: f, Listing: listing(r).Exported(plaza.ExportAllowances)}
	p.Filter = sheet.AllowanceFilter(r.Form)
	if p.Own, err = s.app.Allowances(r.Context(), actor, actor.Profile); err != nil {
		return err
	}
	if p.Below, err = s.app.AllowancesBelow(r.Context(), actor, p.Filter, page(r)); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, p)
}

func (s *Web) allowanceNew(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	values := url.Values{"profile": {r.FormValue("profile")}, "overage": {"0"}}
	return s.allowanceForm(w, r, actor, http.StatusOK, views.Form{Values: values})
}

func (s *Web) allowanceForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionAllowances)
	if err != nil {
		return err
	}
	choices, err := s.choices(r, actor, plaza.AllowanceCreate)
	if err != nil {
		return err
	}
	choices.Profiles = choices.Profiles[1:] // nobody allows more to themselves
	return s.render(w, r, status, views.AllowanceNew{Frame: f, Form: form, Choices: choices})
}

func (s *Web) allowanceCreate(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	in := plaza.NewAllowance{Profile: r.PostFormValue("profile"), Most: whole(r, "most"), Overage: whole(r, "overage")}
	switch sort, of, _ := strings.Cut(r.PostFormValue("of"), ":"); sort {
	case "kind":
		in.Kind = plaza.LicenseKind(of)
	case "plan":
		in.Plan = of
	}
	if _, err := s.app.CreateAllowance(r.Context(), actor, in); err != nil {
		return s.again(w, r, actor, err, s.allowanceForm)
	}
	return s.see(w, r, "/partners/"+in.Profile+"#allowances", "allowance.saved")
}

func (s *Web) allowanceEditForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.allowanceEditPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) allowanceEditPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionAllowances)
	if err != nil {
		return err
	}
	a, err := s.app.AllowanceBelow(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	if form.Values == nil {
		form.Values = views.AllowanceValues(a)
	}
	return s.render(w, r, status, views.AllowanceEdit{Frame: f, Allowance: a, Form: form})
}

func (s *Web) allowanceEdit(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	in := plaza.AllowanceEdit{Most: whole(r, "most"), Overage: whole(r, "overage"), Version: version(r)}
	if err := s.app.EditAllowance(r.Context(), actor, id(r), in); err != nil {
		return s.revise(w, r, actor, err, s.allowanceEditPage)
	}
	a, err := s.app.Allowance(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.see(w, r, "/partners/"+a.Profile+"#allowances", "allowance.saved")
}

func (s *Web) allowanceAskForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.allowanceAskPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) allowanceAskPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionAllowances)
	if err != nil {
		return err
	}
	a, err := s.app.OwnAllowance(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.AllowanceAsk{Frame: f, Allowance: a, Form: form})
}

func (s *Web) allowanceAsk(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	made, err := s.app.RequestAllowance(r.Context(), actor, id(r), whole(r, "most"), r.PostFormValue("note"))
	if err != nil {
		return s.again(w, r, actor, err, s.allowanceAskPage)
	}
	return s.see(w, r, "/requests/"+made.ID, "request.made")
}

func (s *Web) allowanceRemoveForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.allowanceRemovePage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) allowanceRemovePage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionAllowances)
	if err != nil {
		return err
	}
	a, err := s.app.AllowanceBelow(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.AllowanceRemove{Frame: f, Allowance: a, Form: form})
}

func (s *Web) allowanceRemove(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	a, err := s.app.Allowance(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	if err := s.app.RemoveAllowance(r.Context(), actor, id(r), version(r)); err != nil {
		return s.revise(w, r, actor, err, s.allowanceRemovePage)
	}
	return s.see(w, r, "/partners/"+a.Profile+"#allowances", "allowance.removed")
}
