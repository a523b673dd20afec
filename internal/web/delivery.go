package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) deliveryRoutes(m mount) {
	m.get("/webhooks/{id}/redeliver", plaza.DeliveryRedeliver, s.redeliverForm)
	m.post("/webhooks/{id}/redeliver", plaza.DeliveryRedeliver, s.redeliverSome)
	m.get("/deliveries/{id}", plaza.DeliveryRead, s.delivery)
	m.post("/deliveries/{id}/redeliver", plaza.DeliveryRedeliver, s.redeliver)
}

func (s *Web) delivery(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionWebhooks)
	if err != nil {
		return err
	}
	d, tries, err := s.app.Delivery(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.Delivery{Frame: f, Delivery: d, Tries: tries})
}

func (s *Web) redeliver(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.Redeliver(r.Context(), actor, id(r)); err != nil {
		return err
	}
	return s.see(w, r, "/deliveries/"+id(r), "delivery.again_soon")
}

func (s *Web) redeliverForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	zone, now := s.printer(r, actor).Zone(), s.now()
	values := url.Values{"from": {now.Add(-24 * time.Hour).In(zone).Format(views.Minute)}, "till": {now.Add(time.Minute).In(zone).Format(views.Minute)}, "failed": {"yes"}}
	return s.redeliverPage(w, r, actor, http.StatusOK, views.Form{Values: values})
}

func (s *Web) redeliverPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionWebhooks)
	if err != nil {
		return err
	}
	of, err := s.app.Webhook(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.Redeliver{Frame: f, Webhook: of, Form: form})
}

func (s *Web) redeliverSome(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	zone := s.printer(r, actor).Zone()
	in := plaza.Redelivery{From: minute(r, "from", zone), Till: minute(r, "till", zone), Failed: r.PostFormValue("failed") != ""}
	if _, err := s.app.RedeliverSome(r.Context(), actor, id(r), in); err != nil {
		return s.again(w, r, actor, err, s.redeliverPage)
	}
	return s.see(w, r, "/webhooks/"+id(r), "delivery.again_soon")
}

// minute returns the time in a form, in zone; zero if there is none or it cannot be read.
func minute(r *http.Request, field string, zone *time.Location) time.Time {
	t, err := time.ParseInLocation(views.Minute, strings.TrimSpace(r.PostFormValue(field)), zone)
	if err != nil {
		return time.Time{}
	}
	return t
}
