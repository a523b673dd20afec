package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// exporterEvery is how often it looks whether another node left a file undone.
const exporterEvery = 5 * time.Second

// Export makes, until ctx ends, the files that people wait for, with write: at once when
// told over exported, and what another node left undone within minutes. It deletes those
// that nobody can download any more.
func Export(ctx context.Context, a *app.App, write app.ExportWriter, exported <-chan struct{}, log *slog.Logger) {
	tick := time.NewTicker(exporterEvery)
	defer tick.Stop()
	for {
		worked, err := a.WorkOnExport(ctx, plaza.Clerk, write)
		if err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "could not make an export", slog.Any("error", err))
		}
		if worked && err == nil && ctx.Err() == nil {
			continue
		}
		select {
		case <-exported:
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
