package web

import (
	"net/http"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) offerRoutes(m mount) {
	m.get("/partners/{id}/plans", plaza.PlanOffer, s.partnerPlans)
	m.post("/partners/{id}/plans", plaza.PlanOffer, s.partnerPlansSave)
}

// offers returns which plans a profile has; nothing of that, if the actor has no
// say in it.
func (s *Web) offers(r *http.Request, actor plaza.Actor, profile string) (views.Offers, error) {
	if !actor.Can(plaza.PlanOffer) {
		return views.Offers{}, nil
	}
	o, err := s.app.Offers(r.Context(), actor, profile)
	return views.Offers{Chosen: o.Chosen, Plans: o.Plans, From: o.From}, err
}

func (s *Web) partnerPlans(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.partnerPlansPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) partnerPlansPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, head, err := s.partnerHead(r, actor, views.TabSettings)
	if err != nil {
		return err
	}
	offers, err := s.offers(r, actor, head.Profile.ID)
	if err != nil {
		return err
	}
	if form.Values == nil {
		form.Values = offers.Values()
	}
	return s.render(w, r, status, views.PartnerPlans{Frame: f, Head: head, Offers: offers, Form: form})
}

// partnerPlansSave takes a form that does not say which plans for one that says
// only those that it has: an offer is not widened by mistake.
func (s *Web) partnerPlansSave(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	some := r.PostFormValue("offer") != views.OfferAll
	if err := s.app.OfferPlans(r.Context(), actor, id(r), some, r.PostForm["plans"], version(r)); err != nil {
		return s.revise(w, r, actor, err, s.partnerPlansPage)
	}
	return s.see(w, r, "/partners/"+id(r)+"/settings", "plan.offered")
}
