package web

import (
	"net/http"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/licensekey"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) searchRoutes(m mount) {
	m.get("/search", plaza.OverviewRead, s.search)
}

// searchFor returns what to look for when somebody typed text. A whole license
// key is known by its end only.
func searchFor(text string) string {
	text = strings.TrimSpace(text)
	if licensekey.Signed(text) && len(text) > len("key/x.x") {
		return licensekey.Hint(text)
	}
	if key, ok := licensekey.Normal(text); ok {
		return licensekey.Hint(key)
	}
	return text
}

func (s *Web) search(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionNone)
	if err != nil {
		return err
	}
	p := views.Search{Frame: f, Typed: strings.TrimSpace(r.FormValue("q")), Text: searchFor(r.FormValue("q"))}
	if p.Text != "" {
		if err := s.find(r, actor, &p); err != nil {
			return err
		}
	}
	return s.render(w, r, http.StatusOK, p)
}

// find fills in what there is with p's text in it.
func (s *Web) find(r *http.Request, actor plaza.Actor, p *views.Search) (err error) {
	ctx, few := r.Context(), plaza.Page{Size: 5}
	if actor.Kind.Administers() {
		if p.Profiles, err = s.app.Profiles(ctx, actor, plaza.ProfileFilter{Text: p.Text}, few); err != nil {
			return err
		}
	}
	if p.Licenses, err = s.app.Licenses(ctx, actor, plaza.LicenseFilter{Text: p.Text}, few); err != nil {
		return err
	}
	if p.Agents, err = s.app.Agents(ctx, actor, plaza.AgentFilter{Text: p.Text}, few); err != nil {
		return err
	}
	p.Logins, err = s.app.Logins(ctx, actor, plaza.LoginFilter{Text: p.Text}, few)
	return err
}
