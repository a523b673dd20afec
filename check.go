package plaza

import (
	"slices"
	"strconv"
	"time"
)

// Given is a member of a document that may be missing: what counts in a check is
// whether it is there.
type Given[T any] struct {
	Is    bool
	Value T
}

// Give returns v as a member that is there.
func Give[T any](v T) Given[T] { return Given[T]{Is: true, Value: v} }

// CheckScope is what an agent wants its license to be checked for (agent API
// 5.1). The lists come without nulls.
type CheckScope struct {
	Environment  bool // one is named; there are none
	User         bool // the same
	Product      Given[string]
	Policy       Given[string]
	Machine      Given[string]
	Fingerprint  Given[string]
	Fingerprints Given[[]string]
	Components   Given[[]string]
	Entitlements Given[[]string]
	Checksum     Given[string]
	Version      Given[string]
}

// CheckCode is the outcome of a check.
type CheckCode string

// The outcomes of a check that more than one rule has, or that callers know by
// name. The table of agent API 5.2 has all of them.
const (
	CheckValid            CheckCode = "VALID"
	CheckNotFound         CheckCode = "NOT_FOUND"
	CheckSuspended        CheckCode = "SUSPENDED"
	CheckExpired          CheckCode = "EXPIRED"
	CheckNoMachine        CheckCode = "NO_MACHINE"
	CheckNoMachines       CheckCode = "NO_MACHINES"
	CheckTooManyMachines  CheckCode = "TOO_MANY_MACHINES"
	CheckTooManyCores     CheckCode = "TOO_MANY_CORES"
	CheckTooManyProcesses CheckCode = "TOO_MANY_PROCESSES"
	CheckHeartbeatDead    CheckCode = "HEARTBEAT_DEAD"
	CheckNotStarted       CheckCode = "HEARTBEAT_NOT_STARTED"
)

// Text returns what c means, in a sentence for people.
func (c CheckCode) Text() Text { return T("check." + string(c)) }

// Verdict is the outcome of a check.
type Verdict struct {
	Code   CheckCode
	Valid  bool
	Detail string // a sentence for an agent's log
}

// Unknown reports whether v says that a machine is not known: it may have been
// activated a moment ago.
func (v Verdict) Unknown() bool {
	return slices.Contains([]CheckCode{CheckNoMachine, CheckNoMachines, "MACHINE_SCOPE_MISMATCH", "FINGERPRINT_SCOPE_MISMATCH"}, v.Code)
}

// Standing is a license with everything that a check looks at.
type Standing struct {
	License  License
	Terms    *Terms
	Product  string        // the one there is
	Term     time.Duration // that its plan gives; 0: without end
	PlanMade time.Time
	Machines []Activation // that stand, with their components if a check names some
	HasBuild bool         // a release that the license may use has the checksum that a check names
	HasVer   bool         // … has the version
}

// Expiry returns when l is invalid on the agents' wire: at the end of its grace.
func (l License) Expiry() time.Time { return l.GraceEnds() }

// Check returns what an agent that asks for scope is told at now. The first rule
// of agent API 5.2 that applies decides.
func (s Standing) Check(scope CheckScope, now time.Time) Verdict {
	for _, rule := range []func(CheckScope, time.Time) Verdict{
		s.checkState, s.checkNames, s.checkEntitlements, s.checkMachine, s.checkFingerprint, s.checkComponents, s.checkRelease,
	} {
		if v := rule(scope, now); v.Code != "" {
			return v
		}
	}
	return s.checkLimits(scope, now)
}

// CheckBare is Check for who names nothing and is asked for nothing: lines 5 to
// 14 of the table are left out.
func (s Standing) CheckBare(now time.Time) Verdict {
	if v := s.checkState(CheckScope{}, now); v.Code != "" {
		return v
	}
	return s.checkLimits(CheckScope{}, now)
}

func invalid(code CheckCode, detail string) Verdict { return Verdict{Code: code, Detail: detail} }

func (s Standing) checkState(_ CheckScope, now time.Time) Verdict {
	switch s.License.State(now) {
	case LicenseEnded:
		return invalid(CheckNotFound, "this license has ended")
	case LicenseSuspended:
		return invalid(CheckSuspended, "this license is suspended")
	case LicenseScheduled:
		return invalid(CheckSuspended, "this license starts on "+s.License.Starts.UTC().Format(time.DateOnly))
	case LicenseExpired:
		if s.Terms.Expiration == RevokeAccess {
			return s.expired()
		}
	default:
	}
	return Verdict{}
}

