package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Monitor returns the tiles of the actor's own profile and those below that f
// chooses, or, if since is the turn of an earlier wall that is still known, what
// changed since then. Everybody with the dashboard may.
//
// Whoever asks what changed shares what is read with all who see the same, once a
// second; a whole wall is always read anew. What changes by time alone, such as who
// is overdue, is found then, too.
func (a *App) Monitor(ctx context.Context, actor plaza.Actor, f plaza.MonitorFilter, since string) (plaza.Wall, error) {
	if err := a.may(ctx, actor, plaza.AgentRead); err != nil {
		return plaza.Wall{}, err
	}
	w := a.walls.at(wallKey{actor.Scope(), f.Profile}, a.now())
	w.mu.Lock()
	defer w.mu.Unlock()
	if now := a.now(); since == "" || now.Sub(w.read) >= wallFresh || now.Before(w.read) {
		if err := a.readWall(ctx, w, now); err != nil {
			return plaza.Wall{}, err
		}
	}
	return w.since(since, f), nil
}

const (
	wallFresh = time.Second // how long what was read is good enough for those who ask again
	wallKept  = time.Minute // after anybody last asked
)

// wallKey is what those have in common who see the same tiles.
type wallKey struct {
	scope   plaza.Scope
	profile string
}

// walls are what was read of the tiles that somebody looks at.
type walls struct {
	mu  sync.Mutex
	all map[wallKey]*wall
}

// at returns the wall of a key, and lets go of those that nobody looks at.
func (s *walls) at(key wallKey, now time.Time) *wall {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.all, func(_ wallKey, w *wall) bool { return now.Sub(w.used) > wallKept })
	w := s.all[key]
	if w == nil {
		if s.all == nil {
			s.all = map[wallKey]*wall{}
		}
		w = &wall{key: key, era: newID(), tiles: map[string]*brick{}, gone: map[string]uint64{}}
		s.all[key] = w
	}
	w.used = now
	return w
}

// wall is what is known of some tiles. Its turn counts the readings that found
// something changed; each tile has the turn in which it last did.
type wall struct {
	key  wallKey
	used time.Time // guarded by walls

	mu      sync.Mutex
	era     string // told from every other wall
	turn    uint64
	read    time.Time
	crowded bool
	tiles   map[string]*brick
	order   []*brick // by the names of profile and agent
	gone    map[string]uint64
}

// brick is a tile on a wall.
type brick struct {
	plaza.WallTile

	name, holder string // in small letters
	turn         uint64
}

// set makes b a tile that came to be so in a turn.
func (b *brick) set(t plaza.WallTile, turn uint64) {
	b.WallTile, b.turn = t, turn
	b.name, b.holder = strings.ToLower(t.Name), strings.ToLower(t.ProfileName)
}

func (a *App) readWall(ctx context.Context, w *wall, now time.Time) error {
	var tiles []plaza.Tile
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		tiles, err = tx.Tiles(ctx, w.key.scope, w.key.profile, plaza.MostTiles+1)
		return err
	})
	if err == nil {
		w.take(tiles, now)
	}
	return err
}

// take makes the wall what was read at now.
func (w *wall) take(tiles []plaza.Tile, now time.Time) {
	turn, moved := w.turn+1, false
	crowded := len(tiles) > plaza.MostTiles
	if crowded {
		tiles = nil
	}
	there := make(map[string]bool, len(tiles))
	for _, t := range tiles {
		there[t.ID] = true
		next := plaza.WallTile{Tile: t, Status: t.Status(now)}
		b := w.tiles[t.ID]
		switch {
		case b == nil:
			b = &brick{}
			b.set(next, turn)
			w.tiles[t.ID] = b
			w.order, moved = append(w.order, b), true
			delete(w.gone, t.ID)
		case b.WallTile != next:
			moved = moved || b.Name != t.Name || b.ProfileName != t.ProfileName
			b.set(next, turn)
		default:
			continue
		}
		w.turn = turn
	}
	for id := range w.tiles {
		if !there[id] {
			delete(w.tiles, id)
			w.gone[id], w.turn, moved = turn, turn, true
		}
	}
	if crowded != w.crowded {
		w.crowded, w.turn = crowded, turn
	}
	if moved {
		w.order = slices.DeleteFunc(w.order, func(b *brick) bool { return !there[b.ID] })
		slices.SortFunc(w.order, byNames)
	}
	w.read = now
}

func byNames(a, b *brick) int {
	return cmp.Or(
		strings.Compare(a.holder, b.holder), strings.Compare(a.Profile, b.Profile),
		strings.Compare(a.name, b.name), strings.Compare(a.ID, b.ID))
}

// since returns what f chooses of the wall, or what changed of it since a turn that
// is known.
func (w *wall) since(turn string, f plaza.MonitorFilter) plaza.Wall {
	out := plaza.Wall{At: w.read, Turn: w.era + "-" + strconv.FormatUint(w.turn, 10), Crowded: w.crowded}
	last, known := w.parse(turn)
	if known && last == w.turn {
		return out
	}
	out.Whole, out.Counts = !known, map[plaza.AgentStatus]int{}
	text := strings.ToLower(f.Text)
	for _, b := range w.order {
		says := text == "" || strings.Contains(b.name, text) || strings.Contains(b.holder, text)
		if says {
			out.Counts[b.Status]++
		}
		chosen := says && (len(f.Statuses) == 0 || slices.Contains(f.Statuses, b.Status))
		switch {
		case known && b.turn <= last:
		case chosen:
			out.Tiles = append(out.Tiles, b.WallTile)
		case known:
			out.Gone = append(out.Gone, b.ID)
		}
	}
	if known {
		for id, at := range w.gone {
			if at > last {
				out.Gone = append(out.Gone, id)
			}
		}
	}
	return out
}

func (w *wall) parse(turn string) (last uint64, known bool) {
	number, ours := strings.CutPrefix(turn, w.era+"-")
	if !ours {
		return 0, false
	}
	last, err := strconv.ParseUint(number, 10, 64)
	return last, err == nil && last <= w.turn
}
