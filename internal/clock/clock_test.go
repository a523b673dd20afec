package clock_test

import (
	"sync"
	"testing"
	"time"

	"github.com/connectplaza/plaza/internal/clock"
)

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

func TestFixedStandsStill(t *testing.T) {
	t.Parallel()
	now := clock.Fixed(noon())
	if got := now(); !got.Equal(noon()) || !now().Equal(got) {
		t.Errorf("got %v, want %v twice", got, noon())
	}
}

func TestManualMovesOnlyWhenTold(t *testing.T) {
	t.Parallel()
	m := clock.NewManual(noon())
	var now clock.Func = m.Now
	if got := now(); !got.Equal(noon()) {
		t.Errorf("new: got %v, want %v", got, noon())
	}
	if got, want := m.Advance(time.Hour), noon().Add(time.Hour); !got.Equal(want) || !now().Equal(want) {
		t.Errorf("advanced: got %v, now %v, want %v", got, now(), want)
	}
	m.Set(noon().Add(-time.Hour))
	if got, want := now(), noon().Add(-time.Hour); !got.Equal(want) {
		t.Errorf("set back: got %v, want %v", got, want)
	}
}

func TestManualLosesNoStepUnderConcurrency(t *testing.T) {
	t.Parallel()
	m := clock.NewManual(noon())
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			m.Advance(time.Second)
			m.Now()
		})
	}
	wg.Wait()
	if got, want := m.Now(), noon().Add(100*time.Second); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
