package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/clock"
)

const (
	watchEvery = 5 * time.Second
	watchShare = 10 // of the time at most one part is spent on it, however many agents there are
)

// Watch looks until ctx ends which ConnectAgents fell silent, or are back. What was
// silent before it began may only have been unable to reach it.
func Watch(ctx context.Context, a *app.App, now clock.Func, log *slog.Logger) {
	since := now()
	for {
		began := now()
		if err := a.WatchAgents(ctx, plaza.Janitor, since); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "could not watch the ConnectAgents", slog.Any("error", err))
		}
		again := time.NewTimer(max(watchEvery, watchShare*now().Sub(began)))
		select {
		case <-again.C:
		case <-ctx.Done():
			again.Stop()
			return
		}
	}
}
