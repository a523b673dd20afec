package client

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/connectplaza/plaza"
)

// Period is what a statement is about: a month, or a part of one.
type Period struct {
	Month     string     `json:"month"`  // such as 2026-11
	Number    int        `json:"number"` // which part of its month; 0: the whole month
	Since     *time.Time `json:"since"`  // nil: from the beginning of the month, or when the profile was made
	Until     *time.Time `json:"until"`  // nil: to the end of the month
	SoFar     bool       `json:"so_far"` // it is not over
	Currency  string     `json:"currency"`
	TimeZone  string     `json:"time_zone"` // where its days begin
	BillingID string     `json:"billing_id"`
}

// Statement is what a profile used in a period, with all below it, and what that costs.
type Statement struct {
	Profile     Ref             `json:"profile"`
	Period      Period          `json:"period"`
	Days        int             `json:"days"`     // of the month
	Licenses    int             `json:"licenses"` // that were billed on some day, or trials then
	Lines       []StatementLine `json:"lines"`
	Parts       []StatementPart `json:"parts"` // by the profile right below, or the profile itself
	Adjustments []Adjustment    `json:"adjustments"`
	Used        Money           `json:"used"`
	Discount    Money           `json:"discount"`
	Adjusted    Money           `json:"adjusted"`
	Total       Money           `json:"total"`
	ComputedAt  time.Time       `json:"computed_at"`
}

// StatementLine is what the licenses under one edition of a plan cost.
type StatementLine struct {
	Kind     plaza.LicenseKind `json:"kind"`
	Plan     Ref               `json:"plan"`
	Edition  int               `json:"edition"`
	Trial    bool              `json:"trial"`  // it costs nothing
	Priced   bool              `json:"priced"` // there is a price in the currency
	Price    Money             `json:"price"`  // of a license for a month
	Licenses int               `json:"licenses"`
	Active   int               `json:"active"` // ConnectAgents that ran on a machine on a day on which they were billed
	Days     int               `json:"days"`   // of all licenses together
	Amount   Money             `json:"amount"`
	Discount Money             `json:"discount"`
	Net      Money             `json:"net"`
}

// StatementPart is what one of the profiles right below used, or the profile itself.
type StatementPart struct {
	Profile  Ref   `json:"profile"`
	Licenses int   `json:"licenses"`
	Days     int   `json:"days"`
	Net      Money `json:"net"`
}

// StatementExport is a statement with each license.
type StatementExport struct {
	Statement Statement          `json:"statement"`
	Detail    []StatementLicense `json:"detail"`
}

// StatementLicense is what one license cost.
type StatementLicense struct {
	License   Ref               `json:"license"` // its name is empty if that is not known any more
	Part      Ref               `json:"part"`    // the profile that it belonged to
	Kind      plaza.LicenseKind `json:"kind"`
	Plan      Ref               `json:"plan"`
	Edition   int               `json:"edition"`
	Trial     bool              `json:"trial"`
	Days      int               `json:"days"`
	Active    bool              `json:"active"`
	Net       Money             `json:"net"` // its share of what its line costs
	BillingID string            `json:"billing_id"`
}

// Statements returns the periods for which there is a statement of a profile.
func (c *Client) Statements(ctx context.Context, profile string) ([]Period, error) {
	l, err := thing[List[Period]](ctx, c, reading(at(profiles, profile, "statements"), nil))
	return l.Data, err
}

// Statement returns that of a month, such as 2026-11, or of the part of it with a number.
func (c *Client) Statement(ctx context.Context, profile, month string, number int) (Statement, error) {
	return thing[Statement](ctx, c, reading(at(profiles, profile, "statements", month), part(number)))
}

// ExportStatement returns it with each license.
func (c *Client) ExportStatement(ctx context.Context, profile, month string, number int) (StatementExport, error) {
	return thing[StatementExport](ctx, c, reading(at(profiles, profile, "statements", month, "export"), part(number)))
}

func part(number int) url.Values {
	if number == 0 {
		return nil
	}
	return url.Values{"number": {strconv.Itoa(number)}}
}
