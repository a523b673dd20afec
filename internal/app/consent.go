package app

import (
	"context"
	"slices"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

// AskConsent asks the owners of a profile below the actor's own to let the actor
// in, now and again until an end; they get a notice and a mail with a link to
// answer. Owners, administrators and support staff of resellers and the vendor
// may. Kinds: Invalid, NotFound, Conflict if the profile need not be asked, lets
// nobody in, or was asked already.
func (a *App) AskConsent(ctx context.Context, actor plaza.Actor, in plaza.NewConsent) (c plaza.Consent, err error) {
	event := plaza.AuditEvent{Verb: plaza.ConsentAsk, ObjectKind: "profile", Object: in.Profile}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		p, err := a.asking(ctx, tx, actor, in.Profile)
		if err != nil {
			return err
		}
		in = in.Clean()
		if err := in.Validate(a.now()); err != nil {
			return err
		}
		if err := a.mayAsk(ctx, tx, actor, p); err != nil {
			return err
		}
		c = plaza.Consent{
			ID: newID(), Profile: p.ID, ProfileName: p.Name, Asker: actor.Login, AskerName: actor.Name,
			AskerProfile: actor.Profile, AskerOf: actor.ProfileName, Reason: in.Reason, Ticket: in.Ticket,
			Until: in.Until, Created: a.now(), Version: 1,
		}
		e.About(p.ID, "consent", c.ID, actor.Name)
		e.Reason = c.Reason
		e.Changed("until", "", date(c.Until))
		if err := tx.InsertConsent(ctx, c); err != nil {
			return err
		}
		return a.askOwners(ctx, tx, c)
	})
	return c, err
}

// asking returns the profile with the given ID, if it is within the actor's reach.
// Nobody else asks it, or says who may enter it, before this transaction ends: of
// two who ask at once with one login, the second finds what the first asked. (As with
// [App.LogInAs], PostgreSQL has one begin anew if somebody suspends the actor's own
// profile, which is above this one, at that moment.)
func (a *App) asking(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string) (plaza.Profile, error) {
	p, err := tx.Profile(ctx, actor.Scope(), id)
	if err == nil {
		err = tx.HoldProfile(ctx, p.ID)
	}
	if err != nil {
		return p, err
	}
	return tx.Profile(ctx, actor.Scope(), id) // as it is now
}

// mayAsk returns a Conflict unless it makes sense for actor to ask p for consent.
func (a *App) mayAsk(ctx context.Context, tx *store.Tx, actor plaza.Actor, p plaza.Profile) error {
	e, err := entrance(ctx, tx, actor, p, a.now())
	switch {
	case err != nil:
		return err
	case p.ID == actor.Profile:
		return plaza.Errorf(plaza.Conflict, "acting.own_profile")
	case p.Halted:
		return plaza.Errorf(plaza.Conflict, "profile.halted", "Name", p.Name)
	case p.Access == plaza.AccessNever:
		return plaza.Errorf(plaza.Conflict, "acting.barred.never", "Name", p.Name)
	case p.Access == plaza.AccessAllowed:
		return plaza.Errorf(plaza.Conflict, "access.need_not_ask", "Name", p.Name)
	case e.Consent.ID != "":
		return plaza.Errorf(plaza.Conflict, "access.asked_already", "Name", p.Name)
	}
	return nil
}

