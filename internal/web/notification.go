package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/sheet"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) notificationRoutes(m mount) {
	m.post("/notifications/acknowledge", plaza.NotificationAcknowledge, s.notificationAcknowledge)
	m.post("/notifications/reopen", plaza.NotificationReopen, s.notificationReopen)
}

// notificationsShown is how many there are on a page: they stand below a wall.
const notificationsShown = 25

// notifications returns the part of the Monitor below the wall.
func (s *Web) notifications(r *http.Request, actor plaza.Actor, f views.Frame) (n views.Notifications, err error) {
	n = views.Notifications{Frame: f, Listing: listing(r).Exported(plaza.ExportNotifications), Filter: sheet.NotificationFilter(r.Form), Seen: r.FormValue("seen"), Newest: r.FormValue("newest")}
	n.Own = []string{"level", "agent", "seen"}
	n.Query.Del("done") // leads nowhere any more
	n.Query.Del("newest")
	if n.Filter.Agent != "" {
		if n.Agent, err = s.app.Agent(r.Context(), actor, n.Filter.Agent); err != nil {
			return n, err
		}
	}
	part := page(r)
	part.Size = notificationsShown
	if n.List, err = s.app.Notifications(r.Context(), actor, n.Filter, part); err != nil {
		return n, err
	}
	if done := micros(r.FormValue("done")); !done.IsZero() {
		by := plaza.NotificationFilter{By: actor.Home().Login, AckedAt: done}
		n.Done, err = s.app.Notifications(r.Context(), actor, by, plaza.Page{Size: plaza.MaxPageSize})
	}
	return n, err
}

// notificationAcknowledge leads back to the list, which offers to undo it.
func (s *Web) notificationAcknowledge(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	at, err := s.app.AcknowledgeNotifications(r.Context(), actor, r.PostForm["id"])
	if err != nil {
		return err
	}
	return s.see(w, r, backToList(r, strconv.FormatInt(at.UnixMicro(), 10)), "")
}

func (s *Web) notificationReopen(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.ReopenNotifications(r.Context(), actor, r.PostForm["id"]); err != nil {
		return err
	}
	return s.see(w, r, backToList(r, ""), "notification.reopened")
}

// backToList returns the address of the list that a form was on, with the time of
// what was just done if it can be undone.
func backToList(r *http.Request, done string) string {
	u, err := url.Parse(local(r.PostFormValue("next")))
	if err != nil || u.Path != "/monitor" {
		u = &url.URL{Path: "/monitor"}
	}
	q := u.Query()
	q.Del("done")
	if done != "" {
		q.Set("done", done)
	}
	u.RawQuery, u.Fragment = q.Encode(), "notifications"
	return u.String()
}
