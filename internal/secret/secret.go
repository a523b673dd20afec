// Package secret keeps the installation's one secret and what is made with it:
// sealed values, keyed digests and the tokens of sessions and links.
//
// It must not know what is sealed, digested or handed out, and never shows the
// secret itself: everything is done with keys derived from it.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"sync"
)

// size is the length of the secret, of every key derived from it and of a
// token, in bytes.
const size = 32

// version stands before every sealed value, so that another way of sealing can
// be told apart one day.
const version = 1

// ErrOpen means that a sealed value was made with another secret, for another
// context, or was changed since.
var ErrOpen = errors.New("sealed value cannot be opened")

// Box seals and digests with keys derived from the installation's secret. Make
// one with [Load] or [Parse]; it may be used by several goroutines at once.
type Box struct {
	root []byte // HKDF's pseudorandom key
	aead cipher.AEAD
}

// IsZero reports whether b was made of no secret.
func (b Box) IsZero() bool { return b.aead == nil }

// Parse returns the box of a secret given as base64, standard or URL-safe, of
// 32 bytes; for an installation that keeps its secret in a variable.
func Parse(text string) (Box, error) {
	for _, enc := range []*base64.Encoding{
		base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding,
	} {
		if raw, err := enc.DecodeString(text); err == nil {
			return newBox(raw)
		}
	}
	return Box{}, errors.New("the secret is not base64") // the text itself stays out of the log
}

func newBox(raw []byte) (Box, error) {
	if len(raw) != size {
		return Box{}, fmt.Errorf("the secret has %d bytes; it needs %d", len(raw), size)
	}
	root, err := hkdf.Extract(sha256.New, raw, []byte("plaza secret"))
	if err != nil {
		return Box{}, fmt.Errorf("derive from the secret: %w", err)
	}
	b := Box{root: root}
	block, err := aes.NewCipher(b.derive("seal"))
	if err != nil {
		return Box{}, fmt.Errorf("make the cipher: %w", err)
	}
	b.aead, err = cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return Box{}, fmt.Errorf("make the cipher: %w", err)
	}
	return b, nil
}

// Seal encrypts plain (AES-256-GCM, random nonce). It can be opened only with
// the same context, which names the place that the value belongs to: profile
// and row, so that a value moved to another row is of no use.
func (b Box) Seal(plain []byte, context string) []byte {
	return b.aead.Seal([]byte{version}, nil, plain, []byte(context)) //nolint:gosec // it adds a random nonce itself
}

// Open returns what was sealed for context, or [ErrOpen].
func (b Box) Open(sealed []byte, context string) ([]byte, error) {
	if len(sealed) == 0 || sealed[0] != version {
		return nil, ErrOpen
	}
	plain, err := b.aead.Open(nil, nil, sealed[1:], []byte(context))
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

// Digest returns 32 bytes that stand for value and that nobody without the
// secret can compute, other ones for every purpose (HMAC-SHA-256).
func (b Box) Digest(purpose, value string) []byte {
	return mac(b.derive("digest "+purpose), []byte(value))
}

// Digester returns [Box.Digest] for one purpose, for who digests a lot.
func (b Box) Digester(purpose string) func(value string) [32]byte {
	key := b.derive("digest " + purpose)
	type work struct {
		mac   hash.Hash
		value []byte // a hash takes no text without a copy
	}
	pool := sync.Pool{New: func() any { return &work{mac: hmac.New(sha256.New, key)} }}
	return func(value string) (sum [32]byte) {
		w, ok := pool.Get().(*work)
		if !ok {
			return sum
		}
		w.mac.Reset()
		w.value = append(w.value[:0], value...)
		w.mac.Write(w.value) // never fails
		w.mac.Sum(sum[:0])
		clear(w.value)
		pool.Put(w)
		return sum
	}
}

// SigningKey returns the key that signs for one purpose (Ed25519).
func (b Box) SigningKey(purpose string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(b.derive("sign " + purpose))
}

// String gives nothing away, wherever a box is printed.
func (Box) String() string { return "secret" }

// GoString gives nothing away, wherever a box is printed.
func (Box) GoString() string { return "secret" }

// derive returns the key for one purpose: HKDF-Expand, of which 32 bytes with
// SHA-256 are exactly the first block. Spelled out because it cannot fail.
func (b Box) derive(purpose string) []byte {
	return mac(b.root, append([]byte(purpose), 1))
}

func mac(key, message []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(message)
	return h.Sum(nil)
}

// Token returns 32 random bytes as URL-safe base64, 43 characters: the bearer
// secret of a session or a link. Keep only its [HashToken].
func Token() string {
	raw := make([]byte, size)
	rand.Read(raw) // never fails: the program ends first
	return base64.RawURLEncoding.EncodeToString(raw)
}

// HashToken returns what is kept of a token: its SHA-256. A token is too random
// to be guessed from it, so no key is needed.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
