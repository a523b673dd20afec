// Package heartbeat holds the last second of heartbeats: memory is the truth about
// when something was last heard of, and what changed is written in one batch.
//
// It knows neither what is heard of nor where it is written.
package heartbeat

import (
	"context"
	"hash/maphash"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/connectplaza/plaza"
)

// Book holds the pulses that a node knows. It may be used by several goroutines at
// once. Make one with [NewBook].
type Book struct {
	seed   maphash.Seed
	round  atomic.Uint32 // counts [Book.Prune]
	shards [shards]shard
}

// marks is how many marks there are. Two books seldom have the same one, and if
// they do a clone or a lost answer can be taken for the other.
const marks = 1 << 20

// highest is from where on a generation that somebody names counts as this one. Nobody
// is told so many: above it there is room for all that may be, within MostGeneration.
const highest = MostGeneration / 2

// MostGeneration is the highest generation there can be: what some readers of JSON
// can tell from the next one.
const MostGeneration = 1 << 53

const shards = 64 // so that requests seldom wait for each other

type shard struct {
	mark  int64 // ends every generation that this book tells
	mu    sync.Mutex
	all   map[string]*Pulse
	dirty []*Pulse
}

// NewBook returns an empty book.
func NewBook() *Book {
	b, mark := &Book{seed: maphash.MakeSeed()}, rand.Int64N(marks) //nolint:gosec // it only tells books apart
	for i := range b.shards {
		b.shards[i].all, b.shards[i].mark = map[string]*Pulse{}, mark
	}
	return b
}

// Pulse is when one thing was last heard of.
type Pulse struct {
	id    string
	shard *shard

	mu         sync.Mutex
	at         int64  // microseconds since 1970; 0: never
	generation int64  // that was told last; 0: none
	said       int64  // that the sender had been told of, as it last said
	boot       uint64 // of the process that beat last; 0: it did not say
	before     uint64 // of the one that beat before that
	goodbye    bool
	dirty      bool
	kept       atomic.Uint32 // the last round in which somebody wanted it
}

// Learn returns the pulse with p's ID, which knows at least what p says.
func (b *Book) Learn(p plaza.Pulse) *Pulse {
	s := &b.shards[maphash.String(b.seed, p.ID)%shards]
	s.mu.Lock()
	known := s.all[p.ID]
	if known == nil {
		known = &Pulse{id: p.ID, shard: s, said: -1}
		s.all[p.ID] = known
	}
	known.kept.Store(b.round.Load())
	s.mu.Unlock()

	known.mu.Lock()
	defer known.mu.Unlock()
	switch at := micros(p.At); {
	case at > known.at:
		known.at, known.goodbye = at, p.Goodbye
	case at == known.at:
		known.goodbye = known.goodbye || p.Goodbye
	}
	known.generation = max(known.generation, p.Generation)
	return known
}

// Find returns the pulse with an ID; nil if it is not known here.
func (b *Book) Find(id string) *Pulse {
	s := &b.shards[maphash.String(b.seed, id)%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all[id]
}

// Forget lets go of what will not be heard of again.
func (b *Book) Forget(id string) {
	s := &b.shards[maphash.String(b.seed, id)%shards]
	s.mu.Lock()
	delete(s.all, id)
	s.mu.Unlock()
}

// Prune lets go of what is neither needed, nor was asked for since the last time but
// one, nor waits to be written, and returns how many these were. Who asks for one of
// them again learns it from where it was written.
func (b *Book) Prune(needed iter.Seq[*Pulse]) (n int) {
	round := b.round.Add(1)
	for p := range needed {
		p.kept.Store(round)
	}
	for i := range b.shards {
		s := &b.shards[i]
		s.mu.Lock()
		for id, p := range s.all {
			if p.kept.Load()+1 < round && p.written() {
				delete(s.all, id)
				n++
			}
		}
		s.mu.Unlock()
	}
	return n
}

func (p *Pulse) written() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.dirty
}

// Beat is a heartbeat.
type Beat struct {
	At         time.Time
	Generation int64  // that the sender was told last; below 0: it does not say
	Boot       string // made up by the sender's process when it started; empty: it does not say
	Goodbye    bool   // it is about to stop
}

// Heard is what became of a heartbeat.
type Heard struct {
	At         time.Time
	Generation int64 // that the sender is told
	Cloned     bool  // it was not the same process that sent the one before
}

