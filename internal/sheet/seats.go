package sheet

import (
	"sync"
	"time"

	"github.com/connectplaza/plaza"
)

// How many files are made at once at the same time, each of which is in memory: on this node,
// and for one person.
const (
	seatsOfAll = 4
	seatsOfOne = 2
)

// busyFor is when somebody who found no seat may try again.
const busyFor = 5 * time.Second

// seats bounds how many do something at the same time, and each of them.
type seats struct {
	most, each int

	mu    *sync.Mutex
	taken map[string]int
	all   int
}

func newSeats(most, each int) seats {
	return seats{most: most, each: each, mu: new(sync.Mutex), taken: map[string]int{}}
}

// take takes a seat for somebody until it is given back. Kinds: Limited.
func (s *seats) take(who string) (free func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all >= s.most || s.taken[who] >= s.each {
		busy := plaza.Errorf(plaza.Limited, "export.busy")
		busy.Wait = busyFor
		return nil, busy
	}
	s.all++
	s.taken[who]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.all--
		if s.taken[who]--; s.taken[who] == 0 {
			delete(s.taken, who)
		}
	}, nil
}
