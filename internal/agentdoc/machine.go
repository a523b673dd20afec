package agentdoc

import (
	"encoding/json"
	"time"

	"github.com/connectplaza/plaza"
)

type machineAttributes struct {
	Fingerprint       string          `json:"fingerprint"`
	Name              *string         `json:"name"`
	Hostname          *string         `json:"hostname"`
	Platform          *string         `json:"platform"`
	IP                *string         `json:"ip"`
	Cores             *int            `json:"cores"`
	Memory            *int64          `json:"memory"`
	Disk              *int64          `json:"disk"`
	RequireHeartbeat  bool            `json:"requireHeartbeat"`
	HeartbeatStatus   string          `json:"heartbeatStatus"`
	HeartbeatDuration int             `json:"heartbeatDuration"`
	LastHeartbeat     stamp           `json:"lastHeartbeat"`
	NextHeartbeat     stamp           `json:"nextHeartbeat"`
	MaxProcesses      *int            `json:"maxProcesses"`
	LastCheckOut      stamp           `json:"lastCheckOut"`
	Metadata          json.RawMessage `json:"metadata"`
	Created           stamp           `json:"created"`
	Updated           stamp           `json:"updated"`
}

type machineRelationships struct {
	Account    one     `json:"account"`
	Product    one     `json:"product"`
	License    one     `json:"license"`
	Owner      one     `json:"owner"`
	Group      one     `json:"group"`
	Components related `json:"components"`
}

// Machine returns the document of an activation under terms as it is at now.
func (i Installation) Machine(m plaza.Activation, t *plaza.Terms, now time.Time) Resource {
	var next time.Time
	if !m.Beat.IsZero() {
		next = m.Beat.Add(t.Deadline())
	}
	return Resource{
		ID: m.ID, Type: "machines",
		Attributes: machineAttributes{
			Fingerprint: m.Fingerprint, Name: orNull(m.Name), Hostname: orNull(m.Host), Platform: orNull(m.Platform), IP: orNull(m.IP),
			Cores: orNull(m.Cores), Memory: orNull(m.Memory), Disk: orNull(m.Disk),
			RequireHeartbeat: t.Heartbeat || !m.Beat.IsZero(), HeartbeatStatus: string(m.Status(t, now)), HeartbeatDuration: t.HeartbeatSeconds,
			LastHeartbeat: stamp(m.Beat), NextHeartbeat: stamp(next), MaxProcesses: orNull(t.Processes), LastCheckOut: stamp(m.CheckedOut),
			Metadata: metadata(m.Metadata), Created: stamp(m.Created), Updated: updated(m.Created, m.Updated),
		},
		Relationships: machineRelationships{
			Account: i.account(), Product: i.product(), License: license(m.License), Components: relatedAt("machines/" + m.ID + "/components"),
		},
	}
}

type componentAttributes struct {
	Fingerprint string          `json:"fingerprint"`
	Name        string          `json:"name"`
	Metadata    json.RawMessage `json:"metadata"`
	Created     stamp           `json:"created"`
	Updated     stamp           `json:"updated"`
}

type componentRelationships struct {
	Account one `json:"account"`
	Product one `json:"product"`
	License one `json:"license"`
	Machine one `json:"machine"`
}

// Component returns the document of a component of a license's machine.
func (i Installation) Component(c plaza.Component, licensed string) Resource {
	return Resource{
		ID: c.ID, Type: "components",
		Attributes: componentAttributes{
			Fingerprint: c.Fingerprint, Name: c.Name, Metadata: metadata(c.Metadata),
			Created: stamp(c.Created), Updated: updated(c.Created, c.Updated),
		},
		Relationships: componentRelationships{
			Account: i.account(), Product: i.product(), License: license(licensed), Machine: machine(c.Activation),
		},
	}
}
