package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

const approvals = Prefix + "/approval-limits"

func (s *API) approvalOperations() {
	op(s, plaza.RequestLimits, huma.Operation{
		OperationID: "list-approval-limits", Summary: "See above which prices two have to approve a request", Method: http.MethodGet, Path: approvals,
	}, s.listApprovalLimits)
	op(s, plaza.RequestLimits, huma.Operation{
		OperationID: "set-approval-limits", Summary: "Say above which prices two have to approve a request", Method: http.MethodPut, Path: approvals,
	}, s.setApprovalLimits)
}

func (s *API) listApprovalLimits(ctx context.Context, actor plaza.Actor, _ *Pick) (*listOut[money], error) {
	all, err := s.app.ApprovalLimits(ctx, actor)
	return wireAll(all, wireMoney), err
}

type setApprovalLimitsIn struct {
	Body struct {
		Limits []money `json:"limits" doc:"Of a license for a month, one in each currency; none: one is enough"`
	}
}

func (s *API) setApprovalLimits(ctx context.Context, actor plaza.Actor, in *setApprovalLimitsIn) (*listOut[money], error) {
	if err := s.app.SetApprovalLimits(ctx, actor, amounts(in.Body.Limits)); err != nil {
		return nil, err
	}
	return s.listApprovalLimits(ctx, actor, nil)
}
