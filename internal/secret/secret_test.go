package secret_test

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/secret"
)

var raw = []byte("0123456789abcdef0123456789ABCDEF")

func box(t *testing.T) secret.Box {
	t.Helper()
	b, err := secret.Parse(base64.StdEncoding.EncodeToString(raw))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParseTakesEveryBase64Of32Bytes(t *testing.T) {
	t.Parallel()
	want := box(t).Digest("p", "v")
	for _, enc := range []*base64.Encoding{
		base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding,
	} {
		b, err := secret.Parse(enc.EncodeToString(raw))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Digest("p", "v"), want) {
			t.Error("another encoding made another box")
		}
	}
}

func TestParseRefusesWithoutRepeatingTheText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "not base64!", base64.StdEncoding.EncodeToString(raw[:31]),
		base64.StdEncoding.EncodeToString(append([]byte("x"), raw...)),
	} {
		_, err := secret.Parse(text)
		if err == nil {
			t.Errorf("%q: no error", text)
		} else if text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%q stands in the error: %v", text, err)
		}
	}
}

func TestWhatIsSealedOpensForItsContextOnly(t *testing.T) {
	t.Parallel()
	b := box(t)
	for _, plain := range []string{"", "x", strings.Repeat("long ", 1000)} {
		sealed := b.Seal([]byte(plain), "profile 1/row 2")
		got, err := b.Open(sealed, "profile 1/row 2")
		if err != nil || string(got) != plain {
			t.Errorf("Open = %q, %v; want %q", got, err, plain)
		}
		for _, other := range []string{"", "profile 1/row 3", "profile 1/row 2 "} {
			if got, err := b.Open(sealed, other); !errors.Is(err, secret.ErrOpen) || got != nil {
				t.Errorf("context %q: Open = %q, %v; want ErrOpen", other, got, err)
			}
		}
	}
}

func TestEveryBitOfASealedValueCounts(t *testing.T) {
	t.Parallel()
	b := box(t)
	sealed := b.Seal([]byte("a seed"), "c")
	for i := range len(sealed) * 8 {
		changed := bytes.Clone(sealed)
		changed[i/8] ^= 1 << (i % 8)
		if _, err := b.Open(changed, "c"); !errors.Is(err, secret.ErrOpen) {
			t.Errorf("bit %d: %v, want ErrOpen", i, err)
		}
	}
	for n := range sealed {
		if _, err := b.Open(sealed[:n], "c"); !errors.Is(err, secret.ErrOpen) {
			t.Errorf("cut to %d bytes: %v, want ErrOpen", n, err)
		}
	}
	if _, err := b.Open(append(bytes.Clone(sealed), 0), "c"); !errors.Is(err, secret.ErrOpen) {
		t.Errorf("one byte more: %v, want ErrOpen", err)
	}
}

func TestSealingTwiceShowsNothingInCommon(t *testing.T) {
	t.Parallel()
	b := box(t)
	if bytes.Equal(b.Seal([]byte("same"), "c"), b.Seal([]byte("same"), "c")) {
		t.Error("two sealed values are the same")
	}
}

func TestAnotherSecretOpensNothing(t *testing.T) {
	t.Parallel()
	other, err := secret.Parse(base64.StdEncoding.EncodeToString(bytes.ToUpper(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Open(box(t).Seal([]byte("x"), "c"), "c"); !errors.Is(err, secret.ErrOpen) {
		t.Errorf("%v, want ErrOpen", err)
	}
}

func TestDigestsDifferByPurposeAndValue(t *testing.T) {
	t.Parallel()
	b := box(t)
	seen := map[string]string{}
	for _, in := range [][2]string{{"key", "a"}, {"key", "b"}, {"mail", "a"}, {"ke", "ya"}, {"", ""}, {"key", ""}} {
		d := b.Digest(in[0], in[1])
		if len(d) != 32 || !bytes.Equal(d, b.Digest(in[0], in[1])) {
			t.Errorf("%q: %x is not a stable digest of 32 bytes", in, d)
		}
		if before, ok := seen[string(d)]; ok {
			t.Errorf("%q and %s have the same digest", in, before)
		}
		seen[string(d)] = fmt.Sprintf("%q", in)
	}
}

// What is stored depends on this derivation: it must stay what it is.
func TestKeysAreDerivedByHKDF(t *testing.T) {
	t.Parallel()
	root, err := hkdf.Extract(sha256.New, raw, []byte("plaza secret"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := hkdf.Expand(sha256.New, root, "digest license key", 32)
	if err != nil {
		t.Fatal(err)
	}
	h := hmac.New(sha256.New, key)
	h.Write([]byte("PLZ-1"))
	if got := box(t).Digest("license key", "PLZ-1"); !bytes.Equal(got, h.Sum(nil)) {
		t.Errorf("got %x, want %x", got, h.Sum(nil))
	}
}

func TestABoxPrintsNothing(t *testing.T) {
	t.Parallel()
	b := box(t)
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if got := strings.Trim(fmt.Sprintf(format, b), `"`); got != "secret" {
			t.Errorf("%s: %s", format, got)
		}
	}
}

func TestTokensAreLongAndNeverTheSame(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		token := secret.Token()
		if b, err := base64.RawURLEncoding.DecodeString(token); err != nil || len(b) != 32 {
			t.Fatalf("%q: %d bytes, %v", token, len(b), err)
		}
		if hash := string(secret.HashToken(token)); seen[hash] || len(hash) != 32 {
			t.Fatalf("%q: hash seen before or not of 32 bytes", token)
		} else {
			seen[hash] = true
		}
	}
}
