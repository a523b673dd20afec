package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

func (s *API) monitorOperations() {
	op(s, plaza.AgentRead, huma.Operation{
		OperationID: "watch-agents", Summary: "Watch ConnectAgents", Method: http.MethodGet, Path: Prefix + "/monitor", Tags: []string{"monitor"},
		Description: "The wall of the Monitor. Who asks again with the turn of the answer before is told what changed since: every second or two is soon enough.",
	}, s.watchAgents)
}

type watchOut struct {
	Body wall
}

// wall is a [plaza.Wall] on the wire.
type wall struct {
	At      time.Time      `json:"at"`
	Turn    string         `json:"turn"    doc:"To ask for what changes after this"`
	Whole   bool           `json:"whole"   doc:"agents are all that there are, rather than those that changed"`
	Crowded bool           `json:"crowded" doc:"There are more than 10,000, and so none are told: choose fewer"`
	Agents  []tile         `json:"agents"`
	Gone    []string       `json:"gone"    doc:"IDs of those that are not chosen, or not there, any more"`
	Counts  map[string]int `json:"counts"  doc:"By state, of those that the other filters choose; empty if nothing changed"`
}

// tile is a [plaza.WallTile] on the wire.
type tile struct {
	ID        string     `json:"id"`
	Profile   ref        `json:"profile"`
	Name      string     `json:"name"`
	State     string     `json:"state"     enum:"online,warning,error,overdue,offline,never"`
	Build     string     `json:"build"     doc:"Its version, as it said"`
	SeenAt    *time.Time `json:"seen_at"   doc:"Its last heartbeat"`
	Message   string     `json:"message"   doc:"Of its health, in its own words"`
	Suspended bool       `json:"suspended" doc:"Its license is"`
}

type watchAgentsIn struct {
	Pick

	Turn    string   `query:"turn"            doc:"Of the answer before; without it, all are told"`
	Text    string   `query:"filter[text]"    doc:"Part of the name or of its profile's name"`
	Profile string   `query:"filter[profile]" doc:"ID: this profile's own only"`
	States  []string `query:"filter[state]"   enum:"online,warning,error,overdue,offline,never"`
}

func (s *API) watchAgents(ctx context.Context, actor plaza.Actor, in *watchAgentsIn) (*watchOut, error) {
	if in.Profile != "" { // what is read for a profile is kept for a while: there has to be one
		if _, err := s.app.Profile(ctx, seeing(actor, plaza.ProfileRead), in.Profile); err != nil {
			return nil, err
		}
	}
	f := plaza.MonitorFilter{Text: in.Text, Profile: in.Profile, Statuses: words[plaza.AgentStatus](in.States)}
	seen, err := s.app.Monitor(ctx, actor, f, in.Turn)
	if err != nil {
		return nil, err
	}
	w := wall{At: seen.At.UTC(), Turn: seen.Turn, Whole: seen.Whole, Crowded: seen.Crowded, Agents: []tile{}, Gone: append([]string{}, seen.Gone...), Counts: map[string]int{}}
	for _, t := range seen.Tiles {
		w.Agents = append(w.Agents, tile{
			ID: t.ID, Profile: ref{t.Profile, t.ProfileName}, Name: t.Name, State: string(t.Status), Build: t.Build, SeenAt: at(t.Seen), Message: t.Message, Suspended: t.Suspended,
		})
	}
	for state, n := range seen.Counts {
		w.Counts[string(state)] = n
	}
	return &watchOut{w}, nil
}
