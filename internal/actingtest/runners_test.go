package actingtest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// Who runs: an administrator of the reseller's, and the second owner of the
// partner's, as whom it acts.
const (
	runs = "r-admin@example.com"
	as   = "p-second@example.com"
	two  = "two@example.com" // has a login in both
)

func runners() []runner {
	inside := []revocation{
		demoting(as, plaza.Manager), // who can be acted as all the same
		disabling(runs, true), locking(), demoting(runs, plaza.Auditor), shuttingOut(runs, true), suspending("reseller", true),
		disabling(as, false), shuttingOut(as, false), suspending("partner", false), switching(),
		barring("letting nobody in", plaza.AccessNever), barring("wanting to be asked", plaza.AccessAsk),
	}
	return []runner{
		{"a deed inside", plaza.LicenseIssue, (*arena).acting, (*arena).issue, append(inside, ending(), signingOut())},
		{"to start acting", plaza.ActingStart, (*arena).atHome, (*arena).enter, inside[1:]},
		{"to start acting under a consent", plaza.ActingStart, (*arena).allowed, (*arena).enter, []revocation{revoking(), withdrawing()}},
		{"to sign in", plaza.SessionSignIn, (*arena).outside, (*arena).comeIn, []revocation{
			disabling(runs, true), shuttingOut(runs, true), suspending("reseller", true), locking(),
		}},
		{"to enter another profile", plaza.SessionSwitch, (*arena).elsewhere, (*arena).change, []revocation{
			disabling(two, true), shuttingOut(two, true), suspending("partner", true),
		}},
		{"to accept an invitation", plaza.InvitationAccept, (*arena).invited, (*arena).accept, []revocation{
			disabling("", true), suspending("partner", true),
		}},
		{"to answer from a mail", plaza.ConsentGrant, (*arena).asked, (*arena).answer, []revocation{
			demoting(as, plaza.Manager), disabling(as, false), shuttingOut(as, false), suspending("partner", false), withdrawing(),
		}},
	}
}

func (a *arena) atHome() pass {
	p := a.signIn(runs, a.passwords[runs])
	p.login, p.password = p.actor.Login, a.passwords[runs]
	return p
}

func (a *arena) acting() pass {
	p := a.atHome()
	must(a.t, a.enter(&p))
	must(a.t, a.apps[0].RaiseActing(a.ctx, a.identify(p.token), plaza.Manage))
	p.actor = a.identify(p.token)
	return p
}

func (a *arena) outside() pass {
	return pass{login: a.logins[runs].ID, password: a.passwords[runs]}
}

// elsewhere is somebody with two logins, in the one that stays.
func (a *arena) elsewhere() pass {
	token := must1(a.gate(0).SignIn(a.ctx, two, apptest.Password, from()))(a.t)
	return pass{token: must1(a.gate(0).ChooseProfile(a.ctx, token, a.first.ID, from()))(a.t), login: a.logins[two].ID}
}

// invited is somebody new to the partner's.
func (a *arena) invited() pass {
	email := fmt.Sprintf("new%x@example.com", rand.Uint64())
	l := must1(a.apps[0].CreateLogin(a.ctx, a.owner["vendor"], plaza.NewLogin{
		Profile: a.logins[as].Profile, Name: "New", Email: email, Role: plaza.Support, Dashboard: true,
	}))(a.t)
	return pass{login: l.ID, link: a.link(email, "/invitation/")}
}

// asked is the partner's second owner, with the link of a consent in the mail.
func (a *arena) asked() pass {
	a.access(plaza.AccessAsk)
	by := a.atHome()
	for _, r := range a.query(`SELECT id, version FROM consents WHERE answer IN ('', 'granted')`) { // of the round before
		version := must1(strconv.Atoi(r[1]))(a.t)
		must(a.t, a.apps[0].WithdrawConsent(a.ctx, by.actor, r[0], version))
	}
	c := must1(a.apps[0].AskConsent(a.ctx, by.actor, plaza.NewConsent{
		Profile: a.logins[as].Profile, Reason: because, Until: a.clock.Now().Add(time.Hour),
	}))(a.t)
	return pass{actor: by.actor, consent: c, login: a.logins[as].ID, link: a.link(as, "/consent/")}
}

// allowed is somebody whom the partner let in.
func (a *arena) allowed() pass {
	p := a.asked()
	must(a.t, a.apps[0].GrantConsent(a.ctx, a.owner["partner"], p.consent.ID, false, 1))
	p.consent.Version = 2
	home := a.atHome()
	home.consent = p.consent
	return home
}

func (a *arena) issue(p *pass) error {
	_, err := a.apps[1].IssueLicense(a.ctx, p.actor, plaza.NewLicense{Profile: p.actor.Profile, Plan: a.plan})
	return err
}

func (a *arena) enter(p *pass) error {
	token, err := a.apps[1].LogInAs(a.ctx, p.actor, plaza.NewActing{Login: a.logins[as].ID, Reason: because})
	if err == nil {
		p.token = token
	}
	return err
}

func (a *arena) comeIn(p *pass) error {
	token, err := a.gate(1).SignIn(a.ctx, runs, p.password, from())
	if err == nil {
		p.token = token
	}
	return err
}

func (a *arena) change(p *pass) error {
	token, err := a.gate(1).ChooseProfile(a.ctx, p.token, a.logins[two].ID, from())
	if err == nil {
		p.token = token
	}
	return err
}

func (a *arena) accept(p *pass) error {
	token, err := a.gate(1).AcceptInvitation(a.ctx, p.link, apptest.Password, from())
	if err == nil {
		p.token = token
	}
	return err
}

func (a *arena) answer(p *pass) error {
	return a.gate(1).AnswerConsent(a.ctx, p.link, true, false, from())
}
