package actingtest

import (
	"slices"
	"strconv"
	"time"

	"pgregory.net/rapid"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// What is taken away and given back: rights, profiles, consents, invitations.

// setLogin returns why a does not change a login, which has the role to then; wrong
// is why nobody would.
func (m *machine) setLogin(a plaza.Actor, l *mLogin, to plaza.Role, wrong plaza.Kind) plaza.Kind {
	switch own := m.login(a.Login); {
	case !l.profile.below(own.profile):
		return plaza.NotFound
	case wrong != "":
		return wrong
	case !maySet(a, l.role) || !maySet(a, to):
		return plaza.Forbidden
	}
	return ""
}

// lastOwner reports whether nobody else owns the profile of l.
func (m *machine) lastOwner(l *mLogin) bool {
	return !slices.ContainsFunc(m.logins, func(o *mLogin) bool { return o != l && o.profile == l.profile && o.owns() && o.dashboard })
}

// involved is a login; often one that acts, or is acted as.
func (m *machine) involved() *mLogin {
	if x := m.visit(); x != nil {
		return draw(m, "of two", []*mLogin{x.actor, x.as})
	}
	return draw(m, "login", m.logins)
}

func (m *machine) disable() {
	l := m.involved()
	a, ok := m.boss(l.profile)
	if !ok || l.profile.apart() {
		return
	}
	wrong := plaza.Kind("")
	if l.id == a.Login || l.disabled || l.owns() && m.lastOwner(l) {
		wrong = plaza.Conflict
	}
	m.try(a, deed{
		verb: plaza.LoginDisable, profile: l.profile.id, refused: m.setLogin(a, l, l.role, wrong),
		run:  func(x *app.App, a plaza.Actor) error { return x.DisableLogin(m.w.ctx, a, l.id, l.version) },
		then: func() { l.disabled = true; l.version++; m.shutOut(l) },
	})
}

func (m *machine) enable() {
	all := slices.DeleteFunc(slices.Clone(m.logins), func(l *mLogin) bool { return !l.disabled })
	if len(all) == 0 {
		m.t.Skip()
	}
	l := draw(m, "login", all)
	a, ok := m.boss(l.profile)
	if !ok {
		return
	}
	m.try(a, deed{
		verb: plaza.LoginEnable, profile: l.profile.id, refused: m.setLogin(a, l, l.role, ""),
		run:  func(x *app.App, a plaza.Actor) error { return x.EnableLogin(m.w.ctx, a, l.id, l.version) },
		then: func() { l.disabled = false; l.version++ },
	})
}

// editLogin gives a login another role, or takes the dashboard or gives it back.
func (m *machine) editLogin() {
	l := m.involved()
	a, ok := m.boss(l.profile)
	if !ok || l.profile.apart() {
		return
	}
	in := plaza.LoginEdit{Name: l.name, Role: l.role, Dashboard: l.dashboard, Version: l.version}
	switch rapid.IntRange(0, 2).Draw(m.t, "edit") {
	case 0:
		in.Role = draw(m, "role", plaza.Roles()[:5])
	case 1:
		in.Dashboard = !l.dashboard
	}
	if in.Role == plaza.Member {
		in.Dashboard = false
	}
	if rapid.IntRange(0, 9).Draw(m.t, "stale") == 0 {
		in.Version--
	}
	wrong := plaza.Kind("")
	if l.id == a.Login && !in.Dashboard || l.owns() && (in.Role != plaza.Owner || !in.Dashboard) && m.lastOwner(l) {
		wrong = plaza.Conflict
	}
	refused := m.setLogin(a, l, in.Role, wrong)
	if refused == "" && in.Role != l.role {
		refused = m.appoints(a, in.Role)
	}
	if refused == "" && in.Version != l.version {
		refused = plaza.Stale
	}
	m.try(a, deed{
		verb: plaza.LoginEdits, profile: l.profile.id, refused: refused,
		run: func(x *app.App, a plaza.Actor) error { return x.EditLogin(m.w.ctx, a, l.id, in) },
		then: func() {
			other := l.role != in.Role
			l.role, l.dashboard, l.version = in.Role, in.Dashboard, l.version+1
			switch {
			case !l.dashboard:
				m.shutOut(l)
			case other:
				m.cease(plaza.EndLogin, func(x *mActing) bool { return x.actor == l || x.as == l })
			}
		},
	})
}

// invite makes a login; accept takes one up.
func (m *machine) invite() {
	p := draw(m, "profile", m.mine())
	if len(m.logins) > 30 {
		m.t.Skip()
	}
	a, ok := m.boss(p)
	if !ok {
		return
	}
	refused := plaza.Kind("")
	switch own := m.login(a.Login).profile; {
	case !p.below(own):
		refused = plaza.NotFound
	case p.halted():
		refused = plaza.Conflict
	}
	m.name++
	email := "new" + strconv.Itoa(m.name) + "@example.com"
	in := plaza.NewLogin{Profile: p.id, Name: "New", Email: email, Role: draw(m, "role", plaza.Roles()[:5]), Dashboard: true}
	if refused == "" && !maySet(a, in.Role) {
		refused = plaza.Forbidden
	}
	if refused == "" {
		refused = m.appoints(a, in.Role)
	}
	var made plaza.Login
	m.try(a, deed{
		verb: plaza.LoginCreate, profile: p.id, refused: refused,
		run: func(x *app.App, a plaza.Actor) (err error) { made, err = x.CreateLogin(m.w.ctx, a, in); return err },
		then: func() {
			who := &mPerson{id: made.Person, email: email, password: "the password of " + email}
			l := &mLogin{
				id: made.ID, name: "New", profile: p, person: who, role: in.Role, dashboard: true, version: 1,
				invited: mLink{m.link(email, "/invitation/"), m.now.Add(plaza.InvitationValid)},
			}
			who.logins, m.people, m.logins = []*mLogin{l}, append(m.people, who), append(m.logins, l)
		},
	})
}

func (m *machine) accept() {
	all := slices.DeleteFunc(slices.Clone(m.logins), func(l *mLogin) bool { return l.invited.token == "" })
	if len(all) == 0 {
		m.t.Skip()
	}
	l := draw(m, "login", all)
	link := l.invited
	token, err := m.gate().AcceptInvitation(m.w.ctx, link.token, l.person.password, m.from())
	if !m.now.Before(link.expires) || l.disabled || l.profile.halted() {
		m.expect("I6", "an invitation of no use", err, plaza.NotFound)
		return
	}
	if !l.dashboard {
		m.expect("I6", "an invitation without the dashboard", err, plaza.Forbidden)
	} else {
		m.expect("I6", "an invitation", err, "")
	}
	l.accepted, l.person.joined, l.invited = true, true, mLink{}
	l.version++
	m.events = append(m.events, event{verb: plaza.InvitationAccept, result: plaza.Done, actor: l.id, profile: l.profile.id})
	if l.dashboard {
		m.identify(m.began(l.person, token))
	}
}

// setHalt has somebody suspend, resume, close or reopen a profile; wrong: it is in no
// state for that.
func (m *machine) setHalt(p *mProfile, v plaza.Verb, wrong bool, run func(*app.App, plaza.Actor) error, then func()) {
	a, ok := m.boss(p)
	if !ok {
		return
	}
	refused := plaza.Kind("")
	switch own := m.login(a.Login).profile; {
	case !p.below(own):
		refused = plaza.NotFound
	case p == own || wrong:
		refused = plaza.Conflict
	}
	m.try(a, deed{verb: v, profile: p.id, refused: refused, run: run, then: func() {
		then()
		p.version++
		if p.halted() {
			m.halt(p)
		}
	}})
}

func (m *machine) suspend() {
	p := draw(m, "profile", m.mine())
	if x := m.visit(); x != nil && m.odds("that one", 2) {
		p = x.as.profile
	}
	m.setHalt(p, plaza.ProfileSuspend, p.suspended || !p.closed.IsZero(),
		func(x *app.App, a plaza.Actor) error { return x.SuspendProfile(m.w.ctx, a, p.id, because, p.version) },
		func() { p.suspended = true })
}

func (m *machine) resume() {
	p := m.still()
	m.setHalt(p, plaza.ProfileResume, !p.suspended || !p.closed.IsZero(),
		func(x *app.App, a plaza.Actor) error { return x.ResumeProfile(m.w.ctx, a, p.id, p.version) },
		func() { p.suspended = false })
}

func (m *machine) closeProfile() {
	p := m.still()
	m.setHalt(p, plaza.ProfileClose, !p.suspended || !p.closed.IsZero(),
		func(x *app.App, a plaza.Actor) error {
			return x.CloseProfile(m.w.ctx, a, p.id, p.name, because, p.version)
		},
		func() { p.closed = m.now })
}

func (m *machine) reopen() {
	p := m.still()
	m.setHalt(p, plaza.ProfileReopen, p.closed.IsZero() || m.now.After(p.closed.Add(plaza.ClosedProfileKept)),
		func(x *app.App, a plaza.Actor) error { return x.ReopenProfile(m.w.ctx, a, p.id, p.version) },
		func() { p.closed = time.Time{} })
}

// still is a profile that was itself made to stand still.
func (m *machine) still() *mProfile {
	all := slices.DeleteFunc(m.mine(), func(p *mProfile) bool { return !p.suspended && p.closed.IsZero() })
	if len(all) == 0 {
		m.t.Skip()
	}
	return draw(m, "profile", all)
}
