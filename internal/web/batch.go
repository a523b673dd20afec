package web

import (
	"cmp"
	"net/http"
	"strconv"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) batchRoutes(m mount) {
	m.get("/licenses/bulk", plaza.BatchStart, s.bulkForm)
	m.post("/licenses/bulk", plaza.BatchStart, s.bulkStart)
	m.get("/plans/{id}/apply", plaza.BatchStart, s.editionForm)
	m.post("/plans/{id}/apply", plaza.BatchStart, s.editionApply)
	m.get("/batches", plaza.BatchRead, s.batches)
	m.get("/batches/{id}", plaza.BatchRead, s.batch)
}

func (s *Web) bulkForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.bulkPage(w, r, actor, http.StatusOK, views.Form{})
}

// bulkPage draws what would become of the licenses that were chosen.
func (s *Web) bulkPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionLicenses)
	if err != nil {
		return err
	}
	if len(bulk(r).Licenses) == 0 {
		return s.see(w, r, "/licenses", "license.none_chosen")
	}
	would, err := s.app.BulkOutlook(r.Context(), actor, bulk(r))
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.Bulk{Frame: f, Would: would, Form: form})
}

func (s *Web) bulkStart(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	b, err := s.app.ChangeLicenses(r.Context(), actor, bulk(r))
	if err != nil {
		return s.again(w, r, actor, err, s.bulkPage)
	}
	return s.see(w, r, "/batches/"+b.ID, "batch.started")
}

// bulk returns what a list of licenses, or the form after it, asks to do to which of them.
func bulk(r *http.Request) plaza.Bulk {
	form := r.URL.Query()
	if r.Method == http.MethodPost {
		form = r.PostForm
	}
	kind := cmp.Or(form.Get("kind"), string(plaza.BatchRenew))
	again, _ := strconv.Atoi(form.Get("count")) // what is no number is not how many they are
	return plaza.Bulk{Kind: plaza.BatchKind(kind), Licenses: form["license"], Reason: form.Get("reason"), Again: again}
}

// many returns how many things the form asks for; one, if the actor may only make one at
// a time.
func many(r *http.Request, actor plaza.Actor) int {
	if !actor.Can(plaza.BatchStart) || r.PostFormValue("count") == "" {
		return 1
	}
	return whole(r, "count")
}

func (s *Web) editionForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.editionPage(w, r, actor, http.StatusOK, views.Form{})
}

// editionPage draws what putting the licenses of a plan under its newest edition would do.
func (s *Web) editionPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionPlans)
	if err != nil {
		return err
	}
	p, older, err := s.app.EditionChange(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.Edition{Frame: f, Plan: p, Older: older, Form: form})
}

func (s *Web) editionApply(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	b, err := s.app.ApplyEdition(r.Context(), actor, id(r), r.PostFormValue("reason"))
	if err != nil {
		return s.again(w, r, actor, err, s.editionPage)
	}
	return s.see(w, r, "/batches/"+b.ID, "batch.started")
}

func (s *Web) batches(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionLicenses)
	if err != nil {
		return err
	}
	list, err := s.app.Batches(r.Context(), actor, page(r))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.Batches{Frame: f, Listing: listing(r).Exported(plaza.ExportBatches), List: list})
}

func (s *Web) batch(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionLicenses)
	if err != nil {
		return err
	}
	b, failed, err := s.app.Batch(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	done, err := s.app.BatchDone(r.Context(), actor, b.ID)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.Batch{Frame: f, Batch: b, Failed: failed, Done: done})
}
