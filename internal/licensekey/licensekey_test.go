package licensekey_test

import (
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/licensekey"
)

func TestKeysAreDistinctAndReadBack(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		key := licensekey.New()
		normal, ok := licensekey.Normal(key)
		if !ok || normal != strings.ReplaceAll(key, "-", "") || seen[normal] {
			t.Fatalf("Normal(%q) = %q, %v", key, normal, ok)
		}
		seen[normal] = true
		if !strings.HasSuffix(key, licensekey.Hint(key)) {
			t.Errorf("Hint(%q) = %q", key, licensekey.Hint(key))
		}
	}
}

func TestMistypedKeysShow(t *testing.T) {
	t.Parallel()
	key := licensekey.New()
	for i := range key {
		for _, c := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
			typed := key[:i] + string(c) + key[i+1:]
			if key[i] == '-' || typed == key {
				continue
			}
			if _, ok := licensekey.Normal(typed); ok {
				t.Errorf("%q for %q is taken for a key", typed, key)
			}
		}
	}
}

func TestMisreadSymbolsArePutRight(t *testing.T) {
	t.Parallel()
	for range 200 {
		key := licensekey.New()
		typed := strings.ToLower(strings.NewReplacer("0", "O", "1", "l", "-", " ").Replace(key))
		if got, ok := licensekey.Normal(typed); !ok || got != strings.ReplaceAll(key, "-", "") {
			t.Fatalf("Normal(%q) = %q, %v, want %q", typed, got, ok, key)
		}
	}
}

func TestWhatIsNoKeyIsRefused(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "-", "UUUUUUUUUUUUUUUUUUUUUUUUUUU", "é", strings.Repeat("0", 28), strings.Repeat("U", 26) + "\x00", strings.Repeat("💥", 27)} {
		if got, ok := licensekey.Normal(s); ok {
			t.Errorf("Normal(%q) = %q", s, got)
		}
	}
}

// FuzzNormal: what is taken for a key is written in one way, and is one of which no
// symbol is wrong.
func FuzzNormal(f *testing.F) {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	for _, s := range []string{
		"000000000-000000000-000000000", "oOiIlL-0 1", strings.Repeat("U", 26) + "\x00", "ſı", licensekey.New(), strings.ToLower(licensekey.New()),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		normal, ok := licensekey.Normal(typed)
		if !ok {
			if normal != "" {
				t.Errorf("Normal(%q) = %q, which is no key", typed, normal)
			}
			return
		}
		if len(normal) != 27 || strings.Trim(normal, alphabet) != "" {
			t.Errorf("Normal(%q) = %q", typed, normal)
		}
		for _, same := range []string{normal, strings.ToLower(normal), normal[:9] + "-" + normal[9:18] + " " + normal[18:]} {
			if again, ok := licensekey.Normal(same); !ok || again != normal {
				t.Errorf("Normal(%q) = %q, %v, want %q", same, again, ok, normal)
			}
		}
		for i := range normal {
			wrong := alphabet[(strings.IndexByte(alphabet, normal[i])+1)%len(alphabet)]
			if _, ok := licensekey.Normal(normal[:i] + string(wrong) + normal[i+1:]); ok {
				t.Errorf("%q with a wrong symbol at %d is taken for a key", normal, i)
			}
		}
	})
}
