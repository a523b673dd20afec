package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) planRoutes(m mount) {
	m.get("/plans", plaza.PlanRead, s.plans)
	m.get("/plans/new", plaza.PlanCreate, s.planNew)
	m.post("/plans", plaza.PlanCreate, s.planCreate)
	m.get("/plans/{id}", plaza.PlanRead, s.plan)
	m.get("/plans/{id}/edit", plaza.PlanEdit, s.planEditForm)
	m.post("/plans/{id}/edit", plaza.PlanEdit, s.planEdit)
	m.get("/plans/{id}/withdraw", plaza.PlanWithdraw, s.planWithdrawForm)
	m.post("/plans/{id}/withdraw", plaza.PlanWithdraw, s.planWithdraw)
	m.post("/plans/{id}/restore", plaza.PlanRestore, s.planRestore)
}

func (s *Web) plans(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionPlans)
	if err != nil {
		return err
	}
	all, err := s.app.Plans(r.Context(), actor)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.Plans{Frame: f, Listing: listing(r).Exported(plaza.ExportPlans), All: all})
}

func (s *Web) planNew(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.planForm(w, r, actor, http.StatusOK, views.NewPlanForm())
}

func (s *Web) planForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionPlans)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.PlanNew{Frame: f, Form: form})
}

func (s *Web) planCreate(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	made, err := s.app.CreatePlan(r.Context(), actor, newPlan(r, plaza.Plan{Terms: plaza.DefaultTerms()}))
	if err != nil {
		return s.again(w, r, actor, err, s.planForm)
	}
	return s.see(w, r, "/plans/"+made.ID, "plan.created")
}

// planPage returns the frame of a page about the plan in the path, that plan, and
// how many licenses are under it.
func (s *Web) planPage(r *http.Request, actor plaza.Actor) (f views.Frame, u views.PlanUse, err error) {
	if f, err = s.frame(r, actor, views.SectionPlans); err != nil {
		return f, u, err
	}
	p, use, err := s.app.Plan(r.Context(), actor, id(r))
	return f, views.PlanUse{Plan: p, Licenses: use.Licenses, Older: use.Older}, err
}

func (s *Web) plan(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, use, err := s.planPage(r, actor)
	if err != nil {
		return err
	}
	history, err := s.app.History(r.Context(), actor, use.Plan.ID, plaza.Page{})
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.Plan{Frame: f, PlanUse: use, History: history})
}

func (s *Web) planEditForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.planEditPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) planEditPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, use, err := s.planPage(r, actor)
	if err != nil {
		return err
	}
	if form.Values == nil {
		form.Values = f.PlanValues(use.Plan)
	}
	return s.render(w, r, status, views.PlanEdit{Frame: f, PlanUse: use, Form: form})
}

func (s *Web) planEdit(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	before, _, err := s.app.Plan(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	if err := s.app.EditPlan(r.Context(), actor, before.ID, newPlan(r, before), version(r)); err != nil {
		return s.revise(w, r, actor, err, s.planEditPage)
	}
	return s.see(w, r, "/plans/"+before.ID, "plan.saved")
}

func (s *Web) planWithdrawForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.planWithdrawPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) planWithdrawPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, use, err := s.planPage(r, actor)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.PlanWithdraw{Frame: f, PlanUse: use, Form: form})
}

func (s *Web) planWithdraw(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.WithdrawPlan(r.Context(), actor, id(r), version(r)); err != nil {
		return s.revise(w, r, actor, err, s.planWithdrawPage)
	}
	return s.see(w, r, "/plans/"+id(r), "plan.withdrawn")
}

func (s *Web) planRestore(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.RestorePlan(r.Context(), actor, id(r), version(r)); err != nil {
		return err
	}
	return s.see(w, r, "/plans/"+id(r), "plan.restored")
}

// newPlan returns the plan that a form asks for. What the form says nothing of stays
// as it is in before.
func newPlan(r *http.Request, before plaza.Plan) plaza.NewPlan {
	in := plaza.NewPlan{
		Kind: plaza.LicenseKind(r.PostFormValue("kind")), Name: r.PostFormValue("name"),
		TermMonths: numeral(r, "term_months"), GraceDays: numeral(r, "grace_days"), Trial: r.PostFormValue("trial") != "",
		Machines: numeral(r, "machines"), Terms: before.Terms, StartsActivated: r.PostFormValue("starts_activated") == "yes",
		Renews: r.PostFormValue("renews") != "", BillsSuspended: r.PostFormValue("bills_suspended") != "", Prices: prices(r),
	}
	in.Terms.Processes = numeral(r, "processes")
	if in.Machines != before.Machines {
		in.Terms.Floating = in.Machines > 1
	}
	in.Terms.Modules = []plaza.Module{} // in one order, so that the same ones are the same promise
	for _, m := range plaza.Modules() {
		if slices.Contains(r.PostForm["modules"], string(m)) {
			in.Terms.Modules = append(in.Terms.Modules, m)
		}
	}
	return in
}

// prices returns the amounts in a form, one for each currency that has one. What is
// no amount is one that nothing can cost.
func prices(r *http.Request) (all []plaza.Money) {
	for _, c := range plaza.Currencies() {
		text := strings.TrimSpace(r.PostFormValue(views.PriceField(c)))
		if text == "" {
			continue
		}
		minor, ok := plaza.ParseMinor(text)
		if !ok {
			minor = -1
		}
		all = append(all, plaza.Money{Currency: c, Minor: minor})
	}
	return all
}
