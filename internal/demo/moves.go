package demo

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// planMoves lets one customer go to another reseller, and another be about to.
func (s *story) planMoves() {
	reseller, noordzee, rheinland := s.named("ComputersAreUs Holding"), s.named("Noordzee IT"), s.named("Rheinland Systemhaus GmbH")
	moves := s.named(moved)
	s.at(s.on(58), moves.name+" moves", func(ctx context.Context) error {
		m, err := s.app.ProposeMove(ctx, s.vendor.actor, plaza.NewMove{
			Profile: moves.profile.ID, To: rheinland.profile.ID, Reason: "They have opened in Aachen, and want somebody close by",
		})
		if err != nil {
			return err
		}
		for _, side := range []*tenant{reseller, rheinland} {
			if m, err = s.app.AgreeToMove(ctx, side.actor, m.ID, plaza.MoveAgreement{Name: m.ProfileName, Version: m.Version}); err != nil {
				return err
			}
		}
		moves.above = rheinland
		return nil
	})
	next := s.domain("loodgieter-bakker")
	s.at(s.now.Add(-44*time.Hour), next.name+" is to move", func(ctx context.Context) error {
		_, err := s.app.ProposeMove(ctx, s.vendor.actor, plaza.NewMove{
			Profile: next.profile.ID, To: reseller.profile.ID, Reason: noordzee.name + " stops serving plumbers, and they asked for you",
		})
		return err
	})
}

// planRenewal lets the bakery ask for another term of the license that ends first, and
// talk about it with its reseller.
func (s *story) planRenewal() {
	asks := s.named(bakery)
	s.at(s.now.Add(-7*time.Hour), asks.name+" asks for another term", func(ctx context.Context) error {
		filter := plaza.LicenseFilter{Profile: asks.profile.ID, Kinds: []plaza.LicenseKind{plaza.ConnectAgentLicense}, States: []plaza.LicenseState{plaza.LicenseActive, plaza.LicenseExpiring}}
		list, err := s.app.Licenses(ctx, asks.actor, filter, plaza.Page{Sort: "ends"})
		if err != nil {
			return err
		}
		for _, l := range list.Rows {
			if _, err := l.Renewed(s.clock.Now(), s.zone); err != nil {
				continue
			}
			r, err := s.app.MakeRequest(ctx, asks.actor, plaza.Wish{Renewal: &plaza.LicenseWish{License: l.ID}}, "We keep the old till until summer")
			if err != nil {
				return err
			}
			if err := s.app.CommentOnRequest(ctx, asks.above.actor, r.ID, "With pleasure. Shall we renew the others of the shop as well?"); err != nil {
				return err
			}
			return s.app.CommentOnRequest(ctx, asks.actor, r.ID, "Only this one for now, please.")
		}
		return nil
	})
}
