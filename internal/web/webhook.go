package web

import (
	"net/http"
	"net/url"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/sheet"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) webhookRoutes(m mount) {
	m.get("/webhooks", plaza.WebhookRead, s.webhooks)
	m.get("/webhooks/new", plaza.WebhookCreate, s.webhookNew)
	m.post("/webhooks", plaza.WebhookCreate, s.webhookCreate)
	m.get("/webhooks/{id}", plaza.WebhookRead, s.webhook)
	m.get("/webhooks/{id}/edit", plaza.WebhookEdits, s.webhookEditForm)
	m.post("/webhooks/{id}/edit", plaza.WebhookEdits, s.webhookEdit)
	m.post("/webhooks/{id}/pause", plaza.WebhookPause, s.webhookPause)
	m.post("/webhooks/{id}/resume", plaza.WebhookResume, s.webhookResume)
	m.get("/webhooks/{id}/rotate", plaza.WebhookRotate, s.webhookRotateForm)
	m.post("/webhooks/{id}/rotate", plaza.WebhookRotate, s.webhookRotate)
	m.get("/webhooks/{id}/remove", plaza.WebhookRemove, s.webhookRemoveForm)
	m.post("/webhooks/{id}/remove", plaza.WebhookRemove, s.webhookRemove)
	m.post("/webhooks/{id}/test", plaza.WebhookTest, s.webhookTest)
}

func (s *Web) webhooks(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionWebhooks)
	if err != nil {
		return err
	}
	all, err := s.app.Webhooks(r.Context(), actor)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.Webhooks{Frame: f, All: all})
}

func (s *Web) webhookNew(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.webhookForm(w, r, actor, http.StatusOK, views.Form{Values: url.Values{"all": {"yes"}}})
}

func (s *Web) webhookForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionWebhooks)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.WebhookNew{Frame: f, Form: form})
}

// webhookIn returns what a form says of a webhook.
func webhookIn(r *http.Request) plaza.WebhookEdit {
	in := plaza.WebhookEdit{Name: r.PostFormValue("name"), URL: r.PostFormValue("url"), All: r.PostFormValue("all") != "", Version: version(r)}
	for _, k := range r.PostForm["kinds"] {
		in.Kinds = append(in.Kinds, plaza.EventKind(k))
	}
	return in
}

// webhookCreate answers with the secret: it is shown in this one answer, and in no
// address to which a redirect could lead.
func (s *Web) webhookCreate(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	made, secret, err := s.app.CreateWebhook(r.Context(), actor, webhookIn(r))
	if err != nil {
		return s.again(w, r, actor, err, s.webhookForm)
	}
	return s.webhookSecret(w, r, actor, made, secret)
}

func (s *Web) webhookSecret(w http.ResponseWriter, r *http.Request, actor plaza.Actor, of plaza.Webhook, secret string) error {
	f, err := s.frame(r, actor, views.SectionWebhooks)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.WebhookSecret{Frame: f, Webhook: of, Secret: secret})
}

func (s *Web) webhook(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionWebhooks)
	if err != nil {
		return err
	}
	p := views.Webhook{Frame: f, Listing: listing(r).Exported(plaza.ExportDeliveries, "webhook", id(r))}
	if p.Webhook, err = s.app.Webhook(r.Context(), actor, id(r)); err != nil {
		return err
	}
	p.Filter = sheet.DeliveryFilter(r.Form)
	if p.Deliveries, err = s.app.Deliveries(r.Context(), actor, p.Webhook.ID, p.Filter, page(r)); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, p)
}

func (s *Web) webhookEditForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.webhookEditPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) webhookEditPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionWebhooks)
	if err != nil {
		return err
	}
	of, err := s.app.Webhook(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	if form.Values == nil {
		form.Values = views.WebhookValues(of)
	}
	return s.render(w, r, status, views.WebhookEdit{Frame: f, Webhook: of, Form: form})
}

func (s *Web) webhookEdit(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.EditWebhook(r.Context(), actor, id(r), webhookIn(r)); err != nil {
		return s.revise(w, r, actor, err, s.webhookEditPage)
	}
	return s.see(w, r, "/webhooks/"+id(r), "webhook.saved")
}

func (s *Web) webhookPause(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.PauseWebhook(r.Context(), actor, id(r), version(r)); err != nil {
		return err
	}
	return s.see(w, r, "/webhooks/"+id(r), "webhook.is_paused_now")
}

func (s *Web) webhookResume(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.ResumeWebhook(r.Context(), actor, id(r), version(r)); err != nil {
		return err
	}
	return s.see(w, r, "/webhooks/"+id(r), "webhook.resumed")
}

func (s *Web) webhookRotateForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.webhookRotatePage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) webhookRotatePage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionWebhooks)
	if err != nil {
		return err
	}
	of, err := s.app.Webhook(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.WebhookRotate{Frame: f, Webhook: of, Form: form})
}

func (s *Web) webhookRotate(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	of, secret, err := s.app.RotateWebhook(r.Context(), actor, id(r), version(r))
	if err != nil {
		return s.revise(w, r, actor, err, s.webhookRotatePage)
	}
	return s.webhookSecret(w, r, actor, of, secret)
}

func (s *Web) webhookRemoveForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.webhookRemovePage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) webhookRemovePage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionWebhooks)
	if err != nil {
		return err
	}
	of, err := s.app.Webhook(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.WebhookRemove{Frame: f, Webhook: of, Form: form})
}

func (s *Web) webhookRemove(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.RemoveWebhook(r.Context(), actor, id(r), version(r)); err != nil {
		return s.revise(w, r, actor, err, s.webhookRemovePage)
	}
	return s.see(w, r, "/webhooks", "webhook.removed")
}

func (s *Web) webhookTest(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	d, err := s.app.TestWebhook(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.see(w, r, "/deliveries/"+d.ID, "webhook.tested")
}
