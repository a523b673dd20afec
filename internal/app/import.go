package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/seats"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/table"
)

// importing is what goes on with imports in this process.
type importing struct {
	senders *seats.Seats  // of those whose file is coming, by profile
	readers chan struct{} // seats of those whose file is in memory
	mu      *sync.Mutex
	made    map[string]int // rows of imports that are being made, which nobody sees before they all are
}

// filesAtOnce is how many files are in memory at the same time: each may have
// [plaza.MaxImport], and unfold to several times that.
const filesAtOnce = 2

// How many send a file at the same time: all, and of one profile. It comes as slowly as the
// line is, and is on the disk meanwhile.
const (
	sendersOfAll = 16
	sendersOfOne = 2
)

// busyFor is when somebody who found no seat may try again.
const busyFor = 10 * time.Second

func newImporting() importing {
	return importing{senders: seats.New(sendersOfAll, sendersOfOne), readers: make(chan struct{}, filesAtOnce), mu: new(sync.Mutex), made: map[string]int{}}
}

// note keeps how many rows of an import have been made; forgets it, if that is none.
func (n importing) note(id string, rows int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.made[id] = rows; rows == 0 {
		delete(n.made, id)
	}
}

// seen returns i with how much of it this process has made so far. Another one knows only
// that it is being made: it cannot be written down before all of it is committed.
func (n importing) seen(i plaza.Import) plaza.Import {
	n.mu.Lock()
	defer n.mu.Unlock()
	if i.State == plaza.ImportApplying {
		i.Done = n.made[i.ID]
	}
	return i
}

// Imports returns the imports of the actor's own profile. Owners, administrators and
// managers of resellers and the vendor may. Kinds: Invalid.
func (a *App) Imports(ctx context.Context, actor plaza.Actor, p plaza.Page) (list plaza.List[plaza.Import], err error) {
	err = a.see(ctx, actor, plaza.ImportRead, "", func(tx *store.Tx) error {
		list, err = tx.Imports(ctx, actor.Scope(), actor.Profile, p)
		return err
	})
	for n := range list.Rows {
		list.Rows[n] = a.importing.seen(list.Rows[n])
	}
	return list, err
}

// ImportReport is an import as its page shows it.
type ImportReport struct {
	plaza.Import

	Lines    []plaza.ImportLine // the first of its file, while it waits for somebody to say what its columns hold
	Problems []plaza.ImportProblem
	Mine     bool // the actor sent it, and may go on with it
}

const (
	linesShown    = 5
	problemsShown = 200
)

// Import returns an import of the actor's own profile, with the first of its rows and of
// what is wrong with them. The same people may. Kinds: NotFound.
func (a *App) Import(ctx context.Context, actor plaza.Actor, id string) (r ImportReport, err error) {
	err = a.see(ctx, actor, plaza.ImportRead, id, func(tx *store.Tx) error {
		i, err := tx.Import(ctx, actor.Scope(), actor.Profile, id)
		if err != nil {
			return err
		}
		r.Import, r.Mine = a.importing.seen(i), i.SentBy(actor)
		first, err := tx.ImportParts(ctx, actor.Scope(), id, 0, 1, false)
		if err != nil {
			return err
		}
		for _, p := range first {
			r.Lines = p.Lines[:min(len(p.Lines), linesShown)]
		}
		for after := 0; len(r.Problems) < problemsShown; {
			faulty, err := tx.ImportParts(ctx, actor.Scope(), id, after, 1, true)
			if err != nil || len(faulty) == 0 {
				return err
			}
			after = faulty[0].Number
			r.Problems = append(r.Problems, faulty[0].Problems...)
		}
		r.Problems = r.Problems[:problemsShown]
		return nil
	})
	return r, err
}

// FaultyLine is a row of a file with what is wrong with it.
type FaultyLine struct {
	plaza.ImportLine

	Problems []plaza.ImportProblem
}

