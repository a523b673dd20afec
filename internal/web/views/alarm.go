package views

import (
	"net/url"
	"strconv"
	"time"

	"github.com/connectplaza/plaza"
)

// AlarmValues returns what the form of an alarm begins with: as it is, or a proposal.
func AlarmValues(m plaza.AgentAlarm, support string) url.Values {
	if m.Version == 0 {
		return url.Values{"minutes": {"10"}, "address": {support}}
	}
	return url.Values{"on": {"yes"}, "minutes": {minutesText(m.After)}, "address": {m.Address}}
}

func minutesText(d time.Duration) string { return strconv.Itoa(int(d / time.Minute)) }

// differences returns both versions of an alarm.
func (p Alarm) differences() []difference {
	f := p.Frame
	theirs, yours := f.T("alarm.off"), f.T("alarm.off")
	if p.Alarm.Version > 0 {
		theirs = f.T("alarm.on")
	}
	if p.Form.Checked("on") {
		yours = f.T("alarm.on")
	}
	return []difference{
		{f.T("alarm.title"), theirs, yours},
		{f.T("alarm.minutes"), minutesText(p.Alarm.After), p.Form.Value("minutes")},
		{f.T("alarm.address"), p.Alarm.Address, p.Form.Value("address")},
	}
}
