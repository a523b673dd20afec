package demo

import (
	"hash/fnv"
	"strconv"
	"time"

	"github.com/connectplaza/plaza"
)

// mood is how an agent is for some minutes: as usual, unless it says otherwise.
type mood struct {
	health  plaza.Health // empty: as usual
	message string
	where   string
	silent  bool // it says nothing
	leaves  bool // but that it stops
}

// moodLasts is how long a mood lasts. With a few hundred agents, one of them changes
// every few seconds.
const moodLasts = 6 * time.Minute

// moodOf returns the mood that an agent is in at a time: the same whenever it is
// asked for.
func moodOf(agent string, at time.Time) mood {
	lasts := uint64(moodLasts / time.Second)
	n := number(agent, (uint64(at.Unix())+number(agent, 0)%lasts)/lasts) //nolint:gosec // it is after 1970
	more := n / 100
	place := places[more%uint64(len(places))]
	switch chance := n % 100; {
	case chance < 6:
		return mood{health: plaza.HealthWarning, message: warnings[more%uint64(len(warnings))], where: place}
	case chance < 10:
		return mood{health: plaza.HealthError, message: failures[more%uint64(len(failures))], where: place}
	case chance < 12:
		return mood{silent: true}
	case chance < 13:
		return mood{silent: true, leaves: true}
	}
	return mood{}
}

// number returns a number that looks like any other, and is the same for the same
// agent and turn.
func number(agent string, turn uint64) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(agent + strconv.FormatUint(turn, 10))) // never fails
	n := h.Sum64()
	n = (n ^ n>>33) * 0xff51afd7ed558ccd // its lowest digits are not that arbitrary
	return n ^ n>>33
}

// told returns what an agent says that is in mood m; also what it tells of that, if
// it has just come to be in it.
func (m mood) told(b plaza.Heartbeat, changed bool) plaza.Heartbeat {
	b.Goodbye = m.leaves
	if m.health == "" {
		return b
	}
	b.Health, b.Message = m.health, m.message
	if changed {
		b.Notifications = []plaza.NewNotification{{Level: string(m.health), Location: m.where, Message: m.message, At: b.At}}
	}
	return b
}
