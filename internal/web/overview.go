package web

import (
	"net/http"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) overviewRoutes(m mount) {
	m.get("/{$}", plaza.OverviewRead, s.overview)
}

func (s *Web) overview(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionOverview)
	if err != nil {
		return err
	}
	o, err := s.app.Overview(r.Context(), actor)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.Overview{Frame: f, Overview: o})
}
