package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/connectplaza/plaza"
)

const licenses = "/licenses"

// License is what a profile may use.
type License struct {
	ID            string             `json:"id"`
	Profile       Ref                `json:"profile"`
	Kind          plaza.LicenseKind  `json:"kind"`
	Name          string             `json:"name"`
	Plan          Ref                `json:"plan"`
	Edition       int                `json:"edition"`  // of the plan
	KeyHint       string             `json:"key_hint"` // the last characters of its key
	State         plaza.LicenseState `json:"state"`
	Valid         bool               `json:"valid"`
	StartsAt      time.Time          `json:"starts_at"`
	EndsAt        *time.Time         `json:"ends_at"`       // nil: without end
	GraceEndsAt   *time.Time         `json:"grace_ends_at"` // when it stops being valid
	GraceDays     int                `json:"grace_days"`
	Machines      int                `json:"machines"` // how many it may be activated on
	Trial         bool               `json:"trial"`
	Renews        bool               `json:"renews"` // another term follows by itself
	Awaits        bool               `json:"awaits"` // its term begins when it is first activated
	SuspendedAt   *time.Time         `json:"suspended_at"`
	SuspendReason string             `json:"suspend_reason"`
	EndedAt       *time.Time         `json:"ended_at"`
	Agent         *Ref               `json:"agent"`      // nil: it runs none
	BillingID     string             `json:"billing_id"` // what another system calls it
	CreatedAt     time.Time          `json:"created_at"`
	UpdatedAt     time.Time          `json:"updated_at"`
	Version       int                `json:"version"`
}

// LicenseFilter chooses licenses.
type LicenseFilter struct {
	Text     string // part of the name, of its profile's, of its ConnectAgent's or of its billing ID, or the end of the key
	Profile  string // ID: its own only
	Kinds    []plaza.LicenseKind
	States   []plaza.LicenseState // none: all but ended
	Plan     string               // ID
	EndsFrom time.Time            // then or later
	EndsTill time.Time            // before
}

// Licenses returns licenses in reach.
func (c *Client) Licenses(ctx context.Context, f LicenseFilter, p Page) (List[License], error) {
	q := p.where()
	q.text("filter[text]", f.Text)
	q.text("filter[profile]", f.Profile)
	q.text("filter[plan]", f.Plan)
	q.time("filter[ends_from]", f.EndsFrom)
	q.time("filter[ends_till]", f.EndsTill)
	filterWords(q, "kind", f.Kinds)
	filterWords(q, "state", f.States)
	return thing[List[License]](ctx, c, reading(licenses, q.Values))
}

// License returns a license.
func (c *Client) License(ctx context.Context, id string) (License, error) {
	return thing[License](ctx, c, reading(at(licenses, id), nil))
}

// NewLicense is what a development license is made of.
type NewLicense struct {
	Profile  string     `json:"profile,omitempty"` // ID; empty: one's own
	Plan     string     `json:"plan"`              // ID
	Name     string     `json:"name,omitempty"`
	StartsAt *time.Time `json:"starts_at,omitempty"` // nil: now
}

// IssueLicense makes a development license.
func (c *Client) IssueLicense(ctx context.Context, in NewLicense) (License, error) {
	return thing[License](ctx, c, making(licenses, in))
}

// DeleteLicense deletes a license that was made by mistake within a day, while nothing
// rests on it.
func (c *Client) DeleteLicense(ctx context.Context, id string, version int, why string) error {
	return c.send(ctx, call{method: http.MethodDelete, path: at(licenses, id), query: url.Values{"reason": {why}}, match: match(version)}, nil)
}

// RevealLicenseKey returns the key of a license. That it was shown is recorded.
func (c *Client) RevealLicenseKey(ctx context.Context, id string) (string, error) {
	out, err := thing[struct {
		Key string `json:"key"`
	}](ctx, c, call{method: http.MethodPost, path: at(licenses, id, "key")})
	return out.Key, err
}

// SuspendLicense makes a license invalid until it is resumed.
func (c *Client) SuspendLicense(ctx context.Context, id string, version int, why string) (License, error) {
	return thing[License](ctx, c, changing(at(licenses, id, "suspend"), version, reason{why}))
}

// ResumeLicense undoes that.
func (c *Client) ResumeLicense(ctx context.Context, id string, version int) (License, error) {
	return thing[License](ctx, c, changing(at(licenses, id, "resume"), version, nil))
}

// RenewLicense adds a term of its plan to a license. It needs no reason.
func (c *Client) RenewLicense(ctx context.Context, id string, version int, why string) (License, error) {
	return thing[License](ctx, c, changing(at(licenses, id, "renew"), version, reason{why}))
}

// ChangePlan puts a license under another plan. It needs a reason unless a trial becomes a
// paid license.
func (c *Client) ChangePlan(ctx context.Context, id string, version int, plan, why string) (License, error) {
	return thing[License](ctx, c, changing(at(licenses, id, "plan"), version, struct {
		Plan string `json:"plan"`
		reason
	}{plan, reason{why}}))
}

// TransferLicense hands a license to another profile, with its ConnectAgent.
func (c *Client) TransferLicense(ctx context.Context, id string, version int, to, why string) (License, error) {
	return thing[License](ctx, c, changing(at(licenses, id, "transfer"), version, struct {
		To string `json:"to"`
		reason
	}{to, reason{why}}))
}

// EndLicense ends a license for good.
func (c *Client) EndLicense(ctx context.Context, id string, version int, why string) (License, error) {
	return thing[License](ctx, c, changing(at(licenses, id, "end"), version, reason{why}))
}
