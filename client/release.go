package client

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

const releases = "/releases"

// Release is a version of ConnectAgent.
type Release struct {
	ID          string        `json:"id"`
	Release     string        `json:"release"` // which version it is
	Channel     plaza.Channel `json:"channel"`
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Tag         string        `json:"tag"`      // another name of it
	Requires    string        `json:"requires"` // the version that one must have to come to this one; empty: any
	State       string        `json:"state"`    // draft, published or yanked
	YankReason  string        `json:"yank_reason"`
	YankedAt    *time.Time    `json:"yanked_at"`
	CreatedAt   time.Time     `json:"created_at"`
	Builds      []Build       `json:"builds"` // in a list, none
}

// Build is a release for a platform.
type Build struct {
	ID        string `json:"id"`
	Filename  string `json:"filename"`
	Platform  string `json:"platform"`
	Arch      string `json:"arch"`
	Size      int64  `json:"size"`      // bytes
	Checksum  string `json:"checksum"`  // SHA-512, in Base64 without padding
	Signature string `json:"signature"` // of the publisher, in Base64 without padding
	Uploaded  bool   `json:"uploaded"`  // its file is there
}

// Releases returns all of them.
func (c *Client) Releases(ctx context.Context) ([]Release, error) {
	l, err := thing[List[Release]](ctx, c, reading(releases, nil))
	return l.Data, err
}

// Release returns a release, with its builds.
func (c *Client) Release(ctx context.Context, id string) (Release, error) {
	return thing[Release](ctx, c, reading(at(releases, id), nil))
}

// NewRelease is what a release is made of.
type NewRelease struct {
	Release     string        `json:"release"` // which version it is
	Channel     plaza.Channel `json:"channel"`
	Name        string        `json:"name,omitempty"`
	Description string        `json:"description,omitempty"`
	Tag         string        `json:"tag,omitempty"`
	Requires    string        `json:"requires,omitempty"`
}

// CreateRelease makes a draft. Builds are uploaded with plaza release publish.
func (c *Client) CreateRelease(ctx context.Context, in NewRelease) (Release, error) {
	return thing[Release](ctx, c, making(releases, in))
}

// PublishRelease offers a release to ConnectAgents.
func (c *Client) PublishRelease(ctx context.Context, id string) (Release, error) {
	return thing[Release](ctx, c, making(at(releases, id, "publish"), nil))
}

// YankRelease offers it no more.
func (c *Client) YankRelease(ctx context.Context, id, why string) (Release, error) {
	return thing[Release](ctx, c, making(at(releases, id, "yank"), reason{why}))
}
