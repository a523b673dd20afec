// Package agentapi is the ConnectAgents' door: version 1 of the license protocol
// that docs call the agent API, on lean net/http.
//
// It reads requests, asks [app.Fleet], and writes documents. It decides nothing
// about licenses. Every answer that leaves it is signed, whatever went wrong.
package agentapi

import (
	"cmp"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Config is what the door needs.
type Config struct {
	Fleet   fleet
	Log     *slog.Logger
	MaxBody int64         // bytes of a request; 0: 256 KiB
	Work    time.Duration // after which a request is given up; 0: 15 s
	AtOnce  int           // requests, without heartbeats, that are worked on at the same time; 0: 16
	Queue   int           // of them that wait; 0: 1,000
	Wait    time.Duration // after which one that waits is sent away; 0: 5 s
	InQuery bool          // a credential may stand in the address; addresses end up in logs
}

const (
	maxBody     = 256 << 10
	workTimeout = 15 * time.Second
	atOnce      = 16 // fewer than a database lets in: the dashboard needs some
	queue       = 1000
	queueWait   = 5 * time.Second
)

// Handler returns the door. It must get requests as they came: with the host, the
// path and the query that the client asked for. No [http.ServeMux] may see them
// before: that answers an unclean path with a redirect, which is not signed.
func Handler(c Config) http.Handler {
	if c.MaxBody == 0 {
		c.MaxBody = maxBody
	}
	if c.Work == 0 {
		c.Work = workTimeout
	}
	a := &api{Config: c, tree: grow(routes()), crowd: newCrowd(cmp.Or(c.AtOnce, atOnce), cmp.Or(c.Queue, queue), cmp.Or(c.Wait, queueWait))}
	a.pool.New = func() any { return &exchange{api: a} }
	return a
}

// api is the door.
type api struct {
	Config

	tree  *branch
	crowd *crowd
	pool  sync.Pool // of *exchange
	date  atomic.Pointer[second]
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e, _ := a.pool.Get().(*exchange)
	e.begin(r)
	e.answer(r.Context())
	e.send(w)
	e.end()
	a.pool.Put(e)
}

// second is a second of the clock, as the header Date writes it.
type second struct {
	unix int64
	text string
}

// dateOf returns the header Date for now, which most requests share.
func (a *api) dateOf(now time.Time) string {
	unix := now.Unix()
	if s := a.date.Load(); s != nil && s.unix == unix {
		return s.text
	}
	s := &second{unix, now.UTC().Format(http.TimeFormat)}
	a.date.Store(s)
	return s.text
}
