package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/docs"
	"github.com/connectplaza/plaza/internal/about"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/web/manual"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) documentationRoutes(m mount) {
	pages, err := manual.Load(docs.Files)
	if err != nil { // TestManualIsWhole keeps it from happening
		s.log.Error("the documentation cannot be read", slog.Any("error", err))
		pages = &manual.Manual{}
	}
	l := library{s, pages}
	m.public(http.MethodGet, "/documentation", l.index)
	m.public(http.MethodGet, "/documentation/{page}", l.page)
	m.public(http.MethodGet, "/documentation/img/{file}", l.picture)
	m.public(http.MethodGet, "/about", s.about)
	m.public(http.MethodGet, "/about/licenses", s.aboutLicenses)
}

// library shows the built-in documentation.
type library struct {
	*Web

	pages *manual.Manual
}

// index draws the list of all pages, or where in them the words are that
// somebody searches for.
func (l library) index(w http.ResponseWriter, r *http.Request, _ plaza.Actor) error {
	f, err := l.open(w, r)
	if err != nil {
		return err
	}
	p := views.Documentation{Frame: f, Query: r.FormValue("q")}
	for _, page := range l.pages.Pages(f.Lang()) {
		p.Pages = append(p.Pages, views.DocumentationLink{Path: page.Path(), Title: page.Title, Lead: page.Lead})
	}
	for _, hit := range l.pages.Search(f.Lang(), p.Query) {
		found := views.DocumentationHit{Path: hit.Path, Title: hit.Title, Heading: hit.Heading}
		for _, piece := range hit.Excerpt {
			found.Excerpt = append(found.Excerpt, views.DocumentationPiece(piece))
		}
		p.Hits = append(p.Hits, found)
	}
	return l.render(w, r, http.StatusOK, p)
}

// page draws one page of the documentation.
func (l library) page(w http.ResponseWriter, r *http.Request, _ plaza.Actor) error {
	f, err := l.open(w, r)
	if err != nil {
		return err
	}
	page, before, after, ok := l.pages.Page(f.Lang(), r.PathValue("page"))
	if !ok {
		return plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	p := views.DocumentationPage{
		Frame: f, Title: page.Title, Body: drawn(page.HTML),
		Before: views.DocumentationLink{Path: before.Path(), Title: before.Title},
		After:  views.DocumentationLink{Path: after.Path(), Title: after.Title},
	}
	for _, other := range l.pages.Pages(f.Lang()) {
		p.Pages = append(p.Pages, views.DocumentationLink{Path: other.Path(), Title: other.Title, Here: other.Name == page.Name})
	}
	return l.render(w, r, http.StatusOK, p)
}

// drawn returns what package manual drew, out of Markdown of our own.
func drawn(html []byte) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := w.Write(html)
		return err
	})
}

func (l library) picture(w http.ResponseWriter, r *http.Request, _ plaza.Actor) error {
	body, err := l.pages.Picture(r.PathValue("file"))
	if err != nil {
		return &plaza.Error{Kind: plaza.NotFound, Msg: plaza.T("error.not_found"), Err: err}
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) //nolint:gosec // a picture of our own; fails only if nobody is there to be told
	return nil
}

// about says which Plaza this is and of what it is made.
func (s *Web) about(w http.ResponseWriter, r *http.Request, _ plaza.Actor) error {
	f, err := s.open(w, r)
	if err != nil {
		return err
	}
	parts, err := about.Parts()
	if err != nil {
		return err
	}
	p := views.About{Frame: f, Version: s.version}
	for _, part := range parts {
		p.Parts = append(p.Parts, views.AboutPart{Name: part.Name, Version: part.Version, License: part.License})
	}
	return s.render(w, r, http.StatusOK, p)
}

// aboutLicenses sends the licenses of all parts in full, as they ask for.
func (s *Web) aboutLicenses(w http.ResponseWriter, _ *http.Request, _ plaza.Actor) error {
	parts, err := about.Parts()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	for _, part := range parts {
		_, _ = io.WriteString(w, part.Name+" "+part.Version+" ("+part.License+")\n\n"+part.Text+"\n\n\n") // see picture
	}
	return nil
}

// open returns the frame of a page that anyone may read: the reader's own if
// somebody is signed in.
func (s *Web) open(w http.ResponseWriter, r *http.Request) (views.Frame, error) {
	v, err := s.identify(w, r)
	switch {
	case v.Ended != nil:
		return views.Frame{}, s.actingEnded(w, r, *v.Ended)
	case err == nil && v.Wants == app.WantsNothing:
		return s.frame(r, v.Actor, views.SectionNone)
	case err != nil && plaza.KindOf(err) != plaza.Unauthenticated:
		return views.Frame{}, err
	}
	f := s.bare(r, plaza.Actor{})
	f.Open = true
	return f, nil
}
