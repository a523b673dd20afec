package connectagent

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"time"
)

// agent is one ConnectAgent. It does one thing at a time, so nothing in it needs a
// lock.
type agent struct {
	config  Config
	host    host
	client  *client
	folder  folder
	secret  []byte // of the state file
	time    *timekeeper
	random  func() float64 // in [0, 1)
	log     *slog.Logger
	version string
	boot    string                              // of this process
	probe   func() health                       // how the work is doing; nil: well
	observe func(took time.Duration, err error) // of every heartbeat
	changed func(was, is standing)

	state    state
	grant    *grant // what the machine file says; nil: there is none that counts
	unfit    error  // why the machine file does not count
	broken   bool   // the state file is not to be trusted, and stays as it is
	contact  bool   // the server has been heard since the start
	beats    tries
	checks   tries
	every    time.Duration // between two heartbeats
	lastBeat time.Duration // when the last one arrived, since the start; long ago: none has
	sent     health        // last reported
	tried    health        // last tried to report
	stands   standing      // as last said
	said     bool
	kept     state // as last written down
	unkept   bool  // it could not be written down
}

// tries is when something is done next, by the time since the start, and how often
// in a row it has failed.
type tries struct {
	at    time.Duration
	fails int
	why   error // as it was last said in the log
}

const (
	minBackoff  = time.Second
	maxBackoff  = 5 * time.Minute
	tick        = 5 * time.Minute // at least so often the time is kept: what a process that is killed gains
	healthTick  = 5 * time.Second
	jitter      = 0.2
	checkBudget = 15 * time.Second // a heartbeat must not wait longer for a check
	goodbyeTime = 3 * time.Second
	restartTime = 5 * time.Second // within it an agent that works asks after a restart
)

// failed puts off the next try: exponentially, with full jitter so that agents
// which lost a server together do not return together, and as the server asks.
func (t *tries) failed(now, after time.Duration, random float64) {
	wait := min(maxBackoff, minBackoff<<min(t.fails, 10))
	t.fails++
	t.at = now + after + time.Duration(float64(wait)*random)
}

// worked plans the next time.
func (t *tries) worked(now, after time.Duration) { *t = tries{at: now + after} }

// around returns d with a jitter.
func (a *agent) around(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (1 - jitter + 2*jitter*a.random()))
}

// begin reads what a knows from before.
func (a *agent) begin() error {
	a.every = time.Duration(a.config.HeartbeatInterval) * time.Second
	a.boot = randomHex(16)
	a.lastBeat = a.time.elapsed() - 2*a.every
	s, err := loadState(a.folder, a.secret)
	switch {
	case errors.Is(err, errBroken):
		a.broken = true
	case err != nil && !errors.Is(err, errNoState):
		return err
	}
	a.state = s
	a.time.seen(s.Mark)
	if file, err := a.folder.read(machineFile); err == nil {
		a.unfit = a.take(file)
	}
	return nil
}

// take makes file the machine file, if it counts.
func (a *agent) take(file []byte) error {
	g, err := openGrant(a.client.public, file, a.config.LicenseKey, a.host.Fingerprint)
	if err != nil {
		return err
	}
	a.grant = g
	a.time.seen(g.Issued)
	return nil
}

// run works until ctx ends, and then says goodbye. It begins after a while if it is
// one of many.
func (a *agent) run(ctx context.Context, after time.Duration) error {
	a.log.InfoContext(ctx, "starting", slog.String("version", a.version), slog.String("server", a.config.Server), slog.String("fingerprint", a.host.Fingerprint))
	if a.unfit != nil {
		a.log.WarnContext(ctx, "the machine file does not count", slog.Any("error", a.unfit))
	}
	a.settle(ctx)
	a.schedule(after)
	for a.sleep(ctx) {
		a.step(ctx)
	}
	a.goodbye(context.WithoutCancel(ctx))
	return a.keep()
}

// schedule has an agent that works beat and ask within a few seconds, at random so
// that those which started together do not all come at once, and any other one at
// once. A server for which that is too much says how long it wants to be left alone.
func (a *agent) schedule(after time.Duration) {
	now := a.time.elapsed()
	if after == 0 && a.state.Machine != "" && a.stands.Works {
		after = time.Duration(float64(min(a.every, restartTime)) * a.random())
	}
	a.beats.at, a.checks.at = now+after, now+after
}

// step does what is due.
func (a *agent) step(ctx context.Context) {
	if a.state.Machine != "" && a.time.elapsed() >= a.beats.at {
		a.beat(ctx)
	}
	if a.time.elapsed() >= a.checks.at {
		a.check(ctx)
	}
	a.tell(ctx, false)
	if ctx.Err() == nil {
		a.settle(ctx)
	}
}

// sleep waits until something is due. It returns false when ctx ends.
func (a *agent) sleep(ctx context.Context) bool {
	now := a.time.elapsed()
	wait := min(a.checks.at-now, tick)
	if a.state.Machine != "" {
		wait = min(wait, a.beats.at-now)
	}
	if a.probe != nil {
		wait = min(wait, healthTick)
	}
	if until, _ := a.until(); a.stands.Offline && !until.IsZero() {
		wait = min(wait, until.Sub(a.time.now()))
	}
	timer := time.NewTimer(max(wait, 0))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return ctx.Err() == nil
	}
}

// keep writes down what a knows. It leaves a file that is not to be trusted alone:
// signed anew, it would be trusted.
func (a *agent) keep() error {
	if a.broken || a.folder == "" {
		return nil
	}
	now, was := a.time.now(), a.kept.Mark
	a.state.Mark = was
	if a.state == a.kept && now.Sub(was) < tick && !now.Before(was) {
		return nil
	}
	a.state.Mark = now
	text, err := a.state.seal(a.secret)
	if err != nil {
		return err
	}
	if err := a.folder.write(stateFile, text); err != nil {
		return err
	}
	a.kept = a.state
	return nil
}

// goodbye tells the server that the silence which follows means no harm.
func (a *agent) goodbye(ctx context.Context) {
	if a.contact && a.state.Machine != "" {
		ctx, cancel := context.WithTimeout(ctx, goodbyeTime)
		defer cancel()
		if _, err := a.client.action(ctx, a.state.Machine, "goodbye", struct{}{}, nil); err != nil {
			a.log.WarnContext(ctx, "the server was not told", slog.Any("error", err))
		}
	}
	a.log.InfoContext(ctx, "goodbye")
}

// failed notes that a request had no answer that counts, and says so once.
func (a *agent) failed(ctx context.Context, t *tries, err error) {
	after := time.Duration(0)
	if u, ok := errors.AsType[*unreachable](err); ok {
		after = u.after
	}
	t.failed(a.time.elapsed(), after, a.random())
	kind := errSilent
	for _, known := range []error{errForged, errStale} {
		if errors.Is(err, known) {
			kind = known
		}
	}
	if ctx.Err() == nil && !errors.Is(t.why, kind) {
		t.why = kind
		a.log.WarnContext(ctx, "no answer from the server that counts", slog.Any("error", err))
	}
}

// errSilent is that there was no answer at all.
var errSilent = errors.New("no answer")

// heard notes that the server has answered, be it with a refusal.
func (a *agent) heard(at time.Time) {
	a.contact = true
	if !at.IsZero() {
		a.state.ServerTime = at
		a.time.seen(at)
	}
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
