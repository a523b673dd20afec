package views

import (
	"slices"
	"testing"

	"github.com/connectplaza/plaza"
)

func billingPages(f Frame) [][2]Page {
	p, terms := plaza.Profile{ID: hostile, Name: hostile}, hostileStatement().Terms
	return [][2]Page{
		{Billing{Frame: f}, Billing{Frame: f, Profile: p, Terms: terms, Form: hostileForm("currency", "discount", "time_zone", "billing_id")}},
		{Billing{Frame: f}, Billing{Frame: f, Profile: p, Terms: terms, Form: staleForm("currency", "discount", "time_zone", "billing_id")}},
		{Adjust{Frame: f}, Adjust{Frame: f, Profile: p, Terms: terms, Form: hostileForm("amount", "reason")}},
	}
}

func TestTheZoneOfAProfileCanBeKept(t *testing.T) {
	t.Parallel()
	p := Billing{Frame: testFrame(t, "en"), Terms: plaza.BillingTerms{TimeZone: "Pacific/Apia"}, Form: Form{Values: map[string][]string{"time_zone": {"Asia/Kathmandu"}}}}
	for _, zone := range []string{"Pacific/Apia", "Asia/Kathmandu", "UTC", "Europe/Amsterdam"} {
		if !slices.ContainsFunc(p.zones(), func(c choice) bool { return c.Value == zone }) {
			t.Errorf("%s cannot be chosen", zone)
		}
	}
}
