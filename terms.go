package plaza

import (
	"encoding/json"
	"slices"
	"time"
)

// Terms are what a license lets its ConnectAgent do beside running for a time:
// limits, modules, and how strictly it is looked at. On the agents' wire they are
// the attributes of its policy (agent API 11.1), whose names and values they have.
//
// The zero Terms are not useful; start from [DefaultTerms].
type Terms struct {
	Strict    bool `json:"strict"`
	Floating  bool `json:"floating"`               // may move between machines: always so with more than one
	Processes int  `json:"maxProcesses,omitempty"` // at once; 0: as many as it likes
	Cores     int  `json:"maxCores,omitempty"`     // of its machines together; 0: as many as there are

	Modules []Module `json:"entitlements"` // none is none: only what says nothing has the default ones

	Overage             Overage    `json:"overageStrategy"`
	MachineUniqueness   Uniqueness `json:"machineUniquenessStrategy"`
	MachineMatching     Matching   `json:"machineMatchingStrategy"`
	ComponentUniqueness Uniqueness `json:"componentUniquenessStrategy"`
	ComponentMatching   Matching   `json:"componentMatchingStrategy"`
	ProcessLeasing      Leasing    `json:"processLeasingStrategy"`
	Expiration          Expiration `json:"expirationStrategy"`

	Requires struct {
		Product     bool `json:"requireProductScope"`
		Policy      bool `json:"requirePolicyScope"`
		Machine     bool `json:"requireMachineScope"`
		Fingerprint bool `json:"requireFingerprintScope"`
		Components  bool `json:"requireComponentsScope"`
		Checksum    bool `json:"requireChecksumScope"`
		Version     bool `json:"requireVersionScope"`
	} `json:"requires"`

	Heartbeat        bool           `json:"requireHeartbeat"`
	HeartbeatSeconds int            `json:"heartbeatDuration"` // until a silent machine is dead
	HeartbeatBasis   HeartbeatBasis `json:"heartbeatBasis"`
	Cull             Cull           `json:"heartbeatCullStrategy"`
	Revival          Revival        `json:"heartbeatResurrectionStrategy"`

	Protected    bool `json:"protected"`      // its agent may not describe its machine anew
	CheckOutMost int  `json:"checkOutMaxTtl"` // seconds that a file may be good for; 0: for ever
}

// Module is a part of ConnectPlaza that a license may include; on the wire, an
// entitlement.
type Module string

// The modules.
const (
	ModuleDevelop Module = "DEVELOP"
	ModuleDeploy  Module = "DEPLOY"
	ModuleControl Module = "CONTROL"
	ModuleMonitor Module = "MONITOR"
	ModuleAnalyze Module = "ANALYZE"
)

// Modules returns every module.
func Modules() []Module {
	return []Module{ModuleDevelop, ModuleDeploy, ModuleControl, ModuleMonitor, ModuleAnalyze}
}

// Overage is how far a limit may be passed.
type Overage string

// How far a limit may be passed (agent API 5.4).
const (
	NoOverage     Overage = "NO_OVERAGE"
	Overage125    Overage = "ALLOW_1_25X_OVERAGE"
	Overage150    Overage = "ALLOW_1_5X_OVERAGE"
	Overage200    Overage = "ALLOW_2X_OVERAGE"
	AnyOverage    Overage = "ALWAYS_ALLOW_OVERAGE"
	quartersMore          = 5 // of four
	halvesMore            = 3 // of two
	quarters              = 4
	halves                = 2
	timesTheLimit         = 2
)

// Allows reports whether there may be count where the limit is limit; 0 is none.
// The same rule lets something in and finds it valid later.
func (o Overage) Allows(count, limit int) bool {
	if limit == 0 {
		return true
	}
	switch o {
	case AnyOverage:
		return true
	case Overage125:
		return quarters*count <= quartersMore*limit
	case Overage150:
		return halves*count <= halvesMore*limit
	case Overage200:
		return count <= timesTheLimit*limit
	case NoOverage:
	}
	return count <= limit
}

