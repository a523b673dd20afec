package actingtest

import (
	"slices"
	"strconv"
	"time"

	"pgregory.net/rapid"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// startAllowed has somebody log in whom a profile let in.
func (m *machine) startAllowed() {
	all := slices.DeleteFunc(slices.Clone(m.consents), func(c *mConsent) bool { return m.state(c) != plaza.ConsentGranted || !c.asker.opens() })
	if len(all) == 0 {
		m.t.Skip()
	}
	c := draw(m, "consent", all)
	within := slices.DeleteFunc(slices.Clone(m.logins), func(l *mLogin) bool { return l.profile != c.of })
	as := draw(m, "as", within)
	if a, ok := m.ensure(c.asker); ok {
		m.enterAs(a, as, false)
	}
}

// start has somebody log in as anybody, fit for it or not.
func (m *machine) start() {
	as := draw(m, "as", m.logins)
	if all := slices.DeleteFunc(slices.Clone(m.logins), func(l *mLogin) bool { return !l.opens() || l.profile.up == nil || l.profile.apart() }); len(all) > 0 && !m.odds("unfit", 4) {
		as = draw(m, "as one who opens", all)
	}
	var a plaza.Actor
	var ok bool
	if m.odds("anybody", 4) {
		a, _, ok = m.someone()
	} else {
		above := as.profile
		if above.up != nil {
			above = above.up
		}
		a, ok = m.boss(above, plaza.Owner, plaza.Administrator, plaza.Support)
	}
	if !ok {
		return
	}
	if as.profile.apart() && m.login(a.Home().Login).profile.kind == plaza.Vendor {
		return // who is not to notice anything is left alone
	}
	glass := m.odds("break the glass", 8)
	if m.enterAs(a, as, glass) {
		// The same again: whoever was at home when the page was drawn is not any more.
		m.enterAs(a, as, glass)
	}
}

// enterAs has a log in as somebody.
func (m *machine) enterAs(a plaza.Actor, as *mLogin, glass bool) bool {
	verb := plaza.ActingStart
	if glass {
		verb = plaza.ActingBreak
	}
	s, now := m.session(a.Session), m.now
	x := &mActing{session: s, as: as, mode: plaza.Look, glass: glass, started: now, expires: now.Add(plaza.ActingFor)}
	if glass {
		x.expires = now.Add(plaza.BreakGlassFor)
	}
	old, token := "", ""
	breaks := ""
	if as.profile == m.login(a.Home().Login).profile {
		breaks = "I2"
	}
	return m.try(a, deed{
		verb: verb, own: true, refused: m.barred(a, as, x), breaks: breaks,
		run: func(p *app.App, a plaza.Actor) (err error) {
			token, err = p.LogInAs(m.w.ctx, a, plaza.NewActing{Login: as.id, Reason: because, BreakGlass: glass})
			return err
		},
		then: func() {
			old = s.token
			m.rotate(s, token)
			x.actor, s.acting = s.login, x
			x.id = m.w.query(`SELECT max(id) FROM acting_sessions`)[0][0]
			if x.consent != nil {
				tally("acting.start under a consent, once: " + strconv.FormatBool(x.consent.once))
				x.consent.used = x.consent.once
			}
			m.actings = append(m.actings, x)
			m.events = append(m.events, event{verb: verb, result: plaza.Done, actor: as.id, via: x.actor.id, acting: x.id, profile: as.profile.id})
			if old == token {
				m.violated("I5", "the token stays")
			}
			m.identify(s)
		},
	})
}

// barred returns why a cannot enter as somebody, or what x rests on and until when.
func (m *machine) barred(a plaza.Actor, as *mLogin, x *mActing) plaza.Kind {
	own := m.login(a.Home().Login)
	switch {
	case !as.profile.below(own.profile):
		return plaza.NotFound
	case as.profile == own.profile, !as.opens():
		return plaza.Conflict
	}
	c := m.consentOf(own, as.profile)
	asked := as.profile.access == plaza.AccessAsk && c != nil && m.state(c) == plaza.ConsentGranted
	if free := !m.off && (asked || as.profile.access == plaza.AccessAllowed); free == x.glass {
		return plaza.Conflict // the glass is broken where nothing else lets in, and only there
	}
	if asked && !x.glass {
		x.consent = c
		if c.until.Before(x.expires) {
			x.expires = c.until
		}
	}
	return ""
}

// visitor returns somebody who is inside, if the history has one.
func (m *machine) visitor() (plaza.Actor, *mSession, bool) {
	all := slices.DeleteFunc(m.living(), func(s *mSession) bool { return s.acting == nil })
	if len(all) == 0 {
		m.t.Skip()
	}
	s := draw(m, "visitor", all)
	a, ok := m.identify(s)
	return a, s, ok
}

// visit is an acting session that goes on, if the history turns to one.
func (m *machine) visit() *mActing {
	all := slices.DeleteFunc(slices.Clone(m.actings), func(x *mActing) bool { return !m.open(x) })
	if len(all) == 0 || m.odds("anything", 2) {
		return nil
	}
	return draw(m, "visit", all)
}

func (m *machine) raise() {
	a, s, ok := m.visitor()
	if !ok {
		return
	}
	mode := draw(m, "mode", []plaza.Mode{plaza.Look, plaza.Manage, plaza.Manage})
	refused := plaza.Kind("")
	if mode == plaza.Manage {
		refused = m.recent(a)
	}
	m.try(a, deed{
		verb: plaza.ActingRaise, refused: refused,
		run:  func(x *app.App, a plaza.Actor) error { return x.RaiseActing(m.w.ctx, a, mode) },
		then: func() { s.acting.mode = mode; m.identify(s) },
	})
}

// stop goes back, twice.
func (m *machine) stop() {
	a, s, ok := m.visitor()
	if !ok {
		return
	}
	token := ""
	d := deed{
		verb: plaza.ActingStop, own: true,
		run: func(x *app.App, a plaza.Actor) (err error) { token, err = x.StopActing(m.w.ctx, a); return err },
		then: func() {
			m.cease(plaza.EndLeft, func(x *mActing) bool { return x == s.acting })
			m.rotate(s, token)
			s.acting = nil
			m.identify(s)
		},
	}
	if m.try(a, d) {
		m.try(a, d)
		if home, ok := m.identify(s); ok {
			d.refused = plaza.Conflict // nobody is inside
			m.try(home, d)
		}
	}
}

// hold keeps who came in, and late has it do something when much has happened.
func (m *machine) hold() {
	a, _, ok := m.someone()
	if ok {
		m.held = append(m.held[max(0, len(m.held)-5):], a)
	}
}

func (m *machine) late() {
	if len(m.held) == 0 {
		m.t.Skip()
	}
	a := draw(m, "held", m.held)
	if s := m.session(a.Session); s != nil && s.login == nil {
		return
	}
	m.change(a)
}

// endActing is what the visited profile does against it.
func (m *machine) endActing() {
	if len(m.actings) == 0 {
		m.t.Skip()
	}
	x := m.visit()
	if x == nil {
		x = draw(m, "acting session", m.actings[max(0, len(m.actings)-8):])
	}
	a, ok := m.boss(x.as.profile, plaza.Owner, plaza.Administrator)
	if !ok {
		return
	}
	refused := plaza.Kind("")
	switch own := m.login(a.Login).profile; {
	case own != x.as.profile:
		refused = plaza.NotFound
	case !m.open(x):
		refused = plaza.Conflict
	}
	m.try(a, deed{
		verb: plaza.ActingEnd, refused: refused,
		run:  func(p *app.App, a plaza.Actor) error { return p.EndActing(m.w.ctx, a, x.id) },
		then: func() { m.cease(plaza.EndProfile, func(y *mActing) bool { return y == x }) },
	})
}

// setAccess is a profile saying who may enter.
func (m *machine) setAccess() {
	p := draw(m, "profile", m.mine())
	if x := m.visit(); x != nil {
		p = x.as.profile
	}
	a, ok := m.boss(p, plaza.Owner, plaza.Administrator)
	if !ok {
		return
	}
	p = m.login(a.Login).profile
	set := draw(m, "access", []plaza.SupportAccess{plaza.AccessAllowed, plaza.AccessAllowed, plaza.AccessAllowed, plaza.AccessAsk, plaza.AccessAsk, plaza.AccessNever})
	if p.apart() {
		return
	}
	refused := plaza.Kind("")
	if p.kind == plaza.Vendor {
		refused = plaza.Conflict
	}
	m.try(a, deed{
		verb: plaza.AccessSet, profile: p.id, refused: refused,
		run: func(x *app.App, a plaza.Actor) error { return x.SetSupportAccess(m.w.ctx, a, set, p.version) },
		then: func() {
			p.access, p.version = set, p.version+1
			m.cease(plaza.EndAccess, func(x *mActing) bool {
				return x.as.profile == p && !x.glass && (set == plaza.AccessNever || set == plaza.AccessAsk && x.consent == nil)
			})
		},
	})
}

func (m *machine) switchLoginAs() {
	on := m.off || !m.odds("off", 3)
	a, ok := m.boss(m.profiles[0])
	if !ok {
		return
	}
	m.try(a, deed{
		verb: plaza.ActingSet,
		run:  func(x *app.App, a plaza.Actor) error { return x.SwitchLoginAs(m.w.ctx, a, on) },
		then: func() {
			m.off = !on
			if !on {
				m.cease(plaza.EndOff, func(x *mActing) bool { return !x.glass })
			}
		},
	})
}

// tick moves the clock a little, leap a lot; back puts it back.
func (m *machine) tick() {
	m.clockBy(time.Duration(rapid.IntRange(1, 300).Draw(m.t, "seconds")) * time.Second)
}

func (m *machine) leap() {
	m.clockBy(draw(m, "leap", []time.Duration{
		29 * time.Minute, 30 * time.Minute, 30*time.Minute - time.Microsecond, 31 * time.Minute, time.Hour, 2 * time.Hour, 13 * time.Hour, 25 * time.Hour,
	}))
}

func (m *machine) back() {
	m.clockBy(-draw(m, "back", []time.Duration{time.Microsecond, time.Second, time.Minute, 20 * time.Minute, time.Hour}))
}

// toTheEnd moves the clock right beside the end of an acting session, and keeps
// whoever is in it there.
func (m *machine) toTheEnd() {
	_, s, ok := m.visitor()
	if !ok {
		return
	}
	for end := s.acting.expires.Add(-time.Microsecond); m.now.Before(end); m.identify(s) {
		m.clockBy(min(29*time.Minute, end.Sub(m.now)))
	}
	m.clockBy(time.Microsecond)
	m.identify(s)
}

func (m *machine) clockBy(d time.Duration) { m.now = m.w.clock.Advance(d) }

func (m *machine) restart() { m.w.start(m.n % len(m.w.apps)) }

func (m *machine) tidy() {
	m.expect("I8", "to tidy up", m.app().Tidy(m.w.ctx, plaza.Janitor), "")
	m.drop(func(s *mSession) bool { return m.now.Sub(s.created) >= oldest || m.now.Sub(s.seen) >= idle })
	m.lapse()
	gone := func(l mLink) bool { return m.now.Sub(l.expires) > 24*time.Hour }
	for _, p := range m.people {
		p.resets = slices.DeleteFunc(p.resets, gone)
	}
	for _, l := range m.logins {
		if gone(l.invited) {
			l.invited = mLink{}
		}
	}
	for _, c := range m.consents {
		if gone(mLink{expires: c.until}) {
			c.links = nil
		}
	}
}

// mine are the profiles that a history is about.
func (m *machine) mine() []*mProfile {
	return slices.DeleteFunc(slices.Clone(m.profiles), func(p *mProfile) bool { return p.kind == plaza.Vendor || p.apart() })
}
