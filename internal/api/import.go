package api

import (
	"context"
	"io"
	"mime"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/i18n"
)

const imports = Prefix + "/imports"

func (s *API) importOperations() {
	op(s, plaza.ImportRead, huma.Operation{
		OperationID: "list-imports", Summary: "List imports", Method: http.MethodGet, Path: imports,
	}, s.listImports)
	op(s, plaza.ImportCreate, huma.Operation{
		OperationID: "create-import", Summary: "Send a file with rows of what is to be made", Method: http.MethodPost, Path: imports, DefaultStatus: http.StatusCreated,
		MaxBodyBytes: plaza.MaxImport, RequestBody: &huma.RequestBody{
			Required: true, Description: "The file itself. What it is, its content says.", Content: map[string]*huma.MediaType{typeCSV: {}, typeExcel: {}, typeAnything: {}},
		},
		Description: "CSV or Excel: up to 64 MB and 100,000 rows, the first of them with headings. Nothing is made yet: its columns are matched by their headings, as far as these say so. " +
			"Needs the verb of what is made, too: `profile.create`, `license.issue` or `login.create`. It takes no `Idempotency-Key`: of two that were sent by mistake, discard one. " +
			"It belongs to the token that sent it: another one, or a person, can read it and no more.",
	}, s.createImport)
	op(s, plaza.ImportRead, huma.Operation{
		OperationID: "get-import", Summary: "Get an import, and see how far it is", Method: http.MethodGet, Path: imports + "/{id}",
	}, s.getImport)
	op(s, plaza.ImportRead, huma.Operation{
		OperationID: "list-faulty-rows", Summary: "List the rows of an import that cannot be made", Method: http.MethodGet, Path: imports + "/{id}/faulty-rows",
	}, s.listFaultyRows)
	op(s, plaza.ImportCheck, huma.Operation{
		OperationID: "check-import", Summary: "Say what the columns hold, and try each row", Method: http.MethodPost, Path: imports + "/{id}/check", DefaultStatus: http.StatusAccepted,
		Description: "Nothing is made. It goes on by itself: read the import until it is `ready` or `faulty`.",
	}, s.checkImport)
	op(s, plaza.ImportApply, huma.Operation{
		OperationID: "apply-import", Summary: "Make all of an import that is ready", Method: http.MethodPost, Path: imports + "/{id}/apply", DefaultStatus: http.StatusAccepted,
		Description: "All of it or nothing. It goes on by itself, with the rights that the token has by then: read the import until it is `applied`, or `faulty` or `failed`.",
	}, s.applyImport)
	op(s, plaza.ImportDiscard, huma.Operation{
		OperationID: "discard-import", Summary: "Delete the rows of an import", Method: http.MethodPost, Path: imports + "/{id}/discard",
	}, s.discardImport)
}

// What files are sent as, and answered with.
const (
	typeCSV      = "text/csv"
	typeExcel    = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typeAnything = "application/octet-stream"
)

// importFile is a [plaza.Import] on the wire.
type importFile struct {
	ID        string         `json:"id"`
	Kind      string         `json:"kind"       enum:"partners,licenses,logins"`
	State     string         `json:"state"      enum:"matching,checking,ready,faulty,applying,applied,failed,discarded,lapsed"`
	File      string         `json:"file"       doc:"What it was called"`
	By        ref            `json:"by"         doc:"The login that sent it"`
	Mine      bool           `json:"mine"       doc:"Whoever asks sent it, and can go on with it"`
	Headings  []string       `json:"headings"   doc:"Of its columns"`
	Columns   []importColumn `json:"columns"    doc:"What they hold, as far as that is known"`
	Rows      int            `json:"rows"`
	Done      int            `json:"done"       doc:"Rows that were tried so far, or made"`
	Bad       int            `json:"bad"        doc:"Of these, what cannot be made"`
	Problem   string         `json:"problem"    doc:"Why it does not go on; empty: it does"`
	CreatedAt time.Time      `json:"created_at"`
	ChangedAt time.Time      `json:"changed_at" doc:"Its state"`
}

// importColumn says what a column of a file holds.
type importColumn struct {
	Field  string `json:"field"  doc:"As in the request that makes one such thing: see the manual on imports" example:"name"`
	Column int    `json:"column" minimum:"0" maximum:"99" doc:"Which column, from 0"`
}

// say returns what writes for whoever asks.
func (s *API) say(ctx context.Context) *i18n.Printer {
	language, _ := ctx.Value(languageKey{}).(string)
	return s.texts.Printer(language, nil)
}

func (s *API) wireImport(ctx context.Context, actor plaza.Actor) func(plaza.Import) importFile {
	say := s.say(ctx).Say
	return func(i plaza.Import) importFile {
		w := importFile{
			ID: i.ID, Kind: string(i.Kind), State: string(i.State), File: i.File, By: ref{i.Login, i.LoginName}, Mine: i.SentBy(actor), Headings: append([]string{}, i.Headings...),
			Columns: []importColumn{}, Rows: i.Rows, Done: i.Done, Bad: i.Bad, CreatedAt: i.Created.UTC(), ChangedAt: i.Changed.UTC(),
		}
		for _, f := range i.Kind.Fields() {
			if at, ok := i.Columns[f.Name]; ok {
				w.Columns = append(w.Columns, importColumn{f.Name, at})
			}
		}
		if !i.Problem.IsZero() {
			w.Problem = say(i.Problem)
		}
		return w
	}
}

