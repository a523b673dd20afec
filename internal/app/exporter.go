package app

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// ExportWriter writes the file of an export, as somebody sees the list, and tells how many
// rows are in it so far, and how many there will be about.
type ExportWriter func(ctx context.Context, who plaza.Actor, e plaza.Export, w io.Writer, done ExportProgress) error

// ExportProgress hears how many rows are in a file so far, of how many. Its error says that
// nobody waits for it any more.
type ExportProgress func(rows, total int) error

const (
	exportPart  = 1 << 20          // bytes of a part before it is compressed
	exportClaim = 2 * time.Minute  // after it last told how far it is until somebody else begins anew
	exportTells = 5 * time.Second  // how often it does so, if no part is finished meanwhile
	exportAgain = 10 * time.Second // after it broke off
)

// WorkOnExport makes the oldest file that nobody is making, with what the person who asked
// for it may see by then, and reports whether there was one. It is made in parts, each
// written by itself: one that was broken off is begun anew. As soon as the session ends in
// which it was asked for, or the acting session, nothing is left of it. Only the clerk may.
func (a *App) WorkOnExport(ctx context.Context, actor plaza.Actor, write ExportWriter) (worked bool, err error) {
	if err := a.may(ctx, actor, plaza.ExportWork); err != nil {
		return false, err
	}
	if err := a.dropExports(ctx); err != nil {
		return false, err
	}
	var e plaza.Export
	err = a.db.Tx(ctx, func(tx *store.Tx) (err error) {
		e, err = tx.ClaimExport(ctx, everyExport(), a.now(), a.now().Add(exportClaim))
		return err
	})
	if err != nil || e.ID == "" {
		return false, err
	}
	f := &exportFile{app: a, export: e}
	err = f.make(ctx, write)
	switch {
	case err == nil, errors.Is(err, errExportGone):
		return true, nil
	case ctx.Err() != nil:
		return true, err // whoever comes next begins anew
	}
	return true, errors.Join(err, f.fail(ctx, err))
}

func everyExport() plaza.Scope {
	return plaza.Everyone("whoever asked for it decides what is in it, and it is read as they are")
}

// dropExports deletes what nobody can download any more, if there is anything.
func (a *App) dropExports(ctx context.Context) error {
	dead := 0
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		dead, err = tx.DeadExports(ctx, a.now())
		return err
	})
	if err != nil || dead == 0 {
		return err
	}
	return a.db.Tx(ctx, func(tx *store.Tx) error { return tx.DropExports(ctx, a.now()) })
}

// errExportGone says that nobody waits for a file any more.
var errExportGone = errors.New("nobody waits for the export any more")

// exportFile is a file that is being made.
type exportFile struct {
	app    *App
	export plaza.Export
	buffer bytes.Buffer
	told   time.Time // how far it is
	packer *gzip.Writer
}

// make makes the file.
func (f *exportFile) make(ctx context.Context, write ExportWriter) error {
	var who plaza.Actor
	f.told = f.app.now()
	err := f.app.db.Tx(ctx, func(tx *store.Tx) (err error) {
		who, err = f.app.waiting(ctx, tx, f.export)
		return err
	})
	if errors.Is(err, errExportGone) {
		return errors.Join(err, f.app.db.Tx(ctx, func(tx *store.Tx) error { return tx.DropExport(ctx, f.export.ID) }))
	}
	if err != nil {
		return err
	}
	if err := write(ctx, who, f.export, exportParts{ctx, f}, f.progress(ctx)); err != nil {
		return err
	}
	f.export.Finished = f.app.now()
	f.export.Expires = f.export.Finished.Add(plaza.ExportKept)
	return f.flush(ctx)
}

// progress returns what hears how far the file is, and writes it down now and then: so it stays
// claimed, however long its next part takes.
func (f *exportFile) progress(ctx context.Context) ExportProgress {
	return func(rows, total int) error {
		f.export.Rows, f.export.Total = rows, total
		if f.app.now().Before(f.told.Add(exportTells)) {
			return nil
		}
		return f.put(ctx, nil)
	}
}

// exportParts is a writer that writes the parts of a file.
type exportParts struct {
	ctx  context.Context //nolint:containedctx // a writer has none
	file *exportFile
}

// Write implements io.Writer.
func (p exportParts) Write(b []byte) (int, error) {
	p.file.buffer.Write(b)
	if p.file.buffer.Len() < exportPart {
		return len(b), nil
	}
	return len(b), p.file.flush(p.ctx)
}

