package client

import (
	"context"
	"net/http"

	"github.com/connectplaza/plaza"
)

const expiry = "/expiry-rules"

// ExpiryRule says how many days before licenses of a kind end people are told.
type ExpiryRule struct {
	Kind plaza.LicenseKind `json:"kind"`
	Own  bool              `json:"own"`            // the profile itself says so; otherwise one above it, or nobody
	Days []int             `json:"days,omitempty"` // none: nobody is told
}

// ExpiryRules returns them, one for each kind.
func (c *Client) ExpiryRules(ctx context.Context) ([]ExpiryRule, error) {
	l, err := thing[List[ExpiryRule]](ctx, c, reading(expiry, nil))
	return l.Data, err
}

// SetExpiryRules sets those that are given. One that is not the profile's own is as a
// profile above says.
func (c *Client) SetExpiryRules(ctx context.Context, rules []ExpiryRule) ([]ExpiryRule, error) {
	body := struct {
		Rules []ExpiryRule `json:"rules"`
	}{orNone(rules)}
	l, err := thing[List[ExpiryRule]](ctx, c, call{method: http.MethodPut, path: expiry, body: body})
	return l.Data, err
}
