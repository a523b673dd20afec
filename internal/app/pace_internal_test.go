package app

import (
	"testing"
	"time"
)

func TestTheMoreAgentsTheSeldomerTheyBeat(t *testing.T) {
	t.Parallel()
	var p pace
	for agents, want := range map[int]time.Duration{
		0: time.Minute, 1_000_000: time.Minute, 1_200_000: time.Minute, 2_400_000: 2 * time.Minute, 10_000_000: 500 * time.Second,
	} {
		if p.set(agents); p.nextIn(time.Hour) != want {
			t.Errorf("%d agents beat every %s, want %s", agents, p.nextIn(time.Hour), want)
		}
	}
	for deadline, want := range map[time.Duration]time.Duration{ // with as many as there were last, or few
		60 * time.Second: 30 * time.Second, 90 * time.Second: time.Minute, 5 * time.Minute: 270 * time.Second, time.Second: 10 * time.Second,
	} {
		p.set(10_000_000)
		if got := p.nextIn(deadline); got != want {
			t.Errorf("of many, who is dead after %s beats every %s, want %s", deadline, got, want)
		}
		p.set(1)
		if got := p.nextIn(deadline); got != min(want, time.Minute) {
			t.Errorf("of few, who is dead after %s beats every %s", deadline, got)
		}
	}
}
