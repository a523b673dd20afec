package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/web/views"
)

// sessionRoutes are public because they are where people come in. Signing out
// is one of them: it works whatever became of the session.
func (s *Web) sessionRoutes(m mount) {
	m.public(http.MethodGet, "/sign-in", s.signInForm)
	m.public(http.MethodPost, "/sign-in", s.signIn)
	m.public(http.MethodGet, "/sign-in/code", s.codeForm)
	m.public(http.MethodPost, "/sign-in/code", s.code)
	m.public(http.MethodGet, "/sign-in/factor", s.enrolForm)
	m.public(http.MethodPost, "/sign-in/factor", s.enrol)
	m.public(http.MethodPost, "/sign-out", s.signOut)
	m.public(http.MethodGet, "/forgot-password", s.forgotForm)
	m.public(http.MethodPost, "/forgot-password", s.forgot)
	m.public(http.MethodGet, "/reset-password/{token}", s.resetForm)
	m.public(http.MethodPost, "/reset-password/{token}", s.reset)
	m.public(http.MethodGet, "/invitation/{token}", s.invitationForm)
	m.public(http.MethodPost, "/invitation/{token}", s.invitation)
	m.public(http.MethodGet, "/profiles", s.profilesForm)
	m.public(http.MethodPost, "/profiles", s.profileChoose)
}

// waits tells how long to wait before trying again.
func waits(w http.ResponseWriter, e *plaza.Error) {
	if e.Wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((e.Wait+time.Second-1)/time.Second)))
	}
}

// failed draws a form of somebody who is not signed in anew, with what is wrong:
// a person who mistypes a password gets no page of its own for that.
func (s *Web) failed(w http.ResponseWriter, r *http.Request, err error, draw formPage) error {
	e := plaza.AsError(err)
	if slices.Contains([]plaza.Kind{plaza.Unauthenticated, plaza.Forbidden, plaza.Limited}, e.Kind) {
		waits(w, e)
		return draw(w, r, plaza.Actor{}, door.Status(e.Kind), views.Form{Values: r.PostForm, Message: e.Msg})
	}
	return s.again(w, r, plaza.Actor{}, err, draw)
}

func (s *Web) signInForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	_, err := s.identify(w, r)
	if err == nil {
		return s.see(w, r, local(r.FormValue("next")), "")
	}
	if plaza.KindOf(err) != plaza.Unauthenticated {
		return err
	}
	return s.signInPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) signInPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	return s.render(w, r, status, views.SignIn{
		Frame: s.bare(r, actor), Form: form, Next: local(r.FormValue("next")), Shown: s.signIns,
	})
}

func (s *Web) signIn(w http.ResponseWriter, r *http.Request, _ plaza.Actor) error {
	token, err := s.gate.SignIn(r.Context(), r.PostFormValue("email"), r.PostFormValue("password"), origin(r))
	if err != nil {
		return s.failed(w, r, err, s.signInPage)
	}
	if token, err = s.gate.Recognized(r.Context(), token, s.browser(r), origin(r)); err != nil {
		return s.failed(w, r, err, s.signInPage)
	}
	// The session that this browser had before is of no more use to anybody.
	if err := s.gate.SignOut(r.Context(), s.token(r), origin(r)); err != nil {
		return err
	}
	s.setToken(w, token)
	forget(w)
	return s.see(w, r, local(r.PostFormValue("next")), "")
}

func (s *Web) signOut(w http.ResponseWriter, r *http.Request, _ plaza.Actor) error {
	if err := s.gate.SignOut(r.Context(), s.token(r), origin(r)); err != nil {
		return err
	}
	s.setToken(w, "")
	forget(w)
	return s.see(w, r, "/sign-in", "session.signed_out")
}

func (s *Web) forgotForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.forgotPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) forgotPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	return s.render(w, r, status, views.ForgotPassword{Frame: s.bare(r, actor), Form: form})
}

func (s *Web) forgot(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	email := strings.TrimSpace(r.PostFormValue("email"))
	err := error(wrong("email", "problem.email"))
	if strings.Contains(email, "@") {
		err = s.gate.ForgotPassword(r.Context(), email, origin(r))
	}
	if err != nil {
		return s.failed(w, r, err, s.forgotPage)
	}
	return s.render(w, r, http.StatusOK, views.ForgotPassword{Frame: s.bare(r, actor), Sent: email})
}

// wrong returns an Invalid error about one field.
func wrong(field, key string) *plaza.Error {
	return &plaza.Error{Kind: plaza.Invalid, Msg: plaza.T("error.invalid"), Fields: map[string]plaza.Text{field: plaza.T(key)}}
}

