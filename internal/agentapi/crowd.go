package agentapi

import (
	"context"
	"sync/atomic"
	"time"
)

// crowd keeps so many requests at work that a dashboard beside them is quick: others
// wait, for a while and not too many of them, and the rest is sent away before it has
// cost anything.
type crowd struct {
	inside  chan struct{}
	waiting chan struct{}
	wait    time.Duration
	told    atomic.Int64 // Unix second in which it was last logged that somebody was sent away
}

func newCrowd(inside, waiting int, wait time.Duration) *crowd {
	return &crowd{inside: make(chan struct{}, inside), waiting: make(chan struct{}, waiting), wait: wait}
}

// enter lets a request in, and reports whether it did. Who was let in must leave.
func (c *crowd) enter(ctx context.Context) bool {
	select {
	case c.inside <- struct{}{}:
		return true
	default:
	}
	select {
	case c.waiting <- struct{}{}:
		defer func() { <-c.waiting }()
	default:
		return false
	}
	after := time.NewTimer(c.wait)
	defer after.Stop()
	select {
	case c.inside <- struct{}{}:
		return true
	case <-after.C:
	case <-ctx.Done():
	}
	return false
}

func (c *crowd) leave() { <-c.inside }

// enter lets the request be worked on, unless there are too many. Heartbeats always
// are, since what sends them may not live with a refusal: they touch memory only, or
// wait for their turn to read.
func (e *exchange) enter(ctx context.Context) error {
	const soon, once = 10 * time.Second, 60
	if e.route.beats || e.inside {
		return nil
	}
	if e.inside = e.api.crowd.enter(ctx); e.inside {
		return nil
	}
	if now, last := e.now.Unix(), e.api.crowd.told.Load(); now-last >= once && e.api.crowd.told.CompareAndSwap(last, now) {
		e.api.Log.WarnContext(ctx, "agent requests are sent away: there are too many at once")
	}
	return unavailable(soon)
}

// leave lets another one be worked on.
func (e *exchange) leave() {
	if e.inside {
		e.inside = false
		e.api.crowd.leave()
	}
}
