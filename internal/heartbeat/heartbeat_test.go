package heartbeat_test

import (
	"context"
	"errors"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/heartbeat"
)

// sender is a ConnectAgent's process, or a copy of one.
type sender struct {
	generation int64 // that it was told last
	boot       string
	says       bool // its generation
	names      bool // its boot
}

func (s *sender) beat(p *heartbeat.Pulse, lost bool) heartbeat.Heard {
	b := heartbeat.Beat{At: time.UnixMicro(1), Generation: -1}
	if s.says {
		b.Generation = s.generation
	}
	if s.names {
		b.Boot = s.boot
	}
	h := p.Beat(b)
	if !lost {
		s.generation = h.Generation
	}
	return h
}

// TestNobodyDrivesTheGenerationsUp: after one that was made up there is room for more,
// each higher than the one before.
// TestWhatIsForgottenAndLearnedAgainIsOne: two of the same ID in one statement would be
// refused by the database, again and again.
func TestWhatIsForgottenAndLearnedAgainIsOne(t *testing.T) {
	t.Parallel()
	b, at := heartbeat.NewBook(), time.Unix(1_800_000_000, 0).UTC()
	b.Learn(plaza.Pulse{ID: "a"}).Beat(heartbeat.Beat{At: at.Add(time.Second), Generation: -1})
	b.Learn(plaza.Pulse{ID: "b"}).Beat(heartbeat.Beat{At: at, Generation: -1})
	b.Forget("a")
	b.Learn(plaza.Pulse{ID: "a"}).Beat(heartbeat.Beat{At: at, Generation: -1, Goodbye: true})
	var got []plaza.Pulse
	n, err := b.Flush(t.Context(), func(_ context.Context, all []plaza.Pulse) error {
		got = all
		return nil
	})
	if err != nil || n != 2 || len(got) != 2 || got[0].ID != "a" || !got[0].At.Equal(at.Add(time.Second)) || got[0].Goodbye || got[1].ID != "b" {
		t.Errorf("%d, %v: %+v", n, err, got)
	}
}

func TestNobodyDrivesTheGenerationsUp(t *testing.T) {
	t.Parallel()
	for _, made := range []int64{math.MaxInt64, math.MaxInt64 - 1, heartbeat.MostGeneration, heartbeat.MostGeneration - 1} {
		p := heartbeat.NewBook().Learn(plaza.Pulse{ID: "m"})
		last := int64(0)
		for _, said := range []int64{0, made, made, 1, made} {
			g := p.Beat(heartbeat.Beat{At: time.UnixMicro(1), Generation: said}).Generation
			if g <= last || g > heartbeat.MostGeneration/2+1<<30 {
				t.Errorf("after %d: %d, and %d before", said, g, last)
			}
			last = g
		}
	}
}

// TestClonesAreNoticedWithinTwoHeartbeats: when the second one beats between two
// heartbeats of the first, or later. Until then it might be a restart.
func TestClonesAreNoticedWithinTwoHeartbeats(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]sender{"by generation": {says: true}, "by boot": {names: true}, "by both": {says: true, names: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				p := heartbeat.NewBook().Learn(plaza.Pulse{ID: "m", Generation: rapid.Int64Range(0, 1<<40).Draw(t, "from before")})
				one := s
				one.boot = "one"
				for range rapid.IntRange(1, 5).Draw(t, "alone") {
					if one.beat(p, rapid.Bool().Draw(t, "lost")).Cloned {
						t.Fatal("it is alone")
					}
				}
				two := one
				two.boot = "two"
				var last *sender
				turns := -1
				for turns < 2 {
					from := rapid.SampledFrom([]*sender{&one, &two}).Draw(t, "sender")
					if from != last {
						last = from
						turns++
					}
					if from.beat(p, false).Cloned {
						return
					}
				}
				t.Fatal("nothing is noticed")
			})
		})
	}
}

// TestNoFalseAlarm in a million heartbeats of one agent: answers are lost, the
// agent and the nodes are started anew, and it beats on one node and another.
func TestNoFalseAlarm(t *testing.T) {
	t.Parallel()
	steps := 1_000_000
	if testing.Short() {
		steps /= 10
	}
	for _, says := range []bool{true, false} {
		draw := rand.New(rand.NewPCG(1, 2))
		kept := plaza.Pulse{ID: "m"} // what is flushed
		nodes := make([]*heartbeat.Pulse, 2)
		start := func(i int) { nodes[i] = heartbeat.NewBook().Learn(kept) }
		start(0)
		start(1)
		boots := 0
		a := sender{says: says, names: true, boot: "0"}
		for step := range steps {
			switch p := draw.IntN(1000); {
			case p < 10: // the agent restarts, and knows what it was told
				boots++
				a.boot = strconv.Itoa(boots)
			case p < 12: // … or has forgotten
				boots++
				a = sender{says: false, names: true, boot: strconv.Itoa(boots)}
			case p < 15: // a clean stop
				nodes[draw.IntN(2)].Beat(heartbeat.Beat{Generation: -1, Goodbye: true})
			case p < 20:
				start(draw.IntN(2))
			case p < 300: // a flush
				if last := nodes[draw.IntN(2)].Last(); last.Generation > kept.Generation {
					kept.Generation = last.Generation
				}
			}
			h := a.beat(nodes[draw.IntN(2)], draw.IntN(3) == 0)
			if h.Cloned {
				t.Fatalf("a false alarm at step %d", step)
			}
			a.says = says && (a.says || a.generation > 0)
		}
	}
}

