package views

import (
	"time"

	"github.com/connectplaza/plaza"
)

// Band is how a ConnectAgent was in some time, as a picture.
type Band struct {
	States []plaza.AgentState // the first may be from before
	From   time.Time
	Week   bool // seven days rather than one
}

// The measures of the picture, which is as wide as there is room.
const (
	bandWidth  = 720.0
	bandHeight = 28.0
)

// stretch is a time in which a ConnectAgent had one state.
type stretch struct {
	State      plaza.AgentStatus
	From, Till time.Time
}

// stretches returns the times of b until now, those of the same state as one.
func (b Band) stretches(now time.Time) (all []stretch) {
	at, state := b.From, plaza.AgentNever
	add := func(till time.Time) {
		if !till.After(at) {
			return
		}
		if n := len(all); n > 0 && all[n-1].State == state {
			all[n-1].Till = till
		} else {
			all = append(all, stretch{state, at, till})
		}
		at = till
	}
	for _, s := range b.States {
		add(s.At)
		state = s.State
	}
	add(now)
	return all
}

// boxes lays the stretches out. One that is short is seen all the same.
func (b Band) boxes(now time.Time) (all []box) {
	whole := now.Sub(b.From).Seconds()
	for _, s := range b.stretches(now) {
		x, w := bandWidth*s.From.Sub(b.From).Seconds()/whole, bandWidth*s.Till.Sub(s.From).Seconds()/whole
		all = append(all, box{
			Class: chartClass(statusDotOnly(s.State)), Striped: striped(s.State), X: x, W: max(w, 1.5), H: bandHeight,
		})
	}
	return all
}

// striped tells those apart that have the same colour.
func striped(s plaza.AgentStatus) bool { return s == plaza.AgentOverdue || s == plaza.AgentNever }

func statusDotOnly(s plaza.AgentStatus) string {
	if s == plaza.AgentNever {
		return "dot-grey"
	}
	return statusDot(s)
}

// shares returns how many minutes a ConnectAgent had each state, of those it had.
func (f Frame) bandShares(b Band) (all []share) {
	sums := map[plaza.AgentStatus]time.Duration{}
	for _, s := range b.stretches(f.Now) {
		sums[s.State] += s.Till.Sub(s.From)
	}
	for _, s := range plaza.AgentStatuses() {
		if sums[s] > 0 {
			all = append(all, share{f.Say(s.Text()), statusDotOnly(s), int(sums[s] / time.Minute), striped(s)})
		}
	}
	return all
}

// bandSays returns what the picture shows, in words.
func (f Frame) bandSays(b Band) string {
	var parts []string
	for _, s := range f.bandShares(b) {
		parts = append(parts, f.T("band.part", "State", s.Label, "For", time.Duration(s.Count)*time.Minute))
	}
	return f.List(parts)
}

// bandMarks returns the times that are named below the picture, from its left on.
func (f Frame) bandMarks(b Band) (all []string) {
	const parts = 4
	for i := range parts {
		all = append(all, f.Ago(b.From.Add(f.Now.Sub(b.From)/parts*time.Duration(i)), f.Now))
	}
	return all
}

// bandRows returns the stretches, the newest first, and no more than one reads.
func (f Frame) bandRows(b Band) (all []stretch, more bool) {
	const most = 100
	all = b.stretches(f.Now)
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all[:min(len(all), most)], len(all) > most
}
