package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

func (s *API) accessOperations() {
	op(s, plaza.AccessRead, huma.Operation{
		OperationID: "list-visits", Summary: "List who of those above was inside", Method: http.MethodGet, Path: Prefix + "/visits", Tags: []string{"access"},
		Description: "In the login's own profile, by Login as; the last one first.",
	}, s.listVisits)
}

// visit is a [plaza.ActingLine] on the wire.
type visit struct {
	ID         string     `json:"id"`
	Who        string     `json:"who"         doc:"Name of who was really at the keyboard"`
	Of         string     `json:"of"          doc:"Name of that person's profile"`
	As         ref        `json:"as"          doc:"The login that they acted as"`
	Mode       string     `json:"mode"        enum:"look,manage"`
	Reason     string     `json:"reason"`
	Ticket     string     `json:"ticket"`
	BreakGlass bool       `json:"break_glass" doc:"Although nobody is let in"`
	StartedAt  time.Time  `json:"started_at"`
	ExpiresAt  time.Time  `json:"expires_at"`
	EndedAt    *time.Time `json:"ended_at"    doc:"null: not by anything but the clock"`
	End        string     `json:"end"         doc:"Why it ended; empty while ended_at is null"`
	Changes    int        `json:"changes"     doc:"How many things they changed"`
}

func wireVisit(v plaza.ActingLine) visit {
	return visit{
		ID: v.ID, Who: v.Name, Of: v.ProfileName, As: ref{v.As, v.AsName}, Mode: string(v.Mode), Reason: v.Reason, Ticket: v.Ticket, BreakGlass: v.BreakGlass,
		StartedAt: v.Started.UTC(), ExpiresAt: v.Expires.UTC(), EndedAt: at(v.Ended), End: string(v.End), Changes: v.Changes,
	}
}

type listVisitsIn struct {
	Leaf

	Sort string `query:"sort" enum:"started,-started" doc:"Order; with - from the end"`
}

func (s *API) listVisits(ctx context.Context, actor plaza.Actor, in *listVisitsIn) (*listOut[visit], error) {
	list, err := s.app.Visits(ctx, actor, in.page(in.Sort))
	return wireList(list, wireVisit), err
}
