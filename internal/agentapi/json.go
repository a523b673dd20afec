package agentapi

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// kind is what a value in a document is.
type kind byte

const (
	absent kind = iota // there is none
	null
	boolean
	number
	text
	array
	object
)

// node is a value in a document that came in.
type node struct {
	kind    kind
	raw     string // as it was sent
	text    string // of kind text
	items   []node
	members []member
}

type member struct {
	name  string
	value node
}

// member returns the member with a name, the last if it is there twice.
func (n *node) member(name string) *node {
	for i := len(n.members) - 1; i >= 0; i-- {
		if n.members[i].name == name {
			return &n.members[i].value
		}
	}
	return &nothing
}

var nothing node //nolint:gochecknoglobals // a constant: what is not there

// How deep a document may be nested, and how many values it may have: of the
// shortest, a body would hold more than a hundred times its size in memory.
const (
	mostDepth  = 64
	mostValues = 10_000
)

// parse reads a document. It refuses what is no JSON, is nested too deeply, or
// holds text that is not valid.
func parse(body []byte) (node, error) {
	source := string(body)
	if !clean(source) {
		return node{}, badEncoding()
	}
	if !json.Valid(body) {
		return node{}, bad("BAD_REQUEST", "the body is not JSON")
	}
	p := parser{source: source}
	n := p.value(1)
	switch {
	case p.deep:
		return node{}, bad("BAD_REQUEST", "the body is nested too deeply")
	case p.values > mostValues:
		return node{}, bad("BAD_REQUEST", "the body has too many values")
	case p.broken:
		return node{}, badEncoding()
	}
	return n, nil
}

// parser reads JSON that is known to be right.
type parser struct {
	source string
	at     int
	values int
	deep   bool // it is nested too deeply
	broken bool // a text is not valid
}

func (p *parser) space() {
	for p.at < len(p.source) && strings.IndexByte(" \t\r\n", p.source[p.at]) >= 0 {
		p.at++
	}
}

// past moves behind the separator or the bracket that comes next, and returns it.
func (p *parser) past() byte {
	p.space()
	p.at++
	return p.source[p.at-1]
}

// over reports whether there is more than we would look at.
func (p *parser) over() bool { return p.deep || p.values > mostValues }

func (p *parser) value(depth int) (n node) {
	p.values++
	p.space()
	start := p.at
	switch p.source[p.at] {
	case '{':
		n = p.object(depth)
	case '[':
		n = p.array(depth)
	case '"':
		n.kind, n.text = text, p.text()
	default:
		n.kind = p.word()
	}
	n.raw = p.source[start:p.at]
	return n
}

func (p *parser) object(depth int) node {
	n := node{kind: object}
	for p.past(); !p.empty('}', depth); {
		p.space()
		name := p.text()
		p.past() // the colon
		n.members = append(n.members, member{name, p.value(depth + 1)})
		if p.over() || p.past() == '}' {
			return n
		}
	}
	return n
}

func (p *parser) array(depth int) node {
	n := node{kind: array}
	for p.past(); !p.empty(']', depth); {
		n.items = append(n.items, p.value(depth+1))
		if p.over() || p.past() == ']' {
			return n
		}
	}
	return n
}

// empty reports whether there is nothing up to the bracket, or nothing that we
// would look at.
func (p *parser) empty(bracket byte, depth int) bool {
	if depth > mostDepth {
		p.deep = true
		return true
	}
	if p.space(); p.source[p.at] == bracket {
		p.at++
		return true
	}
	return false
}

func (p *parser) word() kind {
	start := p.at
	for p.at < len(p.source) && strings.IndexByte(",]} \t\r\n", p.source[p.at]) < 0 {
		p.at++
	}
	switch p.source[start] {
	case 'n':
		return null
	case 't', 'f':
		return boolean
	}
	return number
}

// text reads a text, which costs nothing if nothing in it is escaped.
func (p *parser) text() string {
	p.at++
	start := p.at
	for p.source[p.at] != '"' {
		if p.source[p.at] == '\\' {
			return p.escaped(start)
		}
		p.at++
	}
	p.at++
	return p.source[start : p.at-1]
}

// escaped reads the text that begins at start, from its first escape on.
func (p *parser) escaped(start int) string {
	b := []byte(p.source[start:p.at])
	for {
		c := p.source[p.at]
		p.at++
		switch c {
		case '"':
			return string(b)
		case '\\':
			b = p.escape(b)
		default:
			b = append(b, c)
		}
	}
}

func (p *parser) escape(b []byte) []byte {
	c := p.source[p.at]
	p.at++
	switch c {
	case 'b':
		return append(b, '\b')
	case 'f':
		return append(b, '\f')
	case 'n':
		return append(b, '\n')
	case 'r':
		return append(b, '\r')
	case 't':
		return append(b, '\t')
	case 'u':
		return utf8.AppendRune(b, p.codePoint())
	}
	return append(b, c)
}

// codePoint reads what follows \u: half of a pair is no text.
func (p *parser) codePoint() rune {
	r := p.hex()
	if utf16.IsSurrogate(r) {
		if strings.HasPrefix(p.source[p.at:], `\u`) {
			p.at += len(`\u`)
			r = utf16.DecodeRune(r, p.hex())
		} else {
			r = utf8.RuneError
		}
		p.broken = p.broken || r == utf8.RuneError
	}
	p.broken = p.broken || r == 0
	return r
}

func (p *parser) hex() rune {
	const digits = 4
	v, _ := strconv.ParseUint(p.source[p.at:p.at+digits], 16, 32)
	p.at += digits
	return rune(v) //nolint:gosec // four digits
}
