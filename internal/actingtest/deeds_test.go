package actingtest

import (
	"slices"
	"strconv"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// read has somebody look at something of any profile, and sees to it that nothing
// of another profile is shown.
func (m *machine) read() {
	a, _, ok := m.someone()
	if !ok {
		return
	}
	here := m.login(a.Login).profile
	p := draw(m, "profile", m.profiles)
	found := plaza.Kind("")
	if !p.below(here) {
		found = plaza.NotFound
	}
	within := func(what string, profiles ...string) {
		for _, id := range profiles {
			if i := slices.IndexFunc(m.profiles, func(p *mProfile) bool { return p.id == id }); i < 0 || !m.profiles[i].below(here) {
				m.violated("I2", "%s of %s are shown in %s", what, id, here.name)
			}
		}
	}
	ctx := m.w.ctx
	m.try(a, draw(m, "to read", []deed{
		{verb: plaza.OverviewRead, run: func(x *app.App, a plaza.Actor) error { _, err := x.Overview(ctx, a); return err }},
		{verb: plaza.OverviewRead, run: func(x *app.App, a plaza.Actor) error {
			f, err := x.Frame(ctx, a)
			if a.Via != nil && (f.Notices != 0 || f.Profiles != nil) {
				m.violated("I11", "what is the login's own business is shown inside: %+v", f)
			}
			return err
		}},
		{verb: plaza.ProfileRead, refused: found, run: func(x *app.App, a plaza.Actor) error {
			shown, err := x.Profile(ctx, a, p.id)
			if p == here && (shown.Parent != "" || shown.ParentName != "") {
				m.violated("I11", "what is above shows: %+v", shown)
			}
			return err
		}},
		{verb: plaza.LicenseRead, run: func(x *app.App, a plaza.Actor) error {
			list, err := x.Licenses(ctx, a, plaza.LicenseFilter{}, plaza.Page{})
			for _, l := range list.Rows {
				within("licenses", l.Profile)
			}
			return err
		}},
		{verb: plaza.LoginRead, run: func(x *app.App, a plaza.Actor) error {
			list, err := x.Logins(ctx, a, plaza.LoginFilter{}, plaza.Page{})
			for _, l := range list.Rows {
				within("logins", l.Profile)
			}
			return err
		}},
		{verb: plaza.AuditRead, run: func(x *app.App, a plaza.Actor) error {
			list, err := x.AuditEvents(ctx, a, plaza.AuditFilter{}, plaza.Page{})
			for _, e := range list.Rows {
				within("events", e.Profile)
			}
			return err
		}},
		{verb: plaza.AuditExport, run: func(x *app.App, a plaza.Actor) error {
			f := plaza.AuditFilter{Verbs: []plaza.Verb{plaza.ActingStop}}
			return x.ExportAudit(ctx, a, f, plaza.AuditCSV, func(e plaza.AuditLine) error { within("events", e.Profile); return nil })
		}},
		{verb: plaza.ExportCreate, run: func(x *app.App, a plaza.Actor) error {
			return x.RecordExport(ctx, a, plaza.NewExport{List: plaza.ExportLicenses, Form: plaza.ExportComma}, 0)
		}},
		{verb: plaza.ExportRead, run: func(x *app.App, a plaza.Actor) error { _, err := x.Exports(ctx, a); return err }},
		{verb: plaza.AgentRead, run: func(x *app.App, a plaza.Actor) error {
			_, err := x.Agents(ctx, a, plaza.AgentFilter{}, plaza.Page{})
			return err
		}},
		{verb: plaza.RequestRead, run: func(x *app.App, a plaza.Actor) error {
			_, err := x.Requests(ctx, a, plaza.RequestFilter{}, plaza.Page{})
			return err
		}},
		{verb: plaza.AccountRead, run: func(x *app.App, a plaza.Actor) error { _, err := x.Account(ctx, a); return err }},
		{verb: plaza.MailRead, run: func(x *app.App, a plaza.Actor) error {
			_, err := x.Mails(ctx, a, plaza.MailFilter{}, plaza.Page{})
			return err
		}},
		{verb: plaza.AccessRead, run: m.readAccess},
		{verb: plaza.AccessRead, run: func(x *app.App, a plaza.Actor) error { _, err := x.Visits(ctx, a, plaza.Page{}); return err }},
	}))
}

// readAccess fails unless the page of who is inside shows just those who are.
func (m *machine) readAccess(x *app.App, a plaza.Actor) error {
	access, err := x.Access(m.w.ctx, a)
	if err != nil {
		return err
	}
	var shown, inside []string
	for _, line := range access.Inside {
		shown = append(shown, line.ID)
	}
	for _, o := range m.actings {
		if m.open(o) && o.as.profile.id == a.Profile {
			inside = append(inside, o.id)
		}
	}
	slices.Sort(shown)
	if !slices.Equal(shown, inside) {
		m.violated("I4", "inside are %v, shown %v", inside, shown)
	}
	return nil
}

// act has somebody do something now.
func (m *machine) act() {
	if a, _, ok := m.someone(); ok {
		m.change(a)
	}
}

// actInside has somebody do something who is inside.
func (m *machine) actInside() {
	if a, _, ok := m.visitor(); ok {
		m.change(a)
	}
}

// change has a do one of the things that change something.
func (m *machine) change(a plaza.Actor) {
	here := m.login(a.Login).profile
	p := draw(m, "profile", m.profiles)
	if m.odds("within reach", 2) {
		all := slices.DeleteFunc(slices.Clone(m.profiles), func(p *mProfile) bool { return !p.below(here) })
		p = draw(m, "profile below", all)
	}
	if p.apart() && p.below(here) {
		return // who is not to notice anything is left alone
	}
	found := plaza.Kind("")
	if !p.below(here) {
		found = plaza.NotFound
	}
	draw(m, "to do", []func(plaza.Actor, *mProfile, plaza.Kind){m.issue, m.license, m.license, m.edit, m.rename, m.denied, m.denied})(a, p, found)
}

func (m *machine) issue(a plaza.Actor, p *mProfile, found plaza.Kind) {
	if found == "" && p.halted() {
		found = plaza.Conflict
	}
	id := ""
	m.try(a, deed{
		verb: plaza.LicenseIssue, profile: p.id, refused: found,
		run: func(x *app.App, a plaza.Actor) error {
			l, err := x.IssueLicense(m.w.ctx, a, plaza.NewLicense{Profile: p.id, Plan: m.w.plan, Name: "L"})
			id = l.ID
			return err
		},
		then: func() { p.licenses = append(p.licenses, &mLicense{id: id, version: 1}) },
	})
}

// license suspends, resumes or reveals a license.
func (m *machine) license(a plaza.Actor, p *mProfile, found plaza.Kind) {
	if len(p.licenses) == 0 {
		m.issue(a, p, found)
		return
	}
	l := draw(m, "license", p.licenses)
	d := deed{profile: p.id, refused: found, then: func() { l.suspended, l.version = !l.suspended, l.version+1 }}
	switch {
	case m.odds("reveal", 3):
		d.verb, d.then = plaza.LicenseReveal, nil
		d.run = func(x *app.App, a plaza.Actor) error { _, err := x.RevealLicenseKey(m.w.ctx, a, l.id); return err }
	case l.suspended:
		d.verb = plaza.LicenseResume
		d.run = func(x *app.App, a plaza.Actor) error { return x.ResumeLicense(m.w.ctx, a, l.id, l.version) }
	default:
		d.verb = plaza.LicenseSuspend
		d.run = func(x *app.App, a plaza.Actor) error { return x.SuspendLicense(m.w.ctx, a, l.id, because, l.version) }
	}
	m.try(a, d)
}

func (m *machine) edit(a plaza.Actor, p *mProfile, found plaza.Kind) {
	m.try(a, deed{
		verb: plaza.ProfileEdits, profile: p.id, refused: found,
		run: func(x *app.App, a plaza.Actor) error {
			return x.EditProfile(m.w.ctx, a, p.id, plaza.ProfileEdit{Name: p.name, WarningDays: m.n % 30, Version: p.version})
		},
		then: func() { p.version++ },
	})
}

func (m *machine) rename(a plaza.Actor, p *mProfile, found plaza.Kind) {
	if p.agent == "" {
		m.edit(a, p, found)
		return
	}
	m.name++
	name := "Agent " + strconv.Itoa(m.name)
	m.try(a, deed{
		verb: plaza.AgentRename, profile: p.id, refused: found,
		run: func(x *app.App, a plaza.Actor) error {
			return x.RenameAgent(m.w.ctx, a, p.agent, plaza.AgentEdit{Name: name, Version: p.agentV})
		},
		then: func() { p.agentV++ },
	})
}

// denied tries what nobody does for another, when somebody acts; whoever is at
// home does these in actions of their own.
func (m *machine) denied(a plaza.Actor, p *mProfile, _ plaza.Kind) {
	if a.Via == nil {
		return
	}
	ctx, l := m.w.ctx, m.login(a.Login)
	in := plaza.NewLogin{Profile: p.id, Name: "Nobody", Email: "nobody@example.com", Role: plaza.Support, Dashboard: true}
	m.try(a, draw(m, "denied", []deed{
		{verb: plaza.LoginCreate, run: func(x *app.App, a plaza.Actor) error { _, err := x.CreateLogin(ctx, a, in); return err }},
		{verb: plaza.LoginReinvite, run: func(x *app.App, a plaza.Actor) error { return x.ReinviteLogin(ctx, a, l.id) }},
		{verb: plaza.LoginEdits, run: func(x *app.App, a plaza.Actor) error {
			return x.EditLogin(ctx, a, l.id, plaza.LoginEdit{Name: l.name, Role: plaza.Owner, Dashboard: true, Version: l.version})
		}},
		{verb: plaza.LoginDisable, run: func(x *app.App, a plaza.Actor) error { return x.DisableLogin(ctx, a, l.id, l.version) }},
		{verb: plaza.LoginEnable, run: func(x *app.App, a plaza.Actor) error { return x.EnableLogin(ctx, a, l.id, l.version) }},
		{verb: plaza.AccountEdit, run: func(x *app.App, a plaza.Actor) error {
			return x.EditAccount(ctx, a, plaza.PersonEdit{Name: "N", Version: 1})
		}},
		{verb: plaza.AccountPassword, run: func(x *app.App, a plaza.Actor) error {
			return x.ChangePassword(ctx, a, l.person.password, "another phrase then")
		}},
		{verb: plaza.WebhookCreate, run: func(x *app.App, a plaza.Actor) error {
			_, _, err := x.CreateWebhook(ctx, a, plaza.WebhookEdit{Name: "N", URL: "https://example.com", All: true})
			return err
		}},
		{verb: plaza.WebhookRotate, run: func(x *app.App, a plaza.Actor) error {
			_, _, err := x.RotateWebhook(ctx, a, p.id, 1)
			return err
		}},
		{verb: plaza.ProfileCreate, run: func(x *app.App, a plaza.Actor) error {
			_, err := x.CreateProfile(ctx, a, plaza.NewProfile{Parent: p.id, Kind: plaza.Reseller, Name: "N"})
			return err
		}},
		{verb: plaza.ProfileClose, run: func(x *app.App, a plaza.Actor) error { return x.CloseProfile(ctx, a, p.id, p.name, because, p.version) }},
		{verb: plaza.ProfileReopen, run: func(x *app.App, a plaza.Actor) error { return x.ReopenProfile(ctx, a, p.id, p.version) }},
		{verb: plaza.AccessSet, run: func(x *app.App, a plaza.Actor) error {
			return x.SetSupportAccess(ctx, a, plaza.AccessAllowed, l.profile.version)
		}},
		{verb: plaza.ActingSet, run: func(x *app.App, a plaza.Actor) error { return x.SwitchLoginAs(ctx, a, true) }},
		{verb: plaza.ActingStart, run: func(x *app.App, a plaza.Actor) error {
			_, err := x.LogInAs(ctx, a, plaza.NewActing{Login: l.id, Reason: because})
			return err
		}},
		{verb: plaza.ActingEnd, run: func(x *app.App, a plaza.Actor) error { return x.EndActing(ctx, a, a.Via.ID) }},
		{verb: plaza.ConsentGrant, run: func(x *app.App, a plaza.Actor) error { return x.GrantConsent(ctx, a, "any", false, 1) }},
		{verb: plaza.ConsentAsk, run: func(x *app.App, a plaza.Actor) error {
			_, err := x.AskConsent(ctx, a, plaza.NewConsent{Profile: p.id, Reason: because, Until: m.now.Add(plaza.ActingFor)})
			return err
		}},
		{verb: plaza.RequestMake, run: func(x *app.App, a plaza.Actor) error {
			_, err := x.MakeRequest(ctx, a, plaza.Wish{}, "")
			return err
		}},
	}))
}
