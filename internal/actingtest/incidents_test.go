package actingtest

import (
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/connectplaza/plaza"
)

// incidents are all events of the cascade.
func incidents() []incident {
	return append(append(ofLogins(), ofProfiles()...), ofActing()...)
}

func ofLogins() []incident {
	return []incident{
		{"the actor's login is disabled", []plaza.Verb{plaza.LoginDisable}, actors((*stage).disable), actors((*stage).enable)},
		{
			"the actor loses the dashboard",
			[]plaza.Verb{plaza.LoginEdits},
			func(s *stage) { s.dashboard(s.actor.Login, false) }, func(s *stage) { s.dashboard(s.actor.Login, true) },
		},
		{
			"the actor gets a role that may not act",
			[]plaza.Verb{plaza.LoginEdits},
			func(s *stage) { s.role(s.actor.Login, plaza.Auditor) }, func(s *stage) { s.role(s.actor.Login, plaza.Administrator) },
		},
		{
			"the actor gets another role that may act",
			[]plaza.Verb{plaza.LoginEdits},
			func(s *stage) { s.role(s.actor.Login, plaza.Support) }, func(s *stage) { s.role(s.actor.Login, plaza.Administrator) },
		},
		{"the actor changes the password", []plaza.Verb{plaza.AccountPassword}, func(s *stage) {
			s.changePassword("actor@example.com")
			s.password = "another phrase then"
		}, nil},
		{"the actor's password is reset", []plaza.Verb{plaza.PasswordReset}, func(s *stage) {
			s.resetPassword("actor@example.com")
			s.password = "another phrase then"
		}, nil},
		{"the actor signs out where it acts", []plaza.Verb{plaza.SessionSignOut}, func(s *stage) {
			s.visitors(func(a plaza.Actor) { must(s.t, s.app().SignOut(s.ctx, a)) })
		}, nil},
		{"the actor signs out elsewhere", []plaza.Verb{plaza.SessionSignOut}, func(s *stage) {
			must(s.t, s.app().SignOut(s.ctx, s.actor))
		}, nil},
		{"the operator ends the actor's sessions", []plaza.Verb{plaza.SessionEnd}, func(s *stage) {
			must(s.t, s.app().EndSessions(s.ctx, plaza.Operator, "actor@example.com"))
		}, nil},
		{"the actor adds a factor and signs out everywhere else", []plaza.Verb{plaza.FactorAdd}, func(s *stage) {
			seed := must1(s.app().Seed(s.ctx, s.actor, ""))(s.t)
			code := must1(totp.GenerateCode(seed.Text, s.clock.Now()))(s.t)
			must1(s.app().AddFactor(s.ctx, s.actor, plaza.NewFactor{Name: "Third", Seed: seed.Sealed, Code: code}))(s.t)
		}, nil},
		{"the actor removes one of two factors", []plaza.Verb{plaza.FactorRemove}, func(s *stage) {
			must(s.t, s.app().RemoveFactor(s.ctx, s.actor, must1(s.app().Factors(s.ctx, s.actor))(s.t).All[0].ID))
		}, nil},
		{"the actor makes new recovery codes", []plaza.Verb{plaza.FactorRecovery}, func(s *stage) {
			must1(s.app().RenewRecovery(s.ctx, s.actor))(s.t)
		}, nil},
		{"the actor has the browser forgotten", []plaza.Verb{plaza.BrowserForget}, func(s *stage) {
			must(s.t, s.app().ForgetBrowser(s.ctx, s.actor, must1(s.app().Factors(s.ctx, s.actor))(s.t).Browsers[0].ID))
		}, nil},
		{"the operator takes the actor's factors", []plaza.Verb{plaza.FactorReset}, func(s *stage) {
			must(s.t, s.app().ResetFactors(s.ctx, plaza.Operator, "actor@example.com"))
		}, nil},
		{"the target's login is disabled", []plaza.Verb{plaza.LoginDisable}, targets((*stage).disable), targets((*stage).enable)},
		{
			"the target loses the dashboard",
			[]plaza.Verb{plaza.LoginEdits},
			targets(func(s *stage, id string) { s.dashboard(id, false) }), targets(func(s *stage, id string) { s.dashboard(id, true) }),
		},
		{
			"the target gets another role",
			[]plaza.Verb{plaza.LoginEdits},
			targets(func(s *stage, id string) { s.role(id, plaza.Manager) }), targets(func(s *stage, id string) { s.role(id, plaza.Administrator) }),
		},
		{"the target changes the password", []plaza.Verb{plaza.AccountPassword}, func(s *stage) { s.changePassword("target-freely@example.com") }, nil},
		{"the target's password is reset", []plaza.Verb{plaza.PasswordReset}, func(s *stage) { s.resetPassword("target-freely@example.com") }, nil},
		{"the target signs out", []plaza.Verb{plaza.SessionSignOut}, func(s *stage) {
			must(s.t, s.app().SignOut(s.ctx, s.room[freely].target))
		}, nil},
		{"the owner who was asked is none any more", []plaza.Verb{plaza.LoginEdits}, func(s *stage) {
			owner := s.room[asked].owner.Login
			must1(s.app().CreateLogin(s.ctx, s.vendor, plaza.NewLogin{
				Profile: s.room[asked].owner.Profile, Name: "Heir", Email: "heir@example.com", Role: plaza.Owner, Dashboard: true,
			}))(s.t)
			text := s.query(`SELECT text_body FROM mails WHERE to_address = 'heir@example.com'`)[0][0]
			must1(s.gate().AcceptInvitation(s.ctx, following(text, "http://plaza.test/invitation/"), s.password, plaza.Origin{}))(s.t)
			s.edit(s.vendor, owner, func(in *plaza.LoginEdit) { in.Role = plaza.Manager })
		}, func(s *stage) {
			s.edit(s.vendor, s.room[asked].owner.Login, func(in *plaza.LoginEdit) { in.Role = plaza.Owner })
		}},
	}
}

