package jobs

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/mail"
)

const (
	lookEvery = 5 * time.Second  // for what another instance has put into the outbox, or is due again
	atOnce    = 4                // conversations with the mail server
	farewell  = 10 * time.Second // for conversations under way when everything ends
)

// postman delivers what is in the outbox.
type postman struct {
	app    *app.App
	sender Sender
	log    *slog.Logger
}

// run delivers until ctx ends. Conversations that are under way then may end.
func (p *postman) run(ctx context.Context, mailed <-chan struct{}) {
	sending, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(farewell, cancel) })()

	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		n, err := p.round(ctx, sending)
		if err != nil && ctx.Err() == nil {
			p.log.WarnContext(ctx, "could not look into the outbox", slog.Any("error", err))
		}
		if n > 0 {
			continue // there may be more
		}
		select {
		case <-mailed:
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// round claims what is due, sends it, and returns how many mails that were. What
// is claimed is sent even if ctx ends meanwhile; sending ends it.
func (p *postman) round(ctx, sending context.Context) (int, error) {
	due, err := p.app.ClaimMails(ctx, plaza.Postman)
	if err != nil {
		return 0, err
	}
	var all sync.WaitGroup
	turns := make(chan struct{}, atOnce)
	for _, m := range due {
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			p.deliver(sending, m)
		})
	}
	all.Wait()
	return len(due), nil
}

// deliver sends one mail and notes how that went. If it dies in between, the
// claim expires and the mail is sent once more: under the same Message-ID, by
// which its reader's program tells that it is the same.
func (p *postman) deliver(ctx context.Context, m plaza.Mail) {
	failed := p.sender.Send(ctx, mail.Message{
		To: m.To, ToName: m.ToName, Subject: m.Subject, Text: m.Text, HTML: m.HTML, ID: m.ID, Date: m.Created,
	})
	_, forGood := errors.AsType[*mail.PermanentError](failed)
	if failed != nil {
		p.log.WarnContext(ctx, "mail was not delivered", slog.String("mail", m.ID), slog.String("kind", string(m.Kind)),
			slog.Int("tries", m.Tries), slog.Bool("for_good", forGood), slog.Any("error", failed))
	}
	if err := p.app.FinishMail(ctx, plaza.Postman, m, failed, !forGood); err != nil {
		p.log.ErrorContext(ctx, "could not note what became of a mail", slog.String("mail", m.ID), slog.Any("error", err))
	}
}
