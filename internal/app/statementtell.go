package app

import (
	"context"
	"errors"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

const (
	// statementsToldSince is the setting that says from which month on people are told:
	// what was before Plaza did is no news.
	statementsToldSince = "statements_told_since"

	toldAtOnce   = 100            // profiles in one transaction
	earliestZone = 14 * time.Hour // before UTC, a month begins somewhere
)

func everyBilled() plaza.Scope {
	return plaza.Everyone("each profile is told of its own statement")
}

// TellStatements tells the owners and administrators of each profile that used something
// when the statement of a month is complete, where the profile is billed: once, also
// with several nodes. Only the clerk may.
func (a *App) TellStatements(ctx context.Context, actor plaza.Actor) error {
	if err := a.may(ctx, actor, plaza.NoticeTell); err != nil {
		return err
	}
	last := plaza.MonthOf(a.now().UTC().Add(earliestZone)).Add(-1) // that may be over somewhere
	first, err := a.toldSince(ctx, last)
	if err != nil || last.Before(first) {
		return err
	}
	var failed error
	for after := ""; ; {
		var some []plaza.Profile
		err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
			some, err = tx.UntoldOfStatement(ctx, everyBilled(), last, after, toldAtOnce)
			return err
		})
		for _, p := range some {
			err = errors.Join(err, a.db.Tx(ctx, func(tx *store.Tx) error { return a.tellStatement(ctx, tx, p, first) }))
		}
		if failed = errors.Join(failed, err); len(some) < toldAtOnce || ctx.Err() != nil {
			return failed
		}
		after = some[len(some)-1].ID
	}
}

// toldSince returns from which month on people are told: the one after last, if nobody was
// told of any yet.
func (a *App) toldSince(ctx context.Context, last plaza.Month) (first plaza.Month, err error) {
	err = a.db.Tx(ctx, func(tx *store.Tx) error {
		text, err := tx.Setting(ctx, statementsToldSince)
		if err != nil {
			return err
		}
		var ok bool
		if first, ok = plaza.ParseMonth(text); ok {
			return nil
		}
		first = last.Add(1)
		return tx.PutSetting(ctx, statementsToldSince, first.String())
	})
	return first, err
}

// tellStatement tells those of p that its statement of the last month is complete, if that
// is over for it, not before first, and nobody was told yet.
func (a *App) tellStatement(ctx context.Context, tx *store.Tx, p plaza.Profile, first plaza.Month) error {
	terms, err := a.billing(ctx, tx, everyBilled(), p)
	if err != nil {
		return err
	}
	made, running, err := a.span(p, terms[len(terms)-1])
	if err != nil {
		return err
	}
	over := running.Add(-1)
	if over.Before(first) || over.Before(made) {
		return nil
	}
	if told, err := tx.TellOfStatement(ctx, everyBilled(), p.ID, over); err != nil || !told {
		return err
	}
	people, err := tx.LoginsWithRole(ctx, p.ID, plaza.Owner, plaza.Administrator)
	if err != nil {
		return err
	}
	path := "/statements/" + p.ID + "/" + over.String()
	if err := a.notify(ctx, tx, plaza.NoticeStatement, over.String(), p.ID, people...); err != nil {
		return err
	}
	l := letter{
		subject: plaza.T("mail.statement.subject", "Profile", p.Name, "Month", over),
		lines:   []plaza.Text{plaza.T("mail.statement.body", "Profile", p.Name, "Month", over)},
		button:  plaza.T("mail.statement.button"), path: path,
	}
	for _, one := range people {
		if err := a.mailPerson(ctx, tx, plaza.TopicStatements, plaza.MailStatement, one, l); err != nil {
			return err
		}
	}
	return nil
}
