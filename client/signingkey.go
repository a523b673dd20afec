package client

import (
	"context"
	"time"
)

// SigningKey is one by which ConnectAgents know that it is Plaza who speaks.
type SigningKey struct {
	ID        string    `json:"id"`
	Public    string    `json:"public"` // Ed25519, 64 hexadecimal digits
	CreatedAt time.Time `json:"created_at"`
	SignsFrom time.Time `json:"signs_from"` // until then ConnectAgents can be given it
}

// SigningKeys returns them, public as they are.
func (c *Client) SigningKeys(ctx context.Context) ([]SigningKey, error) {
	l, err := thing[List[SigningKey]](ctx, c, reading("/signing-keys", nil))
	return l.Data, err
}
