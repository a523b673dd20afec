package views

import (
	"net/url"

	"github.com/connectplaza/plaza"
)

// hit is one thing that was found.
type hit struct {
	Path, Name, Sub string
	Dot             string
	State           plaza.Text
}

// found is what was found of one sort.
type found struct {
	Path, Icon, Label string // of the whole list
	Total             int
	Hits              []hit
}

// groups returns what was found, by sort; only what there is.
func (p Search) groups() (all []found) {
	for _, g := range []found{p.profiles(), p.licenses(), p.agents(), p.logins()} {
		if g.Total > 0 {
			g.Path += "?" + url.Values{"q": {p.Text}}.Encode()
			all = append(all, g)
		}
	}
	return all
}

func (p Search) profiles() found {
	g := found{Path: "/partners", Icon: "building-store", Label: p.Frame.T("menu.partners"), Total: p.Profiles.Total}
	for _, r := range p.Profiles.Rows {
		g.Hits = append(g.Hits, hit{"/partners/" + r.ID, r.Name, p.Frame.Say(r.Kind.Text()), profileDot(r.State()), r.State().Text()})
	}
	return g
}

func (p Search) licenses() found {
	g := found{Path: "/licenses", Icon: "certificate", Label: p.Frame.T("license.many"), Total: p.Licenses.Total}
	for _, r := range p.Licenses.Rows {
		state := r.State(p.Frame.Now)
		sub := p.Frame.T("search.license", "Profile", r.ProfileName, "Plan", r.PlanName, "Hint", r.KeyHint)
		g.Hits = append(g.Hits, hit{"/licenses/" + r.ID, p.Frame.licenseName(r), sub, licenseDot(state), state.Text()})
	}
	return g
}

func (p Search) agents() found {
	g := found{Path: "/agents", Icon: "plug", Label: p.Frame.T("agent.many"), Total: p.Agents.Total}
	for _, r := range p.Agents.Rows {
		sub, liveness := r.ProfileName, r.Liveness(p.Frame.Now)
		if r.Host != "" {
			sub = p.Frame.T("search.agent", "Profile", r.ProfileName, "Host", r.Host)
		}
		g.Hits = append(g.Hits, hit{"/agents/" + r.ID, r.Name, sub, agentDot(liveness, r.Health), agentWord(liveness, r.Health)})
	}
	return g
}

func (p Search) logins() found {
	g := found{Path: "/logins", Icon: "users", Label: p.Frame.T("login.many"), Total: p.Logins.Total}
	for _, r := range p.Logins.Rows {
		sub := p.Frame.T("search.login", "Email", r.Email, "Profile", r.ProfileName)
		g.Hits = append(g.Hits, hit{"/logins/" + r.ID, r.Name, sub, loginDot(r.State()), r.State().Text()})
	}
	return g
}
