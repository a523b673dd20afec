package web

import (
	"net/http"
	"net/url"

	"rsc.io/qr"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) factorRoutes(m mount) {
	m.get("/account/factors", plaza.FactorRead, s.factors)
	m.get("/account/factors/new", plaza.FactorAdd, s.factorForm)
	m.post("/account/factors/new", plaza.FactorAdd, s.factorAdd)
	m.get("/account/factors/{id}/remove", plaza.FactorRemove, s.factorRemoveForm)
	m.post("/account/factors/{id}/remove", plaza.FactorRemove, s.factorRemove)
	m.get("/account/recovery", plaza.FactorRecovery, s.recoveryForm)
	m.post("/account/recovery", plaza.FactorRecovery, s.recovery)
	m.post("/account/browsers/{id}/forget", plaza.BrowserForget, s.browserForget)
	m.get("/profile/factors", plaza.FactorDemand, s.factorRuleForm)
	m.post("/profile/factors", plaza.FactorDemand, s.factorRule)
	m.get("/prove", plaza.SessionProve, s.proveForm)
	m.post("/prove", plaza.SessionProve, s.prove)
}

func (s *Web) factors(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.factorsPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) factorsPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionAccount)
	if err != nil {
		return err
	}
	has, err := s.app.Factors(r.Context(), actor)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.Factors{Frame: f, Form: form, All: has.All, Recovery: has.Recovery, Browsers: has.Browsers, Wanted: has.Wanted})
}

// newFactor returns what somebody says of a factor.
func newFactor(r *http.Request) plaza.NewFactor {
	return plaza.NewFactor{
		Name: r.PostFormValue("name"), Seed: r.PostFormValue("seed"), Code: r.PostFormValue("code"), Lasting: r.PostFormValue("others") == "",
	}
}

// code returns what a seed looks like to the camera of a phone.
func code(seed app.Seed) (*qr.Code, error) { return qr.Encode(seed.URI, qr.M) }

func (s *Web) factorForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.factorPage(w, r, actor, http.StatusOK, views.Form{Values: url.Values{"others": {"yes"}}})
}

func (s *Web) factorPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionAccount)
	if err != nil {
		return err
	}
	seed, err := s.app.Seed(r.Context(), actor, r.PostFormValue("seed"))
	if err != nil {
		return err
	}
	drawn, err := code(seed)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.NewFactor{Frame: f, Form: form, Seed: seed.Text, Sealed: seed.Sealed, Code: drawn})
}

func (s *Web) factorAdd(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	codes, err := s.app.AddFactor(r.Context(), actor, newFactor(r))
	if err != nil {
		return s.again(w, r, actor, err, s.factorPage)
	}
	if len(codes) == 0 {
		return s.see(w, r, "/account/factors", "factor.added")
	}
	return s.codesPage(w, r, actor, codes)
}

// codesPage shows recovery codes, once.
func (s *Web) codesPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, codes []string) error {
	f, err := s.frame(r, actor, views.SectionAccount)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.RecoveryCodes{Frame: f, Codes: codes, Next: "/account/factors"})
}

func (s *Web) factorRemoveForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.factorRemovePage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) factorRemovePage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionAccount)
	if err != nil {
		return err
	}
	one, last, err := s.app.Factor(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.RemoveFactor{Frame: f, Form: form, Factor: one, Last: last})
}

func (s *Web) factorRemove(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.RemoveFactor(r.Context(), actor, id(r)); err != nil {
		return s.again(w, r, actor, err, s.factorRemovePage)
	}
	return s.see(w, r, "/account/factors", "factor.removed")
}

func (s *Web) recoveryForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.recoveryPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) recoveryPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionAccount)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.RenewRecovery{Frame: f, Form: form})
}

func (s *Web) recovery(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	codes, err := s.app.RenewRecovery(r.Context(), actor)
	if err != nil {
		return s.again(w, r, actor, err, s.recoveryPage)
	}
	return s.codesPage(w, r, actor, codes)
}

func (s *Web) browserForget(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.ForgetBrowser(r.Context(), actor, id(r)); err != nil {
		return err
	}
	return s.see(w, r, "/account/factors", "factor.forgotten")
}

func (s *Web) factorRuleForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.factorRulePage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) factorRulePage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionProfile)
	if err != nil {
		return err
	}
	rule, above, err := s.app.FactorRule(r.Context(), actor)
	if err != nil {
		return err
	}
	if form.Values == nil {
		form.Values = url.Values{"rule": {string(rule)}}
	}
	return s.render(w, r, status, views.FactorRule{Frame: f, Form: form, Above: above})
}

func (s *Web) factorRule(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.SetFactorRule(r.Context(), actor, plaza.FactorRule(r.PostFormValue("rule"))); err != nil {
		return s.again(w, r, actor, err, s.factorRulePage)
	}
	return s.see(w, r, "/profile", "profile.saved")
}
