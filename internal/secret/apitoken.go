package secret

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"hash/crc32"
	"strings"
)

// APIPrefix is what the token of a program begins with: by it, and by the form of what
// follows (59 small letters and digits), scanners find one that was published by mistake.
const APIPrefix = "plaza_"

// letters are those of base32 (RFC 4648) in small: a double click selects all of a token.
var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding) //nolint:gochecknoglobals // a constant

// APIToken returns the bearer secret of a program: [APIPrefix], 32 random bytes and their
// CRC-32, so that a typing mistake is told from a token that there never was. Keep only
// its [Box.Digest].
func APIToken() string {
	raw := make([]byte, size)
	rand.Read(raw) // never fails: the program ends first
	return APIPrefix + letters.EncodeToString(raw) + check(raw)
}

// IsAPIToken reports whether text can be the token of a program, to the letter.
func IsAPIToken(text string) bool {
	rest, ok := strings.CutPrefix(text, APIPrefix)
	of := letters.EncodedLen(size)
	if !ok || len(rest) != of+letters.EncodedLen(crc32.Size) {
		return false
	}
	raw, err := letters.DecodeString(rest[:of])
	return err == nil && letters.EncodeToString(raw) == rest[:of] && check(raw) == rest[of:]
}

func check(raw []byte) string {
	return letters.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(raw)))
}
