package client

import (
	"context"
	"net/http"
	"time"
)

// Billing is on which terms a profile is billed.
type Billing struct {
	Currency  string `json:"currency"` // ISO 4217
	Discount  int    `json:"discount"` // hundredths of a percent
	TimeZone  string `json:"time_zone"`
	BillingID string `json:"billing_id"` // what another system calls the profile
	Version   int    `json:"version"`    // 0: they are the installation's
}

// Billing returns on which terms a profile is billed.
func (c *Client) Billing(ctx context.Context, profile string) (Billing, error) {
	return thing[Billing](ctx, c, reading(at(profiles, profile, "billing"), nil))
}

// BillingEdit changes what is not nil.
type BillingEdit struct {
	Currency  *string `json:"currency,omitempty"`
	Discount  *int    `json:"discount,omitempty"` // hundredths of a percent
	TimeZone  *string `json:"time_zone,omitempty"`
	BillingID *string `json:"billing_id,omitempty"`
}

// SetBilling sets on which terms a profile is billed.
func (c *Client) SetBilling(ctx context.Context, profile string, version int, in BillingEdit) (Billing, error) {
	return thing[Billing](ctx, c, call{method: http.MethodPatch, path: at(profiles, profile, "billing"), body: in, match: match(version)})
}

// BillLicense says what another system calls a license.
func (c *Client) BillLicense(ctx context.Context, id string, version int, billingID string) (License, error) {
	return thing[License](ctx, c, changing(at(licenses, id, "billing"), version, struct {
		BillingID string `json:"billing_id"`
	}{billingID}))
}

// Adjustment is an amount that was booked on a statement.
type Adjustment struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Month  string    `json:"month"`
	Amount Money     `json:"amount"` // below zero: in the profile's favour
	Reason string    `json:"reason"`
}

// Adjust books an amount on the statement of a profile for the month that runs.
func (c *Client) Adjust(ctx context.Context, profile string, amount Money, why string) (Adjustment, error) {
	return thing[Adjustment](ctx, c, making(at(profiles, profile, "adjustments"), struct {
		Amount Money  `json:"amount"`
		Reason string `json:"reason"`
	}{amount, why}))
}
