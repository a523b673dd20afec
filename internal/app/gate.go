package app

import (
	"context"
	"slices"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

// How long a session lasts.
const (
	sessionIdle     = 30 * time.Minute
	sessionAbsolute = 12 * time.Hour
	seeEvery        = time.Minute // how exactly it is known when a session was last used
)

// Gate is where people come in who have no session yet, and where a session's
// token becomes an Actor. What it does takes no Actor: it makes them.
type Gate struct{ app *App }

// NewGate returns the way into a.
func NewGate(a *App) *Gate { return &Gate{a} }

// Visit is what a session's token tells.
type Visit struct {
	Actor  plaza.Actor // zero while no profile is chosen, or if one has Ended
	Person plaza.Person
	Wants  Want   // what the person must do first
	Ended  *Ended // the acting session, if it ended since the last request
}

// Want is what a person must do before a session opens anything.
type Want string

// What there can be to do.
const (
	WantsNothing Want = ""
	WantsFactor  Want = "factor"  // give a second proof
	WantsEnrol   Want = "enrol"   // add a factor
	WantsProfile Want = "profile" // choose one
)

// wants returns what the person of s must do first.
func wants(s store.Session) Want {
	switch {
	case s.Stage == plaza.StageFactor:
		return WantsFactor
	case s.Stage == plaza.StageEnrol:
		return WantsEnrol
	case s.Login.ID == "":
		return WantsProfile
	}
	return WantsNothing
}

// Ended is an acting session that ended while nobody asked for anything.
type Ended struct {
	In    string // name of the profile that was acted in
	Why   plaza.EndReason
	Token string // the session's new one; empty if another request got it
}

// Identify returns who holds a session's token. Kinds: Unauthenticated; Conflict if
// an acting session has ended and a page asks by itself: nobody would see that said.
func (g *Gate) Identify(ctx context.Context, token string, from plaza.Origin) (v Visit, err error) {
	if token == "" {
		return v, plaza.Errorf(plaza.Unauthenticated, "error.unauthenticated")
	}
	now := g.app.now()
	s, target, ended, err := g.look(ctx, token, now)
	if err != nil {
		return v, err
	}
	if !from.ByItself {
		if err := g.keepAlive(ctx, s, now); err != nil {
			return v, err
		}
	}
	if v.Person, v.Wants = s.Person, wants(s); v.Wants != WantsNothing {
		return v, nil
	}
	own := actorOf(s, from)
	if s.ActingID == "" {
		v.Actor = own
		return v, nil
	}
	if ended || !plaza.Allows(plaza.ActingStop, own.Kind, own.Role) {
		if from.ByItself {
			return v, plaza.Errorf(plaza.Conflict, "error.meanwhile")
		}
		v.Ended, err = g.leave(ctx, own, s.ActingID)
		return v, err
	}
	v.Actor = actingAs(own, target)
	return v, nil
}

// look reads the session of a token, and what it acts in or whether that has ended.
// Kinds: Unauthenticated.
func (g *Gate) look(ctx context.Context, token string, now time.Time) (s store.Session, target store.ActingTarget, ended bool, err error) {
	err = g.app.db.Read(ctx, func(tx *store.Tx) (err error) {
		if s, err = tx.Session(ctx, secret.HashToken(token)); err != nil || s.ActingID == "" {
			return err
		}
		target, err = tx.Acting(ctx, s.ActingID, now)
		ended = plaza.KindOf(err) == plaza.NotFound && err != nil
		if ended {
			err = nil
		}
		return err
	})
	if plaza.KindOf(err) == plaza.NotFound && err != nil || err == nil && !alive(s, now) {
		err = plaza.Errorf(plaza.Unauthenticated, "error.unauthenticated")
	}
	return s, target, ended, err
}

// Still returns an error unless whoever came in with a session's token as actor
// would come in as the same once more: for an answer that goes on and on. It changes
// nothing: what has ended is left by whatever is asked for next. Kinds:
// Unauthenticated, Forbidden.
func (g *Gate) Still(ctx context.Context, token string, actor plaza.Actor) error {
	s, target, ended, err := g.look(ctx, token, g.app.now())
	if err != nil {
		return err
	}
	now := actorOf(s, actor.From)
	if s.ActingID != "" {
		if ended || !plaza.Allows(plaza.ActingStop, now.Kind, now.Role) {
			return plaza.Errorf(plaza.Forbidden, "error.meanwhile")
		}
		now = actingAs(now, target)
	}
	same := now.Login == actor.Login && now.Profile == actor.Profile && now.Role == actor.Role && now.Acting() == actor.Acting()
	if same && now.Acting() {
		same = now.Via.ID == actor.Via.ID && now.Via.Mode == actor.Via.Mode && now.Via.Role == actor.Via.Role
	}
	if !same {
		return plaza.Errorf(plaza.Forbidden, "error.meanwhile")
	}
	return nil
}

// alive reports whether s may still be used at now: it is not too old, and what
// it rests on has not been taken away.
func alive(s store.Session, now time.Time) bool {
	if now.Sub(s.Created) >= sessionAbsolute || now.Sub(s.Seen) >= sessionIdle {
		return false
	}
	switch {
	case s.Stage == plaza.StageFactor && now.Sub(s.Created) >= plaza.SignInWaits, s.Stage == plaza.StageEnrol && now.Sub(s.Proved) >= plaza.SignInWaits:
		return false
	}
	l := s.Login
	return l.ID == "" || l.Disabled.IsZero() && !l.Accepted.IsZero() && l.Dashboard && !s.Halted
}

// keepAlive notes that s was used, once a minute.
func (g *Gate) keepAlive(ctx context.Context, s store.Session, now time.Time) error {
	if now.Sub(s.Seen) < seeEvery {
		return nil
	}
	return g.app.db.Tx(ctx, func(tx *store.Tx) error { return tx.SeeSession(ctx, s.ID, now) })
}

// actorOf returns who holds s in its own profile.
func actorOf(s store.Session, from plaza.Origin) plaza.Actor {
	return plaza.Actor{
		Login: s.Login.ID, Person: s.Person.ID, Name: s.Login.Name, Profile: s.Login.Profile, ProfileName: s.Login.ProfileName,
		Kind: s.Kind, Role: s.Login.Role, Session: s.ID, Language: s.Person.Language, TimeZone: s.Person.TimeZone, Proved: s.Proved, From: from,
	}
}

// actingAs returns own at work in the profile of target. It keeps the language
// and the time zone of the person who looks at the screen.
func actingAs(own plaza.Actor, target store.ActingTarget) plaza.Actor {
	a := own
	a.Login, a.Person, a.Name = target.Login.ID, target.Login.Person, target.Login.Name
	a.Profile, a.ProfileName = target.Login.Profile, target.Login.ProfileName
	a.Kind, a.Role = target.Kind, target.Login.Role
	a.Via = &target.Acting
	return a
}

// leave puts a session out of an acting session that has ended, or that lost what
// it rests on. Of several requests that find it so at once, one gets the token.
func (g *Gate) leave(ctx context.Context, own plaza.Actor, acting string) (*Ended, error) {
	var e Ended
	err := g.app.db.Tx(ctx, func(tx *store.Tx) error {
		e = Ended{Token: secret.Token()}
		left, err := tx.LeaveActing(ctx, own.Session, acting, secret.HashToken(e.Token))
		if err != nil {
			return err
		}
		if !left {
			e.Token = ""
		}
		if err := g.app.ceaseLapsed(ctx, tx); err != nil {
			return err
		}
		if err := g.app.cease(ctx, tx, store.EndingOne(acting), plaza.EndLogin); err != nil {
			return err
		}
		over, err := tx.ActingBefore(ctx, acting)
		e.In, e.Why = over.Login.ProfileName, over.Acting.End
		return err
	})
	return &e, err
}

// ChooseProfile puts a session into the profile of one of the person's logins,
// and returns its new token. Kinds: Unauthenticated, NotFound, Conflict while
// acting, Unproved if a factor is to be added there.
func (g *Gate) ChooseProfile(ctx context.Context, token, login string, from plaza.Origin) (fresh string, err error) {
	v, err := g.inside(ctx, token, from)
	if err != nil {
		return "", err
	}
	if v.Actor.Acting() || v.Ended != nil {
		return "", plaza.Errorf(plaza.Conflict, "error.not_while_acting")
	}
	err = g.app.db.Tx(ctx, func(tx *store.Tx) error {
		s, err := tx.Session(ctx, secret.HashToken(token))
		if err != nil {
			return err
		}
		logins, err := tx.PersonLogins(ctx, s.Person.ID)
		if err != nil {
			return err
		}
		for _, l := range logins {
			if l.ID == login {
				fresh = secret.Token()
				return g.enter(ctx, tx, s, l, fresh, from)
			}
		}
		return plaza.Errorf(plaza.NotFound, "error.not_found")
	})
	return fresh, err
}

// inside is Identify for who may choose a profile: nothing else is wanted of them before.
// Kinds: Unauthenticated.
func (g *Gate) inside(ctx context.Context, token string, from plaza.Origin) (Visit, error) {
	v, err := g.Identify(ctx, token, from)
	if err == nil && v.Wants != WantsNothing && v.Wants != WantsProfile {
		err = plaza.Errorf(plaza.Unauthenticated, "error.unauthenticated")
	}
	return v, err
}

// enter puts a session into the profile of a login of its person, under another token. If
// that profile wants a factor of who has none, it waits until they add one. Kinds: Unproved,
// if they gave their password too long ago for that.
func (g *Gate) enter(ctx context.Context, tx *store.Tx, s store.Session, l plaza.Login, token string, from plaza.Origin) error {
	enrols, err := mustEnrol(ctx, tx, l)
	if err != nil {
		return err
	}
	if enrols {
		if now := g.app.now(); now.Before(s.Proved) || now.Sub(s.Proved) >= plaza.SignInWaits { // whoever adds one is let in by it
			return plaza.Errorf(plaza.Unproved, "error.unproved")
		}
		return tx.StageSession(ctx, s.ID, secret.HashToken(token), plaza.StageEnrol)
	}
	verb := plaza.SessionSignIn
	if s.Login.ID != "" {
		verb = plaza.SessionSwitch
	}
	if err := g.app.entered(ctx, tx, verb, l, from, byPassword); err != nil {
		return err
	}
	return tx.EnterProfile(ctx, s.ID, secret.HashToken(token), l.ID)
}

// mustEnrol reports whether the profile of a login wants a factor and its person has none.
func mustEnrol(ctx context.Context, tx *store.Tx, l plaza.Login) (bool, error) {
	wanted, err := tx.FactorWanted(ctx, l.Profile)
	if err != nil || !wanted {
		return false, err
	}
	factors, err := tx.Factors(ctx, l.Person)
	return len(factors) == 0, err
}

// Profiles returns the logins that the holder of a token can choose from. Kinds:
// Unauthenticated.
func (g *Gate) Profiles(ctx context.Context, token string, from plaza.Origin) (all []plaza.Login, err error) {
	v, err := g.inside(ctx, token, from)
	if err != nil {
		return nil, err
	}
	err = g.app.db.Read(ctx, func(tx *store.Tx) error {
		all, err = tx.PersonLogins(ctx, v.Person.ID)
		return err
	})
	return all, err
}

// entered notes and records that somebody entered a profile with l. NotFound if it
// opens nothing any more: whoever takes that away from now on waits until the
// session is there to be ended.
func (a *App) entered(ctx context.Context, tx *store.Tx, verb plaza.Verb, l plaza.Login, from plaza.Origin, how proved) error {
	if err := tx.HoldLogin(ctx, l.ID); err != nil {
		return err
	}
	still, err := tx.PersonLogins(ctx, l.Person)
	if err == nil && !slices.ContainsFunc(still, func(s plaza.Login) bool { return s.ID == l.ID }) {
		err = plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	if err != nil {
		return err
	}
	if err := tx.SignedIn(ctx, l.ID, a.now()); err != nil {
		return err
	}
	event := plaza.AuditEvent{Verb: verb, Result: plaza.Done}
	event.About(l.Profile, "login", l.ID, l.Name)
	event.Changed("second_step", "", string(how))
	actor := plaza.Actor{Login: l.ID, Person: l.Person, Name: l.Name, Profile: l.Profile, From: from}
	return a.record(ctx, tx, actor, event)
}
