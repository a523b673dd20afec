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
	op(s, plaza.PlanCreate, huma.Operation{
		OperationID: "create-plan", Summary: "Create a plan", Method: http.MethodPost, Path: plans, DefaultStatus: http.StatusCreated,
		Description: "Of what a ConnectAgent may do it promises the usual; the dashboard can say otherwise.",
	}, s.createPlan)
	op(s, plaza.PlanEdit, huma.Operation{
		OperationID: "update-plan", Summary: "Change a plan", Method: http.MethodPatch, Path: plans + "/{id}",
		Description: "What is left out stays as it is. If it promises something else then, that is a new edition: licenses under the one before keep what they were promised.",
	}, s.updatePlan)
	op(s, plaza.PlanWithdraw, huma.Operation{
		OperationID: "withdraw-plan", Summary: "Have nothing issued under a plan any more", Method: http.MethodPost, Path: plans + "/{id}/withdraw",
	}, s.withdrawPlan)
	op(s, plaza.PlanRestore, huma.Operation{
		OperationID: "restore-plan", Summary: "Offer a plan again that was withdrawn", Method: http.MethodPost, Path: plans + "/{id}/restore",
	}, s.restorePlan)
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
	return s.planAnswer(ctx, actor, in.id(), nil)
}

// planAnswer answers with a plan as it is now, unless what was done to it failed.
func (s *API) planAnswer(ctx context.Context, actor plaza.Actor, id string, err error) (*answer[plan], error) {
	if err != nil {
		return nil, err
	}
	p, _, err := s.app.Plan(ctx, seeing(actor, plaza.PlanRead), id)
	return &answer[plan]{etag(p.Version), wirePlan(p)}, err
}

func (s *API) planVersion(ctx context.Context, actor plaza.Actor, c Change) (int, error) {
	return s.version(ctx, c, func() (int, error) {
		p, _, err := s.app.Plan(ctx, seeing(actor, plaza.PlanRead), c.id())
		return p.Version, err
	})
}

type createPlanIn struct {
	Body struct {
		Kind            string  `json:"kind"                       enum:"development,partner,enterprise,connectagent" doc:"Of the licenses under it"`
		Name            string  `json:"name"`
		TermMonths      int     `json:"term_months"                doc:"0: without end"`
		GraceDays       int     `json:"grace_days,omitempty"`
		Trial           bool    `json:"trial,omitempty"`
		Machines        int     `json:"machines,omitempty"         default:"1" doc:"How many a license may be activated on"`
		StartsActivated bool    `json:"starts_activated,omitempty" doc:"The term begins when a ConnectAgent is first activated"`
		Renews          bool    `json:"renews,omitempty"           doc:"Another term follows by itself"`
		BillsSuspended  bool    `json:"bills_suspended,omitempty"  doc:"A license is paid for while it is suspended"`
		Prices          []money `json:"prices,omitempty"           doc:"Of a license for a month, one in each currency; none: it costs nothing"`
	}
}

func (s *API) createPlan(ctx context.Context, actor plaza.Actor, in *createPlanIn) (*created[plan], error) {
	b := in.Body
	made, err := s.app.CreatePlan(ctx, actor, plaza.NewPlan{
		Kind: plaza.LicenseKind(b.Kind), Name: b.Name, TermMonths: b.TermMonths, GraceDays: b.GraceDays, Trial: b.Trial, Machines: b.Machines,
		StartsActivated: b.StartsActivated, Renews: b.Renews, BillsSuspended: b.BillsSuspended, Prices: amounts(b.Prices),
	})
	if err != nil {
		return nil, err
	}
	return &created[plan]{etag(made.Version), wirePlan(made), plans + "/" + made.ID}, nil
}

// amounts returns what the wire says, as amounts.
func amounts(on []money) (all []plaza.Money) {
	for _, m := range on {
		all = append(all, plaza.Money{Currency: plaza.Currency(m.Currency), Minor: m.Minor})
	}
	return all
}

type updatePlanIn struct {
	Change

	Body struct {
		Name           *string  `json:"name,omitempty"`
		TermMonths     *int     `json:"term_months,omitempty"     doc:"0: without end"`
		GraceDays      *int     `json:"grace_days,omitempty"`
		Trial          *bool    `json:"trial,omitempty"`
		Machines       *int     `json:"machines,omitempty"`
		Renews         *bool    `json:"renews,omitempty"`
		BillsSuspended *bool    `json:"bills_suspended,omitempty"`
		Prices         *[]money `json:"prices,omitempty"          doc:"All of them, one in each currency"`
	}
}

func (s *API) updatePlan(ctx context.Context, actor plaza.Actor, in *updatePlanIn) (*answer[plan], error) {
	p, _, err := s.app.Plan(ctx, seeing(actor, plaza.PlanRead), in.id())
	if err != nil {
		return nil, err
	}
	version, err := s.version(ctx, in.Change, func() (int, error) { return p.Version, nil })
	if err != nil {
		return nil, err
	}
	b, prices := in.Body, p.Prices
	if b.Prices != nil {
		prices = amounts(*b.Prices)
	}
	err = s.app.EditPlan(ctx, actor, p.ID, plaza.NewPlan{
		Kind: p.Kind, Name: or(b.Name, p.Name), TermMonths: or(b.TermMonths, p.TermMonths), GraceDays: or(b.GraceDays, p.GraceDays), Trial: or(b.Trial, p.Trial),
		Machines: or(b.Machines, p.Machines), Terms: p.Terms, StartsActivated: p.StartsActivated, Renews: or(b.Renews, p.Renews),
		BillsSuspended: or(b.BillsSuspended, p.BillsSuspended), Prices: prices,
	}, version)
	return s.planAnswer(ctx, actor, p.ID, err)
}

func (s *API) withdrawPlan(ctx context.Context, actor plaza.Actor, in *Change) (*answer[plan], error) {
	version, err := s.planVersion(ctx, actor, *in)
	if err == nil {
		err = s.app.WithdrawPlan(ctx, actor, in.id(), version)
	}
	return s.planAnswer(ctx, actor, in.id(), err)
}

func (s *API) restorePlan(ctx context.Context, actor plaza.Actor, in *Change) (*answer[plan], error) {
	version, err := s.planVersion(ctx, actor, *in)
	if err == nil {
		err = s.app.RestorePlan(ctx, actor, in.id(), version)
	}
	return s.planAnswer(ctx, actor, in.id(), err)
}