func ofProfiles() []incident {
	return []incident{
		{"the actor's profile is suspended", []plaza.Verb{plaza.ProfileSuspend}, homes((*stage).suspend), homes((*stage).resume)},
		{"the actor's profile is closed", []plaza.Verb{plaza.ProfileClose}, homes((*stage).closing), homes((*stage).reopen)},
		{"the target's profile is suspended", []plaza.Verb{plaza.ProfileSuspend}, houses((*stage).suspend), houses((*stage).resume)},
		{"the target's profile is closed", []plaza.Verb{plaza.ProfileClose}, houses((*stage).closing), houses((*stage).reopen)},
		{"the target's profile moves to another reseller", []plaza.Verb{plaza.ProfileMove}, houses((*stage).move), houses((*stage).moveBack)},
		{"the target's licenses end", []plaza.Verb{plaza.LicenseEnd}, houses((*stage).endLicenses), nil},
	}
}

func ofActing() []incident {
	return []incident{
		{"the profile lets nobody in", []plaza.Verb{plaza.AccessSet}, func(s *stage) { s.access(plaza.AccessNever) }, func(s *stage) { s.access(plaza.AccessAsk) }},
		{"the profile wants to be asked", []plaza.Verb{plaza.AccessSet}, func(s *stage) { s.access(plaza.AccessAsk) }, nil},
		{"its owners take their consents back", []plaza.Verb{plaza.ConsentRevoke}, func(s *stage) {
			s.consents(func(r room, version int) { must(s.t, s.app().RevokeConsent(s.ctx, r.owner, r.consent.ID, version)) })
		}, nil},
		{"its owners refuse", []plaza.Verb{plaza.ConsentRefuse}, func(s *stage) {
			must(s.t, s.app().RefuseConsent(s.ctx, s.room[asked].owner, s.room[asked].consent.ID, 1))
		}, nil},
		{"its owners grant it on the page", []plaza.Verb{plaza.ConsentGrant}, func(s *stage) {
			must(s.t, s.app().GrantConsent(s.ctx, s.room[asked].owner, s.room[asked].consent.ID, true, 1))
		}, nil},
		{"the actor withdraws what it asked for", []plaza.Verb{plaza.ConsentWithdraw}, func(s *stage) {
			s.consents(func(r room, version int) { must(s.t, s.app().WithdrawConsent(s.ctx, s.actor, r.consent.ID, version)) })
			must(s.t, s.app().WithdrawConsent(s.ctx, s.actor, s.room[asked].consent.ID, 1))
		}, nil},
		{"the profile ends it", []plaza.Verb{plaza.ActingEnd}, func(s *stage) {
			for name, a := range s.inside {
				if a.Via == nil {
					continue
				}
				r := map[string]string{"an acting session under a consent": until, "an acting session under a consent used up": once}[name]
				if r == "" {
					r = freely
				}
				must(s.t, s.app().EndActing(s.ctx, s.room[r].owner, a.Via.ID))
			}
		}, nil},
		{"the actor goes back", []plaza.Verb{plaza.ActingStop}, func(s *stage) {
			s.visitors(func(a plaza.Actor) { must1(s.app().StopActing(s.ctx, a))(s.t) })
		}, nil},
		{
			"the vendor switches Login as off",
			[]plaza.Verb{plaza.ActingSet},
			func(s *stage) { must(s.t, s.app().SwitchLoginAs(s.ctx, s.vendor, false)) },
			func(s *stage) { must(s.t, s.app().SwitchLoginAs(s.ctx, s.vendor, true)) },
		},
		{"the actor's tokens are revoked", []plaza.Verb{plaza.TokenRevoke}, func(s *stage) {
			for _, name := range []string{actorsToken, sharedToken} {
				must(s.t, s.app().RevokeToken(s.ctx, s.owner, s.inside[name].Pass.Token, 1))
			}
		}, nil},
		{"half an hour passes without a sign of life", nil, func(s *stage) { s.pass(30*time.Minute, false) }, nil},
		{"half an hour passes, with signs of life", nil, func(s *stage) { s.pass(30*time.Minute, true) }, nil},
		{"an hour passes, with signs of life", nil, func(s *stage) { s.pass(time.Hour, true) }, nil},
		{"twelve hours pass, with signs of life", nil, func(s *stage) { s.pass(12*time.Hour, true) }, nil},
		{"the consents' end comes", nil, func(s *stage) { s.pass(consentFor, false) }, nil},
		{"a week passes", nil, func(s *stage) { s.pass(plaza.InvitationValid, false) }, nil},
		{"the program is started anew", nil, func(s *stage) { s.start(0); s.start(1) }, nil},
	}
}
