package client

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

const requests = "/requests"

// Request is what a profile asks those above it for.
type Request struct {
	ID        string             `json:"id"`
	Profile   Ref                `json:"profile"` // who asks
	Kind      plaza.RequestKind  `json:"kind"`
	State     plaza.RequestState `json:"state"`
	Name      string             `json:"name"`    // of what is asked for; it may be empty
	Subject   *string            `json:"subject"` // ID of the license or allowance that it is about
	Plan      *Ref               `json:"plan"`    // that is asked for
	Note      string             `json:"note"`
	CreatedAt time.Time          `json:"created_at"`
	LapsesAt  time.Time          `json:"lapses_at"` // unless somebody decides before
	DecidedAt *time.Time         `json:"decided_at"`
	Reason    string             `json:"reason"` // of a decline
	Object    *string            `json:"object"` // ID of what the approval made or changed
	Version   int                `json:"version"`
}

// RequestFilter chooses requests.
type RequestFilter struct {
	Text    string // part of the name that is asked for, or of the profile's
	Profile string // ID: its own only
	Subject string // ID of a license or an allowance: about this one only
	Kinds   []plaza.RequestKind
	States  []plaza.RequestState
}

// Requests returns what profiles below ask for, or one's own.
func (c *Client) Requests(ctx context.Context, f RequestFilter, p Page) (List[Request], error) {
	q := p.where()
	q.text("filter[text]", f.Text)
	q.text("filter[profile]", f.Profile)
	q.text("filter[subject]", f.Subject)
	filterWords(q, "kind", f.Kinds)
	filterWords(q, "state", f.States)
	return thing[List[Request]](ctx, c, reading(requests, q.Values))
}

// Request returns a request.
func (c *Client) Request(ctx context.Context, id string) (Request, error) {
	return thing[Request](ctx, c, reading(at(requests, id), nil))
}

// Wish is what is asked for: exactly one of it, with a note to whoever decides.
type Wish struct {
	License *NewLicense  `json:"license,omitempty"` // of one's own: without a profile
	Agent   *NewAgent    `json:"agent,omitempty"`   // of one's own: without a profile
	Login   *WishedLogin `json:"login,omitempty"`
	Renewal *LicenseWish `json:"renewal,omitempty"`
	Replan  *PlanWish    `json:"replan,omitempty"`
	End     *LicenseWish `json:"end,omitempty"`
	Note    string       `json:"note,omitempty"`
}

// WishedLogin is a login that is asked for.
type WishedLogin struct {
	Name      string     `json:"name"`
	Email     string     `json:"email"`
	Role      plaza.Role `json:"role"`
	Dashboard bool       `json:"dashboard"`
}

// LicenseWish names a license that something is asked for.
type LicenseWish struct {
	License string `json:"license"` // ID
}

// PlanWish names a license, and the plan that is asked for.
type PlanWish struct {
	License string `json:"license"` // ID
	Plan    string `json:"plan"`    // ID
}

// MakeRequest asks for something.
func (c *Client) MakeRequest(ctx context.Context, in Wish) (Request, error) {
	return thing[Request](ctx, c, making(requests, in))
}

// ApproveRequest does what was asked for.
func (c *Client) ApproveRequest(ctx context.Context, id string, version int) (Request, error) {
	return thing[Request](ctx, c, changing(at(requests, id, "approve"), version, nil))
}

// DeclineRequest says no.
func (c *Client) DeclineRequest(ctx context.Context, id string, version int, why string) (Request, error) {
	return thing[Request](ctx, c, changing(at(requests, id, "decline"), version, reason{why}))
}

// WithdrawRequest takes one's own request back.
func (c *Client) WithdrawRequest(ctx context.Context, id string, version int) (Request, error) {
	return thing[Request](ctx, c, changing(at(requests, id, "withdraw"), version, nil))
}
