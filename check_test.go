package plaza_test

import (
	"slices"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
)

// TestChecksInOrder walks down the table of agent API 5.2: each line is reached
// once what the lines before it look at is in order.
func TestChecksInOrder(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	s := plaza.Standing{
		License: plaza.License{
			ID: "l", Plan: "plan", Machines: 1, GraceDays: 7, WarningDays: 30,
			Starts: now.Add(time.Hour), Ends: now.AddDate(0, 0, -30), Ended: now, Suspended: now, Halted: true,
		},
		Product: "product",
	}
	terms := plaza.DefaultTerms()
	terms.Modules, terms.Expiration, terms.Cores, terms.Processes = []plaza.Module{plaza.ModuleDeploy}, plaza.RevokeAccess, 4, 1
	terms.Requires.Product, terms.Requires.Policy, terms.Requires.Machine, terms.Requires.Fingerprint = true, true, true, true
	terms.Requires.Components, terms.Requires.Checksum, terms.Requires.Version = true, true, true
	terms.MachineMatching, terms.ComponentMatching = plaza.MatchAll, plaza.MatchAll
	s.Terms = &terms
	scope := plaza.CheckScope{Environment: true, User: true, Entitlements: plaza.Give([]string{})}
	machine := func(id string, beat time.Time) plaza.Activation {
		return plaza.Activation{ID: id, Fingerprint: "fp " + id, Created: now.Add(-time.Minute), Beat: beat}
	}
	none := time.Time{}
	for _, line := range []struct {
		line  string
		do    func()
		code  plaza.CheckCode
		valid bool
	}{
		{"ended", func() {}, "NOT_FOUND", false},
		{"2 license", func() { s.License.Ended = none }, "SUSPENDED", false},
		{"2 profile", func() { s.License.Suspended = none }, "SUSPENDED", false},
		{"2 scheduled", func() { s.License.Halted = false }, "SUSPENDED", false},
		{"3", func() { s.License.Starts = now.AddDate(-1, 0, 0) }, "EXPIRED", false},
		{"5", func() { terms.Expiration = plaza.RestrictAccess }, "ENVIRONMENT_SCOPE_MISMATCH", false},
		{"6 absent", func() { scope.Environment = false }, "PRODUCT_SCOPE_REQUIRED", false},
		{"6 empty", func() { scope.Product = plaza.Give("") }, "PRODUCT_SCOPE_MISMATCH", false},
		{"6 other", func() { scope.Product = plaza.Give("other") }, "PRODUCT_SCOPE_MISMATCH", false},
		{"7 absent", func() { scope.Product = plaza.Give("product") }, "POLICY_SCOPE_REQUIRED", false},
		{"7 other", func() { scope.Policy = plaza.Give("other") }, "POLICY_SCOPE_MISMATCH", false},
		{"8", func() { scope.Policy = plaza.Give("plan") }, "USER_SCOPE_MISMATCH", false},
		{"9 empty", func() { scope.User = false }, "ENTITLEMENTS_SCOPE_EMPTY", false},
		{"9 lacks", func() { scope.Entitlements = plaza.Give([]string{"DEPLOY", "DEVELOP"}) }, "ENTITLEMENTS_MISSING", false},
		{"9 case", func() { scope.Entitlements = plaza.Give([]string{"deploy"}) }, "ENTITLEMENTS_MISSING", false},
		{"10d", func() { scope.Entitlements = plaza.Give([]string{"DEPLOY", "DEPLOY"}) }, "MACHINE_SCOPE_REQUIRED", false},
		{"10a node-locked", func() { scope.Machine = plaza.Give("a") }, "NO_MACHINE", false},
		{"10a floating", func() { terms.Floating = true }, "NO_MACHINES", false},
		{"10b", func() { s.Machines = []plaza.Activation{machine("b", now)} }, "MACHINE_SCOPE_MISMATCH", false},
		{"10c not started", func() { s.Machines = append(s.Machines, machine("a", none)) }, "HEARTBEAT_NOT_STARTED", false},
		{"10c dead", func() { s.Machines[1].Beat = now.Add(-91 * time.Second) }, "HEARTBEAT_DEAD", false},
		{"11f", func() { s.Machines[1].Beat = now.Add(-90 * time.Second) }, "FINGERPRINT_SCOPE_REQUIRED", false},
		{"11a list", func() { scope.Fingerprints = plaza.Give([]string{}) }, "FINGERPRINT_SCOPE_EMPTY", false},
		{"11a one wins", func() {
			scope.Fingerprint, scope.Fingerprints = plaza.Give(""), plaza.Give([]string{"fp a"})
		}, "FINGERPRINT_SCOPE_EMPTY", false},
		{"11b", func() {
			scope.Fingerprint, scope.Machine, terms.Requires.Machine = plaza.Give("fp a"), plaza.Given[string]{}, false
			s.Machines = nil
		}, "NO_MACHINES", false},
		{"11b node-locked", func() { terms.Floating = false }, "NO_MACHINE", false},
		{"11c", func() { s.Machines = []plaza.Activation{machine("b", now), machine("a", now.Add(-time.Hour))} }, "HEARTBEAT_DEAD", false},
		{"11d unknown", func() { scope.Fingerprint = plaza.Give("fp c") }, "FINGERPRINT_SCOPE_MISMATCH", false},
		{"11d one is dead", func() {
			scope.Fingerprint, scope.Fingerprints = plaza.Given[string]{}, plaza.Give([]string{"fp a", "fp b", "fp a"})
		}, "FINGERPRINT_SCOPE_MISMATCH", false},
		{"11e", func() { s.Machines[1].Beat = none }, "HEARTBEAT_NOT_STARTED", false},
		{"12d", func() { s.Machines[1].Beat = now }, "COMPONENTS_SCOPE_REQUIRED", false},
		{"12a", func() { scope.Components = plaza.Give([]string{}) }, "FINGERPRINT_SCOPE_REQUIRED", false},
		{"12b", func() { scope.Fingerprint = plaza.Give("fp a") }, "COMPONENTS_SCOPE_EMPTY", false},
		{"12c", func() {
			scope.Components = plaza.Give([]string{"cpu", "disk"})
			s.Machines[0].Components = []plaza.Component{{Fingerprint: "disk"}} // of another machine
			s.Machines[1].Components = []plaza.Component{{Fingerprint: "cpu"}}
		}, "COMPONENTS_SCOPE_MISMATCH", false},
		{"13 absent", func() { scope.Components = plaza.Give([]string{"cpu", "cpu"}) }, "CHECKSUM_SCOPE_REQUIRED", false},
		{"13 unknown", func() { scope.Checksum = plaza.Give("00") }, "CHECKSUM_SCOPE_MISMATCH", false},
		{"14 absent", func() { s.HasBuild = true }, "VERSION_SCOPE_REQUIRED", false},
		{"14 unknown", func() { scope.Version = plaza.Give("9") }, "VERSION_SCOPE_MISMATCH", false},
		{"16 expired", func() { s.HasVer, terms.Strict = true, false }, "EXPIRED", false},
		{"16 expired, maintained", func() { terms.Expiration = plaza.MaintainAccess }, "EXPIRED", true},
		{"16", func() { s.License.Ends = now.AddDate(0, 0, 1) }, "VALID", true},
		{"18", func() { terms.Strict = true }, "TOO_MANY_MACHINES", false},
		{"18 within overage", func() { terms.Overage = plaza.Overage200 }, "TOO_MANY_MACHINES", true},
		{"20", func() { terms.Floating, terms.Overage = true, plaza.NoOverage }, "TOO_MANY_MACHINES", false},
		{"21 cores", func() { s.License.Machines, s.Machines[0].Cores, s.Machines[1].Cores = 2, 3, 2 }, "TOO_MANY_CORES", false},
		{"21 cores within overage", func() { terms.Overage = plaza.Overage150 }, "TOO_MANY_CORES", true},
		{"21 processes", func() { s.Machines[0].Cores, s.Machines[1].Processes, terms.Overage = 2, 2, plaza.NoOverage }, "TOO_MANY_PROCESSES", false},
		{"21 processes of the license", func() {
			s.Machines[1].Processes, s.Machines[0].Processes, terms.ProcessLeasing = 1, 1, plaza.LeasePerLicense
		}, "TOO_MANY_PROCESSES", false},
		{"22", func() { terms.ProcessLeasing, s.License.Ends = plaza.LeasePerMachine, now.AddDate(0, 0, -30) }, "EXPIRED", true},
		{"22 allowed", func() { terms.Expiration = plaza.AllowAccess }, "EXPIRED", true},
		{"22 restricted", func() { terms.Expiration = plaza.RestrictAccess }, "EXPIRED", false},
		{"23 in grace", func() { s.License.Ends = now.AddDate(0, 0, -6) }, "VALID", true},
		{"23", func() { s.License.Ends = none }, "VALID", true},
	} {
		line.do()
		if v := s.Check(scope, now); v.Code != line.code || v.Valid != line.valid || v.Detail == "" {
			t.Errorf("line %s: %+v, want %s, %t", line.line, v, line.code, line.valid)
		}
	}
	// Without any scope lines 5 to 14 are left out.
	if v := s.CheckBare(now); v.Code != plaza.CheckValid {
		t.Errorf("bare: %+v", v)
	}
	s.Machines = nil
	if v := s.CheckBare(now); v.Code != plaza.CheckNoMachines { // line 19
		t.Errorf("bare: %+v", v)
	}
	terms.Floating = false
	if v := s.CheckBare(now); v.Code != plaza.CheckNoMachine { // line 17
		t.Errorf("bare: %+v", v)
	}
	s.License.Suspended = now
	if v := s.CheckBare(now); v.Code != plaza.CheckSuspended {
		t.Errorf("bare: %+v", v)
	}
}

