package demo

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// planRequests lets customers ask for things, of which some were approved, some
// declined, withdrawn or forgotten, and a few wait.
func (s *story) planRequests() {
	s.planRequestedProfile()
	for i, slug := range []string{"bakkerij-jansen", "noorderlicht", "kustlijn"} {
		s.planRequestedLogin(s.domain(slug), 70+40*i)
	}
	for i, slug := range []string{"peeters", "obrien", "den-boer", "bakkerij-jansen"} {
		reason := declineReasons[i%len(declineReasons)]
		t, ago := s.domain(slug), 25+45*i
		s.planAnswered(t, ago, 20, s.wishFor(t, i), func(ctx context.Context, r plaza.Request) error {
			return s.app.DeclineRequest(ctx, t.above.actor, r.ID, reason, r.Version)
		})
	}
	for i, slug := range []string{"mueller", "dhondt", "schneider"} {
		t, ago := s.domain(slug), 15+60*i
		s.planAnswered(t, ago, 4, s.wishFor(t, i+1), func(ctx context.Context, r plaza.Request) error {
			return s.app.WithdrawRequest(ctx, t.actor, r.ID, r.Version)
		})
	}
	for i, slug := range []string{"northgate", "zon-en-zee", "yamada"} {
		t := s.domain(slug)
		s.planAsked(t, s.on(40+35*i), s.wishFor(t, i), "")
	}
	for _, w := range []struct {
		slug string
		ago  time.Duration
		sort int
		note string
	}{
		{"de-linde", 6 * 24 * time.Hour, 0, "For the branch in the station"},
		{"kings-dairy", 50 * time.Hour, 1, ""},
		{"hooge-huys", 26 * time.Hour, 2, "Our new colleague starts on Monday"},
		{"chateau", 5 * time.Hour, 3, "A customer of ours wants to build for itself"},
		{"bakkerij-jansen", 3 * time.Hour, 1, "For the new oven line: it should report its temperatures"},
		{"angstrom", 4 * 24 * time.Hour, 0, ""},
		{"hoehenluft", 30 * time.Hour, 1, "Bitte bis Freitag"},
	} {
		t := s.domain(w.slug)
		s.planAsked(t, s.now.Add(-w.ago), s.wishFor(t, w.sort), w.note)
	}
}

// domain returns the tenant of a domain.
func (s *story) domain(slug string) *tenant {
	for _, t := range s.tenants {
		if t.slug == slug {
			return t
		}
	}
	return nil
}

// wishFor returns one wish of each sort, as t may have it.
func (s *story) wishFor(t *tenant, sort int) func() plaza.Wish {
	return func() plaza.Wish {
		switch sort % 4 {
		case 0:
			return plaza.Wish{License: &plaza.NewLicense{Plan: s.plans["Development, 1 year"].ID, Name: "Nieuwe webshop"}}
		case 1:
			return plaza.Wish{Agent: &plaza.NewAgent{Plan: s.plans["ConnectAgent, 1 year"].ID, Name: "Oven 2"}}
		case 2:
			return plaza.Wish{Login: &plaza.NewLogin{Name: "Robin Verhoeven", Email: "robin.verhoeven@" + t.slug + ".example", Role: plaza.Manager, Dashboard: true}}
		default:
			return plaza.Wish{Profile: &plaza.NewProfile{
				Kind: plaza.Enterprise, Name: "Wijngoed Belle Vue", SupportEmail: "it@belle-vue.example",
				Plan: s.plans["Enterprise, 1 year"].ID, OwnerName: "Odette Lambert", OwnerEmail: "odette.lambert@belle-vue.example",
			}}
		}
	}
}

// planAsked lets t ask for something, and nobody answer.
func (s *story) planAsked(t *tenant, at time.Time, wish func() plaza.Wish, note string) {
	s.at(at, t.name+" asks", func(ctx context.Context) error {
		_, err := s.app.MakeRequest(ctx, t.actor, wish(), note)
		return err
	})
}

// planAnswered lets t ask for something, and somebody answer within so many hours.
func (s *story) planAnswered(t *tenant, ago, within int, wish func() plaza.Wish, answer func(context.Context, plaza.Request) error) {
	asked, note := s.on(ago), pick(s, notes)
	var r plaza.Request
	s.at(asked, t.name+" asks", func(ctx context.Context) (err error) {
		r, err = s.app.MakeRequest(ctx, t.actor, wish(), note)
		return err
	})
	s.at(s.later(asked, 1, within), "answer "+t.name, func(ctx context.Context) error { return answer(ctx, r) })
}

