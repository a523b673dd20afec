package client

import (
	"context"
	"net/http"
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

// NewPlan is what a plan is made of.
type NewPlan struct {
	Kind            plaza.LicenseKind `json:"kind"` // of the licenses under it
	Name            string            `json:"name"`
	TermMonths      int               `json:"term_months"` // 0: without end
	GraceDays       int               `json:"grace_days,omitempty"`
	Machines        int               `json:"machines,omitempty"` // how many a license may be activated on
	Trial           bool              `json:"trial,omitempty"`
	Renews          bool              `json:"renews,omitempty"`
	BillsSuspended  bool              `json:"bills_suspended,omitempty"`
	StartsActivated bool              `json:"starts_activated,omitempty"` // the term begins with the first activation
	Prices          []Money           `json:"prices,omitempty"`           // of a license for a month, one in each currency
}

// CreatePlan makes a plan.
func (c *Client) CreatePlan(ctx context.Context, in NewPlan) (Plan, error) {
	return thing[Plan](ctx, c, making(plans, in))
}

// PlanEdit changes what is not nil. Licenses keep what their plan promised.
type PlanEdit struct {
	Name           *string  `json:"name,omitempty"`
	TermMonths     *int     `json:"term_months,omitempty"`
	GraceDays      *int     `json:"grace_days,omitempty"`
	Machines       *int     `json:"machines,omitempty"`
	Trial          *bool    `json:"trial,omitempty"`
	Renews         *bool    `json:"renews,omitempty"`
	BillsSuspended *bool    `json:"bills_suspended,omitempty"`
	Prices         *[]Money `json:"prices,omitempty"` // all of them
}

// EditPlan changes a plan.
func (c *Client) EditPlan(ctx context.Context, id string, version int, in PlanEdit) (Plan, error) {
	return thing[Plan](ctx, c, call{method: http.MethodPatch, path: at(plans, id), body: in, match: match(version)})
}

// WithdrawPlan has nothing issued under a plan any more.
func (c *Client) WithdrawPlan(ctx context.Context, id string, version int) (Plan, error) {
	return thing[Plan](ctx, c, changing(at(plans, id, "withdraw"), version, nil))
}

// RestorePlan undoes that.
func (c *Client) RestorePlan(ctx context.Context, id string, version int) (Plan, error) {
	return thing[Plan](ctx, c, changing(at(plans, id, "restore"), version, nil))
}
