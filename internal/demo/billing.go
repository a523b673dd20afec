package demo

import (
	"context"

	"github.com/connectplaza/plaza"
)

// planBilling sets on which terms the reseller of the story is billed, and the bakery,
// which once had to wait.
func (s *story) planBilling() {
	reseller, baker := s.named("ComputersAreUs Holding"), s.named(bakery)
	s.billed(s.vendor, reseller, plaza.BillingEdit{Currency: "EUR", Discount: 20_00, TimeZone: "Europe/Amsterdam", BillingID: "CP-10027"})
	s.billed(reseller, baker, plaza.BillingEdit{Currency: "EUR", Discount: 2_50, TimeZone: "Europe/Amsterdam", BillingID: "D-4711"})
	s.at(s.on(1), "something is booked for "+baker.name, func(ctx context.Context) error {
		in := plaza.NewAdjustment{Minor: -25_00, Reason: "Waited two days for a new ConnectAgent"}
		_, err := s.app.Adjust(ctx, reseller.actor, baker.profile.ID, in)
		return err
	})
}

// billed lets somebody set on which terms another is billed.
func (s *story) billed(by, of *tenant, in plaza.BillingEdit) {
	const ago = 200
	s.at(s.on(ago), "terms of "+of.name, func(ctx context.Context) error {
		return s.app.EditBilling(ctx, by.actor, of.profile.ID, in)
	})
}
