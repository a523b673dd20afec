package client

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

const mails = "/mails"

// Mail is one in the outbox.
type Mail struct {
	ID        string          `json:"id"`
	Kind      plaza.MailKind  `json:"kind"`
	To        string          `json:"to"`
	Subject   string          `json:"subject"`
	State     plaza.MailState `json:"state"`
	Tries     int             `json:"tries"`
	LastError string          `json:"last_error"`
	CreatedAt time.Time       `json:"created_at"`
	NextAt    time.Time       `json:"next_at"` // when it is tried next, while it waits
	SentAt    *time.Time      `json:"sent_at"`
	DeadAt    *time.Time      `json:"dead_at"` // when it was given up
}

// MailFilter chooses mails.
type MailFilter struct {
	States []plaza.MailState
}

// Mails returns the outbox.
func (c *Client) Mails(ctx context.Context, f MailFilter, p Page) (List[Mail], error) {
	q := p.where()
	filterWords(q, "state", f.States)
	return thing[List[Mail]](ctx, c, reading(mails, q.Values))
}

// RetryMail tries a mail again that was given up.
func (c *Client) RetryMail(ctx context.Context, id string) error {
	return c.send(ctx, making(at(mails, id, "retry"), nil), nil)
}
