package actingtest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// The model: what the program must know, as plain Go. Nothing in it looks at the
// program, and no rule is taken from there.

// How long a session lasts, and how exactly it is known when it was last used: as
// the product says.
const (
	idle      = 30 * time.Minute
	oldest    = 12 * time.Hour
	seenEvery = time.Minute
)

// proofCounts is how long after giving the password somebody does what is sensitive: as
// the product says.
const proofCounts = 10 * time.Minute

// sensitive is what nobody does who gave the password too long ago.
func sensitive(v plaza.Verb) bool {
	return slices.Contains([]plaza.Verb{plaza.ActingBreak, plaza.AccessSet, plaza.ProfileClose}, v)
}

type mProfile struct {
	id, name  string
	kind      plaza.ProfileKind
	up        *mProfile
	access    plaza.SupportAccess
	suspended bool
	closed    time.Time // zero unless it is
	version   int
	agent     string
	agentV    int
	licenses  []*mLicense
}

type mLicense struct {
	id        string
	suspended bool
	version   int
}

type mPerson struct {
	id, email string
	password  string
	joined    bool
	old       string // the password before; empty: none
	logins    []*mLogin
	resets    []mLink
	forgot    time.Time // when it last asked for a link
	failures  int
	blocked   time.Time // when it failed last: before that nobody may try
}

type mLink struct {
	token   string
	expires time.Time
}

type mLogin struct {
	id, name  string
	profile   *mProfile
	person    *mPerson
	role      plaza.Role
	dashboard bool
	accepted  bool
	disabled  bool
	version   int
	invited   mLink // the one link that opens it
}

type mSession struct {
	id            string // known from the first time it is seen at home
	token         string
	person        *mPerson
	login         *mLogin // nil: a profile must be chosen first
	created, seen time.Time
	proved        time.Time // when its person last gave the password
	acting        *mActing
	dropped       bool
}

type mActing struct {
	id        string
	session   *mSession
	actor, as *mLogin
	mode      plaza.Mode
	glass     bool
	consent   *mConsent
	started   time.Time
	expires   time.Time
	end       plaza.EndReason // empty: nothing ended it
}

type mConsent struct {
	id      string
	asker   *mLogin
	of      *mProfile
	created time.Time
	until   time.Time
	answer  plaza.ConsentState
	once    bool
	used    bool
	version int
	links   map[*mLogin]string
}

// model is one history's.
type model struct {
	now      time.Time
	off      bool // Login as, in the whole installation
	profiles []*mProfile
	people   []*mPerson
	logins   []*mLogin
	sessions []*mSession
	actings  []*mActing
	consents []*mConsent
	dead     []string // tokens that open nothing for ever
	events   []event  // that this step must leave, in no order
}

// newModel returns what the base world is.
func newModel(s *story) *model {
	m := &model{now: s.begins}
	at := map[string]*mProfile{}
	for _, h := range s.halls {
		p := &mProfile{
			id: h.ID, name: h.Name, kind: h.Kind, up: at[h.Parent], access: h.Access, version: h.Version,
			agent: h.agent.ID, agentV: h.agent.Version,
		}
		at[h.ID], m.profiles = p, append(m.profiles, p)
	}
	for _, who := range s.people {
		p := &mPerson{id: who.id, email: who.email, password: apptest.Password, joined: true}
		for _, l := range who.logins {
			login := &mLogin{
				id: l.ID, name: l.Name, profile: at[l.Profile], person: p, role: l.Role, dashboard: l.Dashboard,
				accepted: true, version: l.Version,
			}
			p.logins, m.logins = append(p.logins, login), append(m.logins, login)
		}
		m.people = append(m.people, p)
	}
	return m
}

// halted reports whether p stands still.
func (p *mProfile) halted() bool {
	return p != nil && (p.suspended || !p.closed.IsZero() || p.up.halted())
}

// below reports whether p is in the scope of top: itself, or under it.
func (p *mProfile) below(top *mProfile) bool {
	return p != nil && (p == top || p.up.below(top))
}

// opens reports whether l lets somebody into the dashboard now.
func (l *mLogin) opens() bool { return l.fit() && !l.profile.halted() }

// fit reports whether l itself does.
func (l *mLogin) fit() bool { return l.accepted && !l.disabled && l.dashboard }

// owns reports whether l owns its profile now.
func (l *mLogin) owns() bool { return l.role == plaza.Owner && l.accepted && !l.disabled }

// entries are the logins with which a person can enter now.
func (p *mPerson) entries() (all []*mLogin) {
	for _, l := range p.logins {
		if l.opens() {
			all = append(all, l)
		}
	}
	return all
}

// limited reports whether p must wait: only if the clock was put back since it
// failed, as histories fail less often than is free.
func (m *model) limited(p *mPerson) bool {
	wait := p.blocked.Sub(m.now)
	return !p.blocked.IsZero() && wait > 0 && wait <= time.Minute
}

