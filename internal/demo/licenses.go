package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/connectplaza/plaza"
)

// lot is a number of licenses that were made under the same plan in the same
// time, and so are in the same state now.
type lot struct {
	n           int
	plan        string
	least, most int // days ago
	ahead       int // starts up to so many days from now; 0: at once
	fate        fate
}

// fate is what happened to a license later.
type fate int

const (
	lives fate = iota
	isSuspended
	isEnded
)

// lots is every license but those that come with a profile. The days are chosen
// so that months of any length give the state that is named.
//
//nolint:gochecknoglobals // a constant table
var lots = []lot{
	{n: 150, plan: "ConnectAgent, 1 year", least: 6, most: 320}, // active
	{n: 22, plan: "ConnectAgent, 1 year", least: 340, most: 360},
	{n: 6, plan: "ConnectAgent, 1 year", least: 368, most: 373}, // grace
	{n: 22, plan: "ConnectAgent, 1 month", least: 3, most: 24},  // expiring
	{n: 6, plan: "ConnectAgent, 1 month", least: 32, most: 34},  // grace
	{n: 12, plan: "ConnectAgent, 1 month", least: 60, most: 150},
	{n: 8, plan: "ConnectAgent, trial", least: 2, most: 20},
	{n: 10, plan: "ConnectAgent, trial", least: 45, most: 120}, // expired
	{n: 8, plan: "ConnectAgent, 1 year", least: 15, most: 200, fate: isSuspended},
	{n: 6, plan: "ConnectAgent, 1 year", least: 2, most: 8, ahead: 60},

	{n: 52, plan: "Development, 1 year", least: 6, most: 320},
	{n: 10, plan: "Development, 1 year", least: 340, most: 360},
	{n: 3, plan: "Development, 1 year", least: 368, most: 373},
	{n: 9, plan: "Development, 1 month", least: 3, most: 24},
	{n: 4, plan: "Development, 1 month", least: 32, most: 34},
	{n: 9, plan: "Development, 1 month", least: 60, most: 150},
	{n: 5, plan: "Development, trial", least: 2, most: 20},
	{n: 5, plan: "Development, trial", least: 45, most: 120},
	{n: 4, plan: "Development, 1 year", least: 15, most: 200, fate: isSuspended},
	{n: 3, plan: "Development, 1 year", least: 2, most: 8, ahead: 60},
	{n: 6, plan: "Development, 1 year", least: 30, most: 300, fate: isEnded},

	{n: 90, plan: "ConnectAgent, 1 year", least: 6, most: 320}, // so that the Monitor has much to show
}

// order is one license that somebody wants.
type order struct {
	lot

	to     *tenant
	ago    int
	name   string
	starts time.Time
	id     string // of the license, once it is there
}

// agent reports whether it is for a ConnectAgent.
func (o *order) agent(s *story) bool { return s.plans[o.plan].Kind == plaza.ConnectAgentLicense }

// planLicenses lets every license be made: most by the reseller, some because
// the customer asked for it, some by the reseller at work in the customer's own
// profile.
func (s *story) planLicenses() {
	for _, l := range lots {
		for i := range l.n {
			o := s.order(l)
			switch plain := l.fate == lives && l.ahead == 0 && o.to.ago > o.ago+8; {
			case plain && i%13 == 5 && !o.to.invited:
				s.planRequested(o)
			case plain && i%26 == 12 && !o.agent(s):
				s.planMadeInside(o)
			default:
				s.planMade(o)
			}
			s.planFate(o)
		}
	}
}

func (s *story) order(l lot) *order {
	o := &order{lot: l, ago: s.between(l.least, l.most)}
	o.to = s.customerAt(o.ago)
	if o.agent(s) {
		o.name = pick(s, agentNames)
		if s.rng.IntN(3) > 0 {
			o.name = fmt.Sprintf("%s %d", o.name, s.between(1, 4))
		}
	} else {
		o.name = pick(s, projectNames)
	}
	if l.ahead > 0 {
		o.starts = s.now.AddDate(0, 0, s.between(7, l.ahead))
	}
	return o
}

