package views

import (
	"cmp"
	"net/url"

	"github.com/connectplaza/plaza"
)

// livenessDot returns the dot of whether a ConnectAgent is heard of.
func livenessDot(l plaza.Liveness) string { return statusDot(plaza.StatusOf(l, plaza.HealthOK)) }

// healthDot returns the dot of how a ConnectAgent says it is.
func healthDot(h plaza.Health) string { return agentDot(plaza.Online, h) }

// agentDot returns the one dot of a ConnectAgent where there is room for one
// only: how it is, as long as it is heard of. One that says nothing of it is well.
func agentDot(l plaza.Liveness, h plaza.Health) string {
	return statusDot(plaza.StatusOf(l, cmp.Or(h, plaza.HealthOK)))
}

// agentWord returns what to write beside [agentDot].
func agentWord(l plaza.Liveness, h plaza.Health) plaza.Text {
	return plaza.StatusOf(l, cmp.Or(h, plaza.HealthOK)).Text()
}

// agentWhy returns why a ConnectAgent is as alive as it is, in a sentence.
func (f Frame) agentWhy(a plaza.ConnectAgent) string {
	silent := f.Now.Sub(a.Seen)
	switch a.Liveness(f.Now) {
	case plaza.Online:
		return f.T("agent.why.online", "Ago", f.Ago(a.Seen, f.Now))
	case plaza.Overdue:
		return f.T("agent.why.overdue", "Silent", silent, "Limit", plaza.OfflineAfter)
	case plaza.Offline:
		if !a.Goodbye.IsZero() {
			return f.T("agent.why.goodbye", "Ago", f.Ago(a.Goodbye, f.Now))
		}
		return f.T("agent.why.offline", "Silent", silent)
	case plaza.NeverSeen:
	}
	return f.T("agent.why.never")
}

// agentHealthWhy returns what a ConnectAgent last said of itself.
func (f Frame) agentHealthWhy(a plaza.ConnectAgent) string {
	if a.Liveness(f.Now) == plaza.Online {
		return a.Message
	}
	return f.T("agent.health_then", "Ago", f.Ago(a.Seen, f.Now), "Message", a.Message)
}

// filters returns what the list of ConnectAgents can be filtered by.
func (p Agents) filters() []filter {
	liveness := filter{Name: "liveness", Label: p.Frame.T("agent.liveness_head"), Value: say(p.Frame, p.Filter.Liveness)}
	for _, l := range plaza.Livenesses() {
		liveness.Choices = append(liveness.Choices, choice{Value: string(l), Label: p.Frame.Say(l.Text())})
	}
	health := filter{Name: "health", Label: p.Frame.T("agent.health_head"), Value: say(p.Frame, p.Filter.Health)}
	for _, h := range plaza.Healths() {
		health.Choices = append(health.Choices, choice{Value: string(h), Label: p.Frame.Say(h.Text())})
	}
	return append([]filter{liveness, health}, p.Frame.profileFilter(p.Profile)...)
}

// profileFilter returns the filter by one profile, if a list is filtered by it.
func (f Frame) profileFilter(by plaza.Profile) []filter {
	if by.ID == "" {
		return nil
	}
	return []filter{{Name: "profile", Label: f.T("profile.one"), Value: by.Name}}
}

// AgentValues returns what the form to rename a ConnectAgent begins with.
func AgentValues(a plaza.ConnectAgent) url.Values { return url.Values{"name": {a.Name}} }
