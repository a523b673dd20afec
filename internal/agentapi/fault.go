package agentapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/door"
)

// fault is why a request is refused, as an agent reads it (agent API, section 6).
type fault struct {
	status    int
	code      string
	detail    string
	pointer   string // of these three at most one says what is wrong
	parameter string
	header    string
	also      []string // further pointers, to what is wrong in the same way: an error each
	machine   string   // ID of the license's own that is in the way
	wait      time.Duration
	most      int // so many were allowed, of 429
}

func (f *fault) Error() string { return f.code + ": " + f.detail }

// titleOf returns the title of an error with a status.
func titleOf(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "Bad request"
	case http.StatusForbidden:
		return "Access denied"
	case http.StatusNotFound:
		return "Not found"
	case http.StatusRequestEntityTooLarge:
		return "Payload too large"
	case http.StatusUnsupportedMediaType:
		return "Unsupported media type"
	case http.StatusUnprocessableEntity:
		return "Unprocessable resource"
	case http.StatusTooManyRequests:
		return "Too many requests"
	case http.StatusInternalServerError:
		return "Internal server error"
	case http.StatusServiceUnavailable:
		return "Service unavailable"
	}
	return http.StatusText(status)
}

// faultOf returns what an agent is told of err.
func faultOf(err error) *fault {
	if f, ok := errors.AsType[*fault](err); ok {
		return f
	}
	if r, ok := errors.AsType[*plaza.Refusal](err); ok {
		f := &fault{status: door.Status(r.Kind), code: r.Code, detail: r.Detail, pointer: r.Pointer, also: r.Also, machine: r.Machine}
		switch r.Code { // what cannot be read, rather than what cannot be done
		case "PARAMETER_INVALID":
			f.status = http.StatusBadRequest
		case "CONSTRAINT_INVALID":
			f.status, f.parameter = http.StatusBadRequest, "constraint"
		}
		return f
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return unavailable(0)
	}
	switch e := plaza.AsError(err); e.Kind {
	case plaza.Limited:
		return &fault{status: http.StatusTooManyRequests, code: "TOO_MANY_REQUESTS", detail: "there were too many requests; wait before the next one", wait: max(e.Wait, time.Second), most: e.Most}
	case plaza.Unavailable:
		return unavailable(e.Wait)
	case plaza.NotFound:
		return notFound()
	case plaza.Forbidden:
		return forbidden("a license may not do this")
	default:
		return internalFault()
	}
}

func internalFault() *fault {
	return &fault{status: http.StatusInternalServerError, code: "INTERNAL_ERROR", detail: "something went wrong on the server; the request ID helps to find out what"}
}

// unavailable is the answer where something Plaza rests on is away, or too slow.
func unavailable(wait time.Duration) *fault {
	const usual = 30 * time.Second
	if wait == 0 {
		wait = usual
	}
	return &fault{status: http.StatusServiceUnavailable, code: "SERVICE_UNAVAILABLE", detail: "the server cannot answer at the moment; try again later, and tell the request ID if that does not help", wait: wait}
}

// notFound is the one answer for what is not there and for what is another's.
func notFound() *fault {
	return &fault{status: http.StatusNotFound, code: "NOT_FOUND", detail: "there is no such thing for this license"}
}

func forbidden(detail string) *fault {
	return &fault{status: http.StatusForbidden, code: "FORBIDDEN", detail: detail}
}

func unauthorized(code, detail string) *fault {
	return &fault{status: http.StatusUnauthorized, code: code, detail: detail}
}

func bad(code, detail string) *fault {
	return &fault{status: http.StatusBadRequest, code: code, detail: detail}
}

func badEncoding() *fault {
	return bad("ENCODING_INVALID", "the request must be valid UTF-8 without NUL")
}

// badMember refuses a member of the document.
func badMember(pointer, want string) *fault {
	f := bad("PARAMETER_INVALID", pointer+" must be "+want)
	f.pointer = pointer
	return f
}

// badParameter refuses a parameter of the query.
func badParameter(code, parameter, want string) *fault {
	f := bad(code, parameter+" must be "+want)
	f.parameter = parameter
	return f
}

func badHeader(status int, code, header, detail string) *fault {
	return &fault{status: status, code: code, detail: detail, header: header}
}

// unprocessable refuses a member that is of the right shape.
func unprocessable(code, pointer, detail string) *fault {
	return &fault{status: http.StatusUnprocessableEntity, code: code, detail: detail, pointer: pointer}
}

// fault writes an error document for a request.
func (p *pen) fault(f *fault, request string) {
	p.open()
	p.object("meta")
	p.text("id", request)
	p.close()
	p.array("errors")
	p.flaw(f)
	for _, pointer := range f.also {
		one := *f
		one.pointer = pointer
		p.flaw(&one)
	}
	p.closeArray()
	p.close()
}

// flaw writes one of the errors of a document.
func (p *pen) flaw(f *fault) {
	p.open()
	p.text("title", titleOf(f.status))
	p.text("detail", f.detail)
	p.text("code", f.code)
	switch {
	case f.pointer != "":
		p.source("pointer", f.pointer)
	case f.parameter != "":
		p.source("parameter", f.parameter)
	case f.header != "":
		p.source("header", f.header)
	}
	if f.machine != "" {
		p.object("meta")
		p.text("machineId", f.machine)
		p.close()
	}
	p.close()
}

func (p *pen) source(kind, value string) {
	p.object("source")
	p.text(kind, value)
	p.close()
}
