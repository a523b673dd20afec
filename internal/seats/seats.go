// Package seats bounds how many do something at the same time, and each of them.
package seats

import "sync"

// Seats are as many as do something at the same time.
type Seats struct {
	most, each int

	mu    sync.Mutex
	taken map[string]int
	all   int
}

// New returns so many seats, of which each has no more than some.
func New(most, each int) *Seats { return &Seats{most: most, each: each, taken: map[string]int{}} }

// Take takes a seat for somebody until it is given back, and reports whether there was one.
func (s *Seats) Take(who string) (free func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all >= s.most || s.taken[who] >= s.each {
		return nil, false
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
	}, true
}
