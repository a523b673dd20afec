package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) actingRoutes(m mount) {
	m.get("/partners/{id}/login-as", plaza.ActingStart, s.logInAsForm)
	m.post("/partners/{id}/login-as", plaza.ActingStart, s.logInAs)
	m.post("/acting/mode", plaza.ActingRaise, s.actingMode)
	m.post("/acting/leave", plaza.ActingStop, s.actingLeave)
}

func (s *Web) logInAsForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	tomorrow := s.now().In(s.printer(r, actor).Zone()).AddDate(0, 0, 1).Format(time.DateOnly)
	return s.logInAsPage(w, r, actor, http.StatusOK, views.Form{Values: url.Values{"until": {tomorrow}}})
}

func (s *Web) logInAsPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionActing)
	if err != nil {
		return err
	}
	e, err := s.app.Entrance(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	breaking := r.FormValue("break_glass") != "" && !e.Free(f.Now) // where nothing bars the way there is none
	return s.render(w, r, status, views.LogInAs{Frame: f, Entrance: e, Breaking: breaking, Form: form})
}

func (s *Web) logInAs(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	in := plaza.NewActing{
		Login: r.PostFormValue("login"), Profile: r.PathValue("id"), Reason: r.PostFormValue("reason"), Ticket: r.PostFormValue("ticket"),
		BreakGlass: r.PostFormValue("break_glass") != "",
	}
	token, err := s.app.LogInAs(r.Context(), actor, in)
	if err != nil {
		return s.again(w, r, actor, err, s.logInAsPage)
	}
	s.setToken(w, token)
	forget(w)
	return s.see(w, r, "/", "")
}

// actingMode raises an acting session, or has it only look again, and returns to
// the page that asked for it.
func (s *Web) actingMode(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.RaiseActing(r.Context(), actor, plaza.Mode(r.PostFormValue("mode"))); err != nil {
		return err
	}
	return s.see(w, r, local(r.PostFormValue("next")), "")
}

// actingLeave goes back to one's own profile, to the page of the one that was
// acted in.
func (s *Web) actingLeave(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	token, err := s.app.StopActing(r.Context(), actor)
	if err != nil {
		return err
	}
	s.setToken(w, token)
	forget(w)
	return s.see(w, r, "/partners/"+actor.Profile, "acting.left")
}

// actingEnded answers a request of an acting session that has ended by itself:
// what was asked for is not done, since it was meant for another environment.
func (s *Web) actingEnded(w http.ResponseWriter, r *http.Request, e app.Ended) error {
	forget(w)
	page := views.ActingEnded{Frame: s.bare(r, plaza.Actor{}), In: e.In, Why: e.Why}
	if err := s.render(w, r, door.Status(plaza.Conflict), page); err != nil {
		return err
	}
	return errAnswered
}
