package client

import (
	"context"
	"net/http"
	"time"

	"github.com/connectplaza/plaza"
)

const logins = "/logins"

// Login is what a person signs in to a profile with.
type Login struct {
	ID         string           `json:"id"`
	Profile    Ref              `json:"profile"`
	Name       string           `json:"name"`
	Email      string           `json:"email"`
	Role       plaza.Role       `json:"role"`
	Dashboard  bool             `json:"dashboard"` // whether it may use the dashboard, and tokens of its own
	State      plaza.LoginState `json:"state"`
	CreatedAt  time.Time        `json:"created_at"`
	AcceptedAt *time.Time       `json:"accepted_at"` // when the invitation was accepted
	DisabledAt *time.Time       `json:"disabled_at"`
	SignedInAt *time.Time       `json:"signed_in_at"` // the last time
	Version    int              `json:"version"`
}

// LoginFilter chooses logins.
type LoginFilter struct {
	Text    string // part of the name or of the address
	Profile string // ID: its own only
	Roles   []plaza.Role
	States  []plaza.LoginState
}

// Logins returns logins in reach.
func (c *Client) Logins(ctx context.Context, f LoginFilter, p Page) (List[Login], error) {
	q := p.where()
	q.text("filter[text]", f.Text)
	q.text("filter[profile]", f.Profile)
	filterWords(q, "role", f.Roles)
	filterWords(q, "state", f.States)
	return thing[List[Login]](ctx, c, reading(logins, q.Values))
}

// Login returns a login.
func (c *Client) Login(ctx context.Context, id string) (Login, error) {
	return thing[Login](ctx, c, reading(at(logins, id), nil))
}

// NewLogin is what a login is made of.
type NewLogin struct {
	Profile   string     `json:"profile,omitempty"` // ID; empty: one's own
	Name      string     `json:"name"`
	Email     string     `json:"email"`
	Role      plaza.Role `json:"role"`
	Dashboard *bool      `json:"dashboard,omitempty"` // nil: unless the role is member
}

// CreateLogin makes a login and invites the person by mail.
func (c *Client) CreateLogin(ctx context.Context, in NewLogin) (Login, error) {
	return thing[Login](ctx, c, making(logins, in))
}

// LoginEdit changes what is not nil.
type LoginEdit struct {
	Name      *string     `json:"name,omitempty"`
	Role      *plaza.Role `json:"role,omitempty"`
	Dashboard *bool       `json:"dashboard,omitempty"`
}

// EditLogin changes a login.
func (c *Client) EditLogin(ctx context.Context, id string, version int, in LoginEdit) (Login, error) {
	return thing[Login](ctx, c, call{method: http.MethodPatch, path: at(logins, id), body: in, match: match(version)})
}

// DisableLogin ends all that a login is let in by.
func (c *Client) DisableLogin(ctx context.Context, id string, version int) (Login, error) {
	return thing[Login](ctx, c, changing(at(logins, id, "disable"), version, nil))
}

// EnableLogin lets it in again.
func (c *Client) EnableLogin(ctx context.Context, id string, version int) (Login, error) {
	return thing[Login](ctx, c, changing(at(logins, id, "enable"), version, nil))
}

// ReinviteLogin sends an invitation that was not accepted again.
func (c *Client) ReinviteLogin(ctx context.Context, id string) error {
	return c.send(ctx, making(at(logins, id, "invitation"), nil), nil)
}
