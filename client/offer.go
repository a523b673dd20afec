package client

import "context"

// Offers is which plans a profile has.
type Offers struct {
	All     bool     `json:"all"`     // all that the profile above it has
	Plans   []string `json:"plans"`   // IDs of those that were chosen for it, unless it has all
	From    []Ref    `json:"from"`    // what can be chosen: what the profile above it has
	Version int      `json:"version"` // of the profile
}

// Offers returns which plans a profile has.
func (c *Client) Offers(ctx context.Context, profile string) (Offers, error) {
	return thing[Offers](ctx, c, reading(at(profiles, profile, "plans"), nil))
}

// Offer chooses which plans a profile has, and all below it: those with the IDs, or all that
// the profile above it has.
func (c *Client) Offer(ctx context.Context, profile string, version int, all bool, plans []string) (Offers, error) {
	return thing[Offers](ctx, c, replacing(at(profiles, profile, "plans"), version, struct {
		All   bool     `json:"all,omitempty"`
		Plans []string `json:"plans,omitempty"`
	}{all, plans}))
}
