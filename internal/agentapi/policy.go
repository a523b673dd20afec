package agentapi

import (
	"strings"
	"time"
)

// policy writes the plan of the bearer's license, as the license has it: its own
// limits count, whatever the plan says now.
func (e *exchange) policy() {
	s, p := &e.bearer.Standing, &e.pen
	p.resource("policies", s.License.Plan)
	p.textOrNull("name", s.License.PlanName)
	p.text("scheme", "ED25519_SIGN")
	p.numberOrNull("duration", int64(s.Term/time.Second))
	e.limits()
	e.strategies()
	e.requirements()
	p.flag("protected", s.Terms.Protected)
	p.numberOrNull("checkOutMaxTtl", int64(s.Terms.CheckOutMost))
	p.metadata("")
	made := s.PlanMade
	if made.IsZero() {
		made = e.wire.Created
	}
	p.stamps(made, made)
	p.relationships()
	p.one("account", "accounts", e.wire.Account)
	p.one("product", "products", e.wire.Product)
	p.endResource()
}

func (e *exchange) limits() {
	s, p := &e.bearer.Standing, &e.pen
	p.flag("strict", s.Terms.Strict)
	p.flag("floating", s.Terms.Floating)
	p.flag("usePool", false)
	p.flag("encrypted", false)
	p.numberOrNull("maxMachines", int64(s.License.Machines))
	p.numberOrNull("maxProcesses", int64(s.Terms.Processes))
	p.numberOrNull("maxCores", int64(s.Terms.Cores))
	for _, name := range []string{"maxUsers", "maxUses", "maxMemory", "maxDisk"} {
		p.null(name)
	}
}

func (e *exchange) strategies() {
	t, p := e.bearer.Standing.Terms, &e.pen
	for _, one := range []struct{ name, value string }{
		{"overageStrategy", string(t.Overage)},
		{"machineUniquenessStrategy", string(t.MachineUniqueness)},
		{"machineMatchingStrategy", string(t.MachineMatching)},
		{"componentUniquenessStrategy", string(t.ComponentUniqueness)},
		{"componentMatchingStrategy", string(t.ComponentMatching)},
		{"machineLeasingStrategy", "PER_LICENSE"},
		{"processLeasingStrategy", string(t.ProcessLeasing)},
		{"authenticationStrategy", "LICENSE"},
		{"expirationStrategy", string(t.Expiration)},
		{"expirationBasis", "FROM_CREATION"},
		{"renewalBasis", "FROM_EXPIRY"},
		{"transferStrategy", "KEEP_EXPIRY"},
		{"heartbeatBasis", string(t.HeartbeatBasis)},
		{"heartbeatCullStrategy", string(t.Cull)},
		{"heartbeatResurrectionStrategy", string(t.Revival)},
	} {
		p.text(one.name, one.value)
	}
}

func (e *exchange) requirements() {
	t, p := e.bearer.Standing.Terms, &e.pen
	for _, one := range []struct {
		name  string
		value bool
	}{
		{"requireProductScope", t.Requires.Product},
		{"requirePolicyScope", t.Requires.Policy},
		{"requireMachineScope", t.Requires.Machine},
		{"requireFingerprintScope", t.Requires.Fingerprint},
		{"requireComponentsScope", t.Requires.Components},
		{"requireUserScope", false},
		{"requireEnvironmentScope", false},
		{"requireChecksumScope", t.Requires.Checksum},
		{"requireVersionScope", t.Requires.Version},
		{"requireCheckIn", false},
		{"requireHeartbeat", t.Heartbeat},
	} {
		p.flag(one.name, one.value)
	}
	p.number("heartbeatDuration", int64(t.HeartbeatSeconds))
	p.null("checkInInterval")
	p.null("checkInIntervalCount")
}

// product writes the one product.
func (e *exchange) product() {
	p := &e.pen
	p.resource("products", e.wire.Product)
	p.text("name", e.wire.ProductName)
	p.text("code", strings.ToLower(e.wire.ProductName))
	p.null("url")
	p.text("distributionStrategy", "LICENSED")
	p.raw("platforms", "[]")
	p.metadata("")
	p.stamps(e.wire.Created, e.wire.Created)
	p.relationships()
	p.one("account", "accounts", e.wire.Account)
	p.endResource()
}