// Uniqueness is among what a fingerprint must be the only one of its kind.
type Uniqueness string

// Among what a fingerprint is unique. There is one product, so that and the whole
// installation are the same.
const (
	UniquePerMachine Uniqueness = "UNIQUE_PER_MACHINE" // of components only
	UniquePerLicense Uniqueness = "UNIQUE_PER_LICENSE"
	UniquePerPolicy  Uniqueness = "UNIQUE_PER_POLICY"
	UniquePerProduct Uniqueness = "UNIQUE_PER_PRODUCT"
	UniquePerAccount Uniqueness = "UNIQUE_PER_ACCOUNT"
)

// Matching is how many of the fingerprints that an agent names must be known.
type Matching string

// How many must match (agent API 5.3).
const (
	MatchAny  Matching = "MATCH_ANY"
	MatchTwo  Matching = "MATCH_TWO"
	MatchMost Matching = "MATCH_MOST"
	MatchAll  Matching = "MATCH_ALL"
)

// Enough reports whether so many of n distinct ones are enough.
func (m Matching) Enough(matched, n int) bool {
	switch m {
	case MatchAll:
		return matched == n
	case MatchMost:
		return matched >= (n+1)/2
	case MatchTwo:
		return matched >= 2
	case MatchAny:
	}
	return matched >= 1
}

// Leasing is of what the processes are counted.
type Leasing string

// Of what processes are counted.
const (
	LeasePerMachine Leasing = "PER_MACHINE"
	LeasePerLicense Leasing = "PER_LICENSE"
)

// Expiration is what an expired license still may.
type Expiration string

// What an expired license may.
const (
	RestrictAccess Expiration = "RESTRICT_ACCESS"
	RevokeAccess   Expiration = "REVOKE_ACCESS"
	MaintainAccess Expiration = "MAINTAIN_ACCESS"
	AllowAccess    Expiration = "ALLOW_ACCESS"
)

// HeartbeatBasis is when a machine begins to be watched.
type HeartbeatBasis string

// When a machine begins to be watched.
const (
	FromCreation  HeartbeatBasis = "FROM_CREATION"
	FromFirstPing HeartbeatBasis = "FROM_FIRST_PING"
)

// Cull is what becomes of a dead machine.
type Cull string

// What becomes of a dead machine.
const (
	KeepDead       Cull = "KEEP_DEAD"
	DeactivateDead Cull = "DEACTIVATE_DEAD"
)

// Revival is how long after its death a heartbeat brings a machine back.
type Revival string

// How long after its death a heartbeat brings a machine back.
const (
	AlwaysRevive Revival = "ALWAYS_REVIVE"
	NoRevive     Revival = "NO_REVIVE"
)

// revivals are the windows of those that have one.
func revivals() map[Revival]time.Duration {
	return map[Revival]time.Duration{
		NoRevive: 0, "1_MINUTE_REVIVE": time.Minute, "2_MINUTE_REVIVE": 2 * time.Minute, "5_MINUTE_REVIVE": 5 * time.Minute,
		"10_MINUTE_REVIVE": 10 * time.Minute, "15_MINUTE_REVIVE": 15 * time.Minute,
	}
}

// Window returns how long after its death something can be brought back, unless
// that is always so.
func (r Revival) Window() (window time.Duration, limited bool) {
	window, limited = revivals()[r]
	return window, limited
}

// DefaultTerms returns the terms of a ConnectAgent's license that says nothing of
// its own: the last column of agent API 11.1.
func DefaultTerms() Terms {
	t := Terms{
		Strict: true, Modules: Modules(), Overage: NoOverage,
		MachineUniqueness: UniquePerLicense, MachineMatching: MatchAny,
		ComponentUniqueness: UniquePerMachine, ComponentMatching: MatchAny,
		ProcessLeasing: LeasePerMachine, Expiration: RestrictAccess,
		Heartbeat: true, HeartbeatSeconds: 90, HeartbeatBasis: FromCreation, Cull: KeepDead, Revival: AlwaysRevive,
		CheckOutMost: 366 * 24 * 60 * 60,
	}
	t.Requires.Fingerprint = true
	return t
}

