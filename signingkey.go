package plaza

import (
	"crypto/ed25519"
	"encoding/hex"
	"time"
)

// SigningKey is what answers, license keys and files of the agents' API are signed
// with; an agent pins its public half.
type SigningKey struct {
	ID      string
	Public  ed25519.PublicKey
	Created time.Time
	Signs   time.Time // from when on: until then agents can be told of it
}

// String returns the public half as agents are given it: 64 hexadecimal digits.
func (k SigningKey) String() string { return hex.EncodeToString(k.Public) }
