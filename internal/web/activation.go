package web

import (
	"net/http"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) activationRoutes(m mount) {
	m.get("/activations/{id}/release", plaza.AgentRelease, s.activationReleaseForm)
	m.post("/activations/{id}/release", plaza.AgentRelease, s.activationRelease)
}

// activationReleaseForm draws the dialogue before a machine is released.
func (s *Web) activationReleaseForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionAgents)
	if err != nil {
		return err
	}
	m, agent, err := s.app.Activation(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.ActivationRelease{Frame: f, Machine: m, Agent: agent})
}

func (s *Web) activationRelease(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	agent, err := s.app.ReleaseActivation(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.see(w, r, "/agents/"+agent, "activation.released")
}
