package agentdoc

import (
	"strings"
	"time"

	"github.com/connectplaza/plaza"
)

// Licensed is a license with everything that its document says.
type Licensed struct {
	plaza.Standing

	Key        string
	Build      string    // the version that a check last named
	Checked    time.Time // last check; zero: never
	CheckedOut time.Time // last file; zero: never
}

type licenseAttributes struct {
	Name             *string `json:"name"`
	Key              string  `json:"key"`
	Expiry           stamp   `json:"expiry"`
	Ends             stamp   `json:"ends,omitzero"`
	Status           string  `json:"status"`
	Uses             int     `json:"uses"`
	Suspended        bool    `json:"suspended"`
	Scheme           *string `json:"scheme"`
	Encrypted        bool    `json:"encrypted"`
	Strict           bool    `json:"strict"`
	Floating         bool    `json:"floating"`
	Protected        bool    `json:"protected"`
	Version          *string `json:"version"`
	MaxMachines      *int    `json:"maxMachines"`
	MaxProcesses     *int    `json:"maxProcesses"`
	MaxUsers         null    `json:"maxUsers"`
	MaxCores         *int    `json:"maxCores"`
	MaxMemory        null    `json:"maxMemory"`
	MaxDisk          null    `json:"maxDisk"`
	MaxUses          null    `json:"maxUses"`
	RequireHeartbeat bool    `json:"requireHeartbeat"`
	RequireCheckIn   bool    `json:"requireCheckIn"`
	LastValidated    stamp   `json:"lastValidated"`
	LastCheckIn      null    `json:"lastCheckIn"`
	NextCheckIn      null    `json:"nextCheckIn"`
	LastCheckOut     stamp   `json:"lastCheckOut"`
	Metadata         object  `json:"metadata"`
	Created          stamp   `json:"created"`
	Updated          stamp   `json:"updated"`
}

type licenseRelationships struct {
	Account      one      `json:"account"`
	Product      one      `json:"product"`
	Policy       one      `json:"policy"`
	Owner        one      `json:"owner"`
	Group        one      `json:"group"`
	Machines     machines `json:"machines"`
	Entitlements related  `json:"entitlements"`
}

// machines is what the machines of a license come to.
type machines struct {
	Meta struct {
		Count  int   `json:"count"`
		Cores  int64 `json:"cores"`
		Memory int64 `json:"memory"`
		Disk   int64 `json:"disk"`
	} `json:"meta"`
}

// License returns the document of l as it is at now.
func (i Installation) License(l Licensed, now time.Time) Resource {
	lic, t, status := l.License, l.Terms, l.status(now)
	name := lic.Name
	if name == "" {
		name = lic.AgentName
	}
	scheme := ""
	if strings.HasPrefix(l.Key, "key/") {
		scheme = "ED25519_SIGN"
	}
	var sum machines
	for _, m := range l.Machines {
		sum.Meta.Count++
		sum.Meta.Cores += int64(m.Cores)
		sum.Meta.Memory += m.Memory
		sum.Meta.Disk += m.Disk
	}
	var ends time.Time // for people: agents go by the expiry, which has the grace in it
	if lic.GraceDays > 0 {
		ends = lic.Ends
	}
	return Resource{
		ID: lic.ID, Type: "licenses",
		Attributes: licenseAttributes{
			Name: orNull(name), Key: l.Key, Expiry: stamp(lic.Expiry()), Ends: stamp(ends), Status: status, Suspended: status == "SUSPENDED", Scheme: orNull(scheme),
			Strict: t.Strict, Floating: t.Floating, Protected: t.Protected, Version: orNull(l.Build),
			MaxMachines: orNull(lic.Machines), MaxProcesses: orNull(t.Processes), MaxCores: orNull(t.Cores), RequireHeartbeat: t.Heartbeat,
			LastValidated: stamp(l.Checked), LastCheckOut: stamp(l.CheckedOut), Created: stamp(lic.Created), Updated: updated(lic.Created, lic.Updated),
		},
		Relationships: licenseRelationships{
			Account: i.account(), Product: i.product(), Policy: one{&reference{"policies", lic.Plan}},
			Machines: sum, Entitlements: relatedAt("licenses/" + lic.ID + "/entitlements"),
		},
	}
}

// How long before its end a license says so, unless its profile wants otherwise,
// and after how long without use it is called inactive.
const (
	expiring = 30
	quiet    = 90 * 24 * time.Hour
)

// status returns the status of l (agent API 5.5).
func (l Licensed) status(now time.Time) string {
	window := expiring
	if l.License.WarningDays > 0 {
		window = l.License.WarningDays
	}
	state, expiry := l.License.State(now), l.License.Expiry()
	switch {
	case state == plaza.LicenseSuspended || state == plaza.LicenseScheduled:
		return "SUSPENDED"
	case state == plaza.LicenseExpired:
		return "EXPIRED"
	case state == plaza.LicenseGrace || !expiry.IsZero() && !now.Before(expiry.AddDate(0, 0, -window)):
		return "EXPIRING"
	case now.Sub(l.lastUse()) > quiet:
		return "INACTIVE"
	}
	return "ACTIVE"
}

// lastUse returns when l was last used, or else made.
func (l Licensed) lastUse() time.Time {
	last := l.License.Created
	later := func(t time.Time) {
		if t.After(last) {
			last = t
		}
	}
	later(l.Checked)
	later(l.CheckedOut)
	for _, m := range l.Machines {
		later(m.Created)
		later(m.Beat)
	}
	return last
}
