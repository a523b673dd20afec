package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) alarmRoutes(m mount) {
	m.get("/agents/{id}/alarm", plaza.AgentAlarms, s.alarmForm)
	m.post("/agents/{id}/alarm", plaza.AgentAlarms, s.alarm)
}

func (s *Web) alarmForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.alarmPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) alarmPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionAgents)
	if err != nil {
		return err
	}
	p := views.Alarm{Frame: f, Form: form}
	if p.Agent, err = s.app.Agent(r.Context(), actor, id(r)); err != nil {
		return err
	}
	if p.Alarm, err = s.app.Alarm(r.Context(), actor, p.Agent.ID); err != nil {
		return err
	}
	holder, err := s.app.Profile(r.Context(), actor, p.Agent.Profile)
	if err != nil {
		return err
	}
	p.Support = holder.SupportEmail
	if form.Values == nil {
		p.Form.Values = views.AlarmValues(p.Alarm, p.Support)
	}
	return s.render(w, r, status, p)
}

func (s *Web) alarm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	minutes, err := strconv.Atoi(strings.TrimSpace(r.PostFormValue("minutes")))
	if err != nil {
		minutes = 0 // which is too few
	}
	in := plaza.AlarmEdit{On: r.PostFormValue("on") == "yes", Minutes: minutes, Address: r.PostFormValue("address"), Version: version(r)}
	if err := s.app.SetAlarm(r.Context(), actor, id(r), in); err != nil {
		return s.revise(w, r, actor, err, s.alarmPage)
	}
	return s.see(w, r, "/agents/"+id(r)+"#alarm", "alarm.saved")
}
