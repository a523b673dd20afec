package app

import (
	"context"
	"io"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/auditlog"
	"github.com/connectplaza/plaza/internal/store"
)

// ExportSealedAudit writes the whole sealed log to w, with everything that
// verifying it takes; that it did so is sealed first, and is the last event of
// what it writes. Only [plaza.Sealer] may, on behalf of the operator.
func (a *App) ExportSealedAudit(ctx context.Context, actor plaza.Actor, w io.Writer) error {
	event := plaza.AuditEvent{Verb: plaza.AuditExport, ObjectKind: "log", Object: auditObject}
	err := a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) (err error) {
		e.Profile, err = tx.Vendor(ctx)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := a.SealAudit(ctx, actor); err != nil {
		return err
	}
	public, err := a.key.Public()
	if err != nil {
		return err
	}
	return a.db.Read(ctx, func(tx *store.Tx) error {
		note, err := tx.AuditCheckpoint(ctx)
		if err != nil {
			return err
		}
		c, err := public.Open(note)
		if err != nil {
			return err
		}
		out := auditlog.NewExport(w)
		err = eachPosition(ctx, tx, 0, c.Size, func(_ int64, events []plaza.AuditRecord, kept []tlog.Hash) error {
			if len(events) == 0 {
				return out.Gone(kept[0])
			}
			return out.Event(events[len(events)-1])
		})
		if err != nil {
			return err
		}
		return out.End(c)
	})
}

// checkpointMailed is the setting that says on which day a checkpoint was mailed
// last.
const checkpointMailed = "audit_checkpoint_mailed"

// MailCheckpoint mails the newest checkpoint of the log to an address, unless one
// was mailed today. Only [plaza.Sealer] may.
func (a *App) MailCheckpoint(ctx context.Context, actor plaza.Actor, address string) error {
	if err := a.may(ctx, actor, plaza.AuditSeal); err != nil {
		return err
	}
	today := a.now().Format(time.DateOnly)
	return a.db.Tx(ctx, func(tx *store.Tx) error {
		if day, err := tx.Setting(ctx, checkpointMailed); err != nil || day == today {
			return err
		}
		note, err := tx.AuditCheckpoint(ctx)
		if err != nil || note == "" {
			return err
		}
		vendor, err := tx.Vendor(ctx)
		if err != nil {
			return err
		}
		if err := tx.PutSetting(ctx, checkpointMailed, today); err != nil {
			return err
		}
		return a.post(ctx, tx, plaza.MailCheckpoint, vendor, recipient{address: address}, letter{
			subject: plaza.T("mail.checkpoint.subject"), lines: []plaza.Text{plaza.T("mail.checkpoint.body")}, as: note,
		})
	})
}
