package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

const plans = Prefix + "/plans"

func (s *API) planOperations() {
	op(s, plaza.PlanRead, huma.Operation{
		OperationID: "list-plans", Summary: "List the plans that are offered to your profile", Method: http.MethodGet, Path: plans,
	}, s.listPlans)
	op(s, plaza.PlanRead, huma.Operation{
		OperationID: "get-plan", Summary: "Get a plan", Method: http.MethodGet, Path: plans + "/{id}",
	}, s.getPlan)
}

// plan is a [plaza.Plan] on the wire.
type plan struct {
	ID             string     `json:"id"`
	Kind           string     `json:"kind"             enum:"development,partner,enterprise,connectagent" doc:"Of the licenses under it"`
	Name           string     `json:"name"`
	TermMonths     int        `json:"term_months"      doc:"0: without end"`
	GraceDays      int        `json:"grace_days"`
	Trial          bool       `json:"trial"`
	Machines       int        `json:"machines"         doc:"How many a license may be activated on"`
	Renews         bool       `json:"renews"           doc:"Another term follows by itself"`
	BillsSuspended bool       `json:"bills_suspended"  doc:"A license is paid for while it is suspended"`
	Prices         []money    `json:"prices"           doc:"Of a license for a month, one in each currency; none: it costs nothing"`
	Edition        int        `json:"edition"          doc:"How often what it promises has changed, from 1"`
	WithdrawnAt    *time.Time `json:"withdrawn_at"     doc:"Nothing is issued under it since; null: it can be chosen"`
	Version        int        `json:"version"`
}

// money is an amount on the wire.
type money struct {
	Currency string `json:"currency" example:"EUR"  doc:"ISO 4217"`
	Minor    int64  `json:"minor"    example:"1250" doc:"In the currency's smallest unit: 1250 are 12.50 EUR"`
}

func wirePlan(p plaza.Plan) plan {
	w := plan{
		ID: p.ID, Kind: string(p.Kind), Name: p.Name, TermMonths: p.TermMonths, GraceDays: p.GraceDays, Trial: p.Trial, Machines: p.Machines, Renews: p.Renews,
		BillsSuspended: p.BillsSuspended, Prices: []money{}, Edition: p.Edition, WithdrawnAt: at(p.Withdrawn), Version: p.Version,
	}
	for _, m := range p.Prices {
		w.Prices = append(w.Prices, money{string(m.Currency), m.Minor})
	}
	return w
}

func (s *API) listPlans(ctx context.Context, actor plaza.Actor, _ *Pick) (*listOut[plan], error) {
	all, err := s.app.Plans(ctx, actor)
	return wireAll(all, wirePlan), err
}

func (s *API) getPlan(ctx context.Context, actor plaza.Actor, in *read) (*answer[plan], error) {
	p, _, err := s.app.Plan(ctx, actor, in.id())
	return &answer[plan]{etag(p.Version), wirePlan(p)}, err
}