// typedTwice returns the password that was chosen, if it was typed the same way
// twice.
func typedTwice(r *http.Request) (string, error) {
	password := r.PostFormValue("password")
	if err := plaza.CheckPassword("password", password); err != nil {
		return "", err
	}
	if password != r.PostFormValue("again") {
		return "", wrong("again", "problem.password_again")
	}
	return password, nil
}

// gone draws the page that tells what to do about a link that was used or is too
// old; other errors are returned.
func (s *Web) gone(w http.ResponseWriter, r *http.Request, err error, invitation bool) error {
	if plaza.KindOf(err) != plaza.NotFound {
		return err
	}
	return s.render(w, r, http.StatusNotFound, views.LinkGone{Frame: s.bare(r, plaza.Actor{}), Invitation: invitation})
}

func (s *Web) resetForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.resetPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) resetPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	if err := s.gate.CheckReset(r.Context(), r.PathValue("token")); err != nil {
		return s.gone(w, r, err, false)
	}
	return s.render(w, r, status, views.ResetPassword{Frame: s.bare(r, actor), Form: form})
}

func (s *Web) reset(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	password, err := typedTwice(r)
	if err == nil {
		err = s.gate.ResetPassword(r.Context(), r.PathValue("token"), password, origin(r))
	}
	if plaza.KindOf(err) == plaza.Invalid && err != nil {
		return s.again(w, r, actor, err, s.resetPage)
	}
	if err != nil {
		return s.gone(w, r, err, false)
	}
	s.setToken(w, "")
	forget(w)
	return s.see(w, r, "/sign-in", "session.password_changed")
}

func (s *Web) invitationForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.invitationPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) invitationPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	login, joined, err := s.gate.Invitation(r.Context(), r.PathValue("token"))
	if err != nil {
		return s.gone(w, r, err, true)
	}
	return s.render(w, r, status, views.Invitation{Frame: s.bare(r, actor), Form: form, Login: login, Joined: joined})
}

func (s *Web) invitation(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	link, password := r.PathValue("token"), r.PostFormValue("password")
	login, joined, err := s.gate.Invitation(r.Context(), link)
	if err != nil {
		return s.gone(w, r, err, true)
	}
	if !joined {
		password, err = typedTwice(r)
	}
	var token string
	if err == nil {
		token, err = s.gate.AcceptInvitation(r.Context(), link, password, origin(r))
	}
	switch {
	case err == nil:
		s.setToken(w, token)
		forget(w)
		return s.see(w, r, "/", "session.welcome")
	case plaza.KindOf(err) == plaza.Forbidden && !login.Dashboard: // accepted all the same
		return s.render(w, r, http.StatusOK, views.Accepted{Frame: s.bare(r, actor), Login: login})
	case plaza.KindOf(err) == plaza.NotFound:
		return s.gone(w, r, err, true)
	}
	return s.failed(w, r, err, s.invitationPage)
}

func (s *Web) profilesForm(w http.ResponseWriter, r *http.Request, _ plaza.Actor) error {
	visit, err := s.identify(w, r)
	switch {
	case plaza.KindOf(err) == plaza.Unauthenticated && err != nil:
		return s.see(w, r, "/sign-in?"+nextQuery(r), "")
	case err != nil:
		return err
	case visit.Wants != app.WantsNothing && visit.Wants != app.WantsProfile:
		return s.see(w, r, wanted[visit.Wants], "")
	case visit.Ended != nil:
		return s.actingEnded(w, r, *visit.Ended)
	}
	all, err := s.gate.Profiles(r.Context(), s.token(r), origin(r))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.Profiles{Frame: s.bare(r, visit.Actor), Logins: all, Next: local(r.FormValue("next"))})
}

func (s *Web) profileChoose(w http.ResponseWriter, r *http.Request, _ plaza.Actor) error {
	if v, err := s.identify(w, r); err == nil && v.Ended != nil {
		return s.actingEnded(w, r, *v.Ended)
	}
	token, err := s.gate.ChooseProfile(r.Context(), s.token(r), r.PostFormValue("login"), origin(r))
	if plaza.KindOf(err) == plaza.Unproved && err != nil { // a second step is to be added there, by who has just given the password
		if err := s.gate.SignOut(r.Context(), s.token(r), origin(r)); err != nil {
			return err
		}
		s.setToken(w, "")
		forget(w)
		return s.see(w, r, "/sign-in?"+url.Values{"next": {"/profiles"}}.Encode(), "session.prove")
	}
	if plaza.KindOf(err) == plaza.Unauthenticated && err != nil {
		return s.see(w, r, "/sign-in?"+url.Values{"next": {"/profiles"}}.Encode(), "")
	}
	if err != nil {
		return err
	}
	s.setToken(w, token)
	forget(w)
	return s.see(w, r, local(r.PostFormValue("next")), "")
}
