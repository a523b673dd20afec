package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// ExpiryRules returns how many days before their end people are told of licenses of each
// kind that the actor's own profile and those below hold. Owners and administrators of
// resellers and the vendor may.
func (a *App) ExpiryRules(ctx context.Context, actor plaza.Actor) (all []plaza.ExpiryRule, err error) {
	err = a.see(ctx, actor, plaza.ExpirySet, "", func(tx *store.Tx) error {
		all, err = expiryRules(ctx, tx, actor.Profile)
		return err
	})
	return all, err
}

// expiryRules returns what holds for a profile, of each kind of license.
func expiryRules(ctx context.Context, tx *store.Tx, profile string) (all []plaza.ExpiryRule, err error) {
	said, err := tx.ExpiryRules(ctx, profile)
	for _, kind := range plaza.LicenseKinds() {
		rule, ok := said[kind]
		if !ok {
			rule = plaza.ExpiryRule{Kind: kind, Steps: plaza.DefaultExpirySteps()}
		}
		all = append(all, rule)
	}
	return all, err
}

// SetExpiryRules says how many days before their end people are told of licenses of each
// kind. Of a kind whose rule is not its own, what a profile above says holds from now on.
// The same people may, for their own profile and all below it. Kinds: Invalid.
func (a *App) SetExpiryRules(ctx context.Context, actor plaza.Actor, rules []plaza.ExpiryRule) error {
	event := plaza.AuditEvent{Verb: plaza.ExpirySet}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if err := plaza.CheckExpiryRules(rules); err != nil {
			return err
		}
		before, err := expiryRules(ctx, tx, actor.Profile)
		if err != nil {
			return err
		}
		e.About(actor.Profile, "profile", actor.Profile, actor.ProfileName)
		for _, rule := range rules {
			if rule.Own {
				err = tx.SetExpiryRule(ctx, actor.Profile, rule)
			} else {
				err = tx.DropExpiryRule(ctx, actor.Profile, rule.Kind)
			}
			if err != nil {
				return err
			}
		}
		after, err := expiryRules(ctx, tx, actor.Profile)
		for i := range before {
			e.Changed("steps_"+string(before[i].Kind), before[i].Steps.String(), after[i].Steps.String())
		}
		return err
	})
}

// mailPerson mails l to the person of a login, if they want to be mailed about a topic at
// once.
func (a *App) mailPerson(ctx context.Context, tx *store.Tx, topic plaza.MailTopic, kind plaza.MailKind, login plaza.Login, l letter) error {
	choices, err := tx.MailChoices(ctx, login.Person)
	if c, ok := choices[topic]; err != nil || ok && c != plaza.MailAtOnce {
		return err
	}
	person, err := tx.Person(ctx, login.Person)
	if err != nil {
		return err
	}
	return a.post(ctx, tx, kind, login.Profile, to(person, login.Name), l)
}

// MailChoices returns when the person behind the actor wants to be mailed about which
// topic. Everybody with the dashboard may.
func (a *App) MailChoices(ctx context.Context, actor plaza.Actor) (all map[plaza.MailTopic]plaza.MailChoice, err error) {
	err = a.see(ctx, actor, plaza.AccountRead, "", func(tx *store.Tx) error {
		all, err = mailChoices(ctx, tx, actor.Person)
		return err
	})
	return all, err
}

func mailChoices(ctx context.Context, tx *store.Tx, person string) (map[plaza.MailTopic]plaza.MailChoice, error) {
	all, err := tx.MailChoices(ctx, person)
	for _, topic := range plaza.MailTopics() {
		if all[topic] == "" {
			all[topic] = plaza.MailAtOnce
		}
	}
	return all, err
}

// ChooseMails says when the person behind the actor wants to be mailed about which topic,
// in all their profiles. Everybody with the dashboard may. Kinds: Invalid.
func (a *App) ChooseMails(ctx context.Context, actor plaza.Actor, choices map[plaza.MailTopic]plaza.MailChoice) error {
	event := plaza.AuditEvent{Verb: plaza.AccountMails}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if err := plaza.CheckMailChoices(choices); err != nil {
			return err
		}
		before, err := mailChoices(ctx, tx, actor.Person)
		if err != nil {
			return err
		}
		e.About(actor.Profile, "person", actor.Person, actor.Name)
		for _, topic := range plaza.MailTopics() {
			choice, ok := choices[topic]
			if !ok {
				continue
			}
			e.Changed("mail_"+string(topic), string(before[topic]), string(choice))
			if err := tx.SetMailChoice(ctx, actor.Person, topic, choice); err != nil {
				return err
			}
		}
		return nil
	})
}

const (
	digestHour    = 6 // of the installation's day; from then on
	digestsAtOnce = 100
	digestReaches = 7 * 24 * time.Hour // back from it, at most: what is older is no news
	linesOfDigest = 50
)

func everyDigest() plaza.Scope {
	return plaza.Everyone("each gets the notices of their own login")
}

// SendDigests mails those who want one mail a day what they should know since the last.
// Each notice is sent once, also with several nodes, and whatever they chose meanwhile,
// unless that is to get no mails. Only the clerk may.
func (a *App) SendDigests(ctx context.Context, actor plaza.Actor) error {
	if err := a.may(ctx, actor, plaza.NoticeTell); err != nil {
		return err
	}
	now := a.now().In(a.zoneOf(plaza.Actor{}))
	since := time.Date(now.Year(), now.Month(), now.Day(), digestHour, 0, 0, 0, now.Location())
	if since.After(now) {
		since = since.AddDate(0, 0, -1)
	}
	var failed error
	for after := ""; ; {
		var due []plaza.Login
		err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
			due, err = tx.DueDigests(ctx, everyDigest(), after, since.Add(-digestReaches), since, digestsAtOnce)
			return err
		})
		for _, login := range due {
			err = errors.Join(err, a.db.Tx(ctx, func(tx *store.Tx) error { return a.sendDigest(ctx, tx, login, since.Add(-digestReaches)) }))
		}
		if failed = errors.Join(failed, err); len(due) < digestsAtOnce || ctx.Err() != nil {
			return failed
		}
		after = due[len(due)-1].ID
	}
}

// sendDigest mails one login what is owed to it from a time on, and was not read.
func (a *App) sendDigest(ctx context.Context, tx *store.Tx, login plaza.Login, from time.Time) error {
	notices, err := tx.TakeOwed(ctx, everyDigest(), login.ID)
	if err != nil {
		return err
	}
	choices, err := tx.MailChoices(ctx, login.Person)
	if err != nil {
		return err
	}
	notices = slices.DeleteFunc(notices, func(n plaza.Notice) bool {
		topic, ok := n.Kind.Topic()
		return !ok || choices[topic] == plaza.MailOff || !n.Read.IsZero() || n.At.Before(from)
	})
	if len(notices) == 0 {
		return nil
	}
	l := letter{
		button: plaza.T("mail.digest.button"), path: "/notices",
		subject: plaza.T("mail.digest.subject", "Count", len(notices), "Profile", login.ProfileName),
	}
	for _, n := range notices[:min(len(notices), linesOfDigest)] {
		l.lines = append(l.lines, n.Kind.Text(n.About))
	}
	if more := len(notices) - linesOfDigest; more > 0 {
		l.lines = append(l.lines, plaza.T("mail.digest.more", "Count", more))
	}
	person, err := tx.Person(ctx, login.Person)
	if err != nil {
		return err
	}
	return a.post(ctx, tx, plaza.MailDigest, login.Profile, to(person, login.Name), l)
}
