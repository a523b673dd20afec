package agentdoc

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/connectplaza/plaza"
)

type entitlementAttributes struct {
	Name     string `json:"name"`
	Code     string `json:"code"`
	Metadata object `json:"metadata"`
	Created  stamp  `json:"created"`
	Updated  stamp  `json:"updated"`
}

// Entitlement returns the document of a module. It has no row of its own: its ID
// follows from the account and the code.
func (i Installation) Entitlement(m plaza.Module) Resource {
	account, err := uuid.Parse(i.AccountID)
	if err != nil {
		account = uuid.NameSpaceOID
	}
	name := string(m)
	if name != "" {
		name = name[:1] + strings.ToLower(name[1:])
	}
	return Resource{
		ID: uuid.NewSHA1(account, []byte("entitlement/"+m)).String(), Type: "entitlements",
		Attributes: entitlementAttributes{Name: name, Code: string(m), Created: stamp(i.Created), Updated: stamp(i.Created)},
		Relationships: struct {
			Account one `json:"account"`
		}{i.account()},
	}
}

type productAttributes struct {
	Name                 string   `json:"name"`
	Code                 string   `json:"code"`
	URL                  null     `json:"url"`
	DistributionStrategy string   `json:"distributionStrategy"`
	Platforms            []string `json:"platforms"`
	Metadata             object   `json:"metadata"`
	Created              stamp    `json:"created"`
	Updated              stamp    `json:"updated"`
}

// Product returns the document of the one product.
func (i Installation) Product() Resource {
	return Resource{
		ID: i.ProductID, Type: "products",
		Attributes: productAttributes{
			Name: i.ProductName, Code: strings.ToLower(i.ProductName), DistributionStrategy: "LICENSED", Platforms: []string{},
			Created: stamp(i.Created), Updated: stamp(i.Created),
		},
		Relationships: struct {
			Account one `json:"account"`
		}{i.account()},
	}
}

type policyAttributes struct {
	Name                          *string `json:"name"`
	Scheme                        string  `json:"scheme"`
	Duration                      *int64  `json:"duration"`
	Strict                        bool    `json:"strict"`
	Floating                      bool    `json:"floating"`
	UsePool                       bool    `json:"usePool"`
	Encrypted                     bool    `json:"encrypted"`
	MaxMachines                   *int    `json:"maxMachines"`
	MaxProcesses                  *int    `json:"maxProcesses"`
	MaxCores                      *int    `json:"maxCores"`
	MaxUsers                      null    `json:"maxUsers"`
	MaxUses                       null    `json:"maxUses"`
	MaxMemory                     null    `json:"maxMemory"`
	MaxDisk                       null    `json:"maxDisk"`
	OverageStrategy               string  `json:"overageStrategy"`
	MachineUniquenessStrategy     string  `json:"machineUniquenessStrategy"`
	MachineMatchingStrategy       string  `json:"machineMatchingStrategy"`
	ComponentUniquenessStrategy   string  `json:"componentUniquenessStrategy"`
	ComponentMatchingStrategy     string  `json:"componentMatchingStrategy"`
	MachineLeasingStrategy        string  `json:"machineLeasingStrategy"`
	ProcessLeasingStrategy        string  `json:"processLeasingStrategy"`
	AuthenticationStrategy        string  `json:"authenticationStrategy"`
	ExpirationStrategy            string  `json:"expirationStrategy"`
	ExpirationBasis               string  `json:"expirationBasis"`
	RenewalBasis                  string  `json:"renewalBasis"`
	TransferStrategy              string  `json:"transferStrategy"`
	HeartbeatBasis                string  `json:"heartbeatBasis"`
	HeartbeatCullStrategy         string  `json:"heartbeatCullStrategy"`
	HeartbeatResurrectionStrategy string  `json:"heartbeatResurrectionStrategy"`
	RequireProductScope           bool    `json:"requireProductScope"`
	RequirePolicyScope            bool    `json:"requirePolicyScope"`
	RequireMachineScope           bool    `json:"requireMachineScope"`
	RequireFingerprintScope       bool    `json:"requireFingerprintScope"`
	RequireComponentsScope        bool    `json:"requireComponentsScope"`
	RequireUserScope              bool    `json:"requireUserScope"`
	RequireEnvironmentScope       bool    `json:"requireEnvironmentScope"`
	RequireChecksumScope          bool    `json:"requireChecksumScope"`
	RequireVersionScope           bool    `json:"requireVersionScope"`
	RequireCheckIn                bool    `json:"requireCheckIn"`
	RequireHeartbeat              bool    `json:"requireHeartbeat"`
	HeartbeatDuration             int     `json:"heartbeatDuration"`
	CheckInInterval               null    `json:"checkInInterval"`
	CheckInIntervalCount          null    `json:"checkInIntervalCount"`
	Protected                     bool    `json:"protected"`
	CheckOutMaxTTL                *int    `json:"checkOutMaxTtl"`
	Metadata                      object  `json:"metadata"`
	Created                       stamp   `json:"created"`
	Updated                       stamp   `json:"updated"`
}

// Policy returns the document of the plan of a license, as the license has it: its
// own limits count, whatever the plan says now.
func (i Installation) Policy(s plaza.Standing) Resource {
	t, made := s.Terms, s.PlanMade
	if made.IsZero() {
		made = i.Created
	}
	return Resource{
		ID: s.License.Plan, Type: "policies",
		Attributes: policyAttributes{
			Name: orNull(s.License.PlanName), Scheme: "ED25519_SIGN", Duration: orNull(int64(s.Term / time.Second)),
			Strict: t.Strict, Floating: t.Floating,
			MaxMachines: orNull(s.License.Machines), MaxProcesses: orNull(t.Processes), MaxCores: orNull(t.Cores),
			OverageStrategy: string(t.Overage), MachineUniquenessStrategy: string(t.MachineUniqueness),
			MachineMatchingStrategy: string(t.MachineMatching), ComponentUniquenessStrategy: string(t.ComponentUniqueness),
			ComponentMatchingStrategy: string(t.ComponentMatching), MachineLeasingStrategy: "PER_LICENSE",
			ProcessLeasingStrategy: string(t.ProcessLeasing), AuthenticationStrategy: "LICENSE",
			ExpirationStrategy: string(t.Expiration), ExpirationBasis: "FROM_CREATION", RenewalBasis: "FROM_EXPIRY",
			TransferStrategy: "KEEP_EXPIRY", HeartbeatBasis: string(t.HeartbeatBasis), HeartbeatCullStrategy: string(t.Cull),
			HeartbeatResurrectionStrategy: string(t.Revival),
			RequireProductScope:           t.Requires.Product, RequirePolicyScope: t.Requires.Policy, RequireMachineScope: t.Requires.Machine,
			RequireFingerprintScope: t.Requires.Fingerprint, RequireComponentsScope: t.Requires.Components,
			RequireChecksumScope: t.Requires.Checksum, RequireVersionScope: t.Requires.Version,
			RequireHeartbeat: t.Heartbeat, HeartbeatDuration: t.HeartbeatSeconds,
			Protected: t.Protected, CheckOutMaxTTL: orNull(t.CheckOutMost), Created: stamp(made), Updated: stamp(made),
		},
		Relationships: struct {
			Account one `json:"account"`
			Product one `json:"product"`
		}{i.account(), i.product()},
	}
}
