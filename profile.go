package plaza

import (
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// ProfileKind says what a tenant is.
type ProfileKind string

// The kinds of profile.
const (
	Vendor     ProfileKind = "vendor"     // the one root
	Reseller   ProfileKind = "reseller"   // sells on, and administers what is below it
	Partner    ProfileKind = "partner"    // builds integrations for its own customers
	Enterprise ProfileKind = "enterprise" // builds integrations for itself
)

// ProfileKinds returns every kind of profile, from the root down.
func ProfileKinds() []ProfileKind { return []ProfileKind{Vendor, Reseller, Partner, Enterprise} }

// Administers reports whether profiles of kind k have others below them and
// create things themselves. The others send a [Request].
func (k ProfileKind) Administers() bool { return k == Vendor || k == Reseller }

// Text returns the name of k.
func (k ProfileKind) Text() Text { return T("profile.kind." + string(k)) }

// MaxProfileDepth is how many levels of profiles there may be below the vendor.
const MaxProfileDepth = 8

// ClosedProfileKept is how long a closed profile can be reopened.
const ClosedProfileKept = 30 * 24 * time.Hour

// Profile is a tenant: one organisation's closed area. Profiles form a tree.
type Profile struct {
	ID            string
	Parent        string // empty for the vendor
	ParentName    string // empty unless it was asked for within a scope that may see it
	Kind          ProfileKind
	Name          string
	SupportEmail  string // where requests from below go; may be empty
	WarningDays   int    // a license is expiring for so long before its end
	Access        SupportAccess
	Created       time.Time
	Suspended     time.Time // zero unless it was itself suspended
	SuspendReason string
	Closed        time.Time // zero unless it was itself closed
	Halted        bool      // suspended or closed, or below a profile that is
	Version       int
	Licenses      int // not ended, its own; lists only
	Agents        int // not ended, its own; lists only
	Logins        int // its own; lists only
}

// ProfileState is where a profile stands in its life.
type ProfileState string

// The states of a profile.
const (
	ProfileActive    ProfileState = "active"
	ProfileSuspended ProfileState = "suspended"
	ProfileClosed    ProfileState = "closed"
)

// ProfileStates returns every state of a profile.
func ProfileStates() []ProfileState {
	return []ProfileState{ProfileActive, ProfileSuspended, ProfileClosed}
}

// Text returns the name of s.
func (s ProfileState) Text() Text { return T("profile.state." + string(s)) }

// State returns the state of p. A profile below a suspended one is suspended.
func (p Profile) State() ProfileState {
	switch {
	case !p.Closed.IsZero():
		return ProfileClosed
	case p.Halted:
		return ProfileSuspended
	}
	return ProfileActive
}

// SuspendedAbove reports whether p stands still only because a profile above it
// does, so that resuming p itself would change nothing.
func (p Profile) SuspendedAbove() bool {
	return p.Halted && p.Suspended.IsZero() && p.Closed.IsZero()
}

// ReopenUntil returns until when p, which is closed, can be reopened.
func (p Profile) ReopenUntil() time.Time { return p.Closed.Add(ClosedProfileKept) }

// NewProfile asks for a profile, with its base license if its kind has one, and
// with the invitation of its first owner.
type NewProfile struct {
	Parent       string      `json:"parent,omitempty"` // the reseller or vendor it will hang under
	Kind         ProfileKind `json:"kind"`
	Name         string      `json:"name"`
	SupportEmail string      `json:"support_email,omitempty"` // optional
	Plan         string      `json:"plan,omitempty"`          // of the base license; partner and enterprise only
	OwnerName    string      `json:"owner_name,omitempty"`    // optional, together with OwnerEmail
	OwnerEmail   string      `json:"owner_email,omitempty"`
}

// Clean returns n without the white space around what was typed, and with the
// owner's address in lower case, as that of every login.
func (n NewProfile) Clean() NewProfile {
	n.Name, n.OwnerName = strings.TrimSpace(n.Name), strings.TrimSpace(n.OwnerName)
	n.SupportEmail, n.OwnerEmail = strings.TrimSpace(n.SupportEmail), strings.ToLower(strings.TrimSpace(n.OwnerEmail))
	return n
}

// Validate reports every field that cannot be accepted as an Invalid error.
func (n NewProfile) Validate() error {
	bad := problems{}
	bad.name("name", n.Name)
	if n.Kind != Reseller && n.Kind != Partner && n.Kind != Enterprise {
		bad.add("kind", "problem.kind")
	}
	if n.Kind.hasBaseLicense() && n.Plan == "" {
		bad.add("plan", "problem.plan")
	}
	bad.optionalEmail("support_email", n.SupportEmail)
	if n.OwnerName != "" || n.OwnerEmail != "" {
		bad.name("owner_name", n.OwnerName)
		bad.email("owner_email", n.OwnerEmail)
	}
	return bad.err()
}

// hasBaseLicense reports whether profiles of kind k come with a license of
// their own kind.
func (k ProfileKind) hasBaseLicense() bool { return k == Partner || k == Enterprise }

// BaseLicense returns the kind of license that comes with a profile of kind k.
func (k ProfileKind) BaseLicense() (LicenseKind, bool) {
	return LicenseKind(k), k.hasBaseLicense()
}

// ProfileEdit changes a profile's settings.
type ProfileEdit struct {
	Name         string
	SupportEmail string
	WarningDays  int
	Version      int // as it was read
}

// Clean returns e without the white space around what was typed.
func (e ProfileEdit) Clean() ProfileEdit {
	e.Name, e.SupportEmail = strings.TrimSpace(e.Name), strings.TrimSpace(e.SupportEmail)
	return e
}

// Validate reports every field that cannot be accepted as an Invalid error.
func (e ProfileEdit) Validate() error {
	bad := problems{}
	bad.name("name", e.Name)
	bad.optionalEmail("support_email", e.SupportEmail)
	if e.WarningDays < 0 || e.WarningDays > 365 {
		bad.add("warning_days", "problem.range", "Min", 0, "Max", 365)
	}
	return bad.err()
}

// ProfileFilter chooses profiles for a list. Zero values choose all.
type ProfileFilter struct {
	Text   string // part of the name
	Kinds  []ProfileKind
	States []ProfileState // none: all but closed
	Parent string         // directly below this one
}

// ProfileImpact is what suspending or closing a profile would stop.
type ProfileImpact struct {
	Profiles int // with the profile itself
	Licenses int // that are valid now
	Agents   int // that are online now
	Logins   int // that can sign in now
	Names    []string
}

// MaxName is the longest name of anything, in characters.
const MaxName = 200

// name notes that the field must hold a name of 1 to MaxName characters.
func (p problems) name(field, value string) {
	switch {
	case value == "":
		p.add(field, "problem.required")
	case utf8.RuneCountInString(value) > MaxName:
		p.add(field, "problem.too_long", "Max", MaxName)
	case !plainText(value):
		p.add(field, "problem.control_characters")
	}
}

// optionalName is name, but the field may be empty.
func (p problems) optionalName(field, value string) {
	if value != "" {
		p.name(field, value)
	}
}

// reason notes that the field must say why, in a least number of characters.
func (p problems) reason(field, value string, least int) {
	switch n := utf8.RuneCountInString(value); {
	case n < least:
		p.add(field, "problem.reason", "Min", least)
	case n > 500:
		p.add(field, "problem.too_long", "Max", 500)
	case !plainText(strings.ReplaceAll(strings.ReplaceAll(value, "\r", ""), "\n", "")):
		p.add(field, "problem.control_characters")
	}
}

// Slug returns a name as an address or a file name can hold it; empty if nothing of it can
// be held.
func Slug(name string) string {
	return strings.Trim(strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-"), "-")
}

// email notes that the field must hold one bare address.
func (p problems) email(field, value string) {
	a, err := mail.ParseAddress(value)
	if err != nil || a.Address != value || len(value) > 254 || !plainText(value) {
		p.add(field, "problem.email")
	}
}

func (p problems) optionalEmail(field, value string) {
	if value != "" {
		p.email(field, value)
	}
}

// plainText reports whether s is valid and free of control characters: those
// are invisible, and do harm in mails, logs and files.
func plainText(s string) bool {
	return utf8.ValidString(s) && !slices.ContainsFunc([]rune(s), func(r rune) bool {
		return r < 0x20 || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029'
	})
}
