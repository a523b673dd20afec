package web

import (
	"net/http"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) auditRoutes(m mount) {
	m.get("/audit", plaza.AuditRead, s.auditLog)
}

func (s *Web) auditLog(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionAudit)
	if err != nil {
		return err
	}
	filter := plaza.AuditFilter{
		Profile: r.FormValue("profile"), Object: r.FormValue("object"), Login: r.FormValue("login"), Acting: r.FormValue("acting"),
		Verbs: chosen(r, "verb", plaza.Verbs()), Results: chosen(r, "result", []plaza.Result{plaza.Done, plaza.Refused}),
		From: day(r, "from", f.Zone()), Till: day(r, "till", f.Zone()),
	}
	p := views.Audit{Frame: f, Listing: listing(r), Till: filter.Till}
	if !filter.Till.IsZero() {
		filter.Till = filter.Till.AddDate(0, 0, 1) // the whole of that day
	}
	p.Filter = filter
	if p.List, err = s.app.AuditEvents(r.Context(), actor, filter, page(r)); err != nil {
		return err
	}
	if p.Profile, err = s.filtering(r, actor); err != nil {
		return err
	}
	if filter.Login != "" {
		if p.Login, err = s.app.Login(r.Context(), actor, filter.Login); err != nil {
			return err
		}
	}
	return s.render(w, r, http.StatusOK, p)
}