// fail notes a failed attempt; right forgets all of them.
func (m *model) fail(p *mPerson) {
	if m.now.Sub(p.blocked) > time.Hour {
		p.failures = 0
	}
	p.failures++
	p.blocked = m.now
}

func (p *mPerson) right() { p.failures, p.blocked = 0, time.Time{} }

// alive reports whether s opens anything.
func (m *model) alive(s *mSession) bool {
	return s != nil && !s.dropped && m.now.Sub(s.created) < oldest && m.now.Sub(s.seen) < idle && (s.login == nil || s.login.opens())
}

// open reports whether a goes on: nothing ended it, and its time is not up.
func (m *model) open(a *mActing) bool { return a != nil && a.end == "" && m.now.Before(a.expires) }

// state returns where c stands.
func (m *model) state(c *mConsent) plaza.ConsentState {
	switch {
	case c.answer != "" && c.answer != plaza.ConsentGranted:
		return c.answer
	case c.used:
		return plaza.ConsentUsed
	case !m.now.Before(c.until):
		return plaza.ConsentLapsed
	case c.answer == plaza.ConsentGranted:
		return plaza.ConsentGranted
	}
	return plaza.ConsentOpen
}

// consentOf returns the consent of a login for a profile that holds or is open: one
// that holds comes first, then the newest. There are several only if the clock was
// put back: one that had lapsed is there again.
func (m *model) consentOf(l *mLogin, p *mProfile) *mConsent {
	all := slices.DeleteFunc(slices.Clone(m.consents), func(c *mConsent) bool {
		state := m.state(c)
		return c.asker != l || c.of != p || state != plaza.ConsentGranted && state != plaza.ConsentOpen
	})
	if len(all) == 0 {
		return nil
	}
	return slices.MaxFunc(all, func(a, b *mConsent) int {
		return cmp.Or(strings.Compare(string(a.answer), string(b.answer)), a.created.Compare(b.created), strings.Compare(a.id, b.id))
	})
}

// cease ends the acting sessions that which chooses, for a reason; one whose time
// was up before anything happened to it ended because of that. Each leaves an
// event.
func (m *model) cease(why plaza.EndReason, which func(*mActing) bool) {
	for _, a := range m.actings {
		if a.end != "" || !which(a) {
			continue
		}
		a.end = why
		if !m.now.Before(a.expires) {
			a.end = plaza.EndTime
		}
		m.events = append(m.events, event{
			verb: plaza.ActingStop, result: plaza.Done, actor: a.as.id, via: a.actor.id, acting: a.id, profile: a.as.profile.id, change: string(a.end),
		})
	}
}

// lapse is what somebody who finds an acting session over, and the janitor, make
// of all that are.
func (m *model) lapse() {
	m.cease(plaza.EndTime, func(a *mActing) bool { return !m.now.Before(a.expires) })
	m.cease(plaza.EndSession, func(a *mActing) bool { return a.session.dropped })
}

// drop ends the sessions that which chooses.
func (m *model) drop(which func(*mSession) bool) {
	for _, s := range m.sessions {
		if !s.dropped && which(s) {
			s.dropped = true
			m.dead = append(m.dead, s.token)
		}
	}
}

// rotate gives a session another token: the one before is dead.
func (m *model) rotate(s *mSession, token string) {
	m.dead = append(m.dead, s.token)
	s.token = token
}

// shutOut is what becomes of all that rests on a login that opens nothing more.
func (m *model) shutOut(l *mLogin) {
	m.cease(plaza.EndLogin, func(a *mActing) bool { return a.actor == l || a.as == l })
	m.drop(func(s *mSession) bool { return s.login == l })
}

// halt is what becomes of all that rests on a profile that stands still.
func (m *model) halt(p *mProfile) {
	m.cease(plaza.EndHalted, func(a *mActing) bool { return a.actor.profile.below(p) || a.as.profile.below(p) })
	m.drop(func(s *mSession) bool { return s.login != nil && s.login.profile.below(p) })
}

// living returns the sessions that open something.
func (m *model) living() []*mSession {
	return slices.DeleteFunc(slices.Clone(m.sessions), func(s *mSession) bool { return !m.alive(s) })
}

// forget drops what nothing can come of any more, so that a long history costs no
// more by the step than a short one.
func (m *model) forget() {
	m.sessions = slices.DeleteFunc(m.sessions, func(s *mSession) bool { return s.dropped && s.acting == nil })
	if n := len(m.dead) - 100; n > 0 {
		m.dead = m.dead[n:]
	}
}

func (m *model) login(id string) *mLogin {
	i := slices.IndexFunc(m.logins, func(l *mLogin) bool { return l.id == id })
	if i < 0 {
		return nil
	}
	return m.logins[i]
}

func (m *model) session(id string) *mSession {
	i := slices.IndexFunc(m.sessions, func(s *mSession) bool { return s.id == id && !s.dropped })
	if i < 0 {
		return nil
	}
	return m.sessions[i]
}
