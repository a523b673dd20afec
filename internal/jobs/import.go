package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// Import does, until ctx ends, what imports have to do: at once when told over imported, and
// what another node left undone within seconds. It is apart from other work, which a long
// file would keep waiting.
func Import(ctx context.Context, a *app.App, imported <-chan struct{}, log *slog.Logger) {
	tick := time.NewTicker(clerkEvery)
	defer tick.Stop()
	for {
		worked, err := a.WorkOnImport(ctx, plaza.Clerk)
		if err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "could not work on an import", slog.Any("error", err))
		}
		if worked && err == nil && ctx.Err() == nil {
			continue
		}
		select {
		case <-imported:
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
