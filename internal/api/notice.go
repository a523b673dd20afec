package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

const notices = Prefix + "/notices"

func (s *API) noticeOperations() {
	op(s, plaza.NoticeRead, huma.Operation{
		OperationID: "list-notices", Summary: "List what the login should know", Method: http.MethodGet, Path: notices,
		Description: "What stands behind the bell of whoever the token stands for.",
	}, s.listNotices)
	op(s, plaza.NoticeRead, huma.Operation{
		OperationID: "read-notices", Summary: "Note that the login has read its notices", Method: http.MethodPost, Path: notices + "/read", DefaultStatus: http.StatusNoContent,
	}, s.readNotices)
}

// notice is a [plaza.Notice] on the wire.
type notice struct {
	ID     string     `json:"id"`
	Kind   string     `json:"kind"    example:"request_made"`
	Text   string     `json:"text"    doc:"In the language that was asked for"`
	Object string     `json:"object"  doc:"ID of what it is about; it may be empty"`
	At     time.Time  `json:"at"`
	ReadAt *time.Time `json:"read_at" doc:"null: not yet"`
}

type listNoticesIn struct {
	Leaf

	Sort string `query:"sort" enum:"at,-at" doc:"Order; with - from the end"`
}

func (s *API) listNotices(ctx context.Context, actor plaza.Actor, in *listNoticesIn) (*listOut[notice], error) {
	list, err := s.app.Notices(ctx, actor, in.page(in.Sort))
	language, _ := ctx.Value(languageKey{}).(string)
	say := s.texts.Printer(language, nil).Say
	return wireList(list, func(n plaza.Notice) notice {
		return notice{ID: n.ID, Kind: string(n.Kind), Text: say(n.Kind.Text(n.About)), Object: n.Object, At: n.At.UTC(), ReadAt: at(n.Read)}
	}), err
}

func (s *API) readNotices(ctx context.Context, actor plaza.Actor, _ *struct{}) (*empty, error) {
	return &empty{}, s.app.ReadNotices(ctx, actor)
}
