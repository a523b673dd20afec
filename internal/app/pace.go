package app

import (
	"sync/atomic"
	"time"

	"github.com/connectplaza/plaza"
)

// pace is how often agents are wanted to send a heartbeat: once a minute, unless
// there are more of them than a node can answer in one, or one would be dead by then.
// The zero pace is the usual one.
type pace struct{ next atomic.Int64 }

// heartbeatsASecond is how many a node is meant to answer at most: about half of
// what two cores can, so that a dashboard is quick beside it.
const heartbeatsASecond = 20_000

// set notes how many agents a node knows of.
func (p *pace) set(agents int) {
	p.next.Store(int64(time.Duration(agents) * time.Second / heartbeatsASecond))
}

// What is left of a deadline when the next heartbeat is wanted, and how soon that is
// at least.
const (
	heartbeatSpare  = 30 * time.Second
	leastHeartbeats = 10 * time.Second
)

// nextIn returns in how long the next heartbeat is wanted of who is dead after being
// silent until deadline: in time for that. Agents add some jitter of their own, which
// spreads those that came back all at once.
func (p *pace) nextIn(deadline time.Duration) time.Duration {
	wanted := max(plaza.HeartbeatInterval, time.Duration(p.next.Load()))
	return min(wanted, max(deadline-heartbeatSpare, leastHeartbeats)).Truncate(time.Second)
}
