package web

import (
	"net/http"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/web/views"
)

// codeForm asks whoever gave the right password for a code.
func (s *Web) codeForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.codePage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) codePage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	if answered, err := s.halfway(w, r, app.WantsFactor); err != nil || answered {
		return err
	}
	return s.render(w, r, status, views.SignInCode{Frame: s.bare(r, actor), Form: form, Next: local(r.FormValue("next"))})
}

// halfway sends everybody where they belong whose session does not want what is asked for
// here.
func (s *Web) halfway(w http.ResponseWriter, r *http.Request, want app.Want) (answered bool, err error) {
	v, err := s.identify(w, r)
	switch {
	case plaza.KindOf(err) == plaza.Unauthenticated && err != nil:
		return true, s.see(w, r, "/sign-in", "")
	case err != nil:
		return false, err
	case v.Wants == app.WantsNothing:
		return true, s.see(w, r, local(r.FormValue("next")), "")
	case v.Wants != want:
		return true, s.see(w, r, wanted[v.Wants], "")
	}
	return false, nil
}

func (s *Web) code(w http.ResponseWriter, r *http.Request, _ plaza.Actor) error {
	token, browser, err := s.gate.SecondStep(r.Context(), s.token(r), r.PostFormValue("code"), r.PostFormValue("remember") != "", origin(r))
	if err != nil {
		return s.failed(w, r, err, s.codePage)
	}
	s.setToken(w, token)
	if browser != "" {
		s.remember(w, browser)
	}
	forget(w)
	return s.see(w, r, local(r.PostFormValue("next")), "")
}

// enrolForm has whoever must add a factor do that before they are let in.
func (s *Web) enrolForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.enrolPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) enrolPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	if answered, err := s.halfway(w, r, app.WantsEnrol); err != nil || answered {
		return err
	}
	seed, err := s.gate.Seed(r.Context(), s.token(r), r.PostFormValue("seed"))
	if err != nil {
		return err
	}
	drawn, err := code(seed)
	if err != nil {
		return err
	}
	page := views.NewFactor{Frame: s.bare(r, actor), Form: form, Seed: seed.Text, Sealed: seed.Sealed, Code: drawn, Entering: true, Next: local(r.FormValue("next"))}
	return s.render(w, r, status, page)
}

func (s *Web) enrol(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	token, codes, err := s.gate.Enrol(r.Context(), s.token(r), newFactor(r), origin(r))
	if err != nil {
		return s.failed(w, r, err, s.enrolPage)
	}
	s.setToken(w, token)
	forget(w)
	next := local(r.PostFormValue("next"))
	if len(codes) == 0 {
		return s.see(w, r, next, "factor.added")
	}
	return s.render(w, r, http.StatusOK, views.RecoveryCodes{Frame: s.bare(r, actor), Codes: codes, Next: next, Entering: true})
}

// What a page that asks for a proof calls it: nothing else is called so.
const (
	proofCode     = "proof_code"
	proofPassword = "proof_password"
)

// proofPage asks who does something sensitive to prove again who they are. What they sent
// is sent along with that.
func (s *Web) proofPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionAccount)
	if err != nil {
		return err
	}
	byCode, err := s.gate.AsksForCode(r.Context(), actor)
	if err != nil {
		return err
	}
	page := views.Proof{Frame: f, Form: form, ByCode: byCode, Action: "/prove", Next: r.URL.RequestURI(), Back: cameFrom(r)}
	if r.Method == http.MethodPost {
		page.Action, page.Next, page.Sent = r.URL.RequestURI(), "", r.PostForm
		page.Sent.Del(proofCode)
		page.Sent.Del(proofPassword)
	}
	return s.render(w, r, status, page)
}

// proven takes the proof that comes along with what somebody sends, if there is one.
func (s *Web) proven(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodPost || !r.PostForm.Has(proofCode) && !r.PostForm.Has(proofPassword) {
		return nil
	}
	if v, err := s.identify(w, r); err != nil || v.Wants != app.WantsNothing || v.Ended != nil {
		if err == nil && v.Ended != nil {
			return s.actingEnded(w, r, *v.Ended)
		}
		return nil // whoever asks next finds it, and says so
	}
	proof := plaza.Proof{Code: r.PostForm.Get(proofCode), Password: r.PostForm.Get(proofPassword)}
	token, err := s.gate.Prove(r.Context(), s.token(r), proof, origin(r))
	if kind := plaza.KindOf(err); err != nil && (kind == plaza.Invalid || kind == plaza.Limited) {
		return s.unproven(w, r, err)
	}
	if err != nil {
		return err
	}
	s.setToken(w, token)
	s.carry(r, token)
	return nil
}

// unproven asks for the proof once more.
func (s *Web) unproven(w http.ResponseWriter, r *http.Request, why error) error {
	v, err := s.identify(w, r)
	if err != nil {
		return err
	}
	e := plaza.AsError(why)
	waits(w, e)
	form := views.Form{Problems: e.Fields, Message: e.Msg}
	if err := s.proofPage(w, r, v.Actor, door.Status(e.Kind), form); err != nil {
		return err
	}
	return errAnswered
}

func (s *Web) proveForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	byCode, err := s.gate.AsksForCode(r.Context(), actor)
	if err != nil {
		return err
	}
	f, err := s.frame(r, actor, views.SectionAccount)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.Proof{Frame: f, ByCode: byCode, Action: "/prove", Next: local(r.FormValue("next"))})
}

// prove goes on to what somebody wanted to do: the proof came along, and was taken.
func (s *Web) prove(w http.ResponseWriter, r *http.Request, _ plaza.Actor) error {
	return s.see(w, r, local(r.PostFormValue("next")), "")
}
