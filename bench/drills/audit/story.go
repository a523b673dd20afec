package main

import (
	"context"
	"fmt"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/clock"
)

// story makes history through the use cases, as people do.
type story struct {
	app   *app.App
	gate  *app.Gate
	now   *clock.Manual
	owner plaza.Actor // of the vendor
	plan  plaza.Plan
	other string // ID of a profile below the vendor
	n     int
}

const password = "correct horse battery"

// origin is where everybody is.
func origin() plaza.Origin {
	return plaza.Origin{Address: "192.0.2.1", UserAgent: "Mozilla/5.0 <é>", Request: "request"}
}

// begin sets Plaza up, and makes what there is to work with.
func (s *story) begin(ctx context.Context) error {
	_, err := s.app.Setup(ctx, plaza.Installer, app.NewSetup{
		Vendor: "Vendor", SupportEmail: "support@vendor.example", OwnerName: "Zoë", OwnerEmail: "zoe@vendor.example", Password: password, MadeBy: app.MadeBySetup,
	})
	if err != nil {
		return err
	}
	if err := s.signIn(ctx); err != nil {
		return err
	}
	s.plan, err = s.app.CreatePlan(ctx, s.owner, plaza.NewPlan{Kind: plaza.Development, Name: "A year", TermMonths: 12, Machines: 1})
	if err != nil {
		return err
	}
	below, err := s.app.CreateProfile(ctx, s.owner, plaza.NewProfile{
		Parent: s.owner.Profile, Kind: plaza.Reseller, Name: "Reseller", SupportEmail: "support@reseller.example", OwnerName: "Rob", OwnerEmail: "rob@reseller.example",
	})
	s.other = below.ID
	return err
}

func (s *story) signIn(ctx context.Context) error {
	token, err := s.gate.SignIn(ctx, "zoe@vendor.example", password, origin())
	if err != nil {
		return err
	}
	v, err := s.gate.Identify(ctx, token, origin())
	s.owner = v.Actor
	return err
}

// sell makes some sixty events. The session of the last time may have ended.
func (s *story) sell(ctx context.Context) error {
	if err := s.signIn(ctx); err != nil {
		return err
	}
	for range 20 {
		if err := s.issue(ctx); err != nil {
			return err
		}
	}
	return nil
}

// issue makes a license, halts it, and reaches for one that is not there.
func (s *story) issue(ctx context.Context) error {
	s.n++
	s.now.Advance(time.Minute)
	profile := s.owner.Profile
	if s.n%2 == 0 {
		profile = s.other
	}
	l, err := s.app.IssueLicense(ctx, s.owner, plaza.NewLicense{Profile: profile, Plan: s.plan.ID, Name: fmt.Sprintf("License %d", s.n)})
	if err != nil {
		return err
	}
	if err := s.app.SuspendLicense(ctx, s.owner, l.ID, fmt.Sprintf("it was not paid, number %d", s.n), l.Version); err != nil {
		return err
	}
	if err := s.app.EndLicense(ctx, s.owner, fmt.Sprintf("none-%d", s.n), "there is none", 1); plaza.KindOf(err) != plaza.NotFound {
		return fmt.Errorf("reached for what is not there: %w", err)
	}
	return nil
}
