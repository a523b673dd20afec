// Package web is the HTML door: the dashboard.
//
// A handler reads the form, calls app, and draws a page or redirects. It never
// touches permissions, and it returns its error: one place turns that into a
// page. Every form works without JavaScript.
package web

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/clock"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/sheet"
	"github.com/connectplaza/plaza/internal/web/views"
)

// Config is what the dashboard needs.
type Config struct {
	App       *app.App
	Gate      *app.Gate
	Log       *slog.Logger
	Texts     *i18n.Catalogue
	Now       clock.Func
	Zone      *time.Location   // of persons who chose none; nil: UTC
	PublicURL string           // where people reach the dashboard
	Demo      bool             // show what was mailed, and how to sign in
	Version   string           // of Plaza
	SignIns   views.SignInHint // that a demo shows whoever comes
	Ends      <-chan struct{}  // closed when answers that go on have to end; may be nil
	Pace      time.Duration    // between two looks for news of an answer that goes on; zero: 1 s
}

// Web serves the dashboard.
type Web struct {
	app    *app.App
	gate   *app.Gate
	log    *slog.Logger
	texts  *i18n.Catalogue
	now    clock.Func
	zone   *time.Location
	url    string // where people reach the dashboard; without a slash at the end
	secure bool   // people come by https
	demo   bool

	version string
	signIns views.SignInHint
	ends    <-chan struct{}
	pace    time.Duration
	allowed func(*http.Request) []string // methods by which an address can be reached

	audience audience
	sheets   *sheet.Maker
}

// Mount mounts the dashboard on mux.
func Mount(mux *door.Mux, c Config) {
	s := newWeb(c)
	s.allowed = mux.Allowed
	sameOrigin := http.NewCrossOriginProtection()
	sameOrigin.SetDenyHandler(s.handle(door.Route{Public: true}, s.foreign))
	s.routes(func(rt door.Route, h handler) { mux.Handle(rt, sameOrigin.Handler(s.handle(rt, h))) })
	s.static(mux)
}

// Failed draws the page for a request that the dashboard could not answer, as
// when a handler panicked: what was wrong is in the log already.
func Failed(c Config) http.Handler {
	s := newWeb(c)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e := plaza.AsError(nil) // nothing is said but that something was
		s.errorPage(w, r, plaza.Actor{}, door.Status(e.Kind), e)
	})
}

func newWeb(c Config) *Web {
	return &Web{
		app: c.App, gate: c.Gate, log: c.Log, texts: c.Texts, now: c.Now, zone: c.Zone, url: strings.TrimSuffix(c.PublicURL, "/"),
		secure: strings.HasPrefix(c.PublicURL, "https://"), demo: c.Demo, version: c.Version, signIns: c.SignIns, ends: c.Ends, pace: cmp.Or(c.Pace, time.Second),
		sheets: sheet.New(c.App, c.Texts, c.Now),
	}
}

// handler answers a request or returns an error. On a public route it gets the
// zero Actor.
type handler func(http.ResponseWriter, *http.Request, plaza.Actor) error

// handle adapts h, turning the error it returns into a page.
func (s *Web) handle(rt door.Route, h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if rt.Lasts {
			r = r.WithContext(door.Lasting(r.Context()))
		}
		actor, err := s.admit(w, r, rt)
		if err == nil {
			err = h(w, r, actor)
		}
		if plaza.KindOf(err) == plaza.Unproved && err != nil {
			err = s.proofPage(w, r, actor, door.Status(plaza.Unproved), views.Form{})
		}
		if err != nil && !errors.Is(err, errAnswered) {
			s.fail(w, r, actor, err)
		}
	}
}

// wanted is where somebody does what is wanted of them before they are let in.
//
//nolint:gochecknoglobals // a constant table
var wanted = map[app.Want]string{app.WantsFactor: "/sign-in/code", app.WantsEnrol: "/sign-in/factor", app.WantsProfile: "/profiles"}