func (s Standing) expired() Verdict {
	keeps := s.Terms.Expiration == MaintainAccess || s.Terms.Expiration == AllowAccess
	return Verdict{Code: CheckExpired, Valid: keeps, Detail: "this license expired on " + s.License.Expiry().UTC().Format(time.DateOnly)}
}

func (s Standing) checkNames(scope CheckScope, _ time.Time) Verdict {
	switch {
	case scope.Environment:
		return invalid("ENVIRONMENT_SCOPE_MISMATCH", "there are no environments")
	case scope.Product.Is && scope.Product.Value != s.Product:
		return invalid("PRODUCT_SCOPE_MISMATCH", "this license is for another product")
	case !scope.Product.Is && s.Terms.Requires.Product:
		return invalid("PRODUCT_SCOPE_REQUIRED", "the product must be named")
	case scope.Policy.Is && scope.Policy.Value != s.License.Plan:
		return invalid("POLICY_SCOPE_MISMATCH", "this license is of another policy")
	case !scope.Policy.Is && s.Terms.Requires.Policy:
		return invalid("POLICY_SCOPE_REQUIRED", "the policy must be named")
	case scope.User:
		return invalid("USER_SCOPE_MISMATCH", "there are no users")
	}
	return Verdict{}
}

func (s Standing) checkEntitlements(scope CheckScope, _ time.Time) Verdict {
	switch {
	case !scope.Entitlements.Is:
	case len(scope.Entitlements.Value) == 0:
		return invalid("ENTITLEMENTS_SCOPE_EMPTY", "the list of entitlements is empty")
	case !s.Terms.Includes(scope.Entitlements.Value):
		return invalid("ENTITLEMENTS_MISSING", "this license lacks at least one of the entitlements")
	}
	return Verdict{}
}

// none is what a license without any machine answers who names one.
func (s Standing) none() Verdict {
	if s.Terms.Floating {
		return invalid(CheckNoMachines, "nothing has been activated yet")
	}
	return invalid(CheckNoMachine, "this fingerprint has not been activated yet")
}

// alive says what is wrong with m's heartbeat, if it must have one.
func (s Standing) alive(m Activation, now time.Time) Verdict {
	switch m.Status(s.Terms, now) {
	case HeartbeatDead:
		return invalid(CheckHeartbeatDead, "this machine has not sent a heartbeat in time")
	case HeartbeatNotStarted:
		if s.Terms.Heartbeat {
			return invalid(CheckNotStarted, "this machine has not sent a heartbeat yet")
		}
	default:
	}
	return Verdict{}
}

func (s Standing) checkMachine(scope CheckScope, now time.Time) Verdict {
	switch {
	case !scope.Machine.Is && s.Terms.Requires.Machine:
		return invalid("MACHINE_SCOPE_REQUIRED", "the machine must be named")
	case !scope.Machine.Is:
		return Verdict{}
	case len(s.Machines) == 0:
		return s.none()
	}
	i := slices.IndexFunc(s.Machines, func(m Activation) bool { return m.ID == scope.Machine.Value })
	if i < 0 {
		return invalid("MACHINE_SCOPE_MISMATCH", "this is no machine of this license")
	}
	return s.alive(s.Machines[i], now)
}

// fingerprints returns the distinct fingerprints that scope names, if it names
// any: the single one wins.
func (c CheckScope) fingerprints() Given[[]string] {
	switch {
	case c.Fingerprint.Is && c.Fingerprint.Value == "":
		return Give[[]string](nil)
	case c.Fingerprint.Is:
		return Give([]string{c.Fingerprint.Value})
	case c.Fingerprints.Is:
		return Give(distinct(c.Fingerprints.Value))
	}
	return Given[[]string]{}
}

func distinct(all []string) []string {
	all = slices.Sorted(slices.Values(all))
	return slices.Compact(all)
}

func (s Standing) checkFingerprint(scope CheckScope, now time.Time) Verdict {
	named := scope.fingerprints()
	switch {
	case !named.Is && s.Terms.Requires.Fingerprint:
		return invalid("FINGERPRINT_SCOPE_REQUIRED", "the fingerprint must be named")
	case !named.Is:
		return Verdict{}
	case len(named.Value) == 0:
		return invalid("FINGERPRINT_SCOPE_EMPTY", "the list of fingerprints is empty")
	case len(s.Machines) == 0:
		return s.none()
	}
	return s.matchMachines(named.Value, now)
}

