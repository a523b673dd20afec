package demo

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// tenant is a profile of the story.
type tenant struct {
	company

	above     *tenant
	profile   plaza.Profile
	owner     plaza.Login
	actor     plaza.Actor // of the owner, at no browser; zero until the invitation is accepted
	logins    []plaza.Login
	weight    int // of all that happens, how much happens here
	until     int // nothing new since so many days ago
	invited   bool
	firstName string
	lastName  string
	email     string
}

// plans is the catalogue.
//
//nolint:gochecknoglobals // a constant table
var plans = []plaza.NewPlan{
	{
		Kind: plaza.Development, Name: "Development, 1 year", TermMonths: 12, GraceDays: 14, Machines: 1,
		Terms: including(plaza.ModuleDevelop, plaza.ModuleControl), Prices: prices(49_00, 54_00), BillsSuspended: true,
	},
	{
		Kind: plaza.Development, Name: "Development, 1 month", TermMonths: 1, GraceDays: 10, Machines: 1,
		Terms: including(plaza.ModuleDevelop), Prices: prices(65_00, 72_00),
	},
	{Kind: plaza.Development, Name: "Development, trial", TermMonths: 1, Trial: true, Machines: 1, Terms: including(plaza.ModuleDevelop)},
	{Kind: plaza.PartnerLicense, Name: "Partner, 1 year", TermMonths: 12, GraceDays: 30, Machines: 1, Prices: prices(125_00, 139_00), BillsSuspended: true, Renews: true},
	{Kind: plaza.EnterpriseLicense, Name: "Enterprise, 1 year", TermMonths: 12, GraceDays: 30, Machines: 1, Prices: prices(290_00, 325_00), BillsSuspended: true, Renews: true},
	{Kind: plaza.ConnectAgentLicense, Name: "ConnectAgent, 1 year", TermMonths: 12, GraceDays: 14, Machines: 1, Prices: prices(29_50, 33_00), BillsSuspended: true},
	{
		Kind: plaza.ConnectAgentLicense, Name: "ConnectAgent, 1 month", TermMonths: 1, GraceDays: 10, Machines: 1,
		Terms: including(plaza.ModuleDeploy, plaza.ModuleControl, plaza.ModuleMonitor), Prices: prices(37_50, 42_00),
	},
	{
		Kind: plaza.ConnectAgentLicense, Name: "ConnectAgent, trial", TermMonths: 1, Trial: true, Machines: 1,
		Terms: including(plaza.ModuleDeploy, plaza.ModuleMonitor),
	},
}

// including returns the terms of a plan with some of the modules.
func including(modules ...plaza.Module) plaza.Terms {
	t := plaza.DefaultTerms()
	t.Modules = modules
	return t
}

// prices returns what a license costs for a month, in cents.
func prices(euros, dollars int64) []plaza.Money {
	return []plaza.Money{{Currency: "EUR", Minor: euros}, {Currency: "USD", Minor: dollars}}
}

// begin sets the installation up, with its catalogue.
func (s *story) begin(ctx context.Context) error {
	owner, err := s.app.Setup(ctx, plaza.Installer, app.NewSetup{
		Vendor: "ConnectPlaza", SupportEmail: "support@connectplaza.example", OwnerName: "Mirjam Kuiper",
		OwnerEmail: Vendor, Password: Password, MadeBy: app.MadeByUnfinished,
	})
	if err != nil {
		return err
	}
	s.vendor = &tenant{company: company{name: "ConnectPlaza", slug: "connectplaza", kind: plaza.Vendor, folk: dutch, ago: days}}
	s.taken[Vendor] = true
	if s.vendor.actor, err = atNoBrowser(s.signIn(ctx, owner)); err != nil {
		return err
	}
	s.vendor.logins = []plaza.Login{owner}
	s.vendor.owner, s.vendor.profile = owner, plaza.Profile{ID: owner.Profile, Name: s.vendor.name}
	for _, in := range plans {
		p, err := s.app.CreatePlan(ctx, s.vendor.actor, in)
		if err != nil {
			return err
		}
		s.plans[in.Name] = p
	}
	return nil
}

// plan decides everything that will happen.
func (s *story) plan() {
	s.planProfiles()
	s.planStaff()
	s.planLicenses()
	s.planRequests()
	s.planActing()
	s.planRoutine()
	s.planEndings()
	s.planAllowances()
	s.planWebhook()
	s.planBilling()
	s.planMoves()
	s.planRenewal()
}

