package actingtest

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

const because = "because of a drill"

// draw chooses one of all.
func draw[T any](m *machine, what string, all []T) T {
	return all[rapid.IntRange(0, len(all)-1).Draw(m.t, what)]
}

// odds is true once in n times.
func (m *machine) odds(what string, n int) bool { return rapid.IntRange(1, n).Draw(m.t, what) == n }

// someone returns who holds a living session, or nobody.
func (m *machine) someone() (plaza.Actor, *mSession, bool) {
	all := m.living()
	if len(all) == 0 {
		m.t.Skip()
	}
	s := draw(m, "session", all)
	a, ok := m.identify(s)
	return a, s, ok
}

// ensure returns who sits at home with a login that opens something: in a session
// that there is, or a new one.
func (m *machine) ensure(l *mLogin) (plaza.Actor, bool) {
	for _, s := range m.living() {
		if s.login == l && s.acting == nil {
			return m.identify(s)
		}
	}
	if !l.opens() || len(l.person.entries()) != 1 {
		return plaza.Actor{}, false
	}
	s := m.enter(l.person, l.person.password)
	if s == nil {
		return plaza.Actor{}, false
	}
	return m.identify(s)
}

// boss returns somebody at home who could be in charge of p: of its own profile or
// one above it; now and then anybody.
func (m *machine) boss(p *mProfile, roles ...plaza.Role) (plaza.Actor, bool) {
	var all []*mLogin
	anybody := m.odds("anybody", 5)
	for _, l := range m.logins {
		if fits := len(roles) == 0 || slices.Contains(roles, l.role); l.opens() && !l.profile.apart() && (anybody || fits && p.below(l.profile)) {
			all = append(all, l)
		}
	}
	if len(all) == 0 {
		m.t.Skip()
	}
	return m.ensure(draw(m, "boss", all))
}

// enter signs a person in and returns the session; nil if it must not come about.
func (m *machine) enter(p *mPerson, password string) *mSession {
	token, err := m.gate().SignIn(m.w.ctx, p.email, password, m.from())
	entries := p.entries()
	switch {
	case m.limited(p):
		m.expect("I8", "before the last failure", err, plaza.Limited)
		return nil
	case !p.joined || password != p.password:
		m.fail(p)
		m.expect("I6", "a wrong password", err, plaza.Unauthenticated)
		for _, l := range entries {
			m.events = append(m.events, event{verb: plaza.SessionSignIn, result: plaza.Refused, profile: l.profile.id})
		}
		return nil
	case len(entries) == 0:
		m.expect("I6", "nowhere to go", err, plaza.Forbidden)
		return nil
	}
	p.right()
	m.expect("I6", "to sign in", err, "")
	return m.began(p, token)
}

// began notes a new session of a person.
func (m *machine) began(p *mPerson, token string) *mSession {
	s := &mSession{token: token, person: p, created: m.now, seen: m.now, proved: m.now}
	if all := p.entries(); len(all) == 1 {
		s.login = all[0]
		m.events = append(m.events, event{verb: plaza.SessionSignIn, result: plaza.Done, actor: s.login.id, profile: s.login.profile.id})
	}
	m.sessions = append(m.sessions, s)
	return s
}

func (m *machine) signIn() {
	if len(m.living()) > 25 {
		m.t.Skip()
	}
	p := draw(m, "person", m.busy())
	password := p.password
	if p.old != "" && p.failures < 3 && m.odds("the old password", 4) {
		password = p.old
	}
	if !p.joined && p.failures >= 3 {
		m.t.Skip()
	}
	if s := m.enter(p, password); s != nil {
		m.identify(s)
	}
}

func (m *machine) signOut() {
	a, s, ok := m.someone()
	if !ok && s.login != nil {
		return // put out of where it acted: it has another token by now
	}
	if s.login == nil {
		m.expect("I6", "to sign out of no profile", m.gate().SignOut(m.w.ctx, s.token, m.from()), "")
		m.drop(func(x *mSession) bool { return x == s })
		return
	}
	m.try(a, deed{
		verb: plaza.SessionSignOut, own: true,
		run: func(x *app.App, a plaza.Actor) error { return x.SignOut(m.w.ctx, a) },
		then: func() {
			m.events = append(m.events, event{verb: plaza.SessionSignOut, result: plaza.Done, actor: s.login.id, profile: s.login.profile.id})
			m.cease(plaza.EndSignedOut, func(x *mActing) bool { return x.session == s })
			m.drop(func(x *mSession) bool { return x == s })
		},
	})
}

// prove gives the password once more.
func (m *machine) prove() {
	a, s, ok := m.someone()
	if !ok || s.login == nil {
		return // put out of where it acted, or in no profile yet
	}
	fresh, err := m.gate().Prove(m.w.ctx, s.token, plaza.Proof{Password: s.person.password}, m.from())
	if m.limited(s.person) {
		m.expect("I8", "to prove it before the last failure", err, plaza.Limited)
		return
	}
	m.expect("I6", "to prove it", err, "")
	home := a.Home()
	m.events = append(m.events, event{verb: plaza.SessionProve, result: plaza.Done, actor: home.Login, profile: home.Profile})
	m.rotate(s, fresh)
	s.proved = m.now
}

