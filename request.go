package plaza

import (
	"slices"
	"strings"
	"time"
)

// RequestKind says what is wished for.
type RequestKind string

// The kinds of request: one for each quick action, and one for each change of what
// there is.
const (
	RequestDevelopment RequestKind = "development"
	RequestProfile     RequestKind = "profile"
	RequestAgent       RequestKind = "agent"
	RequestLogin       RequestKind = "login"
	RequestRenewal     RequestKind = "renewal"
	RequestPlan        RequestKind = "plan" // another plan for a license
	RequestEnd         RequestKind = "end"  // of a license, for good
	RequestAllowance   RequestKind = "allowance"
)

// RequestKinds returns every kind of request.
func RequestKinds() []RequestKind {
	return []RequestKind{
		RequestDevelopment, RequestProfile, RequestAgent, RequestLogin, RequestRenewal, RequestPlan, RequestEnd, RequestAllowance,
	}
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
	License   *NewLicense    `json:"license,omitempty"`
	Profile   *NewProfile    `json:"profile,omitempty"`
	Agent     *NewAgent      `json:"agent,omitempty"`
	Login     *NewLogin      `json:"login,omitempty"`
	Renewal   *LicenseWish   `json:"renewal,omitempty"`
	Replan    *LicenseWish   `json:"replan,omitempty"`
	End       *LicenseWish   `json:"end,omitempty"`
	Allowance *AllowanceWish `json:"allowance,omitempty"`
}

// LicenseWish is about a license that there is.
type LicenseWish struct {
	License string `json:"license"`        // its ID
	Name    string `json:"name,omitempty"` // of it, or of its ConnectAgent, when it was asked
	Plan    string `json:"plan,omitempty"` // ID of the one that it is to be put under; [RequestPlan] only
	Ends    string `json:"ends,omitempty"` // when it ended when it was asked, RFC 3339; [RequestRenewal] only
}

// AllowanceWish is for an allowance that there is to allow more.
type AllowanceWish struct {
	Allowance string      `json:"allowance"`      // its ID
	Kind      LicenseKind `json:"kind,omitempty"` // that it is for
	Plan      string      `json:"plan,omitempty"` // name of the plan that it is for
	Was       int         `json:"was"`            // how many it allowed when it was asked
	Most      int         `json:"most"`           // how many it is to allow
}

// Of returns what w is for, for people to read within a sentence.
func (w AllowanceWish) Of() Text {
	return Allowance{Kind: w.Kind, Plan: w.Plan, PlanName: w.Plan}.Of()
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
	case w.Renewal != nil:
		return RequestRenewal
	case w.Replan != nil:
		return RequestPlan
	case w.End != nil:
		return RequestEnd
	case w.Allowance != nil:
		return RequestAllowance
	}
	return ""
}

// about returns the license that w is about; nil if it is about none that there is.
func (w Wish) about() *LicenseWish {
	switch {
	case w.Renewal != nil:
		return w.Renewal
	case w.Replan != nil:
		return w.Replan
	}
	return w.End
}

// Subject returns the ID of what there is already that w is about; empty if it is for
// something new.
func (w Wish) Subject() string {
	if l := w.about(); l != nil {
		return l.License
	}
	if w.Allowance != nil {
		return w.Allowance.Allowance
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
	case w.Allowance != nil:
		return w.Allowance.Plan
	}
	if l := w.about(); l != nil {
		return l.Name
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
	case w.Replan != nil:
		return w.Replan.Plan
	}
	return ""
}

// Request is a profile's wish on its way to whoever above it may grant it.
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
	First       string    // the login of the first of two who approve; empty if the viewer may not know
	FirstName   string    // the same
	FirstAt     time.Time // zero: one is enough, or nobody did yet
	Decided     time.Time // zero while nobody decided
	Decision    RequestState
	Reason      string // of a decline
	Object      string // ID of what the approval made or changed
	Version     int
}

// About returns what a notice keeps of a request that was made: of which kind it is, and who
// asks.
func (r Request) About() string { return string(r.Kind) + "/" + r.ProfileName }

// requestMade returns what is asked for, and by whom, of which a notice kept about.
func requestMade(about string) Text {
	kind, name, ok := strings.Cut(about, "/")
	if !ok || !slices.Contains(RequestKinds(), RequestKind(kind)) { // of before that was kept
		return T("notice.request_made", "About", about)
	}
	return T("notice.request_made_of", "About", name, "Kind", RequestKind(kind).Text())
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

// TwoApprove reports whether something that costs prices a month, in one currency or
// another, is so dear that two have to approve it.
func TwoApprove(prices, limits []Money) bool {
	return slices.ContainsFunc(prices, func(p Money) bool {
		return slices.ContainsFunc(limits, func(l Money) bool { return l.Currency == p.Currency && p.Minor > l.Minor })
	})
}

// CheckLimits returns an Invalid error unless limits are prices above which two have to
// approve.
func CheckLimits(limits []Money) error {
	bad := problems{}
	bad.money("prices", limits)
	return bad.err()
}

// Comment is what somebody said about a request.
type Comment struct {
	ID         string
	Request    string
	Profile    string // that made the request
	Login      string // whose it is; empty if the viewer may not know, as with the next two
	Author     string // that login's profile
	AuthorName string
	Text       string
	At         time.Time
}

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
	Except  string // not this profile's own
	Subject string // about this license or allowance only
	Kinds   []RequestKind
	States  []RequestState
}

// For narrows f to what concerns actor: whoever administers decides about what profiles
// below ask for, and finds its own by naming itself.
func (f RequestFilter) For(actor Actor) RequestFilter {
	if actor.Kind.Administers() && f.Profile == "" {
		f.Except = actor.Profile
	}
	return f
}
