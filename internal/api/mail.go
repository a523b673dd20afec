package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

const mails = Prefix + "/mails"

func (s *API) mailOperations() {
	op(s, plaza.MailRead, huma.Operation{
		OperationID: "list-mails", Summary: "List the outbox", Method: http.MethodGet, Path: mails,
		Description: "Without what the mails say.",
	}, s.listMails)
	op(s, plaza.MailRetry, huma.Operation{
		OperationID: "retry-mail", Summary: "Try a mail again that was given up", Method: http.MethodPost, Path: mails + "/{id}/retry", DefaultStatus: http.StatusNoContent,
	}, s.retryMail)
}

// mail is a [plaza.Mail] on the wire.
type mail struct {
	ID        string     `json:"id"`
	Kind      string     `json:"kind"       example:"invitation"`
	State     string     `json:"state"      enum:"waiting,sent,dead"`
	To        string     `json:"to"`
	Subject   string     `json:"subject"`
	Tries     int        `json:"tries"`
	CreatedAt time.Time  `json:"created_at"`
	NextAt    time.Time  `json:"next_at"    doc:"When it is tried next, while it waits"`
	SentAt    *time.Time `json:"sent_at"`
	DeadAt    *time.Time `json:"dead_at"    doc:"When it was given up"`
	LastError string     `json:"last_error"`
}

func wireMail(m plaza.Mail) mail {
	return mail{
		ID: m.ID, Kind: string(m.Kind), State: string(m.State()), To: m.To, Subject: m.Subject, Tries: m.Tries, CreatedAt: m.Created.UTC(), NextAt: m.Next.UTC(),
		SentAt: at(m.Sent), DeadAt: at(m.Dead), LastError: m.LastError,
	}
}

type listMailsIn struct {
	Leaf

	Sort   string   `query:"sort"          enum:"created,-created" doc:"Order; with - from the end"`
	States []string `query:"filter[state]" enum:"waiting,sent,dead"`
}

func (s *API) listMails(ctx context.Context, actor plaza.Actor, in *listMailsIn) (*listOut[mail], error) {
	list, err := s.app.Mails(ctx, actor, plaza.MailFilter{States: words[plaza.MailState](in.States)}, in.page(in.Sort))
	return wireList(list, wireMail), err
}

func (s *API) retryMail(ctx context.Context, actor plaza.Actor, in *One) (*empty, error) {
	return &empty{}, s.app.RetryMail(ctx, actor, in.id())
}
