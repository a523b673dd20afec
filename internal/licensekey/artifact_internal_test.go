package licensekey

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

func TestArtifactIsThatOfTheContract(t *testing.T) {
	t.Parallel()
	v, _, _ := load(t)
	want := v.Artifact
	checksum, digest, size, err := Checksum(iotest.OneByteReader(strings.NewReader(want.Content)))
	must(t, err)
	if checksum != want.Checksum || size != 19 || digest != sha512.Sum512([]byte(want.Content)) {
		t.Errorf("%d bytes have the checksum %s and the digest %x, want 19 and %s", size, checksum, digest, want.Checksum)
	}
	signature, err := SignArtifact(ed25519.NewKeyFromSeed(unhex(t, want.Seed)), said().Product, digest)
	must(t, err)
	if signature != want.Signature {
		t.Errorf("the signature is %s, want %s", signature, want.Signature)
	}
	must(t, VerifyArtifact(unhex(t, want.Public), said().Product, digest, want.Signature))
}

func TestChecksumOfWhatCannotBeReadIsNone(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	checksum, _, size, err := Checksum(iotest.ErrReader(broken))
	if checksum != "" || size != 0 || !errors.Is(err, broken) {
		t.Errorf("%q, %d, %v", checksum, size, err)
	}
	cut := iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("ConnectAgent")))
	if checksum, _, _, err = Checksum(cut); checksum != "" || err == nil {
		t.Errorf("what was read in part has the checksum %q", checksum)
	}
}

func TestEveryBitOfAnArtifactCounts(t *testing.T) {
	t.Parallel()
	v, _, _ := load(t)
	content, product, signature, public := v.Artifact.Content, said().Product, v.Artifact.Signature, string(unhex(t, v.Artifact.Public))
	verify := func() error {
		_, digest, _, err := Checksum(strings.NewReader(content))
		must(t, err)
		return VerifyArtifact(ed25519.PublicKey(public), product, digest, signature)
	}
	must(t, verify())
	for name, part := range map[string]*string{"content": &content, "product": &product, "signature": &signature, "public key": &public} {
		whole := *part
		for i := range 8 * len(whole) {
			if *part = flip(whole, i); verify() == nil {
				t.Errorf("bit %d of the %s can be changed", i, name)
			}
		}
		*part = whole
	}
	must(t, verify())
}

func TestNothingIsTakenForAnArtifactsSignature(t *testing.T) {
	t.Parallel()
	v, signer, _ := load(t)
	publisher, public := ed25519.NewKeyFromSeed(unhex(t, v.Artifact.Seed)), ed25519.PublicKey(unhex(t, v.Artifact.Public))
	digest := sha512.Sum512([]byte(v.Artifact.Content))
	raw := base64.RawStdEncoding.EncodeToString
	sign := func(message []byte, o ed25519.Options) string {
		b, err := publisher.Sign(nil, message, &o)
		must(t, err)
		return raw(b)
	}
	account, err := SignArtifact(signer, said().Product, digest)
	must(t, err)
	for name, tt := range map[string]struct {
		public    ed25519.PublicKey
		signature string
		want      error
	}{
		"plain, of the content": {public, raw(ed25519.Sign(publisher, []byte(v.Artifact.Content))), ErrSignature},
		"plain, of the digest":  {public, raw(ed25519.Sign(publisher, digest[:])), ErrSignature},
		"not hashed before":     {public, sign(digest[:], ed25519.Options{Context: said().Product}), ErrSignature},
		"of no product":         {public, sign(digest[:], ed25519.Options{Hash: crypto.SHA512}), ErrSignature},
		"the account's":         {public, account, ErrSignature},
		"no public key":         {nil, v.Artifact.Signature, ErrSignature},
		"none":                  {public, "", ErrSignature},
		"cut off":               {public, v.Artifact.Signature[:84], ErrSignature},
		"padded":                {public, v.Artifact.Signature + "==", ErrShape},
		"with a line break":     {public, v.Artifact.Signature + "\n", ErrShape},
		"for the web":           {public, strings.ReplaceAll(v.Artifact.Signature, "+", "-"), ErrShape},
	} {
		if err := VerifyArtifact(tt.public, said().Product, digest, tt.signature); err != tt.want { //nolint:errorlint // these very errors
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func TestProductWithTooLongAnIDIsRefused(t *testing.T) {
	t.Parallel()
	v, _, public := load(t)
	long := strings.Repeat("x", 256)
	if signature, err := SignArtifact(ed25519.NewKeyFromSeed(unhex(t, v.Artifact.Seed)), long, [sha512.Size]byte{}); err == nil {
		t.Errorf("signed: %s", signature)
	}
	if err := VerifyArtifact(public, long, [sha512.Size]byte{}, v.Artifact.Signature); !errors.Is(err, ErrSignature) {
		t.Error(err)
	}
}
