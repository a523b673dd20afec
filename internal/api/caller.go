package api

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/door"
)

// What admit leaves in the context of a request for op and problem, as huma has no other
// way to hand it over. Nothing else may look there.
type (
	actorKey    struct{}
	languageKey struct{}
	requestKey  struct{}
)

// admit lets in by rt who brings a token that is for its verb, or a session, before anything
// of the body is read.
func (s *API) admit(rt door.Route, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), requestKey{}, r.Header.Get(door.HeaderRequest))       //nolint:forbidigo // see above
		ctx = context.WithValue(ctx, languageKey{}, s.texts.Match(r.Header.Get("Accept-Language"))) //nolint:forbidigo // see above
		r = r.WithContext(ctx)
		actor, err := s.identify(w, r)
		if err == nil {
			err = s.limits.take(w.Header(), actor, s.now())
		}
		if err == nil {
			err = decent(r)
		}
		if err == nil {
			err = s.app.Admit(ctx, actor, rt.Verb, rt.Object, pathID(r))
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.once(w, r, actor, rt, h)
	}
}

// identify returns who sent r, by the token that it brings. Without one it is whoever is
// signed in where a page of ours asks.
func (s *API) identify(w http.ResponseWriter, r *http.Request) (plaza.Actor, error) {
	if len(r.Header.Values("Authorization")) == 0 && s.cookie.Token(r) != "" {
		return s.session(w, r)
	}
	scheme, bearer, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return plaza.Actor{}, plaza.Errorf(plaza.Unauthenticated, "token.missing")
	}
	return s.gate.Bearer(r.Context(), strings.TrimSpace(bearer), origin(r))
}

// headerContext says for whom the page was drawn that asks, see [plaza.Actor.Context].
const headerContext = "Plaza-Context"

// session returns who is signed in where r comes from, if that is a page of ours: a browser
// sends the cookie along whoever had it ask, and says by Sec-Fetch-Site whose page that was.
func (s *API) session(w http.ResponseWriter, r *http.Request) (plaza.Actor, error) {
	if r.Header.Get("Sec-Fetch-Site") != "same-origin" {
		return plaza.Actor{}, plaza.Errorf(plaza.Unauthenticated, "api.other_site")
	}
	v, err := s.gate.Identify(r.Context(), s.cookie.Token(r), origin(r))
	switch {
	case err != nil:
		return plaza.Actor{}, err
	case v.Wants != app.WantsNothing:
		return plaza.Actor{}, plaza.Errorf(plaza.Unauthenticated, "api.no_profile")
	case v.Ended != nil:
		if v.Ended.Token != "" {
			s.cookie.Give(w, v.Ended.Token)
		}
		return plaza.Actor{}, plaza.Errorf(plaza.Conflict, "acting.ended")
	}
	if drawn := r.Header.Values(headerContext); len(drawn) > 0 && drawn[0] != v.Actor.Context() {
		return plaza.Actor{}, plaza.Errorf(plaza.Conflict, "error.other_context")
	}
	return v.Actor, nil
}

// origin returns where r came from.
func origin(r *http.Request) plaza.Origin {
	o := plaza.Origin{Address: r.Header.Get(door.HeaderAddress), UserAgent: strings.ToValidUTF8(r.UserAgent(), "?"), Request: r.Header.Get(door.HeaderRequest)}
	if o.Address == "" {
		o.Address, _, _ = net.SplitHostPort(r.RemoteAddr)
	}
	const enough = 200
	if len(o.UserAgent) > enough {
		o.UserAgent = strings.ToValidUTF8(o.UserAgent[:enough], "")
	}
	o.UserAgent = strings.ReplaceAll(o.UserAgent, "\x00", "?")
	return o
}

// decent refuses an address with text that is no text.
func decent(r *http.Request) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return &plaza.Error{Kind: plaza.Invalid, Msg: plaza.T("error.unreadable"), Err: err}
	}
	for name, values := range query {
		if len(values) > 1 {
			return plaza.Errorf(plaza.Invalid, "api.repeated", "Name", name)
		}
		for _, v := range append(values, name) {
			if !isText(v) {
				return plaza.Errorf(plaza.Invalid, "error.unreadable")
			}
		}
	}
	return nil
}

// isText reports whether s is text that can be kept.
func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// uuid is what an ID looks like.
var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// pathID returns the ID in the path of r, or nothing, which no thing has, if that is none.
func pathID(r *http.Request) string {
	if id := r.PathValue("id"); uuid.MatchString(id) {
		return id
	}
	return ""
}