// errAnswered says that the request has its answer already.
var errAnswered = errors.New("answered")

// headerActing tells a program between us and the browser that this was drawn for
// somebody acting: in which acting session.
const headerActing = "X-Plaza-Acting"

// admit returns who comes in by rt, with what they sent read and found decent. What
// is large is only read of those who may bring it.
func (s *Web) admit(w http.ResponseWriter, r *http.Request, rt door.Route) (actor plaza.Actor, err error) {
	uploads := rt.Large > 0 && r.Method == http.MethodPost
	if uploads {
		r.Form, r.PostForm = url.Values{}, url.Values{} // so that nobody's asking for a field reads it
	} else if err := readForm(r); err != nil {
		return actor, err
	}
	if rt.Public {
		return actor, nil
	}
	if err := s.proven(w, r); err != nil {
		return actor, err
	}
	v, err := s.identify(w, r)
	switch {
	case plaza.KindOf(err) == plaza.Unauthenticated && r.Method == http.MethodGet && err != nil:
		http.Redirect(w, r, "/sign-in?"+nextQuery(r), http.StatusSeeOther)
		return actor, errAnswered
	case err != nil:
		return actor, err
	case v.Wants != app.WantsNothing:
		http.Redirect(w, r, wanted[v.Wants]+"?"+chooseQuery(r), http.StatusSeeOther) //nolint:gosec // to a page of ours, whatever the query
		return actor, errAnswered
	case v.Ended != nil:
		return actor, s.actingEnded(w, r, *v.Ended)
	}
	if v.Actor.Acting() {
		w.Header().Set(headerActing, v.Actor.Via.ID)
	}
	if uploads {
		if err := s.permit(r, rt, v.Actor); err != nil {
			return v.Actor, err
		}
		if err := readUpload(r); err != nil {
			return v.Actor, err
		}
		return v.Actor, inContext(r, v.Actor)
	}
	if err := inContext(r, v.Actor); err != nil {
		return v.Actor, err
	}
	return v.Actor, s.permit(r, rt, v.Actor)
}

// inContext returns nil unless r is a form from a page that was drawn for somebody
// else than actor is now.
func inContext(r *http.Request, actor plaza.Actor) error {
	if r.Method == http.MethodPost && r.PostFormValue("context") != views.Context(actor) {
		return plaza.Errorf(plaza.Conflict, "error.other_context")
	}
	return nil
}

// permit returns nil if actor may do what rt is for, or what it is for to those
// who may not do that.
func (s *Web) permit(r *http.Request, rt door.Route, actor plaza.Actor) error {
	if rt.Else != "" && actor.Can(rt.Else) {
		return nil
	}
	return s.app.Admit(r.Context(), actor, rt.Verb, rt.Object, id(r))
}

// identify returns who holds the session that r brings. If an acting session in
// it has ended, the browser gets the session's new token.
func (s *Web) identify(w http.ResponseWriter, r *http.Request) (app.Visit, error) {
	v, err := s.gate.Identify(r.Context(), s.token(r), origin(r))
	if err == nil && v.Ended != nil && v.Ended.Token != "" {
		s.setToken(w, v.Ended.Token)
	}
	return v, err
}

// fail draws err as a page. Internal errors are logged, and the person learns
// only that something broke.
func (s *Web) fail(w http.ResponseWriter, r *http.Request, actor plaza.Actor, err error) {
	e := plaza.AsError(err)
	status := door.Status(e.Kind)
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		status, e = http.StatusRequestEntityTooLarge, plaza.Errorf(plaza.Invalid, "error.too_large_for", "Kilobytes", int(tooLarge.Limit>>10))
	}
	switch {
	case r.Context().Err() != nil:
		return // nobody is there to be told
	case e.Kind == plaza.Internal:
		// The route, not the address: that may hold what opens something.
		s.log.ErrorContext(r.Context(), "request failed", slog.String("route", r.Pattern),
			slog.String("request", r.Header.Get(door.HeaderRequest)), slog.Any("error", err))
	case e.Kind == plaza.Unavailable:
		s.log.WarnContext(r.Context(), "not available", slog.String("route", r.Pattern),
			slog.String("request", r.Header.Get(door.HeaderRequest)), slog.Any("error", err))
	}
	waits(w, e)
	if errors.Is(err, errMethod) {
		status = http.StatusMethodNotAllowed
	}
	s.errorPage(w, r, actor, status, e)
}

