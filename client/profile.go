package client

import (
	"context"
	"net/http"
	"time"

	"github.com/connectplaza/plaza"
)

const profiles = "/profiles"

// Profile is the vendor's, a reseller's, a partner's or an enterprise's.
type Profile struct {
	ID            string             `json:"id"`
	Parent        *string            `json:"parent"` // ID; nil for the topmost that the token reaches
	Kind          plaza.ProfileKind  `json:"kind"`
	Name          string             `json:"name"`
	State         plaza.ProfileState `json:"state"`
	SupportEmail  string             `json:"support_email"`
	WarningDays   int                `json:"warning_days"` // for so many days before its end a license is expiring
	CreatedAt     time.Time          `json:"created_at"`
	SuspendedAt   *time.Time         `json:"suspended_at"`
	SuspendReason string             `json:"suspend_reason"`
	ClosedAt      *time.Time         `json:"closed_at"`
	Version       int                `json:"version"`
}

// ProfileFilter chooses profiles.
type ProfileFilter struct {
	Text   string // part of the name
	Kinds  []plaza.ProfileKind
	States []plaza.ProfileState // none: all but closed
	Parent string               // ID: those right below it
}

// Profiles returns profiles in reach.
func (c *Client) Profiles(ctx context.Context, f ProfileFilter, p Page) (List[Profile], error) {
	q := p.where()
	q.text("filter[text]", f.Text)
	q.text("filter[parent]", f.Parent)
	filterWords(q, "kind", f.Kinds)
	filterWords(q, "state", f.States)
	return thing[List[Profile]](ctx, c, reading(profiles, q.Values))
}

// Profile returns a profile.
func (c *Client) Profile(ctx context.Context, id string) (Profile, error) {
	return thing[Profile](ctx, c, reading(at(profiles, id), nil))
}

// NewProfile is what a profile is made of.
type NewProfile struct {
	Parent       string            `json:"parent,omitempty"` // ID; empty: one's own
	Kind         plaza.ProfileKind `json:"kind"`
	Name         string            `json:"name"`
	SupportEmail string            `json:"support_email,omitempty"`
	Plan         string            `json:"plan,omitempty"`  // ID of its base license's; a reseller has none
	Owner        *Owner            `json:"owner,omitempty"` // nil: nobody is invited
}

// Owner is who is invited to own a new profile.
type Owner struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

// CreateProfile makes a profile, with its base license and its first owner.
func (c *Client) CreateProfile(ctx context.Context, in NewProfile) (Profile, error) {
	return thing[Profile](ctx, c, making(profiles, in))
}

// ProfileEdit changes what is not nil.
type ProfileEdit struct {
	Name         *string `json:"name,omitempty"`
	SupportEmail *string `json:"support_email,omitempty"`
	WarningDays  *int    `json:"warning_days,omitempty"`
}

// EditProfile changes a profile.
func (c *Client) EditProfile(ctx context.Context, id string, version int, in ProfileEdit) (Profile, error) {
	return thing[Profile](ctx, c, call{method: http.MethodPatch, path: at(profiles, id), body: in, match: match(version)})
}

// SuspendProfile makes a profile stand still, with all below it.
func (c *Client) SuspendProfile(ctx context.Context, id string, version int, why string) (Profile, error) {
	return thing[Profile](ctx, c, changing(at(profiles, id, "suspend"), version, reason{why}))
}

// ResumeProfile undoes that.
func (c *Client) ResumeProfile(ctx context.Context, id string, version int) (Profile, error) {
	return thing[Profile](ctx, c, changing(at(profiles, id, "resume"), version, nil))
}

// ReopenProfile brings a profile back that was closed. It is suspended then.
func (c *Client) ReopenProfile(ctx context.Context, id string, version int) (Profile, error) {
	return thing[Profile](ctx, c, changing(at(profiles, id, "reopen"), version, nil))
}
