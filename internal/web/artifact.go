package web

import (
	"io"
	"net/http"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/door"
)

func (s *Web) artifactRoutes(m mount) {
	m(door.Route{
		Method: http.MethodPost, Pattern: "/releases/{id}/artifacts", Verb: plaza.ReleaseUpload, Object: "release", Large: plaza.MaxArtifact,
	}, s.artifactUpload)
	m(door.Route{
		Method: http.MethodGet, Pattern: "/artifacts/{id}/{expiry}/{mac}/{filename}", Public: true, Large: plaza.MaxArtifact,
	}, s.artifactDownload)
}

// artifactUpload keeps the file that the body ends with.
func (s *Web) artifactUpload(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	platform, arch, _ := strings.Cut(r.PostFormValue("platform"), "/")
	in := plaza.NewArtifact{Platform: platform, Arch: arch, Signature: r.PostFormValue("signature")}
	_, err := s.app.UploadArtifact(r.Context(), actor, id(r), in, r.Body)
	if err != nil {
		_, _ = io.Copy(io.Discard, r.Body) // a browser listens only when it has said all
		return s.again(w, r, actor, err, s.releasePage)
	}
	return s.see(w, r, "/releases/"+id(r), "release.uploaded")
}

// artifactDownload answers who has the address of a file, which a ConnectAgent was
// given: a program, which can fetch a part, or go on where it was cut off.
func (s *Web) artifactDownload(w http.ResponseWriter, r *http.Request, _ plaza.Actor) error {
	one, content, err := s.gate.Download(r.Context(), id(r), r.PathValue("expiry"), r.PathValue("mac"))
	if err == nil && one.Filename != r.PathValue("filename") {
		err = plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	if err != nil {
		status := door.Status(plaza.KindOf(err))
		if status >= http.StatusInternalServerError {
			return err
		}
		http.Error(w, http.StatusText(status), status)
		return nil
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", `attachment; filename="`+one.Filename+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Etag", `"`+one.Checksum+`"`)
	http.ServeContent(w, r, "", one.Updated, content)
	return nil
}
