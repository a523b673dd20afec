package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

const activations = Prefix + "/activations"

func (s *API) activationOperations() {
	op(s, plaza.AgentRead, huma.Operation{
		OperationID: "get-activation", Summary: "Get an activation that stands", Method: http.MethodGet, Path: activations + "/{id}", Tags: []string{"activation"},
		Description: "The machine that a ConnectAgent was activated on, as it described itself.",
	}, s.getActivation)
	op(s, plaza.AgentRelease, huma.Operation{
		OperationID: "release-activation", Summary: "Release an activation", Method: http.MethodPost, Path: activations + "/{id}/release", Tags: []string{"activation"},
		DefaultStatus: http.StatusNoContent,
		Description:   "Its place is free at once, and its ConnectAgent stops when it asks the next time.",
	}, s.releaseActivation)
}

// machine is a [plaza.Activation] that stands, in full, on the wire.
type machine struct {
	ID          string     `json:"id"`
	Agent       ref        `json:"agent"`
	Fingerprint string     `json:"fingerprint"`
	Host        string     `json:"host"`
	CreatedAt   time.Time  `json:"created_at"`
	Name        string     `json:"name"       doc:"This and what follows is as the machine said; empty if it did not"`
	Platform    string     `json:"platform"`
	IP          string     `json:"ip"`
	Cores       int        `json:"cores"      doc:"0: it did not say"`
	Memory      int64      `json:"memory"     doc:"In bytes; 0: it did not say"`
	Disk        int64      `json:"disk"       doc:"In bytes; 0: it did not say"`
	Address     string     `json:"address"    doc:"That it was activated from"`
	SeenAt      *time.Time `json:"seen_at"    doc:"Its last heartbeat"`
	StoppedAt   *time.Time `json:"stopped_at" doc:"When it said it would stop; null: it did not since"`
	ClonedAt    *time.Time `json:"cloned_at"  doc:"When two processes were seen to beat for it"`
	FileUntil   *time.Time `json:"file_until" doc:"The end of the file by which it works without a server"`
	Processes   int        `json:"processes"  doc:"How many live"`
}

func (s *API) getActivation(ctx context.Context, actor plaza.Actor, in *read) (*answer[machine], error) {
	m, agent, err := s.app.Activation(ctx, actor, in.id())
	return &answer[machine]{"", machine{
		ID: m.ID, Agent: ref{agent.ID, agent.Name}, Fingerprint: m.Fingerprint, Host: m.Host, CreatedAt: m.Created.UTC(), Name: m.Name, Platform: m.Platform, IP: m.IP, Cores: m.Cores, Memory: m.Memory, Disk: m.Disk,
		Address: m.Address, SeenAt: at(m.Beat), StoppedAt: at(m.Goodbye), ClonedAt: at(m.Cloned), FileUntil: at(m.FileUntil), Processes: m.Processes,
	}}, err
}

func (s *API) releaseActivation(ctx context.Context, actor plaza.Actor, in *One) (*empty, error) {
	_, err := s.app.ReleaseActivation(ctx, actor, in.id())
	return &empty{}, err
}
