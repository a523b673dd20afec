package actingtest

import (
	"time"

	"github.com/connectplaza/plaza"
)

// incident is an event of the cascade: how it happens, how it is undone if it can
// be, and which verbs stand in the log then.
type incident struct {
	name   string
	verbs  []plaza.Verb
	happen func(s *stage)
	undo   func(s *stage)
}

// Who is at hand: what they read is what is true now.

func (s *stage) login(id string) plaza.Login { return must1(s.app().Login(s.ctx, s.vendor, id))(s.t) }

func (s *stage) profile(id string) plaza.Profile {
	return must1(s.app().Profile(s.ctx, s.vendor, id))(s.t)
}

// rooms does f in every room.
func (s *stage) rooms(f func(name string, r room)) {
	for _, name := range []string{freely, until, once, unused, asked} {
		f(name, s.room[name])
	}
}

// edit changes a login, in the name of somebody above.
func (s *stage) edit(by plaza.Actor, id string, change func(*plaza.LoginEdit)) {
	l := s.login(id)
	in := plaza.LoginEdit{Name: l.Name, Role: l.Role, Dashboard: l.Dashboard, Version: l.Version}
	change(&in)
	must(s.t, s.app().EditLogin(s.ctx, by, id, in))
}

func (s *stage) role(id string, r plaza.Role) {
	s.edit(s.owner, id, func(in *plaza.LoginEdit) { in.Role = r })
}

func (s *stage) dashboard(id string, on bool) {
	s.edit(s.owner, id, func(in *plaza.LoginEdit) { in.Dashboard = on })
}

func (s *stage) disable(id string) {
	must(s.t, s.app().DisableLogin(s.ctx, s.owner, id, s.login(id).Version))
}

func (s *stage) enable(id string) {
	must(s.t, s.app().EnableLogin(s.ctx, s.owner, id, s.login(id).Version))
}

func (s *stage) suspend(id string) {
	must(s.t, s.app().SuspendProfile(s.ctx, s.vendor, id, because, s.profile(id).Version))
}

// move moves a profile from the actor's to the stranger, and moveBack back.
func (s *stage) move(id string)     { s.moveTo(id, s.stranger, s.owner) }
func (s *stage) moveBack(id string) { s.moveTo(id, s.owner, s.stranger) }

func (s *stage) moveTo(id string, taker, giver plaza.Actor) {
	m := must1(s.app().ProposeMove(s.ctx, s.vendor, plaza.NewMove{Profile: id, To: taker.Profile, Reason: because}))(s.t)
	m = must1(s.app().AgreeToMove(s.ctx, giver, m.ID, plaza.MoveAgreement{Version: 1}))(s.t)
	must1(s.app().AgreeToMove(s.ctx, taker, m.ID, plaza.MoveAgreement{Name: m.ProfileName, Version: 2}))(s.t)
}

func (s *stage) resume(id string) {
	must(s.t, s.app().ResumeProfile(s.ctx, s.vendor, id, s.profile(id).Version))
}

func (s *stage) closing(id string) {
	s.suspend(id)
	must(s.t, s.app().CloseProfile(s.ctx, s.vendor, id, s.profile(id).Name, because, s.profile(id).Version))
}

func (s *stage) reopen(id string) {
	must(s.t, s.app().ReopenProfile(s.ctx, s.vendor, id, s.profile(id).Version))
	s.resume(id)
}

func (s *stage) endLicenses(id string) {
	f := plaza.LicenseFilter{Profile: id}
	for _, l := range must1(s.app().Licenses(s.ctx, s.vendor, f, plaza.Page{}))(s.t).Rows {
		must(s.t, s.app().EndLicense(s.ctx, s.vendor, l.ID, because, l.Version))
	}
}

// targets and houses are what the same happens to in every room.
func targets(f func(*stage, string)) func(*stage) {
	return func(s *stage) { s.rooms(func(_ string, r room) { f(s, r.target.Login) }) }
}

func houses(f func(*stage, string)) func(*stage) {
	return func(s *stage) { s.rooms(func(_ string, r room) { f(s, r.owner.Profile) }) }
}

func actors(f func(*stage, string)) func(*stage) { return func(s *stage) { f(s, s.actor.Login) } }
func homes(f func(*stage, string)) func(*stage)  { return func(s *stage) { f(s, s.actor.Profile) } }

func (s *stage) access(set plaza.SupportAccess) {
	s.rooms(func(_ string, r room) {
		must(s.t, s.app().SetSupportAccess(s.ctx, r.owner, set, s.profile(r.owner.Profile).Version))
	})
}

// changePassword has a person choose another one, in a browser that it signs in
// for that.
func (s *stage) changePassword(email string) {
	a := must1(s.signIn(email, s.password))(s.t)
	must(s.t, s.app().ChangePassword(s.ctx, a, s.password, "another phrase then"))
}

// resetPassword has a person choose another one with a link it asks for.
func (s *stage) resetPassword(email string) {
	must(s.t, s.gate().ForgotPassword(s.ctx, email, plaza.Origin{Address: "192.0.2.9"}))
	text := s.query(`SELECT text_body FROM mails WHERE lower(to_address) = $1 AND kind = 'password_reset' ORDER BY id DESC LIMIT 1`, email)[0][0]
	must(s.t, s.gate().ResetPassword(s.ctx, following(text, "http://plaza.test/reset-password/"), "another phrase then", plaza.Origin{}))
}

// pass lets time pass, with a sign of life from every session now and then, or
// with none.
func (s *stage) pass(d time.Duration, alive bool) {
	for end := s.clock.Now().Add(d); s.clock.Now().Before(end); {
		s.clock.Advance(min(20*time.Minute, end.Sub(s.clock.Now())))
		for _, token := range s.tokens {
			if alive && s.clock.Now().Before(end) {
				_, _ = s.gate().Identify(s.ctx, token, plaza.Origin{}) // that some are dead by then is what is asked later
			}
		}
	}
	must(s.t, s.app().Tidy(s.ctx, plaza.Janitor))
}

// visitors does f with everybody who acts in one of the rooms, but for whoever
// broke the glass.
func (s *stage) visitors(f func(plaza.Actor)) {
	for _, name := range []string{"an acting session", "an acting session under a consent", "an acting session under a consent used up"} {
		f(s.inside[name])
	}
}

// consents does f with each consent that was granted.
func (s *stage) consents(f func(r room, version int)) {
	for _, name := range []string{until, once, unused} {
		f(s.room[name], 2)
	}
}
