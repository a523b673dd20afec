package app

import (
	"sync/atomic"
	"time"

	"github.com/connectplaza/plaza"
)

// pace is how often agents are wanted to send a heartbeat: once a minute, unless
// there are more of them than a node can answer in one. The zero pace is the usual
// one.
type pace struct{ next atomic.Int64 }

// heartbeatsASecond is how many a node is meant to answer at most: about half of
// what two cores can, so that a dashboard is quick beside it.
const heartbeatsASecond = 20_000

// set notes how many agents a node knows of.
func (p *pace) set(agents int) {
	p.next.Store(int64(time.Duration(agents) * time.Second / heartbeatsASecond))
}

// nextIn returns in how long the next heartbeat is wanted. Agents add some jitter of
// their own, which spreads those that came back all at once.
func (p *pace) nextIn() time.Duration {
	return max(plaza.HeartbeatInterval, time.Duration(p.next.Load())).Truncate(time.Second)
}
