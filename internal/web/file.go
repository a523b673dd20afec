package web

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) fileRoutes(m mount) {
	m.get("/agents/{id}/file", plaza.FileCheckOut, s.fileForm)
	m.post("/agents/{id}/file", plaza.FileCheckOut, s.fileMake)
	m.get("/agents/{id}/offline", plaza.FileCheckOut, s.offlineForm)
	m.post("/agents/{id}/offline", plaza.FileCheckOut, s.offlineActivate)
}

// What sending a file to be kept may take: longer than a page on a slow line.
const (
	attachFor     = time.Minute // however small it is
	attachSlowest = 4 << 10     // bytes in a second, at least
)

// attach sends a file to be kept.
func (s *Web) attach(w http.ResponseWriter, f plaza.File, kind string) error {
	takes := attachFor + time.Duration(len(f.Data))*time.Second/attachSlowest
	_ = http.NewResponseController(w).SetWriteDeadline(s.now().Add(takes))
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+f.Name+`"`)
	h.Set("Content-Length", strconv.Itoa(len(f.Data)))
	_, _ = w.Write(f.Data) // fails only if nobody is there to be told
	return nil
}

const certificate = "application/octet-stream"

func (s *Web) fileForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.filePage(w, r, actor, http.StatusOK, views.Form{Values: url.Values{
		"days": {strconv.Itoa(plaza.FileDays)}, "encrypted": {"yes"}, "entitlements": {"yes"},
	}})
}

func (s *Web) filePage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, agent, err := s.agentFrame(r, actor)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.FileNew{Frame: f, Agent: agent, Form: form})
}

// agentFrame returns the ConnectAgent in the path, and the frame of a page about it.
func (s *Web) agentFrame(r *http.Request, actor plaza.Actor) (f views.Frame, agent plaza.ConnectAgent, err error) {
	if f, err = s.frame(r, actor, views.SectionAgents); err == nil {
		agent, err = s.app.Agent(r.Context(), actor, id(r))
	}
	return f, agent, err
}

func (s *Web) fileMake(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	in := plaza.NewFile{
		Encrypted: r.PostFormValue("encrypted") != "", Days: whole(r, "days"), Entitlements: r.PostFormValue("entitlements") != "",
	}
	f, err := s.app.CheckOutLicense(r.Context(), actor, id(r), in)
	if err != nil {
		return s.again(w, r, actor, err, s.filePage)
	}
	return s.attach(w, f, certificate)
}

func (s *Web) offlineForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.offlinePage(w, r, actor, http.StatusOK, views.Form{Values: url.Values{"days": {strconv.Itoa(plaza.FileDays)}}})
}

func (s *Web) offlinePage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, agent, err := s.agentFrame(r, actor)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.FileOffline{Frame: f, Agent: agent, Form: form})
}

func (s *Web) offlineActivate(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	request, err := uploaded(r, "file", plaza.MaxOfflineRequest)
	if err != nil {
		return err
	}
	if request == "" {
		request = r.PostFormValue("request")
	}
	f, err := s.app.ActivateOffline(r.Context(), actor, id(r), plaza.NewOffline{Request: request, Days: whole(r, "days")})
	if err != nil {
		return s.again(w, r, actor, err, s.offlinePage)
	}
	return s.attach(w, f, certificate)
}

// uploaded returns the text of a file in a form, up to one byte more than most;
// empty if there is none.
func uploaded(r *http.Request, field string, most int64) (string, error) {
	f, _, err := r.FormFile(field)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	return string(b), err
}
