package client

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

const notices = "/notices"

// Notice is something that a login should know.
type Notice struct {
	ID     string           `json:"id"`
	At     time.Time        `json:"at"`
	Kind   plaza.NoticeKind `json:"kind"`
	Text   string           `json:"text"`
	Object string           `json:"object"`  // ID of what it is about; it may be empty
	ReadAt *time.Time       `json:"read_at"` // nil: not yet
}

// NoticeFilter chooses notices: there is nothing to choose by yet.
type NoticeFilter struct{}

// Notices returns what the login should know that the token stands for.
func (c *Client) Notices(ctx context.Context, _ NoticeFilter, p Page) (List[Notice], error) {
	return thing[List[Notice]](ctx, c, reading(notices, p.where().Values))
}

// ReadNotices notes that the login has read them.
func (c *Client) ReadNotices(ctx context.Context) error {
	return c.send(ctx, making(notices+"/read", nil), nil)
}
