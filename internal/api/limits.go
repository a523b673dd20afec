package api

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/connectplaza/plaza"
)

// Pace is how many requests one token may send, or one login by its sessions.
type Pace struct {
	Each  time.Duration // one for each of these, in the long run
	Burst int           // at once
}

// DefaultPace is enough to read ten thousand things a minute, page by page.
var DefaultPace = Pace{Each: 10 * time.Millisecond, Burst: 200} //nolint:gochecknoglobals // a constant

// limits counts the requests of each token and of each login, on this node: nobody's takes from anybody
// else's.
type limits struct {
	pace Pace

	mu  sync.Mutex
	all map[string]*rate.Limiter
}

func newLimits(p Pace) *limits {
	if p.Burst == 0 {
		p = DefaultPace
	}
	return &limits{pace: p, all: map[string]*rate.Limiter{}}
}

// perProfile is how many times as much as one token all of a profile may send: nobody has
// more by making more of them.
const perProfile = 5

// mostLimits is how many tokens are counted at once. Those that have sent nothing for so
// long that nothing would be taken from them are forgotten.
const mostLimits = 10_000

// of returns the limiter of a token, or of a profile, which may send so many times as much.
func (l *limits) of(id string, now time.Time, times int) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if one, ok := l.all[id]; ok {
		return one
	}
	if len(l.all) >= mostLimits {
		for id, one := range l.all {
			if one.TokensAt(now) >= float64(one.Burst()) {
				delete(l.all, id)
			}
		}
	}
	one := rate.NewLimiter(rate.Limit(times)*rate.Every(l.pace.Each), times*l.pace.Burst)
	l.all[id] = one
	return one
}

// take takes one request from what the actor may send, and says in h how many are left and
// when all of them will be there again (RateLimit fields for HTTP, draft 10). Kinds:
// Limited.
func (l *limits) take(h http.Header, actor plaza.Actor, now time.Time) error {
	who := actor.Home() // whoever acts in other profiles sends no more
	each, policy := who.Login, "login"
	if actor.Pass != nil {
		each, policy = actor.Pass.Token, "token"
	}
	one := l.of(each, now, 1)
	all := l.of(who.Profile, now, perProfile)
	ok := one.AllowN(now, 1) && all.AllowN(now, 1)
	left := one.TokensAt(now)
	full := time.Duration((float64(l.pace.Burst) - left) * float64(l.pace.Each))
	h.Set("RateLimit-Policy", fmt.Sprintf(`"%s";q=%d;w=%d`, policy, l.pace.Burst, seconds(time.Duration(l.pace.Burst)*l.pace.Each)))
	h.Set("RateLimit", fmt.Sprintf(`"%s";r=%d;t=%d`, policy, max(int(left), 0), seconds(full)))
	if ok {
		return nil
	}
	wait := time.Duration((1 - min(left, all.TokensAt(now))) * float64(l.pace.Each))
	return &plaza.Error{Kind: plaza.Limited, Msg: plaza.T("api.limited", "Most", l.pace.Burst), Wait: max(wait, time.Second), Most: l.pace.Burst}
}

// seconds returns d in whole seconds, at least 1.
func seconds(d time.Duration) int { return max(int((d+time.Second-1)/time.Second), 1) }
