package client

import (
	"context"
	"time"
)

const activations = "/activations"

// Machine is what a ConnectAgent is activated on, as the machine said. What it did not say
// is empty or zero.
type Machine struct {
	ID          string     `json:"id"`
	Agent       Ref        `json:"agent"`
	Fingerprint string     `json:"fingerprint"`
	Name        string     `json:"name"`
	Host        string     `json:"host"`
	Platform    string     `json:"platform"`
	IP          string     `json:"ip"`
	Cores       int        `json:"cores"`
	Memory      int64      `json:"memory"`  // bytes
	Disk        int64      `json:"disk"`    // bytes
	Address     string     `json:"address"` // that it was activated from
	Processes   int        `json:"processes"`
	CreatedAt   time.Time  `json:"created_at"`
	SeenAt      *time.Time `json:"seen_at"`    // its last heartbeat
	StoppedAt   *time.Time `json:"stopped_at"` // when it said it would stop; nil: it did not since
	FileUntil   *time.Time `json:"file_until"` // the end of the file by which it works without a server
	ClonedAt    *time.Time `json:"cloned_at"`  // when two processes were seen to beat for it
}

// Activation returns an activation that stands, with its machine.
func (c *Client) Activation(ctx context.Context, id string) (Machine, error) {
	return thing[Machine](ctx, c, reading(at(activations, id), nil))
}

// ReleaseActivation ends an activation, so that the license can be activated elsewhere.
func (c *Client) ReleaseActivation(ctx context.Context, id string) error {
	return c.send(ctx, making(at(activations, id, "release"), nil), nil)
}
