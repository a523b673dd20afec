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
	longest       = 20 * time.Second // that any of it may take: a database that hangs must not keep the others waiting for ever
	complainEvery = 10 * time.Second // how often it is said that something still fails
)

// fleet is what is done every second: by an [app.Fleet].
type fleet interface {
	Now() time.Time
	Flush(ctx context.Context) (int, error)
	Follow(ctx context.Context) error
}

// Fleet writes every second what ConnectAgents said, and looks for what other nodes
// changed, until ctx ends: then it writes once more. So ctx must end after the last
// agent was answered.
func Fleet(ctx context.Context, f *app.Fleet, log *slog.Logger) { runFleet(ctx, f, log) }

func runFleet(ctx context.Context, f fleet, log *slog.Logger) {
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
		if err := inTime(ctx, func(ctx context.Context) error { _, err := f.Flush(ctx); return err }); err != nil && ctx.Err() == nil && unwritten.due(f.Now()) {
			log.ErrorContext(ctx, "heartbeats wait to be written", slog.Any("error", err))
		}
		if err := inTime(ctx, f.Follow); err != nil && ctx.Err() == nil && unseen.due(f.Now()) {
			log.ErrorContext(ctx, "could not see what other nodes changed", slog.Any("error", err))
		}
	}
}

// inTime does what must not take longer than the longest.
func inTime(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	return do(ctx)
}

// sweepEvery is how often what is over is ended.
const sweepEvery = time.Minute

// Sweep ends until ctx ends what will not be heard of again.
func Sweep(ctx context.Context, f *app.Fleet, log *slog.Logger) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if err := inTime(ctx, f.Sweep); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "could not end what is silent for good", slog.Any("error", err))
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
