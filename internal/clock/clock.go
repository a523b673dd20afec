// Package clock tells the time, or pretends to.
//
// Whatever depends on the time takes a [Func], so that a test can be at any
// moment without waiting for it. The package knows nothing of what the time is
// used for.
package clock

import (
	"sync"
	"time"
)

// Func returns the current time. Pass [time.Now] outside tests.
type Func func() time.Time

// Fixed returns a clock stopped at t.
func Fixed(t time.Time) Func { return func() time.Time { return t } }

// Manual is a clock that moves only when it is told to, also backwards. Its
// method Now is a [Func]. It may be used by several goroutines at once.
type Manual struct {
	mu     sync.Mutex
	t      time.Time
	ran    time.Duration
	looked func()
}

// NewManual returns a clock that stands at t.
func NewManual(t time.Time) *Manual { return &Manual{t: t} }

// Now returns the time the clock stands at.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	looked := m.looked
	m.mu.Unlock()
	if looked != nil {
		looked()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.t
}

// OnLook has f called whenever somebody asks for the time, before they are told: so a test
// is in the midst of what takes long. Nil ends that.
func (m *Manual) OnLook(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.looked = f
}

// Steady returns by how much time has gone on: Set does not change it.
func (m *Manual) Steady() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ran
}

// Set puts the clock to t.
func (m *Manual) Set(t time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.t = t
}

// Advance moves the clock by d and returns the time it then stands at.
func (m *Manual) Advance(d time.Duration) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.t, m.ran = m.t.Add(d), m.ran+d
	return m.t
}
