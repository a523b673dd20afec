package client

import (
	"context"
	"net/http"
)

const approvals = "/approval-limits"

// ApprovalLimits returns above which prices of a license for a month two have to approve a
// request.
func (c *Client) ApprovalLimits(ctx context.Context) ([]Money, error) {
	l, err := thing[List[Money]](ctx, c, reading(approvals, nil))
	return l.Data, err
}

// SetApprovalLimits says so, for one currency each. None: one who approves is enough.
func (c *Client) SetApprovalLimits(ctx context.Context, limits []Money) ([]Money, error) {
	body := struct {
		Limits []Money `json:"limits"`
	}{orNone(limits)}
	l, err := thing[List[Money]](ctx, c, call{method: http.MethodPut, path: approvals, body: body})
	return l.Data, err
}

// orNone returns all, which as JSON is a list even if there is nothing in it.
func orNone[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}
