package client

import (
	"context"
	"net/http"

	"github.com/connectplaza/plaza"
)

const allowances = "/allowances"

// Allowance bounds how many licenses a profile may hold, with all below it.
type Allowance struct {
	ID      string               `json:"id"`
	Profile Ref                  `json:"profile"`
	Kind    *plaza.LicenseKind   `json:"kind"`    // of the licenses that it is for; nil: it is for a plan
	Plan    *Ref                 `json:"plan"`    // of the licenses that it is for; nil: it is for a kind
	Most    int                  `json:"most"`    // how many there may be
	Overage int                  `json:"overage"` // how many more there may be; 0: it is hard
	Used    int                  `json:"used"`    // how many there are
	State   plaza.AllowanceState `json:"state"`
	Version int                  `json:"version"`
}

// AllowanceFilter chooses allowances.
type AllowanceFilter struct {
	Text   string // part of the profile's name
	States []plaza.AllowanceState
}

// Allowances returns those of profiles below.
func (c *Client) Allowances(ctx context.Context, f AllowanceFilter, p Page) (List[Allowance], error) {
	q := p.where()
	q.text("filter[text]", f.Text)
	filterWords(q, "state", f.States)
	return thing[List[Allowance]](ctx, c, reading(allowances, q.Values))
}

// Allowance returns an allowance.
func (c *Client) Allowance(ctx context.Context, id string) (Allowance, error) {
	return thing[Allowance](ctx, c, reading(at(allowances, id), nil))
}

// NewAllowance is what an allowance is made of. It is for a kind or for a plan.
type NewAllowance struct {
	Profile string            `json:"profile"` // ID
	Kind    plaza.LicenseKind `json:"kind,omitempty"`
	Plan    string            `json:"plan,omitempty"` // ID
	Most    int               `json:"most"`
	Overage int               `json:"overage,omitempty"`
}

// CreateAllowance bounds how many licenses a profile may hold.
func (c *Client) CreateAllowance(ctx context.Context, in NewAllowance) (Allowance, error) {
	return thing[Allowance](ctx, c, making(allowances, in))
}

// AllowanceEdit changes what is not nil.
type AllowanceEdit struct {
	Most    *int `json:"most,omitempty"`
	Overage *int `json:"overage,omitempty"`
}

// EditAllowance changes an allowance.
func (c *Client) EditAllowance(ctx context.Context, id string, version int, in AllowanceEdit) (Allowance, error) {
	return thing[Allowance](ctx, c, call{method: http.MethodPatch, path: at(allowances, id), body: in, match: match(version)})
}

// RemoveAllowance lets a profile hold as many as it likes.
func (c *Client) RemoveAllowance(ctx context.Context, id string, version int) error {
	return c.send(ctx, call{method: http.MethodDelete, path: at(allowances, id), match: match(version)}, nil)
}

// RequestAllowance asks to hold more licenses, as the profile whose allowance it is.
func (c *Client) RequestAllowance(ctx context.Context, id string, most int, note string) (Request, error) {
	return thing[Request](ctx, c, making(at(allowances, id, "request"), struct {
		Most int    `json:"most"`
		Note string `json:"note,omitempty"`
	}{most, note}))
}
