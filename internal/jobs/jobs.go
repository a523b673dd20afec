// Package jobs does what nobody is waiting for: it delivers mail, works on
// batches and renews what renews by itself, watches the ConnectAgents, tidies up, and
// seals the audit log.
//
// It calls app under the names of [plaza.Postman], [plaza.Clerk], [plaza.Janitor] and
// [plaza.Sealer], and knows no database. What it does may be done by several instances
// at once, and is taken up by another one if this one dies.
package jobs

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/mail"
)

// Sender hands a message to a mail server. A [*mail.PermanentError] means that
// another try is of no use.
type Sender interface {
	Send(ctx context.Context, m mail.Message) error
}

// tidyEvery is how often what can never be used again is deleted.
const tidyEvery = time.Hour

// Run delivers mails through sender, at once when told over mailed and otherwise
// every few seconds, and tidies up every hour. It returns when ctx has ended and
// nothing is under way any more. Without a sender mails stay in the outbox.
func Run(ctx context.Context, a *app.App, sender Sender, mailed <-chan struct{}, log *slog.Logger) {
	var work sync.WaitGroup
	if sender != nil {
		work.Go(func() { (&postman{app: a, sender: sender, log: log}).run(ctx, mailed) })
	}
	work.Go(func() { janitor(ctx, a, log) })
	work.Wait()
}

// janitor tidies up until ctx ends.
func janitor(ctx context.Context, a *app.App, log *slog.Logger) {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		if err := a.Tidy(ctx, plaza.Janitor); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "could not tidy up", slog.Any("error", err))
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
