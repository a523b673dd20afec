package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

const expiry = Prefix + "/expiry-rules"

func (s *API) expiryOperations() {
	op(s, plaza.ExpirySet, huma.Operation{
		OperationID: "list-expiry-rules", Summary: "See how many days before licenses end people are told", Method: http.MethodGet, Path: expiry,
		Description: "For the login's own profile and all below it.",
	}, s.listExpiryRules)
	op(s, plaza.ExpirySet, huma.Operation{
		OperationID: "set-expiry-rules", Summary: "Say how many days before licenses end people are told", Method: http.MethodPut, Path: expiry,
		Description: "Of the kinds that are named; the others stay as they are.",
	}, s.setExpiryRules)
}

// expiryRule is a [plaza.ExpiryRule] on the wire.
type expiryRule struct {
	Kind string `json:"kind" enum:"development,partner,enterprise,connectagent" doc:"Of licenses"`
	Days []int  `json:"days" doc:"How many before the end; none: nobody is told"`
	Own  bool   `json:"own"  doc:"The profile itself says so; otherwise one above it, or nobody"`
}

func wireExpiryRule(r plaza.ExpiryRule) expiryRule {
	return expiryRule{Kind: string(r.Kind), Days: append([]int{}, r.Steps...), Own: r.Own}
}

func (s *API) listExpiryRules(ctx context.Context, actor plaza.Actor, _ *Pick) (*listOut[expiryRule], error) {
	all, err := s.app.ExpiryRules(ctx, actor)
	return wireAll(all, wireExpiryRule), err
}

type setExpiryRulesIn struct {
	Body struct {
		Rules []struct {
			Kind string `json:"kind"           enum:"development,partner,enterprise,connectagent" doc:"Of licenses"`
			Days []int  `json:"days,omitempty" doc:"How many before the end, unless own is false"`
			Own  bool   `json:"own"            doc:"false: as a profile above says"`
		} `json:"rules" minItems:"1" maxItems:"4"`
	}
}

func (s *API) setExpiryRules(ctx context.Context, actor plaza.Actor, in *setExpiryRulesIn) (*listOut[expiryRule], error) {
	var rules []plaza.ExpiryRule
	for _, r := range in.Body.Rules {
		rules = append(rules, plaza.ExpiryRule{Kind: plaza.LicenseKind(r.Kind), Steps: r.Days, Own: r.Own})
	}
	if err := s.app.SetExpiryRules(ctx, actor, rules); err != nil {
		return nil, err
	}
	return s.listExpiryRules(ctx, actor, nil)
}
