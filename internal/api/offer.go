package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

func (s *API) offerOperations() {
	op(s, plaza.PlanOffer, huma.Operation{
		OperationID: "get-offers", Summary: "See which plans a profile has", Method: http.MethodGet, Path: profiles + "/{id}/plans",
	}, s.getOffers)
	op(s, plaza.PlanOffer, huma.Operation{
		OperationID: "offer-plans", Summary: "Choose which plans a profile has, and all below it", Method: http.MethodPut, Path: profiles + "/{id}/plans",
		Description: "Licenses that were issued go on.",
	}, s.offerPlans)
}

// offers is [app.Offers] on the wire.
type offers struct {
	All     bool     `json:"all"     doc:"It has all that the profile above it has"`
	Plans   []string `json:"plans"   doc:"IDs of those that were chosen for it, unless it has all"`
	From    []ref    `json:"from"    doc:"What can be chosen: what the profile above it has"`
	Version int      `json:"version" doc:"Of the profile"`
}

func (s *API) getOffers(ctx context.Context, actor plaza.Actor, in *read) (*answer[offers], error) {
	return s.offersAnswer(ctx, actor, in.id(), nil)
}

// offersAnswer answers with which plans a profile has now, unless what was done failed.
func (s *API) offersAnswer(ctx context.Context, actor plaza.Actor, profile string, err error) (*answer[offers], error) {
	if err != nil {
		return nil, err
	}
	o, err := s.app.Offers(ctx, actor, profile)
	w := offers{All: !o.Chosen, Plans: append([]string{}, o.Plans...), From: []ref{}, Version: o.Profile.Version}
	for _, p := range o.From {
		w.From = append(w.From, ref{p.ID, p.Name})
	}
	return &answer[offers]{etag(w.Version), w}, err
}

type offerPlansIn struct {
	Change

	Body struct {
		All   bool     `json:"all,omitempty"   doc:"All that the profile above it has"`
		Plans []string `json:"plans,omitempty" doc:"IDs, unless it is to have all"`
	}
}

func (s *API) offerPlans(ctx context.Context, actor plaza.Actor, in *offerPlansIn) (*answer[offers], error) {
	version, err := s.version(ctx, in.Change, func() (int, error) {
		o, err := s.app.Offers(ctx, actor, in.id())
		return o.Profile.Version, err
	})
	if err == nil {
		err = s.app.OfferPlans(ctx, actor, in.id(), !in.Body.All, in.Body.Plans, version)
	}
	return s.offersAnswer(ctx, actor, in.id(), err)
}
