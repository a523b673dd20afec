package web

import (
	"net/http"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/sheet"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) agentRoutes(m mount) {
	m.get("/agents", plaza.AgentRead, s.agents)
	m.ask(http.MethodGet, "/agents/new", plaza.AgentCreate, s.agentNew)
	m.ask(http.MethodPost, "/agents", plaza.AgentCreate, s.agentCreate)
	m.get("/agents/{id}", plaza.AgentRead, s.agent)
	m.post("/agents/{id}/key", plaza.LicenseReveal, s.agentReveal)
	m.get("/agents/{id}/rename", plaza.AgentRename, s.agentRenameForm)
	m.post("/agents/{id}/rename", plaza.AgentRename, s.agentRename)
}

func (s *Web) agents(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionAgents)
	if err != nil {
		return err
	}
	filter := sheet.AgentFilter(r.Form)
	list, err := s.app.Agents(r.Context(), actor, filter, page(r))
	if err != nil {
		return err
	}
	p := views.Agents{Frame: f, Listing: listing(r).Exported(plaza.ExportAgents), Filter: filter, List: list}
	if p.Profile, err = s.filtering(r, actor); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, p)
}

// filtering returns the profile that a list is filtered by; the zero one if it is
// not.
func (s *Web) filtering(r *http.Request, actor plaza.Actor) (p plaza.Profile, err error) {
	if id := r.FormValue("profile"); id != "" {
		p, err = s.app.Profile(r.Context(), actor, id)
	}
	return p, err
}

func (s *Web) agent(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	agent, err := s.app.Agent(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.agentPage(w, r, actor, agent, "")
}

// agentPage draws a ConnectAgent, with its license key if that is to be seen.
func (s *Web) agentPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, agent plaza.ConnectAgent, key string) error {
	f, err := s.frame(r, actor, views.SectionAgents)
	if err != nil {
		return err
	}
	history, err := s.app.History(r.Context(), actor, agent.ID, plaza.Page{})
	if err != nil {
		return err
	}
	p := views.Agent{Frame: f, Agent: agent, Key: key, History: history, Fresh: r.FormValue("new") != "", Server: s.url}
	if p.Machines, err = s.app.Activations(r.Context(), actor, agent.ID); err != nil {
		return err
	}
	if p.Checkup, err = s.app.AgentCheckup(r.Context(), actor, agent.ID); err != nil {
		return err
	}
	if p.Alarm, err = s.app.Alarm(r.Context(), actor, agent.ID); err != nil {
		return err
	}
	if p.Band, err = s.band(r, actor, agent.ID, f.Now); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, p)
}

// band returns how a ConnectAgent was in the last day or, if the address asks for
// that, week.
func (s *Web) band(r *http.Request, actor plaza.Actor, agent string, now time.Time) (b views.Band, err error) {
	days := 1
	if b.Week = r.FormValue("band") == "week"; b.Week {
		days = 7
	}
	b.From = now.Add(-time.Duration(days) * 24 * time.Hour)
	b.States, err = s.app.AgentStates(r.Context(), actor, agent, b.From)
	return b, err
}

// agentReveal shows the key of the license that a ConnectAgent runs on.
func (s *Web) agentReveal(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	agent, err := s.app.Agent(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	key, err := s.app.RevealLicenseKey(r.Context(), actor, agent.License.ID)
	if err != nil {
		return err
	}
	return s.agentPage(w, r, actor, agent, key)
}

func (s *Web) agentNew(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.agentForm(w, r, actor, http.StatusOK, s.preset(r, actor))
}

func (s *Web) agentForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionAgents)
	if err != nil {
		return err
	}
	choices, err := s.choices(r, actor, plaza.AgentCreate)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.AgentNew{Frame: f, Form: form, Choices: choices})
}

func (s *Web) agentCreate(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	starts, err := formDay(r, "starts", s.printer(r, actor).Zone(), s.now())
	if err != nil {
		return s.again(w, r, actor, err, s.agentForm)
	}
	in := plaza.NewAgent{
		Profile: r.PostFormValue("profile"), Plan: r.PostFormValue("plan"), Name: r.PostFormValue("name"), Starts: starts,
	}
	if !actor.Can(plaza.AgentCreate) {
		return s.ask(w, r, actor, plaza.Wish{Agent: &in}, s.agentForm)
	}
	if count := many(r, actor); count != 1 {
		b, err := s.app.CreateAgents(r.Context(), actor, in, count)
		if err != nil {
			return s.again(w, r, actor, err, s.agentForm)
		}
		return s.see(w, r, "/batches/"+b.ID, "batch.started")
	}
	agent, err := s.app.CreateAgent(r.Context(), actor, in)
	if err != nil {
		return s.again(w, r, actor, err, s.agentForm)
	}
	return s.see(w, r, "/agents/"+agent.ID+"?new=1", "agent.created")
}

func (s *Web) agentRenameForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.agentRenamePage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) agentRenamePage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionAgents)
	if err != nil {
		return err
	}
	agent, err := s.app.Agent(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	if form.Values == nil {
		form.Values = views.AgentValues(agent)
	}
	return s.render(w, r, status, views.AgentRename{Frame: f, Agent: agent, Form: form})
}

func (s *Web) agentRename(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	in := plaza.AgentEdit{Name: r.PostFormValue("name"), Version: version(r)}
	if err := s.app.RenameAgent(r.Context(), actor, id(r), in.Clean()); err != nil {
		return s.revise(w, r, actor, err, s.agentRenamePage)
	}
	return s.see(w, r, "/agents/"+id(r), "agent.renamed")
}