// FaultyLines hands the rows of an import of the actor's own profile to f that cannot be
// made. The same people may. Kinds: NotFound.
func (a *App) FaultyLines(ctx context.Context, actor plaza.Actor, id string, f func(FaultyLine) error) error {
	for after := 0; ; {
		var parts []store.ImportPart
		see := func(read func(*store.Tx) error) error { return a.see(ctx, actor, plaza.ImportRead, id, read) }
		if after > 0 { // who was let in when it began may not be by now
			see = func(read func(*store.Tx) error) error { return a.goOn(ctx, actor, read) }
		}
		err := see(func(tx *store.Tx) error {
			if _, err := tx.Import(ctx, actor.Scope(), actor.Profile, id); err != nil {
				return err
			}
			var err error
			parts, err = tx.ImportParts(ctx, actor.Scope(), id, after, 1, true)
			return err
		})
		if err != nil || len(parts) == 0 {
			return err
		}
		after = parts[0].Number
		for _, l := range faulty(parts[0]) {
			if err := f(l); err != nil {
				return err
			}
		}
	}
}

// FaultyRows returns some of the rows that [App.FaultyLines] hands over: as many as are on a
// page, in the order of the file. A place in them is the number of those before it. The same
// people may. Kinds: NotFound, Invalid.
func (a *App) FaultyRows(ctx context.Context, actor plaza.Actor, id string, p plaza.Page) (list plaza.List[FaultyLine], err error) {
	err = a.see(ctx, actor, plaza.ImportRead, id, func(tx *store.Tx) error {
		if _, err := tx.Import(ctx, actor.Scope(), actor.Profile, id); err != nil {
			return err
		}
		counts, err := tx.ImportFaults(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		for _, part := range counts {
			list.Total += part.Bad
		}
		from, till, err := p.Span(list.Total)
		if err != nil {
			return err
		}
		list.Rows, err = faultyRows(ctx, tx, actor.Scope(), id, counts, from, till)
		if till < list.Total {
			list.Next = number(till)
		}
		if from > 0 {
			list.Prev = number(from)
		}
		return err
	})
	return list, err
}

// faultyRows returns the faulty rows of an import from one till another, which is not among
// them. counts says how many are in which part.
func faultyRows(ctx context.Context, tx *store.Tx, scope plaza.Scope, id string, counts []store.ImportPart, from, till int) (rows []FaultyLine, err error) {
	before := 0 // the part
	for _, c := range counts {
		if before < till && before+c.Bad > from {
			parts, err := tx.ImportParts(ctx, scope, id, c.Number-1, 1, true)
			if err != nil {
				return nil, err
			}
			for _, p := range parts {
				lines := faulty(p)
				rows = append(rows, lines[min(max(from-before, 0), len(lines)):min(till-before, len(lines))]...)
			}
		}
		before += c.Bad
	}
	return rows, nil
}

// faulty returns the rows of a part that cannot be made, each with why.
func faulty(p store.ImportPart) (lines []FaultyLine) {
	wrong := map[int][]plaza.ImportProblem{}
	for _, one := range p.Problems {
		wrong[one.Row] = append(wrong[one.Row], one)
	}
	for _, l := range p.Lines {
		if wrong[l.Number] != nil {
			lines = append(lines, FaultyLine{ImportLine: l, Problems: wrong[l.Number]})
		}
	}
	return lines
}

// CreateImport keeps the rows of a file, which content is, until somebody says what its
// columns hold. Owners, administrators and managers of resellers and the vendor may, if
// they may make one such thing. Kinds: Invalid, Forbidden, Conflict if as many of theirs wait as may,
// Limited if others are sending files.
func (a *App) CreateImport(ctx context.Context, actor plaza.Actor, in plaza.NewImport, content io.Reader) (i plaza.Import, err error) {
	in = in.Clean()
	event := plaza.AuditEvent{Verb: plaza.ImportCreate}
	if err := a.may(ctx, actor, event.Verb); err != nil {
		return i, err
	}
	if err := in.Validate(); err != nil {
		return i, err
	}
	free, ok := a.importing.senders.Take(actor.Profile)
	if !ok {
		busy := plaza.Errorf(plaza.Limited, "import.busy")
		busy.Wait = busyFor
		return i, busy
	}
	defer free()
	headings, parts, rows, err := a.received(ctx, content)
	if err != nil {
		return i, err
	}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if err := actor.May(in.Kind.Verb()); err != nil {
			return err
		}
		open, err := tx.OpenImports(ctx, actor.Scope(), actor.Login)
		if err != nil {
			return err
		}
		if open >= plaza.MostImports {
			return plaza.Errorf(plaza.Conflict, "import.too_many", "Count", open)
		}
		i = plaza.Import{
			ID: newID(), Profile: actor.Profile, ProfileName: actor.ProfileName, Login: actor.Login, LoginName: actor.Name,
			Kind: in.Kind, State: plaza.ImportMatching, File: in.File, Headings: headings, Columns: a.matched(in.Kind, headings), Rows: rows,
			Pass: actor.PassID(), Created: a.now(), Changed: a.now(),
		}
		aboutImport(e, i)
		e.Changed("kind", "", string(i.Kind))
		e.Changed("rows", "", number(i.Rows))
		return tx.InsertImport(ctx, i, parts)
	})
	return i, err
}

