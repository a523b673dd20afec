package connectagent

import (
	"context"
	"log/slog"
	"time"
)

// standing is whether the work of an agent may go on, and why not.
type standing struct {
	Works   bool
	Offline bool   // it works on its machine file: the server cannot be reached
	Unasked bool   // it works on its machine file: the server has not been asked yet
	Why     string // it does not work, as a sentence
}

// offlineAfter is how many requests in a row must fail until an agent says that it
// is offline.
const offlineAfter = 3

// online reports whether the server's last word counts as its present one.
func (a *agent) online() bool {
	return a.contact && max(a.beats.fails, a.checks.fails) < offlineAfter
}

// standing returns how a stands now.
func (a *agent) standing() standing {
	online, now := a.online(), a.time.now()
	switch {
	case !online && a.broken:
		return standing{Why: whyBroken}
	case !online && a.time.setBack():
		return standing{Why: whyClock}
	case a.state.Code == "":
		return standing{Why: a.unasked()}
	case !a.state.Valid:
		return standing{Why: reason(a.state.Code)}
	case online:
		return standing{Works: true}
	}
	if until, why := a.until(); !until.IsZero() && !now.Before(until) {
		return standing{Why: why}
	} else if until.IsZero() && why != "" {
		return standing{Why: why}
	}
	return standing{Works: true, Offline: true, Unasked: !a.contact && a.beats.fails == 0 && a.checks.fails == 0}
}

// unasked says why nothing is known of the license.
func (a *agent) unasked() string {
	if when := a.state.Deactivated; !when.IsZero() {
		return "This machine was deactivated on " + inUTC(when) + ". To go on, start connectagent run, or the service: that takes a seat again. Without a network, see connectagent bundle --help."
	}
	return whyStarting
}

// until returns when the work has to stop if the server is not reached before, and
// why it will. It returns zero and a reason if it has to stop at once, and zero and
// none if it never has to.
func (a *agent) until() (until time.Time, why string) {
	if a.grant == nil {
		return until, whyNoFile
	}
	sooner := func(t time.Time, reason string) {
		if !t.IsZero() && (until.IsZero() || t.Before(until)) {
			until, why = t, reason
		}
	}
	sooner(a.grant.Expiry, whyFileOver)
	sooner(a.grant.Expires, whyExpired)
	if !a.state.ByHand {
		sooner(a.state.LastSuccess.Add(a.config.grace()), whyGrace)
	}
	return until, why
}

// settle says in the log how a stands, if that has changed, and keeps what it knows.
func (a *agent) settle(ctx context.Context) {
	now := a.standing()
	if now != a.stands || !a.said {
		if a.changed != nil {
			a.changed(a.stands, now)
		}
		a.stands, a.said = now, true
		a.announce(ctx, now)
	}
	if err := a.keep(); err != nil && !a.unkept {
		a.unkept = true
		a.log.ErrorContext(ctx, "the state cannot be kept", slog.Any("error", err))
	} else if err == nil {
		a.unkept = false
	}
}

func (a *agent) announce(ctx context.Context, s standing) {
	until, _ := a.until()
	switch {
	case s.Why == a.unasked():
		a.log.InfoContext(ctx, "not activated yet; the server is asked")
	case !s.Works:
		a.log.WarnContext(ctx, "stopped", slog.String("reason", s.Why), slog.String("code", a.state.Code), slog.String("detail", a.state.Detail))
	case s.Unasked:
		a.log.InfoContext(ctx, "working on the machine file; the server is asked in a moment", slog.String("until", inUTC(until)))
	case s.Offline:
		a.log.WarnContext(ctx, "working offline", slog.String("until", inUTC(until)))
	default:
		a.log.InfoContext(ctx, "working", slog.String("machine", a.state.Machine), slog.String("code", a.state.Code), slog.String("detail", a.state.Detail))
	}
}

// inUTC returns t as people read it.
func inUTC(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}
