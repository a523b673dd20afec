package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/sheet"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) licenseRoutes(m mount) {
	m.get("/licenses", plaza.LicenseRead, s.licenses)
	m.ask(http.MethodGet, "/licenses/new", plaza.LicenseIssue, s.licenseNew)
	m.ask(http.MethodPost, "/licenses", plaza.LicenseIssue, s.licenseCreate)
	m.get("/licenses/{id}", plaza.LicenseRead, s.license)
	m.post("/licenses/{id}/key", plaza.LicenseReveal, s.licenseReveal)
	m.get("/licenses/{id}/suspend", plaza.LicenseSuspend, s.licenseSuspendForm)
	m.post("/licenses/{id}/suspend", plaza.LicenseSuspend, s.licenseSuspend)
	m.post("/licenses/{id}/resume", plaza.LicenseResume, s.licenseResume)
	m.ask(http.MethodGet, "/licenses/{id}/end", plaza.LicenseEnd, s.licenseEndForm)
	m.ask(http.MethodPost, "/licenses/{id}/end", plaza.LicenseEnd, s.licenseEnd)
}

func (s *Web) licenses(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionLicenses)
	if err != nil {
		return err
	}
	filter := sheet.LicenseFilter(r.Form, f.Zone())
	list, err := s.app.Licenses(r.Context(), actor, filter, page(r))
	if err != nil {
		return err
	}
	p := views.Licenses{Frame: f, Listing: listing(r).Exported(plaza.ExportLicenses), Filter: filter, List: list}
	if filter.Profile != "" {
		if p.Profile, err = s.app.Profile(r.Context(), actor, filter.Profile); err != nil {
			return err
		}
	}
	return s.render(w, r, http.StatusOK, p)
}

func (s *Web) license(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.licensePage(w, r, actor, "")
}

// licensePage draws a license, with its key if that is to be seen.
func (s *Web) licensePage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, key string) error {
	f, err := s.frame(r, actor, views.SectionLicenses)
	if err != nil {
		return err
	}
	deal, err := s.app.LicenseDeal(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	l := deal.License
	history, err := s.app.History(r.Context(), actor, l.ID, plaza.Page{})
	if err != nil {
		return err
	}
	plans, err := s.app.Plans(r.Context(), actor)
	if err != nil {
		return err
	}
	offered := slices.IndexFunc(plans, func(p plaza.Plan) bool { return p.ID == l.Plan })
	older := offered >= 0 && plans[offered].Edition > l.Edition
	waiting := plaza.RequestFilter{Subject: l.ID, States: []plaza.RequestState{plaza.RequestOpen}}
	requests, err := s.app.Requests(r.Context(), actor, waiting, plaza.Page{})
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.License{
		Frame: f, License: l, Modules: deal.Terms.Modules, Prices: deal.Prices, Key: key, History: history, Offered: offered >= 0, Older: older, Requests: requests.Rows, Fresh: r.FormValue("new") != "",
	})
}

func (s *Web) licenseReveal(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	key, err := s.app.RevealLicenseKey(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.licensePage(w, r, actor, key)
}

func (s *Web) licenseNew(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.licenseForm(w, r, actor, http.StatusOK, s.preset(r, actor))
}

// preset returns a form that was not filled in, but for whom it is.
func (s *Web) preset(r *http.Request, actor plaza.Actor) views.Form {
	profile := r.FormValue("profile")
	if profile == "" {
		profile = actor.Profile
	}
	return views.Form{Values: url.Values{"profile": {profile}}}
}

func (s *Web) licenseForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionLicenses)
	if err != nil {
		return err
	}
	choices, err := s.choices(r, actor, plaza.LicenseIssue)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.LicenseNew{Frame: f, Form: form, Choices: choices})
}

func (s *Web) licenseCreate(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	starts, err := formDay(r, "starts", s.printer(r, actor).Zone(), s.now())
	in := plaza.NewLicense{
		Profile: r.PostFormValue("profile"), Plan: r.PostFormValue("plan"), Name: r.PostFormValue("name"), Starts: starts,
	}
	if count := many(r, actor); err == nil && count != 1 {
		b, err := s.app.IssueLicenses(r.Context(), actor, in, count)
		if err != nil {
			return s.again(w, r, actor, err, s.licenseForm)
		}
		return s.see(w, r, "/batches/"+b.ID, "batch.started")
	}
	if err == nil && actor.Can(plaza.LicenseIssue) {
		var l plaza.License
		if l, err = s.app.IssueLicense(r.Context(), actor, in); err == nil {
			return s.see(w, r, "/licenses/"+l.ID+"?new=1", "license.issued")
		}
	} else if err == nil {
		return s.ask(w, r, actor, plaza.Wish{License: &in}, s.licenseForm)
	}
	return s.again(w, r, actor, err, s.licenseForm)
}

func (s *Web) licenseSuspendForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.licenseHalt(plaza.LicenseSuspend)(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) licenseEndForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.licenseHalt(plaza.LicenseEnd)(w, r, actor, http.StatusOK, views.Form{})
}

// licenseHalt draws the dialogue before a license is suspended or ended.
func (s *Web) licenseHalt(v plaza.Verb) formPage {
	return func(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
		f, err := s.frame(r, actor, views.SectionLicenses)
		if err != nil {
			return err
		}
		l, err := s.app.License(r.Context(), actor, id(r))
		if err != nil {
			return err
		}
		return s.render(w, r, status, views.LicenseHalt{Frame: f, License: l, Verb: v, Form: form})
	}
}

func (s *Web) licenseSuspend(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.SuspendLicense(r.Context(), actor, id(r), r.PostFormValue("reason"), version(r)); err != nil {
		return s.again(w, r, actor, err, s.licenseHalt(plaza.LicenseSuspend))
	}
	return s.see(w, r, "/licenses/"+id(r), "license.suspended")
}

func (s *Web) licenseResume(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.ResumeLicense(r.Context(), actor, id(r), version(r)); err != nil {
		return err
	}
	return s.see(w, r, "/licenses/"+id(r), "license.resumed")
}

func (s *Web) licenseEnd(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if !actor.Can(plaza.LicenseEnd) {
		return s.ask(w, r, actor, plaza.Wish{End: &plaza.LicenseWish{License: id(r)}}, s.licenseHalt(plaza.LicenseEnd))
	}
	if err := s.app.EndLicense(r.Context(), actor, id(r), r.PostFormValue("reason"), version(r)); err != nil {
		return s.again(w, r, actor, err, s.licenseHalt(plaza.LicenseEnd))
	}
	return s.see(w, r, "/licenses/"+id(r), "license.ended")
}

// version returns the version of a thing as it was when its form was drawn.
func version(r *http.Request) int {
	n, err := strconv.Atoi(r.PostFormValue("version"))
	if err != nil {
		return 0 // which nothing has
	}
	return n
}
