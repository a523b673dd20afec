package agentapi

import (
	"context"
	"sync"
	"time"
)

// patience is a request's context, which ends after a time. Unlike that of
// [context.WithTimeout] it starts a clock only once somebody waits for it, which
// a heartbeat never does.
type patience struct {
	context.Context

	after  time.Duration
	once   sync.Once
	inner  context.Context
	cancel context.CancelFunc
}

func (p *patience) start() context.Context {
	p.once.Do(func() { p.inner, p.cancel = context.WithTimeout(p.Context, p.after) })
	return p.inner
}

// end lets go of the clock, if there is one.
func (p *patience) end() {
	p.once.Do(func() { p.inner, p.cancel = p.Context, func() {} })
	p.cancel()
}

// Deadline is as of [context.Context].
func (p *patience) Deadline() (time.Time, bool) { return p.start().Deadline() }

// Done is as of [context.Context].
func (p *patience) Done() <-chan struct{} { return p.start().Done() }

// Err is as of [context.Context].
func (p *patience) Err() error { return p.start().Err() }
