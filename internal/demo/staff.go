package demo

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// colleague is somebody beside the owner.
type colleague struct {
	at        *tenant
	ago       int
	name      string
	email     string
	role      plaza.Role
	dashboard bool
	waits     bool // never accepted
	leaves    bool // was disabled later
}

// staffOf is who works at the vendor and the resellers, beside the owners.
//
//nolint:gochecknoglobals // a constant table
var staffOf = []struct {
	slug  string
	roles []plaza.Role
}{
	{"connectplaza", []plaza.Role{plaza.Administrator, plaza.Support, plaza.Auditor}},
	{"computersareus", []plaza.Role{plaza.Administrator, plaza.Administrator, plaza.Manager, plaza.Manager, plaza.Support, plaza.Support, plaza.Auditor, plaza.Member}},
	{"noordzee-it", []plaza.Role{plaza.Administrator, plaza.Manager, plaza.Support}},
	{"rheinland-systemhaus", []plaza.Role{plaza.Manager, plaza.Support}},
}

// How many logins there are in the end, those that came by request among them.
const (
	allLogins       = 120
	requestedLogins = 3
	elsewhere       = 6 // of people who have a login at another customer already
	unanswered      = 9
)

// planStaff lets everybody but the owners come.
func (s *story) planStaff() {
	made := 1 + len(s.tenants) // the owners
	for _, staff := range staffOf {
		t := s.vendor
		for _, other := range s.tenants {
			if other.slug == staff.slug {
				t = other
			}
		}
		for _, role := range staff.roles {
			s.planColleague(s.colleague(t, s.between(40, t.ago-10), role))
			made++
		}
	}
	roles := []plaza.Role{plaza.Administrator, plaza.Manager, plaza.Manager, plaza.Support, plaza.Auditor, plaza.Member, plaza.Member}
	rest := allLogins - made - requestedLogins
	var before []colleague
	for i := range rest {
		waits := i < unanswered
		ago := s.between(20, 330)
		if waits {
			ago = s.between(1, 5) // or the invitation has lapsed, and somebody sends it anew
			if i%3 == 0 {
				ago = s.between(12, 60)
			}
		}
		c := s.colleague(s.customerAt(ago), ago, roles[i%len(roles)])
		c.waits, c.leaves = waits, !waits && i%8 == 3
		if helps := len(before) - (rest - unanswered - elsewhere); helps >= 0 && !waits {
			c = s.consultant(c, before[helps*5])
		}
		if !waits {
			before = append(before, c)
		}
		s.planColleague(c)
	}
}

// colleague returns somebody new.
func (s *story) colleague(t *tenant, ago int, role plaza.Role) colleague {
	first, last, email := s.newcomer(t.company)
	return colleague{
		at: t, ago: ago, name: fullName(first, last, t.company), email: email, role: role,
		dashboard: role != plaza.Member && s.rng.IntN(9) > 0 || t.kind.Administers() && role != plaza.Member,
	}
}

// consultant returns c as somebody who works for another customer too.
func (s *story) consultant(c, same colleague) colleague {
	c.name, c.email, c.leaves = same.name, same.email, false
	c.ago = max(3, min(c.ago, same.ago-5))
	for c.at == same.at || c.ago <= c.at.until {
		c.at = s.customerAt(c.ago)
	}
	return c
}

// planColleague lets somebody be invited, accept, and perhaps leave.
func (s *story) planColleague(c colleague) {
	at, by := s.on(c.ago), func() plaza.Actor { // who has it by then
		if c.at.kind.Administers() {
			return c.at.actor // they hire for themselves
		}
		return c.at.above.actor
	}
	var l plaza.Login
	s.at(at, "invite "+c.email, func(ctx context.Context) (err error) {
		l, err = s.app.CreateLogin(ctx, by(), plaza.NewLogin{
			Profile: c.at.profile.ID, Name: c.name, Email: c.email, Role: c.role, Dashboard: c.dashboard,
		})
		return err
	})
	if c.waits {
		return
	}
	taken := s.later(at, 1, 48)
	s.at(taken, c.email+" accepts", func(ctx context.Context) error {
		_, err := s.accept(ctx, l)
		if c.dashboard && !c.leaves {
			c.at.logins = append(c.at.logins, l)
		}
		return err
	})
	if c.leaves {
		s.at(s.later(taken, 24, max(25, (c.ago-4)*24)), c.email+" leaves", func(ctx context.Context) error {
			seen, err := s.app.Login(ctx, by(), l.ID)
			if err != nil {
				return err
			}
			return s.app.DisableLogin(ctx, by(), l.ID, seen.Version)
		})
	}
}

// planRoutine lets people sign in over the year, mistype a password now and
// then, and change small things.
func (s *story) planRoutine() {
	for range 150 {
		s.planSignIn(s.on(s.between(1, 300)))
	}
	for _, t := range s.tenants {
		if !t.invited && t.until == 0 {
			s.planVisit(t, s.on(s.between(1, min(12, t.ago-2))))
		}
	}
	for _, name := range []string{bakery, "Zorggroep Noorderlicht", "D'Hondt Transport"} {
		t := s.named(name)
		s.at(s.on(s.between(30, 200)), name+" mistypes", func(ctx context.Context) error {
			if _, err := s.gate.SignIn(ctx, t.email, "plaza-demo-2025", origin(t.email)); plaza.KindOf(err) != plaza.Unauthenticated {
				return err
			}
			return nil
		})
	}
	for _, ago := range []int{230, 118, 61} {
		t := s.customerAt(ago)
		s.at(s.on(ago), "edit "+t.name, func(ctx context.Context) error {
			p, err := s.app.Profile(ctx, t.above.actor, t.profile.ID)
			if err != nil {
				return err
			}
			return s.app.EditProfile(ctx, t.above.actor, p.ID, plaza.ProfileEdit{
				Name: p.Name, SupportEmail: "it@" + t.slug + ".example", WarningDays: p.WarningDays, Version: p.Version,
			})
		})
	}
}

// planSignIn lets anybody who can sign in at a time.
func (s *story) planSignIn(at time.Time) {
	s.at(at, "sign in", func(ctx context.Context) error {
		t := pick(s, append([]*tenant{s.vendor}, s.tenants...))
		if len(t.logins) == 0 || t.until > 0 {
			return nil
		}
		_, err := s.signIn(ctx, pick(s, t.logins))
		return err
	})
}

// planVisit lets the owner of t sign in at a time, look around and sign out.
func (s *story) planVisit(t *tenant, at time.Time) {
	s.at(at, t.name+" signs in", func(ctx context.Context) error {
		if len(t.logins) == 0 {
			return nil
		}
		actor, err := s.signIn(ctx, t.owner)
		if err != nil {
			return err
		}
		if err := s.app.ReadNotices(ctx, actor); err != nil {
			return err
		}
		return s.app.SignOut(ctx, actor)
	})
}
