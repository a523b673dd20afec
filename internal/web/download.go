package web

import (
	"net/http"
	"net/url"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) downloadRoutes(m mount) {
	m.get("/agents/{id}/download", plaza.AgentDownload, s.downloadForm)
	m.post("/agents/{id}/download", plaza.AgentDownload, s.download)
}

func (s *Web) downloadForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.downloadPage(w, r, actor, http.StatusOK, views.Form{Values: url.Values{"platform": {string(plaza.AgentPlatforms()[0])}}})
}

func (s *Web) downloadPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, agent, err := s.agentFrame(r, actor)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.Download{Frame: f, Agent: agent, Form: form})
}

// download sends a ConnectAgent with its configuration, which holds the license key.
func (s *Web) download(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.app.DownloadAgent(r.Context(), actor, id(r), plaza.AgentPlatform(r.PostFormValue("platform")))
	if err != nil {
		return s.again(w, r, actor, err, s.downloadPage)
	}
	return s.attach(w, f, "application/zip")
}
