package app

import (
	"context"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

// Login returns one login. Everybody with the dashboard may, of their own
// profile's and those below. Kinds: NotFound.
func (a *App) Login(ctx context.Context, actor plaza.Actor, id string) (l plaza.Login, err error) {
	err = a.see(ctx, actor, plaza.LoginRead, id, func(tx *store.Tx) error {
		l, err = tx.Login(ctx, actor.Scope(), id)
		return err
	})
	return l, err
}

// Logins returns the logins of the actor's own profile and those below.
// Everybody with the dashboard may. Kinds: Invalid.
func (a *App) Logins(ctx context.Context, actor plaza.Actor, f plaza.LoginFilter, p plaza.Page) (list plaza.List[plaza.Login], err error) {
	err = a.see(ctx, actor, plaza.LoginRead, "", func(tx *store.Tx) error {
		list, err = tx.Logins(ctx, actor.Scope(), f, p)
		return err
	})
	return list, err
}

// CreateLogin makes a login and mails its invitation. Owners and administrators
// of resellers and the vendor may, in their own profile and below, up to the
// rights they hold. Kinds: Invalid, NotFound, Forbidden, Conflict.
func (a *App) CreateLogin(ctx context.Context, actor plaza.Actor, in plaza.NewLogin) (l plaza.Login, err error) {
	event := plaza.AuditEvent{Verb: plaza.LoginCreate}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		l, err = a.createLogin(ctx, tx, actor, in, e)
		return err
	})
	return l, err
}

func (a *App) createLogin(ctx context.Context, tx *store.Tx, actor plaza.Actor, in plaza.NewLogin, e *plaza.AuditEvent) (plaza.Login, error) {
	in = in.Clean()
	if err := in.Validate(); err != nil {
		return plaza.Login{}, err
	}
	p, err := a.holder(ctx, tx, actor, in.Profile)
	if err != nil {
		return plaza.Login{}, err
	}
	if !actor.MayGrant(p.Kind, in.Role) {
		return plaza.Login{}, beyondOwn()
	}
	if err := a.mayAppoint(actor, in.Role); err != nil {
		return plaza.Login{}, err
	}
	return a.invite(ctx, tx, actor, p, in, e)
}

// mayAppoint returns Unproved if a role is one with which somebody does what is sensitive,
// and the actor has not proved shortly before who they are: they could let another do it.
func (a *App) mayAppoint(actor plaza.Actor, role plaza.Role) error {
	if role != plaza.Owner && role != plaza.Administrator {
		return nil
	}
	return actor.Recent(a.now())
}

// beyondOwn is the refusal of a role that one does not hold oneself.
func beyondOwn() error { return plaza.Errorf(plaza.Forbidden, "login.beyond_own") }

// invite makes a login in p, of a person who is known by the address or new, and
// mails the link that opens it. It tells nobody which: whether somebody has an
// account elsewhere is no business of whoever invites.
func (a *App) invite(ctx context.Context, tx *store.Tx, actor plaza.Actor, p plaza.Profile, in plaza.NewLogin, e *plaza.AuditEvent) (l plaza.Login, err error) {
	there, err := tx.HasLogin(ctx, actor.Scope(), p.ID, in.Email)
	if err != nil {
		return l, err
	}
	if there {
		return l, hasLogin()
	}
	person, err := tx.PersonByEmail(ctx, in.Email)
	if plaza.KindOf(err) == plaza.NotFound {
		person = draftPerson(in)
		err = tx.InsertPerson(ctx, person, a.now())
	}
	if err != nil {
		return l, err
	}
	l = a.draftLogin(p, person, in, e)
	if err := tx.InsertLogin(ctx, l); err != nil {
		return l, err
	}
	return l, a.sendInvitation(ctx, tx, actor, l, person)
}

// hasLogin is what is wrong with the address of somebody who has a login there already.
func hasLogin() error { return invalid("email", "problem.has_login") }

// draftPerson returns the person whom in asks for, if nobody has the address.
func draftPerson(in plaza.NewLogin) plaza.Person {
	return plaza.Person{ID: newID(), Email: in.Email, Name: in.Name}
}

