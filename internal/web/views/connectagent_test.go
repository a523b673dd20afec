package views

import (
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
)

func agentPages(f Frame) [][2]Page {
	a := hostileAgent()
	offline := a
	offline.Seen, offline.Goodbye = noon().Add(-time.Hour), noon().Add(-time.Hour)
	history := plaza.List[plaza.AuditLine]{Rows: []plaza.AuditLine{hostileLine()}, Total: 1}
	list := Agents{
		Frame: f, Listing: hostileListing("/agents"), Profile: plaza.Profile{ID: hostile, Name: hostile},
		Filter: plaza.AgentFilter{Text: hostile, Liveness: plaza.Livenesses(), Health: plaza.Healths()},
		List:   plaza.List[plaza.ConnectAgent]{Rows: []plaza.ConnectAgent{a, offline, {}}, Total: 1000, Prev: hostile, Next: hostile},
	}
	return [][2]Page{
		{Agents{Frame: f}, list},
		{Agent{Frame: f}, Agent{Frame: f, Agent: a, Key: strings.Repeat(hostile, 9), History: history, Machines: hostileMachines(), Checkup: hostileCheckup(), Server: hostile, Alarm: hostileAlarm(), Band: Band{From: noon().Add(-24 * time.Hour)}}},
		{Agent{Frame: f}, Agent{Frame: f, Agent: offline, Fresh: true, History: history, Machines: hostileMachines()[1:2]}},
		{AgentNew{Frame: f}, AgentNew{Frame: f, Form: hostileForm("profile", "plan", "name", "starts"), Choices: hostileChoices()}},
		{AgentRename{Frame: f}, AgentRename{Frame: f, Agent: a, Form: hostileForm("name")}},
		{AgentRename{Frame: f}, AgentRename{Frame: f, Agent: a, Form: staleForm("name")}},
	}
}

func hostileAgent() plaza.ConnectAgent {
	return plaza.ConnectAgent{
		ID: hostile, Profile: hostile, ProfileName: hostile, Name: hostile, License: hostileLicense(), Created: noon(), Activated: noon(),
		Seen: noon().Add(-time.Minute), Health: plaza.HealthError, Message: hostile, Build: hostile, Host: hostile, Platform: hostile, Version: 2,
	}
}

func TestAgentDot(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		liveness plaza.Liveness
		health   plaza.Health
		dot      string
		word     plaza.Text
	}{
		"online and well":          {plaza.Online, plaza.HealthOK, "dot-green", plaza.Online.Text()},
		"online with warnings":     {plaza.Online, plaza.HealthWarning, "dot-amber", plaza.HealthWarning.Text()},
		"online with errors":       {plaza.Online, plaza.HealthError, "dot-red", plaza.HealthError.Text()},
		"overdue, whatever it was": {plaza.Overdue, plaza.HealthError, "dot-amber", plaza.Overdue.Text()},
		"offline, whatever it was": {plaza.Offline, plaza.HealthError, "dot-grey", plaza.Offline.Text()},
		"never seen":               {plaza.NeverSeen, plaza.HealthOK, "dot-grey dot-ring", plaza.NeverSeen.Text()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := agentDot(tt.liveness, tt.health); got != tt.dot {
				t.Errorf("dot %q, want %q", got, tt.dot)
			}
			if got := agentWord(tt.liveness, tt.health); got.Key != tt.word.Key {
				t.Errorf("word %q, want %q", got, tt.word)
			}
		})
	}
}

func TestAgentWhySaysForHowLongItIsSilent(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	for want, a := range map[string]plaza.ConnectAgent{
		"not been started":        {},
		"just now":                {Seen: noon()},
		"Silent for 4 minutes":    {Seen: noon().Add(-4 * time.Minute)},
		"10 minutes":              {Seen: noon().Add(-4 * time.Minute)},
		"Silent for 2 hours":      {Seen: noon().Add(-2 * time.Hour)},
		"would stop, 3 hours ago": {Seen: noon().Add(-3 * time.Hour), Goodbye: noon().Add(-3 * time.Hour)},
	} {
		if got := f.agentWhy(a); !strings.Contains(got, want) {
			t.Errorf("%q does not say %q", got, want)
		}
	}
}
