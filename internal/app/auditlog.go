package app

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/auditlog"
	"github.com/connectplaza/plaza/internal/store"
)

// sealAtOnce is how many events are sealed in one transaction: on SQLite nobody
// else writes meanwhile.
const sealAtOnce = 500

// Sealing is how far the log is sealed.
type Sealing struct {
	auditlog.Checkpoint

	New     int // events that were sealed just now
	Refused int // events that were not, as Plaza did not write them
}

// SealAudit seals what was recorded since it did so last, and signs a checkpoint.
// It fails if what was sealed before is not what was signed then: no signature is
// put over that. An event that does not bear Plaza's stamp is left as it is, for
// [App.VerifyAudit] to name. Only [plaza.Sealer] may.
func (a *App) SealAudit(ctx context.Context, actor plaza.Actor) (s Sealing, err error) {
	if err := a.may(ctx, actor, plaza.AuditSeal); err != nil {
		return s, err
	}
	for after, more := "", true; more; {
		var last string
		var next Sealing
		err := a.db.Tx(ctx, func(tx *store.Tx) (err error) {
			next = s // what this did before it was undone does not count
			last, more, err = a.seal(ctx, tx, after, &next)
			return err
		})
		if err != nil {
			return s, err
		}
		after, s = last, next
	}
	return s, nil
}

// seal seals what is not sealed yet, of the events whose IDs come after a given
// one. It returns the ID that it came to, and whether there may be more.
func (a *App) seal(ctx context.Context, tx *store.Tx, after string, s *Sealing) (last string, more bool, err error) {
	note, err := tx.LockAuditLog(ctx)
	if err != nil {
		return after, false, fmt.Errorf("the audit log has no place for its checkpoint: %w", err)
	}
	tree, err := a.sealed(ctx, tx, note, s)
	if err != nil {
		return after, false, err
	}
	events, err := tx.UnsealedAudit(ctx, after, sealAtOnce)
	if err != nil {
		return after, false, err
	}
	before := tree.Size()
	for _, e := range events {
		if after = e.ID; !a.key.Stamped(e) || e.Erased() {
			s.Refused++
			continue
		}
		if err := appendLeaf(ctx, tx, tree, e); err != nil {
			return after, false, err
		}
	}
	if tree.Size() > before {
		if s.Checkpoint, err = a.key.Checkpoint(tree); err != nil {
			return after, false, err
		}
		s.New += int(tree.Size() - before)
		err = tx.PutAuditCheckpoint(ctx, s.Note)
	}
	return after, len(events) == sealAtOnce, err
}

// sealed returns the tree of what is sealed, and notes its checkpoint in s.
func (a *App) sealed(ctx context.Context, tx *store.Tx, note string, s *Sealing) (*auditlog.Tree, error) {
	if note == "" {
		return new(auditlog.Tree), nil
	}
	public, err := a.key.Public()
	if err != nil {
		return nil, err
	}
	if s.Checkpoint, err = public.Open(note); err != nil {
		return nil, err
	}
	places := auditlog.Peaks(s.Size)
	kept, err := tx.AuditHashesAt(ctx, places)
	if err != nil {
		return nil, err
	}
	return auditlog.NewTree(s.Checkpoint, hashesAt(kept, places))
}

func appendLeaf(ctx context.Context, tx *store.Tx, tree *auditlog.Tree, e plaza.AuditRecord) error {
	position := tree.Size()
	whole := tree.Append(auditlog.Leaf(e))
	raw := make([][]byte, len(whole))
	for i := range whole {
		raw[i] = whole[i][:]
	}
	if err := tx.PutAuditHashes(ctx, auditlog.Place(position), raw); err != nil {
		return err
	}
	return tx.SealAudit(ctx, e.ID, position)
}

// hashesAt returns those of the kept hashes that are at places. One that is not
// there, or is none, is zero, which no hash is.
func hashesAt(kept map[int64][]byte, places []int64) []tlog.Hash {
	all := make([]tlog.Hash, len(places))
	for i, p := range places {
		if len(kept[p]) == tlog.HashSize {
			all[i] = tlog.Hash(kept[p])
		}
	}
	return all
}

// AuditKey returns the key by which others check the checkpoints of the log. It
// is not secret. Only [plaza.Sealer] may.
func (a *App) AuditKey(ctx context.Context, actor plaza.Actor) (string, error) {
	if err := a.may(ctx, actor, plaza.AuditSeal); err != nil {
		return "", err
	}
	return a.key.String(), nil
}

// AuditCheckpoint returns the signed text of the newest checkpoint; empty if
// nothing is sealed yet. Only [plaza.Sealer] may.
func (a *App) AuditCheckpoint(ctx context.Context, actor plaza.Actor) (note string, err error) {
	err = a.see(ctx, actor, plaza.AuditSeal, "", func(tx *store.Tx) error {
		note, err = tx.AuditCheckpoint(ctx)
		return err
	})
	return note, err
}