// draftLogin returns the login in p that in asks for.
func (a *App) draftLogin(p plaza.Profile, person plaza.Person, in plaza.NewLogin, e *plaza.AuditEvent) plaza.Login {
	l := plaza.Login{
		ID: newID(), Profile: p.ID, ProfileName: p.Name, Person: person.ID, Name: in.Name, Email: person.Email,
		Role: in.Role, Dashboard: in.Dashboard, Created: a.now(), Version: 1,
	}
	e.About(p.ID, "login", l.ID, l.Name)
	e.Changed("role", "", string(l.Role))
	e.Changed("dashboard", "", yes(l.Dashboard))
	return l
}

// yes returns b as it stands in the audit log.
func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// sendInvitation mails the link that opens l; older ones die.
func (a *App) sendInvitation(ctx context.Context, tx *store.Tx, actor plaza.Actor, l plaza.Login, person plaza.Person) error {
	i, m, err := a.draftInvitation(actor, l, person)
	if err != nil {
		return err
	}
	if err := tx.InsertInvitation(ctx, i.Hash, i.Login, i.Expires); err != nil {
		return err
	}
	return a.send(ctx, tx, m)
}

// draftInvitation returns the link that opens l, and the mail with it.
func (a *App) draftInvitation(actor plaza.Actor, l plaza.Login, person plaza.Person) (i store.NewInvitation, m plaza.Mail, err error) {
	token := secret.Token()
	i = store.NewInvitation{Hash: secret.HashToken(token), Login: l.ID, Expires: a.now().Add(plaza.InvitationValid)}
	m, err = a.compose(plaza.MailInvitation, l.Profile, to(person, l.Name), letter{
		subject: plaza.T("mail.invitation.subject", "Profile", l.ProfileName),
		lines: []plaza.Text{
			plaza.T("mail.invitation.body", "Profile", l.ProfileName),
			plaza.T("mail.invitation.until", "Date", i.Expires),
		},
		button: plaza.T("mail.invitation.button"), path: "/invitation/" + token,
		from: actor.ProfileName,
	})
	return i, m, err
}

// ReinviteLogin mails the invitation of a login anew. Owners and administrators
// may, in their own profile and below. Kinds: NotFound, Conflict if it was
// accepted or disabled.
func (a *App) ReinviteLogin(ctx context.Context, actor plaza.Actor, id string) error {
	event := plaza.AuditEvent{Verb: plaza.LoginReinvite, ObjectKind: "login", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		l, err := tx.Login(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		if l.State() != plaza.LoginInvited {
			return plaza.Errorf(plaza.Conflict, "login.not_invited")
		}
		e.About(l.Profile, "login", l.ID, l.Name)
		person, err := tx.Person(ctx, l.Person)
		if err != nil {
			return err
		}
		return a.sendInvitation(ctx, tx, actor, l, person)
	})
}

// EditLogin changes a login's name, role and Dashboard right. Owners and
// administrators may, in their own profile and below, up to the rights they
// hold. Kinds: Invalid, NotFound, Forbidden, Conflict for the last owner, Stale.
func (a *App) EditLogin(ctx context.Context, actor plaza.Actor, id string, in plaza.LoginEdit) error {
	return a.setLogin(ctx, actor, plaza.LoginEdits, id, func(tx *store.Tx, l *plaza.Login, e *plaza.AuditEvent) error {
		in = in.Clean()
		if err := in.Validate(); err != nil {
			return err
		}
		if l.ID == actor.Login && !in.Dashboard {
			return plaza.Errorf(plaza.Conflict, "login.own_dashboard")
		}
		e.Changed("name", l.Name, in.Name)
		e.Changed("role", string(l.Role), string(in.Role))
		e.Changed("dashboard", yes(l.Dashboard), yes(in.Dashboard))
		otherRole := l.Role != in.Role
		losesOwner := owns(*l) && (in.Role != plaza.Owner || !in.Dashboard)
		l.Name, l.Role, l.Dashboard, l.Version = in.Name, in.Role, in.Dashboard, in.Version
		if losesOwner {
			if err := a.keepOwner(ctx, tx, *l); err != nil {
				return err
			}
		}
		switch {
		case !in.Dashboard:
			return a.shutOut(ctx, tx, *l)
		case otherRole: // what was entered with other rights is not gone on with
			return a.cease(ctx, tx, store.EndingWith(l.ID), plaza.EndLogin)
		}
		return nil
	})
}

