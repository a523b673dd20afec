package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/door"
)

// Problem says what went wrong (RFC 9457). Programs tell problems apart by their code, and
// people look up the type.
type Problem struct { //nolint:errname // what RFC 9457 calls it
	Type    string         `json:"type"              doc:"Address of what the manual says about this kind of problem"`
	Code    string         `json:"code"              doc:"Kind of problem, for programs" example:"not_found"`
	Title   string         `json:"title"             doc:"Meaning of the status"`
	Status  int            `json:"status"            doc:"HTTP status"`
	Detail  string         `json:"detail,omitempty"  doc:"What is wrong, for people, in the language that was asked for"`
	Request string         `json:"request,omitempty" doc:"ID of the request, by which it is found in logs"`
	Errors  []FieldProblem `json:"errors,omitempty"  doc:"What is wrong with which part of what was sent"`

	wait int // seconds until it is worth trying again; 0: it is not said
}

// FieldProblem says what is wrong with one part of what was sent.
type FieldProblem struct {
	Location string `json:"location" doc:"Where it stands" example:"body.name"`
	Message  string `json:"message"  doc:"What is wrong with it"`
}

// Error makes p an error that huma sends as it is.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus returns the status of the answer; huma asks for it by this name.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns what p is sent as.
func (p *Problem) ContentType(string) string { return problemMedia }

// GetHeaders returns what stands in the head of the answer; huma asks by this name.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.wait > 0 {
		h.Set("Retry-After", strconv.Itoa(p.wait))
	}
	return h
}

const problemMedia = "application/problem+json"

var problemType = reflect.TypeFor[Problem]() //nolint:gochecknoglobals // a constant

// problem turns err into a problem. Internal errors are logged, and the caller learns only
// that something broke.
func (s *API) problem(ctx context.Context, err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	language, _ := ctx.Value(languageKey{}).(string)
	request, _ := ctx.Value(requestKey{}).(string)
	say := s.texts.Printer(language, nil).Say
	e := plaza.AsError(err)
	status := door.Status(e.Kind)
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		status, e = http.StatusRequestEntityTooLarge, plaza.Errorf(plaza.Invalid, "error.too_large_for", "Kilobytes", int(tooLarge.Limit>>10))
	}
	switch {
	case ctx.Err() != nil: // nobody is there to be told
	case e.Kind == plaza.Internal:
		s.log.ErrorContext(ctx, "request failed", slog.String("request", request), slog.Any("error", err))
	case e.Kind == plaza.Unavailable:
		s.log.WarnContext(ctx, "not available", slog.String("request", request), slog.Any("error", err))
	}
	p := &Problem{Type: s.typeOf(string(e.Kind)), Code: string(e.Kind), Title: http.StatusText(status), Status: status, Detail: say(e.Msg), Request: request}
	if e.Wait > 0 {
		p.wait = seconds(e.Wait)
	}
	for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
		where := field
		if name := onWire[field]; name != "" {
			where = name
		}
		p.Errors = append(p.Errors, FieldProblem{Location: "body." + where, Message: say(e.Fields[field])})
	}
	return p
}

// onWire is what the wire calls the fields that forms call otherwise.
//
//nolint:gochecknoglobals // a constant
var onWire = map[string]string{"starts": "starts_at", "of": "kind", "owner_name": "owner.name", "owner_email": "owner.email"}

// typeOf returns the address of what the manual says about a kind of problem.
func (s *API) typeOf(code string) string {
	return s.url + "/documentation/problems#" + strings.ReplaceAll(code, "_", "-")
}

// conform makes a problem of what huma found wrong with the form of a request, or of what
// broke. What it quotes is dropped: that can be a whole body with a password in it.
func (s *API) conform(ctx huma.Context, _ string, body any) (any, error) {
	found, ok := body.(*huma.ErrorModel)
	if !ok {
		return body, nil
	}
	if found.Status >= http.StatusInternalServerError {
		return s.problem(ctx.Context(), found), nil
	}
	p := s.problem(ctx.Context(), plaza.Errorf(plaza.Invalid, "error.invalid"))
	if found.Status == http.StatusUnsupportedMediaType {
		p = s.problem(ctx.Context(), plaza.Errorf(plaza.Invalid, "api.media"))
	}
	p.Status, p.Title = found.Status, http.StatusText(found.Status)
	for _, e := range found.Errors {
		p.Errors = append(p.Errors, FieldProblem{Location: e.Location, Message: e.Message})
	}
	return p, nil
}

// fail answers r with err, where there is no operation for huma to do it.
func (s *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problem(r.Context(), err)
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="Plaza"`)
	}
	s.write(w, r, p)
}

func (s *API) write(w http.ResponseWriter, r *http.Request, p *Problem) {
	maps.Copy(w.Header(), p.GetHeaders())
	w.Header().Set("Content-Type", problemMedia)
	w.WriteHeader(p.Status)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		s.log.WarnContext(r.Context(), "write answer", slog.Any("error", err))
	}
}