// askOwners leaves a notice to the owners of the profile that c asks, and mails
// each a link of its own to answer; not to those without the Dashboard right, who
// could not answer there either.
func (a *App) askOwners(ctx context.Context, tx *store.Tx, c plaza.Consent) error {
	owners, err := tx.LoginsWithRole(ctx, c.Profile, plaza.Owner)
	if err != nil {
		return err
	}
	owners = slices.DeleteFunc(owners, func(l plaza.Login) bool { return !l.Unfit().IsZero() })
	if err := a.notify(ctx, tx, plaza.NoticeConsentAsked, c.AskerOf, c.ID, owners...); err != nil {
		return err
	}
	for _, owner := range owners {
		person, err := tx.Person(ctx, owner.Person)
		if err != nil {
			return err
		}
		token := secret.Token()
		if err := tx.InsertConsentLink(ctx, secret.HashToken(token), c, owner.ID); err != nil {
			return err
		}
		err = a.post(ctx, tx, plaza.MailConsentAsked, c.Profile, to(person, owner.Name), letter{
			subject: plaza.T("mail.consent_asked.subject", "Above", c.AskerOf, "Profile", c.ProfileName),
			lines: []plaza.Text{
				plaza.T("mail.consent_asked.body", "Name", c.AskerName, "Above", c.AskerOf, "Profile", c.ProfileName),
				plaza.T("mail.acting_started.reason", "Reason", c.Reason),
				plaza.T("mail.consent_asked.until", "Date", c.Until),
				plaza.T("mail.consent_asked.nothing"),
			},
			button: plaza.T("mail.consent_asked.button"), path: "/consent/" + token,
			from: c.AskerOf,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// WithdrawConsent takes back what the actor asked for, also if it was granted:
// whoever is inside under it is out at once. Whoever asked may. Kinds: NotFound,
// Conflict, Stale.
func (a *App) WithdrawConsent(ctx context.Context, actor plaza.Actor, id string, version int) error {
	return a.answer(ctx, actor, plaza.ConsentWithdraw, id, version, func(_ *store.Tx, c *plaza.Consent) error {
		if c.Asker != actor.Login {
			return plaza.Errorf(plaza.NotFound, "error.not_found")
		}
		c.Answer = plaza.ConsentWithdrawn
		return nil
	})
}

// GrantConsent lets in who asked the actor's own profile: for a single entry, or
// again and again until the end that was asked for. Owners may. Kinds: NotFound,
// Conflict, Stale.
func (a *App) GrantConsent(ctx context.Context, actor plaza.Actor, id string, once bool, version int) error {
	return a.answer(ctx, actor, plaza.ConsentGrant, id, version, func(tx *store.Tx, c *plaza.Consent) error {
		return a.grant(ctx, tx, actor, c, once)
	})
}

func (a *App) grant(ctx context.Context, tx *store.Tx, actor plaza.Actor, c *plaza.Consent, once bool) error {
	c.Answer, c.Once = plaza.ConsentGranted, once
	return a.asked(ctx, tx, actor, *c, plaza.NoticeConsentGranted)
}

// RefuseConsent does not let in who asked the actor's own profile. Owners may.
// Kinds: NotFound, Conflict, Stale.
func (a *App) RefuseConsent(ctx context.Context, actor plaza.Actor, id string, version int) error {
	return a.answer(ctx, actor, plaza.ConsentRefuse, id, version, func(tx *store.Tx, c *plaza.Consent) error {
		return a.refuse(ctx, tx, actor, c)
	})
}

func (a *App) refuse(ctx context.Context, tx *store.Tx, actor plaza.Actor, c *plaza.Consent) error {
	c.Answer = plaza.ConsentRefused
	return a.asked(ctx, tx, actor, *c, plaza.NoticeConsentRefused)
}

// RevokeConsent takes back what an owner of the actor's own profile granted:
// whoever is inside under it is out at once. Owners may. Kinds: NotFound,
// Conflict, Stale.
func (a *App) RevokeConsent(ctx context.Context, actor plaza.Actor, id string, version int) error {
	return a.answer(ctx, actor, plaza.ConsentRevoke, id, version, func(_ *store.Tx, c *plaza.Consent) error {
		c.Answer = plaza.ConsentRevoked
		return nil
	})
}

// answer does v to the consent with the given ID: how says what becomes of it.
func (a *App) answer(ctx context.Context, actor plaza.Actor, v plaza.Verb, id string, version int, how func(*store.Tx, *plaza.Consent) error) error {
	event := plaza.AuditEvent{Verb: v, ObjectKind: "consent", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		c, err := tx.Consent(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		if v != plaza.ConsentWithdraw && c.Profile != actor.Profile {
			return plaza.Errorf(plaza.NotFound, "error.not_found") // it is theirs to answer
		}
		c.Version = version
		return a.settle(ctx, tx, c, v, e, how)
	})
}

// settle has how say what becomes of c, and writes it down.
func (a *App) settle(ctx context.Context, tx *store.Tx, c plaza.Consent, v plaza.Verb, e *plaza.AuditEvent, how func(*store.Tx, *plaza.Consent) error) error {
	before := c.State(a.now())
	if !canBe(v, before) {
		return plaza.Errorf(plaza.Conflict, "access.consent_not_open", "State", before.Text())
	}
	e.About(c.Profile, "consent", c.ID, c.AskerName)
	c.Answered = a.now()
	if err := how(tx, &c); err != nil {
		return err
	}
	e.Changed("state", string(before), string(c.Answer))
	if c.Answer == plaza.ConsentGranted {
		e.Changed("once", "", yes(c.Once))
	}
	if err := tx.AnswerConsent(ctx, plaza.Everyone("it was read within reach, in this transaction"), c); err != nil {
		return err
	}
	if err := tx.DropConsentLinks(ctx, c.ID); err != nil {
		return err
	}
	if c.Answer == plaza.ConsentGranted {
		return nil
	}
	return a.cease(ctx, tx, store.EndingUnder(c.ID), plaza.EndAccess)
}

// canBe reports whether v can be done to a consent in state s. What holds can be
// taken back, and what was used up too: who came in once may still be inside.
func canBe(v plaza.Verb, s plaza.ConsentState) bool {
	holds := s == plaza.ConsentGranted || s == plaza.ConsentUsed
	switch v {
	case plaza.ConsentRevoke:
		return holds
	case plaza.ConsentWithdraw:
		return holds || s == plaza.ConsentOpen
	default:
		return s == plaza.ConsentOpen
	}
}

// asked mails whoever asked for c what was answered, and leaves a notice; not if
// they have been shut out since.
func (a *App) asked(ctx context.Context, tx *store.Tx, actor plaza.Actor, c plaza.Consent, kind plaza.NoticeKind) error {
	asker, err := tx.Login(ctx, plaza.Everyone("whoever is asked may not see who is above"), c.Asker)
	if err != nil || asker.State() != plaza.LoginActive {
		return err
	}
	person, err := tx.Person(ctx, asker.Person)
	if err != nil {
		return err
	}
	if err := a.notify(ctx, tx, kind, c.ProfileName, c.Profile, asker); err != nil {
		return err
	}
	return a.post(ctx, tx, plaza.MailConsentAnswered, asker.Profile, to(person, asker.Name), letter{
		subject: plaza.T("mail.consent_answered.subject", "Profile", c.ProfileName, "State", c.Answer.Text()),
		lines:   []plaza.Text{plaza.T("mail.consent_answered.body", "Profile", c.ProfileName, "State", c.Answer.Text(), "Date", c.Until)},
		button:  plaza.T("mail.consent_answered.button"), path: "/partners/" + c.Profile + "/login-as",
		from: actor.ProfileName,
	})
}

// ConsentAsked returns the consent that a link from a mail answers. Kinds:
// NotFound.
func (g *Gate) ConsentAsked(ctx context.Context, link string) (c plaza.Consent, err error) {
	err = g.app.db.Read(ctx, func(tx *store.Tx) error {
		c, _, err = tx.ConsentLink(ctx, secret.HashToken(link))
		if err == nil && c.State(g.app.now()) != plaza.ConsentOpen {
			err = plaza.Errorf(plaza.NotFound, "error.not_found")
		}
		return err
	})
	return c, err
}

// AnswerConsent uses the link up and answers, in the name of the owner that it
// was sent to. Kinds: NotFound.
func (g *Gate) AnswerConsent(ctx context.Context, link string, grant, once bool, from plaza.Origin) error {
	return g.app.db.Tx(ctx, func(tx *store.Tx) error {
		c, owner, err := tx.ConsentLink(ctx, secret.HashToken(link))
		if err == nil {
			err = tx.HoldLogin(ctx, owner.ID)
		}
		if err == nil {
			c, owner, err = tx.ConsentLink(ctx, secret.HashToken(link)) // as it is now
		}
		if err == nil && c.State(g.app.now()) != plaza.ConsentOpen {
			err = plaza.Errorf(plaza.NotFound, "error.not_found")
		}
		if err != nil {
			return err
		}
		actor := plaza.Actor{Login: owner.ID, Person: owner.Person, Name: owner.Name, Profile: owner.Profile, ProfileName: owner.ProfileName, From: from}
		v := plaza.ConsentRefuse
		if grant {
			v = plaza.ConsentGrant
		}
		return g.app.entail(ctx, tx, actor, plaza.AuditEvent{Verb: v}, func(tx *store.Tx, e *plaza.AuditEvent) error {
			e.Changed("by", "", "link") // nobody signed in for this
			return g.app.settle(ctx, tx, c, v, e, func(tx *store.Tx, c *plaza.Consent) error {
				if grant {
					return g.app.grant(ctx, tx, actor, c, once)
				}
				return g.app.refuse(ctx, tx, actor, c)
			})
		})
	})
}
