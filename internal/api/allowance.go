package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

const allowances = Prefix + "/allowances"

func (s *API) allowanceOperations() {
	op(s, plaza.AllowanceRead, huma.Operation{
		OperationID: "list-allowances", Summary: "List the allowances of profiles below", Method: http.MethodGet, Path: allowances,
	}, s.listAllowances)
	op(s, plaza.AllowanceCreate, huma.Operation{
		OperationID: "create-allowance", Summary: "Bound how many licenses a profile may hold", Method: http.MethodPost, Path: allowances, DefaultStatus: http.StatusCreated,
		Description: "The profile and all below it, of a kind or of a plan: exactly one of the two.",
	}, s.createAllowance)
	op(s, plaza.AllowanceRead, huma.Operation{
		OperationID: "get-allowance", Summary: "Get an allowance", Method: http.MethodGet, Path: allowances + "/{id}",
	}, s.getAllowance)
	op(s, plaza.AllowanceEdits, huma.Operation{
		OperationID: "update-allowance", Summary: "Change an allowance", Method: http.MethodPatch, Path: allowances + "/{id}",
		Description: "What is left out stays as it is.",
	}, s.updateAllowance)
	op(s, plaza.AllowanceRemove, huma.Operation{
		OperationID: "remove-allowance", Summary: "Remove an allowance", Method: http.MethodDelete, Path: allowances + "/{id}", DefaultStatus: http.StatusNoContent,
		Description: "The profile may hold as many as it likes then.",
	}, s.removeAllowance)
	op(s, plaza.AllowanceAsk, huma.Operation{
		OperationID: "request-allowance", Summary: "Ask to hold more licenses", Method: http.MethodPost, Path: allowances + "/{id}/request", DefaultStatus: http.StatusCreated,
		Description: "For an allowance of your own profile.",
	}, s.requestAllowance)
}

// allowance is a [plaza.Allowance] on the wire.
type allowance struct {
	ID      string  `json:"id"`
	Profile ref     `json:"profile"`
	Kind    *string `json:"kind"    doc:"Of the licenses that it is for: development, partner, enterprise or connectagent; null: it is for a plan"`
	Plan    maybe   `json:"plan"    doc:"Of the licenses that it is for; null: it is for a kind"`
	Most    int     `json:"most"    doc:"How many there may be"`
	Overage int     `json:"overage" doc:"How many more there may be, of which those above are told; 0: it is hard"`
	Used    int     `json:"used"    doc:"How many there are"`
	State   string  `json:"state"   enum:"free,near,full,over"`
	Version int     `json:"version"`
}

func wireAllowance(a plaza.Allowance) allowance {
	w := allowance{
		ID: a.ID, Profile: ref{a.Profile, a.ProfileName}, Plan: refTo(a.Plan, a.PlanName), Most: a.Most, Overage: a.Overage, Used: a.Used, State: string(a.State()), Version: a.Version,
	}
	if a.Kind != "" {
		kind := string(a.Kind)
		w.Kind = &kind
	}
	return w
}

type listAllowancesIn struct {
	Leaf

	Sort   string   `query:"sort"          enum:"profile,-profile" doc:"Order; with - from the end"`
	Text   string   `query:"filter[text]"  doc:"Part of the profile's name"`
	States []string `query:"filter[state]" enum:"free,near,full,over"`
}

func (s *API) listAllowances(ctx context.Context, actor plaza.Actor, in *listAllowancesIn) (*listOut[allowance], error) {
	f := plaza.AllowanceFilter{Text: in.Text, States: words[plaza.AllowanceState](in.States)}
	list, err := s.app.AllowancesBelow(ctx, actor, f, in.page(in.Sort))
	return wireList(list, wireAllowance), err
}

type createAllowanceIn struct {
	Body struct {
		Profile string `json:"profile"           doc:"ID of the profile"`
		Kind    string `json:"kind,omitempty"    enum:"development,partner,enterprise,connectagent"`
		Plan    string `json:"plan,omitempty"    doc:"ID of a plan"`
		Most    int    `json:"most"`
		Overage int    `json:"overage,omitempty"`
	}
}

func (s *API) createAllowance(ctx context.Context, actor plaza.Actor, in *createAllowanceIn) (*created[allowance], error) {
	b := in.Body
	made, err := s.app.CreateAllowance(ctx, actor, plaza.NewAllowance{Profile: b.Profile, Kind: plaza.LicenseKind(b.Kind), Plan: b.Plan, Most: b.Most, Overage: b.Overage})
	if err != nil {
		return nil, err
	}
	out, err := s.allowanceAnswer(ctx, actor, made.ID, nil)
	if err != nil {
		return nil, err
	}
	return &created[allowance]{out.ETag, out.Body, allowances + "/" + made.ID}, nil
}

func (s *API) getAllowance(ctx context.Context, actor plaza.Actor, in *read) (*answer[allowance], error) {
	return s.allowanceAnswer(ctx, actor, in.id(), nil)
}

// allowanceAnswer answers with an allowance as it is now, unless what was done to it failed.
func (s *API) allowanceAnswer(ctx context.Context, actor plaza.Actor, id string, err error) (*answer[allowance], error) {
	if err != nil {
		return nil, err
	}
	a, err := s.app.Allowance(ctx, seeing(actor, plaza.AllowanceRead), id)
	return &answer[allowance]{etag(a.Version), wireAllowance(a)}, err
}

type updateAllowanceIn struct {
	Change

	Body struct {
		Most    *int `json:"most,omitempty"`
		Overage *int `json:"overage,omitempty"`
	}
}

func (s *API) updateAllowance(ctx context.Context, actor plaza.Actor, in *updateAllowanceIn) (*answer[allowance], error) {
	a, err := s.app.AllowanceBelow(ctx, actor, in.id())
	if err != nil {
		return nil, err
	}
	version, err := s.version(ctx, in.Change, func() (int, error) { return a.Version, nil })
	if err != nil {
		return nil, err
	}
	err = s.app.EditAllowance(ctx, actor, a.ID, plaza.AllowanceEdit{Most: or(in.Body.Most, a.Most), Overage: or(in.Body.Overage, a.Overage), Version: version})
	return s.allowanceAnswer(ctx, actor, a.ID, err)
}

func (s *API) removeAllowance(ctx context.Context, actor plaza.Actor, in *Change) (*empty, error) {
	version, err := s.version(ctx, *in, func() (int, error) {
		a, err := s.app.AllowanceBelow(ctx, actor, in.id())
		return a.Version, err
	})
	if err != nil {
		return nil, err
	}
	return &empty{}, s.app.RemoveAllowance(ctx, actor, in.id(), version)
}

type requestAllowanceIn struct {
	One

	Body struct {
		Most int    `json:"most"           doc:"How many there should be"`
		Note string `json:"note,omitempty"`
	}
}

func (s *API) requestAllowance(ctx context.Context, actor plaza.Actor, in *requestAllowanceIn) (*created[request], error) {
	made, err := s.app.RequestAllowance(ctx, actor, in.id(), in.Body.Most, in.Body.Note)
	if err != nil {
		return nil, err
	}
	return &created[request]{etag(made.Version), s.wireRequest(made), requests + "/" + made.ID}, nil
}
