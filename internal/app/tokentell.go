package app

import (
	"context"
	"errors"
	"slices"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

const expiringAtOnce = 200 // tokens that are looked at, and told of, together

func everyExpiring() plaza.Scope {
	return plaza.Everyone("whoever answers for a token is told that it expires")
}

// TellTokens tells whoever answers for a token that expires, when a step before that is
// reached: its login of one that is personal, owners and administrators of one that is the
// profile's. Each step is told once, also with several nodes, and none that was reached when
// the token was made. Nothing waits for it. Only the clerk may.
func (a *App) TellTokens(ctx context.Context, actor plaza.Actor) error {
	if err := a.may(ctx, actor, plaza.NoticeTell); err != nil {
		return err
	}
	now := a.now()
	until := now.AddDate(0, 0, slices.Max(plaza.TokenSteps())+1)
	var failed error
	for last := (store.ExpiringToken{}); ; {
		var some []store.ExpiringToken
		err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
			some, err = tx.ExpiringTokens(ctx, everyExpiring(), last, now, until, expiringAtOnce)
			return err
		})
		if due := slices.DeleteFunc(slices.Clone(some), func(k store.ExpiringToken) bool { return a.tokenStep(k) == 0 }); err == nil && len(due) > 0 {
			err = a.db.Tx(ctx, func(tx *store.Tx) error { return a.tellTokens(ctx, tx, due) })
		}
		if failed = errors.Join(failed, err); len(some) < expiringAtOnce || ctx.Err() != nil {
			return failed
		}
		last = some[len(some)-1]
	}
}

// tokenStep returns the step before k expires that is to be told now; 0 if none is.
func (a *App) tokenStep(k store.ExpiringToken) int {
	steps, zone := plaza.TokenSteps(), a.zoneOf(plaza.Actor{})
	step := steps.Reached(plaza.DaysLeft(a.now(), k.Expires, zone))
	if k.Told > 0 && k.Told <= step || step == steps.Reached(plaza.DaysLeft(k.Created, k.Expires, zone)) {
		return 0
	}
	return step
}

// tellTokens tells of tokens that reached a step, unless another node did.
func (a *App) tellTokens(ctx context.Context, tx *store.Tx, due []store.ExpiringToken) error {
	told := map[string][]plaza.Token{} // by the login that is told
	var people []plaza.Login           // of whom each is there once
	for _, k := range due {
		if first, err := tx.ToldToken(ctx, everyExpiring(), k.ID, a.tokenStep(k)); err != nil || !first {
			if err != nil {
				return err
			}
			continue
		}
		answer, err := answersFor(ctx, tx, k.Token)
		if err != nil {
			return err
		}
		for _, l := range answer {
			if told[l.ID] == nil {
				people = append(people, l)
			}
			told[l.ID] = append(told[l.ID], k.Token)
		}
	}
	for _, l := range people {
		if err := a.tellTokensTo(ctx, tx, l, told[l.ID]); err != nil {
			return err
		}
	}
	return nil
}

// answersFor returns who is told what becomes of a token.
func answersFor(ctx context.Context, tx *store.Tx, t plaza.Token) ([]plaza.Login, error) {
	if t.Shared {
		return tx.LoginsWithRole(ctx, t.Profile, plaza.Owner, plaza.Administrator)
	}
	l, err := tx.Login(ctx, everyExpiring(), t.Login)
	return []plaza.Login{l}, err
}

// tellTokensTo tells one login of some tokens that expire.
func (a *App) tellTokensTo(ctx context.Context, tx *store.Tx, login plaza.Login, some []plaza.Token) error {
	notice, about, object, path := plaza.NoticeTokenExpires, some[0].Name, some[0].ID, "/tokens/"+some[0].ID
	l := letter{subject: plaza.T("mail.token_expires.subject", "Name", some[0].Name), button: plaza.T("mail.token_expires.button")}
	if len(some) > 1 {
		notice, about, object, path = plaza.NoticeTokensExpire, number(len(some)), "", "/tokens?sort=expires"
		l.subject = plaza.T("mail.token_expires.subject_many", "Count", len(some))
	}
	l.path = path
	for _, t := range some[:min(len(some), linesOfMail)] {
		l.lines = append(l.lines, plaza.T("mail.token_expires.line", "Name", t.Name, "Profile", t.ProfileName, "Login", t.LoginName, "Date", t.Expires))
	}
	if more := len(some) - linesOfMail; more > 0 {
		l.lines = append(l.lines, plaza.T("mail.ends.more", "Count", more))
	}
	l.lines = append(l.lines, plaza.T("mail.token_expires.then"))
	if err := a.notify(ctx, tx, notice, about, object, login); err != nil {
		return err
	}
	return a.mailPerson(ctx, tx, plaza.TopicTokens, plaza.MailTokenExpires, login, l)
}
