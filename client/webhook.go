package client

import (
	"context"
	"net/http"
	"time"

	"github.com/connectplaza/plaza"
)

const webhooks = "/webhooks"

// Webhook is an address to which a profile has events sent.
type Webhook struct {
	ID             string             `json:"id"`
	Name           string             `json:"name"`
	URL            string             `json:"url"` // only its scheme and host without webhook.read
	All            bool               `json:"all"` // events of every kind are sent
	Kinds          []plaza.EventKind  `json:"kinds"`
	State          plaza.WebhookState `json:"state"`
	PausedAt       *time.Time         `json:"paused_at"` // nil: it is not paused
	PauseReason    plaza.PauseReason  `json:"pause_reason"`
	Failures       int                `json:"failures"`      // one after the other
	FailingSince   *time.Time         `json:"failing_since"` // nil: it does not fail
	DeliveredAt    *time.Time         `json:"delivered_at"`  // the last time; nil: nothing was
	Waiting        int                `json:"waiting"`       // deliveries
	WaitingSince   *time.Time         `json:"waiting_since"` // nil: nothing waits
	Behind         Behind             `json:"behind"`
	OldSecretUntil *time.Time         `json:"old_secret_until"`
	CreatedAt      time.Time          `json:"created_at"`
	Version        int                `json:"version"`
}

// Behind is what of the log a webhook has not looked at yet.
type Behind struct {
	Events   int        `json:"events"` // counted up to [plaza.MostBehind]
	More     bool       `json:"more"`   // there may be more
	OldestAt *time.Time `json:"oldest_at"`
}

// WebhookSecret is a webhook with its secret, which is not shown again.
type WebhookSecret struct {
	Webhook Webhook `json:"webhook"`
	Secret  string  `json:"secret"`
}

// Webhooks returns those of one's own profile, by name.
func (c *Client) Webhooks(ctx context.Context) ([]Webhook, error) {
	l, err := thing[List[Webhook]](ctx, c, reading(webhooks, nil))
	return l.Data, err
}

// Webhook returns a webhook.
func (c *Client) Webhook(ctx context.Context, id string) (Webhook, error) {
	return thing[Webhook](ctx, c, reading(at(webhooks, id), nil))
}

// NewWebhook is what a webhook is made of.
type NewWebhook struct {
	Name  string            `json:"name"`
	URL   string            `json:"url"`
	All   bool              `json:"all,omitempty"`   // events of every kind
	Kinds []plaza.EventKind `json:"kinds,omitempty"` // unless all are sent
}

// CreateWebhook has events sent to an address from now on, and returns the secret with
// which they are signed.
func (c *Client) CreateWebhook(ctx context.Context, in NewWebhook) (WebhookSecret, error) {
	return thing[WebhookSecret](ctx, c, making(webhooks, in))
}

// WebhookEdit changes what is not nil.
type WebhookEdit struct {
	Name  *string            `json:"name,omitempty"`
	URL   *string            `json:"url,omitempty"`
	All   *bool              `json:"all,omitempty"`
	Kinds *[]plaza.EventKind `json:"kinds,omitempty"`
}

// EditWebhook changes a webhook.
func (c *Client) EditWebhook(ctx context.Context, id string, version int, in WebhookEdit) (Webhook, error) {
	return thing[Webhook](ctx, c, call{method: http.MethodPatch, path: at(webhooks, id), body: in, match: match(version)})
}

// PauseWebhook has nothing sent to a webhook; what happens is kept for it.
func (c *Client) PauseWebhook(ctx context.Context, id string, version int) (Webhook, error) {
	return thing[Webhook](ctx, c, changing(at(webhooks, id, "pause"), version, nil))
}

// ResumeWebhook undoes that.
func (c *Client) ResumeWebhook(ctx context.Context, id string, version int) (Webhook, error) {
	return thing[Webhook](ctx, c, changing(at(webhooks, id, "resume"), version, nil))
}

// RotateWebhook gives a webhook another secret. The one before signs, too, for a day.
func (c *Client) RotateWebhook(ctx context.Context, id string, version int) (WebhookSecret, error) {
	return thing[WebhookSecret](ctx, c, changing(at(webhooks, id, "rotate"), version, nil))
}

// RemoveWebhook removes a webhook, with what waits for it.
func (c *Client) RemoveWebhook(ctx context.Context, id string, version int) error {
	return c.send(ctx, call{method: http.MethodDelete, path: at(webhooks, id), match: match(version)}, nil)
}

// TestWebhook sends an event that says nothing but that it is a test.
func (c *Client) TestWebhook(ctx context.Context, id string) (Delivery, error) {
	return thing[Delivery](ctx, c, making(at(webhooks, id, "test"), nil))
}
