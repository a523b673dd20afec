package app

import (
	"context"
	"io"
	"slices"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// RecordExport records that the actor takes a list along in a file of so many rows, which
// is made at once. It has to be called before the file is handed out, and by whoever has
// read the list as the actor. Everybody with the dashboard may. Kinds: Invalid.
func (a *App) RecordExport(ctx context.Context, actor plaza.Actor, in plaza.NewExport, rows int) error {
	return a.do(ctx, actor, exporting(plaza.ExportCreate, actor, in), func(_ *store.Tx, e *plaza.AuditEvent) error {
		e.Changed("rows", "", number(rows))
		return in.Validate(rows)
	})
}

// exporting returns the event that says that actor takes a list along, which is no thing of
// a profile.
func exporting(v plaza.Verb, actor plaza.Actor, in plaza.NewExport) plaza.AuditEvent {
	e := plaza.AuditEvent{Verb: v, Profile: actor.Profile, ObjectKind: "export", Object: harmless(string(in.List))}
	e.Changed("list", "", harmless(string(in.List)))
	e.Changed("filter", "", harmlessText(in.Query[:min(len(in.Query), mostFilter)]))
	e.Changed("format", "", harmless(string(in.Form)))
	return e
}

// mostFilter is how much is recorded of what a list was filtered by, in bytes.
const mostFilter = 1000

// StartExport has a file made of a list, as the actor's session or token sees it by then, and
// returns what is being made. How many rows the list has is counted then, if rows is 0. The
// same people may. Kinds: Invalid, Conflict if too many are being made for them.
func (a *App) StartExport(ctx context.Context, actor plaza.Actor, in plaza.NewExport, rows int) (e plaza.Export, err error) {
	err = a.do(ctx, actor, exporting(plaza.ExportCreate, actor, in), func(tx *store.Tx, event *plaza.AuditEvent) error {
		if err := in.Validate(rows); err != nil {
			return err
		}
		if rows > 0 {
			event.Changed("rows", "", number(rows))
		}
		e = plaza.Export{
			NewExport: in, ExportOwner: actor.ExportOwner(), ID: newID(), Profile: actor.Profile, Role: actor.Role, Created: a.now(), Total: rows,
		}
		event.Object = e.ID
		tx.AfterCommit(a.tellExporter)
		ok, err := tx.InsertExport(ctx, e)
		if err == nil && !ok {
			err = plaza.Errorf(plaza.Conflict, "export.too_many", "Count", plaza.MostExports)
		}
		return err
	})
	return e, err
}

// exportScope returns the scope that holds what the actor has made: it stands with the profile
// of its login, although a token may reach others alone. Whose it is decides who finds it.
func exportScope(actor plaza.Actor) plaza.Scope {
	actor.Pass = nil
	return actor.Scope()
}

func (a *App) tellExporter() {
	select {
	case a.exported <- struct{}{}:
	default: // nobody is to be told, or is told already
	}
}

// Exports returns the files that are made, or can be downloaded, for the actor's session
// or token, newest first. The same people may.
func (a *App) Exports(ctx context.Context, actor plaza.Actor) (all []plaza.Export, err error) {
	err = a.see(ctx, actor, plaza.ExportRead, "", func(tx *store.Tx) error {
		all, err = tx.Exports(ctx, exportScope(actor), actor.ExportOwner(), a.now())
		all = slices.DeleteFunc(all, func(e plaza.Export) bool { return e.Role != actor.Role })
		return err
	})
	return all, err
}

// Export returns one of them. Kinds: NotFound.
func (a *App) Export(ctx context.Context, actor plaza.Actor, id string) (e plaza.Export, err error) {
	err = a.see(ctx, actor, plaza.ExportRead, id, func(tx *store.Tx) error {
		e, err = a.ownExport(ctx, tx, actor, id)
		return err
	})
	return e, err
}

// ownExport returns an export that is for the actor's session or token and not over, or NotFound.
func (a *App) ownExport(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string) (plaza.Export, error) {
	e, err := tx.Export(ctx, exportScope(actor), id, actor.ExportOwner(), a.now())
	if err == nil && e.Role != actor.Role { // what is in it may not be for its eyes any more
		return plaza.Export{}, plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	return e, err
}

// CancelExport has one of them not be made, or deletes its file. Kinds: NotFound.
func (a *App) CancelExport(ctx context.Context, actor plaza.Actor, id string) error {
	event := plaza.AuditEvent{Verb: plaza.ExportCancel, ObjectKind: "export", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		of, err := a.ownExport(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		e.Changed("list", string(of.List), "")
		return tx.DropExport(ctx, of.ID)
	})
}

// DownloadExport writes the file of one of them to what begin returns, which is called
// once that is on record. Kinds: NotFound, also if it is not finished; Unavailable if it
// ends meanwhile.
func (a *App) DownloadExport(ctx context.Context, actor plaza.Actor, id string, begin func(plaza.Export) io.Writer) error {
	var of plaza.Export
	event := plaza.AuditEvent{Verb: plaza.ExportDownload, ObjectKind: "export", Object: id}
	err := a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) (err error) {
		if of, err = a.ownExport(ctx, tx, actor, id); err != nil {
			return err
		}
		if of.State() != plaza.ExportReady {
			return plaza.Errorf(plaza.NotFound, "error.not_found")
		}
		e.Changes = exporting(plaza.ExportDownload, actor, of.NewExport).Changes
		e.Changed("rows", "", number(of.Rows))
		return nil
	})
	if err != nil {
		return err
	}
	w := begin(of)
	for number := 1; number <= of.Parts; number++ {
		var part []byte
		err := a.goOn(ctx, actor, func(tx *store.Tx) (err error) {
			part, err = tx.ExportPart(ctx, exportScope(actor), of.ID, number)
			return err
		})
		if err != nil {
			return err
		}
		if err := unpack(w, part); err != nil {
			return err
		}
	}
	return nil
}
