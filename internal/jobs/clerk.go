package jobs

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// clerkEvery is how often it looks whether another node left a batch undone.
const (
	clerkEvery = 5 * time.Second
	tellRounds = 120 // of these until it looks again whom to tell something: ten minutes
)

// Work does, until ctx ends, what batches have to do: at once when told over batched,
// and what another node left undone within seconds. Meanwhile it renews the licenses
// that renew by themselves, tells before others and tokens end and when a statement is complete, and
// mails once a day what is not mailed at once.
func Work(ctx context.Context, a *app.App, batched <-chan struct{}, log *slog.Logger) {
	tick := time.NewTicker(clerkEvery)
	defer tick.Stop()
	for round := 0; ; {
		worked, err := a.WorkOnBatch(ctx, plaza.Clerk)
		if err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "could not work on a batch", slog.Any("error", err))
		}
		if worked && err == nil && ctx.Err() == nil {
			continue
		}
		if err := a.RenewDue(ctx, plaza.Clerk); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "could not renew what renews by itself", slog.Any("error", err))
		}
		if round%tellRounds == 0 {
			if err := errors.Join(a.TellEnds(ctx, plaza.Clerk), a.TellPassedEnds(ctx, plaza.Clerk), a.TellTokens(ctx, plaza.Clerk), a.TellStatements(ctx, plaza.Clerk), a.SendDigests(ctx, plaza.Clerk)); err != nil && ctx.Err() == nil {
				log.ErrorContext(ctx, "could not tell what somebody should know", slog.Any("error", err))
			}
		}
		select {
		case <-batched:
		case <-tick.C:
			round++
		case <-ctx.Done():
			return
		}
	}
}
