package app

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

// tokenDigests is the purpose for which the tokens of programs are digested.
const tokenDigests = "api token"

// Tokens returns the tokens of the actor's profile: all of them to owners and
// administrators, to others those that stand for them. Everybody with the dashboard may.
// Kinds: Invalid.
func (a *App) Tokens(ctx context.Context, actor plaza.Actor, p plaza.Page) (list plaza.List[plaza.Token], err error) {
	err = a.see(ctx, actor, plaza.TokenRead, "", func(tx *store.Tx) error {
		list, err = tx.Tokens(ctx, actor.Scope(), actor.Profile, ownTokens(actor), p)
		return err
	})
	return list, err
}

// ownTokens returns whose tokens alone are actor's business; empty: everybody's in the
// profile are.
func ownTokens(actor plaza.Actor) string {
	if actor.Can(plaza.TokenShare) {
		return ""
	}
	return actor.Login
}

// Token returns one of them. The same people may. Kinds: NotFound.
func (a *App) Token(ctx context.Context, actor plaza.Actor, id string) (t plaza.Token, err error) {
	err = a.see(ctx, actor, plaza.TokenRead, id, func(tx *store.Tx) error {
		t, err = token(ctx, tx, actor, id)
		return err
	})
	return t, err
}

func token(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string) (plaza.Token, error) {
	t, err := tx.Token(ctx, actor.Scope(), id)
	own := ownTokens(actor)
	if err == nil && (t.Profile != actor.Profile || own != "" && t.Login != own) {
		return plaza.Token{}, plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	return t, err
}

// hinted is how many of the last characters of a token are kept to tell it from others.
const hinted = 4

// CreateToken makes a token that stands for the actor, and returns it with its secret,
// which is not kept. Everybody with the dashboard may, for what they may do themselves;
// one that is the profile's, its owners and administrators. Kinds: Invalid, NotFound for a
// profile that is not below theirs.
func (a *App) CreateToken(ctx context.Context, actor plaza.Actor, in plaza.NewToken) (t plaza.Token, bearer string, err error) {
	event := plaza.AuditEvent{Verb: plaza.TokenCreate}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if in.Shared {
			if err := actor.May(plaza.TokenShare); err != nil {
				return err
			}
		}
		in.Name = strings.TrimSpace(in.Name)
		if in.Root == "" {
			in.Root = actor.Profile
		}
		may := plaza.TokenVerbs(actor.Kind, actor.Role, in.Root != actor.Profile)
		if err := in.Validate(a.now(), may); err != nil {
			return err
		}
		root, err := tx.Profile(ctx, actor.Scope(), in.Root)
		if err != nil {
			return err
		}
		living, err := tx.LivingTokens(ctx, actor.Login, a.now())
		if err == nil && living >= plaza.MostTokens {
			err = plaza.Errorf(plaza.Conflict, "token.too_many", "Max", plaza.MostTokens)
		}
		if err != nil {
			return err
		}
		bearer = secret.APIToken()
		t = plaza.Token{
			ID: newID(), Profile: actor.Profile, ProfileName: actor.ProfileName, Login: actor.Login, LoginName: actor.Name, Shared: in.Shared,
			Name: in.Name, Hint: bearer[len(bearer)-hinted:], Root: root.ID, RootName: root.Name, Verbs: slices.Compact(slices.Sorted(slices.Values(in.Verbs))),
			Created: a.now(), Expires: exact(in.Expires), LoginState: plaza.LoginActive, Version: 1,
		}
		e.About(t.Profile, "token", t.ID, t.Name)
		e.Changed("verbs", "", listed(t.Verbs))
		e.Changed("reach", "", root.Name)
		e.Changed("expires", "", date(t.Expires))
		e.Changed("shared", yes(false), yes(t.Shared))
		if err := tx.InsertToken(ctx, t, a.box.Digest(tokenDigests, bearer)); err != nil {
			return err
		}
		return a.tellTokenMade(ctx, tx, actor, t)
	})
	return t, bearer, err
}

// listed returns verbs as one text.
func listed(verbs []plaza.Verb) string {
	all := make([]string, len(verbs))
	for i, v := range verbs {
		all[i] = string(v)
	}
	return strings.Join(all, ", ")
}