// planMade lets whoever is above make it.
func (s *story) planMade(o *order) {
	reveal := s.rng.IntN(6) == 0
	s.at(s.on(o.ago), "license for "+o.to.name, func(ctx context.Context) error {
		if err := s.make(ctx, o, o.to.above.actor); err != nil || !reveal {
			return err
		}
		_, err := s.app.RevealLicenseKey(ctx, o.to.above.actor, o.id)
		return err
	})
}

func (s *story) make(ctx context.Context, o *order, by plaza.Actor) error {
	if !o.agent(s) {
		l, err := s.app.IssueLicense(ctx, by, plaza.NewLicense{Profile: o.to.profile.ID, Plan: s.plans[o.plan].ID, Name: o.name, Starts: o.starts})
		o.id = l.ID
		return err
	}
	a, err := s.app.CreateAgent(ctx, by, plaza.NewAgent{Profile: o.to.profile.ID, Plan: s.plans[o.plan].ID, Name: o.name, Starts: o.starts})
	o.id = a.License.ID
	s.agents = append(s.agents, a.ID)
	return err
}

// wish is what its future holder asks for.
func (s *story) wish(o *order) plaza.Wish {
	if o.agent(s) {
		return plaza.Wish{Agent: &plaza.NewAgent{Plan: s.plans[o.plan].ID, Name: o.name}}
	}
	return plaza.Wish{License: &plaza.NewLicense{Plan: s.plans[o.plan].ID, Name: o.name}}
}

// planRequested lets its future holder ask for it, and whoever is above approve
// that within a day.
func (s *story) planRequested(o *order) {
	at := s.on(o.ago)
	var r plaza.Request
	note := pick(s, notes)
	s.at(at.Add(-time.Duration(s.between(60, 1200))*time.Minute), o.to.name+" asks", func(ctx context.Context) (err error) {
		r, err = s.app.MakeRequest(ctx, o.to.actor, s.wish(o), note)
		return err
	})
	s.at(at, "approve for "+o.to.name, func(ctx context.Context) (err error) {
		if r, err = s.app.ApproveRequest(ctx, o.to.above.actor, r.ID, r.Version); err != nil {
			return err
		}
		o.id = r.Object
		if !o.agent(s) {
			return nil
		}
		s.agents = append(s.agents, r.Object)
		a, err := s.app.Agent(ctx, o.to.above.actor, r.Object)
		o.id = a.License.ID
		return err
	})
}

// planMadeInside lets whoever is above log in as its future holder, and make it
// there.
func (s *story) planMadeInside(o *order) {
	reason := "First license, together on the phone"
	s.at(s.on(o.ago), "license inside "+o.to.name, func(ctx context.Context) error {
		return s.inside(ctx, o.to, reason, plaza.Manage, func(actor plaza.Actor) error { return s.make(ctx, o, actor) })
	})
}

// planFate lets what happens to a license happen.
func (s *story) planFate(o *order) {
	made := s.on(o.ago)
	hours := max(48, (o.ago-6)*24)
	switch {
	case o.fate == isSuspended:
		reason := pick(s, suspendReasons)
		s.planSuspension(o, s.later(made, 40, hours), reason)
	case o.fate == isEnded:
		reason := pick(s, endReasons)
		s.at(s.later(made, 40, hours), "end "+o.name, func(ctx context.Context) error {
			l, err := s.app.License(ctx, o.to.above.actor, o.id)
			if err != nil {
				return err
			}
			return s.app.EndLicense(ctx, o.to.above.actor, l.ID, reason, l.Version)
		})
	case o.ago > 90 && o.to.until == 0 && s.rng.IntN(20) == 0: // only for a while
		at := s.later(made, 40, 900)
		s.planSuspension(o, at, "Invoice was overdue")
		s.at(s.later(at, 20, 200), "resume "+o.name, func(ctx context.Context) error {
			l, err := s.app.License(ctx, o.to.above.actor, o.id)
			if err != nil {
				return err
			}
			return s.app.ResumeLicense(ctx, o.to.above.actor, l.ID, l.Version)
		})
	}
}

func (s *story) planSuspension(o *order, at time.Time, reason string) {
	s.at(at, "suspend "+o.name, func(ctx context.Context) error {
		l, err := s.app.License(ctx, o.to.above.actor, o.id)
		if err != nil {
			return err
		}
		return s.app.SuspendLicense(ctx, o.to.above.actor, l.ID, reason, l.Version)
	})
}
