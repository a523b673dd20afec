package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/connectplaza/plaza"
)

// One is the part of a request that says which thing it is about.
type One struct {
	ID string `path:"id" doc:"ID of the thing"`
}

// id returns the ID in the path, or nothing, which no thing has, if that is none.
func (o One) id() string {
	if uuid.MatchString(o.ID) {
		return o.ID
	}
	return ""
}

// read asks for one thing.
type read struct {
	One
	Pick
}

// Change is the part of a request that changes a thing which says as what it was read.
type Change struct {
	One

	IfMatch string `header:"If-Match" doc:"ETag of the thing as it was read; * if that does not matter" example:"\"3\""`
}

// etag returns what tells a version of a thing from others.
func etag(version int) string { return `"` + strconv.Itoa(version) + `"` }

// version returns which version of a thing c is for. now returns the present one, which is
// asked for if any will do.
func (s *API) version(ctx context.Context, c Change, now func() (int, error)) (int, error) {
	switch match := strings.TrimSpace(c.IfMatch); match {
	case "":
		p := s.problem(ctx, plaza.Errorf(plaza.Invalid, "api.if_match"))
		p.Status, p.Code, p.Title = http.StatusPreconditionRequired, "precondition_required", http.StatusText(http.StatusPreconditionRequired)
		p.Type = s.typeOf(p.Code)
		return 0, p
	case "*":
		return now()
	default:
		if n, err := strconv.Atoi(strings.Trim(match, `"`)); err == nil && match == etag(n) {
			return n, nil
		}
		return 0, plaza.Errorf(plaza.Stale, "error.stale") // no version of ours is called that
	}
}

// seeing returns actor as it sees a thing that it changes, or has made, whether or not its
// token is for looking at such things, too: the answer to a change is the thing.
func seeing(actor plaza.Actor, v plaza.Verb) plaza.Actor {
	if actor.Pass != nil && !slices.Contains(actor.Pass.Verbs, v) {
		pass := *actor.Pass
		pass.Verbs = append(slices.Clone(pass.Verbs), v)
		actor.Pass = &pass
	}
	return actor
}

// answer answers with a thing, and with what tells this version of it from others.
type answer[T any] struct {
	ETag string `header:"ETag"`
	Body T
}

// created answers with a thing that was made, and where it is.
type created[T any] struct {
	ETag     string `header:"ETag"`
	Body     T
	Location string `header:"Location"`
}

// empty answers with nothing but that it was done.
type empty struct{}
