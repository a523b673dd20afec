package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

const agents = Prefix + "/agents"

func (s *API) agentOperations() {
	op(s, plaza.AgentRead, huma.Operation{
		OperationID: "list-agents", Summary: "List ConnectAgents", Method: http.MethodGet, Path: agents,
		Description: "Those whose license has not ended.",
	}, s.listAgents)
	op(s, plaza.AgentCreate, huma.Operation{
		OperationID: "create-agent", Summary: "Create a ConnectAgent", Method: http.MethodPost, Path: agents, DefaultStatus: http.StatusCreated,
		Description: "It comes with its license, whose key it is activated with.",
	}, s.createAgent)
	op(s, plaza.AgentRead, huma.Operation{
		OperationID: "get-agent", Summary: "Get a ConnectAgent", Method: http.MethodGet, Path: agents + "/{id}",
	}, s.getAgent)
	op(s, plaza.AgentRename, huma.Operation{
		OperationID: "update-agent", Summary: "Rename a ConnectAgent", Method: http.MethodPatch, Path: agents + "/{id}",
	}, s.updateAgent)
	op(s, plaza.AgentRead, huma.Operation{
		OperationID: "list-activations", Summary: "List what a ConnectAgent was activated on", Method: http.MethodGet, Path: agents + "/{id}/activations",
	}, s.listActivations)
}

// agent is a [plaza.ConnectAgent] on the wire.
type agent struct {
	ID          string     `json:"id"`
	Profile     ref        `json:"profile"`
	Name        string     `json:"name"`
	Liveness    string     `json:"liveness"     enum:"online,overdue,offline,never" doc:"At this moment"`
	Health      string     `json:"health"       enum:"ok,warning,error,unknown" doc:"As it last said; unknown if it never said anything"`
	Message     string     `json:"message"      doc:"Of its health, in its own words"`
	SeenAt      *time.Time `json:"seen_at"      doc:"Its last heartbeat"`
	ActivatedAt *time.Time `json:"activated_at"`
	Build       string     `json:"build"        doc:"Its version, as it said"`
	Host        string     `json:"host"`
	Platform    string     `json:"platform"`
	License     license    `json:"license"`
	CreatedAt   time.Time  `json:"created_at"`
	Version     int        `json:"version"`
}

func (s *API) wireAgent(a plaza.ConnectAgent) agent {
	w := agent{
		ID: a.ID, Profile: ref{a.Profile, a.ProfileName}, Name: a.Name, Liveness: string(a.Liveness(s.now())), Health: "unknown", Message: a.Message, SeenAt: at(a.Seen),
		ActivatedAt: at(a.Activated), Build: a.Build, Host: a.Host, Platform: a.Platform, License: s.wireLicense(a.License), CreatedAt: a.Created.UTC(), Version: a.Version,
	}
	if !a.Seen.IsZero() {
		w.Health = string(a.Health)
	}
	return w
}

type listAgentsIn struct {
	Leaf

	Sort     string   `query:"sort"             enum:"name,-name,profile,-profile,seen,-seen,build,-build,created,-created" doc:"Order; with - from the end"`
	Text     string   `query:"filter[text]"     doc:"Part of the name, of the host or of its profile's name"`
	Profile  string   `query:"filter[profile]"  doc:"ID: this profile's own only"`
	Liveness []string `query:"filter[liveness]" enum:"online,overdue,offline,never"`
	Health   []string `query:"filter[health]"   enum:"ok,warning,error"`
}

func (s *API) listAgents(ctx context.Context, actor plaza.Actor, in *listAgentsIn) (*listOut[agent], error) {
	f := plaza.AgentFilter{Text: in.Text, Profile: in.Profile, Liveness: words[plaza.Liveness](in.Liveness), Health: words[plaza.Health](in.Health)}
	list, err := s.app.Agents(ctx, actor, f, in.page(in.Sort))
	return wireList(list, s.wireAgent), err
}

type createAgentIn struct {
	Body struct {
		Profile  string     `json:"profile,omitempty"   doc:"ID of the profile whose it will be; without it, your own"`
		Plan     string     `json:"plan"                doc:"ID of the plan of its license"`
		Name     string     `json:"name"`
		StartsAt *time.Time `json:"starts_at,omitempty" doc:"Up to two years ahead; without it, now"`
	}
}

func (s *API) createAgent(ctx context.Context, actor plaza.Actor, in *createAgentIn) (*created[agent], error) {
	b := in.Body
	wish := plaza.NewAgent{Profile: b.Profile, Plan: b.Plan, Name: b.Name, Starts: or(b.StartsAt, time.Time{})}
	if wish.Profile == "" {
		wish.Profile = actor.Scope().Root()
	}
	made, err := s.app.CreateAgent(ctx, actor, wish)
	if err != nil {
		return nil, err
	}
	out, err := s.agentAnswer(ctx, actor, made.ID, nil)
	if err != nil {
		return nil, err
	}
	return &created[agent]{out.ETag, out.Body, agents + "/" + made.ID}, nil
}

func (s *API) getAgent(ctx context.Context, actor plaza.Actor, in *read) (*answer[agent], error) {
	return s.agentAnswer(ctx, actor, in.id(), nil)
}

// agentAnswer answers with a ConnectAgent as it is now, unless what was done to it failed.
func (s *API) agentAnswer(ctx context.Context, actor plaza.Actor, id string, err error) (*answer[agent], error) {
	if err != nil {
		return nil, err
	}
	a, err := s.app.Agent(ctx, seeing(actor, plaza.AgentRead), id)
	return &answer[agent]{etag(a.Version), s.wireAgent(a)}, err
}

type updateAgentIn struct {
	Change

	Body struct {
		Name string `json:"name"`
	}
}

func (s *API) updateAgent(ctx context.Context, actor plaza.Actor, in *updateAgentIn) (*answer[agent], error) {
	version, err := s.version(ctx, in.Change, func() (int, error) {
		a, err := s.app.Agent(ctx, seeing(actor, plaza.AgentRead), in.id())
		return a.Version, err
	})
	if err == nil {
		err = s.app.RenameAgent(ctx, actor, in.id(), plaza.AgentEdit{Name: in.Body.Name, Version: version})
	}
	return s.agentAnswer(ctx, actor, in.id(), err)
}

// activation is a [plaza.Activation] on the wire.
type activation struct {
	ID          string     `json:"id"`
	Fingerprint string     `json:"fingerprint"`
	Host        string     `json:"host"`
	CreatedAt   time.Time  `json:"created_at"`
	EndedAt     *time.Time `json:"ended_at"     doc:"null while it stands"`
}

func wireActivation(m plaza.Activation) activation {
	return activation{ID: m.ID, Fingerprint: m.Fingerprint, Host: m.Host, CreatedAt: m.Created.UTC(), EndedAt: at(m.Ended)}
}

func (s *API) listActivations(ctx context.Context, actor plaza.Actor, in *read) (*listOut[activation], error) {
	all, err := s.app.Activations(ctx, actor, in.id())
	return wireAll(all, wireActivation), err
}
