package plaza

import (
	"slices"
	"strings"
	"time"
)

// BillingTerms are how those above bill a profile, from a time on.
type BillingTerms struct {
	Profile   string
	Number    int // how often they were set, from 1; 0: they are the installation's
	Since     time.Time
	Currency  Currency
	Discount  int    // hundredths of a percent
	TimeZone  string // IANA: where the days of its months begin
	BillingID string // what another system calls the profile; may be empty
	By        string // ID of the profile whose people set them; empty: nobody's
}

// WholeDiscount is a discount of everything, in hundredths of a percent.
const WholeDiscount = 10_000

// DefaultBilling returns the terms of profiles for which nobody has set others.
func DefaultBilling(profile string, zone *time.Location) BillingTerms {
	return BillingTerms{Profile: profile, Currency: Currencies()[0], TimeZone: zone.String()}
}

// Zone returns where the days of t's months begin.
func (t BillingTerms) Zone() (*time.Location, error) { return time.LoadLocation(t.TimeZone) }

// TermsOf returns which terms hold for m, of all in the order in which they were set:
// those that held at its end, or already at a time within it if that is not zero. Terms
// that are set after that change nothing of it, nor does another zone, in which m is not
// over yet.
func TermsOf(m Month, until time.Time, all []BillingTerms) (BillingTerms, error) {
	held := all[0]
	for _, next := range all[1:] {
		zone, err := held.Zone()
		if err != nil {
			return held, err
		}
		if !next.Since.Before(m.Ends(zone)) || !until.IsZero() && !next.Since.Before(until) {
			break
		}
		held = next
	}
	return held, nil
}

// BillingEdit sets on which terms a profile is billed from now on.
type BillingEdit struct {
	Currency  Currency
	Discount  int // hundredths of a percent; below zero: what was typed is none
	TimeZone  string
	BillingID string
	Number    int // of the terms as they were drawn
}

// Clean returns e without the white space around what was typed.
func (e BillingEdit) Clean() BillingEdit {
	e.BillingID = strings.TrimSpace(e.BillingID)
	return e
}

// Validate reports every field that cannot be accepted as an Invalid error.
func (e BillingEdit) Validate() error {
	bad := problems{}
	bad.currency("currency", e.Currency)
	if e.Discount < 0 || e.Discount > WholeDiscount {
		bad.add("discount", "problem.discount")
	}
	if _, err := time.LoadLocation(e.TimeZone); err != nil || e.TimeZone == "" || e.TimeZone == "Local" { // the server's own
		bad.add("time_zone", "problem.time_zone")
	}
	bad.optionalName("billing_id", e.BillingID)
	return bad.err()
}

// LicenseBilling says what another system calls a license.
type LicenseBilling struct {
	BillingID string // may be empty
	Version   int    // of the license as it was drawn
}

// Clean returns b without the white space around what was typed.
func (b LicenseBilling) Clean() LicenseBilling {
	b.BillingID = strings.TrimSpace(b.BillingID)
	return b
}

// Validate reports every field that cannot be accepted as an Invalid error.
func (b LicenseBilling) Validate() error {
	bad := problems{}
	bad.optionalName("billing_id", b.BillingID)
	return bad.err()
}

func (p problems) currency(field string, c Currency) {
	if !slices.Contains(Currencies(), c) {
		p.add(field, "problem.currency")
	}
}

// Adjustment is an amount that somebody above has booked on a profile's statement. It
// is never changed: what was wrong is booked back.
type Adjustment struct {
	ID      string
	Profile string
	Month   Month // that ran when it was booked
	Amount  Money // below zero: in the profile's favour
	Reason  string
	Login   string // who did it
	Created time.Time
}

// NewAdjustment books an amount on the statement of the month that runs.
type NewAdjustment struct {
	Minor    int64    // in the currency of the profile's terms; 0: what was typed is none
	Currency Currency // that is meant; empty: whatever the profile's terms say
	Reason   string
}

// Clean returns n without the white space around what was typed.
func (n NewAdjustment) Clean() NewAdjustment {
	n.Reason = strings.TrimSpace(n.Reason)
	return n
}

// Validate reports every field that cannot be accepted as an Invalid error.
func (n NewAdjustment) Validate() error {
	bad := problems{}
	if n.Minor == 0 || n.Minor > maxPrice || n.Minor < -maxPrice {
		bad.add("amount", "problem.adjustment")
	}
	bad.reason("reason", n.Reason, MinReason)
	return bad.err()
}
