package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/connectplaza/plaza"
)

func (s *Web) themeRoutes(m mount) {
	m.public(http.MethodPost, "/theme", s.theme)
}

const themeKept = 365 * 24 * time.Hour

// theme keeps how the browser is to draw pages. It is the browser's choice
// rather than the person's: a desk and a phone differ.
func (s *Web) theme(w http.ResponseWriter, r *http.Request, _ plaza.Actor) error {
	if theme := r.PostFormValue("theme"); slices.Contains([]string{"light", "dark", "auto"}, theme) {
		http.SetCookie(w, &http.Cookie{ //nolint:gosec // the script reads and writes it too; Secure where there is https
			Name: "theme", Value: theme, Path: "/", MaxAge: int(themeKept / time.Second),
			Secure: s.secure, SameSite: http.SameSiteLaxMode,
		})
	}
	return s.see(w, r, local(r.PostFormValue("next")), "")
}
