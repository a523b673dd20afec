package agentapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/connectplaza/plaza"
)

// readBody reads the document that came with the request, if one did. Others are
// worked on until it is there: a line may be slow.
func (e *exchange) readBody(ctx context.Context) error {
	if e.r.ContentLength == 0 || e.r.Method == http.MethodGet || e.r.Method == http.MethodDelete {
		return nil
	}
	if e.r.ContentLength > e.api.MaxBody {
		return e.tooLarge()
	}
	e.leave()
	buffer := bytes.NewBuffer(e.body[:0])
	_, err := buffer.ReadFrom(io.LimitReader(e.r.Body, e.api.MaxBody+1))
	e.body = buffer.Bytes()
	tooLarge := &http.MaxBytesError{}
	switch {
	case errors.As(err, &tooLarge) || int64(len(e.body)) > e.api.MaxBody:
		return e.tooLarge()
	case err != nil:
		return bad("BAD_REQUEST", "the body did not arrive in full")
	}
	if err := e.enter(ctx); err != nil {
		return err
	}
	switch {
	case len(e.body) == 0:
		return nil
	case !mediaKnown(e.r.Header.Get("Content-Type")):
		return badHeader(http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "Content-Type", "the body must be "+mediaAPI+" or "+mediaJSON)
	}
	if e.said, err = parse(e.body); err != nil {
		return err
	}
	if e.said.kind != object {
		return bad("BAD_REQUEST", "the body is not a JSON:API document")
	}
	e.spoken = true
	return nil
}

func (e *exchange) tooLarge() error {
	return &fault{
		status: http.StatusRequestEntityTooLarge, code: "PAYLOAD_TOO_LARGE",
		detail: "the body has more than " + strconv.FormatInt(e.api.MaxBody, 10) + " bytes",
	}
}

// reader reads the members of an object. It remembers the first that is not as it
// must be; what comes after it is of no use.
type reader struct {
	of  *node
	at  string // pointer
	err *error
}

// document returns a reader of the document that came with the request.
func (e *exchange) document(err *error) reader { return reader{&e.said, "", err} }

func (r reader) fail(name, want string) { r.refuse(badMember(r.at+"/"+name, want)) }

func (r reader) refuse(f *fault) {
	if *r.err == nil {
		*r.err = f
	}
}

// object returns a reader of the object with a name: of an empty one, if there is
// none.
func (r reader) object(name string) reader { return r.inside(r.of.member(name), r.at+"/"+name) }

// inside is object for what stands at a place and has no name.
func (r reader) inside(n *node, at string) reader {
	if n.kind != object && n.kind != absent && n.kind != null {
		r.refuse(badMember(at, "an object"))
		n = &node{}
	}
	return reader{n, at, r.err}
}

// needObject is object for what must be there.
func (r reader) needObject(name string) reader {
	if r.of.member(name).kind == absent || r.of.member(name).kind == null {
		r.fail(name, "an object")
	}
	return r.object(name)
}

// optional returns the text with a name, nil if there is none. Null is no text.
func (r reader) optional(name string) *string {
	switch n := r.of.member(name); n.kind {
	case absent:
		return nil
	case null:
		return new(string)
	case text:
		return &n.text
	default:
		r.fail(name, "a text")
		return nil
	}
}

// text returns the text with a name; empty if there is none.
func (r reader) text(name string) string {
	if s := r.optional(name); s != nil {
		return *s
	}
	return ""
}

// need returns the text with a name, which must be there and not be empty.
func (r reader) need(name string) string {
	s := r.text(name)
	if s == "" {
		r.fail(name, "a text that is not empty")
	}
	return s
}

// given returns the text with a name. Null is there, and is empty.
func (r reader) given(name string) plaza.Given[string] {
	if s := r.optional(name); s != nil {
		return plaza.Give(*s)
	}
	return plaza.Given[string]{}
}

// list returns the texts with a name. Nulls among them are nothing, null instead of
// them is an empty list.
func (r reader) list(name string) plaza.Given[[]string] {
	n := r.of.member(name)
	switch n.kind {
	case absent:
		return plaza.Given[[]string]{}
	case null, array:
	default:
		r.fail(name, "a list of texts")
	}
	var all []string
	for i, item := range n.items {
		switch item.kind {
		case text:
			all = append(all, item.text)
		case null:
		default:
			r.fail(name+"/"+strconv.Itoa(i), "a text")
		}
	}
	return plaza.Give(all)
}

// integer returns the integer with a name, up to most in size.
func (r reader) integer(name string, most int64) plaza.Given[int64] {
	n := r.of.member(name)
	if n.kind == absent || n.kind == null {
		return plaza.Given[int64]{}
	}
	v, err := strconv.ParseInt(n.raw, 10, 64)
	if n.kind != number || err != nil || v > most || v < -most {
		r.fail(name, "an integer up to "+strconv.FormatInt(most, 10))
	}
	return plaza.Give(v)
}

// kind refuses a document that is of another type, in singular or plural.
func (r reader) kind(singular, plural string) {
	if t := r.need("type"); t != singular && t != plural {
		r.fail("type", plural)
	}
}

// data returns the resource that the document is about.
func (r reader) data(singular, plural string) reader {
	d := r.needObject("data")
	d.kind(singular, plural)
	return d
}

// related returns the ID in a relationship that must be there.
func (r reader) related(name, singular, plural string) string {
	d := r.object("relationships").object(name).object("data")
	if d.of.member("type").kind != absent {
		d.kind(singular, plural)
	}
	return d.need("id")
}

// The limits of metadata (agent API 10.3).
const (
	metadataKeys  = 64
	metadataBytes = 16 << 10
	metadataDepth = 4
)

// metadata returns the object metadata as it was sent; empty if there is none.
func (r reader) metadata() string {
	n := r.object("metadata")
	if len(n.of.members) > metadataKeys || len(n.of.raw) > metadataBytes || depth(n.of) > metadataDepth {
		r.refuse(unprocessable("METADATA_INVALID", n.at, "metadata has at most 64 keys, 16 KiB and a depth of 4"))
	}
	if n.of.kind != object {
		return ""
	}
	return n.of.raw
}

// depth returns how deep n is nested.
func depth(n *node) int {
	deepest := 0
	for i := range n.items {
		deepest = max(deepest, depth(&n.items[i]))
	}
	for i := range n.members {
		deepest = max(deepest, depth(&n.members[i].value))
	}
	if n.kind == object || n.kind == array {
		deepest++
	}
	return deepest
}
