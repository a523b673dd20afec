package app

import (
	"strings"
	"testing"

	"github.com/ccojocar/zxcvbn-go/frequency"

	"github.com/connectplaza/plaza"
)

// TestCommonPasswordsAreRefused: of several thousand that are the most common, those that
// are long enough, and the others with what people put behind them to make them so.
func TestCommonPasswordsAreRefused(t *testing.T) {
	t.Parallel()
	h := newHasher(true)
	refused := func(password string) bool {
		_, err := h.hashChoice(t.Context(), choice{"password", password, nil})
		return plaza.KindOf(err) == plaza.Invalid && err != nil
	}
	common := frequency.Lists["Passwords"].List
	if len(common) < 3000 {
		t.Fatalf("%d are known", len(common))
	}
	for _, p := range common {
		if !refused(p) {
			t.Errorf("%q is taken", p)
		}
	}
	const some = 20 // to judge one takes long
	taken, tried := 0, 0
	for i := 0; i < len(common); i += some {
		if p := common[i]; len(p) < plaza.MinPassword {
			tried++
			if !refused(p + strings.Repeat("1", plaza.MinPassword-len(p))) {
				taken++
			}
		}
	}
	if taken > tried/100 {
		t.Errorf("%d of %d with ones behind them are taken", taken, tried)
	}
}

// TestPasswordsOfOnesOwnNameAreRefused, and those that have nothing to do with it are not.
func TestPasswordsOfOnesOwnNameAreRefused(t *testing.T) {
	t.Parallel()
	h := newHasher(true)
	about := []string{"Sanne de Wit", "sanne@computersareus.example", "Computers Are Us"}
	for password, want := range map[string]plaza.Kind{
		"ComputersAreUs": plaza.Invalid, "computersareus1": plaza.Invalid, "SannedeWit": plaza.Invalid, "sannesannesanne": plaza.Invalid,
		"correct horse battery": "", "plaza-demo-2026": "", "five small blue ducks": "", "wéldádig-øster": "",
	} {
		_, err := h.hashChoice(t.Context(), choice{"password", password, about})
		if got := plaza.KindOf(err); err != nil && got != want || err == nil && want != "" {
			t.Errorf("%q: %v", password, err)
		}
	}
}

// FuzzEasilyGuessed: whatever somebody types is judged, nothing breaks, and one letter is never enough.
func FuzzEasilyGuessed(f *testing.F) {
	for _, seed := range []string{"", "password123", "zaq1@WSX", "2027-01-31", "\u4e2d\u6587\u5bc6\u7801", "\xff\xfe", "aaaaaaaaaaaa", "P@$$w0rd \t"} {
		f.Add(seed, "Sanne de Wit")
	}
	f.Fuzz(func(t *testing.T, password, name string) {
		if short := []rune(password); len(short) < 2 && !easilyGuessed(password, []string{name}) {
			t.Errorf("%q is taken", password)
		}
	})
}
