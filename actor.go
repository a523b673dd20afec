package plaza

import (
	"slices"
	"time"
)

// Actor is whoever is asking: a login at work in its profile, or one of Plaza's
// own (see [Janitor]). It is the second argument of every use case.
//
// The zero Actor may do nothing.
type Actor struct {
	Login       string
	Person      string
	Name        string // as the profile knows the person
	Profile     string
	ProfileName string
	Kind        ProfileKind
	Role        Role
	Via         *Acting   // who is really at the keyboard; nil unless acting
	Session     string    // ID of the session; empty for Plaza's own, and for programs
	Once        *Once     // the request that this is, if that is to be done once
	Pass        *Pass     // what a program is limited to that came in with a token; nil: it is a person
	Language    string    // the person's choice; may be empty
	TimeZone    string    // the person's choice; may be empty
	Proved      time.Time // when the person in the session last proved who they are; zero: never, for what is sensitive
	Own         string    // name of one of Plaza's own actors
	License     string    // that a ConnectAgent came in with; it sees nothing else
	From        Origin
}

// Origin is where a request came from, for the audit log.
type Origin struct {
	Address   string
	UserAgent string
	Request   string // ID of the request
	ByItself  bool   // a page asks for what is new; nobody need be there
}

// The actors of Plaza itself: what runs without a person has a name too.
var (
	Janitor   = Actor{Own: "janitor"}   //nolint:gochecknoglobals // a constant
	Postman   = Actor{Own: "postman"}   //nolint:gochecknoglobals // a constant
	Installer = Actor{Own: "installer"} //nolint:gochecknoglobals // a constant
	Sealer    = Actor{Own: "sealer"}    //nolint:gochecknoglobals // a constant
	Simulator = Actor{Own: "simulator"} //nolint:gochecknoglobals // a constant
	Publisher = Actor{Own: "publisher"} //nolint:gochecknoglobals // a constant
	Clerk     = Actor{Own: "clerk"}     //nolint:gochecknoglobals // a constant
	Courier   = Actor{Own: "courier"}   //nolint:gochecknoglobals // a constant
	Operator  = Actor{Own: "operator"}  //nolint:gochecknoglobals // a constant
)

// ConnectAgentActor returns the actor that a ConnectAgent is which came in with the key
// of a license.
func ConnectAgentActor(license, profile string, from Origin) Actor {
	return Actor{Own: "connectagent", License: license, Profile: profile, From: from}
}

// Acting reports whether a works inside a profile that is not its own.
func (a Actor) Acting() bool { return a.Via != nil }

// Home returns a in its own profile, as it is again once it stops acting.
func (a Actor) Home() Actor {
	if v := a.Via; v != nil {
		a.Login, a.Person, a.Name, a.Role = v.Login, v.Person, v.Name, v.Role
		a.Profile, a.ProfileName, a.Kind, a.Via = v.Profile, v.ProfileName, v.Kind, nil
	}
	return a
}

// Context names whose environment a is at work in. What a page sends carries it, so that
// one drawn before the profile was switched does nothing afterwards.
func (a Actor) Context() string {
	if a.Via != nil {
		return a.Profile + " " + a.Via.ID
	}
	return a.Profile
}

// May reports whether a is ever allowed to do v: nil, Unauthenticated or
// Forbidden. To whose data is a question for [Actor.Scope].
//
// Somebody acting may see what the chosen login may see and its own role lets it
// see. To change something it must have raised the session to Manage, and then
// needs the right that it holds over that profile anyway; some things nobody does
// for another. So nobody gains a right by acting.
func (a Actor) May(v Verb) error {
	r, known := policy[v]
	switch {
	case a.Own != "":
		if known && r.own == a.Own {
			return nil
		}
		return Errorf(Forbidden, "error.forbidden")
	case a.Login == "":
		return Errorf(Unauthenticated, "error.unauthenticated")
	case !known:
		return Errorf(Forbidden, "error.forbidden")
	case a.Pass != nil && !a.Pass.covers(v, r, a.Profile):
		return Errorf(Forbidden, "error.not_by_token", "Verb", string(v))
	case a.Via == nil:
		return r.allows(a.Kind, a.Role)
	case r.keyboard:
		return r.allows(a.Via.Kind, a.Via.Role)
	case r.notActing:
		return Errorf(Forbidden, "error.not_while_acting")
	case !r.changes:
		if err := r.allows(a.Kind, a.Role); err != nil {
			return err
		}
	case a.Via.Mode != Manage:
		return Errorf(Forbidden, "error.looking_only")
	}
	return r.allows(a.Via.Kind, a.Via.Role)
}

// Fresh returns nil unless v is sensitive and the person at the keyboard proved too long
// before now who they are: then Unproved.
func (a Actor) Fresh(v Verb, now time.Time) error {
	if !policy[v].sensitive {
		return nil
	}
	return a.Recent(now)
}

// Recent returns nil unless the person at the keyboard proved too long before now who they
// are: then Unproved. Nobody is at the keyboard of a program.
func (a Actor) Recent(now time.Time) error {
	if ago := now.Sub(a.Proved); a.Session == "" || ago >= 0 && ago < ProofCounts {
		return nil
	}
	return Errorf(Unproved, "error.unproved")
}

// Can is May for views: whether to offer v at all.
func (a Actor) Can(v Verb) bool { return a.May(v) == nil }

// MayGrant reports whether a may give somebody in a profile of the given kind
// the given role: nobody can grant more than they hold.
func (a Actor) MayGrant(kind ProfileKind, role Role) bool {
	for v, r := range policy {
		implied := a.Kind.Administers() && !slices.Contains(r.kinds, Vendor) || // whoever is asked needs not ask
			a.Pass != nil && (r.person || r.home && a.Pass.Root != a.Profile) && r.allows(a.Kind, a.Role) == nil // what no token is given, its login has
		if r.allows(kind, role) == nil && a.May(v) != nil && !implied {
			return false
		}
	}
	return slices.Contains(Roles(), role)
}

// Scope is the set of profiles whose data a query may touch. The zero Scope is
// empty. It can only be made from an Actor, or by [Everyone].
type Scope struct {
	root    string
	license string
	all     bool
}

// Root returns the topmost profile in s; empty if there is none, or if s holds
// everything.
func (s Scope) Root() string { return s.root }

// License returns the one license that s is limited to; empty if it holds all that
// its profiles have.
func (s Scope) License() string { return s.license }

// All reports whether s holds every profile there is.
func (s Scope) All() bool { return s.all }

// Scope returns the profiles a may see: its own and all below it. A ConnectAgent
// sees what belongs to its license, a token what it reaches.
func (a Actor) Scope() Scope {
	if a.License != "" {
		return Scope{license: a.License}
	}
	if a.Pass != nil {
		return Scope{root: a.Pass.Root}
	}
	return Scope{root: a.Profile}
}

// Everyone returns the scope that holds every profile. The reason is for whoever
// reads or searches the code: jobs and the gate use it, and what tells those above
// something without telling who they are.
func Everyone(reason string) Scope { return Scope{all: reason != ""} }
