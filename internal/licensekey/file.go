package licensekey

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
)

// FileKind is what a certificate is about.
type FileKind string

// The kinds of certificate (agent API 7.3).
const (
	LicenseFile FileKind = "license"
	MachineFile FileKind = "machine"
)

// The algorithms of a certificate: signed, and signed and encrypted.
const (
	Clear     = "base64+ed25519"
	Encrypted = "aes-256-gcm+ed25519"
)

// envelope is what a certificate holds between its lines.
type envelope struct {
	Enc string `json:"enc"`
	Sig string `json:"sig"`
	Alg string `json:"alg"`
}

// KindOf returns what kind of certificate a file says that it is, without looking
// whether it is one.
func KindOf(file []byte) (FileKind, bool) {
	for _, kind := range []FileKind{LicenseFile, MachineFile} {
		begin, _ := kind.lines()
		if bytes.HasPrefix(file, []byte(strings.TrimSuffix(begin, "\n"))) {
			return kind, true
		}
	}
	return "", false
}

// Secret returns what a certificate is encrypted with: the license key, and for a
// machine file its fingerprint too.
func Secret(key, fingerprint string) string { return key + fingerprint }

// SealFile returns the certificate that holds plaintext, a document of the agents'
// API. With an empty secret it is signed and can be read by anybody, otherwise it
// is encrypted as well.
func SealFile(signer ed25519.PrivateKey, kind FileKind, plaintext []byte, secret string) []byte {
	iv := make([]byte, ivSize)
	_, _ = rand.Read(iv) // never fails
	return sealFile(signer, kind, plaintext, secret, iv)
}

const ivSize = 12

func sealFile(signer ed25519.PrivateKey, kind FileKind, plaintext []byte, secret string, iv []byte) []byte {
	e := envelope{Enc: base64.StdEncoding.EncodeToString(plaintext), Alg: Clear}
	if secret != "" {
		gcm := aead(secret)
		sealed := gcm.Seal(nil, iv, plaintext, nil)
		text, tag := sealed[:len(plaintext)], sealed[len(plaintext):]
		parts := []string{}
		for _, part := range [][]byte{text, iv, tag} {
			parts = append(parts, base64.StdEncoding.EncodeToString(part))
		}
		e.Enc, e.Alg = strings.Join(parts, "."), Encrypted
	}
	e.Sig = base64.StdEncoding.EncodeToString(ed25519.Sign(signer, []byte(string(kind)+"/"+e.Enc)))
	return kind.wrap(compact(e))
}

// OpenFile returns what a certificate holds. The secret matters only to one that is
// encrypted. It needs no server. It returns ErrShape, ErrSignature or ErrSecret:
// any change of the file, of a single bit, is one of them.
func OpenFile(public ed25519.PublicKey, kind FileKind, file []byte, secret string) ([]byte, error) {
	inner, err := kind.unwrap(file)
	if err != nil {
		return nil, err
	}
	var e envelope
	if err := json.Unmarshal(inner, &e); err != nil || !bytes.Equal(compact(e), inner) {
		return nil, ErrShape
	}
	signature, err := exactly(base64.StdEncoding, e.Sig)
	if err != nil {
		return nil, err
	}
	if len(public) != ed25519.PublicKeySize || !ed25519.Verify(public, []byte(string(kind)+"/"+e.Enc), signature) {
		return nil, ErrSignature
	}
	switch e.Alg {
	case Clear:
		return exactly(base64.StdEncoding, e.Enc)
	case Encrypted:
		return decrypt(e.Enc, secret)
	}
	return nil, ErrShape
}

func decrypt(enc, secret string) ([]byte, error) {
	parts := strings.Split(enc, ".")
	const text, iv, tag = 0, 1, 2
	if len(parts) != tag+1 {
		return nil, ErrShape
	}
	var b [tag + 1][]byte
	for i, part := range parts {
		var err error
		if b[i], err = exactly(base64.StdEncoding, part); err != nil {
			return nil, err
		}
	}
	gcm := aead(secret)
	if len(b[iv]) != ivSize || len(b[tag]) != gcm.Overhead() {
		return nil, ErrShape
	}
	plain, err := gcm.Open(nil, b[iv], append(b[text], b[tag]...), nil)
	if err != nil {
		return nil, ErrSecret
	}
	return plain, nil
}

// aead returns the cipher whose key is the digest of secret.
func aead(secret string) cipher.AEAD {
	key := sha256.Sum256([]byte(secret))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // the key is as long as it must be
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // so is the block
	}
	return gcm
}

func (k FileKind) lines() (begin, end string) {
	name := strings.ToUpper(string(k)) + " FILE-----\n"
	return "-----BEGIN " + name, "-----END " + name
}

// lineLength is that of the lines of a certificate; the last may be shorter.
const lineLength = 60

func (k FileKind) wrap(inner []byte) []byte {
	begin, end := k.lines()
	var b bytes.Buffer
	b.WriteString(begin)
	for text := base64.StdEncoding.EncodeToString(inner); text != ""; {
		n := min(len(text), lineLength)
		b.WriteString(text[:n] + "\n")
		text = text[n:]
	}
	b.WriteString(end)
	return b.Bytes()
}

// unwrap returns what is between the lines of a certificate, which must be wrapped
// as wrap does.
func (k FileKind) unwrap(file []byte) ([]byte, error) {
	begin, end := k.lines()
	text, ok := strings.CutPrefix(string(file), begin)
	if !ok {
		return nil, ErrShape
	}
	if text, ok = strings.CutSuffix(text, end); !ok {
		return nil, ErrShape
	}
	inner, err := exactly(base64.StdEncoding, strings.ReplaceAll(text, "\n", ""))
	if err != nil || !bytes.Equal(k.wrap(inner), file) {
		return nil, ErrShape
	}
	return inner, nil
}