// ParseTerms returns the terms that text says in JSON: the default ones, except
// for what stands there.
func ParseTerms(text string) (Terms, error) {
	t := DefaultTerms()
	if text == "" {
		return t, nil
	}
	err := json.Unmarshal([]byte(text), &t)
	return t, err
}

// String returns t in JSON, as [ParseTerms] reads it.
func (t *Terms) String() string {
	b, err := json.Marshal(t)
	if err != nil {
		return "" // texts and numbers always can
	}
	return string(b)
}

// IsZero reports whether t says nothing at all.
func (t *Terms) IsZero() bool { return t.String() == new(Terms).String() }

// Deadline is after how long a silent machine or process of these terms is dead.
func (t *Terms) Deadline() time.Duration { return time.Duration(t.HeartbeatSeconds) * time.Second }

// Includes reports whether t has every one of the modules.
func (t *Terms) Includes(modules []string) bool {
	for _, m := range modules {
		if !slices.Contains(t.Modules, Module(m)) {
			return false
		}
	}
	return true
}

// DeadlineSeconds limits [Terms.HeartbeatSeconds] (agent API 8.2).
const (
	leastDeadline = 60
	mostDeadline  = 86_400
)

// Problem returns what in t does not go together; empty if nothing.
func (t *Terms) Problem(machines int) string {
	switch {
	case machines > 1 && !t.Floating:
		return "floating"
	case t.HeartbeatSeconds < leastDeadline || t.HeartbeatSeconds > mostDeadline:
		return "heartbeatDuration"
	case t.Revival == AlwaysRevive && t.Cull == DeactivateDead:
		return "heartbeatResurrectionStrategy"
	case t.Overage == Overage125 && (!t.Floating || machines%quarters != 0):
		return "overageStrategy"
	case t.Overage == Overage150 && (!t.Floating || machines%halves != 0):
		return "overageStrategy"
	}
	return t.unknownWord()
}

// unknownWord returns the first strategy of t that is none; empty if all are. One
// that came from elsewhere would be taken for whatever is looked at last.
func (t *Terms) unknownWord() string {
	within := []Uniqueness{UniquePerLicense, UniquePerPolicy, UniquePerProduct, UniquePerAccount}
	matching := []Matching{MatchAny, MatchTwo, MatchMost, MatchAll}
	_, limited := t.Revival.Window()
	for _, one := range []struct {
		name  string
		known bool
	}{
		{"overageStrategy", slices.Contains([]Overage{NoOverage, Overage125, Overage150, Overage200, AnyOverage}, t.Overage)},
		{"machineUniquenessStrategy", slices.Contains(within, t.MachineUniqueness)},
		{"machineMatchingStrategy", slices.Contains(matching, t.MachineMatching)},
		{"componentUniquenessStrategy", t.ComponentUniqueness == UniquePerMachine || slices.Contains(within, t.ComponentUniqueness)},
		{"componentMatchingStrategy", slices.Contains(matching, t.ComponentMatching)},
		{"processLeasingStrategy", t.ProcessLeasing == LeasePerMachine || t.ProcessLeasing == LeasePerLicense},
		{"expirationStrategy", slices.Contains([]Expiration{RestrictAccess, RevokeAccess, MaintainAccess, AllowAccess}, t.Expiration)},
		{"heartbeatBasis", t.HeartbeatBasis == FromCreation || t.HeartbeatBasis == FromFirstPing},
		{"heartbeatCullStrategy", t.Cull == KeepDead || t.Cull == DeactivateDead},
		{"heartbeatResurrectionStrategy", t.Revival == AlwaysRevive || limited},
	} {
		if !one.known {
			return one.name
		}
	}
	return ""
}