// planProfiles lets the resellers come, and their customers.
func (s *story) planProfiles() {
	for _, r := range []struct {
		company

		owner string // first name and last name
		last  string
		email string
		below []company
	}{
		{company{"ComputersAreUs Holding", "computersareus", plaza.Reseller, dutch, 393}, "Sanne", "de Wit", Reseller, belowComputersAreUs},
		{company{"Noordzee IT", "noordzee-it", plaza.Reseller, dutch, 391}, "Joris", "Haak", "joris.haak@noordzee-it.example", belowNoordzee},
		{company{"Rheinland Systemhaus GmbH", "rheinland-systemhaus", plaza.Reseller, german, 388}, "Anke", "Thönnes", "anke.thoennes@rheinland-systemhaus.example", belowRheinland},
	} {
		reseller := &tenant{company: r.company, above: s.vendor, firstName: r.owner, lastName: r.last, email: r.email}
		s.planProfile(reseller)
		s.tenants = append(s.tenants, reseller)
		for _, c := range r.below {
			s.tenants = append(s.tenants, s.customer(c, reseller))
		}
	}
	for _, c := range belowVendor {
		s.tenants = append(s.tenants, s.customer(c, s.vendor))
	}
}

// customer returns a tenant who will come below another.
func (s *story) customer(c company, above *tenant) *tenant {
	t := &tenant{company: c, above: above, weight: s.between(1, 9)}
	t.firstName, t.lastName, t.email = s.newcomer(c)
	switch c.name {
	case bakery:
		t.firstName, t.lastName, t.email, t.weight = "Marijke", "Jansen", Partner, 16
	case suspended:
		t.until = 24
	case closed:
		t.until = 45
	}
	t.invited = c.ago < 7 // has not found the time yet
	if c.name != requested {
		s.planProfile(t)
	}
	return t
}

// newcomer returns the name and the address of somebody new at a company.
func (s *story) newcomer(c company) (first, last, email string) {
	for {
		first, last = pick(s, c.folk.first), pick(s, c.folk.last)
		if email = address(first, last, c.slug); !s.taken[email] {
			s.taken[email] = true
			return first, last, email
		}
	}
}

// fullName returns a name as it is written where somebody comes from.
func fullName(first, last string, c company) string {
	if c.kind == plaza.Enterprise && c.slug == "yamada" {
		return last + " " + first
	}
	return first + " " + last
}

// planProfile lets t come into the world, and its owner take it up.
func (s *story) planProfile(t *tenant) {
	at := s.on(t.ago)
	s.at(at, "create "+t.name, func(ctx context.Context) (err error) {
		t.profile, err = s.app.CreateProfile(ctx, t.above.actor, s.newProfile(t, t.above.profile.ID))
		if err != nil {
			return err
		}
		return s.meetOwner(ctx, t)
	})
	s.planOwner(t, at)
}

// newProfile is what it takes to make t.
func (s *story) newProfile(t *tenant, parent string) plaza.NewProfile {
	in := plaza.NewProfile{
		Parent: parent, Kind: t.kind, Name: t.name, SupportEmail: "support@" + t.slug + ".example",
		OwnerName: fullName(t.firstName, t.lastName, t.company), OwnerEmail: t.email,
	}
	if kind, ok := t.kind.BaseLicense(); ok {
		for _, p := range plans {
			if p.Kind == kind {
				in.Plan = s.plans[p.Name].ID
			}
		}
	}
	return in
}

// meetOwner finds the login that came with t.
func (s *story) meetOwner(ctx context.Context, t *tenant) error {
	list, err := s.app.Logins(ctx, t.above.actor, plaza.LoginFilter{Profile: t.profile.ID}, plaza.Page{})
	if err != nil {
		return err
	}
	t.owner = list.Rows[0]
	return nil
}

// planOwner lets t's owner accept the invitation, some hours after it was sent.
func (s *story) planOwner(t *tenant, invited time.Time) {
	if t.invited {
		return
	}
	s.at(s.later(invited, 1, 20), t.name+" accepts", func(ctx context.Context) (err error) {
		t.actor, err = atNoBrowser(s.accept(ctx, t.owner))
		t.logins = append(t.logins, t.owner)
		return err
	})
}

// customers returns the tenants below resellers and the vendor, that could do
// something so many days ago.
func (s *story) customers(ago int) (all []*tenant) {
	for _, t := range s.tenants {
		if t.kind != plaza.Reseller && t.ago >= ago+4 && ago > t.until {
			all = append(all, t)
		}
	}
	return all
}

// customerAt returns one of them, the busier the likelier.
func (s *story) customerAt(ago int) *tenant {
	all := s.customers(ago)
	sum := 0
	for _, t := range all {
		sum += t.weight
	}
	n := s.rng.IntN(sum)
	for _, t := range all {
		if n -= t.weight; n < 0 {
			return t
		}
	}
	return all[0]
}

// named returns the tenant of a name.
func (s *story) named(name string) *tenant {
	for _, t := range s.tenants {
		if t.name == name {
			return t
		}
	}
	return nil
}

// atNoBrowser returns actor without its session: a year's work would be as many
// times to sign in as there are days, and hash a password each time.
func atNoBrowser(actor plaza.Actor, err error) (plaza.Actor, error) {
	actor.Session = ""
	return actor, err
}