// tellTokenMade mails whoever a token stands for, and of one that is the profile's its
// owners and administrators: who made it may not have been who they seemed.
func (a *App) tellTokenMade(ctx context.Context, tx *store.Tx, actor plaza.Actor, t plaza.Token) error {
	told := []plaza.Login{{ID: actor.Login, Person: actor.Person, Name: actor.Name}}
	if t.Shared {
		office, err := tx.LoginsWithRole(ctx, t.Profile, plaza.Owner, plaza.Administrator)
		if err != nil {
			return err
		}
		told = append(told, slices.DeleteFunc(office, func(l plaza.Login) bool { return l.ID == actor.Login })...)
	}
	for _, l := range told {
		person, err := tx.Person(ctx, l.Person)
		if err != nil {
			return err
		}
		err = a.post(ctx, tx, plaza.MailTokenMade, actor.Profile, to(person, l.Name), letter{
			subject: plaza.T("mail.token_made.subject", "Name", t.Name),
			lines: []plaza.Text{
				plaza.T("mail.token_made.body", "Name", t.Name, "Profile", t.ProfileName, "Login", t.LoginName, "Date", t.Expires), plaza.T("mail.token_made.not_you"),
			},
			button: plaza.T("mail.token_made.button"), path: "/tokens/" + t.ID,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// AdoptToken has a token that is the profile's stand for the actor from now on, who may do
// everything that it is for, and returns its new secret: whoever knows the old one is not to
// come in under another name. Owners and administrators may. Kinds: NotFound, Forbidden,
// Conflict, Stale.
func (a *App) AdoptToken(ctx context.Context, actor plaza.Actor, id string, version int) (bearer string, err error) {
	err = a.setToken(ctx, actor, plaza.TokenAdopt, id, version, func(tx *store.Tx, t *plaza.Token, e *plaza.AuditEvent) error {
		if !t.Shared || t.Login == actor.Login {
			return plaza.Errorf(plaza.Conflict, "token.not_to_adopt")
		}
		may := plaza.TokenVerbs(actor.Kind, actor.Role, t.Root != actor.Profile)
		for _, v := range t.Verbs {
			if !slices.Contains(may, v) {
				return plaza.Errorf(plaza.Conflict, "token.adopt_verb", "Verb", string(v))
			}
		}
		e.Changed("login", t.LoginName, actor.Name)
		bearer = secret.APIToken()
		t.Login, t.Hint = actor.Login, bearer[len(bearer)-hinted:]
		return tx.AdoptToken(ctx, actor.Scope(), *t, a.box.Digest(tokenDigests, bearer))
	})
	return bearer, err
}

// RevokeToken ends a token for good, from now on. Everybody with the dashboard may, one
// that stands for them; owners and administrators every one of their profile. Kinds:
// NotFound, Conflict, Stale.
func (a *App) RevokeToken(ctx context.Context, actor plaza.Actor, id string, version int) error {
	return a.setToken(ctx, actor, plaza.TokenRevoke, id, version, func(tx *store.Tx, t *plaza.Token, e *plaza.AuditEvent) error {
		before := t.State(a.now())
		t.Revoked = a.now()
		e.Changed("state", string(before), string(t.State(a.now())))
		return tx.RevokeToken(ctx, actor.Scope(), *t)
	})
}

// setToken changes a token that was not revoked.
func (a *App) setToken(ctx context.Context, actor plaza.Actor, v plaza.Verb, id string, version int, change func(*store.Tx, *plaza.Token, *plaza.AuditEvent) error) error {
	event := plaza.AuditEvent{Verb: v, ObjectKind: "token", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		t, err := token(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		e.About(t.Profile, "token", t.ID, t.Name)
		if !t.Revoked.IsZero() {
			return plaza.Errorf(plaza.Conflict, "token.revoked_already")
		}
		t.Version = version
		return change(tx, &t, e)
	})
}

// Bearer returns the program that brings a token. Kinds: Unauthenticated, which says why
// to who brings one that there was.
func (g *Gate) Bearer(ctx context.Context, bearer string, from plaza.Origin) (actor plaza.Actor, err error) {
	if !secret.IsAPIToken(bearer) {
		return actor, plaza.Errorf(plaza.Unauthenticated, "token.unknown")
	}
	now := g.app.now()
	var b store.Bearer
	err = g.app.db.Read(ctx, func(tx *store.Tx) error {
		b, err = tx.BearerByDigest(ctx, g.app.box.Digest(tokenDigests, bearer))
		return err
	})
	switch {
	case err != nil && plaza.KindOf(err) == plaza.NotFound:
		return actor, plaza.Errorf(plaza.Unauthenticated, "token.unknown")
	case err != nil:
		return actor, err
	}
	if state := b.State(now); state != plaza.TokenActive {
		refusal := plaza.Errorf(plaza.Unauthenticated, "token.is_"+string(state))
		return actor, cmp.Or[error](g.noteToken(ctx, b, from, refusal), refusal)
	}
	err = g.noteToken(ctx, b, from, nil)
	return plaza.Actor{
		Login: b.Login, Person: b.Person.ID, Name: b.LoginName, Profile: b.Profile, ProfileName: b.ProfileName, Kind: b.Kind, Role: b.Role,
		Language: b.Person.Language, TimeZone: b.Person.TimeZone, Pass: b.Pass(), From: from,
	}, err
}

// noteToken notes that a token was used, once a minute, and that it was refused if it was:
// somebody may have found it who is not to have it.
func (g *Gate) noteToken(ctx context.Context, b store.Bearer, from plaza.Origin, refusal error) error {
	now := g.app.now()
	if now.Sub(b.Used) < seeEvery {
		return nil
	}
	return g.app.db.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.SeeToken(ctx, b.ID, harmlessOrigin(from).Address, now); err != nil || refusal == nil {
			return err
		}
		event := plaza.AuditEvent{Verb: plaza.SessionSignIn, Result: plaza.Refused, Refusal: plaza.KindOf(refusal)}
		event.About(b.Profile, "token", b.ID, b.Name)
		return g.app.record(ctx, tx, plaza.Actor{Login: b.Login, Person: b.Person.ID, Profile: b.Profile, Pass: b.Pass(), From: from}, event)
	})
}

// tokenStands is stands for a program.
func tokenStands(ctx context.Context, tx *store.Tx, actor plaza.Actor, now time.Time) error {
	t, role, err := tx.TokenStands(ctx, actor.Pass.Token)
	switch {
	case err != nil && plaza.KindOf(err) == plaza.NotFound, err == nil && t.State(now) != plaza.TokenActive:
		return plaza.Errorf(plaza.Unauthenticated, "error.unauthenticated")
	case err != nil:
		return err
	case t.Login != actor.Login, role != actor.Role:
		return plaza.Errorf(plaza.Forbidden, "error.meanwhile")
	}
	return nil
}
