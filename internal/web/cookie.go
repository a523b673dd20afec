package web

import (
	"net/http"
	"regexp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/door"
)

// cookie returns the value of a cookie; empty if there is none.
func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// session is the cookie of the session.
func (s *Web) session() door.SessionCookie { return door.SessionCookie{Secure: s.secure} }

// token returns the session's token that r brings.
func (s *Web) token(r *http.Request) string { return s.session().Token(r) }

// setToken gives the browser a session's token; an empty one takes it away.
func (s *Web) setToken(w http.ResponseWriter, token string) { s.session().Give(w, token) }

// browserCookie is that of a browser that is remembered.
func (s *Web) browserCookie() string {
	if s.secure {
		return "__Host-plaza-browser"
	}
	return "plaza-browser"
}

// browser returns the token of the browser that r comes from; empty if it is not
// remembered.
func (s *Web) browser(r *http.Request) string { return cookie(r, s.browserCookie()) }

// remember gives the browser a token by which it is known again.
func (s *Web) remember(w http.ResponseWriter, token string) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure where there is https
		Name: s.browserCookie(), Value: token, Path: "/", MaxAge: int(plaza.BrowserKept.Seconds()), HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	})
}

// carry has r bring another token of the session than the browser sent.
func (s *Web) carry(r *http.Request, token string) {
	all := r.Cookies()
	r.Header.Del("Cookie")
	for _, c := range all {
		if c.Name == s.session().Name() {
			c.Value = token
		}
		r.AddCookie(c)
	}
}

// forget has the browser drop what it kept of pages that somebody else's eyes
// are not for.
func forget(w http.ResponseWriter) { w.Header().Set("Clear-Site-Data", `"cache"`) }

const flashCookie = "flash"

// flashKey is what the key of a flash message looks like.
var flashKey = regexp.MustCompile(`^[a-z_]+\.[a-z_]+$`)

// setFlash has the next page say the message "flash." + key.
func (s *Web) setFlash(w http.ResponseWriter, key string) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure where there is https
		Name: flashCookie, Value: key, Path: "/", MaxAge: 60, HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	})
}

// flash returns the message that the page before left for this one.
func (s *Web) flash(r *http.Request) plaza.Text {
	if key := cookie(r, flashCookie); flashKey.MatchString(key) {
		return plaza.T("flash." + key)
	}
	return plaza.Text{}
}

// clearFlash takes away a message that has been said.
func (s *Web) clearFlash(w http.ResponseWriter, r *http.Request) {
	if cookie(r, flashCookie) != "" {
		http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure where there is https
			Name: flashCookie, Path: "/", MaxAge: -1, HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
		})
	}
}
