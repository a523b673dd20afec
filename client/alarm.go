package client

import (
	"context"
	"time"
)

// Alarm says who is told when a ConnectAgent falls silent.
type Alarm struct {
	On       bool       `json:"on"`
	Minutes  int        `json:"minutes"`   // of silence
	Address  string     `json:"address"`   // that a mail goes to
	RaisedAt *time.Time `json:"raised_at"` // since when it is known to be silent
	Version  int        `json:"version"`
}

// Alarm returns who is told when a ConnectAgent falls silent.
func (c *Client) Alarm(ctx context.Context, agent string) (Alarm, error) {
	return thing[Alarm](ctx, c, reading(at(agents, agent, "alarm"), nil))
}

// AlarmEdit is what an alarm is to be.
type AlarmEdit struct {
	On      bool   `json:"on"`
	Minutes int    `json:"minutes,omitempty"` // of silence
	Address string `json:"address,omitempty"` // empty: the support address of the profile
}

// SetAlarm says who is told when a ConnectAgent falls silent.
func (c *Client) SetAlarm(ctx context.Context, agent string, version int, in AlarmEdit) (Alarm, error) {
	return thing[Alarm](ctx, c, replacing(at(agents, agent, "alarm"), version, in))
}
