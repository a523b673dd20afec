package licensekey

import (
	"crypto/ed25519"
	"strings"
	"testing"
)

func (v answered) answer() Answer {
	return Answer{Method: v.Method, Target: v.Target, Host: v.Host, Date: v.Date, Digest: v.Digest}
}

// header is the value of Keygen-Signature in the contract.
func (v answered) header() string {
	return `keyid="` + said().Account + `", algorithm="ed25519", signature="` + v.Signature + `", headers="(request-target) host date digest"`
}

func TestAnswersAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	v, signer, public := load(t)
	for _, want := range v.Answers {
		if got := Digest([]byte(want.Body)); got != want.Digest {
			t.Errorf("%s: the digest is %s, want %s", want.Target, got, want.Digest)
		}
		text := want.answer().AppendText(nil)
		if got := string(AppendSignature([]byte("before "), signer, said().Account, text)); got != "before "+want.header() {
			t.Errorf("%s: the header is\n%s, want\n%s", want.Target, got, want.header())
		}
		must(t, VerifyAnswer(public, said().Account, want.answer(), want.header()))
	}
	if len(v.Answers) != 2 {
		t.Errorf("%d answers, want 2", len(v.Answers))
	}
}

func TestSignedTextHasFourLines(t *testing.T) {
	t.Parallel()
	a := Answer{Method: "POST", Target: "/v1/me?a=%2F", Host: "plaza.example", Date: "Mon, 23 Nov 2026 09:00:00 GMT", Digest: Digest(nil)}
	want := "(request-target): post /v1/me?a=%2F\nhost: plaza.example\ndate: Mon, 23 Nov 2026 09:00:00 GMT\n" +
		"digest: sha-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	if got := string(a.AppendText([]byte("x"))); got != "x"+want {
		t.Errorf("it is %q, want %q after the x", got, want)
	}
}

func TestEveryBitOfAnAnswerCounts(t *testing.T) {
	t.Parallel()
	v, _, public := load(t)
	for _, right := range v.Answers {
		a, header := right.answer(), right.header()
		a.Method = strings.ToLower(a.Method) // as it is signed: its case says nothing
		account := said().Account
		for name, part := range map[string]*string{
			"method": &a.Method, "target": &a.Target, "host": &a.Host, "date": &a.Date, "digest": &a.Digest,
			"header": &header, "account": &account,
		} {
			whole := *part
			for i := range 8 * len(whole) {
				if *part = flip(whole, i); strings.EqualFold(whole, *part) && part == &a.Method {
					continue
				}
				if VerifyAnswer(public, account, a, header) == nil {
					t.Errorf("%s: bit %d of the %s can be changed", right.Target, i, name)
				}
			}
			*part = whole
		}
		must(t, VerifyAnswer(public, account, a, header))
	}
}

func TestEveryBitOfTheSignedTextCounts(t *testing.T) {
	t.Parallel()
	v, signer, public := load(t)
	for _, right := range v.Answers {
		text := string(right.answer().AppendText(nil))
		for i := range 8 * len(text) {
			header := string(AppendSignature(nil, signer, said().Account, []byte(flip(text, i))))
			if VerifyAnswer(public, said().Account, right.answer(), header) == nil {
				t.Errorf("%s: bit %d can be changed", right.Target, i)
			}
		}
	}
}

func TestNoAnswerIsTakenForAnother(t *testing.T) {
	t.Parallel()
	v, signer, public := load(t)
	right := v.Answers[0]
	header := right.header()
	sign := func(by ed25519.PrivateKey, a Answer) string {
		return string(AppendSignature(nil, by, said().Account, a.AppendText(nil)))
	}
	other := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	moved, split := right.answer(), right.answer()
	moved.Host, moved.Date = moved.Host+"\ndate: "+moved.Date, "never"
	split.Method = "get /v1/me"
	for name, tt := range map[string]struct {
		public ed25519.PublicKey
		answer Answer
		header string
		want   error
	}{
		"another's":         {public, right.answer(), sign(other, right.answer()), ErrSignature},
		"no public key":     {nil, right.answer(), header, ErrSignature},
		"another answer's":  {public, v.Answers[1].answer(), header, ErrSignature},
		"parts that moved":  {public, moved, sign(signer, moved), ErrShape},
		"a method of two":   {public, split, sign(signer, split), ErrShape},
		"no header":         {public, right.answer(), "", ErrShape},
		"something added":   {public, right.answer(), header + " ", ErrShape},
		"without padding":   {public, right.answer(), strings.Replace(header, "==", "", 1), ErrShape},
		"another algorithm": {public, right.answer(), strings.Replace(header, "ed25519", "hs2019", 1), ErrShape},
	} {
		if err := VerifyAnswer(tt.public, said().Account, tt.answer, tt.header); err != tt.want { //nolint:errorlint // these very errors
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

// flip returns s with bit i changed.
func flip(s string, i int) string {
	b := []byte(s)
	b[i/8] ^= 1 << (i % 8)
	return string(b)
}