func (s Standing) matchMachines(fingerprints []string, now time.Time) Verdict {
	live, dead := 0, 0
	var asleep Verdict
	for _, m := range s.Machines {
		if !slices.Contains(fingerprints, m.Fingerprint) {
			continue
		}
		switch v := s.alive(m, now); v.Code {
		case CheckHeartbeatDead:
			dead++
			continue
		case CheckNotStarted:
			asleep = v
		default:
		}
		live++
	}
	matching := MatchAny
	if len(fingerprints) > 1 {
		matching = s.Terms.MachineMatching
	}
	switch {
	case live == 0 && dead == len(fingerprints):
		return invalid(CheckHeartbeatDead, "this machine has not sent a heartbeat in time")
	case !matching.Enough(live, len(fingerprints)):
		return invalid("FINGERPRINT_SCOPE_MISMATCH", "this fingerprint has not been activated; other machines have")
	}
	return asleep
}

func (s Standing) checkComponents(scope CheckScope, _ time.Time) Verdict {
	switch {
	case !scope.Components.Is && s.Terms.Requires.Components:
		return invalid("COMPONENTS_SCOPE_REQUIRED", "the components must be named")
	case !scope.Components.Is:
		return Verdict{}
	case !scope.Fingerprint.Is:
		return invalid("FINGERPRINT_SCOPE_REQUIRED", "components can be named only together with one fingerprint")
	}
	named := distinct(scope.Components.Value)
	if len(named) == 0 {
		return invalid("COMPONENTS_SCOPE_EMPTY", "the list of components is empty")
	}
	matched := 0
	for _, m := range s.Machines {
		if m.Fingerprint != scope.Fingerprint.Value {
			continue
		}
		for _, c := range m.Components {
			if slices.Contains(named, c.Fingerprint) {
				matched++
			}
		}
	}
	if !s.Terms.ComponentMatching.Enough(matched, len(named)) {
		return invalid("COMPONENTS_SCOPE_MISMATCH", "too few of these components belong to this machine")
	}
	return Verdict{}
}

func (s Standing) checkRelease(scope CheckScope, _ time.Time) Verdict {
	switch {
	case scope.Checksum.Is && !s.HasBuild:
		return invalid("CHECKSUM_SCOPE_MISMATCH", "no build that this license may use has this checksum")
	case !scope.Checksum.Is && s.Terms.Requires.Checksum:
		return invalid("CHECKSUM_SCOPE_REQUIRED", "the checksum must be named")
	case scope.Version.Is && !s.HasVer:
		return invalid("VERSION_SCOPE_MISMATCH", "no release that this license may use has this version")
	case !scope.Version.Is && s.Terms.Requires.Version:
		return invalid("VERSION_SCOPE_REQUIRED", "the version must be named")
	}
	return Verdict{}
}

// checkLimits are lines 16 to 23 of the table.
func (s Standing) checkLimits(scope CheckScope, now time.Time) Verdict {
	if s.Terms.Strict {
		if v := s.checkCounts(scope); v.Code != "" {
			return v
		}
	}
	switch s.License.State(now) {
	case LicenseExpired:
		return s.expired()
	case LicenseGrace:
		return Verdict{CheckValid, true, "is valid until " + s.License.Expiry().UTC().Format(time.DateOnly) + "; its term has ended, renew it"}
	default:
	}
	return Verdict{CheckValid, true, "is valid"}
}

func (s Standing) checkCounts(scope CheckScope) Verdict {
	limit, n := s.License.Machines, len(s.Machines)
	switch {
	case n == 0:
		return s.none()
	case limit > 0 && n > limit:
		return s.over(CheckTooManyMachines, "machines", n, limit)
	}
	cores, processes, named := 0, 0, scope.fingerprints()
	for _, m := range s.Machines {
		cores += m.Cores
		switch here := m.ID == scope.Machine.Value || slices.Contains(named.Value, m.Fingerprint); {
		case s.Terms.ProcessLeasing == LeasePerLicense:
			processes += m.Processes
		case here:
			processes = max(processes, m.Processes)
		}
	}
	if limit := s.Terms.Cores; limit > 0 && cores > limit {
		return s.over(CheckTooManyCores, "cores", cores, limit)
	}
	if limit := s.Terms.Processes; limit > 0 && processes > limit {
		return s.over(CheckTooManyProcesses, "processes", processes, limit)
	}
	return Verdict{}
}

func (s Standing) over(code CheckCode, what string, n, limit int) Verdict {
	return Verdict{
		Code: code, Valid: s.Terms.Overage.Allows(n, limit),
		Detail: "there are " + strconv.Itoa(n) + " " + what + " where the license allows " + strconv.Itoa(limit),
	}
}
