package web

import (
	"net/http"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) noticeRoutes(m mount) {
	m.get("/notices", plaza.NoticeRead, s.notices)
	m.post("/notices/read", plaza.NoticeRead, s.noticesRead)
}

func (s *Web) notices(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionNotices)
	if err != nil {
		return err
	}
	list, err := s.app.Notices(r.Context(), actor, page(r))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.Notices{Frame: f, Listing: listing(r).Exported(plaza.ExportNotices), List: list})
}

func (s *Web) noticesRead(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.ReadNotices(r.Context(), actor); err != nil {
		return err
	}
	return s.see(w, r, "/notices", "")
}