// shutOut ends for good what rests on a login that can no longer enter its
// profile: the sessions in it, those that act as it or on its behalf, and its own tokens. None
// comes back to life when the right is given back.
func (a *App) shutOut(ctx context.Context, tx *store.Tx, l plaza.Login) error {
	if err := tx.DropSessionsIn(ctx, l.ID); err != nil {
		return err
	}
	if err := tx.RevokeTokensOf(ctx, l.ID, a.now()); err != nil {
		return err
	}
	return a.cease(ctx, tx, store.EndingWith(l.ID), plaza.EndLogin)
}

// DisableLogin keeps a login from signing in, from now on. Owners and
// administrators may, in their own profile and below, up to the rights they
// hold. Kinds: NotFound, Forbidden, Conflict for the last owner or oneself, Stale.
func (a *App) DisableLogin(ctx context.Context, actor plaza.Actor, id string, version int) error {
	return a.setLogin(ctx, actor, plaza.LoginDisable, id, func(tx *store.Tx, l *plaza.Login, e *plaza.AuditEvent) error {
		if l.ID == actor.Login {
			return plaza.Errorf(plaza.Conflict, "login.oneself")
		}
		if !l.Disabled.IsZero() {
			return plaza.Errorf(plaza.Conflict, "login.disabled_already")
		}
		before, owned := l.State(), owns(*l)
		l.Disabled, l.Version = a.now(), version
		e.Changed("state", string(before), string(l.State()))
		if owned {
			if err := a.keepOwner(ctx, tx, *l); err != nil {
				return err
			}
		}
		return a.shutOut(ctx, tx, *l)
	})
}

// EnableLogin undoes DisableLogin. The same people may. Kinds: NotFound,
// Forbidden, Conflict, Stale.
func (a *App) EnableLogin(ctx context.Context, actor plaza.Actor, id string, version int) error {
	return a.setLogin(ctx, actor, plaza.LoginEnable, id, func(_ *store.Tx, l *plaza.Login, e *plaza.AuditEvent) error {
		if l.Disabled.IsZero() {
			return plaza.Errorf(plaza.Conflict, "login.not_disabled")
		}
		l.Disabled, l.Version = zeroTime, version
		e.Changed("state", string(plaza.LoginDisabled), string(l.State()))
		return nil
	})
}

// setLogin does v to the login with the given ID: change says what becomes of
// it. Neither what it was nor what it becomes may be more than the actor holds.
func (a *App) setLogin(ctx context.Context, actor plaza.Actor, v plaza.Verb, id string, change func(*store.Tx, *plaza.Login, *plaza.AuditEvent) error) error {
	event := plaza.AuditEvent{Verb: v, ObjectKind: "login", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		l, err := a.held(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		p, err := tx.Profile(ctx, actor.Scope(), l.Profile)
		if err != nil {
			return err
		}
		e.About(l.Profile, "login", l.ID, l.Name)
		before := l.Role
		if err := change(tx, &l, e); err != nil {
			return err
		}
		if !actor.MayGrant(p.Kind, before) || !actor.MayGrant(p.Kind, l.Role) {
			return plaza.Errorf(plaza.Forbidden, "login.beyond_own")
		}
		if l.Role != before {
			if err := a.mayAppoint(actor, l.Role); err != nil {
				return err
			}
		}
		return tx.UpdateLogin(ctx, actor.Scope(), l)
	})
}

// held returns the login with the given ID, if it is within the actor's reach, and
// nobody else changes it, enters with it or acts as it before this transaction
// ends.
func (a *App) held(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string) (plaza.Login, error) {
	l, err := tx.Login(ctx, actor.Scope(), id)
	if err == nil {
		err = tx.HoldLogin(ctx, l.ID)
	}
	if err != nil {
		return l, err
	}
	return tx.Login(ctx, actor.Scope(), id) // as it is now
}

// owns reports whether l owns its profile now. Who was only invited does not yet,
// so that an invitation which went astray can be made worthless.
func owns(l plaza.Login) bool { return l.Role == plaza.Owner && l.State() == plaza.LoginActive }

// keepOwner returns a Conflict if nobody but l owns its profile.
func (a *App) keepOwner(ctx context.Context, tx *store.Tx, l plaza.Login) error {
	others, err := tx.OtherOwners(ctx, l)
	if err == nil && others == 0 {
		err = plaza.Errorf(plaza.Conflict, "login.last_owner")
	}
	return err
}
