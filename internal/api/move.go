package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

const moves = Prefix + "/moves"

func (s *API) moveOperations() {
	op(s, plaza.MoveRead, huma.Operation{
		OperationID: "list-moves", Summary: "List moves of profiles to somebody else", Method: http.MethodGet, Path: moves,
	}, s.listMoves)
	op(s, plaza.MovePropose, huma.Operation{
		OperationID: "propose-move", Summary: "Propose that a profile goes to somebody else", Method: http.MethodPost, Path: moves, DefaultStatus: http.StatusCreated,
		Description: "It is done when all sides have agreed, each of them a person at the keyboard.",
	}, s.proposeMove)
	op(s, plaza.MoveRead, huma.Operation{
		OperationID: "get-move", Summary: "Get a move", Method: http.MethodGet, Path: moves + "/{id}",
	}, s.getMove)
	op(s, plaza.MoveWithdraw, huma.Operation{
		OperationID: "withdraw-move", Summary: "Withdraw a move that your profile proposed", Method: http.MethodPost, Path: moves + "/{id}/withdraw",
	}, s.withdrawMove)
}

// move is a [plaza.Move] on the wire.
type move struct {
	ID        string     `json:"id"`
	Profile   ref        `json:"profile"    doc:"That goes"`
	From      ref        `json:"from"       doc:"Right above it until then; its name is empty if that is not known to you"`
	To        maybe      `json:"to"         doc:"Right above it from then on; null until the vendor has chosen"`
	Whom      string     `json:"whom"       doc:"Who is meant, while to is null, in the words of whoever proposed it"`
	Reason    string     `json:"reason"`
	State     string     `json:"state"      enum:"waiting,done,declined,withdrawn,lapsed"`
	GivenAt   *time.Time `json:"given_at"   doc:"When the side that gives agreed"`
	TakenAt   *time.Time `json:"taken_at"   doc:"When the side that takes agreed"`
	AllowedAt *time.Time `json:"allowed_at" doc:"When the vendor agreed"`
	CreatedAt time.Time  `json:"created_at"`
	LapsesAt  time.Time  `json:"lapses_at"  doc:"Unless it is done before"`
	DecidedAt *time.Time `json:"decided_at"`
	Why       string     `json:"why"        doc:"Of a decline"`
	Version   int        `json:"version"`
}

func (s *API) wireMove(m plaza.Move) move {
	return move{
		ID: m.ID, Profile: ref{m.Profile, m.ProfileName}, From: ref{m.From, m.FromName}, To: refTo(m.To, m.ToName), Whom: m.Whom, Reason: m.Reason, State: string(m.State(s.now())),
		GivenAt: at(m.Given), TakenAt: at(m.Taken), AllowedAt: at(m.Allowed), CreatedAt: m.Created.UTC(), LapsesAt: m.Lapses().UTC(), DecidedAt: at(m.Decided), Why: m.Why, Version: m.Version,
	}
}

type listMovesIn struct {
	Leaf

	Sort    string   `query:"sort"            enum:"created,-created" doc:"Order; with - from the end"`
	Profile string   `query:"filter[profile]" doc:"ID: of this profile only"`
	States  []string `query:"filter[state]"   enum:"waiting,done,declined,withdrawn,lapsed"`
}

func (s *API) listMoves(ctx context.Context, actor plaza.Actor, in *listMovesIn) (*listOut[move], error) {
	list, err := s.app.Moves(ctx, actor, plaza.MoveFilter{Profile: in.Profile, States: words[plaza.MoveState](in.States)}, in.page(in.Sort))
	return wireList(list, s.wireMove), err
}

type proposeMoveIn struct {
	Body struct {
		Profile string `json:"profile"        doc:"ID of the profile that is to go"`
		To      string `json:"to,omitempty"   doc:"ID of the reseller that is to have it; without it, the vendor chooses"`
		Whom    string `json:"whom,omitempty" doc:"Who is meant, if the vendor is to choose"`
		Reason  string `json:"reason"         doc:"Why; at least 8 characters"`
	}
}

func (s *API) proposeMove(ctx context.Context, actor plaza.Actor, in *proposeMoveIn) (*created[move], error) {
	b := in.Body
	m, err := s.app.ProposeMove(ctx, actor, plaza.NewMove{Profile: b.Profile, To: b.To, Whom: b.Whom, Reason: b.Reason})
	if err != nil {
		return nil, err
	}
	out, err := s.moveAnswer(ctx, actor, m.ID, nil)
	if err != nil {
		return nil, err
	}
	return &created[move]{out.ETag, out.Body, moves + "/" + m.ID}, nil
}

func (s *API) getMove(ctx context.Context, actor plaza.Actor, in *read) (*answer[move], error) {
	return s.moveAnswer(ctx, actor, in.id(), nil)
}

// moveAnswer answers with a move as it is now, unless what was done to it failed.
func (s *API) moveAnswer(ctx context.Context, actor plaza.Actor, id string, err error) (*answer[move], error) {
	if err != nil {
		return nil, err
	}
	m, err := s.app.Move(ctx, seeing(actor, plaza.MoveRead), id)
	return &answer[move]{etag(m.Version), s.wireMove(m)}, err
}

func (s *API) withdrawMove(ctx context.Context, actor plaza.Actor, in *Change) (*answer[move], error) {
	version, err := s.version(ctx, *in, func() (int, error) {
		m, err := s.app.Move(ctx, seeing(actor, plaza.MoveRead), in.id())
		return m.Version, err
	})
	if err == nil {
		err = s.app.WithdrawMove(ctx, actor, in.id(), version)
	}
	return s.moveAnswer(ctx, actor, in.id(), err)
}
