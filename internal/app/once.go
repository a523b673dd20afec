package app

import (
	"bytes"
	"context"
	"errors"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// errDoneBefore says that the request was done while this one was under way.
var errDoneBefore = plaza.Errorf(plaza.Conflict, "once.meanwhile")

// noteOnce notes in the transaction of a deed that it is done, if it is to be done once. Of
// two that do it at the same time one is undone. Kinds: Conflict.
func (a *App) noteOnce(ctx context.Context, tx *store.Tx, actor plaza.Actor) error {
	once := actor.Once
	if once == nil || once.Noted {
		return nil
	}
	err := tx.InsertOnce(ctx, plaza.DoneOnce{Token: actor.Pass.Token, Key: once.Key, Digest: once.Digest, At: a.now()})
	if err != nil && plaza.KindOf(err) == plaza.Conflict {
		return errDoneBefore
	}
	tx.AfterCommit(func() { once.Noted = true })
	return err
}

// Answered returns what the actor's request was answered when it was done before, with no
// status if it was not. Whoever has a request may. Kinds: Invalid if the key was another
// request's, Conflict if it was done and its answer is not known yet, or got lost.
func (a *App) Answered(ctx context.Context, actor plaza.Actor) (plaza.Answer, error) {
	if actor.Pass == nil || actor.Once == nil {
		return plaza.Answer{}, plaza.Errorf(plaza.Unauthenticated, "error.unauthenticated")
	}
	var done plaza.DoneOnce
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		done, err = tx.DoneOnce(ctx, actor.Pass.Token, actor.Once.Key)
		return err
	})
	switch {
	case err != nil && plaza.KindOf(err) == plaza.NotFound:
		return plaza.Answer{}, nil
	case err != nil:
		return plaza.Answer{}, err
	case !a.now().Before(done.At.Add(plaza.OnceKept)):
		return plaza.Answer{}, a.db.Tx(ctx, func(tx *store.Tx) error { return tx.DropOnce(ctx, done.At) })
	case !bytes.Equal(done.Digest, actor.Once.Digest):
		return plaza.Answer{}, plaza.Errorf(plaza.Invalid, "once.other")
	case done.Answer.Status == 0:
		return plaza.Answer{}, errDoneBefore
	}
	done.Answer.Body, err = a.box.Open(done.Answer.Body, sealedAnswer(actor))
	return done.Answer, err
}

// sealedAnswer is the context of a sealed answer: it may hold what is shown once.
func sealedAnswer(actor plaza.Actor) string {
	return "answer " + actor.Pass.Token + " " + actor.Once.Key
}

// KeepAnswer keeps what the actor's request was answered, which was done. Whoever has a
// request may.
func (a *App) KeepAnswer(ctx context.Context, actor plaza.Actor, answer plaza.Answer) error {
	if actor.Pass == nil || actor.Once == nil {
		return plaza.Errorf(plaza.Unauthenticated, "error.unauthenticated")
	}
	if !actor.Once.Noted {
		return errors.New("the answer of what was not done")
	}
	answer.Body = a.box.Seal(answer.Body, sealedAnswer(actor))
	return a.db.Tx(ctx, func(tx *store.Tx) error { return tx.KeepAnswer(ctx, actor.Pass.Token, actor.Once.Key, answer) })
}
