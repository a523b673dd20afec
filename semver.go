package plaza

import (
	"cmp"
	"strconv"
	"strings"
)

// Version is a semantic version (semver.org, 2.0.0) in its parts.
type Version struct {
	Major, Minor, Patch int
	Pre                 string // what stands after the hyphen; empty: it is a release
	Build               string // what stands after the plus sign
}

// mostVersion is how long a version may be, and versionBits how large a number in
// it: the agents' wire has 32 bits with a sign.
const (
	mostVersion = 100
	versionBits = 31
)

// ParseVersion reads a semantic version; it is strict.
func ParseVersion(s string) (v Version, ok bool) {
	if len(s) > mostVersion {
		return v, false
	}
	rest, build, built := strings.Cut(s, "+")
	core, pre, early := strings.Cut(rest, "-")
	v.Pre, v.Build = pre, build
	if early && !identifiers(pre, true) || built && !identifiers(build, false) {
		return v, false
	}
	parts := strings.Split(core, ".")
	numbers := []*int{&v.Major, &v.Minor, &v.Patch}
	if len(parts) != len(numbers) {
		return v, false
	}
	for i, part := range parts {
		if *numbers[i], ok = versionNumber(part); !ok {
			return v, false
		}
	}
	return v, true
}

// versionNumber reads a number without zeros before it.
func versionNumber(s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, versionBits)
	return int(n), err == nil && strconv.FormatUint(n, 10) == s
}

// identifiers reports whether s is words between dots, of which, in a pre-release,
// none is a number with a zero before it.
func identifiers(s string, pre bool) bool {
	for word := range strings.SplitSeq(s, ".") {
		if word == "" || strings.Trim(word, versionLetters) != "" || pre && numeric(word) && len(word) > 1 && word[0] == '0' {
			return false
		}
	}
	return true
}

const (
	digits         = "0123456789"
	versionLetters = digits + "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-"
)

func numeric(word string) bool { return strings.Trim(word, digits) == "" }

// String returns v as it is written.
func (v Version) String() string {
	s := strconv.Itoa(v.Major) + "." + strconv.Itoa(v.Minor) + "." + strconv.Itoa(v.Patch)
	if v.Pre != "" {
		s += "-" + v.Pre
	}
	if v.Build != "" {
		s += "+" + v.Build
	}
	return s
}

// Word returns the first word of what stands after the hyphen.
func (v Version) Word() string {
	word, _, _ := strings.Cut(v.Pre, ".")
	return word
}

// Compare returns whether v comes before w (-1), after it (1), or neither. What
// stands after a plus sign does not matter.
func (v Version) Compare(w Version) int {
	if c := cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor), cmp.Compare(v.Patch, w.Patch)); c != 0 {
		return c
	}
	switch {
	case v.Pre == w.Pre:
		return 0
	case v.Pre == "":
		return 1
	case w.Pre == "":
		return -1
	}
	a, b := strings.Split(v.Pre, "."), strings.Split(w.Pre, ".")
	for i := range min(len(a), len(b)) {
		if c := compareWords(a[i], b[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

// compareWords compares words of a pre-release: numbers by their value, which may
// be of any length, and before all others.
func compareWords(a, b string) int {
	switch x, y := numeric(a), numeric(b); {
	case x && y:
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	case x:
		return -1
	case y:
		return 1
	}
	return cmp.Compare(a, b)
}
