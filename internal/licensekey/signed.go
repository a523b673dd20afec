package licensekey

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// Errors of whoever reads a key or a file.
var (
	ErrShape     = errors.New("licensekey: not of the shape it should have")
	ErrSignature = errors.New("licensekey: not signed by this key")
	ErrSecret    = errors.New("licensekey: encrypted for another license or machine")
)

// Dataset is what a signed key says. It is written once, when the license is
// issued, and does not change with it (agent API 7.2).
type Dataset struct {
	Account string
	Product string
	Policy  string
	For     time.Duration // how long a license under the policy lasts; 0: without end
	License string
	Created time.Time
	Expiry  time.Time // zero: never
}

// dataset is a Dataset on the wire; the order of its members matters.
type dataset struct {
	Account reference `json:"account"`
	Product reference `json:"product"`
	Policy  struct {
		ID       string `json:"id"`
		Duration *int64 `json:"duration"` // seconds
	} `json:"policy"`
	User    *reference `json:"user"`
	License struct {
		ID      string  `json:"id"`
		Created string  `json:"created"`
		Expiry  *string `json:"expiry"`
	} `json:"license"`
}

type reference struct {
	ID string `json:"id"`
}

// timeLayout is how the agents' API writes a time, in UTC.
const timeLayout = "2006-01-02T15:04:05.000Z"

const signedPrefix = "key/"

// Sign returns the signed key that says d.
func Sign(signer ed25519.PrivateKey, d Dataset) string {
	var w dataset
	w.Account.ID, w.Product.ID, w.Policy.ID, w.License.ID = d.Account, d.Product, d.Policy, d.License
	if d.For != 0 {
		seconds := int64(d.For / time.Second)
		w.Policy.Duration = &seconds
	}
	w.License.Created = d.Created.UTC().Format(timeLayout)
	if !d.Expiry.IsZero() {
		expiry := d.Expiry.UTC().Format(timeLayout)
		w.License.Expiry = &expiry
	}
	signed := signedPrefix + base64.URLEncoding.EncodeToString(compact(w))
	return signed + "." + base64.URLEncoding.EncodeToString(ed25519.Sign(signer, []byte(signed)))
}

// Signed reports whether a key says that it is a signed one, without looking
// whether it is.
func Signed(key string) bool { return strings.HasPrefix(key, signedPrefix) }

// Verify returns what a signed key says. It needs no server. It returns ErrShape
// or ErrSignature: any change of the key, of a single bit, is one of them.
func Verify(public ed25519.PublicKey, key string) (Dataset, error) {
	var d Dataset
	signed, text, ok := strings.Cut(key, ".")
	said, prefixed := strings.CutPrefix(signed, signedPrefix)
	if !ok || !prefixed {
		return d, ErrShape
	}
	signature, err := exactly(base64.URLEncoding, text)
	if err != nil {
		return d, err
	}
	if len(public) != ed25519.PublicKeySize || !ed25519.Verify(public, []byte(signed), signature) {
		return d, ErrSignature
	}
	plain, err := exactly(base64.URLEncoding, said)
	if err != nil {
		return d, err
	}
	var w dataset
	if err := json.Unmarshal(plain, &w); err != nil {
		return d, ErrShape
	}
	d = Dataset{Account: w.Account.ID, Product: w.Product.ID, Policy: w.Policy.ID, License: w.License.ID}
	if w.Policy.Duration != nil {
		d.For = time.Duration(*w.Policy.Duration) * time.Second
	}
	if d.Created, err = time.Parse(timeLayout, w.License.Created); err != nil {
		return Dataset{}, ErrShape
	}
	if w.License.Expiry != nil {
		if d.Expiry, err = time.Parse(timeLayout, *w.License.Expiry); err != nil {
			return Dataset{}, ErrShape
		}
	}
	return d, nil
}

// exactly decodes s, which must be the one text that encodes what it does.
func exactly(encoding *base64.Encoding, s string) ([]byte, error) {
	b, err := encoding.Strict().DecodeString(s)
	if err != nil || encoding.EncodeToString(b) != s {
		return nil, ErrShape
	}
	return b, nil
}

// compact returns v as JSON in one line, with the characters of HTML as they are.
func compact(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // fails for nothing that is given to it here
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