// flush writes what is there as the next part, if there is anything, and how far it is,
// unless nobody waits for it any more.
func (f *exportFile) flush(ctx context.Context) error {
	part, err := f.pack(f.buffer.Bytes())
	if err != nil {
		return err
	}
	if len(part) > 0 {
		f.export.Parts++
		f.export.Size += f.buffer.Len()
	}
	f.buffer.Reset()
	return f.put(ctx, part)
}

// put writes down how far the file is, with its next part unless that is empty, and that it
// goes on, unless nobody waits for it any more.
func (f *exportFile) put(ctx context.Context, part []byte) error {
	f.told = f.app.now()
	err := f.app.db.Tx(ctx, func(tx *store.Tx) error {
		if _, err := f.app.waiting(ctx, tx, f.export); err != nil {
			return err
		}
		return tx.PutExport(ctx, f.export, part, f.app.now().Add(exportClaim))
	})
	if err != nil && plaza.KindOf(err) == plaza.NotFound {
		err = errExportGone
	}
	return err
}

// fail notes why the file could not be made, or has it begun anew if that may help.
func (f *exportFile) fail(ctx context.Context, why error) error {
	now := f.app.now()
	again := now.Add(exportAgain)
	e := plaza.AsError(why)
	if e.Kind != plaza.Internal && e.Kind != plaza.Unavailable || f.export.Turn >= plaza.ExportTurns {
		msg := e.Msg
		if about, ok := e.Fields["form"]; ok {
			msg = about // which says more
		}
		f.export.Why, f.export.Finished, f.export.Expires, again = msg, now, now.Add(plaza.ExportKept), now
	}
	f.export.Parts, f.export.Size = 0, 0
	err := f.app.db.Tx(ctx, func(tx *store.Tx) error { return tx.PutExport(ctx, f.export, nil, again) })
	if err != nil && plaza.KindOf(err) == plaza.NotFound {
		return nil // nobody waits for it
	}
	return err
}

// waiting returns who waits for e, as they are now: whoever is at work in the session, and
// in the acting session, in which it was asked for, or comes in with the token. Otherwise it
// is errExportGone.
func (a *App) waiting(ctx context.Context, tx *store.Tx, e plaza.Export) (who plaza.Actor, err error) {
	if e.Pass != "" {
		who, gone, err := a.standIn(ctx, tx, e.Login, e.Profile, e.Pass)
		if err != nil && plaza.KindOf(err) == plaza.NotFound || err == nil && (!gone.IsZero() || who.Role != e.Role || !who.Can(plaza.ExportCreate)) {
			err = errExportGone
		}
		return who, err
	}
	s, err := tx.SessionByID(ctx, e.Session)
	switch {
	case err != nil && plaza.KindOf(err) == plaza.NotFound, err == nil && (!alive(s, a.now()) || s.ActingID != e.Acting):
		return who, errExportGone
	case err != nil:
		return who, err
	}
	who = actorOf(s, plaza.Origin{})
	if e.Acting != "" {
		target, err := tx.Acting(ctx, e.Acting, a.now())
		if err != nil && plaza.KindOf(err) == plaza.NotFound || err == nil && !plaza.Allows(plaza.ActingStop, who.Kind, who.Role) {
			return who, errExportGone
		}
		if err != nil {
			return who, err
		}
		who = actingAs(who, target)
	}
	if who.Login != e.Login || who.Role != e.Role || !who.Can(plaza.ExportCreate) {
		return who, errExportGone
	}
	return who, nil
}

// pack returns b compressed.
func (f *exportFile) pack(b []byte) (part []byte, err error) {
	if len(b) == 0 {
		return nil, nil
	}
	var out bytes.Buffer
	if f.packer == nil {
		f.packer, err = gzip.NewWriterLevel(&out, gzip.BestSpeed)
	}
	if err == nil {
		f.packer.Reset(&out)
		_, err = f.packer.Write(b)
	}
	if err == nil {
		err = f.packer.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("compress a part of an export: %w", err)
	}
	return out.Bytes(), nil
}

// unpack writes what was compressed to w.
func unpack(w io.Writer, part []byte) error {
	z, err := gzip.NewReader(bytes.NewReader(part))
	if err != nil {
		return fmt.Errorf("read a part of an export: %w", err)
	}
	for err == nil {
		_, err = io.CopyN(w, z, exportPart)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return err
}
