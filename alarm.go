package plaza

import (
	"strings"
	"time"
)

// AgentAlarm is who is told when a ConnectAgent falls silent. There is none unless
// somebody switched it on.
type AgentAlarm struct {
	Agent   string
	Profile string
	After   time.Duration // of silence; whole minutes
	Address string        // that a mail goes to
	Raised  time.Time     // since when it is known to be silent; zero: it is not
	Version int           // 0: there is none
}

// The limits of the silence that raises an alarm.
const (
	LeastSilence = 2 * time.Minute
	MostSilence  = 24 * time.Hour
)

// AlarmEdit switches the alarm of a ConnectAgent on or off.
type AlarmEdit struct {
	On      bool
	Minutes int
	Address string // empty: the support address of the profile
	Version int    // as it was read; 0: there was none
}

// Clean returns e without the white space around what was typed.
func (e AlarmEdit) Clean() AlarmEdit {
	e.Address = strings.TrimSpace(e.Address)
	return e
}

// Validate reports every field that cannot be accepted as an Invalid error.
func (e AlarmEdit) Validate() error {
	if !e.On {
		return nil
	}
	bad := problems{}
	bad.between("minutes", e.Minutes, int(LeastSilence/time.Minute), int(MostSilence/time.Minute))
	if e.Address == "" {
		bad.add("address", "problem.alarm_address")
	} else {
		bad.email("address", e.Address)
	}
	return bad.err()
}

// AlarmTurn says of an alarm that it was raised or is over.
type AlarmTurn struct {
	AgentAlarm

	AgentName   string
	ProfileName string
	Seen        time.Time // the last heartbeat
	Back        bool      // it is heard of again
}
