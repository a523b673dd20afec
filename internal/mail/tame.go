package mail

import (
	"fmt"
	"maps"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/bidi"

	"github.com/connectplaza/plaza"
)

// Unicode's marks around a piece of text whose direction is its own affair.
const (
	isolate    = '\u2068'
	popIsolate = '\u2069'
)

// tame returns t with everything in its gaps made harmless by how.
func tame(t plaza.Text, how func(string) string) plaza.Text {
	args := maps.Clone(t.Args)
	for name, v := range args {
		args[name] = tameValue(v, how)
	}
	return plaza.Text{Key: t.Key, Args: args}
}

func tameValue(v any, how func(string) string) any {
	switch v := v.(type) {
	case nil, time.Time, time.Duration, plaza.Month,
		int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float64:
		return v
	case plaza.Text:
		return tame(v, how)
	case []string:
		items := make([]string, len(v))
		for i, s := range v {
			items[i] = how(s)
		}
		return items
	}
	return how(fmt.Sprint(v))
}

// clean returns s as it may stand within a sentence: stripped, and isolated if
// it is written from right to left, so that it does not turn the words after it.
// Other text is not isolated: the marks would be copied along with a key or a
// host name.
func clean(s string) string {
	s = strip(s)
	if strings.ContainsFunc(s, rightToLeft) {
		return string(isolate) + s + string(popIsolate)
	}
	return s
}

// strip returns s as one line, without what would change how the text around it
// is read: line breaks, other control characters, and marks of direction.
func strip(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}

func rightToLeft(r rune) bool {
	p, _ := bidi.LookupRune(r)
	return p.Class() == bidi.R || p.Class() == bidi.AL
}
