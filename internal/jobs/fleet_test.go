package jobs

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"
)

// stuck is a node whose database takes what is written to it, and never answers.
type stuck struct{ followed chan struct{} }

func (stuck) Now() time.Time { return time.Now() } //nolint:forbidigo // the clock of synctest

func (stuck) Flush(ctx context.Context) (int, error) {
	<-ctx.Done()
	return 0, ctx.Err()
}

func (s stuck) Follow(ctx context.Context) error {
	select {
	case s.followed <- struct{}{}:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// TestWhoCannotWriteStillFollows: otherwise what is suspended elsewhere goes on here.
func TestWhoCannotWriteStillFollows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		node, began, ended := stuck{make(chan struct{})}, time.Now(), make(chan struct{}) //nolint:forbidigo // the same
		go func() {
			defer close(ended)
			runFleet(ctx, node, slog.New(slog.DiscardHandler))
		}()
		select {
		case <-node.followed:
			if d := time.Since(began); d > flushEvery+longest {
				t.Errorf("it followed after %v", d)
			}
		case <-time.After(time.Hour):
			t.Error("it does not follow")
		}
		cancel()
		<-ended
	})
}
