package connectagent

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// statistics counts what the agents of a simulation do. Many use it at once.
type statistics struct {
	mu      sync.Mutex
	agents  int
	working int // with the server
	offline int
	beats   int
	errors  int
	took    []time.Duration // the beats since the last line
}

// beat counts a heartbeat.
func (s *statistics) beat(took time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beats++
	if err != nil {
		s.errors++
	}
	s.took = append(s.took, took)
}

// changed counts an agent that stands differently.
func (s *statistics) changed(was, is standing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for by, st := range map[int]standing{-1: was, 1: is} {
		switch {
		case st.Works && st.Offline:
			s.offline += by
		case st.Works:
			s.working += by
		}
	}
}

// line says how it is going.
func (s *statistics) line() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.Sort(s.took)
	line := fmt.Sprintf("agents %d  working %d  offline %d  stopped %d  beats %d  errors %d  p50 %s  p99 %s", s.agents, s.working, s.offline,
		s.agents-s.working-s.offline, s.beats, s.errors, percentile(s.took, 50), percentile(s.took, 99))
	s.took = s.took[:0]
	return line
}

// percentile returns below which p of a hundred lie.
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)-1)*p/100].Round(10 * time.Microsecond)
}
