package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) tokenRoutes(m mount) {
	m.get("/tokens", plaza.TokenRead, s.tokens)
	m.get("/tokens/new", plaza.TokenCreate, s.tokenNew)
	m.post("/tokens", plaza.TokenCreate, s.tokenCreate)
	m.get("/tokens/{id}", plaza.TokenRead, s.apiToken)
	m.get("/tokens/{id}/revoke", plaza.TokenRevoke, s.tokenRevokeForm)
	m.post("/tokens/{id}/revoke", plaza.TokenRevoke, s.tokenRevoke)
	m.post("/tokens/{id}/adopt", plaza.TokenAdopt, s.tokenAdopt)
}

func (s *Web) tokens(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionTokens)
	if err != nil {
		return err
	}
	list, err := s.app.Tokens(r.Context(), actor, page(r))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.Tokens{Frame: f, Listing: listing(r).Exported(plaza.ExportTokens), List: list})
}

// tokenLives is how long a token lives that is not said to live otherwise, in days.
const tokenLives = 90

func (s *Web) tokenNew(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	ends := s.now().In(s.printer(r, actor).Zone()).AddDate(0, 0, tokenLives)
	values := url.Values{"expires": {ends.Format(time.DateOnly)}}
	for _, v := range plaza.TokenVerbs(actor.Kind, actor.Role, false) {
		if v.Usual() {
			values.Add("verb", string(v))
		}
	}
	return s.tokenForm(w, r, actor, http.StatusOK, views.Form{Values: values})
}

func (s *Web) tokenForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionTokens)
	if err != nil {
		return err
	}
	choices, err := s.choices(r, actor, plaza.TokenCreate)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.TokenNew{Frame: f, Form: form, Choices: choices})
}

func (s *Web) tokenCreate(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	in := plaza.NewToken{
		Name: r.PostFormValue("name"), Root: r.PostFormValue("root"), Shared: r.PostFormValue("shared") != "",
		Expires: day(r, "expires", s.printer(r, actor).Zone()),
	}
	for _, v := range r.PostForm["verb"] {
		in.Verbs = append(in.Verbs, plaza.Verb(v))
	}
	t, bearer, err := s.app.CreateToken(r.Context(), actor, in)
	if err != nil {
		return s.again(w, r, actor, err, s.tokenForm)
	}
	return s.tokenMade(w, r, actor, http.StatusCreated, t, bearer)
}

// tokenMade draws a token with its secret, which is not to be seen again.
func (s *Web) tokenMade(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, t plaza.Token, bearer string) error {
	f, err := s.frame(r, actor, views.SectionTokens)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.Token{Frame: f, Token: t, Bearer: bearer, Host: s.url})
}

func (s *Web) apiToken(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.tokenPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) tokenPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionTokens)
	if err != nil {
		return err
	}
	t, err := s.app.Token(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	history, err := s.app.History(r.Context(), actor, t.ID, plaza.Page{})
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.Token{Frame: f, Token: t, Form: form, History: history, Host: s.url})
}

func (s *Web) tokenRevokeForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.tokenRevokePage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) tokenRevokePage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionTokens)
	if err != nil {
		return err
	}
	t, err := s.app.Token(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.TokenRevoke{Frame: f, Token: t, Form: form})
}

func (s *Web) tokenRevoke(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.RevokeToken(r.Context(), actor, id(r), version(r)); err != nil {
		return s.again(w, r, actor, err, s.tokenRevokePage)
	}
	return s.see(w, r, "/tokens", "token.revoked")
}

func (s *Web) tokenAdopt(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	bearer, err := s.app.AdoptToken(r.Context(), actor, id(r), version(r))
	if err != nil {
		return s.again(w, r, actor, err, s.tokenPage)
	}
	t, err := s.app.Token(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.tokenMade(w, r, actor, http.StatusOK, t, bearer)
}
