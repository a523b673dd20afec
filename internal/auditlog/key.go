package auditlog

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/secret"
)

// What keys are derived from the installation's secret for.
const (
	signing  = "audit log"
	stamping = "audit log stamp"
	naming   = "audit log origin"
)

// Key is what an installation seals its log with. Make one with [NewKey].
type Key struct {
	box     secret.Box
	private ed25519.PrivateKey
	origin  string
}

// NewKey returns the key of the installation that has box.
func NewKey(box secret.Box) Key {
	// The name must stay the same for as long as the log does, and be another
	// one in every installation: hence no address, and nothing that one chooses.
	origin := "plaza/" + hex.EncodeToString(box.Digest(naming, "")[:8])
	return Key{box: box, private: box.SigningKey(signing), origin: origin}
}

// Name returns what k is called in a checkpoint; with it, k is a [note.Signer].
func (k Key) Name() string { return k.origin }

// KeyHash returns the ID of k in a checkpoint.
func (k Key) KeyHash() uint32 {
	sum := sha256.Sum256([]byte(k.origin + "\n" + k.encoded()))
	return binary.BigEndian.Uint32(sum[:])
}

// Sign signs a message.
func (k Key) Sign(message []byte) ([]byte, error) { return ed25519.Sign(k.private, message), nil }

// encoded returns the public half as notes write it: what kind it is, and itself.
func (k Key) encoded() string {
	const kind = 1 // Ed25519
	public, _ := k.private.Public().(ed25519.PublicKey)
	return string(append([]byte{kind}, public...))
}

// String returns what others need to check checkpoints that k signed, in the form
// of [note]: name+id+key. It is not secret.
func (k Key) String() string {
	return fmt.Sprintf("%s+%08x+%s", k.origin, k.KeyHash(), base64.StdEncoding.EncodeToString([]byte(k.encoded())))
}

// Public returns the key that shows what k has signed.
func (k Key) Public() (PublicKey, error) { return ParseKey(k.String()) }

// Stamp returns r with a salt, if it has none, and with the stamp that shows it
// was Plaza that wrote it: who can only write to the database cannot make one.
func (k Key) Stamp(r plaza.AuditRecord) plaza.AuditRecord {
	if r.Salt == nil {
		r.Salt = salt()
	}
	r.Stamp = k.stamp(Leaf(r))
	return r
}

func (k Key) stamp(leaf tlog.Hash) []byte { return k.box.Digest(stamping, string(leaf[:])) }

// Stamped reports whether r bears the stamp of what stands in it.
func (k Key) Stamped(r plaza.AuditRecord) bool { return hmac.Equal(r.Stamp, k.stamp(Leaf(r))) }

// Genuine returns a [FaultError] unless r is what Plaza wrote, and what was sealed with
// the leaf that is kept for its position.
func (k Key) Genuine(r plaza.AuditRecord, kept tlog.Hash) error {
	switch leaf := Leaf(r); {
	case !k.Stamped(r):
		return FaultError(fault(r, "it does not bear the stamp of what Plaza wrote"))
	case leaf != kept:
		return FaultError(fault(r, "the hash that is kept of it is not its own"))
	}
	return nil
}

// PublicKey shows whether a checkpoint was signed by the installation that it
// belongs to.
type PublicKey struct{ verifier note.Verifier }

// ParseKey returns the key that [Key.String] has printed.
func ParseKey(text string) (PublicKey, error) {
	v, err := note.NewVerifier(strings.TrimSpace(text))
	if err != nil {
		return PublicKey{}, fmt.Errorf("this is no key of an audit log: %w", err)
	}
	return PublicKey{v}, nil
}
