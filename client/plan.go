package client

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

const plans = "/plans"

// Plan says what the licenses under it promise.
type Plan struct {
	ID             string            `json:"id"`
	Kind           plaza.LicenseKind `json:"kind"` // of the licenses under it
	Name           string            `json:"name"`
	TermMonths     int               `json:"term_months"` // 0: without end
	GraceDays      int               `json:"grace_days"`
	Trial          bool              `json:"trial"`
	Machines       int               `json:"machines"` // how many a license may be activated on
	Renews         bool              `json:"renews"`   // another term follows by itself
	BillsSuspended bool              `json:"bills_suspended"`
	Prices         []Money           `json:"prices"`       // of a license for a month, one in each currency
	Edition        int               `json:"edition"`      // how often what it promises has changed, from 1
	WithdrawnAt    *time.Time        `json:"withdrawn_at"` // nil: it can be chosen
	Version        int               `json:"version"`
}

// Money is an amount.
type Money struct {
	Currency string `json:"currency"` // ISO 4217
	Minor    int64  `json:"minor"`    // in the currency's smallest unit
}

// Plans returns those that are offered to one's profile.
func (c *Client) Plans(ctx context.Context) ([]Plan, error) {
	l, err := thing[List[Plan]](ctx, c, reading(plans, nil))
	return l.Data, err
}

// Plan returns a plan.
func (c *Client) Plan(ctx context.Context, id string) (Plan, error) {
	return thing[Plan](ctx, c, reading(at(plans, id), nil))
}
