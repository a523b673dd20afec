package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) exportRoutes(m mount) {
	m.get("/exports", plaza.ExportRead, s.exports)
	m.post("/exports", plaza.ExportCreate, s.exportCreate)
	m.get("/exports/{id}", plaza.ExportRead, s.export)
	m(door.Route{Method: http.MethodGet, Pattern: "/exports/{id}/file", Verb: plaza.ExportDownload, Object: "export", Large: plaza.MaxArtifact}, s.exportFile)
	m.post("/exports/{id}/cancel", plaza.ExportCancel, s.exportCancel)
}

func (s *Web) exports(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionExports)
	if err != nil {
		return err
	}
	all, err := s.app.Exports(r.Context(), actor)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.Exports{Frame: f, All: all})
}

// exportCreate answers with a short list at once, and has a long one made meanwhile.
func (s *Web) exportCreate(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	p := s.printer(r, actor)
	in := plaza.NewExport{
		List: plaza.ExportList(r.PostFormValue("list")), Query: r.PostFormValue("query"), Form: plaza.ExportForm(r.PostFormValue("form")),
		Language: p.Lang(), TimeZone: p.Zone().String(),
	}
	_ = http.NewResponseController(w).SetWriteDeadline(s.now().Add(exportFor)) // the usual time is enough for most
	e, file, err := s.sheets.Make(r.Context(), actor, in)
	if err != nil {
		return err
	}
	if file == nil {
		return s.see(w, r, "/exports/"+e.ID, "")
	}
	s.fileHead(w, e)
	_, _ = file.WriteTo(w) // fails only if nobody is there to be told
	return nil
}

// fileHead writes what a browser has to know of a file. Its name is made of what Plaza
// calls things, and of nothing that somebody typed.
func (s *Web) fileHead(w http.ResponseWriter, e plaza.Export) {
	w.Header().Set("Content-Type", e.Form.Type())
	w.Header().Set("Content-Disposition", `attachment; filename="`+e.FileName()+`"`)
	w.Header().Set("Content-Length", strconv.Itoa(e.Size))
}

func (s *Web) export(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionExports)
	if err != nil {
		return err
	}
	e, err := s.app.Export(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.Export{Frame: f, Export: e})
}

// exportFile sends a file. No page of another site may have it loaded: neither embedded
// nor by a link, of which nobody knows who wrote it.
func (s *Web) exportFile(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if site := r.Header.Get("Sec-Fetch-Site"); site == "cross-site" || site == "same-site" {
		return plaza.Errorf(plaza.Forbidden, "error.foreign_site")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), exportFor) // who hangs up is noticed when writing
	defer cancel()
	begun := false
	err := s.app.DownloadExport(ctx, actor, id(r), func(e plaza.Export) io.Writer {
		begun = true
		s.fileHead(w, e)
		return w
	})
	if err != nil && begun { // a part must not pass for the whole
		s.log.WarnContext(ctx, "an export broke off", slog.String("request", r.Header.Get(door.HeaderRequest)), slog.Any("error", err))
		panic(http.ErrAbortHandler)
	}
	return err
}

func (s *Web) exportCancel(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.CancelExport(r.Context(), actor, id(r)); err != nil {
		return err
	}
	return s.see(w, r, "/exports", "export.gone")
}
