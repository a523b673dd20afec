package actingtest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
)

// arena is a world in which what somebody does and what takes their right to it
// away come at the same moment, again and again.
type arena struct {
	*world

	t         *testing.T
	logins    map[string]plaza.Login // by the person's address
	first     plaza.Login            // of whoever has two, the one in the reseller's
	owner     map[string]plaza.Actor // of profiles, by name
	halls     map[string]hall
	passwords map[string]string
}

// pass is what a runner has in hand when the race begins.
type pass struct {
	token    string      // of its session
	actor    plaza.Actor // as it came in
	login    string      // that the race is about
	password string
	link     string
	consent  plaza.Consent
}

// runner does something that a revocation gets in the way of. What run got is left
// in its pass.
type runner struct {
	name  string
	verb  plaza.Verb
	ready func(*arena) pass
	run   func(*arena, *pass) error
	by    []revocation
}

// revocation takes away what a runner rests on: ready makes what it takes, and
// returns how it is done; undo gives back what can be.
type revocation struct {
	name  string
	verb  plaza.Verb
	ends  bool // the session too, not just where it acts
	ready func(*arena, pass) func() error
	undo  func(*arena, pass)
}

// rounds is how often each runner meets each revocation in every test run.
const rounds = 2

// TestNothingGetsPastARevocation: of a deed and a revocation that come at once, the
// deed is before the revocation or is refused, and what it made is dead, also when
// what was taken away is given back. What stands in the log after the revocation
// was done after it: both look at the same rows, so that one waits for the other.
func TestNothingGetsPastARevocation(t *testing.T) {
	t.Parallel()
	n := rounds
	if *target > 0 {
		n = int(*target / 10_000)
	}
	for _, engine := range []struct{ name, driver string }{{"sqlite", "sqlite"}, {"postgres", "pgx"}} {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			s := newStory(t, engine.driver)
			for _, r := range runners() {
				for _, v := range r.by {
					t.Run(r.name+" against "+v.name, func(t *testing.T) {
						a := s.arena(t)
						for range n {
							a.race(r, v)
						}
					})
				}
			}
		})
	}
}

func (s *story) arena(t *testing.T) *arena {
	t.Helper()
	w := s.open(t.Context())
	t.Cleanup(w.close)
	a := &arena{
		world: w, t: t, logins: map[string]plaza.Login{}, owner: map[string]plaza.Actor{}, halls: map[string]hall{},
		passwords: map[string]string{runs: apptest.Password},
	}
	for _, h := range s.halls {
		a.halls[strings.ToLower(h.Name)] = h
	}
	for _, p := range s.people {
		for _, l := range p.logins {
			if strings.EqualFold(p.email, two) && l.ProfileName == "Reseller" {
				a.first = l
				continue
			}
			a.logins[strings.ToLower(p.email)] = l
		}
	}
	a.hosts()
	return a
}

// hosts has those sign in who take away and give back.
func (a *arena) hosts() {
	for _, name := range []string{"vendor", "partner"} {
		a.owner[name] = a.signIn(name+"@example.com", apptest.Password).actor
	}
}

func (a *arena) gate(i int) *app.Gate { return app.NewGate(a.apps[i]) }

func (a *arena) signIn(email, password string) pass {
	a.t.Helper()
	token := must1(a.gate(0).SignIn(a.ctx, email, password, from()))(a.t)
	return pass{token: token, actor: a.identify(token)}
}

func (a *arena) identify(token string) plaza.Actor {
	a.t.Helper()
	return must1(a.gate(0).Identify(a.ctx, token, from()))(a.t).Actor
}

// link returns what follows a path in the newest letter to an address.
func (a *arena) link(email, path string) string {
	rows := a.query(`SELECT text_body FROM mails WHERE lower(to_address) = $1 AND text_body LIKE $2 ORDER BY id DESC LIMIT 1`, email, "%"+path+"%")
	return following(rows[0][0], "http://plaza.test"+path)
}

// from is another address every time, so that nobody is braked.
func from() plaza.Origin {
	return plaza.Origin{Address: fmt.Sprintf("2001:db8::%x", rand.Uint64())}
}

// race has both run at once, and looks at what came of it.
func (a *arena) race(r runner, v revocation) {
	a.t.Helper()
	p := r.ready(a)
	revoke, since := v.ready(a, p), a.query(`SELECT max(id) FROM audit_events`)[0][0]
	made := p
	var done, revoked error
	var start, both sync.WaitGroup
	start.Add(1)
	late := rand.IntN(30) - 10 // most deeds take longer to get to the point
	both.Go(func() { start.Wait(); a.dawdle(late); revoked = revoke() })
	both.Go(func() { start.Wait(); a.dawdle(-late); done = r.run(a, &made) })
	start.Done()
	both.Wait()
	must(a.t, revoked)
	if done != nil && plaza.KindOf(done) == plaza.Internal {
		a.t.Fatalf("%s: %v", r.name, done)
	}
	const last = `SELECT max(id) FROM audit_events WHERE verb = $1 AND result = 'done' AND id > $2`
	after := a.query(last, string(v.verb), since)[0][0]
	if past := a.query(last, string(r.verb), after)[0][0]; past != "" {
		a.t.Errorf("%s is on record after %s", r.name, v.name)
	}
	a.gone("after it", v, made)
	again := made
	if err := r.run(a, &again); err == nil {
		a.t.Errorf("%s went through again", r.name)
	}
	if v.undo != nil {
		v.undo(a, p)
		a.gone("given back", v, made)
	}
	a.closed()
}

// dawdle loses a little time, in questions to the database.
func (a *arena) dawdle(n int) {
	for range n {
		a.query(`SELECT 1`)
	}
}

// gone fails if what a race was about still lets somebody act, or into the login
// that it was about.
func (a *arena) gone(when string, v revocation, p pass) {
	a.t.Helper()
	if p.token == "" {
		return
	}
	found, err := a.gate(1).Identify(a.ctx, p.token, from())
	if err == nil && (found.Actor.Via != nil || v.ends && found.Actor.Login == p.login) {
		a.t.Errorf("%s it opens something: %+v", when, found)
	}
}

// closed fails unless every acting session is over, and its end on record once.
func (a *arena) closed() {
	a.t.Helper()
	if open := a.query(`SELECT id FROM acting_sessions WHERE ended_at IS NULL`); len(open) > 0 {
		a.t.Errorf("acting sessions go on: %v", open)
		must(a.t, a.apps[0].Tidy(a.ctx, plaza.Janitor))
	}
	for _, r := range a.query(`
		SELECT s.id, s.end_reason, (SELECT count(*) FROM audit_events e WHERE e.acting_id = s.id AND e.verb = 'acting.stop' AND e.result = 'done')
		FROM acting_sessions s`) {
		if r[2] != "1" {
			a.t.Errorf("of acting session %s, ended by %q, %s ends are on record", r[0], r[1], r[2])
		}
	}
}
