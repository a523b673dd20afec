package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

func (s *API) signingKeyOperations() {
	op(s, plaza.KeyRead, huma.Operation{
		OperationID: "list-signing-keys", Summary: "List the keys that sign what ConnectAgents are told", Method: http.MethodGet, Path: Prefix + "/signing-keys",
		Description: "Their public halves; the one that signs last first.",
	}, s.listSigningKeys)
}

// signingKey is a [plaza.SigningKey] on the wire.
type signingKey struct {
	ID        string    `json:"id"`
	Public    string    `json:"public"     doc:"Ed25519, 64 hexadecimal digits"`
	SignsFrom time.Time `json:"signs_from" doc:"Until then ConnectAgents can be given it"`
	CreatedAt time.Time `json:"created_at"`
}

func wireSigningKey(k plaza.SigningKey) signingKey {
	return signingKey{ID: k.ID, Public: k.String(), SignsFrom: k.Signs.UTC(), CreatedAt: k.Created.UTC()}
}

func (s *API) listSigningKeys(ctx context.Context, actor plaza.Actor, _ *Pick) (*listOut[signingKey], error) {
	_, keys, err := s.app.SigningKeys(ctx, actor)
	return wireAll(keys, wireSigningKey), err
}
