package app_test

import (
	"fmt"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestComponents(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, f, s := t.Context(), w.Fleet, sell(t, w, 2, nil)
		one, two := activate(t, f, s, "one"), activate(t, f, s, "two")
		add := func(m, fp string) (plaza.Component, error) {
			return f.AddComponent(ctx, come(t, f, s), m, plaza.NewComponent{Fingerprint: fp, Name: "CPU"})
		}
		c := must1[plaza.Component](t)(add(one.ID, "cpu"))
		wantCode(t, "again", errOf(add(one.ID, "cpu")), plaza.Invalid, "FINGERPRINT_TAKEN")
		must1[plaza.Component](t)(add(two.ID, "cpu"))
		if got := must1[plaza.Component](t)(f.Component(ctx, come(t, f, s), c.ID)); got.Name != "CPU" || got.Activation != one.ID {
			t.Errorf("%+v", got)
		}
		w.Clock.Advance(1000)
		name, long := "Core", string(make([]rune, 256))
		must1[plaza.Component](t)(f.RenameComponent(ctx, come(t, f, s), c.ID, &name))
		if got := must1[plaza.Component](t)(f.RenameComponent(ctx, come(t, f, s), c.ID, nil)); got.Name != name {
			t.Errorf("%+v", got)
		}
		wantCode(t, "a long name", errOf(f.RenameComponent(ctx, come(t, f, s), c.ID, &long)), plaza.Invalid, "NAME_TOO_LONG")
		if all := must1[[]plaza.Component](t)(f.Components(ctx, come(t, f, s), "one")); len(all) != 1 || all[0].Name != "Core" {
			t.Errorf("%+v", all)
		}
		must(t, f.RemoveComponent(ctx, come(t, f, s), c.ID))
		wantCode(t, "twice", f.RemoveComponent(ctx, come(t, f, s), c.ID), plaza.NotFound, "NOT_FOUND")
		must(t, f.Deactivate(ctx, come(t, f, s), "two"))
		if all := must1[[]plaza.Component](t)(f.Components(ctx, come(t, f, s), "")); len(all) != 0 {
			t.Errorf("%d outlive their machine", len(all))
		}
	})
}

func TestComponentsAreUnique(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		for within, taken := range map[plaza.Uniqueness][3]bool{ // on another machine of the license; of the plan; of any
			plaza.UniquePerMachine: {false, false, false}, plaza.UniquePerLicense: {true, false, false},
			plaza.UniquePerPolicy: {true, true, false}, plaza.UniquePerAccount: {true, true, true},
		} {
			fp := string(within)
			s := sell(t, w, 2, func(t *plaza.Terms) { t.ComponentUniqueness = within })
			same := sellPlan(t, w, w.Reseller, w.Partner.Profile, s.License.Plan, s.License.Starts)
			other := sell(t, w, 1, func(t *plaza.Terms) { t.ComponentUniqueness = within })
			with := func(machine string) plaza.NewActivation {
				return plaza.NewActivation{Fingerprint: machine, Components: []plaza.NewComponent{
					{Fingerprint: "x" + machine + fp}, {Fingerprint: fp}, {Fingerprint: "also " + fp},
				}}
			}
			must(t, tryActivate(t, w.Fleet, s, with("first")))
			for i, where := range []seat{s, same, other} {
				err := tryActivate(t, w.Fleet, where, with(fmt.Sprint("m", i)))
				if !taken[i] {
					must(t, err)
					must(t, w.Fleet.Deactivate(t.Context(), come(t, w.Fleet, where), fmt.Sprint("m", i)))
					continue
				}
				r := wantCode(t, fp, err, plaza.Invalid, "COMPONENTS_FINGERPRINT_TAKEN")
				if r.Pointer != plaza.ComponentPointer(1) || len(r.Also) != 1 || r.Also[0] != plaza.ComponentPointer(2) {
					t.Errorf("%+v", r)
				}
				if len(w.Fleet.Machines(come(t, w.Fleet, where))) > 1 {
					t.Errorf("%s: it was activated all the same", within)
				}
			}
		}
	})
}