// choose enters another profile, or the first one.
func (m *machine) choose() {
	_, s, _ := m.someone()
	if s.acting == nil && !m.alive(s) {
		return
	}
	l := draw(m, "login", m.logins)
	if all := s.person.logins; m.odds("of their own", 2) {
		l = draw(m, "own login", all)
	}
	old := s.token
	fresh, err := m.gate().ChooseProfile(m.w.ctx, s.token, l.id, m.from())
	switch {
	case s.acting != nil:
		m.expect("I5", "to switch while acting", err, plaza.Conflict)
		return
	case l.person != s.person || !l.opens():
		m.expect("I2", "to enter what is another's", err, plaza.NotFound)
		return
	}
	m.expect("I5", "to enter a profile", err, "")
	verb := plaza.SessionSignIn
	if s.login != nil {
		verb = plaza.SessionSwitch
	}
	m.events = append(m.events, event{verb: verb, result: plaza.Done, actor: l.id, profile: l.profile.id})
	if fresh == old {
		m.violated("I5", "the token stays")
	}
	m.rotate(s, fresh)
	s.login = l
	m.identify(s)
}

// replayToken tries tokens from before.
func (m *machine) replayToken() {
	if len(m.dead) == 0 {
		m.t.Skip()
	}
	token := draw(m, "token", m.dead)
	_, err := m.gate().Identify(m.w.ctx, token, m.from())
	m.expect("I6", "a token from before", err, plaza.Unauthenticated)
	_, err = m.gate().ChooseProfile(m.w.ctx, token, draw(m, "login", m.logins).id, m.from())
	m.expect("I6", "a token from before", err, plaza.Unauthenticated)
}

func (m *machine) changePassword() {
	a, s, ok := m.someone()
	if !ok || s.login == nil {
		return
	}
	p := m.login(a.Login).person
	m.name++
	fresh := "password number " + strconv.Itoa(m.name)
	refused := plaza.Kind("")
	if m.limited(p) {
		refused = plaza.Limited
	}
	m.try(a, deed{
		verb: plaza.AccountPassword, refused: refused,
		run:  func(x *app.App, a plaza.Actor) error { return x.ChangePassword(m.w.ctx, a, p.password, fresh) },
		then: func() { m.setPassword(p, fresh, s) },
	})
}

// setPassword is what becomes of a person's sessions and links: keep is the one
// session that goes on.
func (m *machine) setPassword(p *mPerson, fresh string, keep *mSession) {
	p.old, p.password, p.resets = p.password, fresh, nil
	m.cease(plaza.EndSession, func(x *mActing) bool { return x.session.person == p && x.session != keep })
	m.drop(func(x *mSession) bool { return x.person == p && x != keep })
}

// forgotPassword asks for a link, and resetPassword uses one.
func (m *machine) forgotPassword() {
	p := draw(m, "person", m.busy())
	entries := p.entries()
	if !p.joined || len(entries) == 0 || !p.forgot.IsZero() && m.now.Sub(p.forgot) < 2*time.Hour {
		m.t.Skip()
	}
	m.expect("I6", "to ask for a link", m.gate().ForgotPassword(m.w.ctx, p.email, m.from()), "")
	p.forgot = m.now
	p.resets = append(p.resets, mLink{m.link(p.email, "/reset-password/"), m.now.Add(plaza.PasswordResetValid)})
	first := m.firstOf(p)
	m.events = append(m.events, event{verb: plaza.PasswordReset, result: plaza.Done, profile: first.profile.id})
}

// firstOf returns the login that a person's own events are on record with: that in
// the profile whose name sorts first.
func (m *machine) firstOf(p *mPerson) *mLogin {
	all := p.entries()
	first := all[0]
	for _, l := range all {
		if strings.ToLower(l.profile.name) < strings.ToLower(first.profile.name) {
			first = l
		}
	}
	return first
}

func (m *machine) resetPassword() {
	p := draw(m, "person", m.busy())
	if len(p.resets) == 0 {
		m.t.Skip()
	}
	i := rapid.IntRange(0, len(p.resets)-1).Draw(m.t, "link")
	link := p.resets[i]
	m.name++
	fresh := "password number " + strconv.Itoa(m.name)
	err := m.gate().ResetPassword(m.w.ctx, link.token, fresh, m.from())
	if !m.now.Before(link.expires) || len(p.entries()) == 0 {
		m.expect("I6", "a link of no use", err, plaza.NotFound)
		return
	}
	m.expect("I6", "a link to reset a password", err, "")
	m.events = append(m.events, event{verb: plaza.PasswordReset, result: plaza.Done, profile: m.firstOf(p).profile.id})
	p.right()
	m.setPassword(p, fresh, nil)
	m.expect("I6", "a used link", m.gate().ResetPassword(m.w.ctx, link.token, fresh, m.from()), plaza.NotFound)
}

// link returns what follows prefix in the newest mail to an address.
func (m *machine) link(address, prefix string) string {
	for _, r := range m.w.query(`SELECT text_body FROM mails WHERE lower(to_address) = lower($1) ORDER BY id DESC LIMIT 5`, address) {
		if link := following(r[0], "http://plaza.test"+prefix); link != "" {
			return link
		}
	}
	m.violated("I7", "no mail to %s with %s", address, prefix)
	return ""
}

// busy are the people that a history is about.
func (m *machine) busy() []*mPerson {
	return slices.DeleteFunc(slices.Clone(m.people), func(p *mPerson) bool { return p.logins[0].profile.apart() })
}

// following returns the word in a text that begins with prefix, without it.
func following(text, prefix string) string {
	_, rest, _ := strings.Cut(text, prefix)
	if words := strings.Fields(rest); len(words) > 0 {
		return words[0]
	}
	return ""
}
