package web

import (
	"net/http"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) referenceRoutes(m mount) {
	m.get("/documentation/reference", plaza.ProfileRead, s.reference)
}

// referencePolicy is what the page of the reference may do: what every page may, but for
// styles, which what draws it puts into the page itself. Scripts, and whatever is fetched
// or sent, are our own there, too.
const referencePolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// reference draws the reference of the API, from which whoever reads it may try it by their
// session.
func (s *Web) reference(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	w.Header().Set("Content-Security-Policy", referencePolicy)
	return s.render(w, r, http.StatusOK, views.Reference{Frame: s.bare(r, actor)})
}
