package web

import (
	"net/http"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/sheet"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) requestRoutes(m mount) {
	m.get("/requests", plaza.RequestRead, s.requests)
	m.get("/requests/limits", plaza.RequestLimits, s.requestLimitsForm)
	m.post("/requests/limits", plaza.RequestLimits, s.requestLimits)
	m.get("/requests/{id}", plaza.RequestRead, s.request)
	m.post("/requests/{id}/comment", plaza.RequestComment, s.requestComment)
	m.post("/requests/{id}/approve", plaza.RequestApprove, s.requestApprove)
	m.get("/requests/{id}/decline", plaza.RequestDecline, s.requestDeclineForm)
	m.post("/requests/{id}/decline", plaza.RequestDecline, s.requestDecline)
	m.post("/requests/{id}/withdraw", plaza.RequestWithdraw, s.requestWithdraw)
}

func (s *Web) requests(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionRequests)
	if err != nil {
		return err
	}
	filter := sheet.RequestFilter(r.Form, actor)
	list, err := s.app.Requests(r.Context(), actor, filter, page(r))
	if err != nil {
		return err
	}
	p := views.Requests{Frame: f, Listing: listing(r).Exported(plaza.ExportRequests), Filter: filter, List: list}
	p.Keep = "state"
	if p.Profile, err = s.filtering(r, actor); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, p)
}

func (s *Web) request(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.requestPage(w, r, actor, http.StatusOK, views.Form{})
}

// requestPage draws a request, with why something could not be done about it.
func (s *Web) requestPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionRequests)
	if err != nil {
		return err
	}
	request, err := s.app.Request(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	outlook, err := s.app.RequestOutlook(r.Context(), actor, request.ID)
	if err != nil {
		return err
	}
	history, err := s.app.History(r.Context(), actor, request.ID, plaza.Page{})
	if err != nil {
		return err
	}
	comments, err := s.app.Comments(r.Context(), actor, request.ID)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.Request{
		Frame: f, Request: request, Outlook: outlook, Form: form, Comments: comments, History: history, Fresh: r.FormValue("new") != "",
	})
}

func (s *Web) requestApprove(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if _, err := s.app.ApproveRequest(r.Context(), actor, id(r), version(r)); err != nil {
		return s.again(w, r, actor, err, s.requestPage)
	}
	return s.see(w, r, "/requests/"+id(r)+"?new=1", "")
}

func (s *Web) requestComment(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.CommentOnRequest(r.Context(), actor, id(r), r.PostFormValue("comment")); err != nil {
		return s.again(w, r, actor, err, s.requestPage)
	}
	return s.see(w, r, "/requests/"+id(r)+"#comments", "request.commented")
}

func (s *Web) requestLimitsForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.requestLimitsPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) requestLimitsPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionRequests)
	if err != nil {
		return err
	}
	limits, err := s.app.ApprovalLimits(r.Context(), actor)
	if err != nil {
		return err
	}
	if form.Values == nil {
		form.Values = f.PriceValues(limits)
	}
	return s.render(w, r, status, views.RequestLimits{Frame: f, Form: form})
}

func (s *Web) requestLimits(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.SetApprovalLimits(r.Context(), actor, prices(r)); err != nil {
		return s.again(w, r, actor, err, s.requestLimitsPage)
	}
	return s.see(w, r, "/requests", "request.limits_saved")
}

func (s *Web) requestDeclineForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.requestDeclinePage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) requestDeclinePage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionRequests)
	if err != nil {
		return err
	}
	request, err := s.app.Request(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.RequestDecline{Frame: f, Request: request, Form: form})
}

func (s *Web) requestDecline(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	err := s.app.DeclineRequest(r.Context(), actor, id(r), r.PostFormValue("reason"), version(r))
	if err != nil {
		return s.again(w, r, actor, err, s.requestDeclinePage)
	}
	return s.see(w, r, "/requests/"+id(r), "request.declined")
}

func (s *Web) requestWithdraw(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.WithdrawRequest(r.Context(), actor, id(r), version(r)); err != nil {
		return s.again(w, r, actor, err, s.requestPage)
	}
	return s.see(w, r, "/requests/"+id(r), "request.withdrawn")
}
