package web

import (
	"net/http"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) releaseRoutes(m mount) {
	m.get("/releases", plaza.ReleaseRead, s.releases)
	m.get("/releases/new", plaza.ReleaseCreate, s.releaseNew)
	m.post("/releases", plaza.ReleaseCreate, s.releaseCreate)
	m.post("/releases/key", plaza.PublisherKey, s.releaseKey)
	m.get("/releases/{id}", plaza.ReleaseRead, s.release)
	m.post("/releases/{id}/publish", plaza.ReleasePublish, s.releasePublish)
	m.get("/releases/{id}/yank", plaza.ReleaseYank, s.releaseYankForm)
	m.post("/releases/{id}/yank", plaza.ReleaseYank, s.releaseYank)
}

func (s *Web) releases(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.releasesPage(w, r, actor, http.StatusOK, views.Form{})
}

// releasesPage draws the catalogue, with the form for the publisher's key.
func (s *Web) releasesPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionReleases)
	if err != nil {
		return err
	}
	all, err := s.app.Releases(r.Context(), actor)
	if err != nil {
		return err
	}
	releasing, err := s.app.Releasing(r.Context(), actor)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.Releases{Frame: f, Listing: listing(r).Exported(plaza.ExportReleases), All: all, Releasing: releasing, Form: form})
}

func (s *Web) releaseKey(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.SetPublisherKey(r.Context(), actor, r.PostFormValue("key")); err != nil {
		return s.again(w, r, actor, err, s.releasesPage)
	}
	return s.see(w, r, "/releases", "release.trusted")
}

func (s *Web) releaseNew(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.releaseForm(w, r, actor, http.StatusOK, views.NewReleaseForm())
}

func (s *Web) releaseForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionReleases)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.ReleaseNew{Frame: f, Form: form})
}

func (s *Web) releaseCreate(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	made, err := s.app.CreateRelease(r.Context(), actor, plaza.NewRelease{
		Name: r.PostFormValue("name"), Description: r.PostFormValue("description"), Version: r.PostFormValue("version"),
		Channel: plaza.Channel(r.PostFormValue("channel")), Requires: r.PostFormValue("requires"), Modules: chosen(r, "modules", plaza.Modules()),
	})
	if err != nil {
		return s.again(w, r, actor, err, s.releaseForm)
	}
	return s.see(w, r, "/releases/"+made.ID, "release.created")
}

func (s *Web) release(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.releasePage(w, r, actor, http.StatusOK, views.Form{})
}

// releasePage draws a release, with the form to upload a build of it.
func (s *Web) releasePage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionReleases)
	if err != nil {
		return err
	}
	p := views.Release{Frame: f, Form: form}
	if p.Release, p.Artifacts, err = s.app.Release(r.Context(), actor, id(r)); err != nil {
		return err
	}
	if p.Releasing, err = s.app.Releasing(r.Context(), actor); err != nil {
		return err
	}
	if p.History, err = s.app.History(r.Context(), actor, p.Release.ID, plaza.Page{}); err != nil {
		return err
	}
	return s.render(w, r, status, p)
}

func (s *Web) releasePublish(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.PublishRelease(r.Context(), actor, id(r)); err != nil {
		return s.again(w, r, actor, err, s.releasePage)
	}
	return s.see(w, r, "/releases/"+id(r), "release.published")
}

func (s *Web) releaseYankForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.releaseYankPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) releaseYankPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionReleases)
	if err != nil {
		return err
	}
	release, _, err := s.app.Release(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.ReleaseYank{Frame: f, Release: release, Form: form})
}

func (s *Web) releaseYank(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.YankRelease(r.Context(), actor, id(r), r.PostFormValue("reason")); err != nil {
		return s.again(w, r, actor, err, s.releaseYankPage)
	}
	return s.see(w, r, "/releases/"+id(r), "release.yanked")
}
