package plaza

import (
	"slices"
	"time"
)

// Token lets a program in by the REST API. It stands for a login, and lets in for no more
// than that login may itself at that moment: only for the verbs that were chosen, and only
// in a profile and those below it. It is shown once, and ends by itself.
type Token struct {
	ID           string
	Profile      string // of the login
	ProfileName  string
	Login        string // that it stands for
	LoginName    string
	Shared       bool // it is the profile's: it outlives its login if another takes it over
	Name         string
	Hint         string // the last characters, to tell it from others by
	Root         string // the profile that it reaches, with all below it
	RootName     string // empty if whoever asks does not see that profile any more
	Verbs        []Verb
	Created      time.Time
	Expires      time.Time
	Used         time.Time // zero: never; to a minute
	UsedFrom     string    // the address
	Revoked      time.Time // zero: it was not
	LoginState   LoginState
	NoDashboard  bool // its login may not use the dashboard any more
	ProfileHalts bool
	Version      int
}

// TokenState says whether a token lets anybody in.
type TokenState string

// The states of a token.
const (
	TokenActive  TokenState = "active"
	TokenAsleep  TokenState = "asleep" // its login, or its profile, is not let in at the moment
	TokenExpired TokenState = "expired"
	TokenRevoked TokenState = "revoked"
)

// TokenStates returns every state of a token.
func TokenStates() []TokenState {
	return []TokenState{TokenActive, TokenAsleep, TokenExpired, TokenRevoked}
}

// Text returns the name of s.
func (s TokenState) Text() Text { return T("token.state." + string(s)) }

// State returns the state of t at now.
func (t Token) State(now time.Time) TokenState {
	switch {
	case !t.Revoked.IsZero():
		return TokenRevoked
	case !now.Before(t.Expires):
		return TokenExpired
	case t.LoginState != LoginActive || t.NoDashboard || t.ProfileHalts:
		return TokenAsleep
	}
	return TokenActive
}

// Pass returns what t lets in for.
func (t Token) Pass() *Pass {
	return &Pass{Token: t.ID, Name: t.Name, Root: t.Root, Verbs: t.Verbs}
}

// Pass is what an [Actor] is limited to that came in with a token.
type Pass struct {
	Token string // ID
	Name  string
	Root  string // the profile that it reaches, with all below it
	Verbs []Verb
}

// PassID returns the ID of the token that a came in with; empty: it is a person.
func (a Actor) PassID() string {
	if a.Pass == nil {
		return ""
	}
	return a.Pass.Token
}

// covers reports whether p, of a login of the given profile, is for v, whose rule is r.
func (p *Pass) covers(v Verb, r rule, profile string) bool {
	return slices.Contains(p.Verbs, v) && !r.person && (!r.home || p.Root == profile)
}

// TokenLongest is how long a token lives at most.
const TokenLongest = 366 * day

// TokenSteps is how many days before a token expires people are told of it, the most first.
func TokenSteps() ExpirySteps { return ExpirySteps{30, 7, 1} }

// MostTokens is how many tokens may stand for one login that neither expired nor were
// revoked.
const MostTokens = 50

// NewToken makes a token for the actor's own login.
type NewToken struct {
	Name    string
	Shared  bool
	Root    string // empty: the actor's own profile
	Verbs   []Verb
	Expires time.Time
}

// Validate reports every field that cannot be accepted at now, from who may themselves do
// what is in may, as an Invalid error.
func (n NewToken) Validate(now time.Time, may []Verb) error {
	bad := problems{}
	bad.name("name", n.Name)
	if !n.Expires.After(now) || n.Expires.After(now.Add(TokenLongest)) {
		bad.add("expires", "problem.token_expires")
	}
	if len(n.Verbs) == 0 {
		bad.add("verbs", "problem.token_verbs")
	}
	for _, v := range n.Verbs {
		if !slices.Contains(may, v) {
			bad.add("verbs", "problem.token_verb", "Verb", string(v))
		}
	}
	return bad.err()
}

// TokenVerbs returns what a token may be given that stands for a login with a role in a
// profile of a kind, sorted: what that login may do, but for what only a person does. If it
// is to reach profiles below alone, what is about the login's own profile is left out, too.
func TokenVerbs(kind ProfileKind, role Role, below bool) (all []Verb) {
	for _, v := range Verbs() {
		if r := policy[v]; r.allows(kind, role) == nil && !r.person && (!below || !r.home) {
			all = append(all, v)
		}
	}
	return all
}

// Usual reports whether v is what most programs begin with: it looks, and at nothing that
// may be a secret. A token is given any other because somebody chose it.
func (v Verb) Usual() bool { return !policy[v].changes && !policy[v].apart }
