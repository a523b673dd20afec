package agentapi

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// branch is a segment of the paths that there are.
type branch struct {
	words map[string]*branch
	any   *branch // what is no word is the name of something
	ends  map[string]*route
}

// grow returns the routes as a tree.
func grow(all []route) *branch {
	root := &branch{}
	for i := range all {
		at := root
		for segment := range strings.SplitSeq(all[i].pattern, "/") {
			at = at.child(segment)
		}
		if at.ends == nil {
			at.ends = map[string]*route{}
		}
		at.ends[all[i].method] = &all[i]
	}
	return root
}

func (b *branch) child(segment string) *branch {
	if strings.HasPrefix(segment, "{") {
		if b.any == nil {
			b.any = &branch{}
		}
		return b.any
	}
	if b.words == nil {
		b.words = map[string]*branch{}
	}
	if b.words[segment] == nil {
		b.words[segment] = &branch{}
	}
	return b.words[segment]
}

// find finds the route. The path is split before it is unescaped: what a client
// escaped belongs to the name of a thing. Nothing is cleaned and nobody is sent
// elsewhere, as an answer is signed for the path that was asked for.
func (e *exchange) find() error {
	path, query, _ := strings.Cut(e.target, "?")
	e.query = query
	rest, ours := strings.CutPrefix(path, base)
	if !ours {
		return notFound()
	}
	if named, ok := strings.CutPrefix(rest, "accounts/"); ok {
		account, below, _ := strings.Cut(named, "/")
		account, err := unescape(account)
		if err != nil {
			return err
		}
		if account != e.wire.Account && account != e.wire.Slug || account == "" {
			return notFound()
		}
		rest = below
	}
	e.path = rest
	return e.walk(rest)
}

func (e *exchange) walk(rest string) error {
	at, named := e.api.tree, 0
	for more := true; more; {
		var segment string
		segment, rest, more = strings.Cut(rest, "/")
		segment, err := unescape(segment)
		if err != nil {
			return err
		}
		switch word := at.words[segment]; {
		case word != nil:
			at = word
		case at.any == nil || segment == "":
			return notFound()
		default:
			at, e.params[named] = at.any, segment
			named++
		}
	}
	r := at.ends[e.r.Method]
	if r == nil {
		return notFound()
	}
	e.route = r
	return nil
}

// unescape returns what a segment of a path says.
func unescape(segment string) (string, error) {
	if strings.IndexByte(segment, '%') >= 0 {
		plain, err := url.PathUnescape(segment)
		if err != nil {
			return "", notFound()
		}
		segment = plain
	}
	if !clean(segment) {
		return "", badEncoding()
	}
	return segment, nil
}

// clean reports whether s is a text as this door takes it.
func clean(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }
