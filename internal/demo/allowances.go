package demo

import (
	"context"

	"github.com/connectplaza/plaza"
)

// planAllowances lets the vendor bound what the reseller of the story may hold: of
// ConnectAgents little is left, of development licenses enough. The reseller bounds one
// of its own, which may go over.
func (s *story) planAllowances() {
	reseller := s.named("ComputersAreUs Holding")
	s.bound(s.vendor, reseller, plaza.ConnectAgentLicense, 16, 0)
	s.bound(s.vendor, reseller, plaza.Development, 60, 0)
	s.bound(reseller, s.named("Northgate Freight"), plaza.ConnectAgentLicense, 0, 5)
}

// bound lets somebody set an allowance, with so many percent more than are held then.
func (s *story) bound(by, of *tenant, kind plaza.LicenseKind, more, overage int) {
	s.at(s.on(4), "bound what "+of.name+" may hold", func(ctx context.Context) error {
		held, err := s.app.Licenses(ctx, of.actor, plaza.LicenseFilter{Kinds: []plaza.LicenseKind{kind}}, plaza.Page{Size: 1})
		if err != nil {
			return err
		}
		in := plaza.NewAllowance{Profile: of.profile.ID, Kind: kind, Most: held.Total + held.Total*more/100 + 1, Overage: overage} //nolint:mnd // per cent
		_, err = s.app.CreateAllowance(ctx, by.actor, in)
		return err
	})
}