// errorPage draws e. It needs nothing that might be away.
func (s *Web) errorPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, e *plaza.Error) {
	page := views.Error{
		Frame: s.bare(r, actor), Status: status, Kind: e.Kind, Msg: e.Msg, Fields: e.Fields,
		Back: cameFrom(r), Again: repeatable(r), Request: r.Header.Get(door.HeaderRequest),
	}
	if err := s.render(w, r, status, page); err != nil {
		s.log.ErrorContext(r.Context(), "render error page", slog.Any("error", err))
	}
}

// repeatable returns the address of a page to try once more; empty for a form.
func repeatable(r *http.Request) string {
	if r.Method != http.MethodGet {
		return ""
	}
	return r.URL.RequestURI()
}

func (s *Web) foreign(http.ResponseWriter, *http.Request, plaza.Actor) error {
	return plaza.Errorf(plaza.Forbidden, "error.foreign_site")
}

// errMethod says that an address cannot be reached by the request's method.
var errMethod = plaza.Errorf(plaza.NotFound, "error.method")

// nowhere answers for every address that nothing is mounted at, or nothing that
// takes the request's method.
func (s *Web) nowhere(w http.ResponseWriter, r *http.Request, _ plaza.Actor) error {
	methods := s.allowed(r)
	if len(methods) == 0 {
		return plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	if slices.Contains(methods, http.MethodGet) {
		methods = append(methods, http.MethodHead)
	}
	w.Header().Set("Allow", strings.Join(methods, ", "))
	return errMethod
}

// render draws p completely before writing any of it.
func (s *Web) render(w http.ResponseWriter, r *http.Request, status int, p views.Page) error {
	var b bytes.Buffer
	if err := p.Page().Render(r.Context(), &b); err != nil {
		return fmt.Errorf("render %T: %w", p, err)
	}
	s.clearFlash(w, r)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // fails only if nobody is there to be told
	return nil
}

// printer returns who speaks the language of whoever is asking: the person's
// choice, else the browser's.
func (s *Web) printer(r *http.Request, actor plaza.Actor) *i18n.Printer {
	lang := actor.Language
	if lang == "" {
		lang = s.texts.Match(r.Header.Get("Accept-Language"))
	}
	zone := s.zone
	if actor.TimeZone != "" {
		if z, err := time.LoadLocation(actor.TimeZone); err == nil {
			zone = z
		}
	}
	return s.texts.Printer(lang, zone)
}

// bare returns the frame of a page that shows nothing but itself: for somebody
// who is not signed in, or when something broke.
func (s *Web) bare(r *http.Request, actor plaza.Actor) views.Frame {
	return views.Frame{
		Printer: s.printer(r, actor), Actor: actor, Now: s.now(), Path: r.URL.Path, Theme: cookie(r, "theme"), Menu: cookie(r, "menu"),
		Flash: s.flash(r), Demo: s.demo, Sheet: r.Header.Get("X-Plaza-Sheet") == "true",
	}
}

// frame returns the frame of a page in a section of the menu.
func (s *Web) frame(r *http.Request, actor plaza.Actor, section views.Section) (views.Frame, error) {
	f := s.bare(r, actor)
	f.Section, f.Framed = section, true
	var err error
	f.Counts, err = s.app.Frame(r.Context(), actor)
	return f, err
}
