// Package auditlog seals the audit log and finds out whether it is whole.
//
// Events are the leaves of a Merkle tree, as [tlog] builds it for Go's checksum
// database: whoever changes, removes, adds or moves one of them changes its root.
// A [Checkpoint] says how many events there are and what the root is, signed; one
// that is kept elsewhere shows, too, when the end was cut off. A [Verifier] goes
// through a log and names the first event that does not fit.
//
// The package is pure: it knows no database and no transport.
package auditlog

import (
	"crypto/rand"
	"crypto/sha256"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/connectplaza/plaza"
)

// What is hashed begins with what it is: nothing else that somebody signs or
// hashes can be taken for it, nor what another version will write.
const (
	eventPrefix    = "plaza/audit/v1\n"
	personalPrefix = "plaza/audit/v1/personal\n"
)

// saltSize is the length of a salt, in bytes. An address has few possible
// values: without a salt, its hash would tell it.
const saltSize = 32

func salt() []byte {
	b := make([]byte, saltSize)
	rand.Read(b) // never fails: the program ends first
	return b
}

// Leaf returns the hash by which r stands in the tree.
func Leaf(r plaza.AuditRecord) tlog.Hash {
	public, _ := r.Texts()
	b := field([]byte(eventPrefix), strconv.FormatInt(r.At, 10))
	for _, text := range public {
		b = field(b, *text)
	}
	if r.Pass != "" { // events had none before there were tokens; a list with one more value is another list
		b = field(b, r.Pass)
	}
	return tlog.RecordHash(field(b, string(personal(r))))
}

// personal returns the hash of what may tell something of a person.
func personal(r plaza.AuditRecord) []byte {
	if r.Erased() {
		return r.Personal
	}
	_, texts := r.Texts()
	b := field([]byte(personalPrefix), string(r.Salt))
	for _, text := range texts {
		b = field(b, *text)
	}
	sum := sha256.Sum256(b)
	return sum[:]
}

// Forget returns r without what may tell something of a person. Its leaf stays
// the same.
func Forget(r plaza.AuditRecord) plaza.AuditRecord {
	r.Personal = personal(r)
	r.Salt = nil
	_, texts := r.Texts()
	for _, text := range texts {
		*text = ""
	}
	r.Changes = plaza.NoChanges
	return r
}

// emptied reports whether r, which says that it was erased, holds nothing that
// its leaf does not prove.
func emptied(r plaza.AuditRecord) bool {
	blank := Forget(r)
	_, is := r.Texts()
	_, should := blank.Texts()
	for i := range is {
		if *is[i] != *should[i] {
			return false
		}
	}
	return r.Salt == nil && len(r.Personal) == sha256.Size
}

// field appends a value with its length before it, so that no two lists of
// values look alike.
func field(b []byte, value string) []byte {
	b = strconv.AppendInt(b, int64(len(value)), 10)
	b = append(b, ':')
	b = append(b, value...)
	return append(b, '\n')
}
