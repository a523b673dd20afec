package agentapi

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// pen writes JSON by hand: what leaves this door every few microseconds is worth
// it. Members are separated by themselves; the rest is up to whoever writes.
type pen struct{ b []byte }

// next separates what comes from what stands before it.
func (p *pen) next() {
	if n := len(p.b); n > 0 {
		switch p.b[n-1] {
		case '{', '[', ':':
		default:
			p.b = append(p.b, ',')
		}
	}
}

// open begins an object that is no member: an item, or the document itself.
func (p *pen) open() {
	p.next()
	p.b = append(p.b, '{')
}

func (p *pen) close()      { p.b = append(p.b, '}') }
func (p *pen) closeArray() { p.b = append(p.b, ']') }

// name begins a member; names are ours and need no escape.
func (p *pen) name(name string) {
	p.next()
	p.b = append(p.b, '"')
	p.b = append(p.b, name...)
	p.b = append(p.b, '"', ':')
}

func (p *pen) object(name string) {
	p.name(name)
	p.b = append(p.b, '{')
}

func (p *pen) array(name string) {
	p.name(name)
	p.b = append(p.b, '[')
}

// raw writes a member whose value is JSON already.
func (p *pen) raw(name, json string) {
	p.name(name)
	p.b = append(p.b, json...)
}

func (p *pen) null(name string) { p.raw(name, "null") }

func (p *pen) text(name, value string) {
	p.name(name)
	p.b = appendString(p.b, value)
}

// textOrNull writes what is not there as null.
func (p *pen) textOrNull(name, value string) {
	if value == "" {
		p.null(name)
		return
	}
	p.text(name, value)
}

func (p *pen) number(name string, value int64) {
	p.name(name)
	p.b = strconv.AppendInt(p.b, value, 10)
}

// numberOrNull writes 0 as null.
func (p *pen) numberOrNull(name string, value int64) {
	if value == 0 {
		p.null(name)
		return
	}
	p.number(name, value)
}

func (p *pen) flag(name string, value bool) {
	p.name(name)
	p.b = strconv.AppendBool(p.b, value)
}

// time writes a time, or null if it is none.
func (p *pen) time(name string, t time.Time) {
	if t.IsZero() {
		p.null(name)
		return
	}
	p.date(name, t)
}

// date writes a time that is never null.
func (p *pen) date(name string, t time.Time) {
	p.name(name)
	t = t.UTC()
	b := t.AppendFormat(append(p.b, '"'), time.RFC3339) // which is quicker than a format of our own
	ms := t.Nanosecond() / int(time.Millisecond)
	p.b = append(b[:len(b)-1], '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10), 'Z', '"') //nolint:gosec // digits
}

// metadata writes an object that was stored as it was sent.
func (p *pen) metadata(stored string) {
	if stored == "" {
		stored = "{}"
	}
	p.raw("metadata", stored)
}

// item writes a text that is no member.
func (p *pen) item(value string) {
	p.next()
	p.b = appendString(p.b, value)
}

// resource begins a resource object with its attributes.
func (p *pen) resource(kind, id string) {
	p.open()
	p.text("id", id)
	p.text("type", kind)
	p.object("attributes")
}

// relationships ends the attributes and begins the relationships.
func (p *pen) relationships() {
	p.close()
	p.object("relationships")
}

// endResource ends the relationships and the resource.
func (p *pen) endResource() { p.b = append(p.b, '}', '}') }

// one writes a relationship to one resource.
func (p *pen) one(name, kind, id string) {
	p.object(name)
	p.object("data")
	p.text("type", kind)
	p.text("id", id)
	p.b = append(p.b, '}', '}')
}

// none writes a relationship that is empty.
func (p *pen) none(name string) { p.raw(name, `{"data":null}`) }

// related writes a relationship that has to be asked for.
func (p *pen) related(name, path string) {
	p.object(name)
	p.object("links")
	p.text("related", path)
	p.b = append(p.b, '}', '}')
}

// data begins a document: a resource follows.
func (p *pen) data() {
	p.open()
	p.name("data")
}

// appendString appends s in JSON, as encoding/json does that leaves HTML alone.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		if c := s[i]; c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			if r, size = utf8.DecodeRuneInString(s[i:]); r != lineSeparator && r != paragraphSeparator && (r != utf8.RuneError || size > 1) {
				i += size
				continue
			}
		}
		b = append(b, s[start:i]...)
		b = appendEscaped(b, r)
		i += size
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

const (
	lineSeparator      = '\u2028'
	paragraphSeparator = '\u2029'
	hexDigits          = "0123456789abcdef"
)

func appendEscaped(b []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(b, '\\', byte(r))
	case '\b':
		return append(b, '\\', 'b')
	case '\f':
		return append(b, '\\', 'f')
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}
