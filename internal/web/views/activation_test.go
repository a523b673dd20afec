package views

import (
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
)

func activationPages(f Frame) [][2]Page {
	m := hostileMachine()
	m.FileUntil, m.Beat = noon().Add(time.Hour), time.Time{}
	return [][2]Page{
		{ActivationRelease{Frame: f}, ActivationRelease{Frame: f, Machine: m, Agent: hostileAgent()}},
		{ActivationRelease{Frame: f}, ActivationRelease{Frame: f, Machine: hostileMachine(), Agent: hostileAgent()}},
		{FileNew{Frame: f}, FileNew{Frame: f, Agent: hostileAgent(), Form: hostileForm("days", "encrypted", "entitlements")}},
		{FileOffline{Frame: f}, FileOffline{Frame: f, Agent: hostileAgent(), Form: hostileForm("request", "days")}},
		{Download{Frame: f}, Download{Frame: f, Agent: hostileAgent(), Form: hostileForm("platform")}},
	}
}

// hostileMachine is an activation of which an agent said everything.
func hostileMachine() plaza.Activation {
	return plaza.Activation{
		ID: hostile, Fingerprint: hostile + hostile, Name: hostile, Host: hostile, Platform: hostile, Address: hostile,
		Created: noon(), Beat: noon(), Cloned: noon(),
	}
}

func hostileMachines() []plaza.Activation {
	offline, released, above, culled := hostileMachine(), hostileMachine(), hostileMachine(), hostileMachine()
	offline.Beat, offline.Address, offline.FileUntil = time.Time{}, "", noon().Add(time.Hour)
	released.Ended, released.EndedWhy, released.EndedByName = noon(), plaza.EndReleased, hostile
	above.Ended, above.EndedWhy = noon(), plaza.EndReleased
	culled.Ended, culled.EndedWhy = noon(), plaza.EndCulled
	return []plaza.Activation{hostileMachine(), offline, released, above, culled}
}

func hostileCheckup() plaza.Checkup {
	c := plaza.Checkup{License: hostileLicense()}
	for _, code := range plaza.CheckCodes() {
		c.Verdicts = append(c.Verdicts, plaza.MachineVerdict{Verdict: plaza.Verdict{Code: code, Valid: code == plaza.CheckValid}, Machine: hostileMachine()})
	}
	return c
}

func TestMachineThatWorksByAFileIsNotDead(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	m := plaza.Activation{ID: "1", Created: noon().Add(-time.Hour), FileUntil: noon().Add(24 * time.Hour)}
	p := Agent{
		Frame: f, Machines: []plaza.Activation{m},
		Checkup: plaza.Checkup{Verdicts: []plaza.MachineVerdict{{Verdict: plaza.Verdict{Code: plaza.CheckHeartbeatDead}, Machine: m}}},
	}
	for name, got := range map[string]string{
		"the head": p.headDot(), "the machine": f.machineDot(m), "the check": p.verdictDot(p.Checkup.Verdicts[0]),
	} {
		if got != "dot-blue" {
			t.Errorf("%s: %s", name, got)
		}
	}
	if p.invalid() || !strings.Contains(p.why(), "until 2 Mar 2026") {
		t.Errorf("it says %q", p.why())
	}
	p.Agent.Seen = noon() // it is heard of all the same
	if p.headDot() != "dot-green" {
		t.Errorf("online: %s", p.headDot())
	}
	p.Frame.Now = noon().Add(48 * time.Hour)
	if p.headDot() != "dot-grey" || !p.invalid() {
		t.Error("the file is over")
	}
}

func TestEveryCheckCodeHasAText(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "nl"} {
		f := testFrame(t, lang)
		for _, code := range plaza.CheckCodes() {
			if said := f.Say(code.Text()); said == "" || said == code.Text().Key {
				t.Errorf("%s: nothing is said of %s", lang, code)
			}
		}
	}
}

// TestRemedyIsForWhoReadsIt looks at what somebody is told to do who may do it, and
// somebody who may not.
func TestRemedyIsForWhoReadsIt(t *testing.T) {
	t.Parallel()
	above, below := testFrame(t, "en"), testFrame(t, "en")
	below.Actor.Kind = plaza.Partner
	active := plaza.License{ID: "1", Starts: noon().Add(-time.Hour)}
	suspended, halted, scheduled, grace := active, active, active, active
	suspended.Suspended = noon()
	halted.Halted = true
	scheduled.Starts = noon().Add(time.Hour)
	grace.Ends, grace.GraceDays = noon().Add(-time.Hour), 7
	for _, tt := range []struct {
		frame   Frame
		license plaza.License
		code    plaza.CheckCode
		want    string
	}{
		{above, suspended, plaza.CheckSuspended, "checkup.do.resume"},
		{below, suspended, plaza.CheckSuspended, "checkup.do.resume_above"},
		{below, halted, plaza.CheckSuspended, "checkup.do.profile"},
		{below, scheduled, plaza.CheckSuspended, "checkup.do.wait"},
		{above, active, plaza.CheckExpired, "checkup.do.expired_own"},
		{below, active, plaza.CheckExpired, "checkup.do.expired_above"},
		{below, grace, plaza.CheckValid, "checkup.do.grace_above"},
		{below, active, plaza.CheckValid, ""},
		{below, active, plaza.CheckNoMachine, "checkup.do.activate"},
		{below, active, plaza.CheckHeartbeatDead, "checkup.do.reach"},
		{below, active, plaza.CheckTooManyMachines, "checkup.do.release"},
		{below, active, plaza.CheckNotFound, "checkup.do.ended"},
		{below, active, "COMPONENTS_SCOPE_MISMATCH", "checkup.do.configure"},
	} {
		p := Agent{Frame: tt.frame, Checkup: plaza.Checkup{License: tt.license}}
		what, path, _ := p.remedy(plaza.MachineVerdict{Verdict: plaza.Verdict{Code: tt.code}})
		if what.Key != tt.want || (path != "") != (tt.want == "checkup.do.resume") {
			t.Errorf("%s of a license that is %s: %s at %q, want %s", tt.code, tt.license.State(noon()), what.Key, path, tt.want)
		}
	}
}
