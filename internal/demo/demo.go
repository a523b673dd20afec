// Package demo makes a world to try Plaza in: a vendor, three resellers, their
// customers and a year in which they worked together.
//
// Everything in it was done by somebody in it, through the use cases of app and
// at a time of its own, on a clock that runs through the year: so there is
// nothing in it that could not have come about. The same day gives the same
// world. It knows no database.
package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/clock"
)

// Password is that of everybody in the demo world.
const Password = "plaza-demo-2026"

// The addresses to sign in with, each the owner of its profile.
const (
	Reseller = "reseller@computersareus.example"
	Partner  = "partner@bakkerij-jansen.example"
	Vendor   = "vendor@connectplaza.example"
)

// Open returns an App that keeps its mails and tells time by a clock. It tells
// mailed when there is something to send.
type Open func(now clock.Func, mailed chan<- struct{}) *app.App

// Build makes the demo world in the empty installation that open opens, as it
// stands at now. If it fails, what it made counts as unfinished.
func Build(ctx context.Context, open Open, now time.Time) error {
	s := newStory(open, now.UTC().Truncate(time.Second))
	if err := s.begin(ctx); err != nil {
		return fmt.Errorf("begin the demo world: %w", err)
	}
	s.plan()
	if err := s.tell(ctx); err != nil {
		return fmt.Errorf("make the demo world: %w", err)
	}
	if err := s.wakeAgents(ctx); err != nil {
		return fmt.Errorf("wake the agents of the demo world: %w", err)
	}
	if err := s.app.Tidy(ctx, plaza.Janitor); err != nil {
		return fmt.Errorf("tidy the demo world: %w", err)
	}
	return s.app.FinishDemo(ctx, plaza.Installer)
}
