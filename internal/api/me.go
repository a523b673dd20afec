package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

func (s *API) meOperations() {
	op(s, plaza.ProfileRead, huma.Operation{
		OperationID: "get-me", Summary: "Who a token stands for, and what it may do", Method: http.MethodGet, Path: Prefix + "/me", Tags: []string{"me"},
	}, s.me)
}

type meOut struct {
	Body me
}

// me is who a token stands for.
type me struct {
	Token   ref       `json:"token"`
	Login   ref       `json:"login"`
	Profile ref       `json:"profile" doc:"The login's profile"`
	Kind    string    `json:"kind"    doc:"Of that profile"`
	Role    string    `json:"role"    doc:"Of the login, now"`
	Reach   string    `json:"reach"   doc:"ID of the profile that the token reaches, with all below it"`
	Verbs   []string  `json:"verbs"   doc:"What the token may do now: what it was made for and its login may as well"`
	Time    time.Time `json:"time"   doc:"What time it is here"`
}

func (s *API) me(_ context.Context, actor plaza.Actor, _ *Pick) (*meOut, error) {
	body := me{
		Token: ref{actor.Pass.Token, actor.Pass.Name}, Login: ref{actor.Login, actor.Name}, Profile: ref{actor.Profile, actor.ProfileName},
		Kind: string(actor.Kind), Role: string(actor.Role), Reach: actor.Pass.Root, Verbs: []string{}, Time: s.now().UTC(),
	}
	for _, v := range actor.Pass.Verbs {
		if actor.Can(v) {
			body.Verbs = append(body.Verbs, string(v))
		}
	}
	return &meOut{body}, nil
}
