package client

import (
	"context"
	"net/url"
	"time"

	"github.com/connectplaza/plaza"
)

// Wall is how ConnectAgents are at a moment, or what has changed.
type Wall struct {
	At      time.Time                 `json:"at"`
	Turn    string                    `json:"turn"`  // to ask for what changes after this
	Whole   bool                      `json:"whole"` // Agents are all that there are, rather than those that changed
	Agents  []Tile                    `json:"agents"`
	Gone    []string                  `json:"gone"`    // IDs of those that are not chosen, or not there, any more
	Counts  map[plaza.AgentStatus]int `json:"counts"`  // empty if nothing changed
	Crowded bool                      `json:"crowded"` // there are more than [plaza.MostTiles], and so none are told
}

// Tile is how one ConnectAgent is.
type Tile struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	Profile   Ref               `json:"profile"`
	State     plaza.AgentStatus `json:"state"`
	Message   string            `json:"message"` // of its health, in its own words
	SeenAt    *time.Time        `json:"seen_at"` // its last heartbeat
	Build     string            `json:"build"`   // its version, as it said
	Suspended bool              `json:"suspended"`
}

// WallFilter chooses ConnectAgents.
type WallFilter struct {
	Text    string // part of the name, of the host or of its profile's name
	Profile string // ID: its own only
	States  []plaza.AgentStatus
}

// Watch returns how ConnectAgents are, or what changed after a turn; turn is that of the
// wall before, or empty.
func (c *Client) Watch(ctx context.Context, f WallFilter, turn string) (Wall, error) {
	q := query{url.Values{}}
	q.text("turn", turn)
	q.text("filter[text]", f.Text)
	q.text("filter[profile]", f.Profile)
	filterWords(q, "state", f.States)
	return thing[Wall](ctx, c, reading("/monitor", q.Values))
}
