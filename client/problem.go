package client

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
)

// Problem is what the server answers when it does not do what it was asked to (RFC 9457).
type Problem struct { //nolint:errname // what RFC 9457 calls it
	Type    string         `json:"type"` // where the manual explains it
	Code    plaza.Kind     `json:"code"` // there can be more than package plaza knows
	Title   string         `json:"title"`
	Status  int            `json:"status"`
	Detail  string         `json:"detail"`  // for people
	Request string         `json:"request"` // by which it is found in the logs of the server
	Errors  []FieldProblem `json:"errors"`

	RetryAfter time.Duration `json:"-"` // zero: the server says nothing about it
}

// FieldProblem says what is wrong with one part of what was sent.
type FieldProblem struct {
	Location string `json:"location"` // such as body.name
	Message  string `json:"message"`
}

// KindOf returns the kind of problem that the server answered with; nothing if err is none
// of its answers.
func KindOf(err error) plaza.Kind {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p.Code
	}
	return ""
}

// Error says what is wrong, in one line.
func (p *Problem) Error() string {
	var said []string
	switch {
	case len(p.Errors) > 0 && p.Code == plaza.Invalid: // which say it better
	case p.Detail != "":
		said = []string{p.Detail}
	default:
		said = []string{strings.TrimSpace(strconv.Itoa(p.Status) + " " + p.Title)}
	}
	for _, e := range p.Errors {
		said = append(said, strings.TrimPrefix(e.Location, "body.")+": "+e.Message)
	}
	return strings.Join(said, "; ")
}

// problem returns what an answer that is not a good one says.
func problem(answered *http.Response, text []byte) *Problem {
	p := &Problem{}
	kind, _, _ := mime.ParseMediaType(answered.Header.Get("Content-Type"))
	if kind != "application/problem+json" || json.Unmarshal(text, p) != nil {
		*p = Problem{Title: http.StatusText(answered.StatusCode)} // by something on the way
		if where := answered.Header.Get("Location"); where != "" {
			p.Detail = "the server sends elsewhere, to " + where + ": is the address right?"
		}
	}
	p.Status = answered.StatusCode
	if seconds, err := strconv.Atoi(answered.Header.Get("Retry-After")); err == nil && seconds > 0 {
		p.RetryAfter = time.Duration(seconds) * time.Second
	}
	return p
}
