package plaza_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/connectplaza/plaza"
)

// TestVersionPrecedence holds the comparison to the lists of the specification
// (semver.org, 2.0.0, items 10 and 11).
func TestVersionPrecedence(t *testing.T) {
	t.Parallel()
	for _, list := range []string{
		"1.0.0 2.0.0 2.1.0 2.1.1",
		"1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0",
		"1.9.0 1.10.0 1.11.0",
		"1.0.0-1 1.0.0-99999999999999999999999 1.0.0-100000000000000000000000 1.0.0--- 1.0.0-A 1.0.0-a 1.0.0-a.0",
	} {
		all := strings.Fields(list)
		for i, a := range all {
			for j, b := range all {
				want := min(max(i-j, -1), 1)
				if got := version(t, a).Compare(version(t, b)); got != want {
					t.Errorf("%s against %s: got %d, want %d", a, b, got, want)
				}
			}
		}
	}
	for _, same := range [][2]string{{"1.0.0+a", "1.0.0+b"}, {"1.0.0-rc.1+a", "1.0.0-rc.1"}} {
		if version(t, same[0]).Compare(version(t, same[1])) != 0 {
			t.Errorf("%s and %s differ", same[0], same[1])
		}
	}
}

func version(t *testing.T, s string) plaza.Version {
	t.Helper()
	v, ok := plaza.ParseVersion(s)
	if !ok || v.String() != s {
		t.Fatalf("%s is read as %v, %v", s, v, ok)
	}
	return v
}

// TestVersionSyntax has the examples of the specification's regular expression.
func TestVersionSyntax(t *testing.T) {
	t.Parallel()
	for s := range strings.FieldsSeq(`0.0.4 1.2.3 10.20.30 1.1.2-prerelease+meta 1.1.2+meta 1.1.2+meta-valid 1.0.0-alpha 1.0.0-beta
		1.0.0-alpha.beta 1.0.0-alpha.beta.1 1.0.0-alpha.1 1.0.0-alpha0.valid 1.0.0-alpha.0valid 1.0.0-rc.1+build.1 2.0.0-rc.1+build.123
		1.2.3-beta 10.2.3-DEV-SNAPSHOT 1.2.3-SNAPSHOT-123 2.0.0+build.1848 2.0.1-alpha.1227 1.0.0-alpha+beta 1.2.3----RC-SNAPSHOT.12.9.1--.12+788
		1.2.3----R-S.12.9.1--.12+meta 1.0.0+0.build.1-rc.10000aaa-kk-0.1 1.0.0-0A.is.legal 2147483647.0.0`) {
		version(t, s)
	}
	for _, s := range append(strings.Fields(`1 1.2 1.2.3-0123 1.2.3-0123.0123 1.1.2+.123 +invalid -invalid -invalid+invalid alpha alpha.beta
		alpha+beta alpha_beta alpha. beta 1.0.0-alpha_beta -alpha. 1.0.0-alpha.. 1.0.0-alpha..1 01.1.1 1.01.1 1.1.01 1.2.3.DEV 1.2-SNAPSHOT
		1.2.31.2.3----RC-SNAPSHOT.12.09.1--..12+788 1.2-RC-SNAPSHOT -1.0.3-gamma+b7718 +justmeta 9.8.7+meta+meta 9.8.7-whatever+meta+meta
		v1.2.3 1.2.3- 1.2.3+ 2147483648.0.0 <set>`), "", " 1.2.3", "1.2.3\n", "1.2.3-"+strings.Repeat("a", 100)) {
		if v, ok := plaza.ParseVersion(s); ok {
			t.Errorf("%q is read as %v", s, v)
		}
	}
}

func TestVersionOrderIsTotal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.StringMatching(`[0-2]\.[0-2]\.[0-2](-(rc|a|0|1|10)(\.(rc|a|0|1|10)){0,2})?`)
		var v [3]plaza.Version
		for i := range v {
			v[i], _ = plaza.ParseVersion(draw.Draw(t, "version"))
		}
		if v[0].Compare(v[1]) != -v[1].Compare(v[0]) {
			t.Errorf("%v and %v", v[0], v[1])
		}
		if v[0].Compare(v[1]) <= 0 && v[1].Compare(v[2]) <= 0 && v[0].Compare(v[2]) > 0 {
			t.Errorf("%v, %v and %v", v[0], v[1], v[2])
		}
	})
}
