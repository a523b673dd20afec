package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/door"
)

const exports = Prefix + "/exports"

func (s *API) exportOperations() {
	op(s, plaza.ExportRead, huma.Operation{
		OperationID: "list-exports", Summary: "List files of lists that are there, or being made", Method: http.MethodGet, Path: exports,
		Description: "Those alone that this token, or this session, asked for.",
	}, s.listExports)
	op(s, plaza.ExportCreate, huma.Operation{
		OperationID: "create-export", Summary: "Have a file made of a list", Method: http.MethodPost, Path: exports, DefaultStatus: http.StatusAccepted,
		Description: "Exactly as the list is on the dashboard, for whoever asks: what the token may not read is not in it. It goes on by itself: read the export until it is `ready` or `failed`. " +
			"The file is for the token that asked for it, for one hour, and ends with it. At most three are made for one login at the same time. Needs the verb by which that list is read, too.",
	}, s.createExport)
	op(s, plaza.ExportRead, huma.Operation{
		OperationID: "get-export", Summary: "See how far a file is", Method: http.MethodGet, Path: exports + "/{id}",
	}, s.getExport)
	op(s, plaza.ExportDownload, huma.Operation{
		OperationID: "download-export", Summary: "Download a file", Method: http.MethodGet, Path: exports + "/{id}/file", MaxBodyBytes: plaza.MaxArtifact,
		Responses: map[string]*huma.Response{"200": {Description: "The file", Content: map[string]*huma.MediaType{typeCSV: {}, typeExcel: {}}}},
	}, s.downloadExport)
	op(s, plaza.ExportCancel, huma.Operation{
		OperationID: "cancel-export", Summary: "Make a file no further, or delete it", Method: http.MethodPost, Path: exports + "/{id}/cancel", DefaultStatus: http.StatusNoContent,
	}, s.cancelExport)
}

// export is a [plaza.Export] on the wire.
type export struct {
	ID        string     `json:"id"`
	List      string     `json:"list"`
	Query     string     `json:"query"      doc:"What the list is filtered and sorted by"`
	Form      string     `json:"form"       enum:"xlsx,csv,csv-semicolon,csv-tab"`
	Language  string     `json:"language"`
	TimeZone  string     `json:"time_zone"`
	State     string     `json:"state"      enum:"running,ready,failed"`
	Rows      int        `json:"rows"       doc:"That are in the file so far"`
	Total     int        `json:"total"      doc:"Rows that the list has; 0 until they are counted"`
	Size      int        `json:"size"       doc:"Bytes, once it is ready"`
	File      string     `json:"file"       doc:"What the file is called"`
	Problem   string     `json:"problem"    doc:"Why it could not be made; empty: it could, so far"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt *time.Time `json:"expires_at" doc:"Nobody can download it from then on; null while it is made"`
}

func (s *API) wireExport(ctx context.Context) func(plaza.Export) export {
	say := s.say(ctx).Say
	return func(e plaza.Export) export {
		w := export{
			ID: e.ID, List: string(e.List), Query: e.Query, Form: string(e.Form), Language: e.Language, TimeZone: e.TimeZone, State: string(e.State()), Rows: e.Rows, Total: e.Total,
			Size: e.Size, File: e.FileName(), CreatedAt: e.Created.UTC(), ExpiresAt: at(e.Expires),
		}
		if !e.Why.IsZero() {
			w.Problem = say(e.Why)
		}
		return w
	}
}

func (s *API) listExports(ctx context.Context, actor plaza.Actor, _ *Pick) (*listOut[export], error) {
	all, err := s.app.Exports(ctx, actor)
	return wireAll(all, s.wireExport(ctx)), err
}

type createExportIn struct {
	Body struct {
		List     string `json:"list"                enum:"licenses,partners,agents,notifications,logins,requests,allowances,plans,batches,moves,releases,deliveries,visits,tokens,notices,mails"`
		Query    string `json:"query,omitempty"     maxLength:"4000" doc:"What it is filtered and sorted by: what stands behind the ? in the address of its page on the dashboard" example:"state=expiring&sort=ends"`
		Form     string `json:"form,omitempty"      enum:"xlsx,csv,csv-semicolon,csv-tab" default:"csv" doc:"Excel is for people: with their words, and times of their zone"`
		Language string `json:"language,omitempty"  doc:"Of the words in it; without it, as Accept-Language asks for" example:"nl"`
		TimeZone string `json:"time_zone,omitempty" default:"UTC" doc:"Of the days that query names, and of the times in an Excel file" example:"Europe/Amsterdam"`
	}
}

func (s *API) createExport(ctx context.Context, actor plaza.Actor, in *createExportIn) (*created[export], error) {
	b := in.Body
	if b.Language == "" {
		b.Language, _ = ctx.Value(languageKey{}).(string)
	}
	made, err := s.sheets.Start(ctx, actor, plaza.NewExport{
		List: plaza.ExportList(b.List), Query: b.Query, Form: plaza.ExportForm(b.Form), Language: b.Language, TimeZone: b.TimeZone,
	})
	if err != nil {
		return nil, err
	}
	return &created[export]{"", s.wireExport(ctx)(made), exports + "/" + made.ID}, nil
}

func (s *API) getExport(ctx context.Context, actor plaza.Actor, in *read) (*answer[export], error) {
	e, err := s.app.Export(ctx, actor, in.id())
	return &answer[export]{"", s.wireExport(ctx)(e)}, err
}

// fileFor is how long a file may take to go.
const fileFor = 15 * time.Minute

// download answers with a file as it comes.
type download struct {
	Body func(huma.Context)
}

func (s *API) downloadExport(_ context.Context, actor plaza.Actor, in *One) (*download, error) {
	return &download{func(c huma.Context) { //nolint:contextcheck // it is of the request, and goes on when who sent it hangs up
		r, w := humago.Unwrap(c)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), fileFor) // who hangs up is noticed when writing
		defer cancel()
		begun := false
		err := s.app.DownloadExport(ctx, actor, in.id(), func(e plaza.Export) io.Writer {
			begun = true
			w.Header().Set("Content-Type", e.Form.Type())
			w.Header().Set("Content-Disposition", `attachment; filename="`+e.FileName()+`"`)
			w.Header().Set("Content-Length", strconv.Itoa(e.Size))
			return w
		})
		switch {
		case err != nil && begun: // a part must not pass for the whole
			s.log.WarnContext(ctx, "an export broke off", slog.String("request", r.Header.Get(door.HeaderRequest)), slog.Any("error", err))
			panic(http.ErrAbortHandler)
		case err != nil:
			s.fail(w, r, err)
		}
	}}, nil
}

func (s *API) cancelExport(ctx context.Context, actor plaza.Actor, in *One) (*empty, error) {
	return &empty{}, s.app.CancelExport(ctx, actor, in.id())
}
