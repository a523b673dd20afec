package licensekey

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// Answer is what the signature of an answer of the agents' API covers (agent API
// 3.4): the request it belongs to, when it was given, and its body.
type Answer struct {
	Method string // of the request, in any case
	Target string // path and query as they stood in the request line
	Host   string // as the client asked for it, with the port if it named one
	Date   string // value of the header of that name
	Digest string // value of the header of that name, see [Digest]
}

// Digest returns the value of the header Digest for a body.
func Digest(body []byte) string { return string(AppendDigest(nil, body)) }

// AppendDigest appends what [Digest] returns to b.
func AppendDigest(b, body []byte) []byte {
	sum := sha256.Sum256(body)
	return base64.StdEncoding.AppendEncode(append(b, "sha-256="...), sum[:])
}

// AppendText appends what is signed to b.
func (a Answer) AppendText(b []byte) []byte {
	b = append(append(b, "(request-target): "...), strings.ToLower(a.Method)...)
	b = append(append(b, ' '), a.Target...)
	b = append(append(b, "\nhost: "...), a.Host...)
	b = append(append(b, "\ndate: "...), a.Date...)
	return append(append(b, "\ndigest: "...), a.Digest...)
}

const (
	answerAlgorithm = `", algorithm="ed25519", signature="`
	answerHeaders   = `", headers="(request-target) host date digest"`
)

// AppendSignature appends the value of the header Keygen-Signature to b: what
// account says of text, which is from [Answer.AppendText].
func AppendSignature(b []byte, signer ed25519.PrivateKey, account string, text []byte) []byte {
	b = append(append(b, `keyid="`...), account...)
	b = append(b, answerAlgorithm...)
	b = base64.StdEncoding.AppendEncode(b, ed25519.Sign(signer, text))
	return append(b, answerHeaders...)
}

// VerifyAnswer reports whether header, the value of Keygen-Signature, is what
// account says of a: nil, ErrShape or ErrSignature. It does not look at the body:
// whoever has it compares its [Digest] with that of a.
func VerifyAnswer(public ed25519.PublicKey, account string, a Answer, header string) error {
	rest, ok := strings.CutPrefix(header, `keyid="`+account+answerAlgorithm)
	text, ok2 := strings.CutSuffix(rest, answerHeaders)
	if !ok || !ok2 {
		return ErrShape
	}
	signature, err := exactly(base64.StdEncoding, text)
	if err != nil {
		return err
	}
	signed := a.AppendText(nil)
	if bytes.Count(signed, []byte("\n")) != 3 || strings.Contains(a.Method+a.Target, " ") {
		return ErrShape // its parts could be cut otherwise, and say something else
	}
	if len(public) != ed25519.PublicKeySize || !ed25519.Verify(public, signed, signature) {
		return ErrSignature
	}
	return nil
}