// TestMatching is agent API 5.3.
func TestMatching(t *testing.T) {
	t.Parallel()
	for m, least := range map[plaza.Matching]func(n int) int{
		plaza.MatchAny: func(int) int { return 1 }, plaza.MatchTwo: func(int) int { return 2 },
		plaza.MatchMost: func(n int) int { return (n + 1) / 2 }, plaza.MatchAll: func(n int) int { return n },
	} {
		for n := 1; n <= 6; n++ {
			for matched := range n + 1 {
				if m.Enough(matched, n) != (matched >= least(n)) {
					t.Errorf("%s: %d of %d", m, matched, n)
				}
			}
		}
	}
}

// TestMatchingCountsLiveMachines, and one fingerprint needs one whatever the rule.
func TestMatchingCountsLiveMachines(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	terms := plaza.DefaultTerms()
	terms.Floating = true
	s := plaza.Standing{License: plaza.License{Machines: 9}, Terms: &terms}
	for i, name := range []string{"a", "b", "c", "dead"} {
		m := plaza.Activation{ID: name, Fingerprint: name, Beat: now}
		if i == 3 {
			m.Beat = now.Add(-time.Hour)
		}
		s.Machines = append(s.Machines, m)
	}
	for _, c := range []struct {
		matching plaza.Matching
		named    []string
		code     plaza.CheckCode
	}{
		{plaza.MatchTwo, []string{"a"}, "VALID"},
		{plaza.MatchAll, []string{"a", "a"}, "VALID"},
		{plaza.MatchAny, []string{"x", "y", "a"}, "VALID"},
		{plaza.MatchAny, []string{"x", "dead"}, "FINGERPRINT_SCOPE_MISMATCH"},
		{plaza.MatchTwo, []string{"a", "dead"}, "FINGERPRINT_SCOPE_MISMATCH"},
		{plaza.MatchTwo, []string{"a", "b", "x"}, "VALID"},
		{plaza.MatchMost, []string{"a", "x"}, "VALID"},
		{plaza.MatchMost, []string{"a", "x", "y"}, "FINGERPRINT_SCOPE_MISMATCH"},
		{plaza.MatchAll, []string{"a", "b", "c"}, "VALID"},
		{plaza.MatchAll, []string{"a", "b", "dead"}, "FINGERPRINT_SCOPE_MISMATCH"},
		{plaza.MatchAll, []string{"dead"}, "HEARTBEAT_DEAD"},
	} {
		terms.MachineMatching = c.matching
		if v := s.Check(plaza.CheckScope{Fingerprints: plaza.Give(c.named)}, now); v.Code != c.code {
			t.Errorf("%s of %v: %s, want %s", c.matching, c.named, v.Code, c.code)
		}
	}
}

