package app

import (
	"context"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

// SignOut ends the session that a token belongs to, also one that is in no
// profile yet. That there is none is no error: whoever asks is signed out.
func (g *Gate) SignOut(ctx context.Context, token string, from plaza.Origin) error {
	v, err := g.Identify(ctx, token, from)
	if err == nil && v.Ended != nil {
		v, err = g.Identify(ctx, v.Ended.Token, from) // out of the acting session by now
	}
	switch {
	case plaza.KindOf(err) == plaza.Unauthenticated && err != nil:
		return nil //nolint:nilerr // that is what was asked for
	case err != nil:
		return err
	case v.Wants == WantsNothing:
		return g.app.SignOut(ctx, v.Actor)
	}
	return g.app.db.Tx(ctx, func(tx *store.Tx) error { // in no profile, so there is no log to write to
		s, err := tx.Session(ctx, secret.HashToken(token))
		if err != nil {
			return err
		}
		return tx.DropSession(ctx, s.ID)
	})
}
