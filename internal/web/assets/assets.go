// Package assets serves the files that a browser needs beside the pages: style
// sheet, scripts, icons. They are built from src into dist (make assets) and
// become part of the binary. Every file's name holds the hash of its content, so
// a browser may keep it for ever. The package knows nothing of pages.
package assets

import (
	"embed"
	"encoding/json"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// dist is what the build made, without dist/test: a folder's name holds no dot.
//
//go:embed dist/*.*
var dist embed.FS

// names tells a file's name in dist by its name in src.
var names = manifest() //nolint:gochecknoglobals // a constant table

func manifest() map[string]string {
	table := map[string]string{}
	text, err := dist.ReadFile("dist/manifest.json")
	if err != nil {
		return table
	}
	if err := json.Unmarshal(text, &table); err != nil {
		return map[string]string{}
	}
	return table
}

// Path returns the address of the file with the given name, as "app.css" or
// "icons.svg". A name that there is not gets an address that is not found.
func Path(name string) string {
	if hashed, ok := names[name]; ok {
		return "/assets/" + hashed
	}
	return "/assets/" + name
}

// file is a served file, in every form it can be sent in.
type file struct {
	contentType       string
	plain, gzip, brot []byte
}

// Handler serves the files below /assets/, compressed as the browser likes best,
// to be kept for a year. Anything else is not found.
func Handler() http.Handler {
	files := load()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		f, ok := files[strings.TrimPrefix(r.URL.Path, "/assets/")]
		if !ok {
			http.Error(w, http.StatusText(http.StatusNotFound), http.StatusNotFound)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		f.serve(w, r)
	})
}

// load reads the files once; a browser asks for them by their hashed names only.
func load() map[string]file {
	files := make(map[string]file, len(names))
	for _, name := range names {
		files[name] = file{
			contentType: contentType(name),
			plain:       read(name),
			gzip:        read(name + ".gz"),
			brot:        read(name + ".br"),
		}
	}
	return files
}

func read(name string) []byte {
	body, err := fs.ReadFile(dist, "dist/"+name)
	if err != nil {
		return nil // an encoding that was not built is not offered
	}
	return body
}

// contentType does not ask the machine for the types it knows: those differ.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	default:
		return "application/octet-stream"
	}
}

func (f file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	body := f.plain
	switch accepted := r.Header.Get("Accept-Encoding"); {
	case f.brot != nil && accepts(accepted, "br"):
		body = f.brot
		h.Set("Content-Encoding", "br")
	case f.gzip != nil && accepts(accepted, "gzip"):
		body = f.gzip
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // a browser that hangs up is no concern of ours
}

// accepts reports whether an Accept-Encoding header allows the coding.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, err := mime.ParseMediaType("x/" + strings.TrimSpace(part))
		if err != nil || name != "x/"+coding {
			continue
		}
		q, err := strconv.ParseFloat(params["q"], 64)
		return err != nil || q > 0 // without q it is welcome
	}
	return false
}
