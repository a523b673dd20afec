package actingtest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"pgregory.net/rapid"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// steps counts what all machines did; violations, what they found.
var steps, violations atomic.Int64

// machine takes one world through a history, and its model beside it.
type machine struct {
	*model

	t    *rapid.T
	w    *world
	last string // ID of the newest audit event that was looked at
	held []plaza.Actor
	n    int // of tries
	did  int // steps
	name int // of the next new thing
	seen stranger
}

// event is a line of the audit log, as far as the model knows it.
type event struct {
	verb                        plaza.Verb
	result                      plaza.Result
	actor, via, acting, profile string
	change                      string // how an acting session ended
}

func newMachine(t *rapid.T, w *world) *machine {
	m := &machine{model: newModel(w.story), t: t, w: w}
	m.last = w.query(`SELECT max(id) FROM audit_events`)[0][0]
	m.seen = m.stranger()
	return m
}

// violated stops the history: the program broke an invariant.
func (m *machine) violated(invariant, format string, args ...any) {
	m.t.Helper()
	m.t.Fatalf("%s violated at step %d: %s", invariant, m.n, fmt.Sprintf(format, args...))
}

// app and gate are those of one of the instances, now the one and now the other.
func (m *machine) app() *app.App   { return m.w.apps[m.n%len(m.w.apps)] }
func (m *machine) gate() *app.Gate { return app.NewGate(m.app()) }

// from is another address every time: no attempt of another history counts.
func (m *machine) from() plaza.Origin {
	return plaza.Origin{Address: "192.0.2." + strconv.Itoa(m.n), UserAgent: "drill"}
}

// expect fails unless err is of a kind; empty: unless there is none.
func (m *machine) expect(invariant, what string, err error, kind plaza.Kind) {
	m.t.Helper()
	if err == nil && kind == "" || err != nil && plaza.KindOf(err) == kind {
		return
	}
	m.violated(invariant, "%s: got %v, want %q", what, err, kind)
}

// identify has the gate say who holds the token of s, and holds it to what the
// model says. It returns no actor if there is none: s is dead, must choose a
// profile, or was put out of where it acted.
func (m *machine) identify(s *mSession) (a plaza.Actor, ok bool) {
	alive := m.alive(s)
	v, err := m.gate().Identify(m.w.ctx, s.token, m.from())
	if !alive {
		m.expect("I6", "a dead session", err, plaza.Unauthenticated)
		return a, false
	}
	m.expect("I6", "a living session", err, "")
	if m.now.Sub(s.seen) >= seenEvery {
		s.seen = m.now
	}
	switch {
	case (v.Wants == app.WantsProfile) != (s.login == nil):
		m.violated("I5", "wants: %s", v.Wants)
	case s.login == nil:
		return a, false
	case s.acting == nil:
		m.atHome(s, v)
		return v.Actor, true
	case !m.open(s.acting):
		m.putOut(s, v)
		return a, false
	}
	m.inside(s, v)
	return v.Actor, true
}

// atHome fails unless v is the holder of s in its own profile.
func (m *machine) atHome(s *mSession, v app.Visit) {
	a, l := v.Actor, s.login
	if v.Ended != nil || a.Via != nil || a.Login != l.id || a.Person != l.person.id || a.Profile != l.profile.id || a.Kind != l.profile.kind || a.Role != l.role {
		m.violated("I5", "at home as %+v, want %s", a, l.name)
	}
	if s.id == "" {
		s.id = a.Session
	}
	if s.id != a.Session {
		m.violated("I5", "another session")
	}
}

// inside fails unless v is the holder of s at work where the model says, and that
// is within reach.
func (m *machine) inside(s *mSession, v app.Visit) {
	a, x := v.Actor, s.acting
	if v.Ended != nil || a.Via == nil {
		m.violated("I6", "out of an acting session that goes on: %+v", v.Ended)
	}
	via := a.Via
	if via.ID != x.id || via.Login != s.login.id || via.Profile != s.login.profile.id || via.Role != s.login.role || via.Mode != x.mode || via.BreakGlass != x.glass ||
		a.Login != x.as.id || a.Profile != x.as.profile.id || a.Role != x.as.role || a.Session != s.id {
		m.violated("I3", "inside as %+v via %+v", a, via)
	}
	if !via.Expires.Equal(x.expires) || !m.now.Before(via.Expires) {
		m.violated("I8", "inside until %s at %s", via.Expires, m.now)
	}
	if x.as.profile == s.login.profile || !x.as.profile.below(s.login.profile) {
		m.violated("I2", "%s reaches %s", s.login.profile.name, x.as.profile.name)
	}
	if !x.as.opens() {
		m.violated("I6", "inside as %s, which opens nothing", x.as.name)
	}
}

// putOut fails unless v says that the acting session of s ended, and why; the
// session goes on with another token.
func (m *machine) putOut(s *mSession, v app.Visit) {
	m.lapse()
	if v.Ended == nil || v.Actor.Login != "" {
		m.violated(map[bool]string{true: "I8", false: "I6"}[s.acting.end == plaza.EndTime], "still inside: %+v", v.Actor)
	}
	if v.Ended.Why != s.acting.end || v.Ended.In != s.acting.as.profile.name || v.Ended.Token == "" {
		m.violated("I4", "out of %s because of %q, want %s because of %q", v.Ended.In, v.Ended.Why, s.acting.as.profile.name, s.acting.end)
	}
	m.rotate(s, v.Ended.Token)
	s.acting = nil
}

