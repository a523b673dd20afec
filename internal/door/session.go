package door

import "net/http"

// SessionCookie is how a browser keeps the token of a session: bound to this host where
// people come by https.
type SessionCookie struct {
	Secure bool // people come by https
}

// Name returns what the cookie is called.
func (c SessionCookie) Name() string {
	if c.Secure {
		return "__Host-plaza"
	}
	return "plaza-session"
}

// Token returns the session's token that r brings; empty if there is none.
func (c SessionCookie) Token(r *http.Request) string {
	kept, err := r.Cookie(c.Name())
	if err != nil {
		return ""
	}
	return kept.Value
}

// Give gives the browser a session's token; an empty one takes it away.
func (c SessionCookie) Give(w http.ResponseWriter, token string) {
	kept := &http.Cookie{ //nolint:gosec // Secure where there is https
		Name: c.Name(), Value: token, Path: "/", HttpOnly: true, Secure: c.Secure, SameSite: http.SameSiteLaxMode,
	}
	if token == "" {
		kept.MaxAge = -1
	}
	http.SetCookie(w, kept)
}
