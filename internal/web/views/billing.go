package views

import (
	"net/url"
	"slices"

	"github.com/connectplaza/plaza"
)

// billingPath returns the address of a form about the bills of a profile.
func billingPath(profile, form string) string { return "/statements/" + profile + "/" + form }

// BillingValues returns what the form of the terms of a profile begins with.
func (f Frame) BillingValues(t plaza.BillingTerms) url.Values {
	return url.Values{
		"currency": {string(t.Currency)}, "discount": {f.Amount(plaza.Money{Minor: int64(t.Discount)})},
		"time_zone": {t.TimeZone}, "billing_id": {t.BillingID},
	}
}

// currencies returns the currencies to choose from.
func currencies() (all []choice) {
	for _, c := range plaza.Currencies() {
		all = append(all, choice{Value: string(c), Label: string(c)})
	}
	return all
}

// zones returns the time zones to choose from, with the one that holds now and the one
// that was chosen.
func (p Billing) zones() (all []choice) {
	names := append(commonZones(), "UTC")
	for _, name := range []string{p.Terms.TimeZone, p.Form.Value("time_zone")} {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		all = append(all, choice{Value: name, Label: zoneName(name)})
	}
	return all
}

// differences returns both versions of the terms of a profile.
func (p Billing) differences() (all []difference) {
	now := p.Frame.BillingValues(p.Terms)
	for _, field := range []string{"currency", "discount", "time_zone", "billing_id"} {
		all = append(all, difference{p.Frame.T("field." + field), now.Get(field), p.Form.Value(field)})
	}
	return all
}
