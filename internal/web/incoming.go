package web

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/door"
)

// readUpload reads the fields of a form that ends with a file: what is left of r's
// body is then the file. Whoever sends no file is found to have an empty one.
func readUpload(r *http.Request) error {
	r.Form, r.PostForm = nil, nil
	parts, err := r.MultipartReader()
	if err != nil {
		r.Body = http.MaxBytesReader(nil, r.Body, maxFields)
		err = readForm(r)
		r.Body = http.NoBody
		return err
	}
	unreadable := plaza.Errorf(plaza.Invalid, "error.unreadable")
	if r.Form, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return unreadable
	}
	r.PostForm = url.Values{}
	for left, count := int64(maxFields), 0; ; count++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			r.Body = http.NoBody
			return decent(r.Form)
		}
		if err != nil {
			return unreadable
		}
		if part.FileName() != "" {
			r.Body = part
			return decent(r.Form)
		}
		if left -= int64(len(part.FormName())); left < 0 || count == mostFields {
			return unreadable
		}
		value, err := io.ReadAll(io.LimitReader(part, left+1))
		if left -= int64(len(value)); err != nil || left < 0 {
			return unreadable
		}
		r.PostForm.Add(part.FormName(), string(value))
		r.Form.Add(part.FormName(), string(value))
	}
}

// What the fields before a file may be.
const (
	maxFields  = 64 << 10 // bytes, with their names
	mostFields = 50
)

// readForm reads what was sent and refuses what no browser sends from a page of
// ours: text that is no text. It has to be read before anything is decided, so
// that a body over the limit is told as such.
func readForm(r *http.Request) error {
	if err := parseForm(r); err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return err
		}
		return &plaza.Error{Kind: plaza.Invalid, Msg: plaza.T("error.unreadable"), Err: err}
	}
	return decent(r.Form)
}

// decent refuses text that is no text.
func decent(form url.Values) error {
	for name, values := range form {
		for _, v := range append(values, name) {
			if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
				return plaza.Errorf(plaza.Invalid, "error.unreadable")
			}
		}
	}
	return nil
}

// parseForm reads a form, with the files in it if there are any: a body is limited,
// so that all of it is kept in memory.
func parseForm(r *http.Request) error {
	const most = 1 << 20
	if err := r.ParseForm(); err != nil || r.Method != http.MethodPost {
		return err
	}
	if err := r.ParseMultipartForm(most); !errors.Is(err, http.ErrNotMultipart) { //nolint:gosec // the server limits every body
		return err
	}
	return nil
}

// origin returns where r came from.
func origin(r *http.Request) plaza.Origin {
	o := plaza.Origin{
		Address:   r.Header.Get(door.HeaderAddress),
		UserAgent: strings.ToValidUTF8(r.UserAgent(), "?"),
		Request:   r.Header.Get(door.HeaderRequest),
		ByItself:  r.Header.Get("X-Plaza-Background") != "" || streams(r), // nobody can give a stream another header
	}
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

// uuid is what an ID looks like.
var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// id returns the ID in the path, or nothing, which no thing has, if that is none.
func id(r *http.Request) string {
	if s := r.PathValue("id"); uuid.MatchString(s) {
		return s
	}
	return ""
}

// local returns path if that is an address of our own, else "/".
func local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(path, "/") ||
		strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return "/"
	}
	return path
}

// nextQuery returns the query that brings somebody back to r after signing in.
func nextQuery(r *http.Request) string {
	return url.Values{"next": {r.URL.RequestURI()}}.Encode()
}

// chooseQuery returns the query that brings somebody back to r after choosing a
// profile; to the overview, if r cannot be asked for again.
func chooseQuery(r *http.Request) string {
	if r.Method != http.MethodGet {
		return ""
	}
	return nextQuery(r)
}

// cameFrom returns the page of our own that led to r; empty if there is none, or
// if it is r's own address.
func cameFrom(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host || r.Host == "" {
		return ""
	}
	path := u.RequestURI()
	if local(path) != path || r.Method == http.MethodGet && path == r.URL.RequestURI() {
		return ""
	}
	return path
}

// see sends the browser to a page of our own after a form was accepted, which
// then says the flash message with the given key. A path that comes from outside
// has been through local.
func (s *Web) see(w http.ResponseWriter, r *http.Request, path, flash string) error {
	if flash != "" {
		s.setFlash(w, flash)
	}
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}