// stands says what kind of refusal a meets that came in a while ago: its session,
// its role and where it acts may be others by now.
func (m *model) stands(a plaza.Actor) plaza.Kind {
	s := m.session(a.Session)
	if !m.alive(s) || s.login == nil {
		return plaza.Unauthenticated
	}
	home := a.Home()
	if s.login.id != home.Login || s.login.role != home.Role || (s.acting == nil) != (a.Via == nil) {
		return plaza.Forbidden
	}
	if a.Via == nil {
		return ""
	}
	if x := s.acting; x.id != a.Via.ID || !m.open(x) || x.mode != a.Via.Mode || x.as.role != a.Role {
		return plaza.Forbidden
	}
	return ""
}

// step is one step of the machine: f, and what must have come of it.
func (m *machine) step(f func()) {
	m.n++
	m.events = m.events[:0]
	f() // which may find nothing to do; that is no step
	m.did++
	steps.Add(1)
	m.readLog()
	m.forget()
	if m.did%50 == 0 {
		m.check()
	}
	if m.did%200 == 0 {
		m.others()
	}
}

// deed is a use case, tried by somebody.
type deed struct {
	verb    plaza.Verb
	profile string // whose log tells of it; empty: the actor's own
	refused plaza.Kind
	run     func(*app.App, plaza.Actor) error
	then    func()
	own     bool   // then notes the event itself: it is in another's name
	breaks  string // the invariant that something else than refused violates; empty: what is usual
}

// try has a do d, and holds what comes of it to the policy, to what became of a
// since it came in, and to what the deed itself says.
func (m *machine) try(a plaza.Actor, d deed) (done bool) {
	kind, invariant := m.stands(a), "I6"
	switch {
	case !may(a, d.verb):
		kind, invariant = plaza.Forbidden, "I1"
	case sensitive(d.verb) && m.recent(a) != "":
		kind, invariant = plaza.Unproved, "I1"
	case kind == "":
		if kind = d.refused; kind == plaza.NotFound {
			invariant = "I2"
		}
		invariant = cmp.Or(d.breaks, invariant)
	}
	err := d.run(m.app(), a)
	if a.Via != nil && err == nil && !may(a.Home(), d.verb) && rights[d.verb].acting != oneself {
		m.violated("I1", "%s as %s %s, which is no right at home", d.verb, a.Via.Kind, a.Via.Role)
	}
	m.expect(invariant, fmt.Sprintf("%s by %s %s (acting %t)", d.verb, a.Kind, a.Role, a.Via != nil), err, kind)
	m.record(a, d, kind)
	if kind == "" && d.then != nil {
		d.then()
	}
	return kind == ""
}

// provedBy returns when whoever came in as a had given the password by then, as the program
// has it: they may have given it again since, elsewhere.
func (m *machine) provedBy(a plaza.Actor) time.Time {
	if s := m.session(a.Session); s != nil && !s.dropped && !a.Proved.Equal(s.proved) && a.Proved.After(s.proved) {
		m.violated("I1", "proved at %s, which is after %s", a.Proved, s.proved)
	}
	return a.Proved
}

// recent returns Unproved if whoever came in as a gave the password too long ago.
func (m *machine) recent(a plaza.Actor) plaza.Kind {
	if ago := m.now.Sub(m.provedBy(a)); ago < 0 || ago >= proofCounts {
		return plaza.Unproved
	}
	return ""
}

// appoints returns the same if a role is one with which much can be done.
func (m *machine) appoints(a plaza.Actor, role plaza.Role) plaza.Kind {
	if role != plaza.Owner && role != plaza.Administrator {
		return ""
	}
	return m.recent(a)
}

// record notes the event that d must leave.
func (m *machine) record(a plaza.Actor, d deed, kind plaza.Kind) {
	e := event{verb: d.verb, result: plaza.Done, actor: a.Login, profile: a.Profile}
	if a.Via != nil {
		e.via, e.acting = a.Via.Login, a.Via.ID
	}
	switch {
	case kind == plaza.Unauthenticated, kind == plaza.Forbidden, kind == plaza.NotFound:
		e.result = plaza.Refused
	case kind != "" || d.own || looks(d.verb):
		return
	case d.profile != "":
		e.profile = d.profile
	}
	m.events = append(m.events, e)
}

// looks reports whether v, done, leaves no event: it only reads.
func looks(v plaza.Verb) bool {
	return slices.Contains([]plaza.Verb{
		plaza.OverviewRead, plaza.ProfileRead, plaza.LicenseRead, plaza.AgentRead, plaza.LoginRead, plaza.RequestRead,
		plaza.NoticeRead, plaza.HistoryRead, plaza.MailRead, plaza.AccountRead, plaza.AccessRead, plaza.ExportRead, plaza.ImportRead,
	}, v)
}
