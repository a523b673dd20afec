package client

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

const deliveries = "/deliveries"

// Delivery is one event for one webhook.
type Delivery struct {
	ID         string              `json:"id"`
	Webhook    Ref                 `json:"webhook"`
	Number     int                 `json:"number"` // of its webhook's deliveries; 0: it was just made
	Event      string              `json:"event"`  // ID: the same whenever it is sent again
	Kind       plaza.EventKind     `json:"kind"`
	Object     Ref                 `json:"object"` // what it is about
	At         time.Time           `json:"at"`     // when it happened
	Body       string              `json:"body"`   // as it is sent
	State      plaza.DeliveryState `json:"state"`
	Tries      int                 `json:"tries"`       // since it was last asked for
	NextAt     *time.Time          `json:"next_at"`     // nil: it does not wait
	FinishedAt *time.Time          `json:"finished_at"` // nil: neither delivered nor given up
	Status     int                 `json:"status"`      // of the last answer; 0: there was none
	Attempts   []DeliveryTry       `json:"attempts"`    // the newest first; in a list, none
}

// DeliveryTry is one try to deliver something.
type DeliveryTry struct {
	Number       int              `json:"number"` // from 1
	At           time.Time        `json:"at"`
	Milliseconds int64            `json:"milliseconds"` // that it took
	Status       int              `json:"status"`       // of the answer; 0: there was none
	Problem      plaza.TryProblem `json:"problem"`      // empty: it succeeded
	Detail       string           `json:"detail"`
	Headers      string           `json:"headers"` // of the request
	Answer       string           `json:"answer"`  // the beginning of it
}

// DeliveryFilter chooses deliveries of a webhook.
type DeliveryFilter struct {
	Webhook string // ID
	States  []plaza.DeliveryState
	Kinds   []plaza.EventKind
}

// Deliveries returns what was sent to a webhook in the last thirty days, and what waits,
// the newest first.
func (c *Client) Deliveries(ctx context.Context, f DeliveryFilter, p Page) (List[Delivery], error) {
	q := p.where()
	filterWords(q, "state", f.States)
	filterWords(q, "kind", f.Kinds)
	return thing[List[Delivery]](ctx, c, reading(at(webhooks, f.Webhook, "deliveries"), q.Values))
}

// Delivery returns one of them, with what was tried.
func (c *Client) Delivery(ctx context.Context, id string) (Delivery, error) {
	return thing[Delivery](ctx, c, reading(at(deliveries, id), nil))
}

// Redeliver has something delivered again, under the same ID.
func (c *Client) Redeliver(ctx context.Context, id string) error {
	return c.send(ctx, making(at(deliveries, id, "redeliver"), nil), nil)
}

// Redelivery chooses what is delivered again.
type Redelivery struct {
	From   time.Time `json:"from"` // then or later
	Till   time.Time `json:"till"` // before
	Failed bool      `json:"failed,omitempty"`
}

// Redelivered says how much is delivered again.
type Redelivered struct {
	Deliveries int `json:"deliveries"`
}

// RedeliverSome has what happened in some time delivered again to a webhook.
func (c *Client) RedeliverSome(ctx context.Context, webhook string, in Redelivery) (Redelivered, error) {
	return thing[Redelivered](ctx, c, making(at(webhooks, webhook, "redeliver"), in))
}
