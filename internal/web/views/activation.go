package views

import "github.com/connectplaza/plaza"

// fingerprintShown is how many characters of a fingerprint are enough to tell it by.
const fingerprintShown = 16

// shortened returns the beginning of what only programs read.
func shortened(s string) string {
	if r := []rune(s); len(r) > fingerprintShown {
		return string(r[:fingerprintShown]) + "…"
	}
	return s
}

// machineName returns what a machine is called: its own name, its host, or its
// fingerprint.
func machineName(m plaza.Activation) string {
	switch {
	case m.Name != "":
		return m.Name
	case m.Host != "":
		return m.Host
	}
	return shortened(m.Fingerprint)
}

// liveness returns how alive a machine is, as a ConnectAgent on it alone would be.
func (f Frame) machineLiveness(m plaza.Activation) plaza.Liveness {
	return plaza.ConnectAgent{Seen: m.Beat, Goodbye: m.Goodbye}.Liveness(f.Now)
}

// machineDot returns the dot of a machine that stands.
func (f Frame) machineDot(m plaza.Activation) string {
	if m.Offline(f.Now) {
		return "dot-blue"
	}
	return livenessDot(f.machineLiveness(m))
}

// machineWord returns what to write beside [Frame.machineDot].
func (f Frame) machineWord(m plaza.Activation) plaza.Text {
	if m.Offline(f.Now) {
		return plaza.T("activation.offline_file", "Date", m.FileUntil)
	}
	return f.machineLiveness(m).Text()
}

// endedWhy returns why an activation ended, and by whom as far as the viewer may
// know.
func (f Frame) endedWhy(m plaza.Activation) string {
	switch {
	case m.EndedWhy != plaza.EndReleased:
		return f.Say(m.EndedWhy.Text())
	case m.EndedByName != "":
		return f.T("activation.released_by", "Name", m.EndedByName)
	}
	return f.T("activation.released_above")
}

// standing returns the machines that stand, and the others.
func (p Agent) standing() (all, ended []plaza.Activation) {
	for _, m := range p.Machines {
		if m.Ended.IsZero() {
			all = append(all, m)
		} else {
			ended = append(ended, m)
		}
	}
	return all, ended
}

// byFile returns the machine that works by a file, if nothing is heard of the
// ConnectAgent otherwise.
func (p Agent) byFile() (plaza.Activation, bool) {
	l := p.Agent.Liveness(p.Frame.Now)
	if l == plaza.Online || l == plaza.Overdue {
		return plaza.Activation{}, false
	}
	for _, m := range p.Machines {
		if m.Offline(p.Frame.Now) {
			return m, true
		}
	}
	return plaza.Activation{}, false
}

// headDot and headWord are what stands beside the name.
func (p Agent) headDot() string {
	if _, ok := p.byFile(); ok {
		return "dot-blue"
	}
	return agentDot(p.Agent.Liveness(p.Frame.Now), p.Agent.Health)
}

func (p Agent) headWord() plaza.Text {
	if _, ok := p.byFile(); ok {
		return plaza.T("activation.by_file")
	}
	return agentWord(p.Agent.Liveness(p.Frame.Now), p.Agent.Health)
}

// why returns why the ConnectAgent is as alive as it is, in a sentence.
func (p Agent) why() string {
	if m, ok := p.byFile(); ok {
		return p.Frame.T("activation.why_file", "Date", m.FileUntil)
	}
	why := p.Frame.agentWhy(p.Agent)
	if p.Agent.Liveness(p.Frame.Now) == plaza.NeverSeen {
		for _, m := range p.Machines {
			if m.Ended.IsZero() && !m.FileUntil.IsZero() {
				why = p.Frame.T("activation.why_file_over", "Date", m.FileUntil)
				break
			}
		}
	}
	if p.Agent.Liveness(p.Frame.Now) != plaza.Online && p.Agent.License.State(p.Frame.Now) == plaza.LicenseSuspended {
		return p.Frame.T("agent.why.suspended") + " " + why
	}
	return why
}