// planRequestedLogin lets t ask for a login, get it, and the new colleague come.
func (s *story) planRequestedLogin(t *tenant, ago int) {
	c := s.colleague(t, ago, plaza.Manager)
	wish := func() plaza.Wish {
		return plaza.Wish{Login: &plaza.NewLogin{Name: c.name, Email: c.email, Role: c.role, Dashboard: true}}
	}
	var l plaza.Login
	s.planAnswered(t, ago, 20, wish, func(ctx context.Context, r plaza.Request) error {
		r, err := s.app.ApproveRequest(ctx, t.above.actor, r.ID, r.Version)
		if err != nil {
			return err
		}
		l, err = s.app.Login(ctx, t.above.actor, r.Object)
		return err
	})
	s.at(s.on(ago).Add(72*time.Hour), c.email+" accepts", func(ctx context.Context) error {
		_, err := s.accept(ctx, l)
		t.logins = append(t.logins, l)
		return err
	})
}

// planRequestedProfile lets the bakery ask for a customer of its own, and get it.
func (s *story) planRequestedProfile() {
	asks, t := s.named(bakery), s.named(requested)
	at := s.on(t.ago)
	var r plaza.Request
	s.at(at.Add(-20*time.Hour), asks.name+" asks for "+t.name, func(ctx context.Context) (err error) {
		in := s.newProfile(t, "")
		r, err = s.app.MakeRequest(ctx, asks.actor, plaza.Wish{Profile: &in}, "They grow our herbs, and want to see their orders")
		return err
	})
	s.at(at, "approve "+t.name, func(ctx context.Context) (err error) {
		if r, err = s.app.ApproveRequest(ctx, t.above.actor, r.ID, r.Version); err != nil {
			return err
		}
		t.profile, err = s.app.Profile(ctx, t.above.actor, r.Object)
		if err != nil {
			return err
		}
		return s.meetOwner(ctx, t)
	})
	s.planOwner(t, at)
}

// planActing lets people from above help inside their customers' profiles.
func (s *story) planActing() {
	for i, ago := range []int{290, 241, 199, 150, 111, 83, 47, 19, 9, 3} {
		t := s.customerAt(ago)
		if i == 7 || i == 3 {
			t = s.named(bakery)
		}
		mode, reason := plaza.Look, actingReasons[i%len(actingReasons)]
		if i%2 == 1 {
			mode = plaza.Manage
		}
		s.at(s.on(ago), "act as "+t.name, func(ctx context.Context) error {
			return s.inside(ctx, t, reason, mode, func(actor plaza.Actor) error { return s.help(ctx, actor) })
		})
	}
}

// help looks at the licenses, and at the key of one if that is allowed.
func (s *story) help(ctx context.Context, actor plaza.Actor) error {
	list, err := s.app.Licenses(ctx, actor, plaza.LicenseFilter{}, plaza.Page{})
	if err != nil || len(list.Rows) == 0 || !actor.Can(plaza.LicenseReveal) {
		return err
	}
	_, err = s.app.RevealLicenseKey(ctx, actor, list.Rows[0].ID)
	return err
}

// inside lets the owner above t log in as t's owner, do something there, and
// come back.
func (s *story) inside(ctx context.Context, t *tenant, reason string, mode plaza.Mode, do func(plaza.Actor) error) error {
	actor, err := s.signIn(ctx, t.above.owner)
	if err != nil || t.invited {
		return err
	}
	token, err := s.app.LogInAs(ctx, actor, plaza.NewActing{Login: t.owner.ID, Reason: reason})
	if err != nil {
		return err
	}
	if actor, err = s.enter(ctx, token, t.above.owner); err != nil {
		return err
	}
	if mode == plaza.Manage {
		if err := s.app.RaiseActing(ctx, actor, mode); err != nil {
			return err
		}
		s.clock.Advance(time.Minute)
		if actor, err = s.enter(ctx, token, t.above.owner); err != nil {
			return err
		}
	}
	if err := do(actor); err != nil {
		return err
	}
	if token, err = s.app.StopActing(ctx, actor); err != nil {
		return err
	}
	if actor, err = s.enter(ctx, token, t.above.owner); err != nil {
		return err
	}
	return s.app.SignOut(ctx, actor)
}

// planEndings lets one customer be suspended, and another closed.
func (s *story) planEndings() {
	halt := func(name string, ago int, reason string) {
		t := s.named(name)
		s.at(s.on(ago), "suspend "+name, func(ctx context.Context) error {
			p, err := s.app.Profile(ctx, t.above.actor, t.profile.ID)
			if err != nil {
				return err
			}
			return s.app.SuspendProfile(ctx, t.above.actor, p.ID, reason, p.Version)
		})
	}
	halt(suspended, 20, "Three invoices not paid, no answer since October")
	halt(closed, 38, "The company stops at the end of the month")
	t := s.named(closed)
	s.at(s.on(12), "close "+closed, func(ctx context.Context) error {
		p, err := s.app.Profile(ctx, t.above.actor, t.profile.ID)
		if err != nil {
			return err
		}
		return s.app.CloseProfile(ctx, t.above.actor, p.ID, p.Name, "The company has stopped", p.Version)
	})
}
