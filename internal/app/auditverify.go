package app

import (
	"context"
	"errors"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/auditlog"
	"github.com/connectplaza/plaza/internal/store"
)

// VerifyAudit goes through the whole log, and finds out whether it is what was
// sealed, also at the time of each of the given checkpoints. Only [plaza.Sealer]
// may. A checkpoint that this installation did not sign is an error.
func (a *App) VerifyAudit(ctx context.Context, actor plaza.Actor, notes []string) (report auditlog.Report, err error) {
	err = a.see(ctx, actor, plaza.AuditSeal, "", func(tx *store.Tx) error {
		report, err = CheckAudit(ctx, tx, a.key, notes)
		return err
	})
	return report, err
}

// CheckAudit is [App.VerifyAudit] within a transaction that is open already.
func CheckAudit(ctx context.Context, tx *store.Tx, key auditlog.Key, notes []string) (report auditlog.Report, err error) {
	public, err := key.Public()
	if err != nil {
		return report, err
	}
	var known []auditlog.Checkpoint
	for _, note := range notes {
		c, err := public.Open(note)
		if err != nil {
			return report, err
		}
		known = append(known, c)
	}
	newest, problem, err := newestCheckpoint(ctx, tx, public)
	if err != nil {
		return report, err
	}
	v := auditlog.NewVerifier(&key, append(known, newest)...)
	if problem != "" {
		v.Note(auditlog.Fault{Position: plaza.Unsealed, Why: problem})
		for _, c := range known {
			newest.Size = max(newest.Size, c.Size) // so that at least these are looked at
		}
	}
	err = errors.Join(walkSealed(ctx, tx, v, newest.Size), walkUnsealed(ctx, tx, v))
	return v.Report(), err
}

// newestCheckpoint returns the newest checkpoint, or what is the matter with it.
// Before the first it is zero.
func newestCheckpoint(ctx context.Context, tx *store.Tx, key auditlog.PublicKey) (c auditlog.Checkpoint, problem string, err error) {
	note, err := tx.AuditCheckpoint(ctx)
	switch {
	case err != nil && plaza.KindOf(err) == plaza.NotFound:
		return c, "the newest checkpoint is gone, and its place", nil
	case err != nil || note == "":
		return c, "", err
	}
	c, bad := key.Open(note)
	if bad != nil {
		problem = "the newest checkpoint is none: " + bad.Error()
	}
	return c, problem, nil
}

// verifyAtOnce is how many events are in memory at a time.
const verifyAtOnce = 1000

// eachPosition calls f for every position from one on in a log of the given size,
// with the events that stand there, which should be one, and the hashes that are
// kept.
func eachPosition(ctx context.Context, tx *store.Tx, first, size int64, f func(position int64, events []plaza.AuditRecord, kept []tlog.Hash) error) error {
	for from := first; from < size; from += verifyAtOnce {
		till := min(from+verifyAtOnce, size)
		records, err := tx.AuditRecords(ctx, from, till)
		if err != nil {
			return err
		}
		kept, err := tx.AuditHashes(ctx, auditlog.Place(from), auditlog.Place(till))
		if err != nil {
			return err
		}
		for p := from; p < till; p++ {
			n := 0
			for n < len(records) && records[n].Position <= p {
				n++
			}
			if err := f(p, records[:n], keptFor(kept, p)); err != nil {
				return err
			}
			records = records[n:]
		}
	}
	return nil
}

// walkSealed has v take every event of a log of the given size, and whatever
// else says that it is sealed.
func walkSealed(ctx context.Context, tx *store.Tx, v *auditlog.Verifier, size int64) error {
	err := eachPosition(ctx, tx, 0, size, func(_ int64, events []plaza.AuditRecord, kept []tlog.Hash) error {
		if len(events) == 0 {
			v.Gone(kept)
			return nil
		}
		last := len(events) - 1
		for _, r := range events[:last] {
			v.Stray(r, "its position is another's")
		}
		v.Event(events[last], kept)
		return nil
	})
	if err != nil {
		return err
	}
	strays, err := tx.StrayAudit(ctx, size, verifyAtOnce)
	if err != nil {
		return err
	}
	for _, r := range strays {
		v.Stray(r, fmt.Sprintf("the log has no such position: a checkpoint was signed of %d events", size))
	}
	n, err := tx.CountAuditHashes(ctx)
	if should := auditlog.Hashes(size); err == nil && n != should {
		v.Note(auditlog.Fault{Position: plaza.Unsealed, Why: fmt.Sprintf("%d hashes are kept, where %d belong", n, should)})
	}
	return err
}

// keptFor returns the hashes that are kept for a position: its own, and those
// that it completes.
func keptFor(kept map[int64][]byte, position int64) []tlog.Hash {
	places := make([]int64, 1+bits.TrailingZeros64(^uint64(position))) //nolint:gosec // never below 0
	for i := range places {
		places[i] = auditlog.Place(position) + int64(i)
	}
	return hashesAt(kept, places)
}

// walkUnsealed has v take every event that is not sealed yet.
func walkUnsealed(ctx context.Context, tx *store.Tx, v *auditlog.Verifier) error {
	for after := ""; ; {
		records, err := tx.UnsealedAudit(ctx, after, verifyAtOnce)
		if err != nil {
			return err
		}
		for _, r := range records {
			v.Unsealed(r)
			after = r.ID
		}
		if len(records) < verifyAtOnce {
			return nil
		}
	}
}
