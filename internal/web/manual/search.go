package manual

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Hit is a place that has all the words somebody searched for.
type Hit struct {
	Path    string
	Title   string
	Heading string // empty above the first heading of a page
	Excerpt []Piece
}

// Piece is a part of an excerpt.
type Piece struct {
	Text string
	Mark bool // it is one of the words
}

// enough is how many hits are shown.
const enough = 30

// Search returns the places in a language whose page, heading or text has every
// word of query: titles first.
func (m *Manual) Search(lang, query string) []Hit {
	wanted := terms(query)
	if len(wanted) == 0 {
		return nil
	}
	var titles, headings, texts []Hit
	for _, p := range m.Pages(lang) {
		for _, s := range p.Sections {
			h := Hit{Path: p.Path(), Title: p.Title, Heading: s.Heading, Excerpt: excerpt(s.Text, wanted)}
			if s.Anchor != "" {
				h.Path += "#" + s.Anchor
			}
			switch {
			case s.Anchor == "" && hasAll(p.Title, wanted):
				titles = append(titles, h)
			case hasAll(s.Heading, wanted):
				headings = append(headings, h)
			case hasAll(p.Title+" "+s.Heading+" "+s.Text, wanted) && hasAny(s.Heading+" "+s.Text, wanted):
				texts = append(texts, h)
			}
		}
	}
	all := slices.Concat(titles, headings, texts)
	return all[:min(len(all), enough)]
}

// terms returns the words of a query, small, each once.
func terms(query string) []string {
	const most = 8
	all := strings.FieldsFunc(strings.ToLower(query), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	slices.Sort(all)
	all = slices.Compact(all)
	return all[:min(len(all), most)]
}

func hasAll(text string, wanted []string) bool {
	text = strings.ToLower(text)
	return !slices.ContainsFunc(wanted, func(w string) bool { return !strings.Contains(text, w) })
}

func hasAny(text string, wanted []string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(wanted, func(w string) bool { return strings.Contains(text, w) })
}

// excerpt returns what stands around the first of the words, in pieces.
func excerpt(text string, wanted []string) []Piece {
	const before, length = 60, 220
	from := 0
	if at, _ := first(text, wanted); at > before {
		from = at - before
		for from < len(text) && text[from] != ' ' {
			from++
		}
	}
	till := min(from+length, len(text))
	for till < len(text) && !utf8.RuneStart(text[till]) {
		till++
	}
	pieces := mark(strings.TrimSpace(text[from:till]), wanted)
	if from > 0 {
		pieces = slices.Insert(pieces, 0, Piece{Text: "… "})
	}
	if till < len(text) {
		pieces = append(pieces, Piece{Text: " …"})
	}
	return pieces
}

// mark cuts text at the words.
func mark(text string, wanted []string) (pieces []Piece) {
	for text != "" {
		at, n := first(text, wanted)
		if n == 0 {
			return append(pieces, Piece{Text: text})
		}
		if at > 0 {
			pieces = append(pieces, Piece{Text: text[:at]})
		}
		pieces = append(pieces, Piece{Text: text[at : at+n], Mark: true})
		text = text[at+n:]
	}
	return pieces
}

// first returns where in text the first of the words is, and its length; zero if
// there is none. Where small letters take other room than capitals nothing is
// found: a mark at the wrong place is worse than none.
func first(text string, wanted []string) (at, length int) {
	small := strings.ToLower(text)
	if len(small) != len(text) {
		return 0, 0
	}
	at = -1
	for _, w := range wanted {
		if i := strings.Index(small, w); i >= 0 && (at < 0 || i < at || i == at && len(w) > length) {
			at, length = i, len(w)
		}
	}
	return max(at, 0), length
}