type listImportsIn struct {
	Leaf

	Sort string `query:"sort" enum:"created,-created" doc:"Order; with - from the end"`
}

func (s *API) listImports(ctx context.Context, actor plaza.Actor, in *listImportsIn) (*listOut[importFile], error) {
	list, err := s.app.Imports(ctx, actor, in.page(in.Sort))
	return wireList(list, s.wireImport(ctx, actor)), err
}

// upload is a body that is read as it comes: it may be larger than anybody should have in
// memory before it is known whether there is room.
type upload struct{ body huma.Context }

// Resolve keeps the request whose body it is; huma asks for it by this name.
func (u *upload) Resolve(c huma.Context) []error {
	u.body = c
	return nil
}

type createImportIn struct {
	upload

	Kind string `query:"kind" required:"true" enum:"partners,licenses,logins" doc:"What its rows are to become"`
	File string `query:"file"                 doc:"What the file is called, for people"`
}

func (s *API) createImport(ctx context.Context, actor plaza.Actor, in *createImportIn) (*created[importFile], error) {
	r, _ := humago.Unwrap(in.body)
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); !slices.Contains([]string{typeCSV, typeExcel, typeAnything}, kind) {
		p := s.problem(ctx, plaza.Errorf(plaza.Invalid, "api.media_file", "Excel", typeExcel))
		p.Status, p.Title = http.StatusUnsupportedMediaType, http.StatusText(http.StatusUnsupportedMediaType)
		return nil, p
	}
	made, err := s.app.CreateImport(ctx, actor, plaza.NewImport{Kind: plaza.ImportKind(in.Kind), File: in.File}, r.Body)
	if err != nil {
		_, _ = io.Copy(io.Discard, r.Body) // many listen only when they have said all
		return nil, err
	}
	return &created[importFile]{"", s.wireImport(ctx, actor)(made), imports + "/" + made.ID}, nil
}

func (s *API) getImport(ctx context.Context, actor plaza.Actor, in *read) (*answer[importFile], error) {
	return s.importAnswer(ctx, actor, in.id(), nil)
}

// importAnswer answers with an import as it is now, unless what was done to it failed.
func (s *API) importAnswer(ctx context.Context, actor plaza.Actor, id string, err error) (*answer[importFile], error) {
	if err != nil {
		return nil, err
	}
	r, err := s.app.Import(ctx, seeing(actor, plaza.ImportRead), id)
	return &answer[importFile]{"", s.wireImport(ctx, actor)(r.Import)}, err
}

// faultyRow is an [app.FaultyLine] on the wire.
type faultyRow struct {
	Row      int          `json:"row"      doc:"As a spreadsheet counts them: the headings are row 1"`
	Cells    []string     `json:"cells"`
	Problems []rowProblem `json:"problems"`
}

// rowProblem is why a row cannot be made.
type rowProblem struct {
	Field  string `json:"field"  doc:"That is wrong; empty: it is about the whole row"`
	Value  string `json:"value"`
	Detail string `json:"detail" doc:"Why"`
}

type listFaultyRowsIn struct {
	One
	Leaf
}

func (s *API) listFaultyRows(ctx context.Context, actor plaza.Actor, in *listFaultyRowsIn) (*listOut[faultyRow], error) {
	list, err := s.app.FaultyRows(ctx, actor, in.id(), in.page(""))
	say := s.say(ctx).Say
	return wireList(list, func(l app.FaultyLine) faultyRow {
		w := faultyRow{Row: l.Number, Cells: append([]string{}, l.Cells...)}
		for _, p := range l.Problems {
			w.Problems = append(w.Problems, rowProblem{p.Field, p.Value, say(p.Why)})
		}
		return w
	}), err
}

type checkImportIn struct {
	One

	Body struct {
		Columns []importColumn `json:"columns,omitempty" maxItems:"100" doc:"What the columns hold; without it, as they are matched"`
	}
}

func (s *API) checkImport(ctx context.Context, actor plaza.Actor, in *checkImportIn) (*answer[importFile], error) {
	var columns plaza.ImportColumns
	for _, c := range in.Body.Columns {
		if _, twice := columns[c.Field]; twice {
			return nil, &plaza.Error{Kind: plaza.Invalid, Msg: plaza.T("error.invalid"), Fields: map[string]plaza.Text{"columns": plaza.T("api.repeated", "Name", c.Field)}}
		}
		if columns == nil {
			columns = plaza.ImportColumns{}
		}
		columns[c.Field] = c.Column
	}
	err := s.app.CheckImport(ctx, actor, in.id(), columns)
	if e := plaza.AsError(err); err != nil && e.Kind == plaza.Invalid {
		at := map[string]plaza.Text{}
		for field, why := range e.Fields {
			at["columns."+field] = why
		}
		err = &plaza.Error{Kind: e.Kind, Msg: e.Msg, Fields: at}
	}
	return s.importAnswer(ctx, actor, in.id(), err)
}

func (s *API) applyImport(ctx context.Context, actor plaza.Actor, in *One) (*answer[importFile], error) {
	return s.importAnswer(ctx, actor, in.id(), s.app.ApplyImport(ctx, actor, in.id()))
}

func (s *API) discardImport(ctx context.Context, actor plaza.Actor, in *One) (*answer[importFile], error) {
	return s.importAnswer(ctx, actor, in.id(), s.app.DiscardImport(ctx, actor, in.id()))
}
