package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

func (s *API) commentOperations() {
	op(s, plaza.RequestRead, huma.Operation{
		OperationID: "list-comments", Summary: "List what was said about a request", Method: http.MethodGet, Path: requests + "/{id}/comments",
		Description: "The oldest first.",
	}, s.listComments)
	op(s, plaza.RequestComment, huma.Operation{
		OperationID: "comment-on-request", Summary: "Say something about a request that waits", Method: http.MethodPost, Path: requests + "/{id}/comments",
		DefaultStatus: http.StatusNoContent,
	}, s.commentOnRequest)
}

// comment is a [plaza.Comment] on the wire.
type comment struct {
	ID     string    `json:"id"`
	Author string    `json:"author" doc:"Name of the profile whose it is; empty if that is somebody above"`
	Text   string    `json:"text"`
	At     time.Time `json:"at"`
}

func wireComment(c plaza.Comment) comment {
	return comment{ID: c.ID, Author: c.AuthorName, Text: c.Text, At: c.At.UTC()}
}

func (s *API) listComments(ctx context.Context, actor plaza.Actor, in *read) (*listOut[comment], error) {
	all, err := s.app.Comments(ctx, actor, in.id())
	return wireAll(all, wireComment), err
}

type commentIn struct {
	One

	Body struct {
		Text string `json:"text" maxLength:"500"`
	}
}

func (s *API) commentOnRequest(ctx context.Context, actor plaza.Actor, in *commentIn) (*empty, error) {
	return &empty{}, s.app.CommentOnRequest(ctx, actor, in.id(), in.Body.Text)
}
