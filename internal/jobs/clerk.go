package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// clerkEvery is how often it looks whether another node left a batch undone.
const clerkEvery = 5 * time.Second

// Work does, until ctx ends, what batches have to do: at once when told over batched,
// and what another node left undone within seconds. Meanwhile it renews the licenses
// that renew by themselves.
func Work(ctx context.Context, a *app.App, batched <-chan struct{}, log *slog.Logger) {
	tick := time.NewTicker(clerkEvery)
	defer tick.Stop()
	for {
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
		select {
		case <-batched:
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
