package plaza

import (
	"strings"
	"time"
)

// RequestKind says what is wished for.
type RequestKind string

// The kinds of request: one for each quick action.
const (
	RequestDevelopment RequestKind = "development"
	RequestProfile     RequestKind = "profile"
	RequestAgent       RequestKind = "agent"
	RequestLogin       RequestKind = "login"
)

// RequestKinds returns every kind of request.
func RequestKinds() []RequestKind {
	return []RequestKind{RequestDevelopment, RequestProfile, RequestAgent, RequestLogin}
}

// Text returns the name of k.
func (k RequestKind) Text() Text { return T("request.kind." + string(k)) }

// RequestState is where a request stands.
type RequestState string

// The states of a request.
const (
	RequestOpen      RequestState = "open"
	RequestApproved  RequestState = "approved"
	RequestDeclined  RequestState = "declined"
	RequestWithdrawn RequestState = "withdrawn"
	RequestLapsed    RequestState = "lapsed"
)

// RequestStates returns every state of a request.
func RequestStates() []RequestState {
	return []RequestState{RequestOpen, RequestApproved, RequestDeclined, RequestWithdrawn, RequestLapsed}
}

// Text returns the name of s.
func (s RequestState) Text() Text { return T("request.state." + string(s)) }

// RequestOpenFor is how long a request waits for an answer before it lapses.
const RequestOpenFor = 30 * day

// Wish is what a request asks for: exactly one of these. The profile is left out
// of it, since it is the one that asks.
type Wish struct {
	License *NewLicense `json:"license,omitempty"`
	Profile *NewProfile `json:"profile,omitempty"`
	Agent   *NewAgent   `json:"agent,omitempty"`
	Login   *NewLogin   `json:"login,omitempty"`
}

// Kind returns what is wished for; empty if nothing is.
func (w Wish) Kind() RequestKind {
	switch {
	case w.License != nil:
		return RequestDevelopment
	case w.Profile != nil:
		return RequestProfile
	case w.Agent != nil:
		return RequestAgent
	case w.Login != nil:
		return RequestLogin
	}
	return ""
}

// Name returns what the wished-for thing is to be called; it may be empty.
func (w Wish) Name() string {
	switch {
	case w.License != nil:
		return w.License.Name
	case w.Profile != nil:
		return w.Profile.Name
	case w.Agent != nil:
		return w.Agent.Name
	case w.Login != nil:
		return w.Login.Name
	}
	return ""
}

// Plan returns the ID of the plan that is wished for; it may be empty.
func (w Wish) Plan() string {
	switch {
	case w.License != nil:
		return w.License.Plan
	case w.Profile != nil:
		return w.Profile.Plan
	case w.Agent != nil:
		return w.Agent.Plan
	}
	return ""
}

// Request is a normal profile's wish on its way to whoever may grant it.
type Request struct {
	ID          string
	Profile     string // who asks
	ProfileName string
	Login       string // who made it
	LoginName   string
	Kind        RequestKind
	Wish        Wish
	PlanName    string // of the plan wished for; may be empty
	Note        string // to whoever decides; may be empty
	Created     time.Time
	Decided     time.Time // zero while nobody decided
	Decision    RequestState
	Reason      string // of a decline
	Object      string // ID of what the approval made
	Version     int
}

// State returns the state of r at now.
func (r Request) State(now time.Time) RequestState {
	switch {
	case r.Decision != "":
		return r.Decision
	case !now.Before(r.Lapses()):
		return RequestLapsed
	}
	return RequestOpen
}

// Lapses returns when r lapses, if nobody decides before.
func (r Request) Lapses() time.Time { return r.Created.Add(RequestOpenFor) }

// MaxNote is the longest note or reason, in characters.
const MaxNote = 500

// CheckNote returns an Invalid error about field unless note, which may be
// empty, is one that can be kept.
func CheckNote(field, note string) error {
	bad := problems{}
	bad.reason(field, strings.TrimSpace(note), 0)
	return bad.err()
}

// CheckReason returns an Invalid error about field unless reason says something
// in a least number of characters.
func CheckReason(field, reason string, least int) error {
	bad := problems{}
	bad.reason(field, strings.TrimSpace(reason), least)
	return bad.err()
}

// RequestFilter chooses requests for a list. Zero values choose all.
type RequestFilter struct {
	Text    string // part of the wished-for name or the profile's name
	Profile string // this profile's own only
	Kinds   []RequestKind
	States  []RequestState
}
