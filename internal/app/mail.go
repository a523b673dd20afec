package app

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/mail"
	"github.com/connectplaza/plaza/internal/store"
)

// recipient is whoever a mail goes to.
type recipient struct {
	address, name, language, zone string
}

// to returns p as a recipient, called as the profile calls it that writes.
func to(p plaza.Person, name string) recipient {
	return recipient{address: p.Email, name: name, language: p.Language, zone: p.TimeZone}
}

// letter is what a mail says.
type letter struct {
	subject plaza.Text
	lines   []plaza.Text
	as      string     // lines to be kept as they are; optional
	button  plaza.Text // where the letter leads; optional
	path    string     // below the public URL
	from    string     // name of the profile that writes; empty: Plaza itself
}

// post puts a mail into the outbox, on behalf of a profile. It goes out when the
// transaction has been committed.
func (a *App) post(ctx context.Context, tx *store.Tx, kind plaza.MailKind, profile string, r recipient, l letter) error {
	m, err := a.compose(kind, profile, r, l)
	if err != nil {
		return err
	}
	return a.send(ctx, tx, m)
}

// compose writes a mail on behalf of a profile.
func (a *App) compose(kind plaza.MailKind, profile string, r recipient, l letter) (plaza.Mail, error) {
	zone, err := time.LoadLocation(r.zone)
	if err != nil || r.zone == "" {
		zone = a.zone
	}
	out := mail.Letter{To: r.address, ToName: r.name, Subject: l.subject, Paragraphs: l.lines, Verbatim: l.as, Sender: cmp.Or(l.from, "Plaza")}
	if !l.button.IsZero() {
		out.Button = &mail.Button{Label: l.button, URL: a.url + l.path}
	}
	m, err := mail.Compose(a.texts.Printer(r.language, zone), out)
	if err != nil {
		return plaza.Mail{}, fmt.Errorf("compose %s: %w", kind, err)
	}
	now := a.now()
	return plaza.Mail{
		ID: newID(), Profile: profile, Kind: kind, To: m.To, ToName: m.ToName,
		Subject: m.Subject, Text: m.Text, HTML: m.HTML, Created: now, Next: now,
	}, nil
}

// send puts mails into the outbox. They go out when the transaction has been committed.
func (a *App) send(ctx context.Context, tx *store.Tx, all ...plaza.Mail) error {
	err := tx.InsertMail(ctx, all...)
	if err == nil && a.mailed != nil {
		tx.AfterCommit(a.tellPostman) // who would find nothing before
	}
	return err
}

func (a *App) tellPostman() {
	select {
	case a.mailed <- struct{}{}:
	default: // he has been told already
	}
}

// Mails returns the outbox of the actor's own profile and those below, newest
// first, without what the mails say. Owners and administrators of the vendor may.
// Kinds: Invalid.
func (a *App) Mails(ctx context.Context, actor plaza.Actor, f plaza.MailFilter, p plaza.Page) (list plaza.List[plaza.Mail], err error) {
	err = a.see(ctx, actor, plaza.MailRead, "", func(tx *store.Tx) error {
		list, err = tx.Mails(ctx, actor.Scope(), f, p)
		return err
	})
	for i := range list.Rows {
		list.Rows[i].Text, list.Rows[i].HTML = "", "" // may hold a link that opens something
	}
	return list, err
}

// RetryMail has a mail tried again that was given up. Owners and administrators
// of the vendor may. Kinds: NotFound, Conflict.
func (a *App) RetryMail(ctx context.Context, actor plaza.Actor, id string) error {
	event := plaza.AuditEvent{Verb: plaza.MailRetry, ObjectKind: "mail", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		m, err := tx.Mail(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		if m.State() != plaza.MailDead {
			return plaza.Errorf(plaza.Conflict, "mail.not_dead")
		}
		e.About(m.Profile, "mail", m.ID, m.Subject)
		m.Dead, m.Next, m.Tries = zeroTime, a.now(), 0
		return tx.SetMail(ctx, actor.Scope(), m)
	})
}

// How mails are tried: fifteen times over about three days.
const (
	mailClaim    = 5 * time.Minute // whoever claimed a mail and said nothing since has died
	mailTries    = 15
	mailFirst    = 30 * time.Second
	mailLongest  = 8 * time.Hour
	mailAtOnce   = 20
	keepLastText = 300 // bytes of what a mail server said
)

// ClaimMails returns mails that are due. Only [plaza.Postman] may; it calls
// FinishMail for each.
func (a *App) ClaimMails(ctx context.Context, actor plaza.Actor) (due []plaza.Mail, err error) {
	if err := a.may(ctx, actor, plaza.MailDeliver); err != nil {
		return nil, err
	}
	now := a.now()
	err = a.db.Tx(ctx, func(tx *store.Tx) error {
		due, err = tx.ClaimMails(ctx, everyMail(), mailAtOnce, now, now.Add(mailClaim))
		return err
	})
	return due, err
}

func everyMail() plaza.Scope { return plaza.Everyone("the postman delivers for every profile") }

// FinishMail notes how sending a claimed mail went: delivered, or failed with
// what the server said and, if again is set, to be tried again later. Only
// [plaza.Postman] may.
func (a *App) FinishMail(ctx context.Context, actor plaza.Actor, m plaza.Mail, failed error, again bool) error {
	if err := a.may(ctx, actor, plaza.MailDeliver); err != nil {
		return err
	}
	now := a.now()
	switch {
	case failed == nil:
		m.Sent, m.LastError = now, ""
		if !a.keep {
			m.Text, m.HTML = "", ""
		}
	case again && m.Tries < mailTries:
		m.LastError, m.Next = short(failed.Error()), now.Add(backOff(m.Tries))
	default:
		m.LastError, m.Dead = short(failed.Error()), now
	}
	return a.db.Tx(ctx, func(tx *store.Tx) error { return tx.SetMail(ctx, everyMail(), m) })
}

// backOff returns how long to wait after so many tries: twice as long each time,
// and not the same for all that failed together.
func backOff(tries int) time.Duration {
	d := min(mailFirst<<min(tries, 20), mailLongest)
	return d/2 + rand.N(d/2) //nolint:gosec // spreads load, keeps no secret
}

func short(s string) string {
	if len(s) > keepLastText {
		s = s[:keepLastText]
	}
	return harmlessText(s)
}
