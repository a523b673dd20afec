package views

import "github.com/connectplaza/plaza"

// invalid reports whether some machine of the ConnectAgent would be told no.
func (p Agent) invalid() bool {
	for _, v := range p.Checkup.Verdicts {
		if !v.Valid && !v.Machine.Offline(p.Frame.Now) {
			return true
		}
	}
	return false
}

// verdictDot returns the dot of what a machine would be told.
func (p Agent) verdictDot(v plaza.MachineVerdict) string {
	switch {
	case v.Valid && v.Code == plaza.CheckValid && p.Checkup.License.State(p.Frame.Now) != plaza.LicenseGrace:
		return "dot-green"
	case v.Valid:
		return "dot-amber"
	case v.Machine.Offline(p.Frame.Now):
		return "dot-blue"
	case v.Code == plaza.CheckNoMachine || v.Code == plaza.CheckNoMachines:
		return "dot-grey dot-ring" // as it is before it is first started
	}
	return "dot-red"
}

// verdict returns what a machine would be told, in a sentence. Of one that works by a
// file nobody expects the heartbeats that it would be told it lacks.
func (p Agent) verdict(v plaza.MachineVerdict) plaza.Text {
	if (v.Code == plaza.CheckNotStarted || v.Code == plaza.CheckHeartbeatDead) && v.Machine.Offline(p.Frame.Now) && v.Machine.Beat.IsZero() {
		return plaza.T("checkup.offline")
	}
	return v.Code.Text()
}

// remedy returns what to do about a verdict: a sentence, and where that is done if
// the viewer may do it.
func (p Agent) remedy(v plaza.MachineVerdict) (what plaza.Text, path, label string) {
	f, l := p.Frame, p.Checkup.License
	switch v.Code {
	case plaza.CheckValid:
		if l.State(f.Now) == plaza.LicenseGrace {
			return f.renewal("checkup.do.grace"), "", ""
		}
		return plaza.Text{}, "", ""
	case plaza.CheckSuspended:
		return p.resumption()
	case plaza.CheckExpired:
		return f.renewal("checkup.do.expired"), "", ""
	case plaza.CheckNoMachine, plaza.CheckNoMachines:
		return plaza.T("checkup.do.activate"), "", ""
	case plaza.CheckHeartbeatDead, plaza.CheckNotStarted:
		if v.Machine.Offline(f.Now) {
			return plaza.T("checkup.do.file", "Date", v.Machine.FileUntil), "", ""
		}
		if v.Machine.Beat.IsZero() && !v.Machine.FileUntil.IsZero() {
			return plaza.T("checkup.do.new_file", "Date", v.Machine.FileUntil, "Server", p.Server), "", ""
		}
		return plaza.T("checkup.do.reach", "Server", p.Server), "", ""
	case plaza.CheckTooManyMachines, plaza.CheckTooManyCores, plaza.CheckTooManyProcesses:
		return plaza.T("checkup.do.release"), "", ""
	case plaza.CheckNotFound:
		return plaza.T("checkup.do.ended"), "", ""
	}
	return plaza.T("checkup.do.configure"), "", ""
}

// resumption returns what to do about a license that is suspended or scheduled.
func (p Agent) resumption() (what plaza.Text, path, label string) {
	f, l := p.Frame, p.Checkup.License
	switch {
	case l.Suspended.IsZero() && !l.Halted:
		return plaza.T("checkup.do.wait", "Date", l.Starts), "", ""
	case l.Suspended.IsZero():
		return plaza.T("checkup.do.profile"), "", ""
	case f.May(plaza.LicenseResume):
		return plaza.T("checkup.do.resume"), "/licenses/" + l.ID, f.T("agent.open_license")
	}
	return plaza.T("checkup.do.resume_above"), "", ""
}

// renewal returns the sentence about a license that needs another term: for those
// who give one, or for those who ask for it.
func (f Frame) renewal(key string) plaza.Text {
	if f.May(plaza.LicenseIssue) {
		return plaza.T(key + "_own")
	}
	return plaza.T(key + "_above")
}
