// Package licensekey makes license keys and tells a mistyped one from one that
// could exist. It is pure: it knows no license and no database.
package licensekey

import (
	"crypto/rand"
	"strings"
)

// alphabet is Crockford's base 32: without I, L, O and U, which are easily
// misread.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const (
	symbols = 27 // 26 random ones, 130 bits, and a check symbol
	group   = 9  // symbols between two hyphens
)

// New returns a new random key, three groups of nine symbols: 130 random bits
// and a check symbol.
func New() string {
	b := make([]byte, symbols-1)
	_, _ = rand.Read(b) // never fails
	key := make([]byte, 0, symbols)
	for _, c := range b {
		key = append(key, alphabet[c&31])
	}
	key = append(key, check(key))
	return string(key[:group]) + "-" + string(key[group:2*group]) + "-" + string(key[2*group:])
}

// Normal returns the key that somebody meant who typed s: without spaces and
// hyphens, in upper case, with the symbols that are easily misread put right. It
// returns false if that cannot be a key.
func Normal(s string) (string, bool) {
	s = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(s))
	if len(s) != symbols || strings.Trim(s, alphabet) != "" || s[symbols-1] != check([]byte(s[:symbols-1])) {
		return "", false
	}
	return s, true
}

// Hint returns the last symbols of a key, by which people tell keys apart.
func Hint(key string) string {
	key = strings.TrimRight(key, "=") // of a signed one
	return key[len(key)-5:]
}

// check returns the symbol that makes a single wrong symbol show, and two swapped
// neighbours unless their values are 16 apart. All of key must be in the alphabet.
func check(key []byte) byte {
	sum := 0
	for i, c := range key {
		sum += strings.IndexByte(alphabet, c) * (2*i + 1) // odd weights: each single change shows modulo 32
	}
	return alphabet[sum%32]
}
