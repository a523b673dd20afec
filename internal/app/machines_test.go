package app_test

import (
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestReleaseFreesTheSeatAndIsKept(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, a := t.Context(), agent(t, w)
		m := activated(t, w, a, "till")
		b := must1[*app.Bearer](t)(w.Fleet.Identify(ctx, keyOf(t, w, a), plaza.Origin{}))
		for name, stranger := range strangers(w) {
			want(t, name+" lists", errOf(w.Activations(ctx, stranger, a.ID)), plaza.NotFound)
			want(t, name+" releases", errOf(w.ReleaseActivation(ctx, stranger, m.ID)), plaza.NotFound)
			_, _, err := w.Activation(ctx, stranger, m.ID)
			want(t, name+" reads", err, plaza.NotFound)
		}
		manager := w.Invite(t, w.Reseller, w.Partner.Profile, "Partner manager", plaza.Manager)
		equal(t, "its agent", must1[string](t)(w.ReleaseActivation(ctx, manager, m.ID)), a.ID)
		want(t, "twice", errOf(w.ReleaseActivation(ctx, manager, m.ID)), plaza.NotFound)

		// Its agent is told, and another machine has room.
		b = must1[*app.Bearer](t)(w.Fleet.Identify(ctx, b.Key, plaza.Origin{}))
		want(t, "the machine", errOf(w.Fleet.Machine(t.Context(), b, m.ID)), plaza.NotFound)
		w.Clock.Advance(time.Minute)
		second := activated(t, w, a, "second till")

		all := must1[[]plaza.Activation](t)(w.Activations(ctx, w.Partner, a.ID))
		equal(t, "activations", []string{all[0].ID, all[1].ID}, []string{second.ID, m.ID})
		equal(t, "why it ended", []any{all[1].EndedWhy, all[1].EndedByName, all[0].Address}, []any{plaza.EndReleased, "Partner manager", "192.0.2.7"})

		// Of somebody above only that is known.
		must1[string](t)(w.ReleaseActivation(ctx, w.Reseller, second.ID))
		for _, m := range must1[[]plaza.Activation](t)(w.Activations(ctx, w.Partner, a.ID)) {
			if m.ID == second.ID && (m.EndedByName != "" || m.EndedBy == "") {
				t.Errorf("%+v", m)
			}
		}
		want(t, "support", errOf(w.ReleaseActivation(ctx, w.Invite(t, w.Reseller, w.Partner.Profile, "Helper", plaza.Support), m.ID)), plaza.Forbidden)
	})
}
