package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) signingKeyRoutes(m mount) {
	m.get("/settings/signing-key", plaza.KeyRead, s.signingKey)
	m.get("/settings/signing-key/rotate", plaza.KeyRotate, s.signingKeyRotateForm)
	m.post("/settings/signing-key/rotate", plaza.KeyRotate, s.signingKeyRotate)
}

func (s *Web) signingKey(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionSigningKey)
	if err != nil {
		return err
	}
	wire, keys, err := s.app.SigningKeys(r.Context(), actor)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.SigningKey{
		Frame: f, Account: wire.Account, Slug: wire.Slug, Product: wire.Product, Base: s.url + "/v1", Keys: keys,
	})
}

// rotateIn is how many days there are to tell agents of a new key, unless somebody
// says otherwise.
const rotateIn = 30

func (s *Web) signingKeyRotateForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	signs := s.now().In(s.printer(r, actor).Zone()).AddDate(0, 0, rotateIn)
	return s.signingKeyRotatePage(w, r, actor, http.StatusOK, views.Form{Values: url.Values{"signs": {signs.Format(time.DateOnly)}}})
}

func (s *Web) signingKeyRotatePage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionSigningKey)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.SigningKeyRotate{Frame: f, Form: form})
}

func (s *Web) signingKeyRotate(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	signs, err := formDay(r, "signs", s.printer(r, actor).Zone(), s.now())
	if err == nil && r.PostFormValue("signs") == "" {
		err = wrong("signs", "problem.date")
	}
	if err == nil {
		_, err = s.app.RotateSigningKey(r.Context(), actor, signs)
	}
	if err != nil {
		return s.again(w, r, actor, err, s.signingKeyRotatePage)
	}
	return s.see(w, r, "/settings/signing-key", "signingkey.rotated")
}
