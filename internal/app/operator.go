package app

import (
	"context"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

// operated is what the operator reaches: who has the database has it all.
func operated() plaza.Scope { return plaza.Everyone("the operator has the database") }

// EveryProfile returns all profiles, by name, closed ones too. Only [plaza.Operator] may.
func (a *App) EveryProfile(ctx context.Context, actor plaza.Actor) (all []plaza.Profile, err error) {
	err = a.see(ctx, actor, plaza.OperatorRead, "", func(tx *store.Tx) error {
		all, err = everything(func(p plaza.Page) (plaza.List[plaza.Profile], error) {
			return tx.Profiles(ctx, operated(), plaza.ProfileFilter{States: plaza.ProfileStates()}, p)
		})
		return err
	})
	return all, err
}

// EveryLogin returns all logins of which a part of the name or of the address is text, by
// name. Only [plaza.Operator] may.
func (a *App) EveryLogin(ctx context.Context, actor plaza.Actor, text string) (all []plaza.Login, err error) {
	err = a.see(ctx, actor, plaza.OperatorRead, "", func(tx *store.Tx) error {
		all, err = everything(func(p plaza.Page) (plaza.List[plaza.Login], error) {
			return tx.Logins(ctx, operated(), plaza.LoginFilter{Text: text}, p)
		})
		return err
	})
	return all, err
}

// everything reads all pages of a list.
func everything[T any](read func(plaza.Page) (plaza.List[T], error)) (all []T, err error) {
	for p := (plaza.Page{Size: plaza.MaxPageSize}); ; {
		list, err := read(p)
		if err != nil {
			return nil, err
		}
		all = append(all, list.Rows...)
		if list.Next == "" {
			return all, nil
		}
		p.After = list.Next
	}
}

// ResetLink returns the path of the page where somebody chooses a new password, within
// [plaza.PasswordResetValid]: for those whom no mail reaches. Only [plaza.Operator] may.
// Kinds: NotFound, also if no login of theirs may come in.
func (a *App) ResetLink(ctx context.Context, actor plaza.Actor, email string) (path string, err error) {
	err = a.do(ctx, actor, plaza.AuditEvent{Verb: plaza.PasswordLink}, func(tx *store.Tx, e *plaza.AuditEvent) error {
		person, err := concern(ctx, tx, e, email)
		if err != nil {
			return err
		}
		usable, err := tx.PersonLogins(ctx, person.ID)
		if err == nil && len(usable) == 0 {
			err = plaza.Errorf(plaza.NotFound, "error.not_found")
		}
		if err != nil {
			return err
		}
		token := secret.Token()
		path = "/reset-password/" + token
		return tx.InsertPasswordReset(ctx, secret.HashToken(token), person.ID, a.now().Add(plaza.PasswordResetValid))
	})
	return path, err
}

// EndSessions ends every browser session of a person, and what they do by Login as. Only
// [plaza.Operator] may. Kinds: NotFound.
func (a *App) EndSessions(ctx context.Context, actor plaza.Actor, email string) error {
	return a.do(ctx, actor, plaza.AuditEvent{Verb: plaza.SessionEnd}, func(tx *store.Tx, e *plaza.AuditEvent) error {
		person, err := concern(ctx, tx, e, email)
		if err != nil {
			return err
		}
		if err := tx.HoldLoginsOf(ctx, person.ID); err != nil { // whoever comes in meanwhile is found, and put out
			return err
		}
		if err := tx.DropBrowsersOf(ctx, person.ID); err != nil {
			return err
		}
		return a.endSessions(ctx, tx, person.ID, "")
	})
}

// ResetFactors takes from whoever has an address every factor, recovery code and remembered
// browser, and ends their sessions: for who has lost them all. They learn it by mail. Only
// the operator may. Kinds: NotFound.
func (a *App) ResetFactors(ctx context.Context, actor plaza.Actor, email string) error {
	return a.do(ctx, actor, plaza.AuditEvent{Verb: plaza.FactorReset}, func(tx *store.Tx, e *plaza.AuditEvent) error {
		person, err := concern(ctx, tx, e, email)
		if err != nil {
			return err
		}
		if err := tx.HoldLoginsOf(ctx, person.ID); err != nil {
			return err
		}
		all, err := tx.Factors(ctx, person.ID)
		if err != nil {
			return err
		}
		for _, f := range all {
			if err := tx.DeleteFactor(ctx, person.ID, f.ID); err != nil {
				return err
			}
		}
		e.Changed("factors", number(len(all)), number(0))
		if err := tx.PutRecoveryCodes(ctx, person.ID, nil); err != nil {
			return err
		}
		if err := tx.DropBrowsersOf(ctx, person.ID); err != nil {
			return err
		}
		if err := a.endSessions(ctx, tx, person.ID, ""); err != nil {
			return err
		}
		return a.tellFactor(ctx, tx, person, e.Profile, plaza.T("mail.factor.reset"))
	})
}

// concern finds who has an address, and makes e about them: in the log of the first profile
// that they have a login of, whether or not it may come in.
func concern(ctx context.Context, tx *store.Tx, e *plaza.AuditEvent, email string) (plaza.Person, error) {
	person, err := tx.PersonByEmail(ctx, email)
	if err != nil {
		return person, err
	}
	logins, err := everything(func(p plaza.Page) (plaza.List[plaza.Login], error) {
		return tx.Logins(ctx, operated(), plaza.LoginFilter{Text: person.Email}, p)
	})
	if err != nil {
		return person, err
	}
	for _, l := range logins {
		if l.Person == person.ID {
			e.About(l.Profile, "person", person.ID, person.Name)
			return person, nil
		}
	}
	return person, plaza.Errorf(plaza.NotFound, "error.not_found")
}
