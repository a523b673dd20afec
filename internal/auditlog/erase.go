package auditlog

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/connectplaza/plaza"
)

// Positions is the field of a change that says of which events what may tell
// something of a person was erased.
const Positions = "positions"

// Expiry returns the position before which events may be gone, if r is an event
// that says so; 0 otherwise.
func Expiry(r plaza.AuditRecord) int64 {
	if r.Verb != string(plaza.AuditExpire) || r.Result != string(plaza.Done) {
		return 0
	}
	till, err := strconv.ParseInt(r.Object, 10, 64)
	if err != nil {
		return 0
	}
	return max(till, 0)
}

// forgetting returns the positions of events that may have been erased, if r is
// an event that says so.
func forgetting(r plaza.AuditRecord) spans {
	if r.Verb != string(plaza.AuditForget) || r.Result != string(plaza.Done) {
		return nil
	}
	var changes []plaza.Change
	if err := json.Unmarshal([]byte(r.Changes), &changes); err != nil {
		return nil
	}
	for _, c := range changes {
		if c.Field == Positions {
			return parseSpans(c.New)
		}
	}
	return nil
}

// Spell returns positions, which are sorted, as an event says them: "3-5,9".
func Spell(positions []int64) string {
	var all spans
	for _, p := range positions {
		all = all.with(p)
	}
	words := make([]string, len(all))
	for i, s := range all {
		words[i] = strconv.FormatInt(s.first, 10)
		if s.last > s.first {
			words[i] += "-" + strconv.FormatInt(s.last, 10)
		}
	}
	return strings.Join(words, ",")
}

// spans are positions, as pieces without a gap.
type spans []span

type span struct{ first, last int64 }

func parseSpans(text string) (all spans) {
	for word := range strings.SplitSeq(text, ",") {
		first, last, more := strings.Cut(word, "-")
		if !more {
			last = first
		}
		a, err := strconv.ParseInt(first, 10, 64)
		if err != nil {
			return nil
		}
		b, err := strconv.ParseInt(last, 10, 64)
		if err != nil || b < a {
			return nil
		}
		all = append(all, span{a, b})
	}
	return all
}

// with returns s with p, which is beyond all that is in it.
func (s spans) with(p int64) spans {
	if n := len(s); n > 0 && s[n-1].last+1 == p {
		s[n-1].last = p
		return s
	}
	return append(s, span{p, p})
}

// has reports whether p is in s.
func (s spans) has(p int64) bool {
	return slices.ContainsFunc(s, func(x span) bool { return x.first <= p && p <= x.last })
}

// from returns the first position in s, which is sorted, that is not before p.
func (s spans) from(p int64) (int64, bool) {
	for _, x := range s {
		if x.last >= p {
			return max(x.first, p), true
		}
	}
	return 0, false
}

// before returns those pieces of s that lie wholly before p: an event speaks of
// earlier ones only.
func (s spans) before(p int64) spans {
	return slices.DeleteFunc(s, func(x span) bool { return x.last >= p })
}