// TestOverage is agent API 5.4.
func TestOverage(t *testing.T) {
	t.Parallel()
	for o, most := range map[plaza.Overage]int{plaza.NoOverage: 8, plaza.Overage125: 10, plaza.Overage150: 12, plaza.Overage200: 16, plaza.AnyOverage: 1 << 30} {
		for _, count := range []int{0, 8, 9, 10, 11, 12, 13, 16, 17, 1 << 20} {
			if o.Allows(count, 8) != (count <= most) {
				t.Errorf("%s: %d of 8", o, count)
			}
			if !o.Allows(count, 0) {
				t.Errorf("%s: there is no limit", o)
			}
		}
	}
}

func TestTermsThatDoNotGoTogether(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		change   func(*plaza.Terms)
		machines int
		problem  string
	}{
		{func(*plaza.Terms) {}, 1, ""},
		{func(*plaza.Terms) {}, 2, "floating"},
		{func(t *plaza.Terms) { t.Floating = true }, 2, ""},
		{func(t *plaza.Terms) { t.HeartbeatSeconds = 59 }, 1, "heartbeatDuration"},
		{func(t *plaza.Terms) { t.HeartbeatSeconds = 86_401 }, 1, "heartbeatDuration"},
		{func(t *plaza.Terms) { t.Cull = plaza.DeactivateDead }, 1, "heartbeatResurrectionStrategy"},
		{func(t *plaza.Terms) { t.Cull, t.Revival = plaza.DeactivateDead, plaza.NoRevive }, 1, ""},
		{func(t *plaza.Terms) { t.Overage = plaza.Overage150 }, 1, "overageStrategy"},
		{func(t *plaza.Terms) { t.Overage, t.Floating = plaza.Overage125, true }, 6, "overageStrategy"},
		{func(t *plaza.Terms) { t.Overage, t.Floating = plaza.Overage125, true }, 8, ""},
		{func(t *plaza.Terms) { t.Overage, t.Floating = plaza.Overage150, true }, 6, ""},
		{func(t *plaza.Terms) { t.Modules = nil }, 1, ""},
		{func(t *plaza.Terms) { t.Modules = []plaza.Module{} }, 1, ""},
		{func(t *plaza.Terms) { t.Modules = []plaza.Module{plaza.ModuleDeploy} }, 1, ""},
		{func(t *plaza.Terms) { t.Overage = "MORE" }, 1, "overageStrategy"},
		{func(t *plaza.Terms) { t.MachineUniqueness = plaza.UniquePerMachine }, 1, "machineUniquenessStrategy"},
		{func(t *plaza.Terms) { t.MachineUniqueness = plaza.UniquePerProduct }, 1, ""},
		{func(t *plaza.Terms) { t.MachineMatching = "match_any" }, 1, "machineMatchingStrategy"},
		{func(t *plaza.Terms) { t.ComponentUniqueness = "" }, 1, "componentUniquenessStrategy"},
		{func(t *plaza.Terms) { t.ComponentMatching = "MATCH_NONE" }, 1, "componentMatchingStrategy"},
		{func(t *plaza.Terms) { t.ProcessLeasing = "PER_USER" }, 1, "processLeasingStrategy"},
		{func(t *plaza.Terms) { t.Expiration = "REVOKE" }, 1, "expirationStrategy"},
		{func(t *plaza.Terms) { t.HeartbeatBasis = "FROM_FIRST_VALIDATION" }, 1, "heartbeatBasis"},
		{func(t *plaza.Terms) { t.Cull = "KEEP" }, 1, "heartbeatCullStrategy"},
		{func(t *plaza.Terms) { t.Revival = "3_MINUTE_REVIVE" }, 1, "heartbeatResurrectionStrategy"},
		{func(t *plaza.Terms) { t.Revival = "15_MINUTE_REVIVE" }, 1, ""},
	} {
		terms := plaza.DefaultTerms()
		c.change(&terms)
		if got := terms.Problem(c.machines); got != c.problem {
			t.Errorf("%s for %d: %q, want %q", terms.String(), c.machines, got, c.problem)
		}
		err := plaza.NewPlan{Kind: plaza.ConnectAgentLicense, Name: "P", Machines: c.machines, Terms: terms}.Validate()
		if (err != nil) != (c.problem != "") {
			t.Errorf("a plan with it: %v", err)
		}
		again, err := plaza.ParseTerms(terms.String())
		if err != nil || again.String() != terms.String() || !slices.Equal(again.Modules, terms.Modules) {
			t.Errorf("read again: %+v, %v", again, err)
		}
	}
	if err := (plaza.NewPlan{Kind: plaza.ConnectAgentLicense, Name: "P", Machines: 5}).Validate(); err != nil {
		t.Errorf("without terms: %v", err)
	}
}