// aboutImport notes that an event is about i.
func aboutImport(e *plaza.AuditEvent, i plaza.Import) { e.About(i.Profile, "import", i.ID, i.File) }

// received takes a file in as slowly as it comes, and reads it once it is there and few
// others are being read. Kinds: Invalid.
func (a *App) received(ctx context.Context, content io.Reader) (headings []string, parts []store.ImportPart, rows int, err error) {
	f, err := os.CreateTemp("", "plaza-import-")
	if err != nil {
		return nil, nil, 0, fmt.Errorf("keep a file that is sent: %w", err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if _, err := io.Copy(f, io.LimitReader(content, plaza.MaxImport+1)); err != nil {
		return nil, nil, 0, err
	}
	select {
	case a.importing.readers <- struct{}{}:
		defer func() { <-a.importing.readers }()
	case <-ctx.Done():
		return nil, nil, 0, ctx.Err()
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, nil, 0, fmt.Errorf("read a file that was sent: %w", err)
	}
	return readImport(ctx, f)
}

// linesInPart is how many rows of a file are judged, and made, together.
const linesInPart = 500

// readImport reads a file: what its columns are called, and its rows. Kinds: Invalid.
func readImport(ctx context.Context, content io.Reader) (headings []string, parts []store.ImportPart, rows int, err error) {
	data, err := io.ReadAll(io.LimitReader(content, plaza.MaxImport+1))
	if err != nil {
		return nil, nil, 0, err
	}
	if len(data) > plaza.MaxImport {
		return nil, nil, 0, fileProblem("problem.file_size", "Megabytes", plaza.MaxImport>>20) //nolint:mnd // bits of a mebibyte
	}
	err = table.Read(ctx, data, func(number int, cells []string) error {
		if headings == nil {
			headings = cells
			return nil
		}
		if rows++; rows > plaza.MaxImportRows {
			return fileProblem("problem.import_rows", "Max", plaza.MaxImportRows)
		}
		if rows%linesInPart == 1 {
			parts = append(parts, store.ImportPart{Number: len(parts) + 1})
		}
		last := &parts[len(parts)-1]
		last.Lines = append(last.Lines, plaza.ImportLine{Number: number, Cells: cells})
		return nil
	})
	if err == nil && rows == 0 {
		err = fileProblem("problem.import_empty")
	}
	return headings, parts, rows, err
}

// matched returns which of the columns with these headings hold what, as far as they say
// so: by the name of a field, or what it is called in some language.
func (a *App) matched(kind plaza.ImportKind, headings []string) plaza.ImportColumns {
	columns := plaza.ImportColumns{}
	for _, f := range kind.Fields() {
		names := a.spoken(f.Text())
		names[plainWord(f.Name)] = true
		for at, heading := range headings {
			if names[plainWord(heading)] {
				columns[f.Name] = at
				break
			}
		}
	}
	return columns
}

// spoken returns how t is written in every language, as [plainWord].
func (a *App) spoken(t plaza.Text) map[string]bool {
	words := map[string]bool{}
	for _, l := range a.texts.Languages() {
		words[plainWord(a.texts.Printer(l.Code, time.UTC).Say(t))] = true
	}
	return words
}

// plainWord returns s as words are compared: by their letters and digits alone.
func plainWord(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" _-.*:'\"\t\r\n", r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// CheckImport begins to try an import that the actor sent, with what its columns hold: each
// row is judged as the form for one such thing would, and nothing is made. The same people
// may. Kinds: Invalid, NotFound, Conflict, Forbidden.
func (a *App) CheckImport(ctx context.Context, actor plaza.Actor, id string, columns plaza.ImportColumns) error {
	return a.setImport(ctx, actor, plaza.ImportCheck, id, func(i plaza.Import, _ *plaza.AuditEvent) (plaza.Import, error) {
		return i.Check(columns, a.now())
	})
}

// ApplyImport begins to make everything in an import that the actor sent and that was
// tried: all of it, or, if something has come in between, nothing. The same people may.
// Kinds: NotFound, Conflict, Forbidden.
func (a *App) ApplyImport(ctx context.Context, actor plaza.Actor, id string) error {
	return a.setImport(ctx, actor, plaza.ImportApply, id, func(i plaza.Import, e *plaza.AuditEvent) (plaza.Import, error) {
		e.Changed("kind", "", string(i.Kind))
		e.Changed("rows", "", number(i.Rows))
		return i.Apply(a.now())
	})
}

// DiscardImport deletes the rows of an import that the actor sent: nothing is made of it.
// The same people may. Kinds: NotFound, Conflict if it is being made.
func (a *App) DiscardImport(ctx context.Context, actor plaza.Actor, id string) error {
	return a.setImport(ctx, actor, plaza.ImportDiscard, id, func(i plaza.Import, _ *plaza.AuditEvent) (plaza.Import, error) {
		return i.Discard(a.now())
	})
}

// setImport does v to an import that the actor sent: change says what becomes of it. What
// somebody else sent of the same profile is looked at, and no more: it would be done with
// the rights of another.
func (a *App) setImport(ctx context.Context, actor plaza.Actor, v plaza.Verb, id string, change func(plaza.Import, *plaza.AuditEvent) (plaza.Import, error)) error {
	event := plaza.AuditEvent{Verb: v, ObjectKind: "import", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		i, err := tx.HoldImport(ctx, actor.Scope(), actor.Profile, id)
		if err == nil && !i.SentBy(actor) {
			err = plaza.Errorf(plaza.NotFound, "error.not_found")
		}
		if err != nil {
			return err
		}
		aboutImport(e, i)
		if v != plaza.ImportDiscard {
			if err := actor.May(i.Kind.Verb()); err != nil {
				return err
			}
		}
		next, err := change(i, e)
		if err != nil {
			return err
		}
		e.Changed("state", string(i.State), string(next.State))
		tx.AfterCommit(a.tellImporter)
		return tx.SetImport(ctx, actor.Scope(), next)
	})
}

func (a *App) tellImporter() {
	select {
	case a.imported <- struct{}{}:
	default: // nobody is to be told, or is told already
	}
}

// lapsedAtOnce is how many imports lapse in one transaction.
const lapsedAtOnce = 20

// lapseImports has the imports lapse on which nothing happened for long.
func (a *App) lapseImports(ctx context.Context) error {
	for {
		n := 0
		err := a.db.Tx(ctx, func(tx *store.Tx) (err error) {
			n, err = tx.LapseImports(ctx, everyImport(), a.now().Add(-plaza.ImportKept), a.now(), lapsedAtOnce)
			return err
		})
		if err != nil || n < lapsedAtOnce {
			return err
		}
	}
}

func everyImport() plaza.Scope {
	return plaza.Everyone("whoever sent it decides what is in reach, and each row is judged there")
}
