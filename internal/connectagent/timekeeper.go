package connectagent

import (
	"time"

	"github.com/connectplaza/plaza/internal/clock"
)

// clockTolerance is how far the clock of a machine may lie behind the latest time
// that is known to have been.
const clockTolerance = 24 * time.Hour

// timekeeper tells an agent the time in such a way that setting back the clock of
// the machine gains nothing: its time never goes back, except to what the server
// has just said.
type timekeeper struct {
	wall    clock.Func           // what the machine says; anybody may set it
	elapsed func() time.Duration // since the process began; nobody can set it
	mark    time.Time            // the latest time that is known to have been
	at      time.Duration        // when mark was, by elapsed
}

// now returns the time: the machine's, but never before the mark plus what has
// passed since.
func (k *timekeeper) now() time.Time {
	k.seen(k.wall())
	return k.mark
}

// seen moves the mark to t, unless it is beyond already.
func (k *timekeeper) seen(t time.Time) {
	at := k.elapsed()
	k.mark, k.at = k.mark.Add(at-k.at), at
	if t.After(k.mark) {
		k.mark = t.Round(0).UTC()
	}
}

// fresh sets the mark to t, which the server has said just now, or in a file that is
// new here: then even a mark that a clock which was fast for a while has left comes
// right.
func (k *timekeeper) fresh(t time.Time) { k.mark, k.at = t, k.elapsed() }

// setBack reports whether the machine's clock lies too far behind.
func (k *timekeeper) setBack() bool {
	k.seen(time.Time{})
	return k.wall().Before(k.mark.Add(-clockTolerance))
}
