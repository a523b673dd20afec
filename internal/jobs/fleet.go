package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/connectplaza/plaza/internal/app"
)

const (
	flushEvery    = time.Second // so long what agents said is in memory only
	flushAtLast   = 10 * time.Second
	complainEvery = 10 * time.Second // how often it is said that something still fails
)

// Fleet writes every second what ConnectAgents said, and looks for what other nodes
// changed, until ctx ends: then it writes once more. So ctx must end after the last
// agent was answered.
func Fleet(ctx context.Context, f *app.Fleet, log *slog.Logger) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	var unwritten, unseen complaint
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushAtLast)
			defer cancel()
			if _, err := f.Flush(last); err != nil {
				log.ErrorContext(last, "the last heartbeats were not written", slog.Any("error", err))
			}
			return
		}
		if _, err := f.Flush(ctx); err != nil && ctx.Err() == nil && unwritten.due(f.Now()) {
			log.ErrorContext(ctx, "heartbeats wait to be written", slog.Any("error", err))
		}
		if err := f.Follow(ctx); err != nil && ctx.Err() == nil && unseen.due(f.Now()) {
			log.ErrorContext(ctx, "could not see what other nodes changed", slog.Any("error", err))
		}
	}
}

// Warm reads every license before its agent comes, once. It ends early with ctx; what
// it could not read is read when somebody asks.
func Warm(ctx context.Context, f *app.Fleet, log *slog.Logger) {
	n, err := f.Warm(ctx)
	switch {
	case err == nil:
		log.InfoContext(ctx, "licenses of agents are in memory", slog.Int("licenses", n))
	case ctx.Err() == nil:
		log.ErrorContext(ctx, "not all licenses of agents could be read beforehand", slog.Int("licenses", n), slog.Any("error", err))
	}
}

// complaint is about what goes wrong every second, but is not said every second.
type complaint struct{ last time.Time }

func (c *complaint) due(now time.Time) bool {
	if now.Sub(c.last) < complainEvery {
		return false
	}
	c.last = now
	return true
}
