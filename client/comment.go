package client

import (
	"context"
	"time"
)

// Comment is what was said about a request.
type Comment struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Author string    `json:"author"` // name of the profile whose it is; empty: somebody above
	Text   string    `json:"text"`
}

// Comments returns what was said about a request.
func (c *Client) Comments(ctx context.Context, request string) ([]Comment, error) {
	l, err := thing[List[Comment]](ctx, c, reading(at(requests, request, "comments"), nil))
	return l.Data, err
}

// Comment says something about a request that waits.
func (c *Client) Comment(ctx context.Context, request, text string) error {
	return c.send(ctx, making(at(requests, request, "comments"), struct {
		Text string `json:"text"`
	}{text}), nil)
}
