package web

import (
	"net/http"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) auditRoutes(m mount) {
	m.get("/audit", plaza.AuditRead, s.auditLog)
	m.get("/audit/export", plaza.AuditExport, s.auditExport)
}

// auditFilter returns what the address filters the log by. The day till which is
// one that is in it.
func auditFilter(r *http.Request, zone *time.Location) plaza.AuditFilter {
	f := plaza.AuditFilter{
		Profile: r.FormValue("profile"), Object: r.FormValue("object"), Login: r.FormValue("login"), Acting: r.FormValue("acting"),
		Verbs: chosen(r, "verb", plaza.Verbs()), Results: chosen(r, "result", []plaza.Result{plaza.Done, plaza.Refused}),
		From: day(r, "from", zone), Till: day(r, "till", zone),
	}
	if !f.Till.IsZero() {
		f.Till = f.Till.AddDate(0, 0, 1)
	}
	return f
}

func (s *Web) auditLog(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionAudit)
	if err != nil {
		return err
	}
	filter := auditFilter(r, f.Zone())
	p := views.Audit{Frame: f, Listing: listing(r), Till: day(r, "till", f.Zone()), Filter: filter}
	if p.Sealing, err = s.app.AuditSealing(r.Context(), actor); err != nil {
		return err
	}
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
