package client

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// Me is who a token stands for.
type Me struct {
	Token   Ref               `json:"token"`
	Login   Ref               `json:"login"`
	Profile Ref               `json:"profile"` // the login's
	Kind    plaza.ProfileKind `json:"kind"`    // of that profile
	Role    plaza.Role        `json:"role"`
	Reach   string            `json:"reach"` // ID of the profile that the token reaches, with all below it
	Verbs   []plaza.Verb      `json:"verbs"` // what the token may do now
	Time    time.Time         `json:"time"`  // what time it is at the server
}

// Me returns who the token stands for, and what it may do.
func (c *Client) Me(ctx context.Context) (Me, error) { return thing[Me](ctx, c, reading("/me", nil)) }
