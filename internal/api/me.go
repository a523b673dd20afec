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
		OperationID: "get-me", Summary: "Say who asks, and what they may do", Method: http.MethodGet, Path: Prefix + "/me", Tags: []string{"me"},
	}, s.me)
}

type meOut struct {
	Body me
}

// me is who a token stands for.
type me struct {
	Token   ref       `json:"token"   doc:"Empty if it is a session"`
	Login   ref       `json:"login"`
	Profile ref       `json:"profile" doc:"The login's profile"`
	Kind    string    `json:"kind"    doc:"Of that profile"`
	Role    string    `json:"role"    doc:"Of the login, now"`
	Reach   string    `json:"reach"   doc:"ID of the profile that the token reaches, with all below it"`
	Verbs   []string  `json:"verbs"   doc:"What can be done by this now: what a token was made for and its login may as well"`
	Time    time.Time `json:"time"   doc:"What time it is here"`
}

func (s *API) me(_ context.Context, actor plaza.Actor, _ *Pick) (*meOut, error) {
	body := me{
		Login: ref{actor.Login, actor.Name}, Profile: ref{actor.Profile, actor.ProfileName},
		Kind: string(actor.Kind), Role: string(actor.Role), Reach: actor.Scope().Root(), Verbs: []string{}, Time: s.now().UTC(),
	}
	may := plaza.TokenVerbs(actor.Kind, actor.Role, false)
	if actor.Pass != nil {
		body.Token, may = ref{actor.Pass.Token, actor.Pass.Name}, actor.Pass.Verbs
	}
	for _, v := range may {
		if actor.Can(v) {
			body.Verbs = append(body.Verbs, string(v))
		}
	}
	return &meOut{body}, nil
}
