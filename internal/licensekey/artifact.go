package licensekey

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/base64"
	"io"
)

// Checksum reads r to its end. It returns the checksum of an artifact as the
// agents' API writes it (agent API 9.3), the SHA-512 digest that it stands for,
// and how many bytes there were.
func Checksum(r io.Reader) (checksum string, digest [sha512.Size]byte, size int64, err error) {
	h := sha512.New()
	if size, err = io.Copy(h, r); err != nil {
		return "", digest, 0, err
	}
	h.Sum(digest[:0])
	return base64.RawStdEncoding.EncodeToString(digest[:]), digest, size, nil
}

// SignArtifact returns the signature of an artifact of a product whose digest
// [Checksum] returned. It fails for an ID of more than 255 bytes. The publisher's
// key must not be the one that signs licenses: it is kept where no server is.
func SignArtifact(publisher ed25519.PrivateKey, product string, digest [sha512.Size]byte) (string, error) {
	signature, err := publisher.Sign(nil, digest[:], hashed(product))
	if err != nil {
		return "", err
	}
	return base64.RawStdEncoding.EncodeToString(signature), nil
}

// VerifyArtifact reports whether signature is the publisher's, of an artifact of
// the product with this digest: nil, ErrShape or ErrSignature.
func VerifyArtifact(publisher ed25519.PublicKey, product string, digest [sha512.Size]byte, signature string) error {
	b, err := exactly(base64.RawStdEncoding, signature)
	if err != nil {
		return err
	}
	if len(publisher) != ed25519.PublicKeySize || ed25519.VerifyWithOptions(publisher, digest[:], b, hashed(product)) != nil {
		return ErrSignature
	}
	return nil
}

// hashed is Ed25519ph: what is signed is the digest of a file, which can be large,
// for one product.
func hashed(product string) *ed25519.Options {
	return &ed25519.Options{Hash: crypto.SHA512, Context: product}
}
