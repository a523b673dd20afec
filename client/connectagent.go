package client

import (
	"context"
	"net/http"
	"time"

	"github.com/connectplaza/plaza"
)

const agents = "/agents"

// Agent is a ConnectAgent.
type Agent struct {
	ID          string         `json:"id"`
	Profile     Ref            `json:"profile"`
	Name        string         `json:"name"`
	Liveness    plaza.Liveness `json:"liveness"`
	Health      plaza.Health   `json:"health"`  // unknown if it never said anything
	Message     string         `json:"message"` // of its health, in its own words
	SeenAt      *time.Time     `json:"seen_at"` // its last heartbeat
	ActivatedAt *time.Time     `json:"activated_at"`
	Build       string         `json:"build"` // its version, as it said
	Host        string         `json:"host"`
	Platform    string         `json:"platform"`
	License     License        `json:"license"`
	CreatedAt   time.Time      `json:"created_at"`
	Version     int            `json:"version"`
}

// AgentFilter chooses ConnectAgents.
type AgentFilter struct {
	Text     string // part of the name, of the host or of its profile's name
	Profile  string // ID: its own only
	Liveness []plaza.Liveness
	Health   []plaza.Health
}

// Agents returns ConnectAgents in reach whose license has not ended.
func (c *Client) Agents(ctx context.Context, f AgentFilter, p Page) (List[Agent], error) {
	q := p.where()
	q.text("filter[text]", f.Text)
	q.text("filter[profile]", f.Profile)
	filterWords(q, "liveness", f.Liveness)
	filterWords(q, "health", f.Health)
	return thing[List[Agent]](ctx, c, reading(agents, q.Values))
}

// Agent returns a ConnectAgent.
func (c *Client) Agent(ctx context.Context, id string) (Agent, error) {
	return thing[Agent](ctx, c, reading(at(agents, id), nil))
}

// NewAgent is what a ConnectAgent is made of.
type NewAgent struct {
	Profile  string     `json:"profile,omitempty"` // ID; empty: one's own
	Plan     string     `json:"plan"`              // ID of its license's
	Name     string     `json:"name"`
	StartsAt *time.Time `json:"starts_at,omitempty"` // nil: now
}

// CreateAgent makes a ConnectAgent with its license, whose key it is activated with.
func (c *Client) CreateAgent(ctx context.Context, in NewAgent) (Agent, error) {
	return thing[Agent](ctx, c, making(agents, in))
}

// RenameAgent gives a ConnectAgent another name.
func (c *Client) RenameAgent(ctx context.Context, id string, version int, name string) (Agent, error) {
	body := struct {
		Name string `json:"name"`
	}{name}
	return thing[Agent](ctx, c, call{method: http.MethodPatch, path: at(agents, id), body: body, match: match(version)})
}

// Activation is a machine that a ConnectAgent was activated on.
type Activation struct {
	ID          string     `json:"id"`
	Fingerprint string     `json:"fingerprint"`
	Host        string     `json:"host"`
	CreatedAt   time.Time  `json:"created_at"`
	EndedAt     *time.Time `json:"ended_at"` // nil while it stands
}

// Activations returns what a ConnectAgent was activated on.
func (c *Client) Activations(ctx context.Context, agent string) ([]Activation, error) {
	l, err := thing[List[Activation]](ctx, c, reading(at(agents, agent, "activations"), nil))
	return l.Data, err
}