// Beat notes a heartbeat. Time never goes back.
//
// Each heartbeat that says of which generation its sender was told last has a newer
// one, which its answer tells; one that does not say is told the present one. A
// sender names what it was told last, or what it named before if that answer was
// lost. Who names another generation that was told here is a second process: the
// first has been heard since. So is one whose process was there before the last
// that beat: a process that was started anew never comes back.
func (p *Pulse) Beat(b Beat) Heard {
	p.mu.Lock()
	cloned := p.next(b.Generation)
	if b.Boot != "" {
		if boot := maphash.String(bootSeed, b.Boot); boot != p.boot {
			cloned = cloned || boot == p.before
			p.before, p.boot = p.boot, boot
		}
	}
	p.at, p.goodbye = max(p.at, micros(b.At)), b.Goodbye
	heard := Heard{At: fromMicros(p.at), Generation: p.generation, Cloned: cloned}
	was := p.dirty
	p.dirty = true
	p.mu.Unlock()

	if !was {
		p.shard.mu.Lock()
		p.shard.dirty = append(p.shard.dirty, p)
		p.shard.mu.Unlock()
	}
	return heard
}

// next begins the generation that follows the named one, and reports whether that
// one is known to belong to another process. Of what another node told this one
// knows nothing.
func (p *Pulse) next(named int64) (cloned bool) {
	if named < 0 && p.generation > 0 && p.generation%marks == p.shard.mark {
		return false
	}
	cloned = named > 0 && named < p.generation && named != p.said && named%marks == p.shard.mark
	p.said = named
	p.generation = (max(p.generation, min(named, highest))/marks+1)*marks + p.shard.mark
	return cloned
}

var bootSeed = maphash.MakeSeed() //nolint:gochecknoglobals // a constant of the process

// Last returns what is known.
func (p *Pulse) Last() plaza.Pulse {
	p.mu.Lock()
	defer p.mu.Unlock()
	return plaza.Pulse{ID: p.id, At: fromMicros(p.at), Goodbye: p.goodbye, Generation: p.generation}
}

// Flush hands everything heard since the last time to write, sorted by ID. If that
// fails, the next Flush hands it over again.
func (b *Book) Flush(ctx context.Context, write func(context.Context, []plaza.Pulse) error) (n int, err error) {
	var dirty []*Pulse
	for i := range b.shards {
		s := &b.shards[i]
		s.mu.Lock()
		dirty, s.dirty = append(dirty, s.dirty...), nil
		s.mu.Unlock()
	}
	if len(dirty) == 0 {
		return 0, nil
	}
	all := make([]plaza.Pulse, len(dirty))
	for i, p := range dirty {
		p.mu.Lock()
		p.dirty = false
		all[i] = plaza.Pulse{ID: p.id, At: fromMicros(p.at), Goodbye: p.goodbye, Generation: p.generation}
		p.mu.Unlock()
	}
	slices.SortFunc(all, func(a, b plaza.Pulse) int { return strings.Compare(a.ID, b.ID) })
	all = united(all)
	if err := write(ctx, all); err != nil {
		b.again(dirty)
		return 0, err
	}
	return len(all), nil
}

// united returns all, which are sorted, with one pulse of each ID: what was forgotten
// and learned again within a second was heard of as two things.
func united(all []plaza.Pulse) []plaza.Pulse {
	out := all[:0]
	for _, p := range all {
		if len(out) == 0 || out[len(out)-1].ID != p.ID {
			out = append(out, p)
			continue
		}
		last := &out[len(out)-1]
		switch {
		case p.At.After(last.At):
			last.At, last.Goodbye = p.At, p.Goodbye
		case p.At.Equal(last.At):
			last.Goodbye = last.Goodbye || p.Goodbye
		}
		last.Generation = max(last.Generation, p.Generation)
	}
	return out
}

func (b *Book) again(dirty []*Pulse) {
	for _, p := range dirty {
		p.mu.Lock()
		was := p.dirty
		p.dirty = true
		p.mu.Unlock()
		if !was {
			p.shard.mu.Lock()
			p.shard.dirty = append(p.shard.dirty, p)
			p.shard.mu.Unlock()
		}
	}
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(at int64) time.Time {
	if at == 0 {
		return time.Time{}
	}
	return time.UnixMicro(at).UTC()
}
