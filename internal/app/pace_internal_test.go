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
		if p.set(agents); p.nextIn() != want {
			t.Errorf("%d agents beat every %s, want %s", agents, p.nextIn(), want)
		}
	}
}
