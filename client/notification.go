package client

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

const notifications = "/notifications"

// Notification is what a ConnectAgent told.
type Notification struct {
	ID             string                  `json:"id"`
	Profile        Ref                     `json:"profile"`
	Agent          Ref                     `json:"agent"`
	Level          plaza.NotificationLevel `json:"level"`
	Message        string                  `json:"message"`
	Location       string                  `json:"location"` // where in its work, in its own words
	At             time.Time               `json:"at"`       // as the ConnectAgent says
	ReceivedAt     time.Time               `json:"received_at"`
	AcknowledgedAt *time.Time              `json:"acknowledged_at"` // nil: by nobody yet
	AcknowledgedBy *Ref                    `json:"acknowledged_by"` // nil: by nobody yet, or by somebody above
}

// NotificationFilter chooses what ConnectAgents told.
type NotificationFilter struct {
	Text         string
	Profile      string // ID: its own only
	Agent        string // ID
	Levels       []plaza.NotificationLevel
	Acknowledged string // yes or no; empty: both
}

// Notifications returns what ConnectAgents told.
func (c *Client) Notifications(ctx context.Context, f NotificationFilter, p Page) (List[Notification], error) {
	q := p.where()
	q.text("filter[text]", f.Text)
	q.text("filter[profile]", f.Profile)
	q.text("filter[agent]", f.Agent)
	q.text("filter[acknowledged]", f.Acknowledged)
	filterWords(q, "level", f.Levels)
	return thing[List[Notification]](ctx, c, reading(notifications, q.Values))
}

// these names things.
type these struct {
	IDs []string `json:"ids"`
}

// AcknowledgeNotifications says that somebody saw to what ConnectAgents told.
func (c *Client) AcknowledgeNotifications(ctx context.Context, ids []string) error {
	return c.send(ctx, making(notifications+"/acknowledge", these{orNone(ids)}), nil)
}

// ReopenNotifications says that nobody saw to it yet.
func (c *Client) ReopenNotifications(ctx context.Context, ids []string) error {
	return c.send(ctx, making(notifications+"/reopen", these{orNone(ids)}), nil)
}
