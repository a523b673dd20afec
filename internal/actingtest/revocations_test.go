package actingtest

import (
	"github.com/connectplaza/plaza"
)

// anew does f until nobody else was quicker: what it changes, others may too.
func anew(f func() error) error {
	for {
		if err := f(); plaza.KindOf(err) != plaza.Stale || err == nil {
			return err
		}
	}
}

// which is the login that a revocation is about: that of an address, or else that
// of the race.
func (a *arena) which(email string, p pass) string {
	if email == "" {
		return p.login
	}
	return a.logins[email].ID
}

func (a *arena) edit(id string, change func(*plaza.LoginEdit)) error {
	return anew(func() error {
		l := must1(a.apps[0].Login(a.ctx, a.owner["vendor"], id))(a.t)
		in := plaza.LoginEdit{Name: l.Name, Role: l.Role, Dashboard: l.Dashboard, Version: l.Version}
		change(&in)
		return a.apps[0].EditLogin(a.ctx, a.owner["vendor"], id, in)
	})
}

func disabling(email string, ends bool) revocation {
	return revocation{
		"disabling " + email, plaza.LoginDisable, ends,
		func(a *arena, p pass) func() error {
			id := a.which(email, p)
			return func() error {
				return anew(func() error {
					l := must1(a.apps[0].Login(a.ctx, a.owner["vendor"], id))(a.t)
					return a.apps[0].DisableLogin(a.ctx, a.owner["vendor"], id, l.Version)
				})
			}
		},
		func(a *arena, p pass) {
			l := must1(a.apps[0].Login(a.ctx, a.owner["vendor"], a.which(email, p)))(a.t)
			must(a.t, a.apps[0].EnableLogin(a.ctx, a.owner["vendor"], l.ID, l.Version))
		},
	}
}

func shuttingOut(email string, ends bool) revocation {
	set := func(a *arena, p pass, on bool) error {
		return a.edit(a.which(email, p), func(in *plaza.LoginEdit) { in.Dashboard = on })
	}
	return revocation{
		"taking the dashboard from " + email, plaza.LoginEdits, ends,
		func(a *arena, p pass) func() error { return func() error { return set(a, p, false) } },
		func(a *arena, p pass) { must(a.t, set(a, p, true)) },
	}
}

func demoting(email string, to plaza.Role) revocation {
	return revocation{
		"demoting " + email, plaza.LoginEdits, false,
		func(a *arena, p pass) func() error {
			return func() error { return a.edit(a.which(email, p), func(in *plaza.LoginEdit) { in.Role = to }) }
		},
		func(a *arena, p pass) {
			must(a.t, a.edit(a.which(email, p), func(in *plaza.LoginEdit) { in.Role = a.logins[email].Role }))
		},
	}
}

// locking changes the password of whoever runs, in another browser.
func locking() revocation {
	return revocation{
		"changing the password", plaza.AccountPassword, true,
		func(a *arena, _ pass) func() error {
			old := a.passwords[runs]
			by := a.signIn(runs, old).actor
			a.passwords[runs] = old + "!"
			if len(old) > 60 {
				a.passwords[runs] = "another phrase then"
			}
			return func() error { return a.apps[0].ChangePassword(a.ctx, by, old, a.passwords[runs]) }
		},
		nil,
	}
}

// signingOut is of the session in which whoever runs came in.
func signingOut() revocation {
	return revocation{
		"signing out", plaza.SessionSignOut, true,
		func(a *arena, p pass) func() error {
			return func() error { return a.gate(0).SignOut(a.ctx, p.token, from()) }
		},
		nil,
	}
}

func suspending(name string, ends bool) revocation {
	return revocation{
		"suspending the " + name, plaza.ProfileSuspend, ends,
		func(a *arena, _ pass) func() error {
			return func() error {
				return anew(func() error {
					p := must1(a.apps[0].Profile(a.ctx, a.owner["vendor"], a.halls[name].ID))(a.t)
					return a.apps[0].SuspendProfile(a.ctx, a.owner["vendor"], p.ID, because, p.Version)
				})
			}
		},
		func(a *arena, _ pass) {
			p := must1(a.apps[0].Profile(a.ctx, a.owner["vendor"], a.halls[name].ID))(a.t)
			must(a.t, a.apps[0].ResumeProfile(a.ctx, a.owner["vendor"], p.ID, p.Version))
			a.hosts()
		},
	}
}

// access has the partner say who may enter.
func (a *arena) access(s plaza.SupportAccess) {
	p := must1(a.apps[0].Profile(a.ctx, a.owner["partner"], a.halls["partner"].ID))(a.t)
	must(a.t, a.apps[0].SetSupportAccess(a.ctx, a.owner["partner"], s, p.Version))
}

// barring has the partner say that fewer may enter than everybody.
func barring(name string, to plaza.SupportAccess) revocation {
	return revocation{
		name, plaza.AccessSet, false,
		func(a *arena, _ pass) func() error {
			p := must1(a.apps[0].Profile(a.ctx, a.owner["partner"], a.halls["partner"].ID))(a.t)
			return func() error {
				return a.apps[0].SetSupportAccess(a.ctx, a.owner["partner"], to, p.Version)
			}
		},
		func(a *arena, _ pass) { a.access(plaza.AccessAllowed) },
	}
}

func switching() revocation {
	return revocation{
		"switching Login as off", plaza.ActingSet, false,
		func(a *arena, _ pass) func() error {
			return func() error { return a.apps[0].SwitchLoginAs(a.ctx, a.owner["vendor"], false) }
		},
		func(a *arena, _ pass) { must(a.t, a.apps[0].SwitchLoginAs(a.ctx, a.owner["vendor"], true)) },
	}
}

func ending() revocation {
	return revocation{
		"the partner ending it", plaza.ActingEnd, false,
		func(a *arena, p pass) func() error {
			return func() error { return a.apps[0].EndActing(a.ctx, a.owner["partner"], p.actor.Via.ID) }
		},
		nil,
	}
}

func revoking() revocation {
	return revocation{
		"the partner taking its consent back", plaza.ConsentRevoke, false,
		func(a *arena, p pass) func() error {
			return func() error {
				return a.apps[0].RevokeConsent(a.ctx, a.owner["partner"], p.consent.ID, p.consent.Version)
			}
		},
		nil,
	}
}

// withdrawing takes back what was asked for, answered or not.
func withdrawing() revocation {
	return revocation{
		"whoever asked withdrawing it", plaza.ConsentWithdraw, false,
		func(a *arena, p pass) func() error {
			by := a.signIn(runs, a.passwords[runs]).actor
			version := max(p.consent.Version, 1)
			return func() error {
				return anew(func() error {
					err := a.apps[0].WithdrawConsent(a.ctx, by, p.consent.ID, version)
					version++ // it was answered a moment ago
					return err
				})
			}
		},
		nil,
	}
}
