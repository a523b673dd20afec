package main

import (
	"context"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/connectplaza/plaza/internal/auditlog"
)

// changeHash flips a bit of a hash that is kept, or swaps it for another one.
func (w *world) changeHash(ctx context.Context) (touched, error) {
	place := w.draw.Int64N(auditlog.Hashes(w.report.Size))
	old, err := w.value(ctx, "SELECT hash FROM audit_hashes WHERE place = $1", place)
	if err != nil {
		return touched{}, err
	}
	hash, _ := old.([]byte)
	switch w.draw.IntN(3) {
	case 0:
		err = w.try(ctx, "UPDATE audit_hashes SET hash = (SELECT hash FROM audit_hashes WHERE place <> $1 ORDER BY place DESC LIMIT 1) WHERE place = $1", place)
	case 1:
		err = w.try(ctx, "UPDATE audit_hashes SET hash = $1 WHERE place = $2", hash[:w.draw.IntN(len(hash))], place)
	default:
		hash[w.draw.IntN(len(hash))] ^= 1 << w.draw.IntN(8)
		err = w.try(ctx, "UPDATE audit_hashes SET hash = $1 WHERE place = $2", hash, place)
	}
	return w.beneathHash(place), err
}

// beneathHash returns the positions that the hash at a place is of. Where the
// event is gone, nothing but the hashes above tells that its own is another.
func (w *world) beneathHash(place int64) touched {
	level, n := tlog.SplitStoredHashIndex(place)
	claim := touched{from: n << level, till: (n+1)<<level - 1, anywhere: true}
	if level == 0 && n < w.report.Gone {
		claim.from, claim.till = n&^1, n|1
	}
	return claim
}

// countHashes deletes a hash that is kept, or adds one.
func (w *world) countHashes(ctx context.Context) (touched, error) {
	count := auditlog.Hashes(w.report.Size)
	if w.draw.IntN(3) == 0 {
		return nowhere(), w.try(ctx, "INSERT INTO audit_hashes (place, hash) SELECT $1, hash FROM audit_hashes WHERE place = 0", count+w.draw.Int64N(9))
	}
	place := w.draw.Int64N(count)
	return w.beneathHash(place), w.try(ctx, "DELETE FROM audit_hashes WHERE place = $1", place)
}

// changeNote changes the checkpoint, takes it away, or puts an older one there.
func (w *world) changeNote(ctx context.Context) (touched, error) {
	old, err := w.value(ctx, "SELECT note FROM audit_log")
	if err != nil {
		return touched{}, err
	}
	note, _ := old.(string)
	public, err := w.key.Public()
	if err != nil {
		return touched{}, err
	}
	older, err := public.Open(w.older)
	if err != nil {
		return touched{}, err
	}
	switch w.draw.IntN(4) {
	case 0:
		return touched{till: w.report.Size, anywhere: true}, w.try(ctx, "DELETE FROM audit_log")
	case 1:
		return touched{till: w.report.Size, anywhere: true}, w.try(ctx, "UPDATE audit_log SET note = ''")
	case 2:
		return touched{from: older.Size, till: w.report.Size}, w.try(ctx, "UPDATE audit_log SET note = $1", w.older)
	}
	b := []byte(note)
	i := w.draw.IntN(len(b) - 1) // what stands after the last line is not signed
	if b[i] >= 0x80 || strings.ContainsRune("\n", rune(b[i])) {
		return touched{}, errSame
	}
	b[i] = "abcxyz0189"[w.draw.IntN(10)]
	if string(b) == note {
		return touched{}, errSame
	}
	return touched{till: w.report.Size, anywhere: true}, w.try(ctx, "UPDATE audit_log SET note = $1", string(b))
}

// makeAnew changes an event and makes all hashes go with it: who knows how the
// log is built can do everything but sign.
func (w *world) makeAnew(ctx context.Context) (touched, error) {
	r := w.any(w.sealed)
	if err := w.try(ctx, "UPDATE audit_events SET reason = reason || 'x' WHERE id = $1", r.id); err != nil {
		return touched{}, err
	}
	tx := w.db.Borrow(w.tx)
	all, err := tx.AuditRecords(ctx, 0, w.report.Size)
	if err != nil {
		return touched{}, err
	}
	kept, err := tx.AuditHashes(ctx, 0, auditlog.Hashes(w.report.Size))
	if err != nil {
		return touched{}, err
	}
	var tree auditlog.Tree
	for p := range w.report.Size {
		leaf := tlog.Hash(kept[auditlog.Place(p)])
		if len(all) > 0 && all[0].Position == p {
			leaf, all = auditlog.Leaf(all[0]), all[1:]
		}
		for i, hash := range tree.Append(leaf) {
			place := auditlog.Place(p) + int64(i)
			if string(kept[place]) == string(hash[:]) {
				continue
			}
			if err := w.try(ctx, "UPDATE audit_hashes SET hash = $1 WHERE place = $2", hash[:], place); err != nil {
				return touched{}, err
			}
		}
	}
	return at(r), nil
}
