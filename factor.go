package plaza

import (
	"slices"
	"strings"
	"time"
)

// Factor is a second proof of who a person is, besides the password.
type Factor struct {
	ID      string
	Person  string
	Kind    FactorKind
	Name    string // by which the person knows it
	Created time.Time
	Used    time.Time // zero: never
}

// FactorKind says what a factor is.
type FactorKind string

// The kinds of factors.
const (
	FactorApp FactorKind = "app" // codes that change every half minute (TOTP, RFC 6238)
)

// Text returns the name of k.
func (k FactorKind) Text() Text { return T("factor.kind." + string(k)) }

// NewFactor asks for a factor.
type NewFactor struct {
	Name    string
	Seed    string // what the app was shown, sealed as it was handed out
	Code    string // that the app shows now
	Lasting bool   // other sessions of the person go on
}

// MostFactors is how many factors a person has at most.
const MostFactors = 10

// Clean returns n without the white space around what was typed.
func (n NewFactor) Clean() NewFactor {
	n.Name, n.Code = strings.TrimSpace(n.Name), PlainCode(n.Code)
	return n
}

// Validate reports every field that cannot be accepted as an Invalid error. Whether the
// code is the right one is not known here.
func (n NewFactor) Validate() error {
	bad := problems{}
	bad.name("name", n.Name)
	if n.Code == "" {
		bad.add("code", "problem.required")
	}
	return bad.err()
}

// Proof is what somebody gives to prove who they are: a code of a factor, or a recovery
// code; the password, who has no factor.
type Proof struct {
	Code     string
	Password string
}

// PlainCode returns a code without the blanks and dashes with which it is easier to read.
func PlainCode(code string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, strings.ToLower(code))
}

// Recovery is how many recovery codes a person was given, and how many are left: each can
// be used once in the place of a factor.
type Recovery struct {
	Made int
	Left int
}

// RecoveryCodes is how many recovery codes are made at once.
const RecoveryCodes = 10

// FewRecovery is from how many left on somebody should make new ones.
const FewRecovery = 3

// Browser is one that was remembered: a second proof is not asked for in it.
type Browser struct {
	ID        string
	Created   time.Time
	Expires   time.Time
	Address   string
	UserAgent string
}

// What limits how long a proof counts.
const (
	// ProofCounts is how long after a proof somebody may do what is sensitive.
	ProofCounts = 10 * time.Minute
	// SignInWaits is how long after the password a second proof, or a new factor, is
	// waited for.
	SignInWaits = 10 * time.Minute
	// BrowserKept is how long a browser is remembered.
	BrowserKept = 30 * 24 * time.Hour
)

// SignInStage says what a session still wants before it opens anything.
type SignInStage string

// The stages of signing in.
const (
	StageOpen   SignInStage = "open"
	StageFactor SignInStage = "factor" // the password was right; a second proof is to come
	StageEnrol  SignInStage = "enrol"  // a profile wants a second proof, and the person has no factor yet
)

// FactorRule says of whom a profile wants a second proof.
type FactorRule string

// The rules.
const (
	FactorOptional FactorRule = "optional"
	FactorOwn      FactorRule = "own"   // of all its logins
	FactorBelow    FactorRule = "below" // of these, and of those of every profile below it
)

// FactorRules returns every rule.
func FactorRules() []FactorRule { return []FactorRule{FactorOptional, FactorOwn, FactorBelow} }

// Validate returns an Invalid error unless a profile of the given kind can have r.
func (r FactorRule) Validate(kind ProfileKind) error {
	bad := problems{}
	if !slices.Contains(FactorRules(), r) || r == FactorBelow && !kind.Administers() {
		bad.add("rule", "problem.choice")
	}
	return bad.err()
}

// Text returns what r says.
func (r FactorRule) Text() Text { return T("factor.rule." + string(r)) }
