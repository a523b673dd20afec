package views

import (
	"slices"
	"strings"

	"github.com/connectplaza/plaza"
)

// tokenDot returns the dot of a token's state.
func tokenDot(s plaza.TokenState) string {
	switch s {
	case plaza.TokenActive:
		return "dot-green"
	case plaza.TokenAsleep:
		return "dot-amber"
	case plaza.TokenExpired, plaza.TokenRevoked:
	}
	return "dot-grey"
}

// verbGroup is what a token can be for of one noun.
type verbGroup struct {
	Noun  string
	Verbs []plaza.Verb
}

// verbs returns what the new token can be for, by noun.
func (p TokenNew) verbs() (all []verbGroup) {
	for _, v := range plaza.TokenVerbs(p.Frame.Actor.Kind, p.Frame.Actor.Role, false) {
		noun, _, _ := strings.Cut(string(v), ".")
		if len(all) == 0 || all[len(all)-1].Noun != noun {
			all = append(all, verbGroup{Noun: noun})
		}
		last := &all[len(all)-1]
		last.Verbs = append(last.Verbs, v)
	}
	return all
}

func (p TokenNew) chosen(v plaza.Verb) bool { return slices.Contains(p.Form.Values["verb"], string(v)) }

// kind says whose a token is.
func (f Frame) tokenOf(t plaza.Token) string {
	if t.Shared {
		return f.T("token.shared_by", "Name", t.LoginName)
	}
	return t.LoginName
}

// reach returns what a token reaches.
func (f Frame) tokenReach(t plaza.Token) string {
	if t.RootName == "" {
		return f.T("token.reach_gone")
	}
	return t.RootName
}

// why says why a token is in its state, and what can be done.
func (p Token) why() string {
	f, t := p.Frame, p.Token
	switch state := t.State(f.Now); {
	case state == plaza.TokenAsleep && t.RootName == "":
		return f.T("token.why.moved")
	case state == plaza.TokenAsleep && t.Shared && (t.LoginState != plaza.LoginActive || t.NoDashboard):
		return f.T("token.why.adopt", "Name", t.LoginName)
	case state == plaza.TokenActive:
		return f.T("token.why.active", "Date", t.Expires)
	case state == plaza.TokenExpired:
		return f.T("token.why.expired", "Date", t.Expires)
	case state == plaza.TokenRevoked:
		return f.T("token.why.revoked", "Date", t.Revoked)
	}
	return f.T("token.why.asleep")
}

// example is a first request with the token that was just made.
func (p Token) example() string {
	return "curl -H 'Authorization: Bearer " + p.Bearer + "' " + p.Host + "/api/v1/me"
}

func (p Token) adoptable() bool {
	return p.Token.Shared && p.Token.Login != p.Frame.Actor.Login && p.Token.Revoked.IsZero() && p.Frame.May(plaza.TokenAdopt)
}