func TestTimeNeverGoesBack(t *testing.T) {
	t.Parallel()
	b := heartbeat.NewBook()
	p := b.Learn(plaza.Pulse{ID: "m", At: time.UnixMicro(50)})
	if at := p.Beat(heartbeat.Beat{At: time.UnixMicro(40), Generation: -1}).At; !at.Equal(time.UnixMicro(50)) {
		t.Errorf("it is %v", at)
	}
	if p != b.Learn(plaza.Pulse{ID: "m", At: time.UnixMicro(30)}) || !p.Last().At.Equal(time.UnixMicro(50)) {
		t.Error("what is older was learnt")
	}
	b.Forget("m")
	if p == b.Learn(plaza.Pulse{ID: "m"}) {
		t.Error("it is not forgotten")
	}
}

// TestLearningIsCommutativeAndIdempotent: in whatever order and however often a
// node hears of something, it knows the same in the end.
func TestLearningIsCommutativeAndIdempotent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) plaza.Pulse {
			return plaza.Pulse{
				ID: "m", At: time.UnixMicro(rapid.Int64Range(1, 4).Draw(t, "at")),
				Goodbye: rapid.Bool().Draw(t, "goodbye"), Generation: rapid.Int64Range(0, 4).Draw(t, "generation"),
			}
		}), 1, 8).Draw(t, "pulses")
		once := heartbeat.NewBook()
		for _, p := range all {
			once.Learn(p)
		}
		again := heartbeat.NewBook()
		for _, p := range append(rapid.Permutation(all).Draw(t, "order"), all...) {
			again.Learn(p)
		}
		if a, b := once.Learn(plaza.Pulse{ID: "m"}).Last(), again.Learn(plaza.Pulse{ID: "m"}).Last(); a != b {
			t.Fatalf("%+v and %+v", a, b)
		}
	})
}

// TestFlushLosesNothing: every heartbeat is handed over once, in the order of IDs,
// also if writing fails, and while others beat.
func TestFlushLosesNothing(t *testing.T) {
	t.Parallel()
	b := heartbeat.NewBook()
	const things, beats = 200, 50
	var all sync.WaitGroup
	for i := range things {
		p := b.Learn(plaza.Pulse{ID: strconv.Itoa(i)})
		all.Go(func() {
			for n := range beats {
				p.Beat(heartbeat.Beat{At: time.UnixMicro(int64(n) + 1), Generation: -1})
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	written, tries := map[string]plaza.Pulse{}, 0
	write := func(_ context.Context, part []plaza.Pulse) error {
		if tries++; tries%3 == 1 {
			return errors.New("the disk is full")
		}
		if !slices.IsSortedFunc(part, func(a, b plaza.Pulse) int { return strings.Compare(a.ID, b.ID) }) {
			t.Error("not sorted")
		}
		for _, p := range part {
			if p.At.Before(written[p.ID].At) {
				t.Errorf("%s goes back", p.ID)
			}
			written[p.ID] = p
		}
		return nil
	}
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		_, _ = b.Flush(t.Context(), write)
	}
	for range 3 {
		_, _ = b.Flush(t.Context(), write)
	}
	if len(written) != things {
		t.Errorf("%d were written", len(written))
	}
	for p := range maps.Values(written) {
		if !p.At.Equal(time.UnixMicro(beats)) {
			t.Errorf("%s ends at %v", p.ID, p.At)
		}
	}
	if n, err := b.Flush(t.Context(), write); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

// TestPruneLetsGoOfWhatNobodyWants, but not of what was asked for a moment ago, is
// needed, or waits to be written.
func TestPruneLetsGoOfWhatNobodyWants(t *testing.T) {
	t.Parallel()
	b, all := heartbeat.NewBook(), map[string]*heartbeat.Pulse{}
	for _, id := range []string{"needed", "asked for", "unwritten", "left"} {
		all[id] = b.Learn(plaza.Pulse{ID: id, At: time.UnixMicro(5)})
	}
	all["unwritten"].Beat(heartbeat.Beat{At: time.UnixMicro(6)})
	prune := func(want int) {
		t.Helper()
		if n := b.Prune(slices.Values([]*heartbeat.Pulse{all["needed"]})); n != want {
			t.Errorf("%d are gone, want %d", n, want)
		}
	}
	prune(0) // for all it knows somebody is about to need it
	b.Learn(plaza.Pulse{ID: "asked for"})
	prune(1)
	if b.Find("left") != nil || b.Find("asked for") != all["asked for"] {
		t.Error("the wrong one is gone")
	}
	_, err := b.Flush(t.Context(), func(_ context.Context, some []plaza.Pulse) error {
		if len(some) != 1 || some[0].ID != "unwritten" || !some[0].At.Equal(time.UnixMicro(6)) {
			t.Errorf("written: %v", some)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	prune(2) // "unwritten" and "asked for"
	if b.Find("needed") != all["needed"] || b.Find("unwritten") != nil || b.Find("asked for") != nil {
		t.Error("the wrong ones are gone")
	}
}
